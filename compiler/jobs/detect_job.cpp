// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures through one or several models, boxes drawn as the vendor's samples draw them.
#include "compiler/jobs/detect_job.h"

#include "compiler/evaluate/detect_names.h"
#include "compiler/evaluate/draw.h"
#include "compiler/jobs/bmodel_run.h"
#include "compiler/jobs/stage_run.h"

#include <algorithm>
#include <cctype>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

struct Detector {
    fs::path path;
    OpenedModel model;
    std::optional<ModelRun> run;
    evaluate::DetectPlan plan;
    preprocess::Settings settings;
};

/// What the vendor's samples feed when the model file does not say: RGB in 0…1, letterbox with grey 114
/// (yolov5) or 128 (yolov3); dossier section 9.
PreprocessSettings samplePreprocessing(const std::string& family) {
    PreprocessSettings settings;
    settings.pixelFormat = "rgb";
    settings.keepAspectRatio = true;
    settings.padValue = family == "yolov3" ? 128 : 114;
    settings.scale = {"1/255", "1/255", "1/255"};
    return settings;
}

Result<Detector> openDetector(const fs::path& path, const DetectRequest& request, JobContext& context) {
    Detector detector;
    detector.path = path;
    OpenOptions options;
    options.outputNames = request.outputNames;
    options.preprocess = samplePreprocessing(request.family);
    if (request.netInputDims[0] > 0 && path.extension() != ".mlir" && path.extension() != ".bmodel")
        options.inputShapes = {{1, 3, request.netInputDims[0], request.netInputDims[1]}};
    WB_ASSIGN(detector.model, openModel(path, options, context));
    const auto settings = settingsOf(*detector.model.graph);
    if (!settings)
        return Error{Code::PreprocessInvalid, "the network takes no pictures"}.inFile(path.string());
    detector.settings = *settings;
    DetectSettings detect;
    detect.family = request.family;
    detect.anchors = request.anchors;
    auto plan = planFor(*detector.model.graph, detect);
    if (!plan) return std::move(std::move(plan).error()).inFile(path.string());
    detector.plan = std::move(*plan);
    if (!detector.plan.note.empty()) {
        Error note{Code::DetectHeadUnknown, detector.plan.note};
        note.severity = Severity::Note;
        context.diagnostics().add(std::move(note));
    }
    WB_ASSIGN(detector.run, ModelRun::create(detector.model, {}, context));
    return detector;
}

Result<std::vector<evaluate::Box>> detectOne(const Detector& detector, const fs::path& picture,
                                             const DetectRequest& request, const JobContext& context) {
    const ir::Graph& graph = *detector.model.graph;
    const ir::Value& input = graph.value(graph.inputs().front());
    WB_ASSIGN(auto prepared, preprocess::prepareFile(picture, detector.settings, input.type.shape));
    WB_ASSIGN(const auto outputs, detector.run->run({{input.name, prepared.tensor}}, context));
    execute::TensorMap floats;
    for (const ir::ValueId id : graph.outputs) {
        const ir::Value& value = graph.value(id);
        if (const auto it = outputs.find(value.name); it != outputs.end())
            floats[value.name] = execute::toFloat(it->second, value.type);
    }
    WB_ASSIGN(const auto candidates,
              candidatesOf(detector.plan, floats, prepared.placement, request.confidenceThreshold));
    std::vector<evaluate::Box> boxes;
    for (const DetectionBox& b : candidates)
        boxes.push_back({b.classId, b.score, b.x, b.y, b.w, b.h});
    boxes = evaluate::nonMaximumSuppression(std::move(boxes), request.iouThreshold, request.confidenceThreshold,
                                            request.vendorNms ? evaluate::NmsMode::VendorAgnostic
                                                              : evaluate::NmsMode::ClassAware);
    std::erase_if(boxes, [&](const evaluate::Box& b) { return b.score < request.scoreThreshold; });
    return boxes;
}

Result<std::vector<fs::path>> picturesOf(const fs::path& input) {
    std::error_code ec;
    if (!fs::is_directory(input, ec)) return std::vector<fs::path>{input};
    std::vector<fs::path> files;
    for (fs::directory_iterator it(input, ec), end; !ec && it != end; it.increment(ec)) {
        std::string extension = it->path().extension().string();
        std::transform(extension.begin(), extension.end(), extension.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        for (const char* known : {".jpg", ".jpeg", ".png", ".bmp", ".jfif"})
            if (extension == known) files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty())
        return Error{Code::DatasetEmpty, "the folder has no pictures"}.inFile(input.string());
    return files;
}

} // namespace

Result<std::vector<DetectPicture>> detect(const DetectRequest& request, JobContext& context) {
    std::vector<Detector> detectors;
    for (const fs::path& path : request.models) {
        WB_ASSIGN(Detector detector, openDetector(path, request, context));
        detectors.push_back(std::move(detector));
    }
    WB_ASSIGN(const auto pictures, picturesOf(request.input));
    std::error_code ec;
    const bool toFolder = fs::is_directory(request.input, ec);
    evaluate::DrawOptions draw;
    draw.minScore = request.scoreThreshold;
    draw.thickness = request.family == "yolov3" ? 2 : 1;
    if (!request.classNames.empty()) {
        WB_ASSIGN(draw.names, evaluate::readClassNames(request.classNames));
    }

    std::vector<DetectPicture> results;
    double done = 0;
    for (const fs::path& picture : pictures) {
        WB_ASSIGN(const ir::Tensor original, preprocess::readPicture(picture));
        std::vector<evaluate::Captioned> panes;
        const fs::path target = toFolder ? request.output / picture.filename() : request.output;
        for (const Detector& detector : detectors) {
            WB_TRY(context.checkStop());
            WB_ASSIGN(const auto boxes, detectOne(detector, picture, request, context));
            draw.classes = detector.plan.classes;
            DetectPicture result{picture, target, detector.path, {}, {}};
            for (const evaluate::Box& b : boxes) {
                result.boxes.push_back({b.classId, b.score, b.x, b.y, b.w, b.h});
                result.labels.push_back(evaluate::boxLabel(b, draw));
            }
            WB_ASSIGN(ir::Tensor drawn, evaluate::drawBoxes(original, boxes, draw));
            panes.push_back({detector.path.filename().string(), std::move(drawn)});
            results.push_back(std::move(result));
        }
        if (panes.size() == 1) {
            WB_TRY(preprocess::writePicture(target, panes.front().picture));
        } else {
            WB_ASSIGN(const ir::Tensor stitched, evaluate::sideBySide(panes));
            WB_TRY(preprocess::writePicture(target, stitched));
        }
        context.progress({"detect", ++done, static_cast<double>(pictures.size()), picture.filename().string()});
    }
    return results;
}

} // namespace wb::jobs
