// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Cast between floats and codes: multiplied in the float's own precision, rounded half away from zero, then the
// zero point. Integer instructions saturate, so nothing has to be clamped.
#include "compiler/ops/cast/cast_bm1684x.h"

#include "compiler/numeric/half.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <bit>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// A float as an operand of arithmetic in a precision, rounded to it.
IntegerUnit::Number numberIn(float value, Precision precision) {
    uint32_t bits = std::bit_cast<uint32_t>(value);
    if (precision == Precision::F16) bits = numeric::toHalf(value);
    if (precision == Precision::Bf16) bits = numeric::toBfloat16(value);
    return {static_cast<int32_t>(bits), precision, true};
}

class PointwiseCast : public LocalEmitter {
public:
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = true}; }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t, const Part& result) const override { return result; }
};

class ToCodes final : public PointwiseCast {
public:
    ToCodes(Precision from, float factor, int32_t zero) : m_from(from), m_factor(factor), m_zero(zero) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t wide = m_zero == 0 ? 0 : alignedBytes(Precision::Int16, result);
        return {alignedBytes(m_from, result), wide, wide};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor& to = call.output;
        LocalTensor numbers = call.operands[0].sub(call.result);
        if (m_factor != 1) {
            const auto scaled = scratchBox(to, call.scratch[0], m_from);
            unit.apply(ArOp::Mul, scaled, numbers, numberIn(m_factor, m_from));
            numbers = scaled;
        }
        if (m_zero == 0) {
            unit.cast(to, numbers, Rounding::HalfAwayFromZero);
            return {};
        }
        const auto wide = scratchBox(to, call.scratch[1], Precision::Int16);
        unit.cast(wide, numbers, Rounding::HalfAwayFromZero);
        const IntegerUnit::Number zero{m_zero, Precision::Int16, true};
        if (to.isSigned) {
            unit.apply(ArOp::AddSaturating, to, wide, zero);
            return {};
        }
        const auto moved = scratchBox(to, call.scratch[2], Precision::Int16);
        unit.apply(ArOp::AddSaturating, moved, wide, zero);
        unit.cast(to, moved);
        return {};
    }

private:
    Precision m_from;
    float m_factor;
    int32_t m_zero;
};

class FromCodes final : public PointwiseCast {
public:
    FromCodes(Precision to, float scale, int32_t zero) : m_to(to), m_scale(scale), m_zero(zero) {}
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        if (m_to == Precision::F32) return {};
        return {alignedBytes(m_to, result), m_zero == 0 ? 0 : alignedBytes(Precision::Int16, result)};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const LocalTensor& to = call.output;
        LocalTensor codes = call.operands[0].sub(call.result);
        if (m_to == Precision::F32) {
            unit.dequant(to, codes, m_zero, m_scale);
            return {};
        }
        if (m_zero != 0) {
            const auto moved = scratchBox(to, call.scratch[1], Precision::Int16);
            unit.apply(ArOp::SubSaturating, moved, codes, IntegerUnit::Number{m_zero, Precision::Int16, true});
            codes = moved;
        }
        const auto numbers = scratchBox(to, call.scratch[0], m_to);
        unit.cast(numbers, codes);
        unit.apply(ArOp::Mul, to, numbers, numberIn(m_scale, m_to));
        return {};
    }

private:
    Precision m_to;
    float m_scale;
    int32_t m_zero;
};

/// Between float32 and 32-bit whole numbers.
class WholeCast final : public PointwiseCast {
public:
    explicit WholeCast(Rounding rounding) : m_rounding(rounding) {}
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit(out).cast(call.output, call.operands[0].sub(call.result), m_rounding);
        return {};
    }

private:
    Rounding m_rounding;
};

bool wholeAndFloat(ir::ElementType a, ir::ElementType b) {
    return chipPrecision(a) == Precision::Int32 && b == ir::ElementType::F32;
}

Result<std::unique_ptr<LocalEmitter>> prepareCast(const EmitContext& context) {
    const auto& from = context.graph->value(context.node->operands[0]).type;
    const auto& to = context.graph->value(context.node->results[0]).type;
    if (ir::isFloat(from.element) && ir::isFloat(to.element)) return prepareFloatCast(context);
    if (!context.node->attributes.boolean("with_scale", true)) return notEmitted(context, "it does not use the scale");
    if (wholeAndFloat(to.element, from.element) || wholeAndFloat(from.element, to.element))
        return std::unique_ptr<LocalEmitter>(std::make_unique<WholeCast>(
            context.node->attributes.enumerator("round_mode") == "TowardsZero" ? Rounding::TowardZero : Rounding::HalfAwayFromZero));
    const bool toCodes = ir::isFloat(from.element) && chipPrecision(to.element) == Precision::Int8;
    const bool fromCodes = ir::isFloat(to.element) && chipPrecision(from.element) == Precision::Int8;
    if (!toCodes && !fromCodes)
        return notEmitted(context, "it goes from " + std::string(ir::spelling(from.element)) + " to " +
                                       std::string(ir::spelling(to.element)));
    const auto* quant = (toCodes ? to : from).uniform();
    const double scale = quant == nullptr ? 1.0 : quant->scale();
    const int64_t zero = quant == nullptr ? 0 : quant->zeroPoint();
    if (zero < -128 || zero > 255) return notEmitted(context, "its zero point is " + std::to_string(zero));
    if (fromCodes)
        return std::unique_ptr<LocalEmitter>(new FromCodes(chipPrecision(to.element), static_cast<float>(scale),
                                                           static_cast<int32_t>(zero)));
    return std::unique_ptr<LocalEmitter>(new ToCodes(chipPrecision(from.element), static_cast<float>(1.0 / scale),
                                                     static_cast<int32_t>(zero)));
}

} // namespace

void emit_cast(EmitterTable& table) { table.add({.op = "tpu.Cast", .local = prepareCast}); }

} // namespace wb::ops
