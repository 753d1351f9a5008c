// SPDX-License-Identifier: GPL-3.0-or-later
// Slices of every second element, of short blocks, and concatenations that put such things together again (rotary
// embeddings: even and odd columns, halves of heads) would move a few bytes at a time. One permutation deals a tensor
// out to all slices of one kind, each of which is a run of it then; operands of a concatenation lie behind each other
// and are permuted once.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such nodes around permutations, where that moves less.
ir::Graph dealInterleaves(const ir::Graph& graph);

} // namespace wb::codegen
