// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/formulas_bm1684x.h"

#include <cmath>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

double sineOverR(double square) { return std::sin(std::sqrt(square)) / std::sqrt(square); }
double cosineOf(double square) { return std::cos(std::sqrt(square)); }


} // namespace

std::optional<UnaryFormula> UnaryFormula::of(const kernels::UnaryOp& op, Precision from, Precision to) {
    UnaryFormula f;
    f.m_op = op;
    if (op.kind == Unary::ConstPow && op.a <= 0) return {};
    if (ExponentialFormula::has(op.kind)) {
        f.m_exponential.emplace(op, to);
        f.m_registers = f.m_exponential->registers(from);
        return f;
    }
    const auto with = [&](bool direct, int registers) {
        f.m_direct = direct;
        f.m_registers = registers;
        return f;
    };
    switch (op.kind) {
    case Unary::None: case Unary::Relu: case Unary::Clip: case Unary::Affine: case Unary::Abs: case Unary::Neg:
    case Unary::Square: case Unary::Reciprocal: case Unary::SubFrom:
        return with(true, 0);
    case Unary::Softsign:
        return with(true, 1);
    case Unary::LeakyRelu: case Unary::HardSwish: case Unary::HardSigmoid:
        return with(true, 2);
    case Unary::Sign: case Unary::Sqrt: case Unary::Rsqrt: case Unary::LogicalNot:
        return with(false, 1);
    case Unary::Floor: case Unary::Ceil: case Unary::Round:
        return with(false, 2);
    case Unary::Log:
        return with(false, 4);
    case Unary::Sin: case Unary::Cos: case Unary::Tan: case Unary::PowConst:
        return with(false, 5);
    default:
        return {};
    }
}

bool UnaryFormula::native(Precision precision) const {
    if (precision == Precision::F32) return m_direct;
    switch (m_op.kind) { // one rounding at most
    case Unary::None: case Unary::Relu: case Unary::Clip: case Unary::Abs: case Unary::Neg: case Unary::Square:
        return true;
    case Unary::Affine:
        return (m_op.a == 1 && isExact(m_op.b, precision)) || (m_op.b == 0 && isExact(m_op.a, precision));
    case Unary::SubFrom:
        return isExact(m_op.a, precision);
    default:
        return false;
    }
}

void UnaryFormula::addTables(LaneTables& tables) {
    const auto fill = [&](FormulaTables::Table& table, const std::vector<float>& coefficients) {
        table = {tables.add(coefficients), static_cast<int64_t>(coefficients.size())};
    };
    if (m_exponential) return m_exponential->addTables(tables);
    switch (m_op.kind) {
    case Unary::Log:
        fill(m_tables.log, logCoefficients());
        return;
    case Unary::PowConst:
        fill(m_tables.exp, expCoefficients());
        fill(m_tables.log, logCoefficients());
        return;
    case Unary::Sin: case Unary::Cos: case Unary::Tan:
        fill(m_tables.sine, chebyshev(sineOverR, 0, std::numbers::pi * std::numbers::pi / 4 + 0.01, 6));
        if (m_op.kind == Unary::Tan) fill(m_tables.cosine, chebyshev(cosineOf, 0, std::numbers::pi * std::numbers::pi / 4 + 0.01, 7));
        return;
    default:
        return;
    }
}

void UnaryFormula::emit(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    if (m_exponential) return m_exponential->emit(v, y, x, r, at);
    if (m_direct) return emitDirect(v, y, x, r);
    switch (m_op.kind) {
    case Unary::Sign:
        v.select(CmpOp::SelectLess, r[0], x, 0.0f, -1.0f, 0.0f);
        v.select(CmpOp::SelectGreater, y, x, 0.0f, 1.0f, r[0]);
        return;
    case Unary::LogicalNot:
        v.select(CmpOp::SelectEqual, y, x, 0.0f, 1.0f, 0.0f);
        return;
    case Unary::Sqrt:
        v.reciprocalRoot(r[0], x);
        v.apply(ArOp::Mul, y, x, r[0]);
        return;
    case Unary::Rsqrt:
        v.reciprocalRoot(r[0], x);
        v.copy(y, r[0]);
        return;
    case Unary::Floor: case Unary::Ceil: case Unary::Round: {
        const Rounding rounding = m_op.kind == Unary::Floor  ? Rounding::Down
                                  : m_op.kind == Unary::Ceil ? Rounding::Up
                                                             : Rounding::HalfToEven;
        v.cast(seenAs(r[0], Precision::Int32), x, rounding);
        v.cast(r[0], seenAs(r[0], Precision::Int32));
        v.abs(r[1], x);
        v.select(CmpOp::SelectLess, y, r[1], 8388608.0f, r[0], x); // from 2^23 on every float is whole
        return;
    }
    case Unary::Log:
        return emitLog(v, y, x, r, at + m_tables.log.offset, m_tables.log.count);
    case Unary::Sin: case Unary::Cos: case Unary::Tan:
        return emitCircular(v, y, x, r, at);
    case Unary::PowConst:
        return emitPower(v, y, x, r, at);
    default:
        return;
    }
}

void UnaryFormula::emitDirect(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r) const {
    const float a = m_op.a, b = m_op.b;
    const auto clamp = [&](const Box& to, const Box& from, float low, float high) {
        v.apply(ArOp::Max, to, from, low);
        v.apply(ArOp::Min, to, to, high);
    };
    switch (m_op.kind) {
    case Unary::None: v.copy(y, x); return;
    case Unary::Relu:
        v.apply(ArOp::Max, y, x, 0.0f);
        if (a >= 0) v.apply(ArOp::Min, y, y, a);
        return;
    case Unary::Clip: clamp(y, x, a, b); return;
    case Unary::Affine:
        if (b == 0) return v.apply(ArOp::Mul, y, x, a);
        if (a == 1) return v.apply(ArOp::Add, y, x, b);
        v.apply(ArOp::Mul, y, x, a);
        v.apply(ArOp::Add, y, y, b);
        return;
    case Unary::Abs: v.abs(y, x); return;
    case Unary::Neg: v.apply(ArOp::Mul, y, x, -1.0f); return;
    case Unary::Square: v.apply(ArOp::Mul, y, x, x); return;
    case Unary::Reciprocal: v.apply(ArOp::Div, y, a, x); return;
    case Unary::SubFrom: v.apply(ArOp::Sub, y, a, x); return;
    case Unary::HardSigmoid:
        v.apply(ArOp::Mul, r[0], x, a);
        v.apply(ArOp::Add, r[1], r[0], b);
        v.apply(ArOp::Max, r[0], r[1], 0.0f);
        v.apply(ArOp::Min, y, r[0], 1.0f);
        return;
    case Unary::HardSwish:
        v.apply(ArOp::Mul, r[0], x, 1.0f / 6.0f);
        v.apply(ArOp::Add, r[1], r[0], 0.5f);
        v.apply(ArOp::Max, r[0], r[1], 0.0f);
        v.apply(ArOp::Min, r[1], r[0], 1.0f);
        v.apply(ArOp::Mul, y, x, r[1]);
        return;
    case Unary::LeakyRelu: return emitLeakyRelu(v, y, x, r);
    case Unary::Softsign:
        v.abs(r[0], x);
        v.apply(ArOp::Add, r[0], r[0], 1.0f);
        v.apply(ArOp::Div, y, x, r[0]);
        return;
    default: return;
    }
}

/// The greater of x and a·x, or the smaller one if a is above 1. The product is rounded once; what is chosen is not.
void UnaryFormula::emitLeakyRelu(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r) const {
    const uint32_t choose = m_op.a <= 1 ? ArOp::Max : ArOp::Min;
    if (x.precision != y.precision) {
        v.cast(r[0], x);
        v.apply(ArOp::Mul, r[1], r[0], m_op.a);
        if (y.precision == Precision::F32) return v.apply(choose, y, r[0], r[1]);
        v.apply(choose, r[1], r[0], r[1]);
        return v.cast(y, r[1]);
    }
    const Box product = alignedTensor(r[0].address, x.precision, true, r[0].part);
    if (isExact(m_op.a, x.precision)) {
        v.apply(ArOp::Mul, product, x, m_op.a);
    } else {
        v.cast(r[0], x);
        v.apply(ArOp::Mul, r[1], r[0], m_op.a);
        v.cast(product, r[1]);
    }
    v.apply(choose, y, x, product);
}

/// x = kπ + r (sin, tan) or (k + ½)π + r (cos), |r| <= π/2: the sign comes from k's lowest bit.
void UnaryFormula::emitCircular(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    const bool cosine = m_op.kind == Unary::Cos;
    const Box &a = r[0], &k = r[1], &c = r[2], &d = r[3], &rest = r[4];
    const Box ki = seenAs(k, Precision::Int32), ai = seenAs(a, Precision::Int32);
    v.apply(ArOp::Mul, a, x, static_cast<float>(1 / std::numbers::pi));
    if (cosine) v.apply(ArOp::Sub, a, a, 0.5f);
    v.cast(ki, a);
    v.cast(c, ki);
    if (cosine) v.apply(ArOp::Add, c, c, 0.5f);
    subtractMultiple(v, rest, x, c, d, std::numbers::pi);
    v.apply(ArOp::Mul, d, rest, rest);
    v.polynomial(a, d, at + m_tables.sine.offset, m_tables.sine.count);
    v.apply(ArOp::Mul, a, a, rest);
    if (m_op.kind == Unary::Tan) {
        v.polynomial(c, d, at + m_tables.cosine.offset, m_tables.cosine.count);
        v.apply(ArOp::Div, y, a, c);
        return;
    }
    if (cosine) v.applyBits(ArOp::Add, ki, ki, 1); // cos((k + ½)π + r) = (-1)^(k+1) sin r
    v.applyBits(ArOp::LogicShift, ki, ki, 31);
    v.apply(ArOp::Xor, seenAs(y, Precision::Int32), ai, ki);
}

/// Whole exponents by squaring, others as exp(a·ln x): a negative x gives 0 there, not NaN.
void UnaryFormula::emitPower(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    const float magnitude = std::fabs(m_op.a);
    if (magnitude != std::floor(magnitude) || magnitude > 64) {
        emitLog(v, r[4], x, r, at + m_tables.log.offset, m_tables.log.count);
        emitExp(v, y, r[4], m_op.a, {r[0], r[1], r[2]}, at + m_tables.exp.offset, m_tables.exp.count);
        return;
    }
    const Box &power = r[0], &product = r[1];
    v.copy(power, x);
    v.apply(ArOp::Mul, product, x, 0.0f);
    v.apply(ArOp::Add, product, product, 1.0f);
    for (auto bits = static_cast<uint32_t>(magnitude); bits != 0; bits >>= 1) {
        if ((bits & 1) != 0) v.apply(ArOp::Mul, product, product, power);
        if (bits > 1) v.apply(ArOp::Mul, power, power, power);
    }
    if (m_op.a < 0)
        v.apply(ArOp::Div, y, 1.0f, product);
    else
        v.copy(y, product);
}

} // namespace wb::ops
