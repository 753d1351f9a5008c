// SPDX-License-Identifier: GPL-3.0-or-later
// The only way to go parallel. Work is cut into chunks of fixed borders, so that results do not
// depend on the number of threads as long as each chunk writes only its own part.
#pragma once

#include "compiler/base/job_context.h"

#include <cstdint>
#include <functional>

namespace wb {

/// Calls body(begin, end) for [0, count) cut into chunks of `grain` (the last may be shorter), on up
/// to `threads` threads of one process-wide pool, the caller among them. Nested calls run in the
/// calling thread. Returns when all chunks are done. `body` must not throw.
void parallelFor(int64_t count, int64_t grain, int threads,
                 const std::function<void(int64_t begin, int64_t end)>& body);

/// The same, testing the context's stop flag before each chunk; Code::Cancelled if it was set.
Status parallelFor(int64_t count, int64_t grain, const JobContext& context,
                   const std::function<void(int64_t begin, int64_t end)>& body);

} // namespace wb
