// SPDX-License-Identifier: GPL-3.0-or-later
// Means of windows over the edge, where padding does not count: whether the chip has the integer model's arithmetic.
#pragma once

#include <cstdint>
#include <optional>

namespace wb::ops {

/// A mean of codes without zero points: sums of `area` codes times multiplier over 2^shift.
struct MeanOfCodes {
    int64_t area = 1, multiplier = 1;
    int shift = 0;
    bool inSigned = true, outSigned = true;
    /// Sums that a requant can give again: of 16 bits.
    bool isNarrow() const { return area * (inSigned ? 128 : 255) <= 32767; }
};

/// Multiplier and shift that take the sum of a window that covers `valid` codes to the window's area, such that every
/// possible sum gives the integer model's code; nothing if no pair does.
struct Widening {
    int32_t multiplier = 1;
    int shift = 0;
};
std::optional<Widening> wideningOf(const MeanOfCodes& mean, int64_t valid);

} // namespace wb::ops
