// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.RequantInt and tpu.DequantInt: between codes and 32-bit numbers. TensorFlow Lite rounds twice: the upper half of the
// product by halves up, its shift by halves away from zero.
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
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t, const Part& result) const override { return result; }
};

/// Sums to codes.
class SumsToCodes final : public WholePart {
public:
    SumsToCodes(numeric::MultiplierShift factor, bool tflite, int32_t zero) : m_factor(factor), m_tflite(tflite), m_zero(zero) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {twice() ? alignedBytes(Precision::Int32, result) : 0};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor sums = call.operands[0].sub(call.result);
        if (!twice()) {
            unit.requant(call.output, sums, m_factor.multiplier, m_factor.shift + (m_tflite ? 31 : 0), m_zero,
                         m_tflite ? Rounding::HalfUp : Rounding::HalfAwayFromZero);
            return {};
        }
        const auto upper = scratchBox(call.output, call.scratch[0], Precision::Int32);
        unit.upperHalf(upper, sums, IntegerUnit::Number{m_factor.multiplier, Precision::Int32, true});
        unit.requant(call.output, upper, 1, m_factor.shift, m_zero, Rounding::HalfAwayFromZero);
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

/// Codes to 32-bit numbers: (code - zero) · 2^lift, and where the factor is not a power of two its upper half and a shift.
class CodesToNumbers final : public WholePart {
public:
    CodesToNumbers(numeric::MultiplierShift factor, int lift, int32_t zero) : m_factor(factor), m_lift(lift), m_zero(zero) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t bytes = alignedBytes(Precision::Int32, result);
        return {multiplies() ? bytes : 0, multiplies() && m_factor.shift > 0 ? bytes : 0};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const IntegerUnit::Number zero{m_zero, Precision::Int16, true}, nothing{0, Precision::Int32, true};
        const LocalTensor codes = call.operands[0].sub(call.result);
        if (!multiplies()) {
            unit.shiftedSum(ArOp::SubSaturating, call.output, codes, zero, 1 - m_lift, Rounding::HalfUp);
            return {};
        }
        const auto lifted = scratchBox(call.output, call.scratch[0], Precision::Int32);
        unit.shiftedSum(ArOp::SubSaturating, lifted, codes, zero, -m_lift, Rounding::HalfUp);
        const IntegerUnit::Number multiplier{m_factor.multiplier, Precision::Int32, true};
        if (m_factor.shift == 0) {
            unit.upperHalf(call.output, lifted, multiplier);
            return {};
        }
        const auto upper = scratchBox(call.output, call.scratch[1], Precision::Int32);
        unit.upperHalf(upper, lifted, multiplier);
        unit.shiftedSum(ArOp::AddSaturating, call.output, upper, nothing, m_factor.shift, Rounding::HalfAwayFromZero);
        return {};
    }

private:
    /// Half of it is a shift less to the left.
    bool multiplies() const { return m_factor.multiplier != 1 << 30 || m_factor.shift != 0 || m_lift < 1; }
    numeric::MultiplierShift m_factor;
    int m_lift;
    int32_t m_zero;
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
    if (a.enumerator("quant_mode") != "TFLite") return notEmitted(context, "it is not scaled as TensorFlow Lite does");
    return std::unique_ptr<LocalEmitter>(
        new CodesToNumbers({static_cast<int32_t>(multiplier), static_cast<int>(shift)}, static_cast<int>(lift), zero));
}

} // namespace

void emit_requant(EmitterTable& table);
void emit_requant(EmitterTable& table) {
    table.add({.op = "tpu.RequantInt", .local = prepareRequant});
    table.add({.op = "tpu.DequantInt", .local = prepareDequant});
}

} // namespace wb::ops
