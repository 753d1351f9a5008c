// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the stored result of every stage for a project as it is now. Hashing a data set and reading results
// take time, so the window runs this in a thread of the pool; everything here is plain values.
#pragma once

#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"
#include "compiler/jobs/stages.h"
#include "widgets/document/deploy_report.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wb::document {

/// What the files of one stage hold (roles "network", "samples", "precisions", "detections", "deploy").
struct StageData {
    std::optional<jobs::NetworkSnapshot> network;
    std::vector<jobs::LayerSample> samples;
    std::vector<jobs::LayerPrecision> precisions;
    std::vector<jobs::DetectionCandidates> detections;
    std::optional<DeployReport> deploy;
};

struct FoundStage {
    std::string key;                         ///< of the project as it is now
    nlohmann::json settings;                 ///< what that key is the hash of
    std::optional<jobs::StageResult> result; ///< with this key, else the newest one with another
    bool current = false;                    ///< the result has this key
    std::optional<StageData> data;           ///< read only if its key was not in `known`
};
using FoundStages = std::array<FoundStage, 8>;

/// Keys whose data the caller already holds, one a stage.
using KnownKeys = std::array<std::string, 8>;

/// Never fails: what cannot be read counts as not there.
FoundStages findStages(const jobs::Project& project, const std::filesystem::path& projectFile,
                       const KnownKeys& known);

StageData readStageData(const std::filesystem::path& projectFile, const jobs::StageResult& result);

} // namespace wb::document
