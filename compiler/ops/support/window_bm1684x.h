// SPDX-License-Identifier: GPL-3.0-or-later
// How a sliding window walks along one axis, cut into slices: which of the input a slice of the result needs, and the
// padding that is left at its ends. Convolution, transposed convolution and pooling share it.
#pragma once

#include "compiler/ops/emitter.h"

#include <algorithm>
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

/// Paddings, steps, shapes and addresses of a command that slides a window over `from` and writes `result`, for the slice
/// `part` of the whole result: convolutions and pools, dense and depthwise, of every type spell these fields alike.
template <class Command, class Tensor>
void describeWindow(Command& c, const SlidingWindow& window, const bm1684x::Part& part, const Tensor& from, const Tensor& result) {
    using bm1684x::u32;
    const auto h = window.h.reach(part.h), w = window.w.reach(part.w);
    c.opd0_up_pad = u32(h.before);
    c.opd0_dn_pad = u32(std::max<int64_t>(0, h.after));
    c.opd0_lf_pad = u32(w.before);
    c.opd0_rt_pad = u32(std::max<int64_t>(0, w.after));
    c.res_op_y_str = u32(window.h.stride);
    c.res_op_x_str = u32(window.w.stride);
    c.opd0_y_ins0 = u32(window.h.insert - 1);
    c.opd0_x_ins0 = u32(window.w.insert - 1);
    c.opd1_y_ins0 = u32(window.h.dilation - 1);
    c.opd1_x_ins0 = u32(window.w.dilation - 1);
    c.res0_n = u32(result.n());
    c.res0_c = u32(result.c());
    c.res0_h = u32(result.h());
    c.res0_w = u32(result.w());
    c.opd0_h = u32(from.h());
    c.opd0_w = u32(from.w());
    c.opd1_h = u32(window.h.kernel);
    c.opd1_w = u32(window.w.kernel);
    c.opd0_addr = from.address;
    c.res0_addr = result.address;
}

} // namespace wb::ops
