// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions of networks that bring their own scales give 32-bit sums, which another node makes codes of. As one node
// they keep the sums to themselves, a box at a time, and may lie in blocks like any convolution of codes.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such pairs as one tpu.Conv2D: the requant's multipliers and shifts, one a channel, and its quant_mode.
ir::Graph fuseRequants(const ir::Graph& graph);

} // namespace wb::codegen
