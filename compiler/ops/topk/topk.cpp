// SPDX-License-Identifier: GPL-3.0-or-later
// TopK(x) {axis, K, largest, sorted}: the K greatest (or smallest) along an axis, and their positions (F32 whole
// numbers); of equal numbers the one that comes first. The result is sorted in any case.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferTopK(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(ir::TensorType x, operandType(graph, node, 0));
    const auto axis = normaliseAxis(node.attributes.integer("axis", -1), x.shape.size());
    const int64_t k = node.attributes.integer("K", 0);
    if (!axis || k < 0 || k > x.shape[static_cast<size_t>(*axis)])
        return shapeError(graph, node, std::to_string(k) + " of " + ir::toText(x.shape));
    x.shape[static_cast<size_t>(*axis)] = k;
    WB_ASSIGN(auto types, floatResult(graph, node, x.shape));
    types.push_back(types.front());
    return types;
}

int64_t flopsTopK(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.operands[0]).type.elementCount();
}

} // namespace

void define_topk(OpTable& table);
void define_topk(OpTable& table) {
    table.add({.name = "top.TopK",
               .summary = "the greatest along an axis and their positions",
               .infer = inferTopK,
               .flops = flopsTopK,
               .results = 2});
}

} // namespace wb::ops
