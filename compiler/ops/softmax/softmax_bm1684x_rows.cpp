// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Softmax over rows that lie along lanes, in local memory between other operators: powers of two in float32 with more
// terms than F16 and BF16 can show (codes that are made of the result should not notice), and one reciprocal a row.
#include "compiler/ops/softmax/softmax_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/exponential_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/row_bm1684x.h"

#include <cmath>

namespace wb::ops {

using namespace bm1684x;

namespace {

class RowSoftmaxEmitter final : public LocalEmitter {
public:
    RowSoftmaxEmitter(LaneRows rows, float beta, Precision from, Precision to) : m_rows(rows), m_beta(beta), m_from(from), m_to(to) {
        const auto power = chebyshev([](double x) { return std::exp2(x); }, -0.5, 0.5, to == Precision::F16 ? 5 : 4);
        const auto inverse = chebyshev([](double x) { return 1 / x; }, 1 - kEstimateError, 1 + kEstimateError, to == Precision::F16 ? 4 : 3);
        m_power = m_tables.add(power);
        m_powerCount = static_cast<int64_t>(power.size());
        m_inverse = m_tables.add(inverse);
        m_inverseCount = static_cast<int64_t>(inverse.size());
    }
    Cuts cuts() const override { return m_rows.cuts(); }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override { return m_tables.image(); }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t wide = alignedBytes(Precision::F32, m_rows.wide(result)), thin = alignedBytes(Precision::F32, m_rows.thin(result));
        const int64_t fold = m_rows.foldBytes(result);
        return {wide, wide, wide, fold, fold, thin, thin, thin};
    }
    Status emit(const LocalCall& call, Assembler& out) const override;
    bool fits(const Part& least) const {
        int64_t used = 4 * alignedBytes(m_from, least);
        for (const int64_t bytes : scratchBytes(least)) used += bytes;
        return used <= kLaneBytes - kBankBytes;
    }

private:
    LaneRows m_rows;
    float m_beta;
    Precision m_from, m_to;
    LaneTables m_tables;
    uint32_t m_power = 0, m_inverse = 0;
    int64_t m_powerCount = 0, m_inverseCount = 0;
};

Status RowSoftmaxEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    constexpr float kLog2e = static_cast<float>(1 / kLn2), kLeast = -126;
    VectorUnit v(out);
    const auto box = [&](size_t i, const Part& part) { return alignedTensor(call.scratch[i], Precision::F32, true, part); };
    const Part wide = m_rows.wide(call.result), thin = m_rows.thin(call.result);
    const Box x = box(0, wide), a = box(1, wide), b = box(2, wide), one = box(5, thin), other = box(6, thin), third = box(7, thin);
    const std::array<uint32_t, 2> fold{call.scratch[3], call.scratch[4]};
    const auto bits = [](const Box& of) { return seenAs(of, Precision::Int32); };
    v.cast(m_rows.filled(x), m_rows.view(call.operands[0].sub(call.result)));
    if (m_rows.padded > m_rows.length) v.fill(m_rows.behind(x), m_beta < 0 ? 1e30f : -1e30f);
    const Box* scaled = &x;
    if (m_beta < 0) { // the greatest product is the least element's
        v.apply(ArOp::Mul, a, x, m_beta * kLog2e);
        scaled = &a;
    }
    const float factor = m_beta < 0 ? 1 : m_beta * kLog2e;
    m_rows.fold(v, LaneRows::Fold::Maximum, one, *scaled, 1, fold);
    v.apply(ArOp::Sub, b, *scaled, one);
    v.apply(ArOp::Mul, x, b, factor);
    v.apply(ArOp::Max, a, x, kLeast);
    v.cast(bits(b), a);
    v.cast(x, bits(b));
    const Box rest = x; // in place of what is subtracted
    v.apply(ArOp::Sub, rest, a, x);
    v.polynomial(a, rest, call.constants + m_power, m_powerCount);
    v.applyBits(ArOp::LogicShift, bits(x), bits(b), 23);
    v.apply(ArOp::Add, bits(b), bits(a), bits(x)); // the whole part goes to the exponent
    m_rows.fold(v, LaneRows::Fold::Sum, one, b, 1, fold);
    v.applyBits(ArOp::Sub, bits(other), kReciprocalBits, bits(one));
    v.apply(ArOp::Mul, third, one, other);
    v.polynomial(one, third, call.constants + m_inverse, m_inverseCount);
    v.apply(ArOp::Mul, third, other, one);
    v.apply(ArOp::Mul, a, b, third);
    v.cast(m_rows.view(call.output), m_rows.filled(a));
    return {};
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareRowSoftmax(const EmitContext& context) {
    const auto& shape = context.graph->value(context.node->results[0]).type.shape;
    const auto from = floatOperand(context, 0), to = floatResult(context);
    if (!from || !to || *to == Precision::F32 || context.node->attributes.boolean("log")) return notEmitted(context, "it is no softmax of short floats");
    if (constantOperand(context, 0) != nullptr) return notEmitted(context, "its operand is a constant");
    int64_t axis = context.node->attributes.integer("axis", -1);
    if (axis < 0) axis += static_cast<int64_t>(shape.size());
    const auto rows = LaneRows::of(shape, axis);
    if (!rows) return notEmitted(context, "its rows do not lie along lanes");
    auto emitter = std::make_unique<RowSoftmaxEmitter>(*rows, static_cast<float>(context.node->attributes.real("beta", 1)), *from, *to);
    Part least = wholePart(shape);
    least.n = {0, 1};
    least.c = {0, std::min<int64_t>(shape[1], kLanes)};
    if (shape.size() == 4) least.h = {0, 1};
    if (!emitter->fits(least)) return beyondChip(context, "rows of " + std::to_string(rows->length) + " elements");
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops
