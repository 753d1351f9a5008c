// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolation that is no repetition of elements is two products with constant matrices: a row of the result is a sum
// of rows of the operand, and so for columns. This covers every mode of coordinates, enlarging and reducing. Pictures of many
// channels are left: vector units do them where they lie (`ops/resize`).
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such tpu.Interp nodes rewritten; float ones only.
ir::Graph resizeByProducts(const ir::Graph& graph);

} // namespace wb::codegen
