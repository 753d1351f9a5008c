// SPDX-License-Identifier: GPL-3.0-or-later
// Max and average pooling: plain twins on row-major arrays of one to three spatial axes, and forms for
// blocked layouts of two.
#pragma once

#include "compiler/kernels/f32_conv.h"

namespace wb::kernels {

struct PoolOptions {
    bool max = true;
    bool countPadding = false; ///< average over the whole window instead of the elements inside
    std::array<int64_t, 3> padAfter{0, 0, 0};
    UnaryOp after;
};

/// in [N,C,D,H,W] → out [N,C,od,oh,ow]; shape.outChannels and groups are not used. A window without any
/// element gives -infinity (max) or 0 (average).
void f32PoolScalar(const WindowShape& shape, const PoolOptions& options, const float* in, float* out,
                   const Work& work);

/// The same on NChw8c / NChw16c data (convBlock()), first spatial axis 1.
void f32PoolBlocked(const WindowShape& shape, const PoolOptions& options, const float* in, float* out,
                    const Work& work);

} // namespace wb::kernels
