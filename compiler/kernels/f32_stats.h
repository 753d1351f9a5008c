// SPDX-License-Identifier: GPL-3.0-or-later
// What calibration asks of long rows of floats. Every instruction set gives the same bits: sums and extremes
// are kept in a fixed number of lanes.
#pragma once

#include <array>
#include <cstdint>

namespace wb::kernels {

/// Least and largest value, NaN ignored; (+inf, −inf) of nothing.
struct Extremes {
    float min, max;
};
Extremes f32Extremes(const float* values, int64_t count);

/// place[i] = floor(|values[i]| / width + 1/2), −1 where that is no number or 2^24 and more.
void f32Places(const float* values, float width, int32_t* place, int64_t count);
int64_t f32CountZeros(const float* values, int64_t count);

/// out[i] = clamp(round(values[i] · scale), −128, 127) / scale, halves to even. Below 2^22 · scale.
void f32ThroughCodes(const float* values, float scale, float* out, int64_t count);

/// Adds (a[i] − b[i])², the difference rounded to float32 and squared in double, to lane i mod 8; those
/// beyond the last whole eight to lane 0.
void f32AddSquares(const float* a, const float* b, int64_t count, std::array<double, 8>& lanes);

/// Adds a[i] · b[i], a[i]² and b[i]², each rounded, to lane i mod 8; those beyond the last whole eight to lane 0.
struct Products {
    std::array<float, 8> ab{}, aa{}, bb{};
};
void f32AddProducts(const float* a, const float* b, int64_t count, Products& sums);

} // namespace wb::kernels
