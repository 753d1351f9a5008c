// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution of codes over three axes: pictures along the first one, each with the slices that the filter meets there as
// channels, and the convolution of pictures over those.
#pragma once

#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {

/// tpu.Conv2D with one multiplier and shift a channel, of codes [n, c, d, h, w]; slices beyond the volume hold the input's zero
/// point.
Prepared prepareVolumeConv(const PrepareContext& context);

} // namespace wb::ops
