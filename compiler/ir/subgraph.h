// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a graph as a graph of its own: what a search recomputes, what a layer is tried with alone.
#pragma once

#include "compiler/ir/graph.h"

#include <memory>
#include <span>

namespace wb::ir {

/// Copies `nodes`, in their order. Values that they read and none of them makes become weights (the data is shared)
/// or inputs of the same name and type. Each of `outputs` must be made or read by one of `nodes`.
std::shared_ptr<Graph> subgraph(const Graph& graph, std::span<const NodeId> nodes, std::span<const ValueId> outputs);

} // namespace wb::ir
