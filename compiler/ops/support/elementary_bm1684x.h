// SPDX-License-Identifier: GPL-3.0-or-later
// exp and ln in float32 as sequences of commands: range reduction by AR, a polynomial by SFU. Coefficients are fitted
// here, at the Chebyshev points of the reduced range, and travel with the node's constants.
#pragma once

#include "compiler/ops/support/vector_bm1684x.h"

namespace wb::ops {

using Box = bm1684x::LocalTensor;

inline constexpr double kLn2 = 0.69314718055994530942;
/// The leading bits of a number, so that its product with an integer below 2^11 is exact in float32.
float leadingBits(double value);

/// y = exp(factor · x). x in any layout, a, b, c scratch; y may be c or x.
struct ExpScratch {
    const Box &a, &b, &c;
};
void emitExp(VectorUnit& v, const Box& y, const Box& x, float factor, const ExpScratch& s, uint32_t table, int64_t count);
std::vector<float> expCoefficients();
/// y = ln x, -inf for x < 1.2e-38; r are four scratch boxes, y may be x or r[3].
void emitLog(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t table, int64_t count);
std::vector<float> logCoefficients();

/// to = x - k·unit in three steps, exact for whole k below 2^11 (Cody and Waite); scratch is overwritten.
void subtractMultiple(VectorUnit& v, const Box& to, const Box& x, const Box& k, const Box& scratch, double unit);

} // namespace wb::ops
