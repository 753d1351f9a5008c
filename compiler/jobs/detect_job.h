// SPDX-License-Identifier: GPL-3.0-or-later
// detect_yolov5, detect_yolov3: pictures through a model of any stage, boxes out, annotated pictures.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"

#include <array>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

struct DetectRequest {
    std::vector<std::filesystem::path> models; ///< one, or several for pictures side by side
    std::vector<std::string> outputNames;    ///< cut of an ONNX model, as in transform
    std::filesystem::path input;             ///< picture or folder
    std::filesystem::path output;            ///< picture; a folder when the input is one
    std::string family = "auto";             ///< auto, yolov5, yolov3
    std::array<int64_t, 2> netInputDims{0, 0}; ///< height, width; 0: the model's
    double confidenceThreshold = 0.001, iouThreshold = 0.6, scoreThreshold = 0.5;
    std::filesystem::path classNames;        ///< one a line; empty: COCO for 80 classes, else numbers
    std::vector<double> anchors;
    bool vendorNms = false;                  ///< class-agnostic with the sample's +1 convention
};

struct DetectPicture {
    std::filesystem::path input, output;
    std::filesystem::path model;
    std::vector<DetectionBox> boxes;         ///< at and above the score threshold, best first
    std::vector<std::string> labels;         ///< "person:60.7%", as drawn
};

Result<std::vector<DetectPicture>> detect(const DetectRequest& request, JobContext& context);

} // namespace wb::jobs
