// SPDX-License-Identifier: GPL-3.0-or-later
// Another order of the transfers: loads go ahead of stores that still wait for arithmetic, constants of the next
// group arrive while this one works. What memory commands touch decides which orders are right; estimated cycles
// decide which is taken.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/target/bm1684x/assembler/assembler.h"

namespace wb::codegen {

/// The same commands with transfers in a better order, or `program` itself if there is none.
Result<bm1684x::Program> scheduled(bm1684x::Program program, const JobContext& context);

/// Estimated cycles; 0 if the streams cannot be timed.
int64_t cyclesOf(const bm1684x::Program& program);

} // namespace wb::codegen
