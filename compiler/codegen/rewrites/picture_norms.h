// SPDX-License-Identifier: GPL-3.0-or-later
// Norms whose rows lie across lanes: of a whole picture, as exporters spell groups of one (the picture as a single row, an
// instance norm of one channel, and the picture again), and of the channels that a pool or a product of one row leaves in
// lanes. As group norms of a single group they take them there.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such norms of four axes.
ir::Graph normsOfPictures(const ir::Graph& graph);

} // namespace wb::codegen
