// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of 16-bit floats: the conversions of compiler/numeric/half.h, bit for bit, in vectors. (A
// signalling NaN may come out quiet.)
#pragma once

#include <cstdint>

namespace wb::kernels {

void halfToFloat(const uint16_t* in, float* out, int64_t count);
void floatToHalf(const float* in, uint16_t* out, int64_t count);
void roundToHalf(const float* in, float* out, int64_t count); ///< in and out may be the same

void bfloat16ToFloat(const uint16_t* in, float* out, int64_t count);
void floatToBfloat16(const float* in, uint16_t* out, int64_t count);
void roundToBfloat16(const float* in, float* out, int64_t count); ///< in and out may be the same

} // namespace wb::kernels
