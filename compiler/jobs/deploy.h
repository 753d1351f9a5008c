// SPDX-License-Identifier: GPL-3.0-or-later
// model_deploy: lowers a top file with its tables, runs it on the test input and compares it with the reference, writes
// the bmodel, runs its instruction streams in the simulator and compares the outputs with the quantised model's.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/compare_files.h"
#include "compiler/quantise/lower.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
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
    /// bmodel against the quantised model; the vendor's default: 0.99, 0.90, with a precision table 0.98, 0.80.
    std::optional<std::pair<double, double>> correctness;
    std::vector<std::string> excepts;
    bool compareAll = false;                 ///< all layers, else the outputs only
    bool debug = false;                      ///< keep <prefix>_tpu_outputs.npz
    bool skipValidation = false;
    bool quantInput = false, quantOutput = false;
    std::set<size_t> quantInputs, quantOutputs; ///< which of them, by place from 1; empty: all
    bool withoutBmodel = false;              ///< the quantised model only
    /// Inputs take pictures, uint8 in `customizationFormat` (empty: the network's own order); <name>_in_ori.npz keeps
    /// the test picture in that form. The test input has to be a picture or such a file.
    bool fusePreprocess = false;
    std::string customizationFormat;
    /// A network that brings its own codes is quantised again, symmetrically, from the ranges that they stand for.
    bool requantise = false;
    bool strict = false;                     ///< a precision that is not honoured is an error
    std::filesystem::path model;             ///< the bmodel asked for; names the folder of the other files
};

/// Time of one layer on the chip, as the cycle simulator has it (1 GHz).
struct LayerCycles {
    std::string layer;                       ///< result name in the quantised model
    int64_t begin = 0, end = 0;              ///< first start and last end of its commands
    int64_t tiu = 0, gdma = 0;               ///< cycles in which each engine works for it
};

/// The file that was written and what it does.
struct BmodelResult {
    std::filesystem::path file;
    /// What stands behind the chip's last layer, as a top .mlir that takes the bmodel's outputs; empty: nothing does.
    std::filesystem::path hostPart;
    std::vector<std::string> hostLayers;     ///< "yolo_post (YoloDetection)"
    uint64_t fileBytes = 0, coefficientBytes = 0, neuronBytes = 0;
    uint32_t tiuCommands = 0, gdmaCommands = 0;
    std::optional<int64_t> cycles;           ///< of one run; absent while a command's cost is not known
    std::vector<LayerCycles> layers;         ///< in the order in which they run
    bool simulated = false;                  ///< its streams were run on the test input
    size_t outputs = 0, equalOutputs = 0;    ///< compared with the quantised model; equal: every byte
    bool passed = false;                     ///< all outputs within DeployRequest::correctness
    CompareSummary comparison;               ///< of the outputs
};

struct DeployResult {
    std::filesystem::path tpuMlir, tpuWeights, outputs;
    size_t layers = 0, notHonoured = 0;
    bool compared = false;
    CompareSummary comparison;
    std::optional<BmodelResult> bmodel;      ///< absent when request.model names no .bmodel
    std::string withoutBmodel;               ///< the chip, where it was asked for one that code is not generated for
};
void to_json(nlohmann::json& j, const LayerCycles& v);
void to_json(nlohmann::json& j, const BmodelResult& v);
void to_json(nlohmann::json& j, const DeployResult& v);

Result<DeployResult> deploy(const DeployRequest& request, JobContext& context);

} // namespace wb::jobs
