// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisations. x [N,C,…] unless said otherwise, parameters hold C numbers each:
// BatchNorm(x, mean, variance, gamma, beta) {epsilon}: gamma·(x - mean)/√(variance + epsilon) + beta;
// Scale(x, scale, bias): x·scale + bias a channel;
// LRN(x) {size, alpha, beta, bias}: x / (bias + alpha/size · Σ x² over size channels)^beta;
// InstanceNorm(x, gamma, beta) {eps}: normalised over the spatial axes;
// LayerNorm(x, gamma, beta) {axis, eps, normalized_shape}: normalised over the axes from axis on;
// GroupNorm(x, gamma, beta) {num_groups, eps}: normalised over the channels of a group and all that follows.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferPerChannel(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    if (x.shape.size() < 2) return shapeError(graph, node, "input " + ir::toText(x.shape));
    for (size_t i = 1; i < node.operands.size(); ++i) {
        if (!hasOperand(node, i)) continue;
        WB_ASSIGN(const ir::TensorType p, operandType(graph, node, i));
        if (p.elementCount() != x.shape[1])
            return shapeError(graph, node, "parameter " + ir::toText(p.shape) + " for input " +
                                               ir::toText(x.shape));
    }
    if (node.op == "top.GroupNorm") {
        const int64_t groups = node.attributes.integer("num_groups", 1);
        if (groups < 1 || x.shape[1] % groups != 0)
            return shapeError(graph, node, std::to_string(groups) + " groups of " + ir::toText(x.shape));
    }
    return floatResult(graph, node, x.shape);
}

Types inferLrn(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const int64_t size = node.attributes.integer("size", 0);
    if (x.shape.size() < 2 || size < 1 || size > kMaxWindow)
        return shapeError(graph, node, "size " + std::to_string(size) + " for " + ir::toText(x.shape));
    return floatResult(graph, node, x.shape);
}

Types inferLayerNorm(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const auto axis = normaliseAxis(node.attributes.integer("axis", -1), x.shape.size());
    if (!axis)
        return shapeError(graph, node, "axis " + std::to_string(node.attributes.integer("axis", -1)) +
                                           " for " + ir::toText(x.shape));
    const ir::Shape tail(x.shape.begin() + *axis, x.shape.end());
    for (size_t i = 1; i < node.operands.size(); ++i) {
        if (!hasOperand(node, i)) continue;
        WB_ASSIGN(ir::TensorType p, operandType(graph, node, i));
        while (p.shape.size() > tail.size() && p.shape.front() == 1) // the vendor's are as long as the operand
            p.shape.erase(p.shape.begin());
        if (broadcastShapes(tail, p.shape) != tail)
            return shapeError(graph, node, "parameter " + ir::toText(p.shape) + " for axes " +
                                               ir::toText(tail));
    }
    return floatResult(graph, node, x.shape);
}

} // namespace

void define_norm(OpTable& table);
void define_norm(OpTable& table) {
    table.add({.name = "top.BatchNorm",
               .summary = "normalises channels with known mean and variance",
               .traits = {.fusesRelu = true},
               .infer = inferPerChannel,
               .flops = flopsPerElement<2>,
               .minOperands = 5,
               .maxOperands = 5});
    table.add({.name = "top.Scale",
               .summary = "x · scale + bias, one pair a channel",
               .traits = {.fusesRelu = true},
               .infer = inferPerChannel,
               .flops = flopsPerElement<2>,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.LRN",
               .summary = "local response normalisation across channels",
               .infer = inferLrn,
               .flops = flopsPerElement<12>});
    table.add({.name = "top.InstanceNorm",
               .summary = "normalises each channel of each picture",
               .infer = inferPerChannel,
               .flops = flopsPerElement<12>,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.GroupNorm",
               .summary = "normalises groups of channels",
               .infer = inferPerChannel,
               .flops = flopsPerElement<12>,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.LayerNorm",
               .summary = "normalises the last axes",
               .infer = inferLayerNorm,
               .flops = flopsPerElement<12>,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
