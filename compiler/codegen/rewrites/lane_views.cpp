// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/lane_views.h"

#include "compiler/codegen/rewrites/heads.h"
#include "compiler/ops/emitter.h"

#include <algorithm>

namespace wb::codegen {

using ir::NodeId;

ir::Graph viewsInLanes(const ir::Graph& source, const Selection& selection) {
    ir::Graph graph = source;
    const auto users = source.users();
    const auto local = [&](NodeId id) {
        const Selected& runs = selection.nodes[static_cast<size_t>(id)];
        return runs.how == Runs::Local && runs.global == nullptr; // not a join, which may be made in DDR
    };
    for (size_t i = 0; i < source.nodes().size(); ++i) {
        const ir::Node& node = source.node(static_cast<NodeId>(i));
        if (node.op != "tpu.Reshape" || node.operands.empty() || source.isOutput(node.results[0])) continue;
        const auto &from = source.value(node.operands[0]), &to = source.value(node.results[0]);
        const auto in = ops::chipShape(from.type.shape), out = ops::chipShape(to.type.shape);
        const auto& readers = users[static_cast<size_t>(node.results[0])];
        if (in[0] != out[0] || in[1] != out[1] || from.producer == ir::kNoNode || !local(from.producer) || readers.empty()) continue;
        if (!std::all_of(readers.begin(), readers.end(), local)) continue;
        ir::Node& view = graph.node(static_cast<NodeId>(i));
        view.op = kLaneView;
        view.operands.resize(1);
        view.attributes = {};
        view.attributes.set("offset", int64_t{0});
        view.attributes.set("strides", ir::Attribute::ints({out[3], 1}));
    }
    return graph;
}

} // namespace wb::codegen
