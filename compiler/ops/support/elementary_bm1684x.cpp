// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/elementary_bm1684x.h"

#include <bit>
#include <cmath>
#include <limits>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// ln((1+s)/(1-s)) / s as a function of s².
double atanhOverS(double square) { return 2 * std::atanh(std::sqrt(square)) / std::sqrt(square); }

} // namespace

float leadingBits(double value) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(static_cast<float>(value)) & 0xFFFFF000u);
}

void subtractMultiple(VectorUnit& v, const Box& to, const Box& x, const Box& k, const Box& scratch, double unit) {
    const float first = leadingBits(unit);
    const float second = leadingBits(unit - first);
    const auto third = static_cast<float>(unit - first - second);
    const Box* from = &x;
    for (const float part : {first, second, third}) {
        v.apply(ArOp::Mul, scratch, k, part);
        v.apply(ArOp::Sub, to, *from, scratch);
        from = &to;
    }
}

std::vector<float> expCoefficients() {
    return chebyshev([](double x) { return std::exp(x); }, -kLn2 / 2, kLn2 / 2, 7);
}

std::vector<float> logCoefficients() { return chebyshev(atanhOverS, 0, 0.0295, 4); }

void emitExp(VectorUnit& v, const Box& y, const Box& x, float factor, const ExpScratch& s, uint32_t table, int64_t count) {
    const Box k = seenAs(s.b, Precision::Int32);
    const Box* from = &x;
    if (factor != 1.0f) {
        v.apply(ArOp::Mul, s.a, x, factor);
        from = &s.a;
    }
    v.apply(ArOp::Min, s.a, *from, 88.0f);
    v.apply(ArOp::Max, s.a, s.a, -87.0f);
    // factor·x = k·ln 2 + r, |r| <= ln 2 / 2; two steps are enough as |k| < 2^7.
    v.apply(ArOp::Mul, s.b, s.a, static_cast<float>(1 / kLn2));
    v.cast(k, s.b);
    v.cast(s.c, k);
    const float high = leadingBits(kLn2);
    v.apply(ArOp::Mul, s.c, s.c, high);
    v.apply(ArOp::Sub, s.a, s.a, s.c);
    v.cast(s.c, k);
    v.apply(ArOp::Mul, s.c, s.c, static_cast<float>(kLn2 - high));
    v.apply(ArOp::Sub, s.a, s.a, s.c);
    v.polynomial(s.c, s.a, table, count);
    v.applyBits(ArOp::Add, k, k, 127); // 2^k by its bits
    v.applyBits(ArOp::LogicShift, k, k, 23);
    v.apply(ArOp::Mul, y, s.c, s.b);
}

void emitLog(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t table, int64_t count) {
    const Box &s = r[0], &k = r[1], &m = r[2], &p = r[3];
    const Box xi = seenAs(x, Precision::Int32), si = seenAs(s, Precision::Int32), ki = seenAs(k, Precision::Int32),
              mi = seenAs(m, Precision::Int32);
    // x = m·2^k, m in [√½, √2): k from the exponent bits counted from √½ on.
    v.applyBits(ArOp::Sub, si, xi, 0x3F3504F3);
    v.applyBits(ArOp::ArithmeticShift, ki, si, static_cast<uint32_t>(-23));
    v.applyBits(ArOp::LogicShift, si, ki, 23);
    v.apply(ArOp::Sub, mi, xi, si);
    v.cast(k, ki);
    v.apply(ArOp::Sub, s, m, 1.0f);
    v.apply(ArOp::Add, m, m, 1.0f);
    v.apply(ArOp::Div, s, s, m);
    v.apply(ArOp::Mul, m, s, s);
    v.polynomial(p, m, table, count);
    v.apply(ArOp::Mul, p, p, s);
    const float high = leadingBits(kLn2);
    v.apply(ArOp::Mul, m, k, static_cast<float>(kLn2 - high));
    v.apply(ArOp::Add, p, p, m);
    v.apply(ArOp::Mul, k, k, high);
    v.apply(ArOp::Add, p, p, k);
    v.select(CmpOp::SelectLess, y, x, std::numeric_limits<float>::min(), -std::numeric_limits<float>::infinity(), p);
}

} // namespace wb::ops
