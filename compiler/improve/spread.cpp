// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/spread.h"

#include <algorithm>
#include <cmath>

namespace wb::improve {

void Spread::add(std::span<const float> values, std::span<const float> gradients) {
    if (!(m_most > 0)) return;
    const float factor = static_cast<float>(kBins) / (2 * m_most);
    for (size_t i = 0; i < values.size(); ++i) {
        const float x = values[i];
        if (x == 0 || !std::isfinite(x)) continue;
        const auto bin = std::clamp<int64_t>(static_cast<int64_t>((x + m_most) * factor), 0, kBins - 1);
        const double g = gradients.empty() ? 1.0 : static_cast<double>(gradients[i]);
        m_cost[static_cast<size_t>(bin)] += g * g;
    }
}

void Spread::add(const Spread& other) {
    for (size_t i = 0; i < m_cost.size() && i < other.m_cost.size(); ++i)
        m_cost[i] += other.m_cost[i];
}

double Spread::total() const {
    double sum = 0;
    for (const double c : m_cost)
        sum += c;
    return sum;
}

double Spread::distortion(double threshold, bool isSigned, const kernels::UnaryOp& through, bool negativeOnly) const {
    const double scale = threshold / (isSigned ? 127 : 255);
    if (!(scale > 0)) return 0;
    const double low = isSigned ? -128 : 0, high = isSigned ? 127 : 255;
    const double width = 2 * static_cast<double>(m_most) / static_cast<double>(kBins);
    const bool function = through.kind != kernels::Unary::None;
    const int64_t last = negativeOnly ? kBins / 2 : kBins;
    double sum = 0;
    for (int64_t bin = 0; bin < last; ++bin) {
        const double cost = m_cost[static_cast<size_t>(bin)];
        if (cost == 0) continue;
        const double x = (static_cast<double>(bin) + 0.5) * width - static_cast<double>(m_most);
        const double code = std::clamp(std::round(x / scale), low, high) * scale;
        const double error = function ? static_cast<double>(kernels::unaryValue(through, static_cast<float>(code))) -
                                            static_cast<double>(kernels::unaryValue(through, static_cast<float>(x)))
                                      : code - x;
        // Within a bin values are even: the rounding of a step as wide as the bin is the least that can be seen.
        sum += cost * error * error;
    }
    return sum;
}

} // namespace wb::improve
