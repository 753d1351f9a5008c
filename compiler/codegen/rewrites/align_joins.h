// SPDX-License-Identifier: GPL-3.0-or-later
// Joined channels that do not fill rows of 64 lanes change lanes one after the other. Where codes are joined that only
// convolutions read in the end, every operand begins a row of lanes instead: it is copied at full width, channels
// between mean nothing, and filters have no weights for them.
#pragma once

#include "compiler/codegen/selection/selection.h"

namespace wb::codegen {

/// Attribute of a concatenation, 1: each operand begins at a multiple of 64 channels of the result.
inline constexpr const char* kAlignedRows = "aligned_rows";

/// Concatenations that `selection` runs in local memory, where that saves cycles.
ir::Graph alignJoins(const ir::Graph& graph, const Selection& selection);

} // namespace wb::codegen
