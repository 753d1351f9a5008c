// SPDX-License-Identifier: GPL-3.0-or-later
// A ReLU that a mover does by the way: the chip's copies change no values, so it becomes an operator of its own.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with tpu.Relu (a table where codes have a zero point) behind Upsample and Concat that clamp below zero.
ir::Graph separateRelus(const ir::Graph& source);

} // namespace wb::codegen
