// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of a recipe: to calibrate with, to choose by, to show the choice on. No two sets share one.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/improve/recipes.h"
#include "compiler/jobs/calibrate_job.h"

#include <string>
#include <vector>

namespace wb::jobs {

/// The sets as given, or held out of the calibration's pictures where `validation` is empty, the same ones each time.
/// `notes` receives what there are too few for. UsageError where two sets share a picture; errors of reading them.
Result<improve::PictureSets> pictureSets(const ir::Graph& top, const CalibrationSettings& calibration,
                                         const std::string& validation, const std::string& test,
                                         std::vector<Error>& notes, const JobContext& context);

} // namespace wb::jobs
