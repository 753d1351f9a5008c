// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions along axes with others in between: the chip reduces one axis of a matrix, which neighbours are.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with a Permute in front of such reductions, which brings their axes together behind all others.
ir::Graph gatherReducedAxes(const ir::Graph& source);

} // namespace wb::codegen
