// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/volumes.h"

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

    int64_t own() const { return inChannels / groups; }
};

std::optional<Volume> volumeOf(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Conv2D" || node.operands.size() < 2 || graph.weight(node.operands[0]) != nullptr ||
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

void flatten(Steps& steps, const Volume& v) {
    const auto d = static_cast<size_t>(std::min_element(v.kernel.begin(), v.kernel.end()) - v.kernel.begin());
    const size_t rows = d == 0 ? 1 : 0, columns = d == 2 ? 1 : 2; // of a picture
    const int64_t taps = v.kernel[d], depth = (v.out[d] - 1) * v.stride[d] + (taps - 1) * v.dilation[d] + 1;
    const int64_t pixels = v.in[rows] * v.in[columns], own = v.own();
    std::vector<int64_t> before(3, 0), after(3, 0);
    before[d] = v.before[d];
    after[d] = depth - v.in[d] - v.before[d];
    const auto axis = [](size_t i) { return static_cast<int64_t>(2 + i); };
    ValueId x = steps.pad(steps.node().operands[0], before, after, v.zero);
    x = steps.permute(x, {0, axis(d), 1, axis(rows), axis(columns)});
    x = steps.reshape(x, {v.images, depth, v.groups, own, pixels});
    std::vector<ValueId> views;
    for (int64_t tap = 0; tap < taps; ++tap) {
        const int64_t first = tap * v.dilation[d];
        ir::AttributeMap a;
        a.set("offset", Attribute::ints({0, first, 0, 0, 0}));
        a.set("steps", Attribute::ints({1, v.stride[d], 1, 1, 1}));
        a.set("ends", Attribute::ints({v.images, first + (v.out[d] - 1) * v.stride[d] + 1, v.groups, own, pixels}));
        views.push_back(v.out[d] == depth ? x : steps.add("tpu.Slice", {x}, {v.images, v.out[d], v.groups, own, pixels}, std::move(a)));
    }
    if (taps > 1) {
        ir::AttributeMap joined;
        joined.set("axis", 3);
        x = steps.add("tpu.Concat", std::move(views), {v.images, v.out[d], v.groups, taps * own, pixels}, std::move(joined));
    } else {
        x = views.front();
    }
    const int64_t images = v.images * v.out[d];
    x = steps.reshape(x, {images, v.inChannels * taps, v.in[rows], v.in[columns]});
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {v.outChannels, own * taps, v.kernel[rows], v.kernel[columns]}, v.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) {
        Triple at{};
        at[d] = c / own;
        at[rows] = ky;
        at[columns] = kx;
        return (((o * own + c % own) * v.kernel[0] + at[0]) * v.kernel[1] + at[1]) * v.kernel[2] + at[2];
    }));
    steps.node().operands[0] = x;
    Window flat;
    for (size_t i = 0; i < 2; ++i) {
        const size_t from = i == 0 ? rows : columns;
        flat.kernel[i] = v.kernel[from];
        flat.stride[i] = v.stride[from];
        flat.dilation[i] = v.dilation[from];
        flat.before[i] = v.before[from];
        flat.after[i] = v.after[from];
    }
    describe(steps.node(), flat);
    ValueId y = steps.takeResult({images, v.outChannels, v.out[rows], v.out[columns]});
    steps.behind();
    y = steps.reshape(y, {v.images, v.out[d], v.outChannels, v.out[rows], v.out[columns]});
    std::vector<int64_t> order{0, 2, 0, 0, 0};
    order[2 + d] = 1;
    order[2 + rows] = 3;
    order[2 + columns] = 4;
    steps.giveResult(steps.permute(y, order));
}

} // namespace

ir::Graph flattenVolumes(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<ir::NodeId>(i);
        const auto volume = volumeOf(graph, graph.node(position));
        if (!volume) continue;
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name + "_volume");
        flatten(steps, *volume);
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen
