// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions that no single emitter takes: the chip reduces one axis of a matrix, which neighbours are, and a row of it
// lies in one lane.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with a Permute in front of such reductions, which brings their axes together behind all others.
ir::Graph gatherReducedAxes(const ir::Graph& source);
/// The graph with such long rows reduced piece by piece, then the pieces.
ir::Graph splitLongReductions(const ir::Graph& source);

} // namespace wb::codegen
