// SPDX-License-Identifier: GPL-3.0-or-later
// transform --post_handle_type (newer spelling --add_postprocess): the heads of a detector become one table of boxes.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

#include <string>

namespace wb::jobs {

/// Name of the appended result, as the vendor's tool calls it.
inline constexpr char kPostprocessResult[] = "yolo_post";

/// Replaces the outputs that are detection heads by "yolo_post" [N,1,200,7] (ops/yolo): picture, class, score, centre,
/// size (pixels; of YOLOv3 parts of the input, as the vendor's). `type`: "yolo" (the family is found from the heads), "yolov3", "yolov3_tiny", "yolov5", "yolov7", "yolov8",
/// "yolov11"; "none" and "" do nothing. Limits are the vendor's: score 0.5, overlap 0.5. Outputs that are no heads stay.
/// Returns a note on what was assumed. UsageError for other types, DetectHeadUnknown when no output is a head.
Result<std::string> addPostprocess(ir::Graph& top, const std::string& type);

} // namespace wb::jobs
