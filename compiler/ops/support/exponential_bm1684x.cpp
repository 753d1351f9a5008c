// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/exponential_bm1684x.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

constexpr float kLog2e = static_cast<float>(1 / kLn2);
/// exp of these is a normal number whose reciprocal is one too.
constexpr float kReach = 86;

/// Degrees of the polynomials: errors a few times below the result's last place.
struct Degrees {
    int exp, reciprocal, erfc;
};
Degrees degreesOf(Precision result) {
    if (result == Precision::F16) return {4, 3, 8};
    if (result == Precision::Bf16) return {3, 2, 6};
    return {5, 4, 12};
}

double power2(double x) { return std::exp2(x); }
double inverse(double x) { return 1 / x; }
double inverseOfOneLess(double u) { return 1 / (1 - u); }
double log1pOverU(double u) { return std::log1p(u) / u; }

/// exp(z²)·erfc(z), by its asymptotic series where erfc itself would vanish.
double scaledErfc(double z) {
    if (z < 10) return std::exp(z * z) * std::erfc(z);
    double term = 1, sum = 1;
    for (int n = 1; n < 8; ++n) {
        term *= -(2 * n - 1) / (2 * z * z);
        sum += term;
    }
    return sum / (z * std::sqrt(std::numbers::pi));
}
double erfcOfT(double t) { return std::log(scaledErfc(2 / t - 2) / t); }

std::vector<float> scaled(std::vector<float> coefficients, double first, double ratio) {
    double factor = first;
    for (float& c : coefficients) {
        c = static_cast<float>(c * factor);
        factor *= ratio;
    }
    return coefficients;
}

/// Of the exponent of each kind; Softplus and its like take -|x|.
float factorOf(const kernels::UnaryOp& op) {
    switch (op.kind) {
    case Unary::Sigmoid: case Unary::Silu: case Unary::Softplus: case Unary::LogSigmoid: return -1;
    case Unary::Swish: return -op.a;
    case Unary::QuickGelu: return -1.702f;
    case Unary::Tanh: return 2;
    case Unary::GeluTanh: return static_cast<float>(-2 * std::sqrt(2 / std::numbers::pi));
    case Unary::ConstPow: return std::log(op.a);
    default: return 1;
    }
}

/// Factors whose powers float32 can hold; others are multiplied in first.
bool isModerate(float factor) { return std::fabs(factor) > 1e-5f && std::fabs(factor) < 1e5f; }

} // namespace

/// exponential() uses registers 0 to 4, reciprocal() 0 to 2.
struct ExponentialFormula::Work {
    VectorUnit& v;
    const Box &y, &x; ///< x in float32, in any layout
    std::span<const Box> r;
    uint32_t constants;

    Box bits(size_t i) const { return seenAs(r[i], Precision::Int32); }
    void polynomial(const Box& to, const Box& a, const Table& table) const {
        v.polynomial(to, a, constants + table.offset, table.count);
    }
    /// y from two float32 boxes; `free` is none of them.
    void finish(uint32_t op, const Box& a, const Box& b, const Box& free) const {
        if (y.precision == Precision::F32) return v.apply(op, y, a, b);
        v.apply(op, free, a, b);
        v.cast(y, free);
    }
    void finish(uint32_t op, const Box& a, float number, const Box& free) const {
        if (y.precision == Precision::F32) return v.apply(op, y, a, number);
        v.apply(op, free, a, number);
        v.cast(y, free);
    }
};

bool ExponentialFormula::has(Unary kind) {
    switch (kind) {
    case Unary::Sigmoid: case Unary::Silu: case Unary::Swish: case Unary::QuickGelu: case Unary::Tanh: case Unary::Exp:
    case Unary::ConstPow: case Unary::Softplus: case Unary::LogSigmoid: case Unary::Mish: case Unary::Elu:
    case Unary::GeluTanh: case Unary::Gelu: case Unary::Erf:
        return true;
    default:
        return false;
    }
}

int ExponentialFormula::registers(Precision operand) const {
    const int own = m_op.kind == Unary::Mish ? 6 : m_op.kind == Unary::Gelu || m_op.kind == Unary::Erf ? 7 : 5;
    return own + (operand == Precision::F32 ? 0 : 1);
}

ExponentialFormula::ExponentialFormula(const kernels::UnaryOp& op, Precision result)
    // 1 - erfc(x) loses digits near 0.
    : m_op(op), m_result(op.kind == Unary::Erf ? Precision::F32 : result), m_factor(factorOf(op)) {}

void ExponentialFormula::addTables(LaneTables& tables) {
    Degrees degrees = degreesOf(m_result);
    if (m_op.kind == Unary::Erf) degrees = {6, 4, 13};
    const auto add = [&](const std::vector<float>& coefficients) {
        return Table{tables.add(coefficients), static_cast<int64_t>(coefficients.size())};
    };
    const double ratio = isModerate(m_factor) ? m_factor : 1;
    m_exp = m_result == Precision::F32
                ? add(scaled(chebyshev([](double x) { return std::exp(x); }, -kLn2 / 2, kLn2 / 2, degrees.exp), 1, ratio))
                : add(chebyshev(power2, -0.5, 0.5, degrees.exp));
    double numerator = 1;
    switch (m_op.kind) {
    case Unary::Exp: case Unary::ConstPow: case Unary::Elu:
        return;
    case Unary::Softplus: case Unary::LogSigmoid:
        m_other = add(chebyshev(log1pOverU, 0, 1, m_result == Precision::F32 ? 10 : 6));
        return;
    case Unary::Gelu: case Unary::Erf: {
        auto erfc = chebyshev(erfcOfT, 0, 1, degrees.erfc);
        if (m_op.kind == Unary::Gelu) erfc[0] += static_cast<float>(std::log(std::sqrt(0.5)));
        m_other = add(erfc);
        numerator = 2;
        break;
    }
    case Unary::Sigmoid: numerator = m_op.a; break;
    case Unary::Tanh: numerator = -2; break;
    default: break;
    }
    const auto reciprocal = m_result == Precision::F32
                                ? chebyshev(inverseOfOneLess, -kEstimateError, kEstimateError, degrees.reciprocal)
                                : chebyshev(inverse, 1 - kEstimateError, 1 + kEstimateError, degrees.reciprocal);
    m_reciprocal = add(scaled(reciprocal, numerator, 1));
}

/// to = exp(factor · x), factor · x between low and high. x may be r[1] to r[3], `to` any but r[0] and r[2].
void ExponentialFormula::exponential(const Work& w, const Box& to, const Box& x, float low, float high) const {
    VectorUnit& v = w.v;
    const Box &a = w.r[0], &b = w.r[1], &c = w.r[2], &d = w.r[3], &e = w.r[4];
    const Box whole = w.bits(1);
    if (m_result != Precision::F32) { // 2^k · 2^rest
        v.apply(ArOp::Mul, a, x, m_factor * kLog2e);
        v.apply(ArOp::Max, b, a, low * kLog2e);
        v.apply(ArOp::Min, a, b, high * kLog2e);
        v.cast(whole, a);
        v.cast(c, whole);
        v.apply(ArOp::Sub, d, a, c);
    } else { // factor · x = k · ln 2 + rest, in units of x; two steps are enough as |k| < 2^7
        double unit = kLn2;
        float factor = 1;
        const Box* from = &x;
        if (isModerate(m_factor)) {
            factor = m_factor;
            unit = kLn2 / factor;
        } else {
            v.apply(ArOp::Mul, e, x, m_factor);
            from = &e;
        }
        v.apply(ArOp::Max, a, *from, std::min(low / factor, high / factor));
        v.apply(ArOp::Min, d, a, std::max(low / factor, high / factor));
        v.apply(ArOp::Mul, a, d, static_cast<float>(1 / unit));
        v.cast(whole, a);
        v.cast(c, whole);
        const float first = leadingBits(unit);
        v.apply(ArOp::Mul, a, c, first);
        v.apply(ArOp::Sub, e, d, a);
        v.apply(ArOp::Mul, a, c, static_cast<float>(unit - first));
        v.apply(ArOp::Sub, d, e, a);
    }
    w.polynomial(a, d, m_exp);
    v.applyBits(ArOp::LogicShift, w.bits(2), whole, 23); // k added to the exponent's bits
    v.apply(ArOp::Add, seenAs(to, Precision::Int32), w.bits(0), w.bits(2));
}

/// y = numerator / d with d between 2^-100 and 2^125, times the factor in the table; d and numerator not r[0] to r[2].
void ExponentialFormula::reciprocal(const Work& w, const Box& d, const Box& y, const Box* numerator) const {
    VectorUnit& v = w.v;
    v.applyBits(ArOp::Sub, w.bits(0), kReciprocalBits, seenAs(d, Precision::Int32));
    v.apply(ArOp::Mul, w.r[1], d, w.r[0]);
    size_t product = 1, inverse = 2;
    if (m_result == Precision::F32) { // in powers of 1 - d · estimate, which rounding hurts less
        v.apply(ArOp::Sub, w.r[2], 1.0f, w.r[1]);
        std::swap(product, inverse);
    }
    w.polynomial(w.r[inverse], w.r[product], m_reciprocal);
    if (numerator != nullptr) v.apply(ArOp::Mul, w.r[product], *numerator, w.r[0]);
    v.apply(ArOp::Mul, y, w.r[numerator != nullptr ? product : 0], w.r[inverse]);
}

/// numerator / (1 + exp(factor · argument)) + offset
void ExponentialFormula::logistic(const Work& w, const Box& argument) const {
    VectorUnit& v = w.v;
    exponential(w, w.r[4], argument, -kReach, kReach);
    v.apply(ArOp::Add, w.r[3], w.r[4], 1.0f);
    const bool plain = m_op.kind == Unary::Sigmoid || m_op.kind == Unary::Tanh;
    const float offset = m_op.kind == Unary::Tanh ? 1 : m_op.kind == Unary::Sigmoid ? m_op.b : 0;
    if (offset == 0 && w.y.precision == Precision::F32) return reciprocal(w, w.r[3], w.y, plain ? nullptr : &w.x);
    reciprocal(w, w.r[3], w.r[4], plain ? nullptr : &w.x);
    if (offset == 0) return v.cast(w.y, w.r[4]);
    w.finish(ArOp::Add, w.r[4], offset, w.r[0]);
}

/// tanh(ln(1 + e)) = n / (n + 2), n = e (e + 2); from 30 on it is 1.
void ExponentialFormula::mish(const Work& w) const {
    VectorUnit& v = w.v;
    exponential(w, w.r[4], w.x, -kReach, 30);
    v.apply(ArOp::Add, w.r[0], w.r[4], 2.0f);
    v.apply(ArOp::Mul, w.r[5], w.r[4], w.r[0]);
    v.apply(ArOp::Add, w.r[3], w.r[5], 2.0f);
    reciprocal(w, w.r[3], w.r[4], &w.r[5]);
    w.finish(ArOp::Mul, w.x, w.r[4], w.r[0]);
}

/// max(x, 0) + log1p(exp -|x|); of -x and negated
void ExponentialFormula::softplus(const Work& w) const {
    VectorUnit& v = w.v;
    const bool negated = m_op.kind == Unary::LogSigmoid;
    v.abs(w.r[1], w.x);
    exponential(w, w.r[4], w.r[1], -kReach, kReach);
    w.polynomial(w.r[0], w.r[4], m_other);
    v.apply(ArOp::Mul, w.r[1], w.r[0], w.r[4]);
    v.apply(negated ? ArOp::Min : ArOp::Max, w.r[2], w.x, 0.0f);
    w.finish(negated ? ArOp::Sub : ArOp::Add, w.r[2], w.r[1], w.r[0]);
}

/// q = erfc(z) = t·exp(-z² + P(t)) with z = |x| or |x|/√2 and t = 2 / (2 + z).
void ExponentialFormula::errorFunction(const Work& w) const {
    VectorUnit& v = w.v;
    const bool gelu = m_op.kind == Unary::Gelu;
    const Box &t = w.r[5], &z = w.r[6];
    v.abs(gelu ? w.r[0] : z, w.x);
    if (gelu) v.apply(ArOp::Mul, z, w.r[0], static_cast<float>(std::sqrt(0.5)));
    v.apply(ArOp::Add, w.r[3], z, 2.0f);
    reciprocal(w, w.r[3], t, nullptr);
    w.polynomial(w.r[0], t, m_other);
    v.apply(ArOp::Mul, w.r[1], z, z);
    v.apply(ArOp::Sub, w.r[2], w.r[0], w.r[1]);
    exponential(w, w.r[4], w.r[2], -kReach, kReach);
    v.apply(ArOp::Mul, w.r[0], t, w.r[4]); // gelu: times √½, by the polynomial's first coefficient
    if (gelu) { // max(x, 0) - ½|x|·q
        v.apply(ArOp::Mul, w.r[1], z, w.r[0]);
        v.apply(ArOp::Max, w.r[2], w.x, 0.0f);
        return w.finish(ArOp::Sub, w.r[2], w.r[1], w.r[0]);
    }
    v.apply(ArOp::Sub, w.r[1], 1.0f, w.r[0]);
    v.apply(ArOp::Sub, w.r[2], w.r[0], 1.0f);
    const Box* x = &w.x;
    if (!isAligned(*x)) { // as a comparison wants it
        v.copy(w.r[3], *x);
        x = &w.r[3];
    }
    v.select(CmpOp::SelectLess, w.r[4], *x, 0.0f, w.r[2], w.r[1]);
    v.cast(w.y, w.r[4]);
}

void ExponentialFormula::emit(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t constants) const {
    const bool wide = x.precision == Precision::F32;
    if (!wide) v.cast(r.back(), x);
    const Work w{v, y, wide ? x : r.back(), r, constants};
    switch (m_op.kind) {
    case Unary::Exp: case Unary::ConstPow:
        if (y.precision == Precision::F32) return exponential(w, y, w.x, -87, 88);
        exponential(w, r[4], w.x, -87, 88);
        return v.cast(y, r[4]);
    case Unary::Elu: // max(x, 0) + a (exp(min(x, 0)) - 1)
        exponential(w, r[4], w.x, -87, 0);
        v.apply(ArOp::Sub, r[0], r[4], 1.0f);
        v.apply(ArOp::Mul, r[1], r[0], m_op.a);
        v.apply(ArOp::Max, r[2], w.x, 0.0f);
        return w.finish(ArOp::Add, r[2], r[1], r[0]);
    case Unary::GeluTanh: // x · sigmoid(2u), u = √(2/π)·(x + 0.044715 x³)
        v.apply(ArOp::Mul, r[0], w.x, w.x);
        v.apply(ArOp::Mul, r[1], r[0], 0.044715f);
        v.apply(ArOp::Add, r[0], r[1], 1.0f);
        v.apply(ArOp::Mul, r[1], r[0], w.x);
        return logistic(w, r[1]);
    case Unary::Mish: return mish(w);
    case Unary::Softplus: case Unary::LogSigmoid: return softplus(w);
    case Unary::Gelu: case Unary::Erf: return errorFunction(w);
    default: return logistic(w, w.x);
    }
}

} // namespace wb::ops
