// SPDX-License-Identifier: GPL-3.0-or-later
// Magnitude histograms (histogram.h). The vendor bins with NumPy: a division rounded to float32, and bin
// borders that are themselves rounded to float32, which moves whole numbers to the next bin in long
// histograms. Both are followed here.
#include "compiler/calibrate/histogram.h"

#include "compiler/base/parallel.h"
#include "compiler/kernels/f32_stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace wb::calibrate {
namespace {

constexpr int64_t kMostTableBins = 8'000'000;
constexpr size_t kPart = size_t{1} << 15; ///< elements worth a thread of their own

/// The bin into which NumPy's histogram over [0, bins − 1] puts each whole number.
std::vector<uint32_t> binOfWhole(size_t bins) {
    std::vector<uint32_t> table(bins);
    if (bins > 65536) { // NumPy's type promotion then chooses double borders, which are exact enough
        std::iota(table.begin(), table.end(), 0u);
        return table;
    }
    const auto count = static_cast<double>(bins);
    const double step = (count - 1) / count;
    const auto norm = static_cast<float>(count / (count - 1));
    const auto edge = [&](size_t k) {
        return k == bins ? static_cast<float>(count - 1) : static_cast<float>(static_cast<double>(k) * step);
    };
    for (size_t k = 0; k < bins; ++k) {
        const auto whole = static_cast<float>(k);
        auto bin = static_cast<size_t>(whole * norm);
        if (bin >= bins)
            bin = bins - 1;
        if (whole < edge(bin) && bin > 0)
            --bin;
        if (bin != bins - 1 && whole >= edge(bin + 1))
            ++bin;
        table[k] = static_cast<uint32_t>(bin);
    }
    return table;
}

/// Neighbouring values often fall into the same bin, whose count would then wait for itself: two sets of
/// counts take turns. Long histograms, which are rare, keep one.
constexpr size_t kMostInTurns = size_t{1} << 15;

void countPart(std::span<const float> values, float width, const std::vector<uint32_t>& table,
               std::vector<int64_t>& counts) {
    constexpr size_t kBlock = 512;
    std::array<int32_t, kBlock> place;
    const auto bins = static_cast<uint32_t>(table.size());
    const bool inTurns = bins <= kMostInTurns && values.size() < std::numeric_limits<uint32_t>::max();
    std::vector<uint32_t> turns(inTurns ? 2 * (size_t{bins} + 1) : 0); // what is beyond the last bin has one too
    for (size_t at = 0; at < values.size(); at += kBlock) {
        const size_t n = std::min(kBlock, values.size() - at);
        kernels::f32Places(values.data() + at, width, place.data(), static_cast<int64_t>(n));
        if (inTurns) {
            uint32_t* even = turns.data();
            uint32_t* odd = even + bins + 1;
            size_t i = 0;
            for (; i + 2 <= n; i += 2) {
                ++even[std::min(static_cast<uint32_t>(place[i]), bins)];
                ++odd[std::min(static_cast<uint32_t>(place[i + 1]), bins)];
            }
            if (i < n) ++even[std::min(static_cast<uint32_t>(place[i]), bins)];
        } else {
            for (size_t i = 0; i < n; ++i)
                if (static_cast<uint32_t>(place[i]) < bins) ++counts[table[static_cast<uint32_t>(place[i])]];
        }
    }
    for (size_t i = 0; inTurns && i < bins; ++i)
        counts[table[i]] += int64_t{turns[i]} + turns[bins + 1 + i];
    // Exact zeros are not part of the distribution.
    counts[table[0]] -= kernels::f32CountZeros(values.data(), static_cast<int64_t>(values.size()));
}

/// Python's a // b for floats.
double floorDivide(double a, double b) {
    double mod = std::fmod(a, b);
    double div = (a - mod) / b;
    if (mod != 0 && (b < 0) != (mod < 0))
        div -= 1;
    if (div == 0)
        return 0;
    double floored = std::floor(div);
    if (div - floored > 0.5)
        floored += 1;
    return floored;
}

} // namespace

Extent extentOf(std::span<const float> values) {
    const auto found = kernels::f32Extremes(values.data(), static_cast<int64_t>(values.size()));
    return {found.min, found.max};
}

void MagnitudeHistogram::start(std::span<const float> values, double range, size_t bins, int threads,
                               std::vector<int64_t>& counts, double& width) const {
    width = range / static_cast<double>(bins - 1);
    const auto divisor = static_cast<float>(width); // NumPy divides a float32 array by a float32
    const auto table = binOfWhole(bins);
    counts.assign(bins, 0);
    const size_t parts = bins > kPart ? 1
                                      : std::clamp<size_t>(values.size() / kPart, 1,
                                                           static_cast<size_t>(std::max(threads, 1)));
    std::vector<std::vector<int64_t>> partCounts(parts - 1, std::vector<int64_t>(bins, 0));
    const size_t length = (values.size() + parts - 1) / parts;
    parallelFor(static_cast<int64_t>(parts), 1, threads, [&](int64_t begin, int64_t end) {
        for (auto part = static_cast<size_t>(begin); part < static_cast<size_t>(end); ++part) {
            const size_t from = std::min(part * length, values.size());
            countPart(values.subspan(from, std::min(length, values.size() - from)), divisor, table,
                      part == 0 ? counts : partCounts[part - 1]);
        }
    });
    for (const auto& more : partCounts)
        for (size_t i = 0; i < bins; ++i)
            counts[i] += more[i];
}

bool MagnitudeHistogram::add(std::span<const float> values, float absMax, int threads) {
    if (m_counts.empty()) {
        m_range = static_cast<double>(absMax);
        start(values, m_range, static_cast<size_t>(m_firstBins), threads, m_counts, m_width);
        return true;
    }
    std::vector<int64_t> counts;
    double width = 0;
    if (static_cast<double>(absMax) <= m_range) {
        start(values, m_range, m_counts.size(), threads, counts, width);
        for (size_t i = 0; i < counts.size(); ++i)
            m_counts[i] += counts[i];
        return true; // the old width stays
    }
    const auto oldBins = static_cast<int64_t>(m_counts.size());
    const double step = m_range / static_cast<double>(oldBins);
    // Before the first growth the range is a float32, and the difference is taken in float32.
    const double growth = m_counts.size() == static_cast<size_t>(m_firstBins)
                              ? static_cast<double>(absMax - static_cast<float>(m_range))
                              : static_cast<double>(absMax) - m_range;
    const double more = floorDivide(growth, step) + 1;
    if (more + static_cast<double>(oldBins) > static_cast<double>(kMostTableBins)) {
        m_range = static_cast<double>(absMax);
        start(values, m_range, static_cast<size_t>(m_firstBins), threads, m_counts, m_width);
        return false;
    }
    m_range = more * step + m_range;
    start(values, m_range, static_cast<size_t>(oldBins) + static_cast<size_t>(more), threads, counts, width);
    for (size_t i = 0; i < m_counts.size(); ++i)
        counts[i] += m_counts[i];
    m_counts = std::move(counts);
    m_width = width;
    return true;
}

} // namespace wb::calibrate
