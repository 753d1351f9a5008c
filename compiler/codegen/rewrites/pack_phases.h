// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of few channels in blocks (layouts/phases.h): convolutions get other weights, elementwise operators run on as
// they are, network inputs are loaded in blocks.
#pragma once

#include "compiler/codegen/layouts/ties.h"

namespace wb::codegen {

/// Name under which a node's commands are accounted for: attribute of nodes that are part of another layer.
inline constexpr const char* kLayer = "layer";

/// The graph with every tie in its layout. Outputs and what the rest of the network reads are as before, bit for bit for
/// integers.
ir::Graph packPhases(const ir::Graph& graph, const Ties& ties, const std::vector<Phases>& phases);
/// With the layouts that cost the fewest cycles.
ir::Graph packPhases(const ir::Graph& graph);

} // namespace wb::codegen
