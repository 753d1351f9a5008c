// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/qdm_codes.h"

#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// The chip shifts to the right only, so that a factor stays below one.
constexpr double kLargestFactor = 0.999999;
/// Of 32 bits, what a bias may fill.
constexpr double kBiasRange = 2147483647 * 0.998;

int64_t nearestEven(double value) {
    return static_cast<int64_t>(numeric::round(std::clamp(value, -0x1p40, 0x1p40), numeric::Round::HalfToEven));
}

} // namespace

double thresholdOf(const ir::TensorType& type) { return codesOf(type).scale * 127.0; }

QdmFilter qdmFilter(std::span<const float> filter, std::span<const float> bias, int64_t blocks, double thresholdIn,
                    double thresholdOut) {
    QdmFilter result;
    result.codes.resize(filter.size());
    result.bias.resize(bias.size());
    const auto in = static_cast<float>(thresholdIn), out = static_cast<float>(thresholdOut);
    const size_t block = filter.size() / static_cast<size_t>(blocks), sums = bias.size() / static_cast<size_t>(blocks);
    for (size_t b = 0; b < static_cast<size_t>(blocks); ++b) {
        float largest = 0;
        for (size_t i = b * block; i < (b + 1) * block; ++i)
            largest = std::max(largest, std::fabs(filter[i]));
        double factor = static_cast<double>(largest * in / (127 * out));
        if (factor >= 1) factor = kLargestFactor;
        for (size_t i = b * sums; i < (b + 1) * sums; ++i) {
            const double needed = static_cast<double>(std::fabs(bias[i]) * 127.0F) / (kBiasRange * static_cast<double>(out));
            if (needed > factor && needed < 1) factor = needed;
        }
        const auto pair = numeric::quantisedMultiplier(factor);
        result.multipliers.push_back(pair.multiplier);
        result.shifts.push_back(pair.shift);
        if (pair.multiplier == 0) continue;
        const double unit = std::ldexp(1.0, 31 + pair.shift) / pair.multiplier;
        const auto perWeight = static_cast<float>(static_cast<double>(in / out) * unit);
        const auto perBias = static_cast<float>(127.0 / static_cast<double>(out) * unit);
        for (size_t i = b * block; i < (b + 1) * block; ++i)
            result.codes[i] = numeric::saturate<int8_t>(nearestEven(static_cast<double>(filter[i] * perWeight)));
        for (size_t i = b * sums; i < (b + 1) * sums; ++i)
            result.bias[i] = numeric::saturate<int32_t>(nearestEven(static_cast<double>(bias[i] * perBias)));
    }
    return result;
}

} // namespace wb::ops
