// SPDX-License-Identifier: GPL-3.0-or-later
// Linear interpolation in local memory: of each axis the two neighbours of every result are copied beside each other, then
// weighted and added in float32. It rounds where products with the matrices of weights do (`rewrites/resize_products`): after
// columns and after rows, the weights themselves to the tensor's kind of float.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// Whether that is the way: mode linear, enough channels to fill lanes with, lines that fit the memory of a lane.
bool interpolatesInLanes(const ir::Graph& graph, const ir::Node& node);

/// Refuses where not.
Result<std::unique_ptr<LocalEmitter>> linearLocal(const EmitContext& c);

} // namespace wb::ops
