// SPDX-License-Identifier: GPL-3.0-or-later
// Pad with a constant: the result is filled, then the operand copied into its place (or the part of it that stays).
// With its edge or its reflection: axis after axis, each line of the border is a copy of a line inside.
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

/// The operand in its place, then the borders of one axis after the other, over what of the result is there already.
Moves borders(ElementMove inner, const ir::Shape& in, const ir::Shape& out, const std::vector<int64_t>& pads, bool reflect) {
    Moves moves;
    const auto strides = inner.targetStrides;
    std::vector<int64_t> begin(in.size()), extent = inner.shape;
    for (size_t i = 0; i < in.size(); ++i)
        begin[i] = std::max<int64_t>(0, pads[i]);
    moves.list.push_back(std::move(inner));
    for (size_t axis = 0; axis < in.size(); ++axis) {
        const int64_t first = begin[axis], end = first + extent[axis];
        for (int64_t line = 0; line < out[axis]; ++line) {
            if (line >= first && line < end) continue;
            int64_t source = line < first ? first : end - 1;
            if (reflect) source = 2 * source - line;
            ElementMove move;
            move.operand = ElementMove::kResult;
            for (size_t i = 0; i < in.size(); ++i) {
                move.source += (i == axis ? source : begin[i]) * strides[i];
                move.target += (i == axis ? line : begin[i]) * strides[i];
            }
            move.shape = extent;
            move.shape[axis] = 1;
            move.sourceStrides = move.targetStrides = strides;
            moves.list.push_back(std::move(move));
        }
        begin[axis] = 0;
        extent[axis] = out[axis];
    }
    return moves;
}

Result<std::unique_ptr<GlobalEmitter>> pad(const EmitContext& c) {
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    const auto pads = c.node->attributes.integers("paddings");
    if (in.size() != out.size() || pads.size() != 2 * in.size())
        return notEmitted(c, "it has not two numbers an axis");
    const auto mode = c.node->attributes.enumerator("mode", "constant");
    if (mode != "constant" && mode != "reflect" && mode != "edge")
        return notEmitted(c, "padding of mode " + mode + " is not supported");
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
    for (size_t i = 0; i < in.size() && mode == "reflect"; ++i)
        if (std::max(pads[i], pads[i + in.size()]) >= in[i]) return notEmitted(c, "it is reflected more than once");
    if (mode != "constant") return makeMover(c, borders(std::move(move), in, out, pads, mode == "reflect"));
    return makeMover(c, {.list = {std::move(move)}, .fill = fillBits(resultType(c), c.node->attributes.real("val", 0))});
}

} // namespace

void emit_pad(EmitterTable& table);
void emit_pad(EmitterTable& table) { table.add({.op = "tpu.Pad", .global = pad}); }

} // namespace wb::ops
