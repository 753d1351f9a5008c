// SPDX-License-Identifier: GPL-3.0-or-later
// Elements picked and put by positions that are values (F32 whole numbers, negative: from the end):
// GatherElements(x, indices) {axis}: y[i,j,…] = x with coordinate axis replaced by indices[i,j,…];
// GatherND(x, indices [B…,K]) {batch_dims}: the last axis of indices is a coordinate into x;
// ScatterElements(x, indices, updates) {axis, reduction}: a copy of x with updates put where GatherElements
// would pick; ScatterND(x, indices, updates) {reduction} likewise. reduction: none, add, mul, max, min.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferGatherElements(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType indices, operandType(graph, node, 1, x.shape.size()));
    const auto axis = normaliseAxis(node.attributes.integer("axis", 0), x.shape.size());
    if (!axis) return shapeError(graph, node, "axis for " + ir::toText(x.shape));
    for (size_t d = 0; d < x.shape.size(); ++d)
        if ((static_cast<int64_t>(d) != *axis && indices.shape[d] > x.shape[d]) ||
            (x.shape[d] == 0 && indices.elementCount() > 0))
            return shapeError(graph, node, "indices " + ir::toText(indices.shape) + " for " + ir::toText(x.shape));
    return floatResult(graph, node, indices.shape);
}

/// Shape of what one coordinate of `depth` numbers names, after `batch` axes.
Result<ir::Shape> sliceShape(const ir::Graph& graph, const ir::Node& node, const ir::Shape& x,
                             const ir::Shape& indices, int64_t batch) {
    const auto rank = static_cast<int64_t>(x.size());
    const int64_t depth = indices.empty() ? 0 : indices.back();
    if (indices.empty() || depth < 1 || batch < 0 || batch >= static_cast<int64_t>(indices.size()) ||
        depth > rank - batch)
        return shapeError(graph, node, "indices " + ir::toText(indices) + " for " + ir::toText(x));
    for (int64_t d = 0; d < batch; ++d)
        if (indices[static_cast<size_t>(d)] != x[static_cast<size_t>(d)])
            return shapeError(graph, node, "indices " + ir::toText(indices) + " for " + ir::toText(x));
    return ir::Shape(x.begin() + batch + depth, x.end());
}

Types inferGatherNd(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType indices, operandType(graph, node, 1));
    WB_ASSIGN(const ir::Shape tail,
              sliceShape(graph, node, x.shape, indices.shape, node.attributes.integer("batch_dims", 0)));
    ir::Shape out(indices.shape.begin(), indices.shape.end() - 1);
    out.insert(out.end(), tail.begin(), tail.end());
    if (x.elementCount() == 0) return shapeError(graph, node, "nothing to pick from");
    return floatResult(graph, node, std::move(out));
}

Types inferScatterElements(const ir::Graph& graph, const ir::Node& node) {
    WB_TRY(inferGatherElements(graph, node));
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType indices, operandType(graph, node, 1));
    WB_ASSIGN(const ir::TensorType updates, operandType(graph, node, 2));
    if (updates.shape != indices.shape)
        return shapeError(graph, node, "updates " + ir::toText(updates.shape) + " for indices " +
                                           ir::toText(indices.shape));
    return floatResult(graph, node, x.shape);
}

Types inferScatterNd(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType indices, operandType(graph, node, 1));
    WB_ASSIGN(const ir::TensorType updates, operandType(graph, node, 2));
    WB_ASSIGN(const ir::Shape tail, sliceShape(graph, node, x.shape, indices.shape, 0));
    ir::Shape wanted(indices.shape.begin(), indices.shape.end() - 1);
    wanted.insert(wanted.end(), tail.begin(), tail.end());
    if (updates.shape != wanted || (x.elementCount() == 0 && updates.elementCount() > 0))
        return shapeError(graph, node, "updates " + ir::toText(updates.shape) + " where " + ir::toText(wanted) +
                                           " are needed");
    return floatResult(graph, node, x.shape);
}

Status verifyReduction(const ir::Graph& graph, const ir::Node& node) {
    const std::string mode = node.attributes.string("reduction", "none");
    if (mode == "none" || mode == "add" || mode == "mul" || mode == "max" || mode == "min") return {};
    return shapeError(graph, node, "reduction '" + mode + "'");
}

} // namespace

void define_indexed(OpTable& table);
void define_indexed(OpTable& table) {
    table.add({.name = "top.GatherElements",
               .summary = "picks an element for each position",
               .traits = {.movesData = true},
               .infer = inferGatherElements,
               .minOperands = 2,
               .maxOperands = 2});
    table.add({.name = "top.GatherND",
               .summary = "picks slices by coordinates",
               .traits = {.movesData = true},
               .infer = inferGatherNd,
               .minOperands = 2,
               .maxOperands = 2});
    table.add({.name = "top.ScatterElements",
               .summary = "puts elements at positions of a copy",
               .infer = inferScatterElements,
               .verify = verifyReduction,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.ScatterND",
               .summary = "puts slices at coordinates of a copy",
               .infer = inferScatterNd,
               .verify = verifyReduction,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
