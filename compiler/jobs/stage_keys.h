// SPDX-License-Identifier: GPL-3.0-or-later
// The settings that each stage's result depends on, and where files of a project lie.
#pragma once

#include "compiler/jobs/stages.h"

namespace wb::jobs {

/// Relative paths of a project are relative to the folder of its file.
std::filesystem::path resolvePath(const std::filesystem::path& projectFile, const std::string& path);

/// One JSON object a stage, in the order of kStages; equal settings give equal results.
std::array<nlohmann::json, 8> stageSettings(const Project& project,
                                            const std::filesystem::path& projectFile);

} // namespace wb::jobs
