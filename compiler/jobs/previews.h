// SPDX-License-Identifier: GPL-3.0-or-later
// Small jobs of the window that look at something without making a stage: requests and answers are the
// JSON objects described in events.h.
#pragma once

#include "compiler/base/job_context.h"

#include <nlohmann/json.hpp>

namespace wb::jobs {

/// {"model": {path, input_shapes, output_names}} → NetworkSnapshot with "inputs" and "candidates" (tensors
/// offered as outputs: the three raw heads of a YOLO).
Result<nlohmann::json> importPreview(const nlohmann::json& request, JobContext& context);

/// {"project", "file", "picture"} → {"resized": png, "tensor": png, "channels": […], "formula", "shape"}
Result<nlohmann::json> preprocessPreview(const nlohmann::json& request, JobContext& context);

/// {"project", "file", "layer", "variants": ["fp32", "int8"], "bins": 512} → [TensorStatistics]; all share
/// one range, so that their histograms can be laid over each other.
Result<nlohmann::json> tensorStatistics(const nlohmann::json& request, JobContext& context);

} // namespace wb::jobs
