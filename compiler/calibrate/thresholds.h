// SPDX-License-Identifier: GPL-3.0-or-later
// Thresholds of one tensor from one sample by the methods that need no histogram (dossier section 3.4).
// Sums are NumPy's float32 pairwise sums, so that tables agree with the vendor's in all digits.
#pragma once

#include "compiler/calibrate/histogram.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wb::calibrate {

enum class Method : uint8_t { Kl, Mse, Max, Percentile9999, AciqGauss, AciqLaplace };
const char* spelling(Method method); ///< "kl", "mse", "max", "percentile9999", "aciq_gauss", "aciq_laplace"
/// Also the spellings of older tools: "use_mse", "use_percentile9999", ….
std::optional<Method> methodFromSpelling(std::string_view text);

/// NumPy's sum of a contiguous float32 array.
float pairwiseSum(std::span<const float> values);

/// OCTAV: the clip value of least mean square error at 8 bits. 1 when all values are zero.
double mseThreshold(std::span<const float> values);
double aciqGaussThreshold(std::span<const float> values, Extent extent);
double aciqLaplaceThreshold(std::span<const float> values);

/// The smallest and largest values of all samples, as many as percentiles need.
class Tails {
public:
    /// Of `values` the `count` smallest and largest are added.
    void add(std::span<const float> values, size_t count);

    struct Range {
        double low = 0, high = 0;
    };
    /// Both tails at rank percent/100 · (elements − 1), interpolated. `elements` counts all values of all
    /// samples, `count` is that of add().
    Range at(double percent, size_t elements, size_t count) const;
    /// The same for magnitudes: the upper tail of |x|.
    double magnitudeAt(double percent, size_t elements, size_t count) const;

    bool empty() const { return m_values.empty(); }

private:
    std::vector<float> m_values; ///< of every sample 2·count, unordered
};

} // namespace wb::calibrate
