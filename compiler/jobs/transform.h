// SPDX-License-Identifier: GPL-3.0-or-later
// model_transform: a model file becomes a top graph, its weights, the preprocessed test input and every
// layer's FP32 value; the optimised graph is compared with the graph as imported.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/compare_files.h"
#include "compiler/jobs/project.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

struct TransformRequest {
    std::string modelName;                   ///< module and file prefix
    std::filesystem::path modelDef;
    std::filesystem::path modelData;         ///< caffemodel
    std::vector<ir::Shape> inputShapes;
    std::vector<std::string> outputNames;
    PreprocessSettings preprocess;
    std::vector<std::filesystem::path> testInput; ///< pictures, npy, or one npz
    std::filesystem::path testResult;        ///< every layer's value; required with testInput
    std::filesystem::path mlir;              ///< result; its folder takes the other files too
    double toleranceCosine = 0.99, toleranceEuclid = 0.99;
    std::vector<std::string> excepts;
    std::string postprocess;                 ///< detection appended to the network (add_postprocess.h); empty: none
    bool debug = false;                      ///< keep <name>_origin.mlir and <name>_ref_outputs.npz
};

struct TransformResult {
    std::filesystem::path mlir, weights, input, reference;
    size_t layers = 0;
    bool compared = false;
    CompareSummary comparison;               ///< when compared
};
void to_json(nlohmann::json& j, const TransformResult& v);

/// BelowTolerance after all files are written when a layer differs too much.
Result<TransformResult> transform(const TransformRequest& request, JobContext& context);

} // namespace wb::jobs
