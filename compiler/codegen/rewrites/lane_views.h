// SPDX-License-Identifier: GPL-3.0-or-later
// Reshapes between operators of local memory that move nothing from lane to lane ([1, c, 1, 1] → [1, c] in front of a
// classifier, heads that become one row), and slices of each step's row, as gates of recurrent networks are; rows side by
// side. In DDR they would send the value there and back.
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

/// The graph with such reshapes as tpu.LaneView, and joins of rows as tpu.LaneJoin.
ir::Graph viewsInLanes(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
