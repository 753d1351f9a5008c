// SPDX-License-Identifier: GPL-3.0-or-later
// What calibration of the improved mode keeps of a tensor: how much an error at each of its values costs the
// outputs, Σ g² over the elements in a bin; and what a scale would cost, Σ g² · (code's value − value)².
//
// The diagonal only: errors of different elements count as uncorrelated. Right for rounding, rough for clipping.
#pragma once

#include "compiler/kernels/f32_eltwise.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wb::improve {

class Spread {
public:
    static constexpr int64_t kBins = 8192; ///< over [−most, most]

    Spread() = default;
    explicit Spread(float most) : m_most(most), m_cost(kBins, 0.0) {}

    /// `gradients` may be empty: then every element counts 1. Zeros are left out, their codes are exact.
    void add(std::span<const float> values, std::span<const float> gradients);
    void add(const Spread& other);

    /// Σ cost · (f(code's value) − f(value))² for codes of threshold `threshold`; f is `through`, or nothing.
    /// `negativeOnly`: of values below zero only.
    double distortion(double threshold, bool isSigned, const kernels::UnaryOp& through, bool negativeOnly = false) const;

    float most() const { return m_most; }
    bool empty() const { return m_cost.empty(); }
    double total() const;

private:
    float m_most = 0;
    std::vector<double> m_cost;
};

} // namespace wb::improve
