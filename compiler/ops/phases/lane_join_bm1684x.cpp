// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LaneJoin (codegen/rewrites/heads, lane_views): operands [n, c, h, w] or [n, c, h] side by side along their last axis, as
// a concatenation; no lane changes.
#include "compiler/ops/phases/phases_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class LaneJoin final : public LocalEmitter {
public:
    LaneJoin(std::vector<Range> columns, bool sequences) : m_columns(std::move(columns)), m_sequences(sequences) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = !m_sequences, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& r) const override {
        const Range own{0, m_columns[index].size()};
        return m_sequences ? Part{r.n, r.c, own, {0, 1}} : Part{r.n, r.c, r.h, own};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        for (size_t i = 0; i < m_columns.size(); ++i) {
            Part part = call.result;
            (m_sequences ? part.h : part.w) = m_columns[i];
            const LocalTensor from = call.operands[i].sub(operandPart(i, call.result));
            LocalTensor to = call.output.sub(part);
            to.part = from.part;
            unit.copy(to, from);
        }
        return {};
    }

private:
    std::vector<Range> m_columns; ///< of the result, by operand
    bool m_sequences;             ///< three axes
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareLaneJoin(const EmitContext& c) {
    const auto typeOf = [&](ir::ValueId id) -> const ir::TensorType& { return c.graph->value(id).type; };
    const ir::TensorType& type = typeOf(c.node->results[0]);
    std::vector<Range> columns;
    int64_t begin = 0;
    for (const ir::ValueId id : c.node->operands) {
        if (id == ir::kNoValue || c.graph->weight(id) != nullptr) return notEmitted(c, "an operand is absent or constant");
        ir::Shape shape = typeOf(id).shape;
        if ((shape.size() != 3 && shape.size() != 4) || chipPrecision(typeOf(id).element) != chipPrecision(type.element)) return notEmitted(c, "its operands are none of its rows");
        columns.push_back({begin, begin + shape.back()});
        begin += shape.back();
        shape.back() = type.shape.back();
        if (shape != type.shape) return notEmitted(c, "its operands differ in other axes");
    }
    if (columns.empty() || begin != type.shape.back()) return notEmitted(c, "its operands do not fill the result");
    return std::unique_ptr<LocalEmitter>(std::make_unique<LaneJoin>(std::move(columns), type.shape.size() == 3));
}

} // namespace wb::ops
