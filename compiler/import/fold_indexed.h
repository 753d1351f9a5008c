// SPDX-License-Identifier: GPL-3.0-or-later
// Data movement on constants that indices, borders or element positions control: what exporters leave of
// masks (slice assignment becomes ScatterND), relative position tables and window partitions.
#pragma once

#include "compiler/import/fold_arithmetic.h"

namespace wb::importer {

/// True for the kinds that foldIndexed() takes: ScatterND, GatherND, Tile, Pad, Split, Trilu, ….
bool isIndexed(const std::string& kind);
/// The shape of the one result (all results of Split together have the shape of the operand), to be charged
/// before foldIndexed() computes it. Nothing: this form is not evaluated.
std::optional<ir::Shape> indexedShape(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs);
/// Inputs in order, nullptr for an absent one. Call it only when indexedShape() gave a shape.
std::optional<Result<std::vector<ir::Tensor>>> foldIndexed(const ops::SourceNode& node,
                                                           const std::vector<const ir::Tensor*>& inputs);

} // namespace wb::importer
