// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Reduce of planes, or of their rows, in local memory: no lane changes, and what made the operand and what reads the
// result stay beside it. In float32, whole vectors first.
#include "compiler/ops/reduce/reduce_bm1684x.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/row_bm1684x.h"

#include <limits>

namespace wb::ops {

using namespace bm1684x;

namespace {

class LaneReduceEmitter final : public LocalEmitter {
public:
    LaneReduceEmitter(LaneRows rows, bool planes, Part operand, Reduction mode, Precision from, Precision to)
        : m_rows(rows), m_planes(planes), m_operand(operand), m_mode(mode), m_from(from), m_to(to) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = !m_planes && m_operand.h.size() > 1, .w = false}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override {
        if (index != 0) return {};
        return {result.n, result.c, m_planes ? m_operand.h : result.h, m_operand.w};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t wide = alignedBytes(Precision::F32, m_rows.wide(result)), thin = alignedBytes(Precision::F32, m_rows.thin(result));
        const int64_t fold = m_rows.foldBytes(result);
        return {wide, fold, fold, thin, thin};
    }
    bool fits() const {
        Part least = m_operand;
        least.n = {0, 1};
        least.c = {0, std::min(kLanes, m_operand.c.size())};
        if (!m_planes) least.h = {0, 1};
        int64_t used = 2 * alignedBytes(m_from, least);
        least.w = {0, 1};
        if (m_planes) least.h = {0, 1};
        for (const int64_t bytes : scratchBytes(least)) used += bytes;
        return used <= kLaneBytes - kBankBytes;
    }
    Status emit(const LocalCall& call, Assembler& out) const override;

private:
    /// The operand as rows along w.
    Box rowsOf(const Box& operand) const {
        if (!m_planes) return operand;
        Box b = operand;
        b.part.w = {0, operand.h() * operand.w()};
        b.part.h = {0, 1};
        b.wStride = 1;
        b.hStride = b.w();
        return b;
    }

    LaneRows m_rows;
    bool m_planes; ///< rows and columns; else columns only
    Part m_operand;
    Reduction m_mode;
    Precision m_from, m_to;
};

Status LaneReduceEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    VectorUnit v(out);
    const auto box = [&](size_t i, const Part& part) { return alignedTensor(call.scratch[i], Precision::F32, true, part); };
    const Box wide = box(0, m_rows.wide(call.result)), sum = box(3, m_rows.thin(call.result)), other = box(4, m_rows.thin(call.result));
    const bool greatest = m_mode == Reduction::Max || m_mode == Reduction::Min;
    const Box filled = m_rows.filled(wide);
    v.cast(filled, rowsOf(call.operands[0].sub(operandPart(0, call.result))));
    if (m_mode == Reduction::Min) v.apply(ArOp::Mul, filled, filled, -1.0F);
    if (m_mode == Reduction::L1) v.abs(filled, filled);
    if (m_mode == Reduction::L2) v.apply(ArOp::Mul, filled, filled, filled);
    if (m_rows.padded > m_rows.length) v.fill(m_rows.behind(wide), greatest ? -std::numeric_limits<float>::max() : 0);
    const float factor = m_mode == Reduction::Mean ? 1.0F / static_cast<float>(m_rows.length) : 1;
    m_rows.fold(v, greatest ? LaneRows::Fold::Maximum : LaneRows::Fold::Sum, sum, wide, factor, {call.scratch[1], call.scratch[2]});
    const Box* result = &sum;
    if (m_mode == Reduction::Min) v.apply(ArOp::Mul, sum, sum, -1.0F);
    if (m_mode == Reduction::L2) {
        v.reciprocalRoot(other, sum);
        v.apply(ArOp::Mul, other, other, sum);
        result = &other;
    }
    Box to = call.output;
    if (result->h() != to.h() || result->w() != to.w()) { // a row of numbers
        to.part.h = result->part.h;
        to.part.w = result->part.w;
        to.hStride = to.wStride = 1;
    }
    v.cast(to, *result);
    return {};
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareLaneReduce(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const auto from = floatOperand(c, 0), to = floatResult(c);
    const auto mode = reductionOf(a.string("mode"));
    if (!from || !to || constantOperand(c, 0) != nullptr || !mode) return notEmitted(c, "its operand or result is not a float tensor");
    if (*mode == Reduction::Prod || *mode == Reduction::ArgMax || *mode == Reduction::ArgMin) return notEmitted(c, "no sum and no maximum");
    const ir::Shape& shape = c.graph->value(c.node->operands[0]).type.shape;
    const Part operand = wholePart(shape), result = wholePart(c.graph->value(c.node->results[0]).type.shape);
    std::vector<bool> gone(shape.size(), a.integers("axes").empty());
    for (const int64_t given : a.integers("axes")) {
        const auto axis = normaliseAxis(given, shape.size());
        if (!axis) return notEmitted(c, "it has no axis " + std::to_string(given));
        gone[static_cast<size_t>(*axis)] = true;
    }
    // All but images and channels, or the last axis alone.
    bool planes = shape.size() >= 3, rows = shape.size() >= 4;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 1) continue;
        planes = planes && gone[i] == (i >= 2);
        rows = rows && gone[i] == (i + 1 == shape.size());
    }
    planes = planes && result.n == operand.n && result.c == operand.c && result.h.size() * result.w.size() == 1;
    rows = !planes && rows && result.n == operand.n && result.c == operand.c && result.h == operand.h && result.w.size() == 1;
    if (!planes && !rows) return notEmitted(c, "it reduces other axes than those behind the channels");
    const int64_t length = (planes ? operand.h.size() : 1) * operand.w.size();
    // Shorter ones would come and leave in short runs; with few channels they are dealt out to lanes on their way from DDR.
    constexpr int64_t kShortest = 16, kFewLanes = 16;
    if (length < kShortest || operand.c.size() < kFewLanes) return notEmitted(c, "its rows are short, or few");
    const auto lanes = LaneRows::ofLength(length, rows ? 4 : 3);
    if (!lanes) return beyondChip(c, "rows of " + std::to_string(length) + " elements");
    auto emitter = std::make_unique<LaneReduceEmitter>(*lanes, planes, operand, *mode, *from, *to);
    if (!emitter->fits()) return beyondChip(c, "rows of " + std::to_string(length) + " elements");
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops
