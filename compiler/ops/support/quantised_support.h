// SPDX-License-Identifier: GPL-3.0-or-later
// What the lowering rules of networks that bring their own scales share (dossier section 5.10). Sums are 32-bit numbers of
// the operands' scales, called "<name>_int32"; a requant in TensorFlow Lite's arithmetic makes the layer's codes of them.
#pragma once

#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {

/// Whether result 0 is typed as codes by the network itself.
bool givesCodes(const LoweringBuilder& builder, const ir::Node& node);

/// The codes that a result may have: all of its type, less what the fused ReLU forbids.
struct CodeRange {
    int64_t low = 0, high = 0;
    bool whole = true; ///< nothing is forbidden
};
CodeRange codeRangeOf(const ir::Node& node, const ir::TensorType& type);

/// quant_mode, round_mode, multiplier, rshift of a factor in TensorFlow Lite's arithmetic.
void setQuantisedFactor(ir::AttributeMap& attributes, double factor);

/// Adds the requant that makes the node's result of `sums`, one factor or one an index of axis `axis`. Where the fused ReLU
/// ends below the type's range (`cut`), a table does that, and the requant is called "<name>_whole".
void emitRequant(LoweringBuilder& builder, const ir::Node& node, ir::ValueId sums, const std::vector<double>& factors,
                 int64_t axis, const ir::TensorType& type, bool lowDone);

/// The node as a table of codes: `code` maps an operand code to a result code (saturated here).
template <class Map>
Result<Precision> emitCodeTable(LoweringBuilder& builder, const ir::Node& node, ir::ValueId in, const ir::TensorType& type,
                                const Map& code);
/// Adds the table; `bytes` by operand byte.
Result<Precision> emitTable(LoweringBuilder& builder, const ir::Node& node, ir::ValueId in, const ir::TensorType& type,
                            const std::vector<int8_t>& bytes);

template <class Map>
Result<Precision> emitCodeTable(LoweringBuilder& builder, const ir::Node& node, ir::ValueId in, const ir::TensorType& type,
                                const Map& code) {
    const bool inSigned = codesOf(builder.target().value(in).type).isSigned, outSigned = codesOf(type).isSigned;
    std::vector<int8_t> bytes(256);
    for (int64_t x = inSigned ? -128 : 0; x < (inSigned ? 128 : 256); ++x) {
        const int64_t y = code(x);
        bytes[static_cast<size_t>(x & 255)] =
            static_cast<int8_t>(outSigned ? std::clamp<int64_t>(y, -128, 127) : std::clamp<int64_t>(y, 0, 255));
    }
    return emitTable(builder, node, in, type, bytes);
}

} // namespace wb::ops
