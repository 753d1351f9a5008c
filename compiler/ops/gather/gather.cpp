// SPDX-License-Identifier: GPL-3.0-or-later
// Picks slices along an axis: x, indices (F32 whole numbers, negative: from the end) → x with the axis
// replaced by the axes of indices; a scalar index (keepdims = false) drops the axis.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferGather(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType indices, operandType(graph, node, 1));
    const auto axis = normaliseAxis(node.attributes.integer("axis", 0), x.shape.size());
    if (!axis)
        return shapeError(graph, node, "axis " + std::to_string(node.attributes.integer("axis", 0)) +
                                           " for " + ir::toText(x.shape));
    ir::Shape out(x.shape.begin(), x.shape.begin() + *axis);
    if (node.attributes.boolean("keepdims", true))
        out.insert(out.end(), indices.shape.begin(), indices.shape.end());
    else if (indices.elementCount() != 1)
        return shapeError(graph, node, "keepdims = false for indices " + ir::toText(indices.shape));
    out.insert(out.end(), x.shape.begin() + *axis + 1, x.shape.end());
    return floatResult(graph, node, std::move(out));
}

/// Indices that are constant must lie on the axis.
Status verify(const ir::Graph& graph, const ir::Node& node) {
    const ir::Tensor* indices = graph.weight(node.operands[1]);
    const ir::Shape& shape = graph.value(node.operands[0]).type.shape;
    const auto axis = normaliseAxis(node.attributes.integer("axis", 0), shape.size());
    if (indices == nullptr || !axis || indices->type() != ir::ElementType::F32) return {};
    const auto size = static_cast<double>(shape[static_cast<size_t>(*axis)]);
    for (float v : indices->span<float>())
        if (!(v >= -size && v < size))
            return shapeError(graph, node, "index " + std::to_string(v) + " for " + ir::toText(shape));
    return {};
}

} // namespace

void define_gather(OpTable& table);
void define_gather(OpTable& table) {
    table.add({.name = "top.Gather",
               .summary = "picks slices along an axis",
               .traits = {.movesData = true},
               .infer = inferGather,
               .verify = verify,
               .minOperands = 2,
               .maxOperands = 2});
}

} // namespace wb::ops
