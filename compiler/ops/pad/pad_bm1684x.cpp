// SPDX-License-Identifier: GPL-3.0-or-later
// Pad with a constant: the result is filled, then the operand copied into its place (or the part of it that stays).
// With its edge or its reflection: axis after axis, each line of the border is a copy of a line inside; planes do so in
// local memory where they fit.
#include "compiler/ops/support/move_bm1684x.h"

#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>
#include <bit>

namespace wb::ops {

using namespace bm1684x;

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

/// Edges and reflections of whole planes in local memory: no lane changes, and each line of the border is one copy.
class PlanePad final : public LocalEmitter {
public:
    PlanePad(Part operand, Part result, std::array<int64_t, 2> before, bool reflect)
        : m_operand(operand), m_result(result), m_before(before), m_reflect(reflect) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = false, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override {
        return index == 0 ? Part{result.n, result.c, m_operand.h, m_operand.w} : Part{};
    }
    bool fits(Precision precision) const {
        int64_t bytes = 0;
        for (Part least : {m_operand, m_result}) {
            least.n = {0, 1};
            least.c = {0, std::min(kLanes, least.c.size())};
            bytes += 2 * alignedBytes(precision, least);
        }
        return bytes <= kLaneBytes - kBankBytes;
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        const Part& r = call.result;
        const Range rows{m_before[0], m_before[0] + m_operand.h.size()}, columns{m_before[1], m_before[1] + m_operand.w.size()};
        LocalTensor inner = call.output.sub({r.n, r.c, rows, columns}), from = call.operands[0].sub(operandPart(0, r));
        inner.part = from.part;
        unit.copy(inner, from);
        const auto line = [&](const Part& to, const Part& source) {
            LocalTensor copied = call.output.sub(source);
            copied.part = to;
            unit.copy(call.output.sub(to), copied);
        };
        const auto insideOf = [&](int64_t at, Range inside) {
            const int64_t edge = at < inside.begin ? inside.begin : inside.end - 1;
            return m_reflect ? 2 * edge - at : edge;
        };
        for (int64_t h = r.h.begin; h < r.h.end; ++h)
            if (h < rows.begin || h >= rows.end) {
                const int64_t source = insideOf(h, rows);
                line({r.n, r.c, {h, h + 1}, columns}, {r.n, r.c, {source, source + 1}, columns});
            }
        for (int64_t w = r.w.begin; w < r.w.end; ++w)
            if (w < columns.begin || w >= columns.end) {
                const int64_t source = insideOf(w, columns);
                line({r.n, r.c, r.h, {w, w + 1}}, {r.n, r.c, r.h, {source, source + 1}});
            }
        return {};
    }

private:
    Part m_operand, m_result;
    std::array<int64_t, 2> m_before;
    bool m_reflect;
};

Result<std::unique_ptr<LocalEmitter>> padPlanes(const EmitContext& c) {
    const ir::TensorType &in = operandType(c, 0), &out = resultType(c);
    const auto pads = c.node->attributes.integers("paddings");
    const auto mode = c.node->attributes.enumerator("mode", "constant");
    if (in.shape.size() != 4 || out.shape.size() != 4 || pads.size() != 8 || in.element != out.element || (mode != "reflect" && mode != "edge"))
        return notEmitted(c, "no edge or reflection of a picture");
    constexpr int64_t kFewLanes = 16; // fewer channels are faster moved within DDR
    if (in.shape[1] < kFewLanes || *std::min_element(pads.begin(), pads.end()) < 0 || pads[0] + pads[1] + pads[4] + pads[5] != 0)
        return notEmitted(c, "it has few channels, or changes other axes than rows and columns");
    for (size_t i = 2; i < 4; ++i)
        if (out.shape[i] != in.shape[i] + pads[i] + pads[i + 4] || (mode == "reflect" && std::max(pads[i], pads[i + 4]) >= in.shape[i]))
            return notEmitted(c, "it is reflected more than once");
    auto emitter = std::make_unique<PlanePad>(wholePart(in.shape), wholePart(out.shape), std::array{pads[2], pads[3]}, mode == "reflect");
    if (!emitter->fits(chipPrecision(in.element))) return beyondChip(c, "planes of " + ir::toText(out.shape));
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace

void emit_pad(EmitterTable& table);
void emit_pad(EmitterTable& table) { table.add({.op = "tpu.Pad", .local = padPlanes, .global = pad}); }

} // namespace wb::ops
