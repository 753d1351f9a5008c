// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/volumes.h"

#include "compiler/codegen/rewrites/result_blocks.h"
#include "compiler/codegen/rewrites/window.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using ir::Attribute;
using ir::Shape;
using ir::ValueId;
using Triple = std::array<int64_t, 3>;

struct Volume {
    Triple in{}, out{}, kernel{}, stride{}, dilation{}, before{}, after{};
    int64_t images = 1, inChannels = 1, outChannels = 1, groups = 1, zero = 0, kernelZero = 0;
    bool transposed = false;

    int64_t own() const { return inChannels / groups; }
};

std::optional<Volume> volumeOf(const ir::Graph& graph, const ir::Node& node) {
    const bool transposed = node.op == "tpu.Deconv";
    if ((node.op != "tpu.Conv2D" && !transposed) || node.operands.size() < 2 || graph.weight(node.operands[0]) != nullptr ||
        graph.weight(node.operands[1]) == nullptr)
        return {};
    const ir::TensorType& in = graph.value(node.operands[0]).type;
    const Shape& out = graph.value(node.results[0]).type.shape;
    const auto& a = node.attributes;
    const auto kernel = a.integers("kernel_shape");
    auto stride = a.integers("strides"), dilation = a.integers("dilations"), pads = a.integers("pads");
    if (stride.empty()) stride.assign(3, 1);
    if (dilation.empty()) dilation.assign(3, 1);
    if (pads.empty()) pads.assign(6, 0);
    if (in.shape.size() != 5 || out.size() != 5 || kernel.size() != 3 || stride.size() != 3 || dilation.size() != 3 ||
        pads.size() != 6)
        return {};
    Volume v;
    v.transposed = transposed;
    if (transposed && (!ir::isFloat(in.element) || !plainBias(graph, node))) return {};
    v.images = in.shape[0];
    v.inChannels = in.shape[1];
    v.outChannels = out[1];
    v.groups = a.integer("group", 1);
    v.zero = in.uniform() == nullptr ? 0 : in.uniform()->zeroPoint();
    v.kernelZero = a.integer("kernel_zp", 0);
    int64_t taps = 1;
    for (size_t i = 0; i < 3; ++i) {
        v.in[i] = in.shape[2 + i];
        v.out[i] = out[2 + i];
        v.kernel[i] = kernel[i];
        v.stride[i] = stride[i];
        v.dilation[i] = dilation[i];
        v.before[i] = pads[i];
        v.after[i] = pads[3 + i];
        if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1 || pads[i] < 0 || pads[3 + i] < 0) return {};
        taps *= kernel[i];
    }
    if (v.groups < 1 || v.inChannels % v.groups != 0 ||
        graph.weight(node.operands[1])->elementCount() != v.outChannels * v.own() * taps)
        return {};
    return v;
}

/// The axis that becomes images, and the two of a picture.
struct Axes {
    size_t d, rows, columns;

    explicit Axes(const Volume& v)
        : d(static_cast<size_t>(std::min_element(v.kernel.begin(), v.kernel.end()) - v.kernel.begin())), rows(d == 0 ? 1 : 0), columns(d == 2 ? 1 : 2) {}
    static int64_t at(size_t i) { return static_cast<int64_t>(2 + i); }
};

Window pictureOf(const Volume& v, const Axes& axes) {
    Window flat;
    for (size_t i = 0; i < 2; ++i) {
        const size_t from = i == 0 ? axes.rows : axes.columns;
        flat.kernel[i] = v.kernel[from];
        flat.stride[i] = v.stride[from];
        flat.dilation[i] = v.dilation[from];
        flat.before[i] = v.before[from];
        flat.after[i] = v.after[from];
    }
    return flat;
}

/// The operand as `images` pictures an image, each of the channels of `taps` slices: slice tap · dilation + image · stride of the
/// padded axis. The slices of a group of channels lie side by side.
ValueId neighbours(Steps& steps, const Volume& v, const Axes& axes, int64_t before, int64_t after, int64_t images, int64_t taps, int64_t stride, int64_t dilation) {
    const size_t d = axes.d;
    const int64_t depth = v.in[d] + before + after, pixels = v.in[axes.rows] * v.in[axes.columns], own = v.own();
    std::vector<int64_t> inFront(3, 0), behind(3, 0);
    inFront[d] = before;
    behind[d] = after;
    ValueId x = steps.pad(steps.node().operands[0], inFront, behind, v.zero);
    x = steps.permute(x, {0, Axes::at(d), 1, Axes::at(axes.rows), Axes::at(axes.columns)});
    x = steps.reshape(x, {v.images, depth, v.groups, own, pixels});
    std::vector<ValueId> views;
    for (int64_t tap = 0; tap < taps; ++tap) {
        const int64_t first = tap * dilation;
        ir::AttributeMap a;
        a.set("offset", Attribute::ints({0, first, 0, 0, 0}));
        a.set("steps", Attribute::ints({1, stride, 1, 1, 1}));
        a.set("ends", Attribute::ints({v.images, first + (images - 1) * stride + 1, v.groups, own, pixels}));
        views.push_back(images == depth ? x : steps.add("tpu.Slice", {x}, {v.images, images, v.groups, own, pixels}, std::move(a)));
    }
    if (taps > 1) {
        ir::AttributeMap joined;
        joined.set("axis", 3);
        x = steps.add("tpu.Concat", std::move(views), {v.images, images, v.groups, taps * own, pixels}, std::move(joined));
    } else {
        x = views.front();
    }
    return steps.reshape(x, {v.images * images, v.inChannels * taps, v.in[axes.rows], v.in[axes.columns]});
}

/// Pictures whose channels lie at axis `channels` and the axis that was taken out at `taken`, in the order of the volume.
ValueId inOrder(Steps& steps, const Axes& axes, ValueId y, int64_t channels, int64_t taken) {
    std::vector<int64_t> order{0, channels, 0, 0, 0};
    order[2 + axes.d] = taken;
    order[2 + axes.rows] = 3;
    order[2 + axes.columns] = 4;
    return steps.permute(y, order);
}

void flatten(Steps& steps, const Volume& v) {
    const Axes axes(v);
    const size_t d = axes.d;
    const int64_t taps = v.kernel[d], depth = (v.out[d] - 1) * v.stride[d] + (taps - 1) * v.dilation[d] + 1, own = v.own();
    const ValueId x = neighbours(steps, v, axes, v.before[d], depth - v.in[d] - v.before[d], v.out[d], taps, v.stride[d], v.dilation[d]);
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {v.outChannels, own * taps, v.kernel[axes.rows], v.kernel[axes.columns]}, v.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) {
        Triple at{};
        at[d] = c / own;
        at[axes.rows] = ky;
        at[axes.columns] = kx;
        return (((o * own + c % own) * v.kernel[0] + at[0]) * v.kernel[1] + at[1]) * v.kernel[2] + at[2];
    }));
    steps.node().operands[0] = x;
    describe(steps.node(), pictureOf(v, axes));
    ValueId y = steps.takeResult({v.images * v.out[d], v.outChannels, v.out[axes.rows], v.out[axes.columns]});
    steps.behind();
    y = steps.reshape(y, {v.images, v.out[d], v.outChannels, v.out[axes.rows], v.out[axes.columns]});
    steps.giveResult(inOrder(steps, axes, y, 2, 1));
}

/// A transposed convolution: each picture holds `stride` results of the axis as channels beside each other.
void flattenTransposed(Steps& steps, const Volume& v) {
    const Axes axes(v);
    const size_t d = axes.d;
    const ResultBlocks blocks(v.out[d], v.before[d], v.kernel[d], v.stride[d], v.dilation[d]);
    const int64_t own = v.own(), taps = blocks.kernel(), phases = v.stride[d], channels = v.outChannels * phases;
    const ValueId x = neighbours(steps, v, axes, -blocks.first, blocks.behind(v.in[d]), blocks.blocks, taps, 1, 1);
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {channels, own * taps, v.kernel[axes.rows], v.kernel[axes.columns]}, 0,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) -> int64_t {
        Triple at{};
        at[d] = blocks.tapOf(o % phases, blocks.first + c / own);
        at[axes.rows] = ky;
        at[axes.columns] = kx;
        if (at[d] < 0) return -1;
        return (((o / phases * own + c % own) * v.kernel[0] + at[0]) * v.kernel[1] + at[1]) * v.kernel[2] + at[2];
    }));
    steps.node().operands[0] = x;
    ChannelList repeated;
    for (int64_t o = 0; o < channels; ++o) repeated.push_back(o / phases);
    takeBias(steps, repeated);
    describe(steps.node(), pictureOf(v, axes));
    if (const auto more = steps.node().attributes.integers("output_padding"); more.size() == 3)
        steps.node().attributes.set("output_padding", Attribute::ints({more[axes.rows], more[axes.columns]}));
    const int64_t height = v.out[axes.rows], width = v.out[axes.columns];
    ValueId y = steps.takeResult({v.images * blocks.blocks, channels, height, width});
    steps.behind();
    y = steps.reshape(y, {v.images, blocks.blocks, v.outChannels, phases, height * width});
    y = steps.permute(y, {0, 2, 1, 3, 4});
    y = steps.reshape(y, {v.images, v.outChannels, blocks.blocks * phases, height, width});
    y = steps.pad(y, {-blocks.origin, 0, 0}, {blocks.origin + v.out[d] - blocks.blocks * phases, 0, 0});
    steps.giveResult(axes.d == 0 ? y : inOrder(steps, axes, y, 1, 2));
}

} // namespace

ir::Graph flattenVolumes(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<ir::NodeId>(i);
        const auto volume = volumeOf(graph, graph.node(position));
        if (!volume) continue;
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name + "_volume");
        if (volume->transposed) flattenTransposed(steps, *volume);
        else flatten(steps, *volume);
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen
