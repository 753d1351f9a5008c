// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with their channels last ([n, h, w, c], as windows of attention and pointwise products have them) as rows of
// tokens, [1, n · h · w, c]: norms, products with a matrix and element-wise operators between them then lie in full lanes,
// and follow each other in local memory.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such operators on three axes; reshapes move to where rows end.
ir::Graph rowsOfTokens(const ir::Graph& graph);

} // namespace wb::codegen
