// SPDX-License-Identifier: GPL-3.0-or-later
// Reduce: mode ReduceMean, ReduceSum, ReduceMax, ReduceMin, ReduceProd, ReduceL1, ReduceL2 over axes (none: all).
// Arg: position (as F32) of the extreme along an axis, mode ArgMax or ArgMin, the first or (select_last_index)
// the last of equals.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Result<ir::Shape> drop(const ir::Graph& graph, const ir::Node& node, std::vector<int64_t> axes,
                       bool keep) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    std::vector<char> gone(x.shape.size(), axes.empty() ? 1 : 0);
    for (int64_t axis : axes) {
        const auto a = normaliseAxis(axis, x.shape.size());
        if (!a)
            return shapeError(graph, node, "axis " + std::to_string(axis) + " for " +
                                               ir::toText(x.shape));
        gone[static_cast<size_t>(*a)] = 1;
    }
    ir::Shape out;
    for (size_t d = 0; d < x.shape.size(); ++d)
        if (gone[d] == 0) out.push_back(x.shape[d]);
        else if (keep) out.push_back(1);
    return out;
}

Types inferReduce(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(ir::Shape shape, drop(graph, node, node.attributes.integers("axes"),
                                    node.attributes.boolean("keepdims", true)));
    return floatResult(graph, node, std::move(shape));
}

Types inferArg(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(ir::Shape shape, drop(graph, node, {node.attributes.integer("axis", 0)},
                                    node.attributes.boolean("keepdims", true)));
    return floatResult(graph, node, std::move(shape));
}

int64_t flopsArg(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.operands[0]).type.elementCount();
}

} // namespace

void define_reduce(OpTable& table);
void define_reduce(OpTable& table) {
    table.add({.name = "top.Reduce",
               .summary = "mean, sum, extreme or norm over axes",
               .infer = inferReduce,
               .flops = flopsPerElement<1>});
    table.add({.name = "top.Arg",
               .summary = "position of the extreme along an axis",
               .infer = inferArg,
               .flops = flopsArg});
}

} // namespace wb::ops
