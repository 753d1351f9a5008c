// SPDX-License-Identifier: GPL-3.0-or-later
// The part of verification that needs the operator definitions: operand counts, and result types
// equal to what the shape rules say. (ir::verify checks the structure and knows no operators.)
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

namespace wb::passes {

/// GraphInvalid naming the node and both types. Ops without a definition are an error too.
Status checkTypes(const ir::Graph& graph);

} // namespace wb::passes
