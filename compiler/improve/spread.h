// SPDX-License-Identifier: GPL-3.0-or-later
// What calibration of the improved mode keeps of a tensor: how much an error at each of its values costs the
// outputs, Σ g² over the elements in a bin; and what codes would cost, Σ g² · (code's value − value)².
//
// The diagonal only: errors of different elements count as uncorrelated. Right for rounding, rough for clipping.
#pragma once

#include "compiler/kernels/f32_eltwise.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wb::improve {

/// 8-bit codes of a range: value = (code − zero) · scale. Signed ones run from −128 to 127, others from 0 to 255.
struct CodeGrid {
    double scale = 0, zero = 0;
    bool isSigned = true;

    double least() const { return isSigned ? -128 : 0; }
    double most() const { return isSigned ? 127 : 255; }
    static CodeGrid symmetric(double threshold, bool isSigned);
    /// From `low` to `high`, with a zero point; a range beside zero is widened to it.
    static CodeGrid spanning(double low, double high);
};

class Spread {
public:
    static constexpr int64_t kBins = 8192; ///< over [−most, most]

    Spread() = default;
    explicit Spread(float most) : m_most(most), m_cost(kBins, 0.0) {}

    /// `gradients` may be empty: then every element counts 1. Zeros are left out, their codes are exact.
    void add(std::span<const float> values, std::span<const float> gradients);
    void add(const Spread& other);

    float most() const { return m_most; }
    bool empty() const { return m_cost.empty(); }
    double total() const;

private:
    friend class Distortion;
    float m_most = 0;
    std::vector<double> m_cost;
};

/// Σ cost · (f(code's value) − f(value))² for codes tried one after the other; f is `through`, or nothing.
class Distortion {
public:
    Distortion(const Spread& spread, const kernels::UnaryOp& through);
    /// `negativeOnly`: of values below zero only.
    double of(const CodeGrid& codes, bool negativeOnly = false) const;

private:
    struct Bin {
        double value, result, cost; ///< the middle, what f makes of it
    };
    std::vector<Bin> m_bins; ///< that hold something, rising
    kernels::UnaryOp m_through;
};

} // namespace wb::improve
