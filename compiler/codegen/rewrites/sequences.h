// SPDX-License-Identifier: GPL-3.0-or-later
// Sequences [n, c, length] that windows walk over become pictures one column wide, with the element-wise operators and the
// concatenations between them: layouts and other rewrites know pictures. On the chip both are the same.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such pictures between reshapes.
ir::Graph picturesOfSequences(const ir::Graph& graph);

} // namespace wb::codegen
