// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns that converters write for what one operator says better, in the network and in its branches and loop bodies:
// dilated convolutions, and elements repeated along an axis.
#pragma once

#include "compiler/import/source_model.h"

namespace wb::importer {

/// By tensor, as the file says it; what is free stands as the interpreter takes it by default.
using FileShapes = std::map<std::string, ir::Shape, std::less<>>;

/// - SPACE_TO_BATCH_ND, a convolution of stride 1 without border, BATCH_TO_SPACE_ND with the same blocks, each read once:
///   one convolution with that dilation. Sequences have EXPAND_DIMS and RESHAPE around the convolution, which stay. Where
///   borders and crops do not come to a border of the picture, nothing changes.
/// - An axis of one put in, TILE along it, RESHAPE: "REPEAT" with `axis` and `times`; operand 1 (or new_shape) is the
///   RESHAPE's shape, which its rule holds against what is known then.
void rewriteTflite(SourceModel& model, const FileShapes& shapes);

} // namespace wb::importer
