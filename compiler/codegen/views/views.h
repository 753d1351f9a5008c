// SPDX-License-Identifier: GPL-3.0-or-later
// Which values share bytes in DDR: results of reshapes lie in their operand, operands of a concatenation are produced
// in their places in the result.
#pragma once

#include "compiler/codegen/selection/selection.h"

#include <vector>

namespace wb::codegen {

/// A value's place: bytes [offset, offset + its size) of a buffer.
struct Storage {
    int32_t buffer = -1;   ///< -1: constants, values without bytes
    int64_t offset = 0;
};

struct Views {
    std::vector<Storage> values;      ///< by ValueId
    std::vector<int64_t> bufferBytes; ///< by buffer; 0 for those that became part of another
    /// Nodes chosen as views that must be copied all the same: an output needs bytes of its own.
    std::vector<bool> copied;         ///< by NodeId
};

/// With `share` false concatenations move all their operands (every value keeps its own bytes).
Views findViews(const ir::Graph& graph, const Selection& selection, bool share);

} // namespace wb::codegen
