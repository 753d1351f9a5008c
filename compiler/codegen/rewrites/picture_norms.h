// SPDX-License-Identifier: GPL-3.0-or-later
// A norm over a whole picture, as exporters spell groups of one: the picture as a single row, an instance norm of one channel,
// and the picture again. As a group norm it has its channels in lanes.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such norms of four axes.
ir::Graph normsOfPictures(const ir::Graph& graph);

} // namespace wb::codegen
