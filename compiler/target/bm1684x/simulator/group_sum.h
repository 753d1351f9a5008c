// SPDX-License-Identifier: GPL-3.0-or-later
// How the chip adds 32 products of 16-bit floats. Inside of simulator/ only.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace wb::bm1684x::sim {

inline constexpr int64_t kGroup = 32;

/// Σ a[i]·b[i] over a group: exact products are brought to the exponent of the greatest one, of which 24 bits behind the
/// leading one are kept (the rest is cut off), added as integers and rounded once to a float.
inline float groupSum(const float* a, const float* b) {
    float products[kGroup];
    int32_t most = 0;
    for (int64_t i = 0; i < kGroup; ++i) products[i] = a[i] * b[i];
    for (int64_t i = 0; i < kGroup; ++i) {
        const int32_t size = std::bit_cast<int32_t>(products[i]) & 0x7fff'ffff;
        most = most > size ? most : size;
    }
    if (most == 0) return 0;
    const int exponent = (most >> 23) - 127;
    if (exponent > 127 || exponent < -100) { // infinities, not numbers, and what is too small to be scaled
        double sum = 0;
        for (int64_t i = 0; i < kGroup; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        return static_cast<float>(sum);
    }
    const auto scale = std::bit_cast<float>(static_cast<uint32_t>(127 + 24 - exponent) << 23); // 2^(24 - exponent)
    int32_t sum = 0;
    for (int64_t i = 0; i < kGroup; ++i) sum += static_cast<int32_t>(products[i] * scale);
    return static_cast<float>(sum) / scale;
}

} // namespace wb::bm1684x::sim
