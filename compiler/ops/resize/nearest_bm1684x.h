// SPDX-License-Identifier: GPL-3.0-or-later
// Resizing to the nearest element by any factor, in local memory: lines and columns are copied, several at a time where
// their steps are equal. No lane changes.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/resize/coordinates.h"

namespace wb::ops {

/// Whether copies are the way: mode nearest, one type, pictures or sequences of enough channels to fill lanes with, lines
/// that fit the memory of a lane. Otherwise products with a matrix of zeros and ones do it (`rewrites/resize_products`).
bool copiesNearest(const ir::Graph& graph, const ir::Node& node);

/// Elements `first`, `first` + `step`, … of the result are elements `source`, `source` + `sourceStep`, … of the operand.
struct CopiedRun {
    int64_t first = 0, step = 1, source = 0, sourceStep = 1, count = 1;
};

/// Runs that make all of `sources`, the operand's element for each of the result. A command copies `lines` of them at once,
/// or (whole) lines of so many elements one after the other; `width` elements a pass.
std::vector<CopiedRun> copiedRuns(std::span<const int64_t> sources, int64_t lines, bool whole, int64_t width);

/// Refuses where not `copiesNearest`.
Result<std::unique_ptr<LocalEmitter>> nearestLocal(const EmitContext& c);

} // namespace wb::ops
