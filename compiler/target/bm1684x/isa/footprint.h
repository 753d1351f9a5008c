// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that a command reads and writes. The order of the two engines rests on it, so it is never too small; it is
// wider than the truth only inside one row of channels (gaps between strided elements) and for operations that the
// register tables leave open.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"

namespace wb::bm1684x {

/// Bytes [begin, end) of each lane whose bit is set.
struct LocalRange {
    uint32_t begin = 0, end = 0;
    uint64_t lanes = 0;
    bool operator==(const LocalRange&) const = default;
};

/// Bytes [begin, end) by full address: static memory, L2, DDR.
struct ByteRange {
    uint64_t begin = 0, end = 0;
    bool operator==(const ByteRange&) const = default;
};

struct Footprint {
    std::vector<LocalRange> localReads, localWrites;
    std::vector<ByteRange> staticReads, staticWrites;
    std::vector<ByteRange> globalReads, globalWrites; ///< from the first to the last byte of each tensor
    const char* outside = nullptr; ///< operand that leaves its memory ("res0"); its ranges are cut there
};

Footprint footprint(const Command& command);

} // namespace wb::bm1684x
