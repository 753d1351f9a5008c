// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/graph.h"

#include <algorithm>
#include <cassert>
#include <queue>
#include <set>

namespace wb::ir {

std::vector<ValueId> Graph::inputs() const {
    std::vector<ValueId> ids;
    for (const Node& n : m_nodes)
        if (n.op == "top.Input") ids.push_back(n.results.front());
    return ids;
}

NodeId Graph::addNode(std::string op, std::vector<ValueId> operands, std::vector<std::string> names,
                      std::vector<TensorType> types, AttributeMap attributes_) {
    assert(names.size() == types.size());
    const auto id = static_cast<NodeId>(m_nodes.size());
    Node node{std::move(op), std::move(operands), {}, std::move(attributes_)};
    for (size_t i = 0; i < names.size(); ++i) {
        node.results.push_back(static_cast<ValueId>(m_values.size()));
        m_values.push_back({std::move(names[i]), std::move(types[i]), id, static_cast<int32_t>(i)});
    }
    m_nodes.push_back(std::move(node));
    return id;
}

ValueId Graph::add(std::string op, std::vector<ValueId> operands, std::string resultName,
                   TensorType type, AttributeMap attributes_) {
    const NodeId id = addNode(std::move(op), std::move(operands), {std::move(resultName)},
                              {std::move(type)}, std::move(attributes_));
    return node(id).results.front();
}

ValueId Graph::addWeight(std::string weightName, Tensor data, std::optional<TensorType> type) {
    TensorType resultType = type ? std::move(*type) : TensorType{data.type(), data.shape(), true, {}};
    weights.insert_or_assign(weightName, std::move(data));
    return add("top.Weight", {}, std::move(weightName), std::move(resultType));
}

ValueId Graph::find(std::string_view valueName) const {
    for (size_t i = 0; i < m_values.size(); ++i)
        if (m_values[i].name == valueName) return static_cast<ValueId>(i);
    return kNoValue;
}

const Node* Graph::producer(ValueId id) const {
    if (id == kNoValue || value(id).producer == kNoNode) return nullptr;
    return &node(value(id).producer);
}

const Tensor* Graph::weight(ValueId id) const {
    const Node* n = producer(id);
    if (n == nullptr || n->op != "top.Weight") return nullptr;
    const auto it = weights.find(value(id).name);
    return it == weights.end() ? nullptr : &it->second;
}

std::vector<std::vector<NodeId>> Graph::users() const {
    std::vector<std::vector<NodeId>> lists(m_values.size());
    for (size_t n = 0; n < m_nodes.size(); ++n)
        for (ValueId operand : m_nodes[n].operands)
            if (operand != kNoValue) lists[static_cast<size_t>(operand)].push_back(static_cast<NodeId>(n));
    return lists;
}

bool Graph::isOutput(ValueId id) const {
    return std::find(outputs.begin(), outputs.end(), id) != outputs.end();
}

void Graph::replaceUses(ValueId from, ValueId to) {
    for (Node& n : m_nodes)
        std::replace(n.operands.begin(), n.operands.end(), from, to);
    std::replace(outputs.begin(), outputs.end(), from, to);
}

NodeId Graph::insertNode(NodeId position, std::string op, std::vector<ValueId> operands,
                         std::vector<std::string> names, std::vector<TensorType> types,
                         AttributeMap attributes_) {
    addNode(std::move(op), std::move(operands), std::move(names), std::move(types),
            std::move(attributes_));
    std::rotate(m_nodes.begin() + position, m_nodes.end() - 1, m_nodes.end());
    renumber();
    return position;
}

size_t Graph::eraseDead() {
    std::vector<char> liveNode(m_nodes.size(), 0);
    std::vector<NodeId> work;
    const auto mark = [&](ValueId id) {
        if (id == kNoValue) return;
        const NodeId producerId = value(id).producer;
        if (producerId == kNoNode || liveNode[static_cast<size_t>(producerId)] != 0) return;
        liveNode[static_cast<size_t>(producerId)] = 1;
        work.push_back(producerId);
    };
    for (ValueId id : outputs)
        mark(id);
    for (ValueId id : inputs())
        mark(id);
    while (!work.empty()) {
        const NodeId id = work.back();
        work.pop_back();
        for (ValueId operand : node(id).operands)
            mark(operand);
    }
    std::vector<ValueId> newId(m_values.size(), kNoValue);
    std::vector<Value> values;
    std::vector<Node> nodes;
    size_t erased = 0;
    for (size_t n = 0; n < m_nodes.size(); ++n) {
        if (liveNode[n] == 0) {
            ++erased;
            continue;
        }
        for (ValueId& id : m_nodes[n].results) {
            newId[static_cast<size_t>(id)] = static_cast<ValueId>(values.size());
            values.push_back(std::move(m_values[static_cast<size_t>(id)]));
            id = newId[static_cast<size_t>(id)];
        }
        nodes.push_back(std::move(m_nodes[n]));
    }
    for (Node& n : nodes)
        for (ValueId& operand : n.operands)
            if (operand != kNoValue) operand = newId[static_cast<size_t>(operand)];
    for (ValueId& id : outputs)
        id = newId[static_cast<size_t>(id)];
    m_nodes = std::move(nodes);
    m_values = std::move(values);
    renumber();

    std::set<std::string_view> named;
    for (const Node& n : m_nodes)
        if (n.op == "top.Weight") named.insert(value(n.results.front()).name);
    std::erase_if(weights, [&](const auto& entry) { return !named.contains(entry.first); });
    return erased;
}

Status Graph::sortTopologically() {
    std::vector<int> waiting(m_nodes.size(), 0);
    for (size_t n = 0; n < m_nodes.size(); ++n)
        for (ValueId operand : m_nodes[n].operands)
            if (operand != kNoValue && value(operand).producer != kNoNode) ++waiting[n];
    const auto userLists = users();
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t n = 0; n < m_nodes.size(); ++n)
        if (waiting[n] == 0) ready.push(n);
    std::vector<Node> sorted;
    std::vector<size_t> order;
    while (!ready.empty()) {
        const size_t n = ready.top();
        ready.pop();
        order.push_back(n);
        for (ValueId result : m_nodes[n].results)
            for (NodeId user : userLists[static_cast<size_t>(result)])
                if (--waiting[static_cast<size_t>(user)] == 0) ready.push(static_cast<size_t>(user));
    }
    if (order.size() != m_nodes.size())
        return Error{Code::GraphCycle, "the graph has a cycle through " +
                                           std::to_string(m_nodes.size() - order.size()) + " nodes"};
    for (size_t n : order)
        sorted.push_back(std::move(m_nodes[n]));
    m_nodes = std::move(sorted);
    renumber();
    return {};
}

void Graph::renumber() {
    for (size_t n = 0; n < m_nodes.size(); ++n)
        for (size_t r = 0; r < m_nodes[n].results.size(); ++r) {
            Value& v = value(m_nodes[n].results[r]);
            v.producer = static_cast<NodeId>(n);
            v.resultIndex = static_cast<int32_t>(r);
        }
}

} // namespace wb::ir
