// SPDX-License-Identifier: GPL-3.0-or-later
// How a sliding window walks along one axis, cut into slices: which of the input a slice of the result needs, and the
// padding that is left at its ends. Convolution, transposed convolution and pooling share it.
#pragma once

#include "compiler/ops/emitter.h"

#include <span>
#include <string>

namespace wb::ops {

/// One axis. The input is seen with `insert - 1` zeros between its elements (transposed convolution), then padded.
struct SlidingAxis {
    int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, padBefore = 0, insert = 1;

    struct Reach {
        bm1684x::Range input;            ///< inside [0, in), never empty
        int64_t before = 0;     ///< zeros to put in front of and behind it
        int64_t after = 0;
        bool outside = false;   ///< no window touches the input: `input` is any element, the paddings mean nothing
    };
    Reach reach(bm1684x::Range result) const;
    /// What of this does not fit the instruction fields, for any slice; empty if all fits.
    std::string beyondFields() const;
};

/// The two spatial axes as they lie on the chip: one spatial axis is h, its w has one element.
struct SlidingWindow {
    SlidingAxis h, w;
};

/// From kernel_shape, strides, pads (all before, then all after), dilations of a node whose tensors have `shape.size()
/// - 2` spatial axes. CodegenUnsupported where they do not describe one or two axes, CodegenLimit beyond the fields. A
/// transposed convolution is one over the input with zeros between its elements; the kernel is to be turned around.
Result<SlidingWindow> slidingWindow(const EmitContext& context, bool transposed = false);

} // namespace wb::ops
