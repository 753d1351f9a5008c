// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/picture_norms.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/steps.h"
#include "compiler/target/bm1684x/machine.h"

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::Shape;
using ir::ValueId;

/// Absent, or all of one number.
bool isNumber(const ir::Graph& graph, const ir::Node& node, size_t operand, float number) {
    if (operand >= node.operands.size() || node.operands[operand] == ir::kNoValue) return true;
    const ir::Tensor* data = graph.weight(node.operands[operand]);
    return data != nullptr && data->type() == ir::ElementType::F32 && data->elementCount() == 1 && data->data<float>()[0] == number;
}

/// Whether a value of two axes is made in lanes: by a pool, a product or a convolution, with functions and reshapes behind.
bool comesInLanes(const ir::Graph& graph, ValueId id) {
    for (const ir::Node* node = graph.producer(id); node != nullptr && !node->operands.empty(); node = graph.producer(node->operands[0])) {
        if (node->op == "tpu.Pool2D" || node->op == "tpu.MatMul" || node->op == "tpu.Conv2D" || node->op == "tpu.Reduce") return true;
        if ((!isFunction(node->op) && node->op != "tpu.Reshape") || node->operands[0] == ir::kNoValue) return false;
    }
    return false;
}

/// A few rows of channels.
bool isNormOfLanes(const ir::Graph& graph, const ir::Node& node) {
    constexpr int64_t kFewRows = 4;
    if (node.op != "tpu.LayerNorm" || node.operands.empty() || graph.weight(node.operands[0]) != nullptr) return false;
    const Shape& shape = graph.value(node.results[0]).type.shape;
    const int64_t axis = node.attributes.integer("axis", -1);
    return shape.size() == 2 && (axis == 1 || axis == -1) && shape[0] <= kFewRows && shape[1] >= bm1684x::kLanes && comesInLanes(graph, node.operands[0]);
}

} // namespace

ir::Graph normsOfPictures(const ir::Graph& source) {
    ir::Graph graph = source;
    bool changed = false;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        if (!isNormOfLanes(graph, graph.node(static_cast<NodeId>(i)))) continue;
        Steps steps(graph, static_cast<NodeId>(i), graph.value(graph.node(static_cast<NodeId>(i)).results[0]).name + "_lanes");
        const Shape shape = graph.value(steps.node().results[0]).type.shape, picture{shape[0], shape[1], 1, 1};
        const ValueId operand = steps.reshape(steps.node().operands[0], picture);
        steps.node().operands[0] = operand;
        steps.node().op = "tpu.GroupNorm";
        steps.node().attributes.set("num_groups", int64_t{1});
        const ValueId taken = steps.takeResult(picture);
        steps.behind();
        steps.giveResult(steps.reshape(taken, shape));
        i = static_cast<size_t>(steps.last());
    }
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const ir::Node& node = graph.node(static_cast<NodeId>(i));
        if (node.op != "tpu.InstanceNorm" || node.operands.empty() || !isNumber(graph, node, 1, 1) || !isNumber(graph, node, 2, 0)) continue;
        const Shape row = graph.value(node.results[0]).type.shape;
        if (row.size() != 3 || row[1] != 1) continue;
        const ValueId value = node.operands[0];
        const ir::Node* before = graph.producer(value);
        const bool cast = before != nullptr && before->op == "tpu.Cast";
        if (cast) before = graph.producer(before->operands[0]);
        if (before == nullptr || before->op != "tpu.Reshape" || graph.weight(before->operands[0]) != nullptr) continue;
        ValueId picture = before->operands[0];
        const Shape shape = graph.value(picture).type.shape;
        if ((shape.size() != 4 && shape.size() != 3) || shape[0] != row[0] || shape[1] * shape[2] * (shape.size() == 4 ? shape[3] : 1) != row[2]) continue;
        Steps steps(graph, static_cast<NodeId>(i), graph.value(node.results[0]).name + "_picture");
        if (cast) {
            const ir::AttributeMap attributes = graph.producer(value)->attributes;
            picture = steps.add("tpu.Cast", {picture}, shape, attributes);
            ir::TensorType type = graph.value(value).type;
            type.shape = shape;
            graph.value(picture).type = type;
        }
        steps.node().op = "tpu.GroupNorm";
        steps.node().operands = {picture, ir::kNoValue, ir::kNoValue};
        steps.node().attributes.set("num_groups", int64_t{1});
        const ValueId taken = steps.takeResult(shape);
        steps.behind();
        steps.giveResult(steps.reshape(taken, row));
        const ValueId given = graph.node(steps.last()).results[0];
        for (size_t k = static_cast<size_t>(steps.last()) + 1; k < graph.nodes().size(); ++k) {
            const ir::Node& user = graph.node(static_cast<NodeId>(k));
            if (user.op == "tpu.Reshape" && user.operands[0] == given && graph.value(user.results[0]).type.shape == shape && !graph.isOutput(user.results[0]))
                graph.replaceUses(user.results[0], taken);
        }
        i = static_cast<size_t>(steps.last());
        changed = true;
    }
    if (changed) graph.eraseDead();
    return graph;
}

} // namespace wb::codegen
