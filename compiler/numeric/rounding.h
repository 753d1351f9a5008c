// SPDX-License-Identifier: GPL-3.0-or-later
// Rounding and saturation as the chips do them, named as the vendor's files name them. Everything
// that turns a real or a wide integer into a code goes through these functions, so that the
// lowering, the exact kernels and the tests agree by construction.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace wb::numeric {

/// The vendor's RoundMode, in its order of values.
enum class Round : uint8_t {
    HalfAwayFromZero, ///< C's round()
    HalfUp,           ///< floor(x + 1/2)
    HalfDown,         ///< ceil(x - 1/2)
    HalfToEven,
    HalfToOdd,
    HalfTowardsZero,
    TowardsZero,
    AwayFromZero,
    Up,   ///< ceil
    Down, ///< floor
};

/// Rounds a real to an integer (as a double).
double round(double value, Round mode);

/// value / 2^shift, rounded. A negative shift multiplies; shifts above 63 count as 63.
int64_t shiftRight(int64_t value, int shift, Round mode);

/// The one that BM1684 and BM1684X use to requantise: (value + 2^(shift-1)) >> shift.
inline int64_t shiftRightHalfUp(int64_t value, int shift) {
    if (shift <= 0)
        return static_cast<int64_t>(static_cast<uint64_t>(value) << std::min(-shift, 63));
    if (shift > 62) return shiftRight(value, shift, Round::HalfUp);
    // Adding half in unsigned arithmetic is defined for every value; sums here stay far below 2^63.
    return static_cast<int64_t>(static_cast<uint64_t>(value) + (uint64_t{1} << (shift - 1))) >>
           shift;
}

template <class Code> constexpr Code saturate(int64_t value) {
    return static_cast<Code>(std::clamp<int64_t>(value, std::numeric_limits<Code>::min(),
                                                 std::numeric_limits<Code>::max()));
}

/// Code of a real by round-half-away-from-zero, the vendor's way for constants and casts. NaN gives
/// 0.
template <class Code> Code toCode(double value) {
    if (std::isnan(value)) return 0;
    constexpr double low = std::numeric_limits<Code>::min();
    constexpr double high = std::numeric_limits<Code>::max();
    return static_cast<Code>(static_cast<int64_t>(std::clamp(std::round(value), low, high)));
}

} // namespace wb::numeric
