// SPDX-License-Identifier: GPL-3.0-or-later
// Sums over two stacked branches ([n, 2, c, h, w], as selective kernels and split attention have them) are sums of two
// pictures: what is done to the stack is done to each branch by itself, and nothing is stacked. Five axes would go through
// DDR; four stay in lanes.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such tpu.Reduce nodes as tpu.Add or tpu.Max of branches.
ir::Graph unstackBranches(const ir::Graph& graph);

} // namespace wb::codegen
