// SPDX-License-Identifier: GPL-3.0-or-later
// Detections and samples of a stage, as files and events.
#include "compiler/jobs/stage_run.h"

#include "compiler/base/file.h"
#include "compiler/jobs/events.h"

#include <nlohmann/json.hpp>

namespace wb::jobs {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Candidates below this are not kept: rule M-4's score slider starts here.
constexpr double kLowScore = 0.05;

std::string detectionFile(Variant variant) { return std::string("detections_") + spelling(variant) + ".json"; }

} // namespace

Result<evaluate::DetectPlan> planFor(const ir::Graph& graph, const DetectSettings& settings,
                                     std::vector<std::string>* outputNames) {
    evaluate::DetectOptions options;
    if (const auto family = evaluate::familyFromSpelling(settings.family)) options.family = *family;
    options.anchors = settings.anchors;
    options.lowScore = kLowScore;
    std::vector<evaluate::Output> outputs;
    for (const ir::ValueId id : graph.outputs) {
        outputs.push_back({graph.value(id).name, graph.value(id).type.shape});
        if (outputNames != nullptr) outputNames->push_back(graph.value(id).name);
    }
    const auto inputs = graph.inputs();
    if (inputs.empty()) return Error{Code::ModelEmpty, "the network has no input"};
    const ir::Shape& shape = graph.value(inputs.front()).type.shape;
    if (shape.size() != 4)
        return Error{Code::DetectHeadUnknown, "the input " + ir::toText(shape) + " is no picture"};
    const auto format = graph.producer(inputs.front())->attributes.string("channel_format", "nchw");
    const size_t row = format == "nhwc" ? 1 : 2;
    return evaluate::planDetection(outputs, shape[row], shape[row + 1], options);
}

Result<std::vector<DetectionBox>> candidatesOf(const evaluate::DetectPlan& plan,
                                               const execute::TensorMap& outputs,
                                               const preprocess::Placement& placement, double lowScore) {
    evaluate::DetectOptions options;
    options.family = plan.family;
    options.lowScore = lowScore;
    WB_ASSIGN(auto boxes, evaluate::decodeCandidates(plan, outputs, options));
    boxes = evaluate::toPicture(std::move(boxes),
                                {placement.scaleX, placement.scaleY, placement.offsetX, placement.offsetY});
    std::vector<DetectionBox> result;
    result.reserve(boxes.size());
    for (const evaluate::Box& box : boxes)
        result.push_back({box.classId, box.score, box.x, box.y, box.w, box.h});
    return result;
}

Status StageRun::writeDetections(Variant variant, const std::vector<execute::TensorMap>& outputs,
                                 StageResult& result, const fs::path& folder) {
    if (m_project.detect.family == "none" || m_placements.size() != outputs.size()) return {};
    const auto plan = planFor(*m_model.graph, m_project.detect);
    if (!plan) {
        if (m_project.detect.family != "auto") return plan.error(); // asked for by name: not silently dropped
        result.summary["detector"] = "no";
        return {};
    }
    // Lowered outputs may carry a cast's suffix ("y_f32"); the plan knows the layers' own names.
    json list = json::array();
    for (size_t i = 0; i < outputs.size(); ++i) {
        execute::TensorMap named;
        for (const auto& [name, tensor] : outputs[i]) {
            named.insert_or_assign(name, tensor);
            for (const ir::ValueId id : m_model.graph->outputs) {
                const std::string& own = m_model.graph->value(id).name;
                if (name.starts_with(own + "_")) named.insert_or_assign(own, tensor);
            }
        }
        WB_ASSIGN(auto boxes, candidatesOf(*plan, named, m_placements[i], kLowScore));
        DetectionCandidates candidates;
        candidates.picture = m_project.testImages[i];
        candidates.variant = variant;
        candidates.width = static_cast<int>(m_placements[i].pictureWidth);
        candidates.height = static_cast<int>(m_placements[i].pictureHeight);
        candidates.boxes = std::move(boxes);
        m_context.event(event::kDetections, candidates);
        list.push_back(candidates);
    }
    const std::string file = detectionFile(variant);
    WB_TRY(writeTextAtomically(folder / file, list.dump()));
    result.files[variant == Variant::Source ? "detections-source" : "detections"] = file;
    return {};
}

Status StageRun::writeSamples(const VariantResult& run, StageResult& result, const fs::path& folder) {
    json list = json::array();
    for (const LayerSample& sample : run.accumulated)
        list.push_back(sample);
    for (const LayerSample& sample : run.isolated)
        list.push_back(sample);
    WB_TRY(writeTextAtomically(folder / "samples.json", list.dump()));
    result.files["samples"] = "samples.json";
    size_t compared = 0;
    for (const LayerSample& sample : run.accumulated)
        compared += sample.compared ? 1 : 0;
    result.summary["compared"] = std::to_string(compared);
    result.summary["layers"] = std::to_string(run.accumulated.size());
    return {};
}

} // namespace wb::jobs
