// SPDX-License-Identifier: GPL-3.0-or-later
// The same numbers under another shape. Reshape: shape with -1 (inferred) and 0 (copied);
// Squeeze / Unsqueeze: axes. Flatten exists only before optimisation: [d0·…·d(k-1), dk·…] for
// start_dim = k.
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// One picture where there are several: everything else would fit.
bool fixesBatch(const ir::Shape& from, const std::vector<int64_t>& to) {
    if (from.empty() || from[0] < 2 || to.empty() || to[0] != 1) return false;
    std::vector<int64_t> free = to;
    free[0] = from[0];
    return resolveReshape(from, free).has_value();
}

Types inferReshape(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const auto shape = resolveReshape(x.shape, node.attributes.integers("shape"));
    if (!shape) {
        const std::vector<int64_t> wanted = node.attributes.integers("shape");
        Error error = shapeError(graph, node, "shape " + ir::toText(x.shape) + " cannot become " + ir::toText(wanted));
        if (fixesBatch(x.shape, wanted))
            error = std::move(error)
                        .because("the file takes one picture at a time: the batch is a number in its reshape")
                        .remedy("import it with a batch of 1")
                        .remedy("save the network with -1 as the first size of its reshapes");
        return error;
    }
    return floatResult(graph, node, *shape);
}

Types inferFlatten(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const auto rank = static_cast<int64_t>(x.shape.size());
    int64_t start = node.attributes.integer("start_dim", 1);
    if (start < 0) start += rank;
    if (start < 0 || start > rank || !ir::checkedElementCount(x.shape))
        return shapeError(graph, node, "start_dim " + std::to_string(start) + " for " +
                                           ir::toText(x.shape));
    ir::Shape out{1, 1};
    for (int64_t d = 0; d < rank; ++d)
        out[d < start ? 0 : 1] *= x.shape[static_cast<size_t>(d)];
    return floatResult(graph, node, std::move(out));
}

Types inferSqueeze(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    std::vector<char> drop(x.shape.size(), 0);
    const auto axes = node.attributes.integers("axes");
    for (int64_t axis : axes) {
        const auto a = normaliseAxis(axis, x.shape.size());
        if (!a || x.shape[static_cast<size_t>(*a)] != 1)
            return shapeError(graph, node, "axis " + std::to_string(axis) + " of " +
                                               ir::toText(x.shape) + " is not 1");
        drop[static_cast<size_t>(*a)] = 1;
    }
    ir::Shape out;
    for (size_t d = 0; d < x.shape.size(); ++d)
        if (drop[d] == 0 && !(axes.empty() && x.shape[d] == 1)) out.push_back(x.shape[d]);
    return floatResult(graph, node, std::move(out));
}

Types inferUnsqueeze(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const auto axes = node.attributes.integers("axes");
    const size_t rank = x.shape.size() + axes.size();
    if (rank > 16) return shapeError(graph, node, std::to_string(rank) + " axes");
    std::vector<char> added(rank, 0);
    for (int64_t axis : axes) {
        const auto a = normaliseAxis(axis, rank);
        if (!a || added[static_cast<size_t>(*a)] != 0)
            return shapeError(graph, node, "axis " + std::to_string(axis) + " for " +
                                               ir::toText(x.shape));
        added[static_cast<size_t>(*a)] = 1;
    }
    ir::Shape out;
    size_t next = 0;
    for (size_t d = 0; d < rank; ++d)
        out.push_back(added[d] != 0 ? 1 : x.shape[next++]);
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_reshape(OpTable& table);
void define_reshape(OpTable& table) {
    const auto add = [&](const char* name, const char* summary, auto infer) {
        table.add({.name = name, .summary = summary, .traits = {.movesData = true}, .infer = infer});
    };
    add("top.Reshape", "the same numbers under another shape", inferReshape);
    add("top.Flatten", "two axes: before and from start_dim", inferFlatten);
    add("top.Squeeze", "drops axes of size 1", inferSqueeze);
    add("top.Unsqueeze", "adds axes of size 1", inferUnsqueeze);
}

} // namespace wb::ops
