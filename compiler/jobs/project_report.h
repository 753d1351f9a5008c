// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a project for people and programs: stages with their one-line results, cosines, detections,
// files. And the same project as command lines.
#pragma once

#include "compiler/jobs/stages.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace wb::jobs {

struct ProjectReport {
    nlohmann::json content;
    std::string text;       ///< the table that `tpuwb project run` prints
};
ProjectReport makeReport(const Project& project, const std::filesystem::path& projectFile);

/// The one-line result of a stage, in English ("8 images · KL · 92 thresholds"), from its summary.
std::string oneLine(const StageResult& result);

/// The commands of UX guide section 16 that do what the project does, in order.
std::string exportScript(const Project& project, const std::filesystem::path& projectFile);

} // namespace wb::jobs
