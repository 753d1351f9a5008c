// SPDX-License-Identifier: GPL-3.0-or-later
// Pad with a constant: the result is filled, then the operand copied into its place (or the part of it that stays).
#include "compiler/ops/support/move_bm1684x.h"

#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"

#include <algorithm>
#include <bit>

namespace wb::ops {
namespace {

uint32_t fillBits(const ir::TensorType& type, double value) {
    switch (type.element) {
    case ir::ElementType::F32: return std::bit_cast<uint32_t>(static_cast<float>(value));
    case ir::ElementType::F16: return numeric::toHalf(static_cast<float>(value));
    case ir::ElementType::BF16: return numeric::toBfloat16(static_cast<float>(value));
    case ir::ElementType::Ui8: return numeric::toCode<uint8_t>(value);
    case ir::ElementType::I32: return static_cast<uint32_t>(numeric::toCode<int32_t>(value));
    default: return static_cast<uint8_t>(numeric::toCode<int8_t>(value));
    }
}

Result<std::unique_ptr<GlobalEmitter>> pad(const EmitContext& c) {
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    const auto pads = c.node->attributes.integers("paddings");
    if (in.size() != out.size() || pads.size() != 2 * in.size())
        return notEmitted(c, "it has not two numbers an axis");
    const auto mode = c.node->attributes.enumerator("mode", "constant");
    if (mode != "constant") return notEmitted(c, "padding of mode " + mode + " is not supported");
    ElementMove move;
    move.sourceStrides = rowMajor(in);
    move.targetStrides = rowMajor(out);
    for (size_t i = 0; i < in.size(); ++i) {
        // Negative pads cut the operand.
        const int64_t begin = std::max<int64_t>(0, -pads[i]);
        const int64_t end = std::min(in[i], out[i] - pads[i]);
        if (end <= begin) return notEmitted(c, "nothing of its operand is left");
        move.shape.push_back(end - begin);
        move.source += begin * move.sourceStrides[i];
        move.target += (begin + pads[i]) * move.targetStrides[i];
    }
    return makeMover(c, {.list = {std::move(move)}, .fill = fillBits(resultType(c), c.node->attributes.real("val", 0))});
}

} // namespace

void emit_pad(EmitterTable& table);
void emit_pad(EmitterTable& table) { table.add({.op = "tpu.Pad", .global = pad}); }

} // namespace wb::ops
