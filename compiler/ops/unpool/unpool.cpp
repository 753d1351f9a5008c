// SPDX-License-Identifier: GPL-3.0-or-later
// MaxPoolWithMask(x [N,C,…]): the greatest of each window and where it lies in x as a whole (F32; storage_order 1:
// counted column by column); attributes as MaxPool's. MaxUnpool(x, positions) {sizes}: zeros of shape sizes with
// each number of x put at its position, which counts through an array of shape counted (MaxPool's input).
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferMasked(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(auto types, opTable().find("top.MaxPool")->infer(graph, node));
    types.push_back(types.front());
    return types;
}

Types inferUnpool(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType positions, operandType(graph, node, 1));
    WB_ASSIGN(const auto sizes, boundedInts(graph, node, "sizes", x.shape.size(), 0, int64_t{1} << 30));
    WB_TRY(boundedInts(graph, node, "counted", x.shape.size(), 1, int64_t{1} << 30));
    if (positions.shape != x.shape)
        return shapeError(graph, node, "positions " + ir::toText(positions.shape) + " for " + ir::toText(x.shape));
    return floatResult(graph, node, sizes);
}

} // namespace

void define_unpool(OpTable& table);
void define_unpool(OpTable& table) {
    table.add({.name = "top.MaxPoolWithMask",
               .summary = "greatest value of each window and its position",
               .infer = inferMasked,
               .results = 2});
    table.add({.name = "top.MaxUnpool",
               .summary = "puts numbers back where they were greatest",
               .infer = inferUnpool,
               .minOperands = 2,
               .maxOperands = 2});
}

} // namespace wb::ops
