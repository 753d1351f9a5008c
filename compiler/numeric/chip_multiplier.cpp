// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/numeric/chip_multiplier.h"

#include "compiler/numeric/rounding.h"

#include <cmath>

namespace wb::numeric {

int rightShiftBelow(double factor) {
    if (!(factor > 0)) return 0;
    int shift = 0;
    for (; factor < 127 && shift <= 32; ++shift)
        factor *= 2;
    return shift > 32 ? 31 : shift - 1;
}

int rightShiftOfRatio(double factor) {
    factor = std::fabs(factor);
    if (!(factor > 0)) return 31;
    const double shift = std::floor(std::log(127.0 / factor) / std::log(2.0));
    return static_cast<int>(std::clamp(shift, 0.0, 31.0));
}

std::vector<int8_t> codesTimes(std::span<const float> values, float factor) {
    std::vector<int8_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        codes[i] = toCode<int8_t>(static_cast<double>(values[i] * factor));
    return codes;
}

NarrowBias narrowBias(std::span<const float> values, float factor) {
    NarrowBias bias;
    size_t outside = 0;
    for (const float value : values) {
        const auto whole = std::round(static_cast<double>(value * factor));
        outside += whole > 32767 || whole < -32768 ? 1 : 0;
        bias.codes.push_back(toCode<int16_t>(whole));
    }
    if (!values.empty()) bias.overflowed = static_cast<double>(outside) / static_cast<double>(values.size());
    return bias;
}

MultiplierShift truncatedMultiplier(double factor) {
    if (!(factor <= 127)) return {127, 0};
    for (int shift = 0; shift < 63; ++shift)
        if (std::ldexp(factor, shift + 1) >= 127)
            return {static_cast<int32_t>(std::ldexp(factor, shift)), shift};
    return {0, 0};
}

int32_t truncatedCode(double factor, int shift) {
    return saturate<int8_t>(static_cast<int64_t>(std::clamp(std::ldexp(factor, shift), -0x1p40, 0x1p40)));
}

} // namespace wb::numeric
