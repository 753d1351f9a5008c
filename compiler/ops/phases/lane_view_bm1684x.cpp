// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LaneView (codegen/rewrites/heads): other elements of each lane's row, [n, c, …] → [n, c, h, w] or [n, c, h]. Element
// (h, w) is element offset + h · strides[0] + w · strides[1] of the operand's row; no lane changes.
#include "compiler/ops/phases/phases_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class LaneView final : public LocalEmitter {
public:
    LaneView(Part operand, int64_t offset, std::array<int64_t, 2> strides) : m_operand(operand), m_offset(offset), m_strides(strides) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = false, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override {
        return index == 0 ? Part{result.n, result.c, m_operand.h, m_operand.w} : Part{};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        LocalTensor from = call.operands[0].sub(operandPart(0, call.result)), to = call.output;
        from.address += u32(m_offset * bytesOf(from.precision));
        from.part.h = to.part.h;
        from.part.w = to.part.w;
        from.hStride = m_strides[0];
        from.wStride = m_strides[1];
        // Rows that follow each other on both sides are one.
        if (from.wStride == 1 && from.hStride == from.w() && to.h() * to.w() <= kMaxDimension) {
            for (LocalTensor* t : {&from, &to}) {
                t->part.w = {0, t->h() * t->w()};
                t->part.h = {0, 1};
                t->hStride = t->w();
                t->wStride = 1;
            }
        }
        VectorUnit(out).copy(to, from);
        return {};
    }

private:
    Part m_operand;
    int64_t m_offset;
    std::array<int64_t, 2> m_strides;
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareLaneView(const EmitContext& c) {
    const auto strides = c.node->attributes.integers("strides");
    const Part operand = wholePart(c.graph->value(c.node->operands[0]).type.shape), result = wholePart(c.graph->value(c.node->results[0]).type.shape);
    if (strides.size() != 2 || !(operand.n == result.n) || !(operand.c == result.c)) return notEmitted(c, "its rows do not stay in their lanes");
    const int64_t offset = c.node->attributes.integer("offset", 0);
    const int64_t last = offset + (result.h.size() - 1) * strides[0] + (result.w.size() - 1) * strides[1];
    if (offset < 0 || strides[0] < 0 || strides[1] < 0 || last >= operand.h.size() * operand.w.size()) return notEmitted(c, "it reaches outside its operand");
    return std::unique_ptr<LocalEmitter>(std::make_unique<LaneView>(operand, offset, std::array{strides[0], strides[1]}));
}

} // namespace wb::ops
