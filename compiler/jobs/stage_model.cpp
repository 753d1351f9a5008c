// SPDX-License-Identifier: GPL-3.0-or-later
// The first three stages: import, preprocessing of the test pictures, FP32 reference.
#include "compiler/jobs/stage_run.h"

#include "compiler/base/file.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/network_snapshot.h"
#include "compiler/jobs/number_text.h"
#include "compiler/quantise/lower_quantised.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wb::jobs {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// What the reference runs: a network that brings its scales without them, in F32.
Result<std::shared_ptr<const ir::Graph>> inNumbers(std::shared_ptr<const ir::Graph> graph) {
    if (!quantise::bringsScales(*graph)) return graph;
    WB_ASSIGN(ir::Graph numbers, quantise::withoutCodes(*graph));
    return std::make_shared<const ir::Graph>(std::move(numbers));
}

} // namespace

StageRun::StageRun(const Project& project, fs::path projectFile, JobContext& context)
    : m_project(project), m_file(std::move(projectFile)), m_context(context) {}

Status StageRun::run(Stage stage, StageResult& result, const fs::path& folder) {
    switch (stage) {
    case Stage::Import: return runImport(result, folder);
    case Stage::Preprocess: return runPreprocess(result, folder);
    case Stage::Reference: return runReference(result, folder);
    case Stage::Calibrate: return runCalibrate(result, folder);
    case Stage::Quantise: return runQuantise(result, folder);
    case Stage::Precision: return runPrecision(result, folder);
    case Stage::Mixed: return runMixed(result, folder);
    case Stage::Deploy: return runDeploy(result, folder);
    }
    return {};
}

std::string StageRun::modelName() const {
    // Names of files and of the MLIR module: letters, digits, '_', '-', '.'.
    std::string name = fs::path(m_project.model.path).stem().string();
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '.') c = '_';
    return name.empty() ? "model" : name;
}

Status StageRun::needModel() {
    if (m_model.graph != nullptr) return {};
    if (m_project.model.path.empty())
        return Error{Code::FileNotFound, "the project names no model"}.remedy("open a model");
    OpenOptions options;
    options.modelName = modelName();
    options.inputShapes = m_project.model.inputShapes;
    options.outputNames = m_project.model.outputNames;
    options.preprocess = m_project.preprocess;
    if (!m_project.model.dataPath.empty()) options.weights = resolve(m_project.model.dataPath);
    WB_ASSIGN(m_model, openModel(resolve(m_project.model.path), options, m_context));
    if (m_model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already quantised; a project starts from a float network"}
            .inFile(m_project.model.path);
    m_network = makeSnapshot(*m_model.graph, m_model.format, m_model.opset);
    return {};
}

Status StageRun::needReference() {
    WB_TRY(needModel());
    if (m_reference != nullptr) return {};
    execute::Options options;
    options.observable = true;
    WB_ASSIGN(const auto numbers, inNumbers(m_model.graph));
    WB_ASSIGN(m_reference, execute::Executor::create(numbers, options, m_context));
    return {};
}

Status StageRun::needInputs() {
    WB_TRY(needModel());
    if (!m_inputs.empty()) return {};
    if (m_project.testImages.empty())
        return Error{Code::DatasetEmpty, "the project has no test image"}
            .because("layers and detections are compared on test images")
            .remedy("add one or more test images");
    const auto settings = settingsOf(*m_model.graph);
    const auto inputs = m_model.graph->inputs();
    for (const std::string& image : m_project.testImages) {
        const fs::path path = resolve(image);
        if (!settings || path.extension() == ".npz" || inputs.size() != 1) {
            WB_ASSIGN(auto map, loadInputs(*m_model.graph, {path}));
            m_inputs.push_back(std::move(map));
            continue;
        }
        const ir::Value& input = m_model.graph->value(inputs.front());
        WB_ASSIGN(auto prepared, preprocess::prepareFile(path, *settings, input.type.shape));
        ir::Tensor tensor = prepared.tensor;
        if (input.type.shape.front() > 1) { // batch: the picture fills every place
            WB_ASSIGN(tensor, preprocess::prepareBatch({path}, *settings, input.type.shape));
        }
        m_inputs.push_back({{input.name, std::move(tensor)}});
        m_placements.push_back(prepared.placement);
    }
    return {};
}

Status StageRun::runImport(StageResult& result, const fs::path& folder) {
    m_context.progress({"import", 0, 2, m_project.model.path});
    WB_TRY(needModel());
    m_context.event(event::kNetwork, m_network);
    m_context.progress({"import", 1, 2, "network"});
    WB_TRY(writeTextAtomically(folder / "network.json", json(m_network).dump()));
    result.files["network"] = "network.json";
    std::string inputs;
    for (const ir::ValueId id : m_model.graph->inputs())
        inputs += (inputs.empty() ? "" : ", ") + ir::toText(m_model.graph->value(id).type.shape);
    result.summary = {{"format", m_model.format},
                      {"opset", std::to_string(m_model.opset)},
                      {"layers", std::to_string(m_network.layers.size())},
                      {"input", inputs},
                      {"outputs", std::to_string(m_network.outputNames.size())}};
    m_context.progress({"import", 2, 2, {}});
    return {};
}

Status StageRun::runPreprocess(StageResult& result, const fs::path& folder) {
    WB_TRY(needModel());
    // The preprocessing is part of the network from here on: its input carries it.
    const std::string mlir = modelName() + ".mlir";
    WB_TRY(ir::writeMlir(*m_model.graph, folder / mlir));
    result.files["top"] = mlir;
    if (m_project.testImages.empty()) {
        result.summary = {{"kind", "none"}, {"images", "0"}};
        return {};
    }
    WB_TRY(needInputs());
    std::vector<ir::NamedTensor> arrays(m_inputs.front().begin(), m_inputs.front().end());
    const std::string file = modelName() + "_in_f32.npz";
    WB_TRY(ir::writeNpz(folder / file, arrays));
    result.files["input"] = file;
    const auto settings = settingsOf(*m_model.graph);
    if (!settings) {
        result.summary = {{"kind", "tensor"}, {"images", std::to_string(m_inputs.size())}};
        return {};
    }
    result.summary = {{"kind", "picture"},
                      {"pixel_format", settings->pixelFormat},
                      {"resize", settings->keepAspectRatio ? settings->keepRatioMode : "stretch"},
                      {"size", std::to_string(settings->resizeHeight) + "x" + std::to_string(settings->resizeWidth)},
                      {"formula", preprocess::formula(*settings)},
                      {"pad", std::to_string(settings->padValue)},
                      {"images", std::to_string(m_inputs.size())}};
    return {};
}

Status StageRun::runReference(StageResult& result, const fs::path& folder) {
    WB_TRY(needReference());
    WB_TRY(needInputs());
    VariantRequest request;
    request.network = &m_network;
    request.variant = m_reference.get();
    request.kind = Variant::Fp32;
    request.inputs = m_inputs;
    // What the optimisation did is measured against the network as it stands in the file, run by the plain
    // kernels: another program path from the first operator on.
    std::unique_ptr<execute::Executor> source;
    if (m_model.origin != nullptr) {
        execute::Options options;
        options.observable = true;
        options.scalar = false;
        WB_ASSIGN(const auto numbers, inNumbers(m_model.origin));
        WB_ASSIGN(source, execute::Executor::create(numbers, options, m_context));
    }
    request.reference = source != nullptr ? source.get() : m_reference.get();
    const std::string file = modelName() + "_top_outputs.npz";
    WB_ASSIGN(NpzWriter writer, NpzWriter::create(folder / file));
    request.keepVariant = [&](const std::string& name, const ir::Tensor& tensor) {
        return ir::addTensor(writer, name, tensor);
    };
    WB_ASSIGN(const VariantResult run, runVariant(request, m_context));
    WB_TRY(writer.finish());
    result.files["tensors"] = file;
    WB_TRY(writeSamples(run, result, folder));
    WB_TRY(writeDetections(Variant::Fp32, run.outputs, result, folder));
    if (source != nullptr) WB_TRY(writeDetections(Variant::Source, run.referenceOutputs, result, folder));
    double least = 1;
    for (const LayerSample& sample : run.accumulated)
        if (sample.compared) least = std::min(least, sample.cosineMin);
    result.summary["min_cosine"] = cosineText(least);
    result.summary["images"] = std::to_string(m_inputs.size());
    result.summary["peak_bytes"] = std::to_string(m_reference->peakBytes());
    return {};
}

} // namespace wb::jobs
