// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Softmax in float, along any axis: exp(βx - max) over its sum, in float32, rounded once. The greatest element of a
// column is taken off first, so that exp stays below 1.
#include "compiler/ops/softmax/softmax_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class SoftmaxEmitter final : public GlobalEmitter {
public:
    SoftmaxEmitter(Columns columns, float beta, bool log, Precision from, Precision to)
        : m_columns(columns), m_beta(beta), m_log(log), m_from(from), m_to(to) {
        const auto exp = expCoefficients(), logs = logCoefficients();
        m_exp = m_tables.add(exp);
        m_expCount = static_cast<int64_t>(exp.size());
        m_logTable = m_tables.add(logs);
        m_logCount = static_cast<int64_t>(logs.size());
    }

    std::vector<ColumnPiece> pieces() const {
        if (auto rows = rowPiecesTogether(m_columns, kTurnBytes, 6, 6); !rows.empty()) return rows;
        // Five boxes of the column's length; those of length 1 and the tables have the rest.
        return columnPieces(m_columns, (LaneSpace::kBytes - 48 * 1024) / 5);
    }
    Result<std::vector<std::byte>> constants() const override { return m_tables.image().bytes; }
    Status emit(const GlobalCall& call, Assembler& out) const override;

private:
    static constexpr int64_t kTurnBytes = (LaneSpace::kBytes - 4096) / 2; ///< pieces of rows take turns in two places
    Columns m_columns;
    float m_beta;
    bool m_log;
    Precision m_from, m_to;
    LaneTables m_tables;
    uint32_t m_exp = 0, m_logTable = 0;
    int64_t m_expCount = 0, m_logCount = 0;
};

Status SoftmaxEmitter::emit(const GlobalCall& call, Assembler& out) const {
    VectorUnit v(out);
    const int64_t width = m_tables.image().width;
    LaneSpace tables;
    const uint32_t constants = tables.take(width);
    loadLanes(out, call.constants, width, constants);
    bool second = false;
    for (const ColumnPiece& piece : pieces()) {
        LaneSpace space = tables;
        if (piece.together && second) space.take(kTurnBytes);
        second = !second;
        const auto wide = [&] { return space.box(piece.part(), Precision::F32); };
        const auto thin = [&] { return space.box(piece.reduced(), Precision::F32); };
        const Box x = wide(), a = wide(), b = wide(), e = wide();
        const Box raw = m_from == Precision::F32 ? x : space.box(piece.part(), m_from);
        const Box result = m_to == Precision::F32 ? x : seenAs(space.box(piece.part(), m_to), m_to);
        const Box most = thin(), sum = thin();
        const std::array<Box, 4> r{thin(), thin(), thin(), thin()};
        if (space.used() > LaneSpace::kBytes)
            return Error{Code::CodegenLimit, "a softmax over " + std::to_string(m_columns.length) + " elements"};
        const int64_t bytesIn = bytesOf(m_from), bytesOut = bytesOf(m_to);
        copyBox(out, m_from, piece.shape,
                {call.operands[0].address + static_cast<uint64_t>(piece.first * bytesIn), piece.strides}, placeOf(raw));
        if (m_from != Precision::F32) v.cast(x, raw);
        if (m_beta != 1) v.apply(ArOp::Mul, x, x, m_beta);
        columnMaximum(v, most, x);
        v.apply(ArOp::Sub, x, x, most);
        emitExp(v, e, x, 1, {a, b, e}, constants + m_exp, m_expCount);
        columnSum(v, sum, e, 1);
        if (m_log) {
            emitLog(v, sum, sum, r, constants + m_logTable, m_logCount);
            v.apply(ArOp::Sub, x, x, sum);
        } else {
            v.apply(ArOp::Div, x, e, sum);
        }
        if (m_to != Precision::F32) v.cast(result, x);
        copyBox(out, m_to, piece.shape, placeOf(result),
                {call.output.address + static_cast<uint64_t>(piece.first * bytesOut), piece.strides});
    }
    return {};
}

Result<std::unique_ptr<GlobalEmitter>> prepareSoftmax(const EmitContext& context) {
    const auto& shape = context.graph->value(context.node->results[0]).type.shape;
    const auto from = floatOperand(context, 0), to = floatResult(context);
    if (!from || !to) return prepareCodeSoftmax(context);
    if (constantOperand(context, 0) != nullptr) return notEmitted(context, "its operand is a constant");
    const auto rank = static_cast<int64_t>(shape.size());
    int64_t axis = context.node->attributes.integer("axis", -1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return notEmitted(context, "its axis does not exist");
    const Columns columns = Columns::of(shape, static_cast<size_t>(axis), static_cast<size_t>(axis) + 1);
    auto emitter = std::make_unique<SoftmaxEmitter>(columns, static_cast<float>(context.node->attributes.real("beta", 1)),
                                                    context.node->attributes.boolean("log"), *from, *to);
    if (emitter->pieces().empty())
        return beyondChip(context, "columns of " + std::to_string(columns.length) + " elements do not fit local memory");
    return std::unique_ptr<GlobalEmitter>(std::move(emitter));
}

} // namespace

void emit_softmax(EmitterTable& table) {
    table.add({.op = "tpu.Softmax", .local = prepareRowSoftmax, .global = prepareSoftmax});
}

} // namespace wb::ops
