// SPDX-License-Identifier: GPL-3.0-or-later
// DDR: coefficients first, then the context. Buffers whose lifetimes do not meet share addresses; inputs and outputs
// share with nothing.
#pragma once

#include "compiler/codegen/groups/plan.h"

namespace wb::codegen {

struct DdrMap {
    uint64_t coefficientAddress = bm1684x::kGlobalBase;
    uint64_t contextAddress = 0, contextBytes = 0;
    std::vector<uint64_t> values;      ///< by ValueId; 0 for values without a place
    struct Life {
        int32_t first = -1, last = -1; ///< steps; -1: never used
    };
    std::vector<Life> lives;           ///< by buffer of Views
    bm1684x::GlobalTensor tensor(const Selection& selection, ir::ValueId id) const;
};

/// CodegenLimit when DDR is not large enough.
Result<DdrMap> placeInDdr(const ir::Graph& graph, const Selection& selection, const Views& views,
                          const std::vector<Step>& steps, uint64_t coefficientBytes, bool share);

} // namespace wb::codegen
