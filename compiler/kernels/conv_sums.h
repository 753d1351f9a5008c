// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution of codes with zero points on both sides, to 32-bit sums (networks that bring their own scales).
#pragma once

#include "compiler/kernels/s8_conv.h"

namespace wb::kernels {

struct CodeZeros {
    int32_t in = 0;     ///< what borders are filled with
    int32_t weight = 0; ///< taken off each weight
};

/// out[N,O,oh,ow] = bias + Σ x · (w - zeros.weight) over all taps, those in the border with x = zeros.in; not below zero with
/// `relu`. Sums wrap around at 32 bits. An empty bias counts as zero.
void convSums(const S8ConvShape& shape, const std::byte* in, bool inSigned, const int8_t* weights, bool weightsSigned,
              CodeZeros zeros, const std::vector<int32_t>& bias, bool relu, int32_t* out, const Work& work);

} // namespace wb::kernels
