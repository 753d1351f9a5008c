// SPDX-License-Identifier: GPL-3.0-or-later
// A worker for tests: the real protocol server with stages that write made-up results at once. The name of
// the project's model says what should go wrong: "die-STAGE" ends the process there, "fail-STAGE" fails,
// "hang-STAGE" waits for a cancel, "deaf-STAGE" does not even answer that.
#include "compiler/base/file.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/stage_keys.h"
#include "compiler/jobs/worker.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <iostream>
#include <thread>

using namespace wb;
using namespace wb::jobs;
using nlohmann::json;

namespace {

constexpr int kLayers = 142;

NetworkSnapshot network() {
    NetworkSnapshot net;
    net.name = "made_up";
    net.format = "ONNX";
    net.opset = 12;
    for (int i = 0; i < kLayers; ++i) {
        LayerInfo layer;
        layer.index = i;
        layer.block = "/model." + std::to_string(i / 6);
        layer.name = layer.block + "/cv" + std::to_string(i % 3 + 1) + (i % 2 ? "/act/Mul" : "/conv/Conv");
        if (i % 6 > 2) layer.name = layer.block + "/m.0/cv" + std::to_string(i % 6) + (i % 2 ? "/act/Mul" : "/conv/Conv");
        layer.type = i % 2 ? "SiLU" : "Conv";
        if (i > 0) layer.inputs = {i - 1};
        if (i + 1 < kLayers) layer.outputs = {i + 1};
        layer.shape = {1, 128, 20, 20};
        layer.macs = i % 2 ? 0 : 6'553'600;
        layer.parameters = i % 2 ? 0 : 16'384;
        net.layers.push_back(layer);
    }
    net.outputNames = {net.layers.back().name};
    return net;
}

LayerSample sampleOf(const LayerInfo& layer, Variant variant, bool isolated, double shift) {
    LayerSample sample;
    sample.index = layer.index;
    sample.name = layer.name;
    sample.variant = variant;
    sample.isolated = isolated;
    sample.compared = layer.index % 40 != 12;
    if (!sample.compared) {
        sample.reason = "folded";
        return sample;
    }
    const double loss = std::pow(10.0, -2.2 + 0.6 * std::sin(layer.index * 0.37) - shift);
    sample.cosine = 1 - (isolated ? loss / 8 : loss);
    sample.cosineMin = sample.cosine - loss / 4;
    return sample;
}

bool wants(const Project& project, const char* what, Stage stage) {
    return project.model.path.find(std::string(what) + "-" + spelling(stage)) != std::string::npos;
}

void runVariantStage(Variant variant, double shift, const Project& project, StageResult& result,
                     const std::filesystem::path& folder, JobContext& context) {
    const NetworkSnapshot net = network();
    json samples = json::array(), precisions = json::array();
    double worst = 1;
    for (const LayerInfo& layer : net.layers) {
        for (bool isolated : {false, true}) {
            const LayerSample sample = sampleOf(layer, variant, isolated, shift);
            samples.push_back(sample);
            context.event(event::kLayerSample, sample);
            if (sample.compared && !isolated && sample.cosine < worst) {
                worst = sample.cosine;
                result.summary["worst_layer"] = layer.name;
            }
        }
        LayerPrecision precision;
        precision.index = layer.index;
        precision.name = layer.name;
        const auto wish = project.layers.find(layer.name);
        precision.requested = wish == project.layers.end() || wish->second.precision.empty() ? "auto" : wish->second.precision;
        precision.actual = precision.requested == "auto" || variant == Variant::Int8 ? "INT8" : precision.requested;
        precisions.push_back(precision);
        context.progress({spelling(result.stage), double(layer.index + 1), double(kLayers), layer.name});
    }
    static_cast<void>(writeTextAtomically(folder / "samples.json", samples.dump()));
    static_cast<void>(writeTextAtomically(folder / "precisions.json", precisions.dump()));
    context.event(event::kLayerPrecision, json{{"variant", spelling(variant)}, {"layers", precisions}});
    result.files = {{"samples", "samples.json"}, {"precisions", "precisions.json"}};
    result.summary["worst_cosine"] = std::to_string(worst);
    result.summary["output_cosine"] = std::to_string(1 - (1 - worst) / 6);
    result.summary["float_layers"] = std::to_string(project.layers.size());
    result.summary["not_honoured"] = "0";
}

Result<json> stages(const json& request, JobContext& context) {
    auto parsed = projectFromJson(request.at("project").dump());
    if (!parsed) return parsed.error();
    const Project& project = *parsed;
    const std::filesystem::path file = request.at("file").get<std::string>();
    const auto last = stageFromSpelling(request.at("last").get<std::string>());
    const auto keys = stageKeys(project, file);
    const auto settings = stageSettings(project, file);
    for (Stage stage : kStages) {
        if (stage > *last) break;
        const auto i = static_cast<size_t>(stage);
        if (const auto present = loadStage(file, stage, keys[i]); present && present->done) {
            context.event(event::kStageFinished, *present);
            continue;
        }
        context.event(event::kStageStarted, {{"stage", spelling(stage)}, {"key", keys[i]}});
        StageResult result;
        result.stage = stage;
        result.key = keys[i];
        result.settings = settings[i];
        const auto folder = stageFolder(file, stage, keys[i]);
        std::filesystem::create_directories(folder);
        if (wants(project, "die", stage)) std::raise(SIGKILL);
        if (wants(project, "fail", stage)) {
            result.state = "failed";
            context.event(event::kStageFinished, result);
            return Error{Code::DatasetEmpty, "the data set has no pictures"};
        }
        while (wants(project, "hang", stage) || wants(project, "deaf", stage)) {
            if (wants(project, "hang", stage) && !context.checkStop()) {
                result.state = "cancelled";
                context.event(event::kStageFinished, result);
                return Error{Code::Cancelled, "cancelled"};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        switch (stage) {
        case Stage::Import:
            context.event(event::kNetwork, network());
            static_cast<void>(writeTextAtomically(folder / "network.json", json(network()).dump()));
            result.files["network"] = "network.json";
            result.summary = {{"format", "ONNX"}, {"opset", "12"}, {"layers", std::to_string(kLayers)}};
            break;
        case Stage::Preprocess:
            result.summary = {{"pixel_format", "rgb"}, {"resize", "letterbox"}, {"size", "640"}};
            break;
        case Stage::Reference: result.summary = {{"min_cosine", "1.000000"}}; break;
        case Stage::Calibrate:
            result.summary = {{"images", "8"}, {"method", "kl"}, {"thresholds", "143"}};
            break;
        case Stage::Quantise: runVariantStage(Variant::Int8, 0, project, result, folder, context); break;
        case Stage::Precision:
            result.summary = {{"entries", std::to_string(project.layers.size())}, {"layers", std::to_string(kLayers)}};
            break;
        case Stage::Mixed: runVariantStage(Variant::Mixed, 0.8, project, result, folder, context); break;
        case Stage::Deploy: result.state = "skipped"; break;
        }
        result.seconds = 0.25 * static_cast<double>(i + 1);
        result.done = true;
        if (result.state.empty()) result.state = "done";
        static_cast<void>(writeTextAtomically(folder / "stage.json", json(result).dump()));
        context.event(event::kStageFinished, result);
    }
    return json::object();
}

Result<json> echo(const json& request, JobContext&) { return request; }

} // namespace

int main() {
    serve(std::cin, std::cout, {{"stages", stages}, {"echo", echo}, {"say", echo}});
    return 0;
}
