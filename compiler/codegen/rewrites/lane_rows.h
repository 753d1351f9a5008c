// SPDX-License-Identifier: GPL-3.0-or-later
// A result of one pixel, as classifiers have it, lies in local memory with one element a channel, and a transfer is
// charged 256 bytes for each. Turned into one row it leaves in one run.
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

/// The graph with such results turned before they go to DDR.
ir::Graph rowsFromLanes(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
