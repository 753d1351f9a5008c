// SPDX-License-Identifier: GPL-3.0-or-later
// Products of very many rows of a few elements with a constant matrix (talking heads: 38,416 rows of 4) would move a row
// of a few bytes at a time. They are pointwise convolutions of a picture with a channel for each element of a row; the
// permutations around them are mostly there already and go.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such products as convolutions.
ir::Graph widenProducts(const ir::Graph& graph);

} // namespace wb::codegen
