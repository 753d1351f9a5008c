// SPDX-License-Identifier: GPL-3.0-or-later
// Dense layers of networks that bring their own scales: 32-bit sums of codes by a constant matrix, which another node makes
// codes of, with a factor a column. The array has that as a convolution of one pixel, whose filters' columns are channels.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such products as tpu.Conv2D: a few rows as pictures of one pixel, many as the rows of one picture.
ir::Graph filtersForSums(const ir::Graph& graph);

} // namespace wb::codegen
