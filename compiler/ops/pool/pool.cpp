// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling over the spatial axes: x [N,C,…] → [N,C,…]. An empty kernel_shape is the whole picture
// (global pooling); passes write it out. ceil_mode exists only before optimisation: passes turn it
// into trailing pads. AvgPool divides by the kernel area with count_include_pad, else by the number
// of elements inside. keepdims = false drops the spatial axes.
// auto_pad never reaches the graph: importers write pads.
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

Types inferPool(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    if (rank < 3 || rank > 5)
        return shapeError(graph, node, "input " + ir::toText(x.shape) + " has no 1 to 3 spatial axes");
    const size_t spatial = rank - 2;
    ir::Shape out{x.shape[0], x.shape[1]};
    if (node.attributes.integers("kernel_shape").empty()) {
        out.resize(rank, 1);
    } else {
        WB_ASSIGN(const auto kernel, boundedInts(graph, node, "kernel_shape", spatial, 1, kMaxWindow));
        WB_ASSIGN(const auto strides, boundedInts(graph, node, "strides", spatial, 1, kMaxWindow));
        WB_ASSIGN(const auto pads, boundedInts(graph, node, "pads", 2 * spatial, 0, kMaxWindow));
        std::vector<int64_t> dilations(spatial, 1);
        if (node.attributes.has("dilations")) {
            WB_ASSIGN(dilations, boundedInts(graph, node, "dilations", spatial, 1, kMaxWindow));
        }
        const bool ceil = node.attributes.boolean("ceil_mode");
        for (size_t i = 0; i < spatial; ++i) {
            const auto count = windowCount(x.shape[2 + i], pads[i], pads[i + spatial], kernel[i],
                                           strides[i], dilations[i], ceil);
            if (!count || *count < 1)
                return shapeError(graph, node, "kernel " + ir::toText(kernel) + " does not fit into " +
                                                   ir::toText(x.shape));
            out.push_back(*count);
        }
    }
    if (!node.attributes.boolean("keepdims", true)) {
        if (std::any_of(out.begin() + 2, out.end(), [](int64_t d) { return d != 1; }))
            return shapeError(graph, node, "keepdims = false for a result of " + ir::toText(out));
        out.resize(2);
    }
    return floatResult(graph, node, std::move(out));
}

int64_t flopsPool(const ir::Graph& graph, const ir::Node& node) {
    int64_t area = 1;
    std::vector<int64_t> kernel = node.attributes.integers("kernel_shape");
    if (kernel.empty()) {
        const ir::Shape& in = graph.value(node.operands[0]).type.shape;
        kernel.assign(in.begin() + 2, in.end());
    }
    for (int64_t k : kernel)
        area *= k;
    return resultElements(graph, node) * (area + reluFlops(node));
}

} // namespace

void define_pool(OpTable& table);
void define_pool(OpTable& table) {
    table.add({.name = "top.MaxPool",
               .summary = "greatest value of each window",
               .traits = {.movesData = true, .fusesRelu = true},
               .infer = inferPool,
               .flops = flopsPool});
    table.add({.name = "top.AvgPool",
               .summary = "mean of each window",
               .traits = {.fusesRelu = true},
               .infer = inferPool,
               .flops = flopsPool});
}

} // namespace wb::ops
