// SPDX-License-Identifier: GPL-3.0-or-later
// Places buffers in a lane's memory: buffers alive at the same step never overlap, and buffers that one command uses
// together lie in different banks where there is room.
#pragma once

#include "compiler/target/bm1684x/machine.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace wb::codegen {

struct LocalBuffer {
    int64_t bytes = 0;              ///< a lane; rounded up to 64
    std::vector<bool> alive;        ///< by step; all buffers have the same number of steps
    std::vector<size_t> partners;   ///< buffers used by the same commands
    bool fixed = false;             ///< lies at `address` already
    bool outlives = false;          ///< stays when the others are gone: placed before them, at the end
    uint32_t address = 0;           ///< found by placeBuffers
};

/// The most bytes alive at a step: a lower bound of what is needed.
int64_t peakBytes(const std::vector<LocalBuffer>& buffers);

/// Sets the addresses, low ones first or (`fromTop`) high ones; false if they do not fit `laneBytes`.
bool placeBuffers(std::vector<LocalBuffer>& buffers, int64_t laneBytes, bool fromTop = false);

} // namespace wb::codegen
