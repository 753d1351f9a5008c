// SPDX-License-Identifier: GPL-3.0-or-later
// Elementwise operators between moves (heads of detectors: 1x4420x2 and the like) would be loaded and stored in runs of a
// few bytes a lane. Seen as 1 x C x 1 x W of the same elements they travel in long runs.
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

/// The graph with such operators between reshapes, which are views.
ir::Graph flattenLonely(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
