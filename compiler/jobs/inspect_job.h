// SPDX-License-Identifier: GPL-3.0-or-later
// What is in a file: model of any kind, .mlir, npz, calibration or precision table, project.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/snapshot.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace wb::jobs {

struct InspectResult {
    std::string kind;          ///< "onnx", "mlir", "npz", "calibration-table", "precision-table", "project", "bmodel"
    nlohmann::json content;    ///< by kind
    std::string text;          ///< for people
};

Result<InspectResult> inspect(const std::filesystem::path& file, JobContext& context);

/// Cycles of a bmodel: {"total_cycles", "tiu_cycles", "gdma_cycles", "not_observed", "layers"},
/// and every command: "timeline" (timeline.h).
Result<InspectResult> inspectProfile(const std::filesystem::path& bmodel);

} // namespace wb::jobs
