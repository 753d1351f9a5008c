// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/numeric/multiplier.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::numeric {
namespace {

/// std::round without the call: half away from zero. From 2^52 on every double is whole.
double nearest(double value) {
    if (!(std::fabs(value) < 0x1p52)) return value;
    auto whole = static_cast<double>(static_cast<int64_t>(value));
    const double part = value - whole; // exact
    whole += part >= 0.5 ? 1.0 : 0.0;
    whole -= part <= -0.5 ? 1.0 : 0.0;
    return whole;
}

MultiplierShift search(double factor, int bits, int firstShift) {
    const auto value = static_cast<double>(static_cast<float>(factor));
    const double limit = bits == 32 ? std::numeric_limits<int32_t>::max() : 127;
    float best = std::numeric_limits<float>::infinity();
    MultiplierShift found;
    // A float times a power of two is exact in double, so multiplying is as good as ldexp.
    double power = std::ldexp(1.0, firstShift), inverse = std::ldexp(1.0, -firstShift);
    for (int shift = firstShift; shift <= 30; ++shift, power *= 2, inverse /= 2) {
        const double multiplier = nearest(value * power);
        const auto error = static_cast<float>(std::fabs(multiplier * inverse - value));
        if (error < best && std::fabs(multiplier) < limit) {
            best = error;
            found = {static_cast<int32_t>(multiplier), shift};
        }
    }
    return found;
}

} // namespace

MultiplierShift scaleShift(double factor, int bits) {
    return search(factor, bits, -32);
}
MultiplierShift scaleShiftPositive(double factor, int bits) {
    return search(factor, bits, 0);
}

MultiplierShift quantisedMultiplier(double factor) {
    if (!(factor > 0)) return {0, 0};
    int exponent = 0;
    auto multiplier = static_cast<int64_t>(std::round(std::frexp(factor, &exponent) * 0x1p31));
    if (multiplier == int64_t{1} << 31) {
        multiplier /= 2;
        ++exponent;
    }
    if (exponent < -31) return {0, 0};
    if (exponent > 30) return {std::numeric_limits<int32_t>::max(), -30};
    return {static_cast<int32_t>(multiplier), -exponent};
}

int32_t multiplyQuantised(int64_t value, MultiplierShift factor) {
    constexpr int64_t kLow = std::numeric_limits<int32_t>::min(), kHigh = std::numeric_limits<int32_t>::max();
    value = std::clamp(value, kLow, kHigh);
    if (factor.shift < 0) value = std::clamp(value * (int64_t{1} << std::min(-factor.shift, 31)), kLow, kHigh);
    const int64_t high = std::clamp((value * factor.multiplier + (int64_t{1} << 30)) >> 31, kLow, kHigh);
    const int shift = std::clamp(factor.shift, 0, 31);
    const int64_t mask = (int64_t{1} << shift) - 1;
    const int64_t half = (mask >> 1) + (high < 0 ? 1 : 0);
    return static_cast<int32_t>((high >> shift) + ((high & mask) > half ? 1 : 0));
}

} // namespace wb::numeric
