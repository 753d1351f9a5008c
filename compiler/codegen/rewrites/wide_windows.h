// SPDX-License-Identifier: GPL-3.0-or-later
// Windows beyond the fields of a convolution or a pool (padding and stride up to 15, dilation up to 16):
//
//   padding      the picture is padded in DDR first
//   stride       every s-th row and column is a channel of its own; the kernel is cut the same way and walks by ones
//                (a pool's windows, where they do not overlap: each is a picture of its own)
//   dilation     taps that never meet the picture are left out; those left see the picture through channels of their own,
//                or, where they are many, every d-th row and column is a picture of its own (window_taps.h)
//   transposed   each place between two inputs is a channel of its own, which is moved to its place afterwards;
//                what the paddings cut off is cut off there
//
// Results are the same, bit for bit: products only meet zeros in addition.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such convolutions rewritten.
ir::Graph narrowWindows(const ir::Graph& graph);

} // namespace wb::codegen
