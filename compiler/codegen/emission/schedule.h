// SPDX-License-Identifier: GPL-3.0-or-later
// Another order of the transfers: loads go ahead of stores that still wait for arithmetic, constants of the next
// group arrive while this one works. What memory commands touch decides which orders are right; estimated cycles
// decide which is taken.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/target/bm1684x/assembler/assembler.h"

#include <span>
#include <vector>

namespace wb::codegen {

/// Commands as streams with ids and dependencies. Where an engine has `mostCommands` a command group ends: what follows
/// has ids from 1 on, and begins when both engines are done.
Result<std::vector<bm1684x::Program>> assembled(std::span<const bm1684x::Placed> commands, uint32_t mostCommands);

/// The same with transfers in a better order, if there is one.
Result<std::vector<bm1684x::Program>> scheduled(std::vector<bm1684x::Placed> commands, uint32_t mostCommands,
                                                const JobContext& context);

/// Estimated cycles; 0 if the streams cannot be timed.
int64_t cyclesOf(std::span<const bm1684x::Program> groups);

} // namespace wb::codegen
