// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators between products of matrices see tensors of few channels (heads, windows) and would leave most
// lanes idle. Where such operators stand together, apart from everything else that runs in local memory, their rows are
// dealt out anew: [n, c, …, w] becomes [1, lanes, rows, w], and operands of one number a row or a column go along.
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

/// The graph with such operators between reshapes, where that fills more lanes.
ir::Graph fillLanes(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
