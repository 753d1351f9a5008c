// SPDX-License-Identifier: GPL-3.0-or-later
// Joins values along one axis.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferConcat(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType first, operandType(graph, node, 0));
    const auto axis = normaliseAxis(node.attributes.integer("axis", 1), first.shape.size());
    if (!axis)
        return shapeError(graph, node, "axis " + std::to_string(node.attributes.integer("axis", 1)) +
                                           " for " + ir::toText(first.shape));
    ir::Shape out = first.shape;
    const auto a = static_cast<size_t>(*axis);
    for (size_t i = 1; i < node.operands.size(); ++i) {
        WB_ASSIGN(const ir::TensorType other, operandType(graph, node, i, out.size()));
        for (size_t d = 0; d < out.size(); ++d)
            if (d != a && other.shape[d] != out[d])
                return shapeError(graph, node, "shapes " + ir::toText(first.shape) + " and " +
                                                   ir::toText(other.shape) + " along axis " +
                                                   std::to_string(*axis));
        out[a] += other.shape[a];
    }
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_concat(OpTable& table);
void define_concat(OpTable& table) {
    table.add({.name = "top.Concat",
               .summary = "joins values along an axis",
               .traits = {.movesData = true, .fusesRelu = true},
               .infer = inferConcat,
               .minOperands = 1,
               .maxOperands = -1});
}

} // namespace wb::ops
