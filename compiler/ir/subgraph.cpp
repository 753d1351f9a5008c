// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/subgraph.h"

namespace wb::ir {

std::shared_ptr<Graph> subgraph(const Graph& graph, std::span<const NodeId> nodes, std::span<const ValueId> outputs) {
    auto part = std::make_shared<Graph>();
    part->name = graph.name;
    part->attributes = graph.attributes;
    std::vector<ValueId> twins(graph.values().size(), kNoValue);
    const auto operand = [&](ValueId id) {
        if (id == kNoValue) return id;
        ValueId& twin = twins[static_cast<size_t>(id)];
        if (twin != kNoValue) return twin;
        const Value& value = graph.value(id);
        const Tensor* data = graph.weight(id);
        twin = data != nullptr ? part->addWeight(value.name, *data, value.type)
                               : part->add("top.Input", {}, value.name, value.type);
        return twin;
    };
    for (const NodeId n : nodes) {
        const Node& node = graph.node(n);
        std::vector<ValueId> operands;
        for (const ValueId id : node.operands)
            operands.push_back(operand(id));
        std::vector<std::string> names;
        std::vector<TensorType> types;
        for (const ValueId id : node.results) {
            names.push_back(graph.value(id).name);
            types.push_back(graph.value(id).type);
        }
        const auto made = part->addNode(node.op, std::move(operands), std::move(names), std::move(types), node.attributes);
        for (size_t i = 0; i < node.results.size(); ++i)
            twins[static_cast<size_t>(node.results[i])] = part->node(made).results[i];
    }
    for (const ValueId id : outputs)
        part->outputs.push_back(twins[static_cast<size_t>(id)]);
    return part;
}

} // namespace wb::ir
