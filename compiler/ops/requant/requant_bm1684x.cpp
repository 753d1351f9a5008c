// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.RequantInt and tpu.DequantInt: between codes and 32-bit numbers. TensorFlow Lite rounds twice: the upper half of the
// product by halves up, its shift by halves away from zero. Where one command gives the same for all 256 codes, it does.
#include "compiler/ops/requant/requant_bm1684x.h"

#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/activation/activation_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class WholePart : public LocalEmitter {
public:
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    Part operandPart(size_t, const Part& result) const override { return result; }
};

/// Sums to codes.
class SumsToCodes final : public WholePart {
public:
    SumsToCodes(numeric::MultiplierShift factor, bool tflite, int32_t zero) : m_factor(factor), m_tflite(tflite), m_zero(zero) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {twice() ? alignedBytes(requantMiddle(m_factor.shift), result) : 0};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor sums = call.operands[0].sub(call.result);
        if (!twice()) {
            unit.requant(call.output, sums, m_factor.multiplier, m_factor.shift + (m_tflite ? 31 : 0), m_zero,
                         m_tflite ? Rounding::HalfUp : Rounding::HalfAwayFromZero);
            return {};
        }
        const auto middle = scratchBox(call.output, call.scratch[0], requantMiddle(m_factor.shift));
        unit.requant(middle, sums, m_factor.multiplier, 31);
        unit.requant(call.output, middle, 1, m_factor.shift, m_zero, Rounding::HalfAwayFromZero);
        return {};
    }

private:
    bool twice() const { return m_tflite && m_factor.shift > 0; }
    numeric::MultiplierShift m_factor;
    bool m_tflite;
    int32_t m_zero;
};

/// Codes to codes of another scale: (code - zero) · multiplier >> shift, halves away from zero, plus the other zero point.
class CodesToCodes final : public WholePart {
public:
    CodesToCodes(numeric::MultiplierShift factor, int32_t zeroIn, int32_t zeroOut)
        : m_factor(factor), m_zeroIn(zeroIn), m_zeroOut(zeroOut) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t bytes = alignedBytes(Precision::Int16, result);
        return {bytes, bytes};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const auto scaled = scratchBox(call.output, call.scratch[0], Precision::Int16);
        const IntegerUnit::Number zero{m_zeroOut, Precision::Int16, true};
        unit.widen(scaled, call.operands[0].sub(call.result), m_zeroIn, m_factor.multiplier, m_factor.shift,
                   Rounding::HalfAwayFromZero);
        if (call.output.isSigned) {
            unit.apply(ArOp::AddSaturating, call.output, scaled, zero);
            return {};
        }
        const auto moved = scratchBox(call.output, call.scratch[1], Precision::Int16);
        unit.apply(ArOp::AddSaturating, moved, scaled, zero);
        unit.cast(call.output, moved);
        return {};
    }

private:
    numeric::MultiplierShift m_factor;
    int32_t m_zeroIn, m_zeroOut;
};

/// Codes to 32-bit numbers, lifted: (code - zero) · 2^lift · multiplier, by one command or by two.
class CodesToNumbers final : public WholePart {
public:
    struct Step {
        int shift = 0;
        Rounding rounding = Rounding::HalfUp;
    };
    CodesToNumbers(int32_t multiplier, int32_t zero, Step first, std::optional<Step> second)
        : m_multiplier(multiplier), m_zero(zero), m_first(first), m_second(second) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {m_second ? alignedBytes(Precision::Int32, result) : 0};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor codes = call.operands[0].sub(call.result);
        const LocalTensor first = m_second ? scratchBox(call.output, call.scratch[0], Precision::Int32) : call.output;
        unit.widen(first, codes, m_zero, m_multiplier, m_first.shift, m_first.rounding);
        if (m_second) unit.requant(call.output, first, 1, m_second->shift, 0, m_second->rounding);
        return {};
    }

private:
    int32_t m_multiplier, m_zero;
    Step m_first;
    std::optional<Step> m_second;
};

Result<std::unique_ptr<LocalEmitter>> prepareRequant(const EmitContext& context) {
    const auto& from = context.graph->value(context.node->operands[0]).type;
    const auto& to = context.graph->value(context.node->results[0]).type;
    const bool codes = chipPrecision(from.element) == Precision::Int8;
    if ((!codes && chipPrecision(from.element) != Precision::Int32) || chipPrecision(to.element) != Precision::Int8)
        return notEmitted(context, "its operand is neither a sum nor a code, or its result no code");
    const auto& a = context.node->attributes;
    const bool tflite = a.enumerator("quant_mode").starts_with("TFLite");
    if (codes && tflite) return prepareCodeFunction(context);
    const int64_t multiplier = a.integer("multiplier", 1), shift = a.integer("rshift", 0), zero = zeroCodeOf(to);
    if (multiplier < 0 || multiplier > INT32_MAX || shift < 0 || shift > 31)
        return beyondChip(context, "it is scaled by " + std::to_string(multiplier) + " / 2^" + std::to_string(shift));
    if (zero < (chipSigned(to.element) ? -128 : 0) || zero > 255) return beyondChip(context, "its zero point is " + std::to_string(zero));
    const numeric::MultiplierShift factor{static_cast<int32_t>(multiplier), static_cast<int>(shift)};
    if (!codes) return std::unique_ptr<LocalEmitter>(new SumsToCodes(factor, tflite, static_cast<int32_t>(zero)));
    if (multiplier > 127) return prepareCodeFunction(context); // may leave 16 bits
    return std::unique_ptr<LocalEmitter>(new CodesToCodes(factor, zeroCodeOf(from), static_cast<int32_t>(zero)));
}

Result<std::unique_ptr<LocalEmitter>> prepareDequant(const EmitContext& context) {
    const auto& from = context.graph->value(context.node->operands[0]).type;
    const auto& to = context.graph->value(context.node->results[0]).type;
    if (chipPrecision(from.element) != Precision::Int8 || chipPrecision(to.element) != Precision::Int32)
        return notEmitted(context, "it does not widen codes");
    const auto& a = context.node->attributes;
    const int64_t multiplier = a.integer("multiplier", 1), lift = a.integer("lshift", 0), shift = -a.integer("shift", 0);
    const int32_t zero = zeroCodeOf(from);
    if (multiplier < 0 || multiplier > INT32_MAX || lift < 0 || lift > 22 || shift < 0 || shift > 31)
        return beyondChip(context, "it is scaled by " + std::to_string(multiplier) + " / 2^" + std::to_string(shift));
    const bool isSigned = chipSigned(from.element), tflite = a.enumerator("quant_mode") == "TFLite";
    const numeric::MultiplierShift factor{static_cast<int32_t>(multiplier), static_cast<int>(shift)};
    const int upper = 31 - static_cast<int>(lift); // bits of the product below the upper half
    using Step = CodesToNumbers::Step;
    if (!tflite) {
        if (shift < lift) return beyondChip(context, "it multiplies beyond its shift");
        return std::unique_ptr<LocalEmitter>(
            new CodesToNumbers(factor.multiplier, zero, {static_cast<int>(shift - lift), Rounding::HalfUp}, {}));
    }
    const auto equals = [&](Rounding rounding) {
        for (int64_t code = isSigned ? -128 : 0; code < (isSigned ? 128 : 256); ++code) {
            const int64_t product = (code - zero) * multiplier;
            const int64_t whole = rounding == Rounding::HalfUp
                                      ? numeric::shiftRightHalfUp(product, upper + factor.shift)
                                      : numeric::shiftRight(product, upper + factor.shift, numeric::Round::HalfAwayFromZero);
            if (whole != numeric::multiplyQuantised((code - zero) * (int64_t{1} << lift), factor)) return false;
        }
        return true;
    };
    for (const Rounding rounding : {Rounding::HalfUp, Rounding::HalfAwayFromZero})
        if (equals(rounding))
            return std::unique_ptr<LocalEmitter>(new CodesToNumbers(factor.multiplier, zero, {upper + factor.shift, rounding}, {}));
    return std::unique_ptr<LocalEmitter>(new CodesToNumbers(factor.multiplier, zero, {upper, Rounding::HalfUp},
                                                            Step{factor.shift, Rounding::HalfAwayFromZero}));
}

} // namespace

Precision requantMiddle(int shift) { return shift <= 7 ? Precision::Int16 : Precision::Int32; }

void emit_requant(EmitterTable& table);
void emit_requant(EmitterTable& table) {
    table.add({.op = "tpu.RequantInt", .local = prepareRequant});
    table.add({.op = "tpu.DequantInt", .local = prepareDequant});
}

} // namespace wb::ops
