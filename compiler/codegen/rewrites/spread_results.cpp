// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/spread_results.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/pack_phases.h"
#include "compiler/codegen/rewrites/result_blocks.h"
#include "compiler/codegen/rewrites/result_channels.h"
#include "compiler/codegen/rewrites/window.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kLanes;
using bm1684x::kMaxPad;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

constexpr double kBytesPerCycle = 54; ///< of long rows from DDR

/// How `count` channels of `places` phases lie in lanes: one phase after the other without a gap, or from a row of 64 on.
struct Parts {
    int64_t count = 1, places = 1, length = 1; ///< length: of a part, in channels

    /// `work`: cycles of a row of 64 channels; `plane`: bytes of a channel of a part.
    Parts(int64_t channels, int64_t phases, double work, int64_t plane) : count(channels), places(phases), length(bm1684x::roundUp(channels, kLanes)) {
        const double rows = static_cast<double>(places * length / kLanes - ceilDiv(places * count, kLanes)) * work;
        const auto moves = static_cast<double>((places - 1) * count * ceilDiv(plane, bm1684x::kVectorBytes));
        if (moves < rows) length = count;
    }
    int64_t channels() const { return places * length; }
    /// Each channel of the result as (phase, channel); channel -1: none.
    template <class F> ChannelList list(const F& channelOf) const {
        ChannelList out;
        for (int64_t place = 0; place < places; ++place)
            for (int64_t c = 0; c < length; ++c)
                out.push_back(c < count ? channelOf(place, c) : -1);
        return out;
    }
};

/// Of 64 channels of a result, over one picture.
double workOf(const ir::TensorType& operand, int64_t pixels, int64_t taps) {
    const auto size = static_cast<int64_t>(ir::sizeInBytes(operand.element));
    const int64_t array = size == 4 ? 1 : bm1684x::kVectorBytes / size, together = size == 4 ? 16 : 4;
    return static_cast<double>(taps * ceilDiv(operand.shape[1], array) * ceilDiv(pixels, together));
}

ir::AttributeMap joining(int64_t y, int64_t x) {
    ir::AttributeMap a;
    a.set("y", y);
    a.set("x", x);
    return a;
}

ResultBlocks blocksOf(const Window& w, size_t i) { return {w.out[i], w.before[i], w.kernel[i], w.stride[i], w.dilation[i]}; }

bool spreadTransposed(Steps& steps, Window w) {
    ir::Graph& graph = steps.graph();
    const ir::TensorType operand = graph.value(steps.node().operands[0]).type;
    const ResultBlocks rows = blocksOf(w, 0), columns = blocksOf(w, 1);
    for (const auto& [axis, in] : {std::pair(rows, w.in[0]), std::pair(columns, w.in[1])})
        if (-axis.first > kMaxPad || axis.first > 0 || axis.after(in) > kMaxPad || axis.kernel() < 1) return false;
    const Pair s = w.stride;
    const int64_t own = w.inChannels, size = static_cast<int64_t>(ir::sizeInBytes(operand.element));
    const Parts parts(w.outChannels, s[0] * s[1], workOf(operand, rows.blocks * columns.blocks, rows.kernel() * columns.kernel()),
                      rows.blocks * columns.blocks * size);
    // Taps that few phases meet are zeros that come from DDR, too.
    const auto cycles = [&](int64_t channels, int64_t pixels, int64_t taps) {
        const auto bytes = static_cast<double>(bm1684x::roundUp(channels, kLanes) * own * taps * size);
        return static_cast<double>(ceilDiv(channels, kLanes)) * workOf(operand, pixels, taps) + bytes / kBytesPerCycle;
    };
    const double together = cycles(parts.channels(), rows.blocks * columns.blocks, rows.kernel() * columns.kernel());
    if (together > cycles(w.outChannels, w.out[0] * w.out[1], w.kernel[0] * w.kernel[1])) return false;
    addUnseen(steps, w, parts.places, [&](int64_t o, int64_t ky, int64_t kx) { // channels outside, phases inside
        const int64_t phase = o % parts.places;
        return ky * w.dilation[0] % s[0] == phase / s[1] && kx * w.dilation[1] % s[1] == phase % s[1];
    });
    const ChannelList channels = parts.list([](int64_t, int64_t c) { return c; });
    takeBias(steps, parts.list([&](int64_t place, int64_t c) { return c * parts.places + place; }));
    const ir::Tensor filter = *graph.weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {parts.channels(), own, rows.kernel(), columns.kernel()}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ty, int64_t tx) -> int64_t {
        const int64_t channel = channels[static_cast<size_t>(o)], phase = o / parts.length;
        if (channel < 0) return -1;
        const int64_t ky = rows.tapOf(phase / s[1], rows.first + ty), kx = columns.tapOf(phase % s[1], columns.first + tx);
        return ky < 0 || kx < 0 ? -1 : ((channel * own + c) * w.kernel[0] + ky) * w.kernel[1] + kx;
    }));
    const std::string name = graph.value(steps.node().results[0]).name;
    const ir::TensorType type = graph.value(steps.node().results[0]).type;
    ir::AttributeMap& a = steps.node().attributes;
    takeChannels(a, w.outChannels, channels);
    a.set("output_padding", ir::Attribute::ints({0, 0}));
    a.set(kLayer, name);
    steps.node().op = "tpu.Conv2D";
    w.kernel = {rows.kernel(), columns.kernel()};
    w.stride = w.dilation = {1, 1};
    w.before = {-rows.first, -columns.first};
    w.after = {rows.after(w.in[0]), columns.after(w.in[1])};
    describe(steps.node(), w);
    const ValueId taken = steps.takeResult({w.images, parts.channels(), rows.blocks, columns.blocks});
    steps.behind();
    ir::AttributeMap join = joining(s[0], s[1]);
    join.set("origin_y", rows.origin);
    join.set("origin_x", columns.origin);
    join.set(kLayer, name);
    steps.giveResult(steps.add("tpu.JoinPhases", {taken}, type.shape, std::move(join)));
    return true;
}

/// The convolution that gives a DepthToSpace's operand, element-wise operators of one operand between them; all of them are
/// read by nothing else.
std::vector<NodeId> chainOf(const ir::Graph& graph, const std::vector<std::vector<NodeId>>& users, const ir::Node& node) {
    std::vector<NodeId> chain;
    for (ValueId id = node.operands[0];;) {
        const NodeId producer = id == ir::kNoValue || graph.weight(id) != nullptr ? ir::kNoNode : graph.value(id).producer;
        if (producer == ir::kNoNode || graph.isOutput(id) || users[static_cast<size_t>(id)].size() != 1) return {};
        const ir::Node& before = graph.node(producer);
        if (before.results.size() != 1) return {};
        chain.push_back(producer);
        if (before.op == "tpu.Conv2D") return chain;
        if (!isUnary(before.op)) return {};
        for (size_t i = 1; i < before.operands.size(); ++i) // a table for all channels
            if (before.operands[i] != ir::kNoValue && (graph.weight(before.operands[i]) == nullptr || graph.weight(before.operands[i])->elementCount() > 256)) return {};
        id = before.operands[0];
    }
}

/// Makes the graph's convolution give phases; the node itself becomes JoinPhases.
bool spreadDepth(ir::Graph& graph, NodeId at, const std::vector<std::vector<NodeId>>& users) {
    const ir::Node& node = graph.node(at);
    const auto& a = node.attributes;
    const Shape in = graph.value(node.operands[0]).type.shape, out = graph.value(node.results[0]).type.shape;
    const int64_t y = a.integer("block_h", 1), x = a.integer("block_w", 1);
    if (in.size() != 4 || out.size() != 4 || y < 1 || x < 1 || a.boolean("is_inversed") || a.boolean("swap_cr") || a.boolean("do_relu") ||
        !a.boolean("in_is_NCHW", true) || !a.boolean("out_is_NCHW", true) || in[1] % (y * x) != 0)
        return false;
    const auto chain = chainOf(graph, users, node);
    if (chain.empty()) return false;
    const auto w = windowOf(graph, graph.node(chain.back()));
    if (!w || w->groups != 1 || !plainBias(graph, graph.node(chain.back()))) return false;
    const bool byChannel = a.boolean("is_CRD");
    const ir::TensorType& operand = graph.value(graph.node(chain.back()).operands[0]).type;
    const auto size = static_cast<int64_t>(ir::sizeInBytes(graph.value(node.operands[0]).type.element));
    const Parts parts(out[1], y * x, workOf(operand, in[2] * in[3], w->kernel[0] * w->kernel[1]), in[2] * in[3] * size);
    const ChannelList channels = parts.list([&](int64_t place, int64_t c) { return byChannel ? c * parts.places + place : place * parts.count + c; });
    for (const NodeId id : chain)
        graph.value(graph.node(id).results[0]).type.shape[1] = parts.channels();
    ir::Node& join = graph.node(at);
    join.op = "tpu.JoinPhases";
    join.operands.resize(1);
    join.attributes = joining(y, x);
    Steps steps(graph, chain.back(), graph.value(graph.node(chain.back()).results[0]).name + "_phases");
    const ValueId filter = steps.node().operands[1];
    const ValueId taken = steps.constant(filterOf(*graph.weight(filter), channels, static_cast<uint8_t>(w->kernelZero)), graph.value(filter).type);
    steps.node().operands[1] = taken;
    takeBias(steps, channels);
    takeChannels(steps.node().attributes, w->outChannels, channels);
    return true;
}

} // namespace

ir::Graph spreadResults(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<NodeId>(i);
        const std::string op = graph.node(at).op;
        if (op == "tpu.Depth2Space" && graph.weight(graph.node(at).operands[0]) == nullptr) {
            const size_t before = graph.nodes().size();
            if (spreadDepth(graph, at, graph.users())) i += graph.nodes().size() - before;
            continue;
        }
        if (op != "tpu.Deconv") continue;
        const auto window = windowOf(graph, graph.node(at));
        if (!window || window->groups != 1 || window->stride[0] * window->stride[1] < 2 || !plainBias(graph, graph.node(at))) continue;
        Steps steps(graph, at, graph.value(graph.node(at).results[0]).name);
        (void)spreadTransposed(steps, *window);
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen
