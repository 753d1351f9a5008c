// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/passes/rewrite.h"

#include <algorithm>

namespace wb::passes {

std::vector<int> useCounts(const ir::Graph& graph) {
    std::vector<int> counts(graph.values().size(), 0);
    for (const ir::Node& node : graph.nodes())
        for (ir::ValueId id : node.operands)
            if (id != ir::kNoValue) ++counts[static_cast<size_t>(id)];
    for (ir::ValueId id : graph.outputs)
        ++counts[static_cast<size_t>(id)];
    return counts;
}

ir::NodeId madeBy(const ir::Graph& graph, const ir::Node& node, size_t index, std::string_view op) {
    if (index >= node.operands.size() || node.operands[index] == ir::kNoValue) return ir::kNoNode;
    const ir::NodeId id = graph.value(node.operands[index]).producer;
    if (id == ir::kNoNode) return ir::kNoNode;
    const std::string& made = graph.node(id).op;
    if (made == "top.Weight" || made == "top.Input") return ir::kNoNode;
    return op.empty() || made == op ? id : ir::kNoNode;
}

void takeOver(ir::Graph& graph, ir::ValueId survivor, ir::ValueId gone) {
    std::swap(graph.value(survivor).name, graph.value(gone).name);
    graph.replaceUses(gone, survivor);
}

ir::ValueId insertWeight(ir::Graph& graph, ir::NodeId position, std::string name, ir::Tensor data) {
    if (graph.find(name) != ir::kNoValue) {
        int number = 0;
        while (graph.find(name + "_" + std::to_string(number)) != ir::kNoValue)
            ++number;
        name += "_" + std::to_string(number);
    }
    ir::TensorType type{data.type(), data.shape(), true, {}};
    graph.weights.insert_or_assign(name, std::move(data));
    const ir::NodeId node =
        graph.insertNode(position, "top.Weight", {}, {std::move(name)}, {std::move(type)});
    return graph.node(node).results.front();
}

const ir::Tensor* floatWeight(const ir::Graph& graph, ir::ValueId id) {
    const ir::Tensor* tensor = id == ir::kNoValue ? nullptr : graph.weight(id);
    return tensor != nullptr && tensor->type() == ir::ElementType::F32 ? tensor : nullptr;
}

std::optional<float> scalarWeight(const ir::Graph& graph, ir::ValueId id) {
    const ir::Tensor* tensor = floatWeight(graph, id);
    if (tensor == nullptr || tensor->elementCount() != 1) return {};
    return tensor->data<float>()[0];
}

std::optional<std::vector<float>> channelWeight(const ir::Graph& graph, ir::ValueId id,
                                                const ir::Shape& shape) {
    const ir::Tensor* tensor = floatWeight(graph, id);
    if (tensor == nullptr || shape.size() < 3 || tensor->elementCount() != shape[1]) return {};
    // Aligned at the last axis, everything but the channel axis must be 1.
    const ir::Shape& own = tensor->shape();
    if (own.size() > shape.size() || own.size() + 1 < shape.size()) return {};
    const size_t channel = own.size() + 1 - shape.size();
    for (size_t d = 0; d < own.size(); ++d)
        if (d != channel && own[d] != 1) return {};
    if (own[channel] != shape[1]) return {};
    return std::vector<float>(tensor->span<float>().begin(), tensor->span<float>().end());
}

ir::Tensor makeTensor(ir::Shape shape, const std::vector<float>& values) {
    return ir::Tensor::of<float>(ir::ElementType::F32, std::move(shape), values);
}

bool plain(const ir::Node& node) {
    return !node.attributes.boolean("do_relu");
}

std::string renamed(const std::string& name, std::string_view from, std::string_view to) {
    std::string base = name;
    if (base.ends_with(from)) base.resize(base.size() - from.size());
    return base + std::string(to);
}

void setName(ir::Graph& graph, ir::ValueId id, std::string name) {
    if (graph.value(id).name != name && graph.find(name) == ir::kNoValue)
        graph.value(id).name = std::move(name);
}

} // namespace wb::passes
