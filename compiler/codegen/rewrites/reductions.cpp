// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/reductions.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/ops/shape_rules.h"

#include <optional>

namespace wb::codegen {
namespace {

struct Reduction {
    ir::Shape shape, result;
    std::vector<bool> gone; ///< the axes of `shape` that are reduced
};

/// A tpu.Reduce of something computed; nothing for other nodes, and for axes that its operand has not.
std::optional<Reduction> reductionOf(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Reduce" || graph.weight(node.operands[0]) != nullptr) return {};
    Reduction r{graph.value(node.operands[0]).type.shape, graph.value(node.results[0]).type.shape, {}};
    r.gone.resize(r.shape.size());
    for (const int64_t given : node.attributes.integers("axes")) {
        const auto axis = ops::normaliseAxis(given, r.shape.size());
        if (!axis) return {};
        r.gone[static_cast<size_t>(*axis)] = true;
    }
    return r;
}

/// Whether an axis that stays lies between reduced ones; those of one element do not count.
bool areApart(const std::vector<bool>& gone, const ir::Shape& shape) {
    int changes = 0;
    bool before = false;
    for (size_t i = 0; i < gone.size(); ++i) {
        if (shape[i] == 1) continue;
        changes += gone[i] && !before;
        before = gone[i];
    }
    return changes > 1;
}

/// Elements of a row that is reduced at once: three buffers of float32, among them the operand, are far below a lane's
/// 256 KiB. Sums, means, extremes, products and norms of pieces are those of the whole.
constexpr int64_t kLongRow = 8192;

int64_t largestDivisor(int64_t number, int64_t most) {
    for (int64_t divisor = most; divisor > 1; --divisor)
        if (number % divisor == 0) return divisor;
    return 1;
}

} // namespace

ir::Graph gatherReducedAxes(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<ir::NodeId>(i);
        const auto reduction = reductionOf(graph, graph.node(at));
        if (!reduction || !areApart(reduction->gone, reduction->shape)) continue;
        const auto& [shape, result, gone] = *reduction;
        std::vector<int64_t> order, axes;
        ir::Shape left;
        for (const bool reduced : {false, true})
            for (size_t axis = 0; axis < gone.size(); ++axis) {
                if (gone[axis] != reduced) continue;
                if (reduced) axes.push_back(static_cast<int64_t>(order.size()));
                order.push_back(static_cast<int64_t>(axis));
                left.push_back(reduced ? 1 : shape[axis]);
            }
        Steps steps(graph, at, graph.value(graph.node(at).results[0]).name + "_axes");
        const ir::ValueId together = steps.permute(steps.node().operands[0], order);
        steps.node().operands[0] = together;
        steps.node().attributes.set("axes", ir::Attribute::ints(axes));
        steps.node().attributes.set("keepdims", true);
        const ir::ValueId reduced = steps.takeResult(left);
        steps.behind();
        steps.giveResult(steps.reshape(reduced, result));
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

ir::Graph splitLongReductions(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<ir::NodeId>(i);
        const auto reduction = reductionOf(graph, graph.node(at));
        if (!reduction || areApart(reduction->gone, reduction->shape)) continue;
        const auto& [shape, result, gone] = *reduction;
        int64_t outer = 1, length = 1, inner = 1;
        for (size_t axis = 0; axis < gone.size(); ++axis) {
            if (gone[axis]) length *= shape[axis];
            else (length == 1 ? outer : inner) *= shape[axis];
        }
        const int64_t piece = length > kLongRow ? largestDivisor(length, kLongRow) : 1;
        if (piece == 1) continue;
        Steps steps(graph, at, graph.value(graph.node(at).results[0]).name + "_rows");
        ir::AttributeMap first = steps.node().attributes;
        first.set("axes", ir::Attribute::ints({2}));
        first.set("keepdims", true);
        const ir::ValueId rows = steps.reshape(steps.node().operands[0], {outer, length / piece, piece, inner});
        const ir::ValueId pieces = steps.add("tpu.Reduce", {rows}, {outer, length / piece, 1, inner}, std::move(first));
        steps.graph().value(pieces).type.element = graph.value(steps.node().results[0]).type.element;
        steps.node().operands[0] = pieces;
        steps.node().attributes.set("axes", ir::Attribute::ints({1}));
        steps.node().attributes.set("keepdims", true);
        const ir::ValueId reduced = steps.takeResult({outer, 1, 1, inner});
        steps.behind();
        steps.giveResult(steps.reshape(reduced, result));
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen
