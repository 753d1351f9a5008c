// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of windows over the edge, where padding does not count (see the header).
#include "compiler/ops/pool/pool_widening.h"

#include "compiler/numeric/rounding.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// As the integer model does it.
int64_t widened(int64_t sum, int64_t valid, int64_t area) {
    return static_cast<int64_t>(std::round(static_cast<double>(sum) / static_cast<double>(valid) * static_cast<double>(area)));
}

} // namespace

std::optional<Widening> wideningOf(const MeanOfCodes& mean, int64_t valid) {
    const double ratio = static_cast<double>(mean.area) / static_cast<double>(valid);
    const int shift = 29 - static_cast<int>(std::ceil(std::log2(ratio)));
    const auto codeOf = [&](int64_t wide) {
        return std::clamp<int64_t>(numeric::shiftRightHalfUp(wide * mean.multiplier, mean.shift), mean.outSigned ? -128 : 0,
                                   mean.outSigned ? 127 : 255);
    };
    const auto nearest = static_cast<int32_t>(std::floor(std::ldexp(ratio, shift)));
    // A hair above the ratio sends halves away from zero, one below towards it: the model's quotient does either.
    for (const int32_t multiplier : {nearest + 1, nearest, nearest - 1}) {
        bool equal = true;
        const int64_t low = mean.inSigned ? -128 * valid : 0, high = (mean.inSigned ? 127 : 255) * valid;
        for (int64_t sum = low; sum <= high && equal; ++sum)
            equal = codeOf(numeric::shiftRightHalfUp(sum * multiplier, shift)) == codeOf(widened(sum, valid, mean.area));
        if (equal) return Widening{multiplier, shift};
    }
    return {};
}

} // namespace wb::ops
