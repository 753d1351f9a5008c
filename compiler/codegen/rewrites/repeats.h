// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of a tensor made by repeating it (Expand in front of a division by a norm) are not made where the operator that
// reads them repeats the operand by itself.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with operators that repeat reading what was repeated before; copies that nothing reads are gone.
ir::Graph dropRepeats(const ir::Graph& graph);

} // namespace wb::codegen
