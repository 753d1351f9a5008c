// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/lane_rows.h"

#include "compiler/codegen/rewrites/pack_phases.h"

#include <algorithm>

namespace wb::codegen {

using ir::NodeId;
using ir::ValueId;

ir::Graph rowsFromLanes(const ir::Graph& source, const Selection& selection) {
    ir::Graph graph = source;
    const auto users = source.users();
    NodeId shift = 0;
    for (size_t i = 0; i < source.nodes().size(); ++i) {
        const auto id = static_cast<NodeId>(i);
        const ir::Node& node = source.node(id);
        const Selected& runs = selection.nodes[i];
        if (runs.how != Runs::Local || node.results.size() != 1) continue;
        if (runs.global != nullptr) continue; // a join that is made in DDR lies flat there
        const ValueId result = node.results[0];
        const auto& info = selection.values[static_cast<size_t>(result)];
        const auto& shape = info.shape;
        if (shape[0] != 1 || shape[1] < bm1684x::kLanes || shape[1] > bm1684x::kMaxDimension || shape[2] != 1 || shape[3] != 1) continue;
        // What reads it in local memory wants it as it is.
        const auto& readers = users[static_cast<size_t>(result)];
        const bool leaves = std::none_of(readers.begin(), readers.end(), [&](NodeId user) {
            return selection.nodes[static_cast<size_t>(user)].how == Runs::Local;
        });
        if (!leaves || (readers.empty() && !source.isOutput(result))) continue;
        const std::string name = source.value(result).name;
        ir::TensorType row = source.value(result).type;
        const ir::TensorType type = row;
        row.shape = {1, 1, 1, shape[1]};
        ir::AttributeMap a;
        a.set(kLayer, name);
        const NodeId at = id + shift + 1;
        graph.insertNode(at, "tpu.LanesToRow", {result}, {name + "_row"}, {row}, std::move(a));
        graph.insertNode(at + 1, "tpu.Reshape", {graph.node(at).results[0]}, {name + "_true"}, {type});
        const ValueId back = graph.node(at + 1).results[0];
        graph.replaceUses(result, back);
        graph.node(at).operands[0] = result;
        graph.value(result).name = name + "_lanes";
        graph.value(back).name = name;
        shift += 2;
    }
    return graph;
}

} // namespace wb::codegen
