// SPDX-License-Identifier: GPL-3.0-or-later
// CumSum(x, unused) {axis, exclusive, reverse}: running sums along an axis, without the element itself (exclusive), from
// the end (reverse). The vendor writes the axis as an operand, too.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status verifyCumSum(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    if (normaliseAxis(node.attributes.integer("axis", 0), x.shape.size())) return {};
    return shapeError(graph, node, "axis for " + ir::toText(x.shape));
}

} // namespace

void define_cumsum(OpTable& table);
void define_cumsum(OpTable& table) {
    table.add({.name = "top.CumSum",
               .summary = "running sums along an axis",
               .infer = sameAsOperand,
               .verify = verifyCumSum,
               .flops = flopsPerElement<1>,
               .maxOperands = 2});
}

} // namespace wb::ops
