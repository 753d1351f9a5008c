// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/lane_views.h"

#include "compiler/codegen/rewrites/heads.h"
#include "compiler/ops/emitter.h"

#include <algorithm>
#include <array>
#include <optional>

namespace wb::codegen {

using ir::NodeId;

namespace {

struct LaneElements {
    int64_t offset = 0;
    std::array<int64_t, 2> strides{};
};

/// What a reshape, or a slice of sequences or of pictures one column wide, takes of each lane's row; nothing where lanes change.
std::optional<LaneElements> laneElements(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape &from = graph.value(node.operands[0]).type.shape, &to = graph.value(node.results[0]).type.shape;
    const auto in = ops::chipShape(from), out = ops::chipShape(to);
    if (in[0] != out[0] || in[1] != out[1]) return {};
    if (node.op == "tpu.Reshape") return LaneElements{0, {out[3], 1}};
    const auto offsets = node.attributes.integers("offset"), steps = node.attributes.integers("steps");
    const size_t axes = from.size();
    if (node.op != "tpu.Slice" || axes < 3 || axes > 4 || to.size() != axes || offsets.size() != axes || steps.size() != axes) return {};
    if (axes == 4 && from[3] != 1) return {};
    if (offsets[0] != 0 || offsets[1] != 0 || steps[0] != 1 || steps[1] != 1 || steps[2] < 1) return {};
    const int64_t first = offsets[2] < 0 ? offsets[2] + from[2] : offsets[2];
    if (first < 0 || first + (to[2] - 1) * steps[2] >= from[2]) return {};
    return LaneElements{first, {steps[2], 1}};
}

/// Rows joined along their last axis, enough of them to fill lanes with.
bool joinsRows(const ir::Graph& graph, const ir::Node& node) {
    constexpr int64_t kFewLanes = 16;
    const ir::Shape& shape = graph.value(node.results[0]).type.shape;
    const int64_t axis = node.attributes.integer("axis", 1), rank = static_cast<int64_t>(shape.size());
    if (node.op != "tpu.Concat" || rank != 3 || (axis != 2 && axis != -1) || node.attributes.boolean("do_relu") || shape[1] < kFewLanes) return false;
    return std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
        return id != ir::kNoValue && graph.weight(id) == nullptr && graph.value(id).type.shape.size() == shape.size() &&
               graph.value(id).type.element == graph.value(node.results[0]).type.element;
    });
}

} // namespace

ir::Graph viewsInLanes(const ir::Graph& source, const Selection& selection) {
    ir::Graph graph = source;
    const auto users = source.users();
    const auto local = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].onlyLocal(); };
    for (size_t i = 0; i < source.nodes().size(); ++i) {
        const ir::Node& node = source.node(static_cast<NodeId>(i));
        if (!node.operands.empty() && joinsRows(source, node) && !source.isOutput(node.results[0])) {
            const auto& readers = users[static_cast<size_t>(node.results[0])];
            const bool beside = std::any_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
                const NodeId producer = source.value(id).producer;
                return producer != ir::kNoNode && (local(producer) || graph.node(producer).op == kLaneView);
            });
            if (!beside || readers.empty() || !std::all_of(readers.begin(), readers.end(), local)) continue;
            graph.node(static_cast<NodeId>(i)).op = kLaneJoin;
            graph.node(static_cast<NodeId>(i)).attributes = {};
            continue;
        }
        if ((node.op != "tpu.Reshape" && node.op != "tpu.Slice") || node.operands.empty() || source.isOutput(node.results[0])) continue;
        const auto& from = source.value(node.operands[0]);
        const auto& readers = users[static_cast<size_t>(node.results[0])];
        if (from.producer == ir::kNoNode || !local(from.producer) || readers.empty()) continue;
        const auto elements = laneElements(source, node);
        if (!elements) continue;
        const auto stays = [&](NodeId reader) { return local(reader) || joinsRows(source, source.node(reader)); };
        if (!std::all_of(readers.begin(), readers.end(), stays)) continue;
        ir::Node& view = graph.node(static_cast<NodeId>(i));
        view.op = kLaneView;
        view.operands.resize(1);
        view.attributes = {};
        view.attributes.set("offset", elements->offset);
        view.attributes.set("strides", ir::Attribute::ints({elements->strides[0], elements->strides[1]}));
    }
    return graph;
}

} // namespace wb::codegen
