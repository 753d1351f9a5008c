// SPDX-License-Identifier: GPL-3.0-or-later
// How many pixels an axis has once it is resized by a factor.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace wb::ops {

/// floor(size · scale), as onnxruntime has it in single precision: 5 · 1.8F is 9, though 1.8F is less than 1.8. Quotients
/// of sizes, which single precision may bring below the whole number, count as they are.
inline double resizedBy(int64_t size, double scale) {
    return std::max(std::floor(static_cast<double>(size) * scale),
                    static_cast<double>(std::floor(static_cast<float>(size) * static_cast<float>(scale))));
}

} // namespace wb::ops
