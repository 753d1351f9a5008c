// SPDX-License-Identifier: GPL-3.0-or-later
// What instruction streams of the BM1684X compute: memory before, memory after. No time passes here (cycles/ does that).
// Integers are bit for bit those of the chip's C model; floats come close (README.md of this folder says how close).
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/target/bm1684x/isa/command.h"
#include "compiler/target/bm1684x/simulator/memory.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace wb::bm1684x {

class Machine {
public:
    Memory& memory() { return m_memory; }
    /// Uses the loops that define the results instead of their fast twins.
    void setScalar(bool scalar) { m_scalar = scalar; }

    /// One command. CommandFault if it reaches for memory that is not there or cannot work, CommandUnknown if it, or
    /// this form of it, is not simulated; memory may then be partly written.
    Status execute(const Command& command, const JobContext& job = {});

private:
    Memory m_memory;
    bool m_scalar = false;
};

/// In which order commands of two queues are run. Each queue works in order, and a command waits for the command of the
/// other queue that its cmd_id_dep names.
struct RunOrder {
    /// Empty: TIU commands as early as they can. Otherwise every runnable command has the same chance: results then
    /// depend on the seed where a dependency is missing.
    std::optional<uint64_t> seed;
};

/// Runs both streams to their ends. CommandFault if they wait for each other.
Status run(Machine& machine, std::span<const Command> tiu, std::span<const Command> gdma, const RunOrder& order = {},
           const JobContext& job = {});

} // namespace wb::bm1684x
