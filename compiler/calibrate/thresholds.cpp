// SPDX-License-Identifier: GPL-3.0-or-later
// Thresholds by single samples (thresholds.h). Where a double stands among floats, NumPy's promotion rules
// put it there: a scalar of two scalars is double, an array stays float32.
#include "compiler/calibrate/thresholds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace wb::calibrate {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 6> kMethods{
    {{Method::Kl, "kl"},
     {Method::Mse, "mse"},
     {Method::Max, "max"},
     {Method::Percentile9999, "percentile9999"},
     {Method::AciqGauss, "aciq_gauss"},
     {Method::AciqLaplace, "aciq_laplace"}}};

/// Sums |v| of the values for which `wanted` holds, as NumPy sums the array of them.
template <class Wanted>
float sumOfMagnitudes(std::span<const float> values, std::vector<float>& scratch, const Wanted& wanted) {
    scratch.clear();
    for (const float v : values)
        if (const float magnitude = std::abs(v); wanted(magnitude))
            scratch.push_back(magnitude);
    return pairwiseSum(scratch);
}

/// Value at fractional rank of an ascending tail whose first element has the whole rank.
double interpolated(const std::vector<float>& tail, double rank) {
    const double first = static_cast<double>(tail[0]);
    if (tail.size() < 2)
        return first;
    return first + (rank - std::floor(rank)) * (static_cast<double>(tail[1]) - first);
}

} // namespace

const char* spelling(Method method) {
    for (const auto& [value, text] : kMethods)
        if (value == method)
            return text.data();
    return "";
}

std::optional<Method> methodFromSpelling(std::string_view text) {
    if (text.starts_with("use_"))
        text.remove_prefix(4);
    for (const auto& [value, name] : kMethods)
        if (text == name)
            return value;
    return {};
}

float pairwiseSum(std::span<const float> v) {
    const size_t n = v.size();
    if (n < 8) {
        float sum = 0;
        for (const float x : v)
            sum += x;
        return sum;
    }
    if (n <= 128) {
        std::array<float, 8> lane;
        std::copy_n(v.begin(), 8, lane.begin());
        size_t i = 8;
        for (; i + 8 <= n; i += 8)
            for (size_t k = 0; k < 8; ++k)
                lane[k] += v[i + k];
        float sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
        for (; i < n; ++i)
            sum += v[i];
        return sum;
    }
    const size_t half = n / 2 - n / 2 % 8;
    return pairwiseSum(v.first(half)) + pairwiseSum(v.subspan(half));
}

double mseThreshold(std::span<const float> values) {
    constexpr double kLevels = 65536; // 4^8
    const Extent extent = extentOf(values);
    const double sign = std::abs(extent.min) < 1e-6F ? 4 : 1;
    std::vector<float> scratch;
    const float sum = sumOfMagnitudes(values, scratch, [](float) { return true; });
    const auto nonZero = std::count_if(values.begin(), values.end(), [](float v) { return v != 0; });
    if (nonZero == 0)
        return 1;
    double clip = static_cast<double>(sum) / static_cast<double>(nonZero);
    for (int round = 0; round < 20; ++round) {
        const auto limit = static_cast<float>(clip); // the comparison runs in float32
        const float above = sumOfMagnitudes(values, scratch, [&](float m) { return m > limit; });
        const auto outside = static_cast<double>(scratch.size());
        const auto inside = static_cast<double>(values.size()) - outside;
        const double next = static_cast<double>(above) / (1 / kLevels / 3 / sign * inside + outside);
        if (std::abs(next - clip) < 1e-6)
            break;
        clip = next;
    }
    return clip;
}

double aciqGaussThreshold(std::span<const float> values, Extent extent) {
    constexpr double kAlpha = 3.92403337;
    const double constant = (0.5 * 0.35) * (1 + std::sqrt(std::numbers::pi * std::log(4.0)));
    const double spread = static_cast<double>(extent.max - extent.min) * constant;
    const double deviation = spread / std::sqrt(2 * std::log(static_cast<double>(values.size())));
    return kAlpha * deviation;
}

double aciqLaplaceThreshold(std::span<const float> values) {
    constexpr double kBeta = 9.89675982;
    const auto count = static_cast<float>(values.size());
    const float mean = pairwiseSum(values) / count;
    std::vector<float> off(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        off[i] = std::abs(values[i] - mean);
    return kBeta * static_cast<double>(pairwiseSum(off) / count);
}

void Tails::add(std::span<const float> values, size_t count) {
    std::vector<float> sorted(values.begin(), values.end());
    std::erase_if(sorted, [](float v) { return std::isnan(v); });
    count = std::min(count, sorted.size());
    const auto low = sorted.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(sorted.begin(), low, sorted.end());
    m_values.insert(m_values.end(), sorted.begin(), low);
    const auto high = sorted.end() - static_cast<std::ptrdiff_t>(count);
    std::nth_element(sorted.begin(), high, sorted.end());
    m_values.insert(m_values.end(), high, sorted.end());
}

Tails::Range Tails::at(double percent, size_t elements, size_t count) const {
    if (m_values.empty())
        return {};
    std::vector<float> sorted = m_values;
    std::sort(sorted.begin(), sorted.end());
    count = std::min(count, sorted.size());
    const double rank = percent / 100 * (static_cast<double>(elements) - 1);
    const std::vector<float> high(sorted.end() - static_cast<std::ptrdiff_t>(count), sorted.end());
    std::vector<float> low(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count));
    std::reverse(low.begin(), low.end());
    return {interpolated(low, rank), interpolated(high, rank)};
}

double Tails::magnitudeAt(double percent, size_t elements, size_t count) const {
    if (m_values.empty())
        return 0;
    std::vector<float> sorted = m_values;
    for (float& v : sorted)
        v = std::abs(v);
    std::sort(sorted.begin(), sorted.end());
    count = std::min(count, sorted.size());
    const double rank = percent / 100 * (static_cast<double>(elements) - 1);
    return interpolated({sorted.end() - static_cast<std::ptrdiff_t>(count), sorted.end()}, rank);
}

} // namespace wb::calibrate
