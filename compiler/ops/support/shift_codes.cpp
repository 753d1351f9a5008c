// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/shift_codes.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// Saturated entries of a bias, from which on a smaller shift is tried.
constexpr double kMostOverflow = 0.03;

} // namespace

float shiftedScale(int shift, double scaleIn, double scaleOut) {
    return static_cast<float>(std::ldexp(1.0, shift) * scaleIn / scaleOut);
}

std::optional<ShiftedFilter> shiftedFilter(std::span<const float> filter, std::span<const float> bias, double scaleIn,
                                           double scaleOut, bool always) {
    float largest = 0;
    for (const float w : filter)
        largest = std::max(largest, std::fabs(w));
    ShiftedFilter result;
    result.shift = numeric::rightShiftBelow(static_cast<double>(largest) * scaleIn / scaleOut);
    if (result.shift < 0 && !always) return {};
    result.shift = std::max(result.shift, 0);
    if (!bias.empty()) {
        const auto biasAt = [&](int shift) {
            return numeric::narrowBias(bias, static_cast<float>(std::ldexp(1.0, shift) / scaleOut));
        };
        auto narrow = biasAt(result.shift);
        while (narrow.overflowed > kMostOverflow && result.shift > 0)
            narrow = biasAt(--result.shift);
        result.bias = std::move(narrow.codes);
    }
    result.codes = numeric::codesTimes(filter, shiftedScale(result.shift, scaleIn, scaleOut));
    return result;
}

Result<Codes> codesOfOperand(LoweringBuilder& builder, ir::ValueId source) {
    const ir::ValueId as = builder.lowered(source);
    if (isQuantised(builder.target(), as)) return codesOf(builder.target().value(as).type);
    WB_ASSIGN(const auto type, builder.typeFor(source, Precision::Int8));
    return codesOf(type);
}

} // namespace wb::ops
