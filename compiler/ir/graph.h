// SPDX-License-Identifier: GPL-3.0-or-later
// The typed graph that flows through every stage: import → passes → calibrate → quantise → execute.
// A value type: copying copies the structure and shares the weights, so a stage's snapshot is cheap
// and never changes under a reader. Nodes are kept in execution (topological) order.
//
// Like the vendor's MLIR: every result has a name (its location), weights are "top.Weight" values
// whose data lies in the weight store under that name, an absent operand is kNoValue ("top.None").
#pragma once

#include "compiler/ir/attribute.h"
#include "compiler/ir/tensor.h"
#include "compiler/ir/type.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb::ir {

using ValueId = int32_t; ///< index into Graph::values()
using NodeId = int32_t;  ///< index into Graph::nodes()
inline constexpr ValueId kNoValue = -1;
inline constexpr NodeId kNoNode = -1;

struct Value {
    std::string name;           ///< tensor name, unique in the graph
    TensorType type;
    NodeId producer = kNoNode;  ///< maintained by Graph
    int32_t resultIndex = 0;
};

struct Node {
    std::string op;                ///< "top.Conv", "tpu.Conv2D", "top.Weight", "top.Input"
    std::vector<ValueId> operands; ///< kNoValue where an optional operand is absent
    std::vector<ValueId> results;
    AttributeMap attributes;
};

/// Named constant arrays. Shared between graphs; a changed array goes in under a new map.
using WeightStore = std::map<std::string, Tensor, std::less<>>;

class Graph {
public:
    std::string name;           ///< module name
    AttributeMap attributes;    ///< module.* (chip, platform, state, weight_file, …)
    WeightStore weights;        ///< by value name
    std::vector<ValueId> outputs; ///< in the order in which the function returns them

    // Structure --------------------------------------------------------------------------------
    const std::vector<Node>& nodes() const { return m_nodes; }
    const std::vector<Value>& values() const { return m_values; }
    const Node& node(NodeId id) const { return m_nodes[static_cast<size_t>(id)]; }
    Node& node(NodeId id) { return m_nodes[static_cast<size_t>(id)]; }
    const Value& value(ValueId id) const { return m_values[static_cast<size_t>(id)]; }
    Value& value(ValueId id) { return m_values[static_cast<size_t>(id)]; }
    std::vector<ValueId> inputs() const; ///< results of the top.Input nodes, in order

    /// Appends a node with `types.size()` results named `names`; returns its id.
    NodeId addNode(std::string op, std::vector<ValueId> operands, std::vector<std::string> names,
                   std::vector<TensorType> types, AttributeMap attributes = {});
    /// The same for one result; returns the value.
    ValueId add(std::string op, std::vector<ValueId> operands, std::string resultName,
                TensorType type, AttributeMap attributes = {});
    /// Adds a top.Weight node for `data` (type from the data unless given) and stores it.
    ValueId addWeight(std::string name, Tensor data, std::optional<TensorType> type = {});

    // Questions --------------------------------------------------------------------------------
    ValueId find(std::string_view valueName) const; ///< kNoValue if there is none; linear
    const Node* producer(ValueId id) const;
    /// The array behind a top.Weight value, or nullptr.
    const Tensor* weight(ValueId id) const;
    /// For each value the nodes that use it, a node once for each use; in node order.
    std::vector<std::vector<NodeId>> users() const;
    bool isOutput(ValueId id) const;

    // Edits (used by passes) ---------------------------------------------------------------------
    /// Replaces every use of `from`, outputs included, by `to`.
    void replaceUses(ValueId from, ValueId to);
    /// Inserts a node before `position` in the order; ids at and after it shift by one.
    NodeId insertNode(NodeId position, std::string op, std::vector<ValueId> operands,
                      std::vector<std::string> names, std::vector<TensorType> types,
                      AttributeMap attributes = {});
    /// Removes nodes whose results are not used and not outputs (top.Input stays), then their
    /// values, then weights that no node names; renumbers. Returns how many nodes went.
    size_t eraseDead();
    /// Stable topological order (Kahn, by old position). GraphCycle if there is none.
    Status sortTopologically();

private:
    void renumber(); ///< producer and resultIndex from m_nodes
    std::vector<Node> m_nodes;
    std::vector<Value> m_values;
};

} // namespace wb::ir
