// SPDX-License-Identifier: GPL-3.0-or-later
// The KL threshold (histogram.h, dossier section 3.3): for every clip position the divergence between the
// clipped distribution P and Q, P's form in `levels` equal steps.
#include "compiler/calibrate/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::calibrate {
namespace {

constexpr double kTiny = 1e-30; ///< keeps the logarithm finite
constexpr size_t kMostBins = 64 * 2048;

void pad(std::vector<int64_t>& counts, size_t levels) {
    counts.resize((counts.size() + levels - 1) / levels * levels, 0);
}

double logOf(float share) { return std::log10(static_cast<double>(share) + kTiny); }

/// The vendor adds counts as float32, one after the other. Below 2^24 such sums are exact in any order.
constexpr int64_t kExactSum = int64_t{1} << 24;

class Divergence {
public:
    Divergence(const std::vector<int64_t>& counts, size_t levels) : m_counts(counts), m_levels(levels) {
        m_prefix.resize(counts.size() + 1, 0);
        m_floatPrefix.resize(counts.size() + 1, 0);
        for (size_t i = 0; i < counts.size(); ++i) {
            m_prefix[i + 1] = m_prefix[i] + counts[i];
            m_floatPrefix[i + 1] = m_floatPrefix[i] + static_cast<float>(counts[i]);
        }
        m_total = m_prefix.back();
        m_share.resize(counts.size());
        m_logShare.resize(counts.size());
        for (size_t i = 0; i < counts.size(); ++i) {
            m_share[i] = static_cast<float>(counts[i]) / static_cast<float>(m_total);
            m_logShare[i] = counts[i] == 0 ? 0 : logOf(m_share[i]);
        }
    }

    float at(size_t clip) const {
        const size_t group = clip / m_levels;
        const float inside = m_floatPrefix[clip];
        const float last = tail(clip) / static_cast<float>(m_total); // outliers fall into the last bin
        float divergence = 0;
        for (size_t first = 0; first < clip; first += group) {
            float sum = 0, used = 0;
            for (size_t j = first; j < first + group; ++j) {
                sum += static_cast<float>(m_counts[j]);
                used += m_counts[j] > 0 ? 1.0F : 0.0F;
            }
            const float level = sum / (used == 0 ? 1.0F : used) / inside;
            const double logLevel = logOf(level);
            for (size_t j = first; j < first + group; ++j) {
                const bool end = j + 1 == clip;
                if (m_counts[j] == 0 && !end)
                    continue; // nothing there: adds zero
                const float p = end ? last : m_share[j];
                const double logP = end ? logOf(p) : m_logShare[j];
                const double logQ = m_counts[j] == 0 ? std::log10(kTiny) : logLevel;
                divergence = static_cast<float>(static_cast<double>(divergence) +
                                                (logP - logQ) * static_cast<double>(p));
            }
        }
        return divergence;
    }

private:
    float tail(size_t clip) const {
        if (m_total <= kExactSum)
            return static_cast<float>(m_total - m_prefix[clip - 1]);
        float sum = 0;
        for (size_t j = clip - 1; j < m_counts.size(); ++j)
            sum += static_cast<float>(m_counts[j]);
        return sum;
    }

    const std::vector<int64_t>& m_counts;
    size_t m_levels;
    std::vector<int64_t> m_prefix;
    std::vector<float> m_floatPrefix, m_share;
    std::vector<double> m_logShare;
    int64_t m_total = 0;
};

} // namespace

float klThreshold(std::vector<int64_t> counts, double width, int levels) {
    const auto step = static_cast<size_t>(std::max(levels, 1));
    pad(counts, step);
    while (counts.size() > kMostBins) {
        for (size_t i = 0; i < counts.size() / 2; ++i)
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        counts.resize(counts.size() / 2);
        pad(counts, step);
        width *= 2;
    }
    const Divergence divergence(counts, step);
    size_t best = 0;
    float least = std::numeric_limits<float>::infinity();
    for (size_t m = 0; (m + 1) * step <= counts.size(); ++m) {
        const float value = divergence.at((m + 1) * step);
        if (value < least) {
            least = value;
            best = m;
        }
    }
    return static_cast<float>(width) * static_cast<float>((best + 1) * step);
}

} // namespace wb::calibrate
