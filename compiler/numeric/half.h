// SPDX-License-Identifier: GPL-3.0-or-later
// IEEE 754 binary16 and bfloat16 as 16-bit patterns, conversions with round-half-to-even.
#pragma once

#include <bit>
#include <cstdint>

namespace wb::numeric {

/// Nearest binary16, ties to even; overflow to infinity, NaN stays NaN (IEEE 754-2019, 4.3.1).
uint16_t toHalf(float value);
float fromHalf(uint16_t bits);

/// Nearest bfloat16 (the upper half of a binary32), ties to even.
uint16_t toBfloat16(float value);
inline float fromBfloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

inline float roundToHalf(float value) { return fromHalf(toHalf(value)); }
inline float roundToBfloat16(float value) { return fromBfloat16(toBfloat16(value)); }

} // namespace wb::numeric
