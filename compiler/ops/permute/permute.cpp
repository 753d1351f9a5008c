// SPDX-License-Identifier: GPL-3.0-or-later
// Reorders axes: result axis i is operand axis order[i].
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferPermute(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const auto order = node.attributes.integers("order");
    std::vector<char> seen(x.shape.size(), 0);
    ir::Shape out;
    for (int64_t axis : order) {
        if (axis < 0 || axis >= static_cast<int64_t>(x.shape.size()) ||
            seen[static_cast<size_t>(axis)] != 0)
            break;
        seen[static_cast<size_t>(axis)] = 1;
        out.push_back(x.shape[static_cast<size_t>(axis)]);
    }
    if (out.size() != x.shape.size() || order.size() != x.shape.size())
        return shapeError(graph, node, "order is no permutation of the axes of " + ir::toText(x.shape));
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_permute(OpTable& table);
void define_permute(OpTable& table) {
    table.add({.name = "top.Permute",
               .summary = "reorders the axes",
               .traits = {.movesData = true},
               .infer = inferPermute});
}

} // namespace wb::ops
