// SPDX-License-Identifier: GPL-3.0-or-later
// Movers that move nothing: slices of everything, pads by none, transposes of axes of one element. Exporters leave them
// behind; between operators that run in local memory each of them would send its value through DDR.
#pragma once

#include "compiler/ir/graph.h"

#include <vector>

namespace wb::codegen {

/// Whether axes of more than one element stay in their order under a transpose.
bool keepsOrder(const std::vector<int64_t>& order, const ir::Shape& shape);

/// The graph without them; a transpose that moves nothing but gives another shape is a reshape.
ir::Graph dropIdleMovers(const ir::Graph& graph);

} // namespace wb::codegen
