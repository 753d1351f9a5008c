// SPDX-License-Identifier: GPL-3.0-or-later
// When each command of two streams begins and ends: both engines work in order, side by side, and a command waits for
// the one of the other engine that it names. This rule and the costs (cost.h) give the vendor's own totals for the
// vendor's own streams.
#pragma once

#include "compiler/target/bm1684x/assembler/assembler.h"
#include "compiler/target/bm1684x/cycles/cost.h"

#include <span>
#include <vector>

namespace wb::bm1684x {

struct TimedCommand {
    Engine engine = Engine::Tiu;
    uint32_t id = 0;
    int32_t layer = -1;
    int64_t start = 0;       ///< first cycle, from the beginning of the first group
    int64_t cycles = 0;
    bool observed = true;    ///< Cost::observed
    uint32_t group = 0;      ///< command group; ids are unique within
    int64_t end() const { return start + cycles - 1; } ///< last cycle
};

struct LayerTime {
    int32_t layer = -1;
    int64_t tiu = 0, gdma = 0;    ///< sums of cycles; the engines overlap
    int64_t start = 0, end = 0;   ///< from the first command's first to the last one's last cycle
    uint32_t commands = 0;
};

struct Timing {
    std::vector<TimedCommand> commands; ///< in the order in which they were given
    std::vector<LayerTime> layers;      ///< in the order of their first command
    int64_t total = 0;                  ///< cycles until both engines are done (the vendor's TCYC)
    int64_t tiu = 0, gdma = 0;          ///< cycles in which an engine works
    uint32_t notObserved = 0;           ///< commands with an extrapolated cost
    int64_t notObservedCycles = 0;
};

/// Command groups run one after the other. CommandFault when the streams wait for each other, or for a command that is not there.
Result<Timing> timeOf(std::span<const Program> groups);
Result<Timing> timeOf(const Program& program);
/// Decoded streams; END is left out of the count. TIU commands come first in Timing::commands.
Result<Timing> timeOf(std::span<const Command> tiu, std::span<const Command> gdma);

} // namespace wb::bm1684x
