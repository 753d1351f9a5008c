// SPDX-License-Identifier: GPL-3.0-or-later
// model_runner: runs a model file of any stage (ONNX, top or tpu .mlir) on an npz.
#pragma once

#include "compiler/base/job_context.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

struct RunRequest {
    std::filesystem::path model;
    std::filesystem::path weights;           ///< Caffe's second file
    std::filesystem::path input;             ///< npz; a single array may have any name
    std::filesystem::path output;            ///< npz of results; empty: none is written
    bool dumpAllTensors = false;
    bool outFixed = false;                   ///< integer outputs as codes, not dequantised
    int repeat = 1;
};

struct RunResult {
    std::filesystem::path output;
    std::vector<std::string> outputs;        ///< names written
    double medianMs = 0, minMs = 0;          ///< over the repeats, preparation excluded
    int repeat = 1, threads = 1;
    size_t peakBytes = 0;                    ///< planned activation memory
};
void to_json(nlohmann::json& j, const RunResult& v);

Result<RunResult> runModel(const RunRequest& request, JobContext& context);

} // namespace wb::jobs
