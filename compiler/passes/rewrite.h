// SPDX-License-Identifier: GPL-3.0-or-later
// What rewrites have in common: who uses what, which op made it, names that move, weights that
// appear.
#pragma once

#include "compiler/ir/graph.h"

#include <optional>
#include <string>
#include <vector>

namespace wb::passes {

inline const ir::Shape& shapeOf(const ir::Graph& graph, ir::ValueId id) {
    return graph.value(id).type.shape;
}

/// How often each value is read, an output of the network counting as a read. Rewrites that find
/// exactly one read of an intermediate value may let it vanish.
std::vector<int> useCounts(const ir::Graph& graph);

/// The node that makes operand `index` of `node`, if it is of the op wanted ("" for any) and is no
/// weight; kNoNode otherwise.
ir::NodeId madeBy(const ir::Graph& graph, const ir::Node& node, size_t index, std::string_view op);

/// `survivor` goes on under the name of `gone`, of which all reads move to it. `gone`'s node is
/// dead after.
void takeOver(ir::Graph& graph, ir::ValueId survivor, ir::ValueId gone);

/// A weight placed before node `position`, which moves by one. The name gets a number if it is
/// taken.
ir::ValueId insertWeight(ir::Graph& graph, ir::NodeId position, std::string name, ir::Tensor data);

/// F32 data of a weight operand; nullptr if it is none.
const ir::Tensor* floatWeight(const ir::Graph& graph, ir::ValueId id);
/// The one number of a one-element weight.
std::optional<float> scalarWeight(const ir::Graph& graph, ir::ValueId id);
/// `channels` numbers of a weight that is constant along all axes of `shape` but axis 1, or
/// nothing.
std::optional<std::vector<float>> channelWeight(const ir::Graph& graph, ir::ValueId id,
                                                const ir::Shape& shape);

ir::Tensor makeTensor(ir::Shape shape, const std::vector<float>& values);

/// No fused ReLU on this node.
bool plain(const ir::Node& node);

/// "x_Add" with the suffix exchanged: "x_Gemm"; the new suffix appended if the name has another
/// form.
std::string renamed(const std::string& name, std::string_view from, std::string_view to);
void setName(ir::Graph& graph, ir::ValueId id, std::string name);

} // namespace wb::passes
