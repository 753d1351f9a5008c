// SPDX-License-Identifier: GPL-3.0-or-later
// model_deploy up to the quantised model and its check: lowers a top file with its tables, runs it on the
// test input and compares every layer with the reference. The bmodel is not written in this version; the
// result says so (CodegenMissing as a warning).
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/compare_files.h"
#include "compiler/quantise/lower.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace wb::jobs {

struct DeployRequest {
    std::filesystem::path mlir;
    std::string chip = "bm1684x";
    std::string quantize = "F32";            ///< F32, F16, BF16, INT8
    std::filesystem::path calibrationTable, quantizeTable;
    bool asymmetric = false;
    std::vector<std::filesystem::path> testInput;
    std::filesystem::path testReference;     ///< empty: computed from the top file
    std::optional<std::pair<double, double>> tolerance; ///< cosine, euclid; default by precision (dossier 7)
    std::vector<std::string> excepts;
    bool compareAll = false;                 ///< all layers, else the outputs only
    bool debug = false;                      ///< keep <prefix>_tpu_outputs.npz
    bool skipValidation = false;
    bool quantInput = false, quantOutput = false;
    bool strict = false;                     ///< a precision that is not honoured is an error
    std::filesystem::path model;             ///< the bmodel asked for; names the folder of the other files
};

struct DeployResult {
    std::filesystem::path tpuMlir, tpuWeights, outputs;
    size_t layers = 0, notHonoured = 0;
    bool compared = false;
    CompareSummary comparison;
};
void to_json(nlohmann::json& j, const DeployResult& v);

Result<DeployResult> deploy(const DeployRequest& request, JobContext& context);

} // namespace wb::jobs
