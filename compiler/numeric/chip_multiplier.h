// SPDX-License-Identifier: GPL-3.0-or-later
// Factors as the chips without a 32-bit multiplier take them: BM1684 by a shift, or by seven bits and a shift; CV18xx by
// 31 bits (a convolution's channel), or by seven bits and a shift (dossier sections 5.4, 5.5, 5.7).
#pragma once

#include "compiler/numeric/multiplier.h"

#include <span>
#include <vector>

namespace wb::numeric {

/// BM1684: the largest r for which factor · 2^r stays below 127; 31 where it could be more, -1 where even 2^0 is too much.
int rightShiftBelow(double factor);
/// BM1684, element-wise operators: floor(log2(127 / factor)) within 0…31.
int rightShiftOfRatio(double factor);

/// Codes of `values` times a single-precision factor, rounded half away from zero.
std::vector<int8_t> codesTimes(std::span<const float> values, float factor);

/// A bias of 16 bits, saturated.
struct NarrowBias {
    std::vector<int16_t> codes;
    double overflowed = 0; ///< share of the entries that were saturated
};
NarrowBias narrowBias(std::span<const float> values, float factor);

/// CV18xx: the smallest r with factor · 2^(r+1) ≥ 127, and the whole part of factor · 2^r; (127, 0) above 127.
MultiplierShift truncatedMultiplier(double factor);
/// The whole part of factor · 2^shift as a code of 8 bits.
int32_t truncatedCode(double factor, int shift);

} // namespace wb::numeric
