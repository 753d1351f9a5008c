// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes that a rewrite puts in front of or behind another one: movers between DDR places, of any element type.
#pragma once

#include "compiler/ir/graph.h"

#include <string>
#include <vector>

namespace wb::codegen {

/// Inserts nodes before one node of a graph, whose position moves on.
class Steps {
public:
    Steps(ir::Graph& graph, ir::NodeId position, std::string name) : m_graph(graph), m_position(position), m_name(std::move(name)) {}

    ir::Graph& graph() { return m_graph; }
    /// Of the node in front of which steps are inserted.
    ir::NodeId position() const { return m_position; }
    ir::Node& node() { return m_graph.node(m_position); }
    /// From now on behind that node (in front of the next).
    void behind() {
        ++m_position;
        m_behind = true;
    }
    /// The last node that belongs to the rewrite so far.
    ir::NodeId last() const { return m_behind ? m_position - 1 : m_position; }

    ir::ValueId add(const char* op, std::vector<ir::ValueId> operands, ir::Shape shape, ir::AttributeMap attributes = {});
    ir::ValueId constant(ir::Tensor tensor, const ir::TensorType& like);

    ir::ValueId reshape(ir::ValueId from, ir::Shape shape) { return add("tpu.Reshape", {from}, std::move(shape)); }
    ir::ValueId permute(ir::ValueId from, const std::vector<int64_t>& order);
    /// Zeros (or another code) in front of and behind rows and columns; negative numbers cut.
    ir::ValueId pad(ir::ValueId from, const std::vector<int64_t>& before, const std::vector<int64_t>& after, int64_t code = 0);

    /// The node gives an intermediate value of `shape`; returns it. What it gave before is `last`'s from now on.
    ir::ValueId takeResult(ir::Shape shape);
    void giveResult(ir::ValueId last);

private:
    const ir::Shape& shapeOf(ir::ValueId id) const { return m_graph.value(id).type.shape; }
    ir::Graph& m_graph;
    ir::NodeId m_position;
    std::string m_name;
    int m_count = 0;
    bool m_behind = false;
    ir::ValueId m_taken = ir::kNoValue;
    ir::TensorType m_takenType;
};

} // namespace wb::codegen
