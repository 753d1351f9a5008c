// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/idle_movers.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using ir::NodeId;

bool all(const std::vector<int64_t>& numbers, int64_t is) {
    return std::all_of(numbers.begin(), numbers.end(), [&](int64_t n) { return n == is; });
}

} // namespace

bool keepsOrder(const std::vector<int64_t>& order, const ir::Shape& shape) {
    int64_t last = -1;
    for (const int64_t axis : order) {
        if (axis < 0 || axis >= static_cast<int64_t>(shape.size())) return false;
        if (shape[static_cast<size_t>(axis)] == 1) continue;
        if (axis < last) return false;
        last = axis;
    }
    return order.size() == shape.size();
}

ir::Graph dropIdleMovers(const ir::Graph& source) {
    ir::Graph graph = source;
    bool dropped = false;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        ir::Node& node = graph.node(static_cast<NodeId>(i));
        if (node.operands.empty() || node.operands[0] == ir::kNoValue || node.results.size() != 1) continue;
        if (graph.weight(node.operands[0]) != nullptr) continue;
        const ir::TensorType &from = graph.value(node.operands[0]).type, &to = graph.value(node.results[0]).type;
        const auto& a = node.attributes;
        if (node.op == "tpu.Permute" && from.shape != to.shape && keepsOrder(a.integers("order"), from.shape)) {
            node.op = "tpu.Reshape";
            node.operands.resize(1);
            node.attributes = {};
            continue;
        }
        if (from.element != to.element || from.shape != to.shape || graph.isOutput(node.results[0])) continue;
        const bool idle = (node.op == "tpu.Slice" && all(a.integers("steps"), 1)) || (node.op == "tpu.Pad" && all(a.integers("paddings"), 0)) ||
                          (node.op == "tpu.Permute" && keepsOrder(a.integers("order"), from.shape)) || node.op == "tpu.Reshape" || node.op == "tpu.Tile";
        if (!idle || a.boolean("do_relu")) continue;
        graph.replaceUses(node.results[0], node.operands[0]);
        dropped = true;
    }
    if (dropped) graph.eraseDead();
    return graph;
}

} // namespace wb::codegen
