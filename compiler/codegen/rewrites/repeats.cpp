// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/repeats.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/steps.h"

#include <algorithm>
#include <optional>

namespace wb::codegen {
namespace {

using ir::Shape;
using ir::ValueId;

/// `shape` with as many axes as `rank`; nothing where it has more.
std::optional<Shape> ofRank(Shape shape, size_t rank) {
    if (shape.size() > rank) return {};
    shape.insert(shape.begin(), rank - shape.size(), 1);
    return shape;
}

/// What a Tile repeats, where it only repeats axes of one element; kNoValue otherwise.
ValueId repeated(const ir::Graph& graph, ValueId id) {
    const ir::Node* node = id == ir::kNoValue ? nullptr : graph.producer(id);
    if (node == nullptr || node->op != "tpu.Tile" || node->attributes.boolean("do_relu")) return ir::kNoValue;
    const ir::TensorType &from = graph.value(node->operands[0]).type, &to = graph.value(id).type;
    if (graph.weight(node->operands[0]) != nullptr) return ir::kNoValue;
    ir::TensorType same = from;
    same.shape = to.shape;
    if (same != to || from.shape.size() != to.shape.size()) return ir::kNoValue;
    for (size_t i = 0; i < to.shape.size(); ++i)
        if (from.shape[i] != to.shape[i] && from.shape[i] != 1) return ir::kNoValue;
    return node->operands[0];
}

/// Element-wise: operands in `shapes` still give the result, and the chip repeats them.
bool repeatsElementwise(const ir::Graph& graph, const ir::Node& node, const std::vector<Shape>& shapes) {
    const Shape& result = graph.value(node.results[0]).type.shape;
    Shape whole(result.size(), 1);
    for (const Shape& shape : shapes) {
        const auto padded = ofRank(shape, result.size());
        if (!padded) return false;
        for (size_t i = 0; i < whole.size(); ++i) {
            if ((*padded)[i] != 1 && (*padded)[i] != result[i]) return false;
            whole[i] = std::max(whole[i], (*padded)[i]);
        }
    }
    return whole == result && chipAxesOf(result, shapes) <= kChipAxes;
}

/// A product of matrices: batches repeat, matrices do not.
bool repeatsBatches(const ir::Graph& graph, const ir::Node& node, size_t operand, const std::vector<Shape>& shapes) {
    if (operand > 1 || node.attributes.boolean("hdim_is_batch") || graph.weight(node.operands[operand]) != nullptr) return false;
    const Shape& before = graph.value(node.operands[operand]).type.shape;
    const Shape& after = shapes[operand];
    if (after.size() < 3 || shapes[1 - operand].size() < 2) return false;
    if (!std::equal(before.end() - 2, before.end(), after.end() - 2)) return false;
    const auto batches = [](const Shape& a, const Shape& b) -> std::optional<Shape> {
        const size_t rank = std::max(a.size(), b.size());
        Shape x = *ofRank(a, rank), y = *ofRank(b, rank), out;
        for (size_t i = 0; i + 2 < rank; ++i) {
            if (x[i] != y[i] && x[i] != 1 && y[i] != 1) return {};
            out.push_back(std::max(x[i], y[i]));
        }
        return out;
    };
    return batches(before, shapes[1 - operand]) == batches(after, shapes[1 - operand]);
}

bool canRepeat(const ir::Graph& graph, const ir::Node& node, size_t operand, ValueId from) {
    std::vector<Shape> shapes;
    for (size_t i = 0; i < node.operands.size(); ++i) {
        const ValueId id = i == operand ? from : node.operands[i];
        if (id == ir::kNoValue && node.op == "tpu.MatMul" && i > 1) continue;
        if (id == ir::kNoValue && node.op != "tpu.Where") return false;
        if (id != ir::kNoValue) shapes.push_back(graph.value(id).type.shape);
    }
    if (node.op == "tpu.MatMul") return repeatsBatches(graph, node, operand, shapes);
    return repeatsOperands(node.op) && repeatsElementwise(graph, node, shapes);
}

/// Casts and functions of what was repeated come first, and their results are repeated.
ir::Graph repeatLater(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<ir::NodeId>(i);
        const ir::Node& node = graph.node(position);
        if (!isUnary(node.op) || node.operands.empty()) continue;
        const ValueId copy = node.operands[0], from = repeated(graph, copy);
        if (from == ir::kNoValue) continue;
        const Shape whole = graph.value(node.results[0]).type.shape;
        if (whole != graph.value(copy).type.shape) continue;
        const ir::AttributeMap attributes = graph.producer(copy)->attributes;
        Steps steps(graph, position, graph.value(node.results[0]).name + "_once");
        steps.node().operands[0] = from;
        const ValueId once = steps.takeResult(graph.value(from).type.shape);
        steps.behind();
        steps.giveResult(steps.add("tpu.Tile", {once}, whole, attributes));
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace

ir::Graph dropRepeats(const ir::Graph& source) {
    ir::Graph graph = repeatLater(source);
    bool changed = graph.nodes().size() != source.nodes().size();
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<ir::NodeId>(i);
        for (size_t k = 0; k < graph.node(position).operands.size(); ++k) {
            const ValueId from = repeated(graph, graph.node(position).operands[k]);
            if (from == ir::kNoValue || !canRepeat(graph, graph.node(position), k, from)) continue;
            graph.node(position).operands[k] = from;
            changed = true;
        }
    }
    if (changed) graph.eraseDead();
    return graph;
}

} // namespace wb::codegen
