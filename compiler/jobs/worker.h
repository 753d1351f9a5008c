// SPDX-License-Identifier: GPL-3.0-or-later
// The worker process of the window: the line protocol of events.h over two streams. One job runs at a time,
// others queue; a cancel reaches the running job at once and removes a queued one.
#pragma once

#include "compiler/base/job_context.h"

#include <functional>
#include <iosfwd>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace wb::jobs {

using WorkerJob = std::function<Result<nlohmann::json>(const nlohmann::json& request, JobContext&)>;

/// The jobs listed in events.h.
std::map<std::string, WorkerJob> workerJobs();

/// Serves until the end of `in`, then stops the running job and returns. A line that is not a request
/// is answered with an error event (UsageError); nothing that comes in ends the process.
void serve(std::istream& in, std::ostream& out, const std::map<std::string, WorkerJob>& jobs);

} // namespace wb::jobs
