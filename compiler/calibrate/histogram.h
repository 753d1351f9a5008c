// SPDX-License-Identifier: GPL-3.0-or-later
// The histogram of magnitudes that calibration keeps of a tensor over all samples, with the vendor's way of
// growing it (dossier section 3.2), and the KL threshold found from it (3.3). Sums and roundings are the
// vendor's, so that tables agree in all digits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wb::calibrate {

/// Least and largest value, NaN ignored; (+inf, −inf) of nothing.
struct Extent {
    float min, max;
};
Extent extentOf(std::span<const float> values);

class MagnitudeHistogram {
public:
    explicit MagnitudeHistogram(int bins = 2048) : m_firstBins(bins) {}

    /// Adds the non-zero magnitudes of one sample. `absMax` is the largest magnitude of all samples so far,
    /// this one included, and positive. On up to `threads` threads; the result does not depend on them.
    /// False if the samples differ so much that the histogram started anew from this one.
    bool add(std::span<const float> values, float absMax, int threads);

    bool empty() const { return m_counts.empty(); }
    const std::vector<int64_t>& counts() const { return m_counts; }
    double width() const { return m_width; }   ///< of one bin

private:
    void start(std::span<const float> values, double range, size_t bins, int threads,
               std::vector<int64_t>& counts, double& width) const;

    int m_firstBins;
    std::vector<int64_t> m_counts;
    double m_width = 0;
    double m_range = 0;  ///< magnitude of the last bin's end
};

/// The clip value of least divergence between the clipped histogram and its form with `levels` steps.
float klThreshold(std::vector<int64_t> counts, double width, int levels = 128);

} // namespace wb::calibrate
