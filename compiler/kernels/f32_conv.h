// SPDX-License-Identifier: GPL-3.0-or-later
// Float convolution. Plain twins work on row-major arrays of one to three spatial axes; the fast form
// works on blocked layouts (NChw8c, NChw16c) of two spatial axes.
#pragma once

#include "compiler/kernels/f32_eltwise.h"

#include <array>
#include <memory>
#include <vector>

namespace wb::kernels {

/// Sizes of a convolution or pooling window: three spatial axes, leading ones where there are fewer.
struct WindowShape {
    int64_t batch = 1, inChannels = 1, outChannels = 1, groups = 1;
    std::array<int64_t, 3> in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, pad{0, 0, 0},
        dilation{1, 1, 1}; ///< pad: before the first element
};

/// in [N,C,D,H,W], weights [O,C/g,kd,kh,kw], bias [O] or null → out [N,O,od,oh,ow].
void f32ConvScalar(const WindowShape& shape, const float* in, const float* weights, const float* bias,
                   const UnaryOp& after, float* out, const Work& work);

/// Transposed convolution: weights [O,C/g,kd,kh,kw], as a convolution has them.
void f32DeconvScalar(const WindowShape& shape, const float* in, const float* weights, const float* bias,
                     const UnaryOp& after, float* out, const Work& work);

/// Channels that lie beside each other in this machine's blocked layout: 16 with AVX-512, else 8.
int64_t convBlock();

/// A 2-D convolution prepared for blocked data. Groups, strides and dilations of any size; channels
/// beyond the last full block hold unspecified numbers, which are never read.
class BlockedConv {
public:
    /// Copies the weights into its own order. shape.in[0], out[0], kernel[0] must be 1.
    static std::unique_ptr<BlockedConv> create(const WindowShape& shape, const float* weights,
                                               const float* bias, const Epilogue& epilogue);
    virtual ~BlockedConv() = default;
    /// `plainInput`: in is NCHW instead of blocked. `residual` (blocked, may be null) is added as the
    /// epilogue says. Not in place.
    virtual void run(const float* in, bool plainInput, const float* residual, float* out,
                     const Work& work) const = 0;
};

} // namespace wb::kernels
