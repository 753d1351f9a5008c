// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of 8-bit codes: made of floats, and added at different scales.
#pragma once

#include <cstdint>

namespace wb::kernels {

/// out[i] = saturate(round(in[i] · factor) + zero), halves away from zero; NaN counts as zero.
void floatToCodes(const float* in, float factor, int32_t zero, bool outSigned, uint8_t* out, int64_t count);

/// What a code contributes: ((code − zero) · multiplier + 2^(shift − 1)) >> shift, without the half at shift 0; and
/// `plus`.
struct CodeScale {
    bool isSigned = true;
    int32_t multiplier = 1; ///< below 2^20 by amount, so that sums of two stay in 32 bits
    int shift = 0;          ///< 0…29
    bool minus = false;     ///< counts with the other sign, after the shift
    int32_t zero = 0, plus = 0;
    bool fits() const { return shift >= 0 && shift < 30 && multiplier > -(1 << 20) && multiplier < 1 << 20; }
};
/// out[i] = clamp(contribution of a[i] + contribution of b[i], low, high); out may be a or b.
void addCodes(const uint8_t* a, const CodeScale& aScale, const uint8_t* b, const CodeScale& bScale, int32_t low,
              int32_t high, uint8_t* out, int64_t count);

} // namespace wb::kernels
