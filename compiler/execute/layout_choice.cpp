// SPDX-License-Identifier: GPL-3.0-or-later
// Which nodes run in one pass, and in which memory layout. Layouts are chosen greedily in execution
// order: a group takes the layout for which the fewest operand bytes have to be converted.
#include "compiler/execute/plan.h"

#include <algorithm>
#include <limits>

namespace wb::execute {

namespace {

constexpr size_t kLongestChain = 4;

bool runs(const ir::Node& node) {
    return node.op != "top.Weight" && node.op != "top.Input" && node.op != "top.None";
}

/// The nodes after `id` that form a chain: each uses the one before, and nothing else does.
std::vector<ir::NodeId> chainAfter(const ir::Graph& graph, ir::NodeId id,
                                   const std::vector<std::vector<ir::NodeId>>& users,
                                   const std::vector<bool>& taken, const std::vector<bool>& isOutput) {
    std::vector<ir::NodeId> chain;
    while (chain.size() < kLongestChain) {
        const ir::Node& node = graph.node(id);
        if (node.results.size() != 1) break;
        const auto result = static_cast<size_t>(node.results[0]);
        if (isOutput[result] || users[result].size() != 1) break;
        id = users[result][0];
        if (taken[static_cast<size_t>(id)] || graph.node(id).results.size() != 1) break;
        chain.push_back(id);
    }
    return chain;
}

} // namespace

bool isConstant(const ir::Graph& graph, ir::ValueId value) {
    const ir::Node* producer = value == ir::kNoValue ? nullptr : graph.producer(value);
    return producer != nullptr && producer->op == "top.Weight";
}

/// A value that a float operator cannot take or give: its kernel counts on elements of 32 bits.
const ir::Value* narrowValue(const ir::Graph& graph, const ir::Node& node) {
    if (!node.op.starts_with("top.")) return nullptr;
    for (const auto* list : {&node.operands, &node.results})
        for (const ir::ValueId id : *list)
            if (id != ir::kNoValue && graph.value(id).type.element != ir::ElementType::None && ir::sizeInBytes(graph.value(id).type.element) < 4)
                return &graph.value(id);
    return nullptr;
}

Result<std::vector<Group>> groupNodes(const ir::Graph& graph, const Options& options) {
    const auto& nodes = graph.nodes();
    const auto users = graph.users();
    std::vector<bool> taken(nodes.size());
    std::vector<bool> isOutput(graph.values().size());
    for (ir::ValueId value : graph.outputs)
        isOutput[static_cast<size_t>(value)] = true;

    std::vector<Group> groups;
    std::map<std::string, int> missing;
    std::string firstMissing;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(nodes.size()); ++id) {
        const ir::Node& node = graph.node(id);
        if (taken[static_cast<size_t>(id)] || !runs(node)) continue;
        Group group;
        group.node = id;
        group.def = ops::kernelTable().find(node.op);
        if (group.def == nullptr || group.def->prepare == nullptr) {
            if (missing.empty() && !node.results.empty())
                firstMissing = graph.value(node.results[0]).name;
            ++missing[node.op];
            continue;
        }
        if (const ir::Value* narrow = narrowValue(graph, node))
            return Error{Code::OperatorNotLowered, node.op + " works on float32, not on " + ir::spelling(narrow->type.element)}.atNode(narrow->name);
        group.operands = node.operands;
        if (!options.observable && !options.scalar && group.def->absorb != nullptr) {
            std::vector<ir::NodeId> chain = chainAfter(graph, id, users, taken, isOutput);
            std::vector<const ir::Node*> followers;
            for (ir::NodeId next : chain)
                followers.push_back(&graph.node(next));
            const size_t count =
                followers.empty() ? 0 : std::min(chain.size(), group.def->absorb(graph, node, followers));
            chain.resize(count);
            ir::ValueId link = node.results[0];
            for (ir::NodeId next : chain) {
                taken[static_cast<size_t>(next)] = true;
                for (ir::ValueId operand : graph.node(next).operands)
                    if (operand != link) group.operands.push_back(operand);
                link = graph.node(next).results[0];
            }
            group.absorbed = std::move(chain);
        }
        group.results = graph.node(group.last()).results;
        groups.push_back(std::move(group));
    }
    if (!missing.empty()) {
        Error error{Code::OperatorNotLowered, "operators without a kernel:"};
        for (const auto& [op, count] : missing) {
            error.what += " " + op + " (" + std::to_string(count) + ")";
            error.fields[op] = std::to_string(count);
        }
        return std::move(error).atNode(firstMissing);
    }
    // A fused group needs the operands of all its nodes, so it runs where its last node stood.
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.last() < b.last(); });
    return groups;
}

ops::Layout operandLayout(const ir::Graph& graph, const Group& group, size_t index,
                          const std::vector<LayoutSet>& available) {
    const ir::ValueId value = group.operands[index];
    if (value == ir::kNoValue || isConstant(graph, value)) return ops::Layout::Plain;
    const ir::Shape& shape = graph.value(value).type.shape;
    if (shape.size() != 4) return ops::Layout::Plain;
    const LayoutSet has = available[static_cast<size_t>(value)];
    // Only what the kernel itself reads first: a residual of an absorbed follower is read beside the result.
    if (index == 0 && (has & bit(group.layout)) == 0 && (has & bit(ops::Layout::Plain)) != 0 &&
        shape[1] <= group.def->plainInputChannels)
        return ops::Layout::Plain;
    return group.layout;
}

ops::Layout chooseLayout(const ir::Graph& graph, const Group& group, const Options& options,
                         const std::vector<LayoutSet>& available) {
    if (options.scalar || group.def->layouts == nullptr) return ops::Layout::Plain;
    const std::vector<ops::Layout> candidates = group.def->layouts(graph, graph.node(group.node));
    ops::Layout best = ops::Layout::Plain;
    int64_t bestCost = std::numeric_limits<int64_t>::max();
    Group trial = group;
    for (ops::Layout layout : candidates) {
        trial.layout = layout;
        int64_t cost = 0;
        for (size_t i = 0; i < group.operands.size(); ++i) {
            const ir::ValueId value = group.operands[i];
            if (value == ir::kNoValue || isConstant(graph, value)) continue;
            const ops::Layout wanted = operandLayout(graph, trial, i, available);
            if ((available[static_cast<size_t>(value)] & bit(wanted)) == 0)
                cost += graph.value(value).type.elementCount() *
                        static_cast<int64_t>(ir::sizeInBytes(graph.value(value).type.element));
        }
        if (cost < bestCost) {
            bestCost = cost;
            best = layout;
        }
    }
    return best;
}

} // namespace wb::execute
