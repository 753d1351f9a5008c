// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/window_bm1684x.h"

#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

SlidingAxis::Reach SlidingAxis::reach(Range result) const {
    // In coordinates of the widened input: element i lies at i · insert.
    const int64_t from = result.begin * stride - padBefore;
    const int64_t to = (result.end - 1) * stride - padBefore + (kernel - 1) * dilation + 1;
    const auto floorDiv = [](int64_t a, int64_t b) { return a >= 0 ? a / b : -ceilDiv(-a, b); };
    Reach r;
    r.input.begin = std::max<int64_t>(0, -floorDiv(-from, insert));
    r.input.end = std::min(in, floorDiv(to - 1, insert) + 1);
    if (r.input.end <= r.input.begin) {
        const int64_t any = std::clamp<int64_t>(r.input.begin, 0, in - 1);
        return {{any, any + 1}, 0, 0, true};
    }
    r.before = r.input.begin * insert - from;
    r.after = to - ((r.input.end - 1) * insert + 1);
    return r;
}

std::string SlidingAxis::beyondFields() const {
    const auto tooLarge = [](const char* what, int64_t value, int64_t most) {
        return std::string(what) + " " + std::to_string(value) + " is above " + std::to_string(most);
    };
    const auto whole = reach({0, out});
    if (out > 1 && stride > kMaxPad) return tooLarge("the stride", stride, kMaxPad);
    if (dilation > kMaxPad + 1) return tooLarge("the dilation", dilation, kMaxPad + 1);
    if (insert > kMaxPad + 1) return tooLarge("the stride of the transposed form", insert, kMaxPad + 1);
    if (in > kMaxDimension || out > kMaxDimension) return tooLarge("the picture's side", std::max(in, out), kMaxDimension);
    // A slice may begin between two elements of the widened input.
    const int64_t most = std::max({whole.before, whole.after, insert - 1});
    if (!whole.outside && most > kMaxPad) return tooLarge("the padding", most, kMaxPad);
    return {};
}

Result<SlidingWindow> slidingWindow(const EmitContext& context, bool transposed) {
    const auto& a = context.node->attributes;
    const auto& in = context.graph->value(context.node->operands[0]).type.shape;
    const auto& out = context.graph->value(context.node->results[0]).type.shape;
    const auto kernel = a.integers("kernel_shape");
    auto strides = a.integers("strides");
    auto pads = a.integers("pads");
    auto dilations = a.integers("dilations");
    const size_t axes = kernel.size();
    if (strides.empty()) strides.assign(axes, 1);
    if (pads.empty()) pads.assign(2 * axes, 0);
    if (dilations.empty()) dilations.assign(axes, 1);
    if (axes < 1 || axes > 2 || in.size() != axes + 2 || strides.size() != axes || dilations.size() != axes ||
        pads.size() != 2 * axes)
        return notEmitted(context, "its attributes do not describe one or two spatial axes");
    const auto inShape = chipShape(in), outShape = chipShape(out);
    SlidingWindow window;
    for (size_t i = 0; i < axes; ++i) {
        SlidingAxis& axis = i == 0 ? window.h : window.w;
        // A result without its spatial axes (keepdims = false) has one element along each.
        axis = {inShape[2 + i], out.size() == in.size() ? outShape[2 + i] : 1, kernel[i], strides[i], dilations[i],
                pads[i], 1};
        if (kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 || pads[i] < 0 || axis.in < 1 || axis.out < 1)
            return notEmitted(context, "an attribute of its window is below its smallest value");
        if (transposed) {
            axis.insert = axis.stride;
            axis.stride = 1;
            axis.padBefore = axis.dilation * (axis.kernel - 1) - axis.padBefore;
            if (axis.padBefore < 0) return notEmitted(context, "its padding is wider than its kernel");
        }
        if (axis.out == 1 && !transposed) {
            // Never walked; but the chip counts the positions of what it is given, and rows are given whole.
            axis.stride = std::min(axis.stride, kMaxPad);
            const int64_t rest = axis.in + pads[i] + pads[i + axes] - (axis.kernel - 1) * axis.dilation - 1;
            if (i == 1 && rest >= axis.stride)
                return beyondChip(context, "its one column is followed by " + std::to_string(rest) + " others");
        }
        if (const auto why = axis.beyondFields(); !why.empty()) return beyondChip(context, why);
    }
    return window;
}

} // namespace wb::ops
