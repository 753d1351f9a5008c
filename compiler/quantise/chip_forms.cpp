// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/chip_forms.h"

#include <algorithm>

namespace wb::quantise {
namespace {

using ir::Tensor;
using ir::ValueId;

bool isFloatWeight(const Tensor* tensor) {
    return tensor != nullptr && tensor->type() == ir::ElementType::F32;
}

/// Puts `values` in the graph as a weight just before the node that will use it.
ValueId weightBefore(ir::Graph& graph, ir::NodeId node, const std::string& name, ir::Shape shape,
                     const std::vector<float>& values) {
    graph.weights.insert_or_assign(name, Tensor::of<float>(ir::ElementType::F32, shape, values));
    const auto id =
        graph.insertNode(node, "top.Weight", {}, {name}, {{ir::ElementType::F32, shape, true, {}}});
    return graph.node(id).results[0];
}

bool mergeable(const ir::Graph& graph, const ir::Node& conv, const ir::Node& scale) {
    if (conv.op != "top.Conv" || conv.attributes.boolean("do_relu")) return false;
    const auto* filter = graph.weight(conv.operands.at(1));
    const auto* factors = graph.weight(scale.operands.at(1));
    if (!isFloatWeight(filter) || !isFloatWeight(factors)) return false;
    for (const auto* node : {&conv, &scale})
        if (node->operands.size() > 2 && node->operands[2] != ir::kNoValue &&
            !isFloatWeight(graph.weight(node->operands[2])))
            return false;
    return !filter->shape().empty() && factors->elementCount() == filter->shape()[0];
}

} // namespace

void reductionsToPools(ir::Graph& graph) {
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id) {
        auto& node = graph.node(id);
        if (node.op != "top.Reduce" || node.operands.empty()) continue;
        const auto mode = node.attributes.string("mode");
        const auto& shape = graph.value(node.operands[0]).type.shape;
        auto axes = node.attributes.integers("axes");
        for (auto& axis : axes)
            axis += axis < 0 ? static_cast<int64_t>(shape.size()) : 0;
        std::sort(axes.begin(), axes.end());
        if ((mode != "ReduceMean" && mode != "ReduceMax") || shape.size() != 4 ||
            axes != std::vector<int64_t>{2, 3})
            continue;
        const auto keep = node.attributes.find("keepdims");
        const bool keepDims =
            keep == nullptr ||
            node.attributes.boolean("keepdims", node.attributes.integer("keepdims", 1) != 0);
        node.op = mode == "ReduceMean" ? "top.AvgPool" : "top.MaxPool";
        ir::AttributeMap a;
        a.set("count_include_pad", true);
        a.set("do_relu", false);
        a.set("first_round_mode", "HalfAwayFromZero");
        a.set("is_adaptive", false);
        a.set("keepdims", keepDims);
        a.set("kernel_shape", ir::Attribute::ints({shape[2], shape[3]}));
        a.set("pad_value", 0);
        a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
        a.set("relu_limit", -1.0);
        a.set("round_mode", "HalfAwayFromZero");
        a.set("strides", ir::Attribute::ints({1, 1}));
        node.attributes = std::move(a);
    }
}

FusedNames mergeScales(ir::Graph& graph) {
    FusedNames fused;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id) {
        if (graph.node(id).op != "top.Scale") continue;
        const ValueId through = graph.node(id).operands.at(0);
        const auto convId = graph.value(through).producer;
        if (convId == ir::kNoNode || graph.isOutput(through) ||
            graph.users()[static_cast<size_t>(through)].size() != 1)
            continue;
        const ir::Node conv = graph.node(convId);
        const ir::Node scale = graph.node(id);
        if (!mergeable(graph, conv, scale)) continue;

        const Tensor filter = *graph.weight(conv.operands[1]);
        const auto factors = graph.weight(scale.operands[1])->span<float>();
        const auto channels = filter.shape()[0];
        const auto perChannel = filter.elementCount() / channels;
        std::vector<float> weights(static_cast<size_t>(filter.elementCount()));
        std::vector<float> bias(static_cast<size_t>(channels), 0);
        const auto* convBias = conv.operands.size() > 2 ? graph.weight(conv.operands[2]) : nullptr;
        const auto* scaleBias =
            scale.operands.size() > 2 ? graph.weight(scale.operands[2]) : nullptr;
        for (int64_t c = 0; c < channels; ++c) {
            const float factor = factors[static_cast<size_t>(c)];
            for (int64_t i = c * perChannel; i < (c + 1) * perChannel; ++i)
                weights[static_cast<size_t>(i)] = filter.data<float>()[i] * factor;
            auto& b = bias[static_cast<size_t>(c)];
            if (convBias != nullptr) b = convBias->data<float>()[c] * factor;
            if (scaleBias != nullptr) b += scaleBias->data<float>()[c];
        }
        const bool withBias = convBias != nullptr || scaleBias != nullptr;
        const std::string name = graph.value(scale.results[0]).name;
        fused.emplace(graph.value(through).name, name);
        const ValueId newFilter =
            weightBefore(graph, id, name + "_merged_filter", filter.shape(), weights);
        ir::NodeId at = id + 1;
        ValueId newBias = ir::kNoValue;
        if (withBias) {
            newBias = weightBefore(graph, at, name + "_merged_bias", {channels}, bias);
            ++at;
        }
        auto& node = graph.node(at);
        node.op = "top.Conv";
        node.operands = {conv.operands[0], newFilter, newBias};
        node.attributes = conv.attributes;
        node.attributes.set("do_relu", scale.attributes.boolean("do_relu"));
        node.attributes.set("relu_limit", scale.attributes.real("relu_limit", -1));
        id = at;
    }
    if (!fused.empty()) graph.eraseDead();
    return fused;
}

} // namespace wb::quantise
