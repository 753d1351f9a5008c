// SPDX-License-Identifier: GPL-3.0-or-later
// Slices of channels without a way through DDR. A convolution that takes no more steps for all channels than for a part of
// them reads them all, with weights of zero for the others; what other operators read in local memory is taken there, and
// channels that lie in other lanes than the part's change lanes (ops/phases' LaneSlice).
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

inline constexpr const char* kLaneSlice = "tpu.LaneSlice"; ///< made here; see ops/phases/lane_slice_bm1684x.cpp

ir::Graph slicesIntoFilters(const ir::Graph& graph);
/// Slices between operators that run in local memory.
ir::Graph slicesInLanes(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
