// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/spread.h"

#include <algorithm>
#include <array>
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

CodeGrid CodeGrid::symmetric(double threshold, bool isSigned) {
    return {threshold / (isSigned ? 127 : 255), 0, isSigned};
}

CodeGrid CodeGrid::spanning(double low, double high) {
    CodeGrid codes{0, 0, low < 0};
    low = std::min(low, 0.0), high = std::max(high, 0.0);
    codes.scale = (high - low) / 255;
    if (codes.scale > 0) codes.zero = std::clamp(std::round(codes.least() - low / codes.scale), codes.least(), codes.most());
    return codes;
}

Distortion::Distortion(const Spread& spread, const kernels::UnaryOp& through) : m_through(through) {
    // Within a bin values are even: the rounding of a step as wide as the bin is the least that can be seen.
    const double width = 2 * static_cast<double>(spread.m_most) / static_cast<double>(Spread::kBins);
    for (size_t bin = 0; bin < spread.m_cost.size(); ++bin) {
        if (spread.m_cost[bin] == 0) continue;
        const double x = (static_cast<double>(bin) + 0.5) * width - static_cast<double>(spread.m_most);
        const bool function = through.kind != kernels::Unary::None;
        m_bins.push_back({x, function ? static_cast<double>(kernels::unaryValue(through, static_cast<float>(x))) : x,
                          spread.m_cost[bin]});
    }
}

double Distortion::of(const CodeGrid& codes, bool negativeOnly) const {
    if (!(codes.scale > 0)) return 0;
    std::array<double, 256> results{}; // of the codes, the least first
    const double least = codes.least() - codes.zero;
    for (size_t i = 0; i < results.size(); ++i) {
        const double value = (least + static_cast<double>(i)) * codes.scale;
        results[i] = m_through.kind == kernels::Unary::None
                         ? value
                         : static_cast<double>(kernels::unaryValue(m_through, static_cast<float>(value)));
    }
    double sum = 0;
    for (const Bin& bin : m_bins) {
        if (negativeOnly && bin.value >= 0) break;
        const double code = std::clamp(std::round(bin.value / codes.scale) - least, 0.0, 255.0);
        const double error = results[static_cast<size_t>(code)] - bin.result;
        sum += bin.cost * error * error;
    }
    return sum;
}

} // namespace wb::improve
