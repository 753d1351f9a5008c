// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with their channels last ([n, h, w, c], as windows of attention and pointwise products have them) as rows of
// tokens, [1, n · h · w, c], and so tokens in front of a batch of one ([n, 1, c]) and tables of many. Norms, products with a
// matrix, element-wise operators, slices and joins between them then lie in full lanes, and follow each other in local memory.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such operators on three axes; reshapes move to where rows end.
ir::Graph rowsOfTokens(const ir::Graph& graph);

} // namespace wb::codegen
