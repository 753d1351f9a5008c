// SPDX-License-Identifier: GPL-3.0-or-later
// Operands of element-wise operators of codes: whole ones, ones that repeat along axes, constants.
#pragma once

#include "compiler/ops/support/integer_bm1684x.h"

#include <algorithm>

namespace wb::ops {

/// An operand in the result's four axes.
struct CodeSide {
    std::array<int64_t, 4> shape{1, 1, 1, 1};
    bool isSigned = true;
    bm1684x::Precision precision = bm1684x::Precision::Int8; ///< or 32 bits: lifted codes of a sum
    bool constant = false;
    ir::Tensor codes;            ///< of a constant
    int64_t multiplier = 1;      ///< of a sum's term
    int shift = 0;
    int32_t zero = 0;            ///< zero point

    bool isWhole(const std::array<int64_t, 4>& result) const { return !constant && shape == result; }
    /// The part of the operand that a part of the result reads.
    bm1684x::Part partFor(const bm1684x::Part& result) const;
};

/// What the emitters of sums, products and extremes share: where operands lie while a slice is computed.
class CodeCombine : public LocalEmitter {
public:
    CodeCombine(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu);
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    bool sameForChannels() const override {
        return std::all_of(m_sides.begin(), m_sides.end(), [](const CodeSide& s) { return !s.constant || s.shape[1] == 1; });
    }
    bm1684x::Part operandPart(size_t index, const bm1684x::Part& result) const override;
    Result<LaneImage> constants(const bm1684x::Part& result) const override;
    int64_t constantLanes(const bm1684x::Part& result) const override { return std::min(bm1684x::kLanes, result.c.size()); }
    std::vector<int64_t> scratchBytes(const bm1684x::Part& result) const override;
    int inPlaceOperand() const override;

protected:
    using Box = bm1684x::LocalTensor;
    /// Scratch of the computation itself, after the operands'.
    virtual std::vector<bm1684x::Precision> work() const = 0;
    /// Operand `index` with the result's shape, brought to all lanes if it has one channel.
    Box side(size_t index, const LocalCall& call, IntegerUnit& unit) const;
    /// Scratch `index` of work().
    Box scratch(size_t index, const LocalCall& call, bool isSigned = true) const;
    /// ReLU where saturation has not done it.
    void clamp(const LocalCall& call, IntegerUnit& unit) const;

    std::vector<CodeSide> m_sides;
    std::array<int64_t, 4> m_shape;
    bool m_outSigned;
    bool m_relu;
    int32_t m_zero = 0; ///< of the result

private:
    int64_t constantOffset(size_t index, const bm1684x::Part& result) const;
    bool isSpread(size_t index) const { return !m_sides[index].constant && m_sides[index].shape[1] == 1 && m_shape[1] > 1; }
};

/// All operands and the result of that precision. CodegenUnsupported where an operand lies otherwise than the result's
/// axes say.
Result<std::vector<CodeSide>> codeSides(const EmitContext& context, bm1684x::Precision precision = bm1684x::Precision::Int8);

} // namespace wb::ops
