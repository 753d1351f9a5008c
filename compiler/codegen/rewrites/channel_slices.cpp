// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/channel_slices.h"

#include "compiler/codegen/rewrites/window.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using ir::NodeId;
using ir::ValueId;

/// The first channel of a slice of channels of a picture, which has everything else of its operand.
std::optional<int64_t> firstChannel(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Slice" || node.operands.empty() || node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr) return {};
    const ir::TensorType &in = graph.value(node.operands[0]).type, &out = graph.value(node.results[0]).type;
    const ir::Shape &from = in.shape, &to = out.shape;
    const auto offsets = node.attributes.integers("offset"), steps = node.attributes.integers("steps");
    if (from.size() != 4 || to.size() != 4 || offsets.size() != 4 || steps.size() != 4 || in.element != out.element || node.attributes.boolean("do_relu"))
        return {};
    for (size_t i = 0; i < 4; ++i)
        if (i != 1 && (from[i] != to[i] || offsets[i] != 0 || steps[i] != 1)) return {};
    const int64_t first = offsets[1] < 0 ? offsets[1] + from[1] : offsets[1];
    if (steps[1] != 1 || first < 0 || first + to[1] > from[1]) return {};
    return first;
}

/// Input channels that the array takes at once.
int64_t together(ir::ElementType element) {
    const auto size = static_cast<int64_t>(ir::sizeInBytes(element));
    return size > 2 ? 1 : bm1684x::kVectorBytes / size;
}

} // namespace

ir::Graph slicesIntoFilters(const ir::Graph& source) {
    ir::Graph graph = source;
    bool changed = false;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<NodeId>(i);
        const auto window = windowOf(graph, graph.node(at));
        if (!window || window->pool || window->transposed || window->groups != 1) continue;
        const ValueId part = graph.node(at).operands[0];
        const ir::Node* slice = graph.producer(part);
        const auto first = slice == nullptr ? std::nullopt : firstChannel(graph, *slice);
        if (!first) continue;
        const ValueId whole = slice->operands[0];
        const ir::TensorType& type = graph.value(whole).type;
        const int64_t all = type.shape[1], own = window->inChannels, group = together(type.element);
        const auto *a = type.uniform(), *b = graph.value(part).type.uniform();
        const bool alike = a == b || (a != nullptr && b != nullptr && a->scale() == b->scale() && a->zeroPoint() == b->zeroPoint());
        // Of channels that come from DDR after all, not many more than are wanted.
        if (!alike || ceilDiv(all, group) > ceilDiv(own, group) || all > 2 * own + group / 2) continue;
        Steps steps(graph, at, graph.value(graph.node(at).results[0]).name + "_channels");
        const ir::Tensor filter = *graph.weight(steps.node().operands[1]);
        setFilter(steps, rearranged(filter, {window->outChannels, all, window->kernel[0], window->kernel[1]}, window->kernelZero,
                                    [&](int64_t o, int64_t c, int64_t y, int64_t x) -> int64_t {
            if (c < *first || c >= *first + own) return -1;
            return ((o * own + c - *first) * window->kernel[0] + y) * window->kernel[1] + x;
        }));
        steps.node().operands[0] = whole;
        i = static_cast<size_t>(steps.last());
        changed = true;
    }
    if (changed) graph.eraseDead();
    return graph;
}

ir::Graph slicesInLanes(const ir::Graph& source, const Selection& selection) {
    ir::Graph graph = source;
    const auto users = source.users();
    const auto local = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].onlyLocal(); };
    const auto reads = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].local != nullptr; }; // a join, too
    for (size_t i = 0; i < source.nodes().size(); ++i) {
        const ir::Node& node = source.node(static_cast<NodeId>(i));
        const auto first = firstChannel(source, node);
        if (!first || source.isOutput(node.results[0])) continue;
        const NodeId producer = source.value(node.operands[0]).producer;
        const auto& readers = users[static_cast<size_t>(node.results[0])];
        if (producer == ir::kNoNode || !local(producer) || readers.empty() || !std::all_of(readers.begin(), readers.end(), reads)) continue;
        ir::Node& slice = graph.node(static_cast<NodeId>(i));
        slice.op = kLaneSlice;
        slice.operands.resize(1);
        slice.attributes = {};
        slice.attributes.set("first", *first);
    }
    return graph;
}

} // namespace wb::codegen
