// SPDX-License-Identifier: GPL-3.0-or-later
// exp(beta·x) / Σ exp(beta·x) along one axis; its logarithm with log = true.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferSoftmax(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const int64_t axis = node.attributes.integer("axis", -1);
    if (!normaliseAxis(axis, x.shape.size()))
        return shapeError(graph, node, "axis " + std::to_string(axis) + " for " + ir::toText(x.shape));
    return floatResult(graph, node, x.shape);
}

} // namespace

void define_softmax(OpTable& table);
void define_softmax(OpTable& table) {
    table.add({.name = "top.Softmax",
               .summary = "normalised exponential along an axis",
               .infer = inferSoftmax,
               .flops = flopsPerElement<5>});
}

} // namespace wb::ops
