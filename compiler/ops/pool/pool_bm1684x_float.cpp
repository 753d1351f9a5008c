// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Pool2D in float. The greatest element is found in the tensor's own precision; sums are made in float32 and
// multiplied by the reciprocal of the elements that count, which is a number for each row times one for each column.
#include "compiler/ops/pool/pool_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/window_bm1684x.h"

#include <algorithm>
#include <limits>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

struct FloatPool {
    SlidingWindow window;
    bool maximum = false;
    Precision precision = Precision::F32;
    kernels::UnaryOp clamp;
    /// Reciprocals of the counts along each axis, one a result.
    std::vector<float> rows, columns;

    bool widens() const { return !maximum && precision != Precision::F32; }
};

bool uniform(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [&](float v) { return v == values[0]; });
}

/// Elements of one axis that count under each result; padding does up to the end of the trailing pad.
std::vector<float> reciprocals(const SlidingAxis& axis, bool countPadding, int64_t padAfter) {
    std::vector<float> out;
    for (int64_t at = 0; at < axis.out; ++at) {
        const int64_t from = at * axis.stride - axis.padBefore;
        int64_t count = 0;
        for (int64_t k = 0; k < axis.kernel; ++k) {
            const int64_t i = from + k * axis.dilation;
            if (countPadding ? i < axis.in + padAfter : i >= 0 && i < axis.in) ++count;
        }
        out.push_back(count == 0 ? 0.0f : 1.0f / static_cast<float>(count));
    }
    return out;
}

class FloatPoolEmitter final : public LocalEmitter {
public:
    explicit FloatPoolEmitter(FloatPool pool) : m_pool(std::move(pool)) {
        m_perRow = !m_pool.maximum && !uniform(m_pool.rows);
        m_perColumn = !m_pool.maximum && !uniform(m_pool.columns);
        if (m_perRow) m_rowTable = m_tables.add(m_pool.rows);
        if (m_perColumn) m_columnTable = m_tables.add(m_pool.columns);
    }
    Cuts cuts() const override { return {true, true, true, false}; }
    Part operandPart(size_t index, const Part& result) const override {
        if (index != 0) return {};
        return {result.n, result.c, m_pool.window.h.reach(result.h).input, {0, m_pool.window.w.in}};
    }
    Result<LaneImage> constants(const Part&) const override { return m_tables.image(); }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        if (!m_pool.widens()) return {};
        return {alignedBytes(Precision::F32, operandPart(0, result)), alignedBytes(Precision::F32, result)};
    }
    Status emit(const LocalCall& call, Assembler& out) const override;

private:
    void pool(const Box& in, const Box& to, Assembler& out) const;

    FloatPool m_pool;
    LaneTables m_tables;
    bool m_perRow = false, m_perColumn = false;
    uint32_t m_rowTable = 0, m_columnTable = 0;
};

Status FloatPoolEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    if (!isAligned(call.output))
        return Error{Code::CodegenLimit, "the result of a pool has to lie in the aligned layout"};
    VectorUnit v(out);
    if (m_pool.window.h.reach(call.result.h).outside || m_pool.window.w.reach(call.result.w).outside) {
        v.fill(call.output, m_pool.maximum ? kLowest : 0);
    } else {
        Box in = call.operands[0].sub(operandPart(0, call.result));
        const Box to = m_pool.widens() ? scratchLike(call.output, call.scratch[1], Precision::F32) : call.output;
        if (m_pool.widens()) {
            const Box wide = scratchLike(in, call.scratch[0], Precision::F32);
            v.cast(wide, in);
            in = wide;
        }
        pool(in, to, out);
        if (m_perRow)
            v.apply(ArOp::Mul, to, to,
                    laneTable(to, call.constants + m_rowTable + static_cast<uint32_t>(to.part.h.begin * 4), to.h(), 1));
        if (m_perColumn)
            v.apply(ArOp::Mul, to, to,
                    laneTable(to, call.constants + m_columnTable + static_cast<uint32_t>(to.part.w.begin * 4), 1, to.w()));
        if (m_pool.widens()) v.cast(call.output, to);
    }
    if (m_pool.clamp.kind == Unary::Relu) UnaryFormula::of(m_pool.clamp)->emit(v, call.output, call.output, {}, 0);
    return {};
}

void FloatPoolEmitter::pool(const Box& in, const Box& to, Assembler& out) const {
    const float factor = m_pool.maximum ? 1.0f : (m_perRow ? 1.0f : m_pool.rows[0]) * (m_perColumn ? 1.0f : m_pool.columns[0]);
    const auto add = [&](const Box& from, const Box& result) {
        SPorD c;
        c.tsk_eu_typ = m_pool.maximum ? PorDOp::MaxPool : PorDOp::AveragePool;
        c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
        c.opd1_const = c.opd2_const = c.opd3_const = 1;
        c.opd1_addr = immediate(factor, in.precision);
        c.opd3_addr = m_pool.maximum ? immediate(kLowest, in.precision) : 0;
        c.res0_prec = code(result.precision);
        c.opd0_prec = code(from.precision);
        describeWindow(c, m_pool.window, to.part, from, result);
        out.add(c);
    };
    if (isAligned(in) && isAligned(to)) return add(in, to);
    const auto from = rowPieces(in), results = rowPieces(to);
    for (size_t i = 0; i < from.size(); ++i)
        add(from[i], results[i]);
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareFloatPool(const EmitContext& context) {
    const auto& a = context.node->attributes;
    FloatPool pool;
    WB_ASSIGN(pool.window, slidingWindow(context));
    const auto in = floatOperand(context, 0), out = floatResult(context);
    if (!in || in != out || constantOperand(context, 0) != nullptr)
        return notEmitted(context, "its operand and result are not of one kind of float");
    if (pool.window.h.dilation != 1 || pool.window.w.dilation != 1) return notEmitted(context, "its window is dilated");
    pool.precision = *out;
    pool.maximum = a.enumerator("pool_mode") == "Max";
    pool.clamp = fusedClamp(*context.node);
    const auto pads = a.integers("pads");
    const size_t axes = a.integers("kernel_shape").size();
    const auto padAfter = [&](size_t axis) { return axis < axes && pads.size() == 2 * axes ? pads[axes + axis] : 0; };
    const bool countPadding = a.boolean("count_include_pad");
    pool.rows = reciprocals(pool.window.h, countPadding, padAfter(0));
    pool.columns = reciprocals(pool.window.w, countPadding, padAfter(1));
    return std::unique_ptr<LocalEmitter>(std::make_unique<FloatPoolEmitter>(std::move(pool)));
}

} // namespace wb::ops
