// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/transform.h"

#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/add_postprocess.h"
#include "compiler/jobs/layer_values.h"
#include "compiler/jobs/model_file.h"

#include <nlohmann/json.hpp>

namespace wb::jobs {

namespace fs = std::filesystem;

void to_json(nlohmann::json& j, const TransformResult& v) {
    j = {{"mlir", v.mlir.string()}, {"weights", v.weights.string()}, {"layers", v.layers}, {"compared", v.compared}};
    if (!v.input.empty()) j["input"] = v.input.string();
    if (!v.reference.empty()) j["reference"] = v.reference.string();
    if (v.compared) j["comparison"] = v.comparison;
}

Result<TransformResult> transform(const TransformRequest& request, JobContext& context) {
    OpenOptions options;
    options.modelName = request.modelName;
    options.inputShapes = request.inputShapes;
    options.outputNames = request.outputNames;
    options.weights = request.modelData;
    options.preprocess = request.preprocess;
    context.progress({"transform", 0, 4, "import"});
    WB_ASSIGN(OpenedModel model, openModel(request.modelDef, options, context));
    if (model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already lowered"}.inFile(request.modelDef.string());
    if (!request.modelData.empty() && model.format != "CAFFE")
        context.diagnostics().warn(Code::UsageError, "--model_data is only used with Caffe models");
    if (!request.postprocess.empty()) {
        ir::Graph withBoxes = *model.graph;
        WB_ASSIGN(const std::string note, addPostprocess(withBoxes, request.postprocess));
        model.graph = std::make_shared<const ir::Graph>(std::move(withBoxes));
        if (!note.empty()) context.line(note + "; compared with the file's network is what they are made of");
    }
    TransformResult result;
    result.mlir = request.mlir;
    for (const ir::Node& node : model.graph->nodes())
        result.layers += node.op != "top.Weight" ? 1 : 0;
    WB_TRY(ir::writeMlir(*model.graph, request.mlir));
    WB_ASSIGN(result.weights, ir::weightFile(*model.graph, request.mlir));
    const fs::path folder = request.mlir.parent_path();
    if (request.debug && model.origin != nullptr)
        WB_TRY(ir::writeMlir(*model.origin, folder / (request.modelName + "_origin.mlir")));
    context.progress({"transform", 1, 4, "written"});
    if (request.testInput.empty()) return result;

    WB_ASSIGN(const auto inputs, loadInputs(*model.graph, request.testInput));
    result.input = folder / (request.modelName + "_in_f32.npz");
    WB_TRY(ir::writeNpz(result.input, {inputs.begin(), inputs.end()}));
    WB_TRY(writeLayerValues(model.graph, inputs, request.testResult, {}, context));
    result.reference = request.testResult;
    context.progress({"transform", 2, 4, "run"});
    if (model.origin == nullptr) return result;

    // The reference of the check is the network as it stands in the file, not optimised.
    const fs::path source = folder / (request.modelName + "_ref_outputs.npz");
    WB_TRY(writeLayerValues(model.origin, inputs, source, {}, context));
    context.progress({"transform", 3, 4, "source"});
    evaluate::CompareNpzOptions compare;
    compare.tolerance = {request.toleranceCosine, request.toleranceEuclid};
    compare.excepts.insert(request.excepts.begin(), request.excepts.end());
    auto summary = compareFiles(request.testResult, source, compare, 0, context);
    if (!request.debug) {
        std::error_code ec;
        fs::remove(source, ec);
    }
    if (!summary) return std::move(summary).error();
    result.compared = true;
    result.comparison = std::move(*summary);
    context.progress({"transform", 4, 4, {}});
    return result;
}

} // namespace wb::jobs
