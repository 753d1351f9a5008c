// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a network of any stage: a framework's file (imported and optimised), a top .mlir, a lowered one, a bmodel.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/import/import.h"
#include "compiler/ir/graph.h"
#include "compiler/jobs/project.h"
#include "compiler/preprocess/preprocess.h"
#include "compiler/target/bmodel/model.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wb::jobs {

enum class GraphStage : uint8_t { Source, Top, Lowered, Compiled };

struct OpenedModel {
    GraphStage stage = GraphStage::Source;          ///< of the file
    std::shared_ptr<const ir::Graph> graph;         ///< optimised top, or lowered
    std::shared_ptr<const ir::Graph> origin;        ///< as imported; only for a framework's file
    std::shared_ptr<const bmodel::File> compiled;   ///< a bmodel; `graph` then has its inputs and outputs only
    std::string format;                             ///< "ONNX", "MLIR", "BMODEL"
    int opset = 0;
};

struct OpenOptions {
    std::string modelName;
    std::vector<ir::Shape> inputShapes;
    std::vector<std::string> outputNames;
    std::filesystem::path weights;           ///< Caffe's second file
    PreprocessSettings preprocess;
};

/// Errors of import, of the text form, of its weights, of a bmodel; CodegenMissing for a cvimodel.
Result<OpenedModel> openModel(const std::filesystem::path& path, const OpenOptions& options,
                              const JobContext& context);

/// The numbers of the settings, as the top.Input attributes of the vendor hold them (rounded to single).
/// PreprocessInvalid for an expression that is none.
Result<importer::PreprocessAttributes> toAttributes(const PreprocessSettings& settings);

/// The settings that the graph's first input carries; nothing when it takes tensors.
std::optional<preprocess::Settings> settingsOf(const ir::Graph& graph);

/// Inputs for the graph from pictures or npz/npy files, in the types that it takes: one TensorMap for one run. A single
/// npz array may have any name.
Result<std::map<std::string, ir::Tensor, std::less<>>>
loadInputs(const ir::Graph& graph, const std::vector<std::filesystem::path>& files);

} // namespace wb::jobs
