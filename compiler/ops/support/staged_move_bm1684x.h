// SPDX-License-Identifier: GPL-3.0-or-later
// Copies within DDR that are faster by way of local memory. A transfer is charged by its runs, and runs of less than
// 256 bytes as if they had as many: a transpose of single elements is the worst of all. Pieces that are long runs of
// the source come into lanes, the vector unit puts their elements in the result's order (elements that repeat
// included), and long runs go back.
#pragma once

#include "compiler/ops/support/move_bm1684x.h"

#include <optional>

namespace wb::ops {

struct StagedMove {
    struct Axis {
        int64_t size = 1, from = 0, to = 0; ///< as in ElementMove; from 0 repeats
        int64_t piece = 1;                  ///< indices that one lane holds
    };
    bm1684x::Precision precision = bm1684x::Precision::Int8;
    std::vector<Axis> axes;    ///< in the order of the move
    size_t lane = 0;           ///< the axis along which lanes follow each other, a piece each
    int64_t lanes = 1;
    size_t group = 0;          ///< where groups > 1: the axis of which every index has `lanes` lanes of its own
    int64_t groups = 1;
};

/// The fastest way that was found, where it is faster than transfers within DDR.
std::optional<StagedMove> stagedMove(const ElementMove& move, bm1684x::Precision precision);
/// Uses all of local memory. Addresses are those of element (0, 0, …).
void emitStaged(const StagedMove& move, uint64_t source, uint64_t target, bm1684x::Assembler& out);

} // namespace wb::ops
