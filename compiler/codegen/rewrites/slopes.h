// SPDX-License-Identifier: GPL-3.0-or-later
// PRelu in floats whose slopes are not one a channel: max(x, 0) + slope · min(x, 0), the same numbers, as one of the terms
// is zero.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with sums of products in the place of such nodes.
ir::Graph slopesOfElements(const ir::Graph& graph);

} // namespace wb::codegen
