// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/window_taps.h"

#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>

namespace wb::codegen {

using ir::Attribute;
using ir::ValueId;

namespace {

/// The first and the last tap along an axis that some result has on the picture; last < first: none.
Pair tapsOnPicture(const Window& w, size_t i) {
    Pair taps{w.kernel[i], -1};
    for (int64_t tap = 0; tap < w.kernel[i]; ++tap) {
        const int64_t first = tap * w.dilation[i] - w.before[i]; // of the first result
        const int64_t above = first >= 0 ? 0 : bm1684x::ceilDiv(-first, w.stride[i]);
        if (above >= w.out[i] || first + above * w.stride[i] >= w.in[i]) continue;
        taps[0] = std::min(taps[0], tap);
        taps[1] = tap;
    }
    return taps;
}

/// The bias of the sum is integers that are known, or there is room for them.
bool takesUnseen(const ir::Graph& graph, const ir::Node& node) {
    if (!node.attributes.reals(ops::kSumScales).empty()) return false;
    if (node.operands.size() < 3 || node.operands[2] == ir::kNoValue) return true;
    const ir::Tensor* bias = graph.weight(node.operands[2]);
    return bias != nullptr && bias->type() == ir::ElementType::I32;
}

} // namespace

void cropTaps(Steps& steps, Window& w) {
    const Pair rows = tapsOnPicture(w, 0), columns = tapsOnPicture(w, 1);
    const Pair first{rows[0], columns[0]}, last{rows[1], columns[1]};
    if (last[0] < 0 || last[1] < 0 || (w.zero != 0 && !takesUnseen(steps.graph(), steps.node()))) return;
    const Pair kernel{last[0] - first[0] + 1, last[1] - first[1] + 1};
    if (kernel != w.kernel) {
        addUnseen(steps, w, 1, [&](int64_t, int64_t ky, int64_t kx) {
            return ky >= first[0] && ky <= last[0] && kx >= first[1] && kx <= last[1];
        });
        const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
        const int64_t own = w.inChannels / w.groups;
        setFilter(steps, rearranged(filter, {w.outChannels, own, kernel[0], kernel[1]}, w.kernelZero,
                                    [&](int64_t o, int64_t c, int64_t ky, int64_t kx) {
            return ((o * own + c) * w.kernel[0] + first[0] + ky) * w.kernel[1] + first[1] + kx;
        }));
    }
    Pair above{}, below{}; // rows and columns of the picture that no tap meets any more, negative
    for (size_t i = 0; i < 2; ++i) {
        w.before[i] -= first[i] * w.dilation[i];
        w.after[i] -= (w.kernel[i] - 1 - last[i]) * w.dilation[i];
        w.kernel[i] = kernel[i];
        if (kernel[i] == 1) w.dilation[i] = 1;
        above[i] = std::min<int64_t>(w.before[i], 0);
        below[i] = std::min<int64_t>(w.after[i], 0);
        w.in[i] += above[i] + below[i];
        w.before[i] -= above[i];
        w.after[i] -= below[i];
    }
    steps.node().operands[0] = steps.pad(steps.node().operands[0], {above[0], above[1]}, {below[0], below[1]});
    describe(steps.node(), w);
}

void tapsAsChannels(Steps& steps, Window w, int64_t most) {
    const int64_t own = w.inChannels / w.groups;
    const bool wide[2] = {w.dilation[0] > most, w.dilation[1] > most};
    Pair taps{1, 1}, kernel = w.kernel, before{}, after{}, size = w.in, full{}; // full: results at every place
    for (size_t i = 0; i < 2; ++i) {
        full[i] = wide[i] ? (w.out[i] - 1) * w.stride[i] + 1 : w.out[i];
        if (!wide[i]) continue;
        taps[i] = w.kernel[i];
        kernel[i] = 1;
        before[i] = w.before[i];
        after[i] = w.after[i];
        size[i] = full[i];
    }
    // Rows follow each other without a break: what is put behind one is what is put in front of the next.
    const int64_t gap = wide[1] ? std::max({before[1], after[1], full[1] - w.in[1]}) : 0, width = w.in[1] + gap;
    const int64_t rows = wide[0] ? full[0] + (taps[0] - 1) * w.dilation[0] : w.in[0];
    const int64_t start = gap - before[1]; // of the first tap's view
    const int64_t more = bm1684x::ceilDiv(start + (taps[1] - 1) * w.dilation[1], width);
    ValueId x = steps.pad(steps.node().operands[0], {before[0], gap}, {rows + more - w.in[0] - before[0], 0}, w.zero);
    const int64_t pictures = w.images * w.groups, count = taps[0] * taps[1], length = size[0] * width;
    x = steps.reshape(x, {pictures, own, (rows + more) * width});
    std::vector<ValueId> views;
    for (int64_t tap = 0; tap < count; ++tap) {
        const int64_t at = tap / taps[1] * w.dilation[0] * width + start + tap % taps[1] * w.dilation[1];
        ir::AttributeMap a;
        a.set("offset", Attribute::ints({0, 0, at}));
        a.set("steps", Attribute::ints({1, 1, 1}));
        a.set("ends", Attribute::ints({pictures, own, at + length}));
        views.push_back(steps.add("tpu.Slice", {x}, {pictures, own, length}, std::move(a)));
    }
    ir::AttributeMap joined;
    joined.set("axis", 1);
    x = steps.add("tpu.Concat", std::move(views), {pictures, own * count, length}, std::move(joined));
    x = steps.reshape(x, {w.images, w.inChannels * count, size[0], width});
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {w.outChannels, own * count, kernel[0], kernel[1]}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) {
        const Pair tap{ky + c / own / taps[1], kx + c / own % taps[1]}; // one of both is 0
        return ((o * own + c % own) * w.kernel[0] + tap[0]) * w.kernel[1] + tap[1];
    }));
    steps.node().operands[0] = x;
    Pair step{1, 1};
    for (size_t i = 0; i < 2; ++i) {
        if (!wide[i]) continue;
        step[i] = w.stride[i];
        w.kernel[i] = w.stride[i] = w.dilation[i] = 1;
        w.before[i] = w.after[i] = 0;
    }
    describe(steps.node(), w);
    if (step == Pair{1, 1} && (!wide[1] || width == w.out[1])) return;
    ValueId y = steps.takeResult({w.images, w.outChannels, full[0], wide[1] ? width : w.out[1]});
    steps.behind();
    ir::AttributeMap cut;
    cut.set("offset", Attribute::ints({0, 0, 0, 0}));
    cut.set("steps", Attribute::ints({1, 1, step[0], step[1]}));
    cut.set("ends", Attribute::ints({w.images, w.outChannels, full[0], full[1]}));
    steps.giveResult(steps.add("tpu.Slice", {y}, {w.images, w.outChannels, w.out[0], w.out[1]}, std::move(cut)));
}

} // namespace wb::codegen
