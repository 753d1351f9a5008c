// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/wide_windows.h"

#include "compiler/codegen/rewrites/window_taps.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kMaxPad;
using bm1684x::roundUp;
using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

/// Rows and columns further apart than a stride can be become channels.
void splitStride(Steps& steps, Window& w) {
    const Pair f{w.stride[0] > kMaxPad ? w.stride[0] : 1, w.stride[1] > kMaxPad ? w.stride[1] : 1};
    Pair blocks{}, kernel{}, cut{};
    for (size_t i = 0; i < 2; ++i) {
        kernel[i] = f[i] == 1 ? w.kernel[i] : (w.reach(i) - 1) / f[i] + 1;
        blocks[i] = f[i] == 1 ? w.in[i] : w.out[i] - 1 + kernel[i];
        cut[i] = f[i] == 1 ? 0 : blocks[i] * f[i] - w.in[i] - w.before[i];
    }
    ValueId x = steps.node().operands[0];
    x = steps.pad(x, {f[0] == 1 ? 0 : w.before[0], f[1] == 1 ? 0 : w.before[1]}, {cut[0], cut[1]}, w.zero);
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], f[0], blocks[1], f[1]});
    x = steps.permute(x, {0, 1, 3, 5, 2, 4});
    const int64_t channels = f[0] * f[1];
    x = steps.reshape(x, {w.images, w.inChannels * channels, blocks[0], blocks[1]});
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    const int64_t own = w.inChannels / w.groups;
    setFilter(steps, rearranged(filter, {w.outChannels, own * channels, kernel[0], kernel[1]}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) -> int64_t {
        const Pair phase{c % channels / f[1], c % f[1]}, block{ky, kx};
        Pair tap{};
        for (size_t i = 0; i < 2; ++i) {
            const int64_t at = f[i] == 1 ? block[i] * w.dilation[i] : block[i] * f[i] + phase[i];
            if (at % w.dilation[i] != 0 || at / w.dilation[i] >= w.kernel[i]) return -1;
            tap[i] = at / w.dilation[i];
        }
        return ((o * own + c / channels) * w.kernel[0] + tap[0]) * w.kernel[1] + tap[1];
    }));
    steps.node().operands[0] = x;
    w.inChannels *= channels;
    w.in = blocks;
    for (size_t i = 0; i < 2; ++i) {
        if (f[i] == 1) continue;
        w.kernel[i] = kernel[i];
        w.stride[i] = w.dilation[i] = 1;
        w.before[i] = w.after[i] = 0;
    }
    describe(steps.node(), w);
}

/// Rows and columns further apart than a dilation can be become pictures.
void splitDilation(Steps& steps, Window w) {
    const auto wide = [&](size_t i) { return w.dilation[i] > kMaxPad + 1; };
    const Pair f{wide(0) ? w.dilation[0] : 1, wide(1) ? w.dilation[1] : 1};
    Pair blocks{}, before{}, after{}, result{};
    for (size_t i = 0; i < 2; ++i) {
        blocks[i] = w.in[i];
        result[i] = w.out[i];
        if (!wide(i)) continue;
        const int64_t padded = w.in[i] + w.before[i] + w.after[i];
        blocks[i] = ceilDiv(padded, f[i]);
        before[i] = w.before[i];
        after[i] = blocks[i] * f[i] - w.in[i] - w.before[i];
        result[i] = blocks[i] - (w.kernel[i] - 1);
        w.before[i] = w.after[i] = 0;
        w.dilation[i] = 1;
    }
    ValueId x = steps.pad(steps.node().operands[0], {before[0], before[1]}, {after[0], after[1]}, w.zero);
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], f[0], blocks[1], f[1]});
    x = steps.permute(x, {0, 3, 5, 1, 2, 4});
    const int64_t images = w.images * f[0] * f[1];
    x = steps.reshape(x, {images, w.inChannels, blocks[0], blocks[1]});
    steps.node().operands[0] = x;
    describe(steps.node(), w);
    ValueId y = steps.takeResult({images, w.outChannels, result[0], result[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, f[0], f[1], w.outChannels, result[0], result[1]});
    y = steps.permute(y, {0, 3, 4, 1, 5, 2});
    y = steps.reshape(y, {w.images, w.outChannels, result[0] * f[0], result[1] * f[1]});
    steps.giveResult(steps.pad(y, {0, 0}, {w.out[0] - result[0] * f[0], w.out[1] - result[1] * f[1]}));
}

void padFirst(Steps& steps, Window& w) {
    steps.node().operands[0] =
        steps.pad(steps.node().operands[0], {w.before[0], w.before[1]}, {w.after[0], w.after[1]}, w.zero);
    for (size_t i = 0; i < 2; ++i)
        w.in[i] += w.before[i] + w.after[i];
    w.before = w.after = {0, 0};
    describe(steps.node(), w);
}

/// in · kernel blocks: result row q·s + r is the sum over j of input row q - j by tap j·s + r.
void splitTransposed(Steps& steps, Window w) {
    Pair kernel{}, full{};
    for (size_t i = 0; i < 2; ++i) {
        const int64_t last = w.before[i] + w.out[i]; // behind the last row that is wanted
        kernel[i] = std::max(ceilDiv(w.reach(i), w.stride[i]), ceilDiv(last, w.stride[i]) - w.in[i] + 1);
        full[i] = w.in[i] + kernel[i] - 1;
    }
    const int64_t places = w.stride[0] * w.stride[1], own = w.inChannels / w.groups;
    addUnseen(steps, w, places, [&](int64_t o, int64_t ky, int64_t kx) {
        return ky * w.dilation[0] % w.stride[0] == o % places / w.stride[1] && kx * w.dilation[1] % w.stride[1] == o % w.stride[1];
    });
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {w.outChannels * places, own, kernel[0], kernel[1]}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t jy, int64_t jx) -> int64_t {
        const int64_t y = jy * w.stride[0] + o % places / w.stride[1], x = jx * w.stride[1] + o % w.stride[1];
        if (y >= w.reach(0) || x >= w.reach(1) || y % w.dilation[0] != 0 || x % w.dilation[1] != 0) return -1;
        return ((o / places * own + c) * w.kernel[0] + y / w.dilation[0]) * w.kernel[1] + x / w.dilation[1];
    }));
    const Window before = w;
    w.kernel = kernel;
    w.stride = w.dilation = {1, 1};
    w.before = w.after = {0, 0};
    describe(steps.node(), w);
    steps.node().attributes.set("output_padding", Attribute::ints({0, 0}));
    const Pair s = before.stride;
    ValueId y = steps.takeResult({w.images, w.outChannels * places, full[0], full[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, w.outChannels, s[0], s[1], full[0], full[1]});
    y = steps.permute(y, {0, 1, 4, 2, 5, 3});
    y = steps.reshape(y, {w.images, w.outChannels, full[0] * s[0], full[1] * s[1]});
    steps.giveResult(steps.pad(y, {-before.before[0], -before.before[1]},
                               {w.out[0] + before.before[0] - full[0] * s[0], w.out[1] + before.before[1] - full[1] * s[1]}));
}

/// Pooling windows further apart than a stride can be, side by side or with gaps: each is a picture of its own.
void splitPool(Steps& steps, Window w) {
    Pair blocks{1, 1}, side = w.in, result = w.out;
    for (size_t i = 0; i < 2; ++i) {
        if (w.stride[i] <= kMaxPad || w.out[i] == 1) continue;
        blocks[i] = w.out[i];
        side[i] = w.stride[i];
        result[i] = w.stride[i] = 1;
    }
    ValueId x = steps.pad(steps.node().operands[0], {0, 0}, {blocks[0] * side[0] - w.in[0], blocks[1] * side[1] - w.in[1]});
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], side[0], blocks[1], side[1]});
    x = steps.permute(x, {0, 2, 4, 1, 3, 5});
    const int64_t images = w.images * blocks[0] * blocks[1];
    steps.node().operands[0] = steps.reshape(x, {images, w.inChannels, side[0], side[1]});
    steps.node().attributes.set("strides", Attribute::ints({w.stride[0], w.stride[1]}));
    ValueId y = steps.takeResult({images, w.inChannels, result[0], result[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, blocks[0], blocks[1], w.inChannels, result[0], result[1]});
    y = steps.permute(y, {0, 3, 1, 4, 2, 5});
    steps.giveResult(steps.reshape(y, {w.images, w.inChannels, w.out[0], w.out[1]}));
}

/// Views of a picture, each a copy, up to which they cost less than its pictures of single pixels: measured on pictures of
/// 65×65 to 400×400, where 9 take a thirtieth and 7 of 1×7 two thirds of the cycles.
constexpr int64_t kMostViews = 49;

bool beyond(const Pair& values, int64_t most) { return values[0] > most || values[1] > most; }

/// Some result sees nothing but what is put around: its sum is no zero where that has a code.
bool seesOnlyBorder(const Window& w) {
    for (size_t i = 0; i < 2; ++i)
        if (w.before[i] >= w.reach(i) || w.after[i] >= w.reach(i)) return true;
    return false;
}

bool transposedBeyond(const Window& w) {
    if (beyond(w.stride, kMaxPad + 1)) return true;
    for (size_t i = 0; i < 2; ++i)
        if (w.reach(i) - 1 < w.before[i] || w.reach(i) - 1 - std::min(w.before[i], w.after[i]) > kMaxPad) return true;
    return false;
}

void narrowConv(Steps& steps, Window w) {
    cropTaps(steps, w);
    // A stride with one position is never walked.
    if ((w.stride[0] > kMaxPad && w.out[0] > 1) || (w.stride[1] > kMaxPad && w.out[1] > 1)) splitStride(steps, w);
    const bool apart = beyond(w.dilation, kMaxPad + 1);
    bool pads = w.zero != 0 && !apart && seesOnlyBorder(w);
    for (size_t i = 0; i < 2; ++i)
        pads = pads || (w.dilation[i] <= kMaxPad + 1 && std::max(w.before[i], w.after[i]) > kMaxPad);
    if (pads) padFirst(steps, w);
    if (!apart) return;
    int64_t taps = 1;
    for (size_t i = 0; i < 2; ++i)
        if (w.dilation[i] > kMaxPad + 1) taps *= w.kernel[i];
    if (taps <= kMostViews || beyond(w.stride, 1)) tapsAsChannels(steps, w, kMaxPad + 1);
    else splitDilation(steps, w);
}

/// A window over one axis that no command may be able to express, as it is: lists of the node that would have a second entry.
bool isWideRow(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Conv2D" && node.op != "tpu.Deconv" && node.op != "tpu.Pool2D") return false;
    if (node.operands.empty() || node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr) return false;
    if (node.op != "tpu.Pool2D" && (node.operands.size() < 2 || graph.weight(node.operands[1]) == nullptr)) return false;
    const auto& a = node.attributes;
    if (graph.value(node.operands[0]).type.shape.size() != 3 || graph.value(node.results[0]).type.shape.size() != 3) return false;
    if (a.integers("kernel_shape").size() != 1 || a.integers("pads").size() != 2 || !a.integers("inserts").empty()) return false;
    int64_t most = 0;
    for (const char* name : {"pads", "strides", "dilations", "output_padding"})
        for (const int64_t value : a.integers(name)) most = std::max(most, value);
    const int64_t kernel = a.integers("kernel_shape")[0];
    const bool reaches = node.op == "tpu.Deconv" && kernel > kMaxPad; // its border is the kernel's
    const auto dilations = a.integers("dilations"), pads = a.integers("pads");
    const int64_t reach = (kernel - 1) * (dilations.empty() ? 1 : dilations[0]) + 1;
    const bool bordered = node.op == "tpu.Conv2D" && std::max(pads[0], pads[1]) >= reach; // see seesOnlyBorder()
    return most > kMaxPad || reaches || bordered;
}

/// Such windows as windows of pictures one column wide, of which the rewrites know more.
ir::Graph widePicturesOfRows(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<NodeId>(i);
        if (!isWideRow(graph, graph.node(position))) continue;
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name + "_row");
        const Shape in = graph.value(steps.node().operands[0]).type.shape, out = graph.value(steps.node().results[0]).type.shape;
        const ValueId picture = steps.reshape(steps.node().operands[0], {in[0], in[1], in[2], 1});
        steps.node().operands[0] = picture;
        if (steps.node().op != "tpu.Pool2D") {
            const ir::Tensor filter = *graph.weight(steps.node().operands[1]);
            Shape shape = filter.shape();
            shape.push_back(1);
            setFilter(steps, filter.reshaped(shape));
        }
        ir::AttributeMap& a = steps.node().attributes;
        const auto pads = a.integers("pads");
        a.set("pads", Attribute::ints({pads[0], 0, pads[1], 0}));
        const std::pair<const char*, int64_t> lists[] = {{"kernel_shape", 1}, {"strides", 1}, {"dilations", 1}, {"output_padding", 0}};
        for (const auto& [name, beside] : lists)
            if (auto list = a.integers(name); list.size() == 1) {
                list.push_back(beside);
                a.set(name, Attribute::ints(list));
            }
        const ValueId taken = steps.takeResult({out[0], out[1], out[2], 1});
        steps.behind();
        steps.giveResult(steps.reshape(taken, out));
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace

ir::Graph narrowWindows(const ir::Graph& source) {
    ir::Graph graph = widePicturesOfRows(source);
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<NodeId>(i);
        auto window = windowOf(graph, graph.node(position));
        if (!window) continue;
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name);
        if (window->pool) {
            bool apart = false, simple = !beyond(window->dilation, 1);
            for (size_t axis = 0; axis < 2; ++axis) {
                if (window->stride[axis] <= kMaxPad || window->out[axis] == 1) continue;
                apart = true;
                simple = simple && window->before[axis] == 0 && window->kernel[axis] <= window->stride[axis] &&
                         (window->out[axis] - 1) * window->stride[axis] + window->kernel[axis] <= window->in[axis];
            }
            if (apart && simple) splitPool(steps, *window);
        } else if (window->transposed) {
            const bool bias = graph.node(position).operands.size() > 2 && graph.node(position).operands[2] != ir::kNoValue;
            const bool constant = !bias || graph.weight(graph.node(position).operands[2]) != nullptr;
            // The chip puts zeros between pixels, whatever stands for nothing.
            const bool between = window->zero != 0 && beyond(window->stride, 1);
            if (constant && (transposedBeyond(*window) || between)) splitTransposed(steps, *window);
        } else {
            narrowConv(steps, *window);
        }
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen
