// SPDX-License-Identifier: GPL-3.0-or-later
// Repeats a value tile[i] times along axis i. Expand (numpy broadcasting to shape) exists only before
// optimisation; passes write it as Tile.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferTile(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const auto tile,
              boundedInts(graph, node, "tile", x.shape.size(), 0, int64_t{1} << 22));
    ir::Shape out = x.shape;
    for (size_t d = 0; d < out.size(); ++d) {
        if (out[d] > (int64_t{1} << 40)) return shapeError(graph, node, "input " + ir::toText(x.shape));
        out[d] *= tile[d];
    }
    return floatResult(graph, node, std::move(out));
}

Types inferExpand(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const ir::Shape wanted = node.attributes.integers("shape");
    auto out = broadcastShapes(x.shape, wanted);
    if (!out)
        return shapeError(graph, node, "shape " + ir::toText(x.shape) + " does not expand to " +
                                           ir::toText(wanted));
    return floatResult(graph, node, std::move(*out));
}

} // namespace

void define_tile(OpTable& table);
void define_tile(OpTable& table) {
    table.add({.name = "top.Tile",
               .summary = "repeats a value along its axes",
               .traits = {.movesData = true},
               .infer = inferTile});
    table.add({.name = "top.Expand",
               .summary = "broadcasts to a shape",
               .traits = {.movesData = true},
               .infer = inferExpand});
}

} // namespace wb::ops
