// SPDX-License-Identifier: GPL-3.0-or-later
// What the vendor's files write in another way than the graph has it.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::passes {

/// Brings a graph that was read from a file to the graph's own forms: results that nobody reads (type none) get the type
/// that their operator has for them; windows over [N,C,L] with a second axis of 1 lose it. GraphInvalid where a result
/// of the type none is one that its operator does not have.
Status fromVendorForms(ir::Graph& graph);

} // namespace wb::passes
