// SPDX-License-Identifier: GPL-3.0-or-later
// Structure of a graph, checked without knowing any operator: run after passes in debug builds,
// after parsing text, and in tests.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

namespace wb::ir {

/// GraphInvalid naming the value or node: ids in range, every operand defined before its use, every
/// value made by one node and recorded so, names unique and not empty, shapes without negative
/// dimensions, a top.Weight with data of its type's size, outputs that exist.
Status verify(const Graph& graph);

} // namespace wb::ir
