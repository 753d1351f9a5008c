// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Pool2D of codes: the largest code of a window, or the window's sum times multiplier over shift. Where padding
// does not count, windows over the edge have sums of fewer codes: these are brought to the whole window's area by a
// requant whose multiplier is checked against the integer model for every possible sum.
#include "compiler/ops/pool/pool_bm1684x.h"

#include "compiler/ops/pool/pool_bm1684x_codes.h"
#include "compiler/ops/pool/pool_widening.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

std::vector<Run> runsOf(const SlidingAxis& axis, Range results) {
    std::vector<Run> runs;
    for (int64_t i = results.begin; i < results.end; ++i) {
        const int64_t count = covered(axis, i);
        if (runs.empty() || runs.back().covered != count) runs.push_back({{i, i}, count});
        runs.back().at.end = i + 1;
    }
    return runs;
}

std::map<int64_t, std::vector<Part>> rectanglesOf(const SlidingWindow& window, const Part& result) {
    std::map<int64_t, std::vector<Part>> rectangles;
    for (const Run& y : runsOf(window.h, result.h))
        for (const Run& x : runsOf(window.w, result.w))
            rectangles[y.covered * x.covered].push_back({result.n, result.c, y.at, x.at});
    return rectangles;
}

namespace {

class CodePoolEmitter : public LocalEmitter {
public:
    explicit CodePoolEmitter(CodePool pool) : m_pool(pool) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = false}; }
    Part operandPart(size_t, const Part& result) const override {
        return {result.n, result.c, m_pool.window.h.reach(result.h).input, {0, m_pool.window.w.in}};
    }

protected:
    /// A pooling command for the boxes; `padding` is the code outside.
    void pool(uint32_t op, const LocalTensor& in, const LocalTensor& to, uint32_t padding, Assembler& out) const {
        const auto add = [&](const LocalTensor& from, const LocalTensor& result) {
            SPorD c;
            c.tsk_eu_typ = op;
            c.opd0_sign = m_pool.inSigned;
            c.opd1_sign = 1;
            c.opd1_const = 1;
            c.opd1_addr = 1;
            c.opd2_const = 1;
            c.opd2_sign = result.isSigned;
            c.opd3_const = 1;
            c.opd3_addr = padding;
            c.res0_prec = code(result.precision);
            c.opd0_prec = code(Precision::Int8);
            describeWindow(c, m_pool.window, to.part, from, result);
            out.add(c);
        };
        if (liesAligned(in) && liesAligned(to)) return add(in, to);
        for (const auto& piece : piecesOf(to)) add(piece.of(in), piece.of(to));
    }
    bool outside(const Part& result) const {
        return m_pool.window.h.reach(result.h).outside || m_pool.window.w.reach(result.w).outside;
    }

    /// The vendor's ReLU in a pool ends at the code 0, which with a zero point is not the number 0.
    void clampBelowZero(const LocalCall& call, IntegerUnit& unit) const {
        if (m_pool.relu && m_pool.outSigned)
            unit.apply(ArOp::Max, call.output, call.output, IntegerUnit::Number{0, Precision::Int8, true});
    }

    CodePool m_pool;
};

class MaxPoolEmitter final : public CodePoolEmitter {
public:
    using CodePoolEmitter::CodePoolEmitter;
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const IntegerUnit::Number lowest{m_pool.inSigned ? -128 : 0, Precision::Int8, m_pool.inSigned};
        if (outside(call.result))
            unit.copy(call.output, lowest);
        else
            pool(PorDOp::MaxPool, call.operands[0].sub(operandPart(0, call.result)), call.output,
                 static_cast<uint8_t>(lowest.value), out);
        clampBelowZero(call, unit);
        return {};
    }
};

class AveragePoolEmitter final : public CodePoolEmitter {
public:
    AveragePoolEmitter(CodePool codePool, std::map<int64_t, Widening> widenings)
        : CodePoolEmitter(codePool), m_widenings(std::move(widenings)) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t bytes = alignedBytes(m_pool.sums(), result);
        return {bytes, m_widenings.empty() ? 0 : bytes, narrows() ? alignedBytes(Precision::Int16, result) : 0};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const auto sums = scratchBox(call.output, call.scratch[0], m_pool.sums());
        if (outside(call.result)) {
            unit.copy(call.output, IntegerUnit::Number{0, Precision::Int8, m_pool.outSigned});
            return {};
        }
        pool(PorDOp::AveragePool, call.operands[0].sub(operandPart(0, call.result)), sums, 0, out);
        if (m_widenings.empty()) {
            scale(call, sums, call.result, unit);
        } else {
            const auto widened = scratchBox(call.output, call.scratch[1], m_pool.sums());
            for (const auto& [valid, rectangles] : rectanglesOf(m_pool.window, call.result)) {
                const auto widening = m_widenings.find(valid);
                if (widening != m_widenings.end())
                    unit.requant(widened, sums, widening->second.multiplier, widening->second.shift);
                for (const Part& part : rectangles)
                    scale(call, widening == m_widenings.end() ? sums : widened, part, unit);
            }
        }
        clampBelowZero(call, unit);
        return {};
    }

private:
    /// Codes have no sign, their sums have one here.
    bool narrows() const { return !m_pool.outSigned; }
    void scale(const LocalCall& call, const LocalTensor& sums, const Part& part, IntegerUnit& unit) const {
        const IntegerUnit::Number multiplier{static_cast<int32_t>(m_pool.multiplier), Precision::Int8, true};
        const LocalTensor to = call.output.sub(part);
        if (!narrows()) return unit.apply(ArOp::MulSaturating, to, sums.sub(part), multiplier, m_pool.shift);
        const auto wide = scratchBox(call.output, call.scratch[2], Precision::Int16).sub(part);
        unit.apply(ArOp::MulSaturating, wide, sums.sub(part), multiplier, m_pool.shift);
        unit.cast(to, wide);
    }

    std::map<int64_t, Widening> m_widenings; ///< by the number of codes in the window
};

Result<std::unique_ptr<LocalEmitter>> prepareCodePool(const EmitContext& context) {
    const auto& a = context.node->attributes;
    const auto& in = context.graph->value(context.node->operands[0]).type;
    const auto& out = context.graph->value(context.node->results[0]).type;
    if (chipPrecision(in.element) != Precision::Int8 || chipPrecision(out.element) != Precision::Int8)
        return notEmitted(context, "its operand or result is not 8 bits wide");
    CodePool pool;
    WB_ASSIGN(pool.window, slidingWindow(context));
    pool.inSigned = chipSigned(in.element);
    pool.outSigned = chipSigned(out.element);
    pool.relu = a.boolean("do_relu");
    pool.zero = zeroCodeOf(out);
    if (a.enumerator("pool_mode") == "Max") {
        if (pool.inSigned != pool.outSigned) return notEmitted(context, "its codes change their sign");
        return std::unique_ptr<LocalEmitter>(new MaxPoolEmitter(pool));
    }
    if (a.has("scale")) return prepareScaledMean(context, pool);
    pool.multiplier = a.integer("multiplier", 1);
    int64_t shift = a.integer("rshift", 0);
    for (; shift < 0 && std::abs(pool.multiplier) < 64; ++shift) pool.multiplier *= 2; // commands shift to the right only
    if (pool.multiplier < -128 || pool.multiplier > 127 || shift < 0 || shift > 31)
        return beyondChip(context, "its mean is scaled by " + std::to_string(pool.multiplier) + " / 2^" +
                                       std::to_string(shift));
    if (pool.area() * 255 > (int64_t{1} << 24)) return beyondChip(context, "its window has too many elements");
    pool.shift = static_cast<int>(shift);
    std::map<int64_t, Widening> widenings;
    if (!a.boolean("count_include_pad"))
        for (const Run& y : runsOf(pool.window.h, {0, pool.window.h.out}))
            for (const Run& x : runsOf(pool.window.w, {0, pool.window.w.out})) {
                const int64_t valid = y.covered * x.covered;
                if (valid == 0 || valid == pool.area() || widenings.count(valid) != 0) continue;
                if (pool.sums() != Precision::Int16) // a requant gives no more
                    return beyondChip(context, "sums of " + std::to_string(pool.area()) + " codes, some of them padding, leave 16 bits");
                const auto scale = wideningOf({pool.area(), pool.multiplier, pool.shift, pool.inSigned, pool.outSigned}, valid);
                if (!scale)
                    return notEmitted(context, "no multiplier takes sums of " + std::to_string(valid) +
                                                   " codes to the window's " + std::to_string(pool.area()));
                widenings.emplace(valid, *scale);
            }
    return std::unique_ptr<LocalEmitter>(new AveragePoolEmitter(pool, std::move(widenings)));
}

Result<std::unique_ptr<LocalEmitter>> preparePool(const EmitContext& context) {
    return worksOnCodes(context) ? prepareCodePool(context) : prepareFloatPool(context);
}

} // namespace

void emit_pool(EmitterTable& table) { table.add({.op = "tpu.Pool2D", .local = preparePool}); }

} // namespace wb::ops
