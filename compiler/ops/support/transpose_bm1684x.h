// SPDX-License-Identifier: GPL-3.0-or-later
// Exchanging two axes of which one is contiguous before and the other after: by GDMA alone every element would be a
// transfer of its own. Pieces of rows are loaded into lanes, turned by one strided copy a lane, stored in long runs.
#pragma once

#include "compiler/ops/support/move_bm1684x.h"

namespace wb::ops {

/// [batch][rows][columns] → [batch][columns][rows], strides in elements.
struct Transpose {
    bm1684x::Precision precision = bm1684x::Precision::Int8;
    int64_t batch = 1, rows = 1, columns = 1;
    int64_t sourceBatch = 0, sourceRow = 0;     ///< strides; columns lie together
    int64_t targetBatch = 0, targetColumn = 0;  ///< strides; rows lie together
};

/// The move as a transpose, if it is one and its pieces fit local memory.
std::optional<Transpose> transposeOf(const ElementMove& move, bm1684x::Precision precision);
void emitTranspose(const Transpose& transpose, uint64_t source, uint64_t target, bm1684x::Assembler& out);

} // namespace wb::ops
