// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/formulas_bm1684x.h"

#include <cmath>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

/// exp(z²)·erfc(z), by its asymptotic series where erfc itself would vanish.
double scaledErfc(double z) {
    if (z < 10) return std::exp(z * z) * std::erfc(z);
    double term = 1, sum = 1;
    for (int n = 1; n < 8; ++n) {
        term *= -(2 * n - 1) / (2 * z * z);
        sum += term;
    }
    return sum / (z * std::sqrt(std::acos(-1.0)));
}

double erfcOfT(double t) { return std::log(scaledErfc(2 / t - 2) / t); }
double log1pOverU(double u) { return std::log1p(u) / u; }
double sineOverR(double square) { return std::sin(std::sqrt(square)) / std::sqrt(square); }
double cosineOf(double square) { return std::cos(std::sqrt(square)); }

constexpr double kPi = 3.14159265358979323846;

} // namespace

std::optional<UnaryFormula> UnaryFormula::of(const kernels::UnaryOp& op) {
    UnaryFormula f;
    f.m_op = op;
    const auto with = [&](bool direct, int registers) {
        f.m_direct = direct;
        f.m_registers = registers;
        return f;
    };
    switch (op.kind) {
    case Unary::None: case Unary::Relu: case Unary::Clip: case Unary::Affine: case Unary::Abs: case Unary::Neg:
    case Unary::Square: case Unary::Reciprocal: case Unary::SubFrom: case Unary::HardSigmoid:
        return with(true, 0);
    case Unary::LeakyRelu: case Unary::HardSwish: case Unary::Softsign:
        return with(true, 1);
    case Unary::Sign: case Unary::Sqrt: case Unary::Rsqrt: case Unary::LogicalNot:
        return with(false, 1);
    case Unary::Floor: case Unary::Ceil: case Unary::Round:
        return with(false, 2);
    case Unary::Sigmoid: case Unary::Silu: case Unary::Swish: case Unary::QuickGelu: case Unary::Tanh: case Unary::Exp:
        return with(false, 3);
    case Unary::Softplus: case Unary::LogSigmoid: case Unary::Mish: case Unary::Elu: case Unary::GeluTanh:
    case Unary::Log:
        return with(false, 4);
    case Unary::Gelu: case Unary::Erf: case Unary::Sin: case Unary::Cos: case Unary::Tan: case Unary::PowConst:
        return with(false, 5);
    case Unary::ConstPow:
        if (op.a <= 0) return {};
        return with(false, 3);
    }
    return {};
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
    switch (m_op.kind) {
    case Unary::Sigmoid: case Unary::Silu: case Unary::Swish: case Unary::QuickGelu: case Unary::Tanh: case Unary::Exp:
    case Unary::Mish: case Unary::Elu: case Unary::GeluTanh: case Unary::ConstPow:
        fill(m_tables.exp, expCoefficients());
        return;
    case Unary::Softplus: case Unary::LogSigmoid:
        fill(m_tables.exp, expCoefficients());
        fill(m_tables.log1p, chebyshev(log1pOverU, 0, 1, 10));
        return;
    case Unary::Log:
        fill(m_tables.log, logCoefficients());
        return;
    case Unary::PowConst:
        fill(m_tables.exp, expCoefficients());
        fill(m_tables.log, logCoefficients());
        return;
    case Unary::Gelu: case Unary::Erf:
        fill(m_tables.exp, expCoefficients());
        fill(m_tables.erfc, chebyshev(erfcOfT, 0, 1, 12));
        return;
    case Unary::Sin: case Unary::Cos: case Unary::Tan:
        fill(m_tables.sine, chebyshev(sineOverR, 0, kPi * kPi / 4 + 0.01, 6));
        if (m_op.kind == Unary::Tan) fill(m_tables.cosine, chebyshev(cosineOf, 0, kPi * kPi / 4 + 0.01, 7));
        return;
    default:
        return;
    }
}

void UnaryFormula::emit(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
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
    case Unary::Gelu: case Unary::Erf:
        return emitErrorFunction(v, y, x, r, at);
    case Unary::Sin: case Unary::Cos: case Unary::Tan:
        return emitCircular(v, y, x, r, at);
    case Unary::PowConst:
        return emitPower(v, y, x, r, at);
    default:
        return emitExponential(v, y, x, r, at);
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
        v.apply(ArOp::Mul, y, x, a);
        v.apply(ArOp::Add, y, y, b);
        clamp(y, y, 0, 1);
        return;
    case Unary::HardSwish:
        v.apply(ArOp::Mul, r[0], x, 1.0f / 6.0f);
        v.apply(ArOp::Add, r[0], r[0], 0.5f);
        clamp(r[0], r[0], 0, 1);
        v.apply(ArOp::Mul, y, x, r[0]);
        return;
    case Unary::LeakyRelu: // one of the two parts is zero
        v.apply(ArOp::Min, r[0], x, 0.0f);
        v.apply(ArOp::Mul, r[0], r[0], a);
        v.apply(ArOp::Max, y, x, 0.0f);
        v.apply(ArOp::Add, y, y, r[0]);
        return;
    case Unary::Softsign:
        v.abs(r[0], x);
        v.apply(ArOp::Add, r[0], r[0], 1.0f);
        v.apply(ArOp::Div, y, x, r[0]);
        return;
    default: return;
    }
}

void UnaryFormula::emitExponential(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    const Box& c = r[2];
    const ExpScratch s{r[0], r[1], c};
    const auto exp = [&](const Box& to, const Box& from, float factor) {
        emitExp(v, to, from, factor, s, at + m_tables.exp.offset, m_tables.exp.count);
    };
    switch (m_op.kind) {
    case Unary::Exp: return exp(y, x, 1);
    case Unary::ConstPow: return exp(y, x, std::log(m_op.a));
    case Unary::Sigmoid:
        exp(c, x, -1);
        v.apply(ArOp::Add, c, c, 1.0f);
        v.apply(ArOp::Div, y, m_op.a, c);
        if (m_op.b != 0) v.apply(ArOp::Add, y, y, m_op.b);
        return;
    case Unary::Silu: case Unary::Swish: case Unary::QuickGelu:
        exp(c, x, m_op.kind == Unary::Silu ? -1.0f : m_op.kind == Unary::Swish ? -m_op.a : -1.702f);
        v.apply(ArOp::Add, c, c, 1.0f);
        v.apply(ArOp::Div, y, x, c);
        return;
    case Unary::Tanh: // 1 - 2 / (1 + exp 2x)
        exp(c, x, 2);
        v.apply(ArOp::Add, c, c, 1.0f);
        v.apply(ArOp::Div, c, 2.0f, c);
        v.apply(ArOp::Sub, y, 1.0f, c);
        return;
    case Unary::Softplus: case Unary::LogSigmoid: { // max(x, 0) + log1p(exp -|x|); of -x and negated
        const Box &u = c, &p = r[0], &d = r[3];
        const bool negated = m_op.kind == Unary::LogSigmoid;
        v.abs(d, x);
        exp(u, d, -1);
        v.polynomial(p, u, at + m_tables.log1p.offset, m_tables.log1p.count);
        v.apply(ArOp::Mul, p, p, u);
        v.apply(negated ? ArOp::Min : ArOp::Max, d, x, 0.0f);
        v.apply(negated ? ArOp::Sub : ArOp::Add, y, d, p);
        return;
    }
    case Unary::Mish: { // tanh(ln(1 + e)) = n / (n + 2), n = e (e + 2); from 30 on it is 1
        const Box& d = r[3];
        v.apply(ArOp::Min, d, x, 30.0f);
        exp(c, d, 1);
        v.apply(ArOp::Add, d, c, 2.0f);
        v.apply(ArOp::Mul, c, c, d);
        v.apply(ArOp::Add, d, c, 2.0f);
        v.apply(ArOp::Div, c, c, d);
        v.apply(ArOp::Mul, y, x, c);
        return;
    }
    case Unary::Elu: {
        const Box& d = r[3];
        v.apply(ArOp::Min, d, x, 0.0f);
        exp(c, d, 1);
        v.apply(ArOp::Sub, c, c, 1.0f);
        v.apply(ArOp::Mul, c, c, m_op.a);
        v.apply(ArOp::Max, y, x, 0.0f);
        v.apply(ArOp::Add, y, y, c);
        return;
    }
    case Unary::GeluTanh: { // x · sigmoid(2u), u = √(2/π)·(x + 0.044715 x³)
        const Box& d = r[3];
        v.apply(ArOp::Mul, d, x, x);
        v.apply(ArOp::Mul, d, d, 0.044715f);
        v.apply(ArOp::Add, d, d, 1.0f);
        v.apply(ArOp::Mul, d, d, x);
        exp(c, d, static_cast<float>(-2 * std::sqrt(2 / kPi)));
        v.apply(ArOp::Add, c, c, 1.0f);
        v.apply(ArOp::Div, y, x, c);
        return;
    }
    default: return;
    }
}

/// q = erfc(z) = t·exp(-z² + P(t)) with z = |x| or |x|/√2 and t = 2 / (2 + z).
void UnaryFormula::emitErrorFunction(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    const bool gelu = m_op.kind == Unary::Gelu;
    const Box &d = r[3], &q = r[4];
    v.abs(d, x);
    if (gelu) v.apply(ArOp::Mul, d, d, static_cast<float>(std::sqrt(0.5)));
    v.apply(ArOp::Add, q, d, 2.0f);
    v.apply(ArOp::Div, q, 2.0f, q);
    v.polynomial(r[0], q, at + m_tables.erfc.offset, m_tables.erfc.count);
    v.apply(ArOp::Mul, d, d, d);
    v.apply(ArOp::Sub, d, r[0], d);
    emitExp(v, r[2], d, 1, {r[0], r[1], r[2]}, at + m_tables.exp.offset, m_tables.exp.count);
    v.apply(ArOp::Mul, q, q, r[2]);
    if (gelu) { // ½ x · (x < 0 ? q : 2 - q)
        v.apply(ArOp::Sub, d, 2.0f, q);
        v.select(CmpOp::SelectLess, d, x, 0.0f, q, d);
        v.apply(ArOp::Mul, q, x, 0.5f);
        v.apply(ArOp::Mul, y, q, d);
        return;
    }
    v.apply(ArOp::Sub, d, 1.0f, q);
    v.apply(ArOp::Sub, q, q, 1.0f);
    v.select(CmpOp::SelectLess, y, x, 0.0f, q, d);
}

/// x = kπ + r (sin, tan) or (k + ½)π + r (cos), |r| <= π/2: the sign comes from k's lowest bit.
void UnaryFormula::emitCircular(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const {
    const bool cosine = m_op.kind == Unary::Cos;
    const Box &a = r[0], &k = r[1], &c = r[2], &d = r[3], &rest = r[4];
    const Box ki = seenAs(k, Precision::Int32), ai = seenAs(a, Precision::Int32);
    v.apply(ArOp::Mul, a, x, static_cast<float>(1 / kPi));
    if (cosine) v.apply(ArOp::Sub, a, a, 0.5f);
    v.cast(ki, a);
    v.cast(c, ki);
    if (cosine) v.apply(ArOp::Add, c, c, 0.5f);
    subtractMultiple(v, rest, x, c, d, kPi);
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
