// SPDX-License-Identifier: GPL-3.0-or-later
// Rough cycles of a tiled group, to choose between tilings and groupings. Not a simulation: closed forms for the
// convolution array and passes of the vector unit, bytes over bandwidth for transfers, two queues.
#pragma once

#include "compiler/codegen/tiling/tiling.h"

namespace wb::codegen {

/// TIU cycles of one node's part.
double computeCycles(const ir::Graph& graph, const Selection& selection, ir::NodeId node, const bm1684x::Part& result);
/// GDMA cycles of a box between local memory and a row-major tensor of `shape`.
double loadCycles(const ValueInfo& value, const bm1684x::Part& part);
double storeCycles(const ValueInfo& value, const bm1684x::Part& part);

/// From the first load to the last store, transfers of neighbouring slices beside the arithmetic.
double groupCycles(const ir::Graph& graph, const Selection& selection, const Group& group, const Tiling& tiling,
                   const std::vector<bool>& inputStays, int64_t constantWidth);

} // namespace wb::codegen
