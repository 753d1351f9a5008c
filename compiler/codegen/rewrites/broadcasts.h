// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators of tensors with more than four axes, one of which repeats along axes that the chip would join
// (1x2xCx1x1 on 1x2xCxHxW): neighbouring axes along which all operands repeat alike become one, until four are left.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such operators between reshapes; those that keep more than four axes stay as they are.
ir::Graph joinBroadcastAxes(const ir::Graph& graph);

} // namespace wb::codegen
