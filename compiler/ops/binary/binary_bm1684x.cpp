// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators of codes. A term of a sum is scaled and shifted by itself into 16 bits, terms are added with
// saturation; a product is formed in 16 bits and scaled once.
#include "compiler/ops/binary/binary_bm1684x.h"

#include "compiler/numeric/multiplier.h"
#include "compiler/ops/binary/binary_bm1684x_int8.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// Two terms: a · m >> s plus or minus b · n >> t.
class SumEmitter final : public CodeCombine {
public:
    SumEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu, bool minus, bool reverse)
        : CodeCombine(std::move(sides), result, relu), m_minus(minus), m_reverse(reverse) {}

    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        std::array<Box, 2> terms;
        for (size_t i = 0; i < 2; ++i) {
            const CodeSide& s = m_sides[i];
            terms[i] = side(i, call, unit);
            if (isTaken(s)) continue;
            const auto scaled = scratch(i, call, !unsignedThroughout());
            unit.apply(ArOp::MulSaturating, scaled, terms[i],
                       IntegerUnit::Number{static_cast<int32_t>(s.multiplier), Precision::Int8, !unsignedThroughout()},
                       s.shift);
            terms[i] = scaled;
        }
        if (m_reverse) std::swap(terms[0], terms[1]);
        const uint32_t op = m_minus ? ArOp::SubSaturating : ArOp::AddSaturating;
        if (m_outSigned || unsignedThroughout()) {
            unit.apply(op, call.output, terms[0], terms[1]);
            clamp(call, unit);
            return {};
        }
        const auto sum = scratch(2, call);
        unit.apply(op, sum, terms[0], terms[1]);
        unit.cast(call.output, sum);
        return {};
    }

protected:
    std::vector<Precision> work() const override { return {Precision::Int16, Precision::Int16, Precision::Int16}; }

public:
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        auto bytes = CodeCombine::scratchBytes(result);
        for (size_t i = 0; i < 2; ++i)
            if (isTaken(m_sides[i])) bytes[2 + i] = 0;
        if (m_outSigned || unsignedThroughout()) bytes[4] = 0;
        return bytes;
    }

private:
    /// Unsigned codes add up to unsigned codes without a sign on the way.
    bool unsignedThroughout() const {
        return !m_outSigned && !m_minus && std::none_of(m_sides.begin(), m_sides.end(), [](const CodeSide& s) {
            return s.isSigned || s.multiplier < 0;
        });
    }

    /// Terms that are added as they are: of the sign that the sum shall have, since two unsigned ones saturate as such.
    bool isTaken(const CodeSide& s) const {
        return s.multiplier == 1 && s.shift == 0 && (s.isSigned || unsignedThroughout());
    }

    bool m_minus, m_reverse;
};

/// Two terms with zero points, each (code - zero) · m >> s in 16 bits; the result's is added last.
class ZeroSumEmitter final : public CodeCombine {
public:
    ZeroSumEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu)
        : CodeCombine(std::move(sides), result, relu) {}

    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        std::array<Box, 2> terms;
        for (size_t i = 0; i < 2; ++i) {
            const CodeSide& s = m_sides[i];
            terms[i] = scratch(i, call);
            const Box codes = side(i, call, unit);
            const IntegerUnit::Number multiplier{static_cast<int32_t>(s.multiplier), Precision::Int8, true};
            if (s.zero == 0) {
                unit.apply(ArOp::MulSaturating, terms[i], codes, multiplier, s.shift);
            } else if (s.isWhole(m_shape)) { // the command knows no repeated elements
                unit.widen(terms[i], codes, s.zero, multiplier.value, s.shift);
            } else {
                const auto moved = scratch(2, call);
                unit.apply(ArOp::SubSaturating, moved, codes, IntegerUnit::Number{s.zero, Precision::Int16, true});
                unit.apply(ArOp::MulSaturating, terms[i], moved, multiplier, s.shift);
            }
        }
        const IntegerUnit::Number zero{m_zero, Precision::Int16, true};
        if (m_zero == 0 && m_outSigned) {
            unit.apply(ArOp::AddSaturating, call.output, terms[0], terms[1]);
        } else {
            const auto sum = scratch(2, call);
            unit.apply(ArOp::AddSaturating, sum, terms[0], terms[1]);
            if (m_outSigned) {
                unit.apply(ArOp::AddSaturating, call.output, sum, zero);
            } else if (m_zero != 0) {
                unit.apply(ArOp::AddSaturating, terms[0], sum, zero);
                unit.cast(call.output, terms[0]);
            } else {
                unit.cast(call.output, sum);
            }
        }
        clamp(call, unit);
        return {};
    }

protected:
    std::vector<Precision> work() const override { return {Precision::Int16, Precision::Int16, Precision::Int16}; }
};

/// Any number of terms, in 32 bits.
class LongSumEmitter final : public CodeCombine {
public:
    using CodeCombine::CodeCombine;
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        for (size_t i = 0; i < m_sides.size(); ++i) {
            const auto term = scratch(i == 0 ? 0 : 1, call);
            Box codes = side(i, call, unit);
            if (m_sides[i].zero != 0) {
                const auto moved = scratch(2, call);
                unit.apply(ArOp::SubSaturating, moved, codes, IntegerUnit::Number{m_sides[i].zero, Precision::Int16, true});
                codes = moved;
            }
            unit.apply(ArOp::MulSaturating, term, codes,
                       IntegerUnit::Number{static_cast<int32_t>(m_sides[i].multiplier), Precision::Int8, true},
                       m_sides[i].shift);
            if (i > 0) unit.apply(ArOp::AddSaturating, scratch(0, call), scratch(0, call), term);
        }
        if (m_zero != 0)
            unit.apply(ArOp::AddSaturating, scratch(0, call), scratch(0, call), IntegerUnit::Number{m_zero, Precision::Int32, true});
        unit.cast(call.output, scratch(0, call));
        clamp(call, unit);
        return {};
    }

protected:
    std::vector<Precision> work() const override {
        const bool moves = std::any_of(m_sides.begin(), m_sides.end(), [](const CodeSide& s) { return s.zero != 0; });
        return moves ? std::vector{Precision::Int32, Precision::Int32, Precision::Int16} : std::vector{Precision::Int32, Precision::Int32};
    }
};

/// a · b · m >> s.
class ProductEmitter final : public CodeCombine {
public:
    ProductEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu, int64_t multiplier, int shift)
        : CodeCombine(std::move(sides), result, relu), m_multiplier(multiplier), m_shift(shift) {}

    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const bool productSigned = m_sides[0].isSigned || m_sides[1].isSigned;
        const auto product = scratch(0, call, productSigned);
        unit.apply(ArOp::Mul, product, side(0, call, unit), side(1, call, unit));
        const bool numberSigned = productSigned || m_outSigned || m_multiplier < 0;
        const IntegerUnit::Number number{static_cast<int32_t>(m_multiplier), Precision::Int8, numberSigned};
        if (numberSigned == m_outSigned) {
            unit.apply(ArOp::MulSaturating, call.output, product, number, m_shift);
            clamp(call, unit);
            return {};
        }
        const auto wide = scratch(1, call);
        unit.apply(ArOp::MulSaturating, wide, product, number, m_shift);
        unit.cast(call.output, wide);
        return {};
    }

protected:
    std::vector<Precision> work() const override {
        return m_outSigned ? std::vector{Precision::Int16} : std::vector{Precision::Int16, Precision::Int16};
    }

private:
    int64_t m_multiplier;
    int m_shift;
};

/// The same of codes with zero points: (a - zero) · (b - zero) in 32 bits, scaled once.
class ZeroProductEmitter final : public CodeCombine {
public:
    ZeroProductEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu, int64_t multiplier, int shift)
        : CodeCombine(std::move(sides), result, relu), m_multiplier(multiplier), m_shift(shift) {}

    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        std::array<Box, 2> factors;
        for (size_t i = 0; i < 2; ++i) {
            factors[i] = side(i, call, unit);
            if (m_sides[i].zero == 0) continue;
            const auto moved = scratch(i, call);
            unit.apply(ArOp::SubSaturating, moved, factors[i], IntegerUnit::Number{m_sides[i].zero, Precision::Int16, true});
            factors[i] = moved;
        }
        const auto product = scratch(2, call);
        unit.apply(ArOp::Mul, product, factors[0], factors[1]);
        unit.requant(call.output, product, static_cast<int32_t>(m_multiplier), m_shift, m_zero);
        clamp(call, unit);
        return {};
    }

protected:
    std::vector<Precision> work() const override { return {Precision::Int16, Precision::Int16, Precision::Int32}; }

private:
    int64_t m_multiplier;
    int m_shift;
};

/// The largest or smallest of codes of one sign.
class ExtremeEmitter final : public CodeCombine {
public:
    ExtremeEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool relu, uint32_t op)
        : CodeCombine(std::move(sides), result, relu), m_op(op) {}

    /// The result is written while operands are still to be read.
    int inPlaceOperand() const override { return m_sides.size() == 2 ? CodeCombine::inPlaceOperand() : -1; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const bool isSigned = m_sides[0].isSigned;
        const Box to = isSigned == m_outSigned ? call.output : scratch(0, call, isSigned);
        Box so_far = side(0, call, unit);
        for (size_t i = 1; i < m_sides.size(); ++i) {
            unit.apply(m_op, to, so_far, side(i, call, unit));
            so_far = to;
        }
        if (m_sides.size() == 1) unit.copy(to, so_far);
        if (isSigned != m_outSigned) unit.cast(call.output, to);
        clamp(call, unit);
        return {};
    }

protected:
    std::vector<Precision> work() const override {
        return m_sides[0].isSigned == m_outSigned ? std::vector<Precision>{} : std::vector{Precision::Int8};
    }

private:
    uint32_t m_op;
};

/// 32-bit numbers of one scale: a plus or minus b.
class WideSumEmitter final : public CodeCombine {
public:
    WideSumEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, bool minus, bool relu)
        : CodeCombine(std::move(sides), result, false), m_minus(minus), m_relu(relu) {}
    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        const Box a = side(0, call, unit), b = side(1, call, unit);
        unit.apply(m_minus ? ArOp::Sub : ArOp::Add, call.output, a, b);
        if (m_relu) unit.apply(ArOp::Max, call.output, call.output, IntegerUnit::Number{0, Precision::Int32, true});
        return {};
    }

protected:
    std::vector<Precision> work() const override { return {}; }

private:
    bool m_minus, m_relu;
};

Result<std::unique_ptr<LocalEmitter>> prepareWideSum(const EmitContext& context) {
    const auto& node = *context.node;
    if ((node.op != "tpu.Add" && node.op != "tpu.Sub") || node.operands.size() != 2) return notEmitted(context, "it is no sum of two");
    WB_ASSIGN(auto sides, codeSides(context, Precision::Int32));
    return std::unique_ptr<LocalEmitter>(
        new WideSumEmitter(std::move(sides), context.graph->value(node.results[0]).type, node.op == "tpu.Sub", node.attributes.boolean("do_relu")));
}

/// Products in TensorFlow Lite's arithmetic: rounded at the upper half, then at the shift.
class TfliteProductEmitter final : public CodeCombine {
public:
    TfliteProductEmitter(std::vector<CodeSide> sides, const ir::TensorType& result, numeric::MultiplierShift factor)
        : CodeCombine(std::move(sides), result, false), m_factor(factor) {}

    Status emit(const LocalCall& call, Assembler& out) const override {
        IntegerUnit unit(out);
        std::array<Box, 2> factors;
        for (size_t i = 0; i < 2; ++i) {
            factors[i] = scratch(i, call);
            unit.apply(ArOp::SubSaturating, factors[i], side(i, call, unit), IntegerUnit::Number{m_sides[i].zero, Precision::Int16, true});
        }
        const auto product = scratch(2, call);
        unit.apply(ArOp::Mul, product, factors[0], factors[1]);
        if (m_factor.shift < 0) // 17 bits become at most 31
            unit.apply(ArOp::Mul, product, product, IntegerUnit::Number{1 << -m_factor.shift, Precision::Int32, true});
        if (m_factor.shift <= 0) {
            unit.requant(call.output, product, m_factor.multiplier, 31, m_zero, Rounding::HalfUp);
            return {};
        }
        const auto upper = scratch(3, call);
        unit.upperHalf(upper, product, IntegerUnit::Number{m_factor.multiplier, Precision::Int32, true});
        unit.requant(call.output, upper, 1, m_factor.shift, m_zero, Rounding::HalfAwayFromZero);
        return {};
    }

protected:
    std::vector<Precision> work() const override { return {Precision::Int16, Precision::Int16, Precision::Int32, Precision::Int32}; }

private:
    numeric::MultiplierShift m_factor;
};

Status checkScale(const EmitContext& context, int64_t multiplier, int64_t shift) {
    if (multiplier >= -128 && multiplier <= 127 && shift >= 0 && shift <= 31) return {};
    return beyondChip(context, "it is scaled by " + std::to_string(multiplier) + " / 2^" + std::to_string(shift));
}

/// Shifts to the left by more than these saturate as well: whatever is not zero is beyond all codes then.
constexpr int64_t kMostLeft = 24;

Result<std::unique_ptr<LocalEmitter>> prepareCodeBinary(const EmitContext& context) {
    const auto& node = *context.node;
    const auto& a = node.attributes;
    const auto& result = context.graph->value(node.results[0]).type;
    const bool relu = a.boolean("do_relu");
    if (chipPrecision(result.element) == Precision::Int32) return prepareWideSum(context);
    WB_ASSIGN(auto sides, codeSides(context));
    const bool zeros = (result.uniform() != nullptr && result.uniform()->zeroPoint() != 0) ||
                       std::any_of(sides.begin(), sides.end(), [](const CodeSide& s) { return s.zero != 0; });
    if (node.op == "tpu.Add" || node.op == "tpu.Sub") {
        const auto multipliers = a.integers("multipliers"), shifts = a.integers("rshifts");
        if (multipliers.size() != sides.size() || shifts.size() != sides.size())
            return notEmitted(context, "it has not one multiplier and shift an operand");
        for (size_t i = 0; i < sides.size(); ++i) {
            WB_TRY(checkScale(context, multipliers[i], shifts[i]));
            sides[i].multiplier = multipliers[i];
            sides[i].shift = static_cast<int>(shifts[i]);
        }
        const bool minus = node.op == "tpu.Sub";
        if (zeros && minus) return notEmitted(context, "a difference of codes with zero points");
        if (zeros && sides.size() == 2)
            return std::unique_ptr<LocalEmitter>(new ZeroSumEmitter(std::move(sides), result, relu));
        if (sides.size() == 2)
            return std::unique_ptr<LocalEmitter>(
                new SumEmitter(std::move(sides), result, relu, minus, minus && a.boolean("is_reverse")));
        if (minus) return notEmitted(context, "it has not two operands");
        return std::unique_ptr<LocalEmitter>(new LongSumEmitter(std::move(sides), result, relu));
    }
    if (node.op == "tpu.Mul" && a.enumerator("quant_mode").starts_with("TFLite")) {
        const int64_t multiplier = a.integer("multiplier", 1), shift = a.integer("rshift", 0);
        if (sides.size() != 2 || relu) return notEmitted(context, "it has not two operands, or a ReLU");
        if (multiplier < 0 || multiplier > INT32_MAX || shift < -13 || shift > 31)
            return beyondChip(context, "it is scaled by " + std::to_string(multiplier) + " / 2^" + std::to_string(shift));
        return std::unique_ptr<LocalEmitter>(
            new TfliteProductEmitter(std::move(sides), result, {static_cast<int32_t>(multiplier), static_cast<int>(shift)}));
    }
    if (node.op == "tpu.Mul") {
        int64_t multiplier = a.integer("multiplier", 1), shift = a.integer("rshift", 0);
        const bool up = shift < 0; // products of less than one step of the result
        if (up) {
            WB_TRY(checkScale(context, multiplier, 0));
            multiplier *= int64_t{1} << std::min<int64_t>(-shift, kMostLeft);
            shift = 0;
        } else {
            WB_TRY(checkScale(context, multiplier, shift));
        }
        if (sides.size() != 2) return notEmitted(context, "it has not two operands");
        if (zeros || up)
            return std::unique_ptr<LocalEmitter>(
                new ZeroProductEmitter(std::move(sides), result, relu, multiplier, static_cast<int>(shift)));
        return std::unique_ptr<LocalEmitter>(
            new ProductEmitter(std::move(sides), result, relu, multiplier, static_cast<int>(shift)));
    }
    if (std::any_of(sides.begin(), sides.end(), [&](const CodeSide& s) { return s.isSigned != sides[0].isSigned; }))
        return notEmitted(context, "it compares signed with unsigned codes");
    const uint32_t op = node.op == "tpu.Max" ? ArOp::Max : ArOp::Min;
    return std::unique_ptr<LocalEmitter>(new ExtremeEmitter(std::move(sides), result, relu, op));
}

Result<std::unique_ptr<LocalEmitter>> prepareBinary(const EmitContext& context) {
    return worksOnCodes(context) ? prepareCodeBinary(context) : prepareFloatBinary(context);
}

} // namespace

void emit_binary(EmitterTable& table) {
    for (const char* op : {"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Max", "tpu.Min"})
        table.add({.op = op, .local = prepareBinary});
    for (const char* op : {"tpu.Div", "tpu.SubConst", "tpu.MulConst", "tpu.BinaryPow", "tpu.Mod", "tpu.Compare", "tpu.CompareConst"})
        table.add({.op = op, .local = prepareFloatBinary});
}

} // namespace wb::ops
