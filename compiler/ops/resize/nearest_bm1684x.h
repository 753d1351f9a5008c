// SPDX-License-Identifier: GPL-3.0-or-later
// Resizing to the nearest element by any factor, in local memory: lines and columns are copied, several at a time where
// their steps are equal. No lane changes.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/resize/coordinates.h"
#include "compiler/ops/support/vector_bm1684x.h"

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

/// A tpu.Interp of a computed picture or sequence in that mode.
bool isResized(const ir::Graph& graph, const ir::Node& node, std::string_view mode);
/// What resizing in local memory needs of a node whatever its mode; `perLane`: bytes.
bool resizesInLanes(const ir::Graph& graph, const ir::Node& node, int64_t perLane);
/// Column (or row) i of `to` as column sources[i] of `from`.
void copyLines(VectorUnit& unit, const bm1684x::LocalTensor& to, const bm1684x::LocalTensor& from, std::span<const int64_t> sources, bool columns);
/// Whether each line stays where it is.
bool areInOrder(std::span<const int64_t> sources);

/// Refuses where not `copiesNearest`.
Result<std::unique_ptr<LocalEmitter>> nearestLocal(const EmitContext& c);

} // namespace wb::ops
