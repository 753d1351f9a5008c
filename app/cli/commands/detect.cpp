// SPDX-License-Identifier: GPL-3.0-or-later
// `detect` / detect_yolov5, detect_yolov3.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/detect_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct DetectOptions {
    jobs::DetectRequest request;
    std::vector<std::string> models, outputNames, anchors;
    std::string dims;
    double iou = -1, score = -1;
    bool fused = false;
};

/// The vendor's two samples differ in family and thresholds (dossier section 9).
Result<jobs::DetectRequest> collectDetect(const DetectOptions& options, const std::string& calledAs) {
    jobs::DetectRequest request = options.request;
    if (calledAs == "detect_yolov5") request.family = "yolov5";
    if (calledAs == "detect_yolov3") {
        request.family = "yolov3";
        request.iouThreshold = 0.5;
        request.scoreThreshold = 0.56;
    }
    if (options.iou >= 0) request.iouThreshold = options.iou;
    if (options.score >= 0) request.scoreThreshold = options.score;
    for (const std::string& model : splitList(options.models))
        request.models.emplace_back(model);
    request.outputNames = splitList(options.outputNames);
    for (const std::string& number : splitList(options.anchors)) {
        char* end = nullptr;
        request.anchors.push_back(std::strtod(number.c_str(), &end));
        if (end == number.c_str() || *end != 0)
            return usage("--anchors: '" + number + "' is not a number", "write w,h pairs in pixels: 10,13,16,30");
    }
    if (request.anchors.size() % 2 != 0) return usage("--anchors has an odd number of values");
    WB_ASSIGN(request.netInputDims, parseDims(options.dims, "--net_input_dims"));
    return request;
}

} // namespace

Command detectCommand() {
    return {"detect", {"detect_yolov5", "detect_yolov3"}, "Detect objects and draw them", [](CLI::App& app) {
        auto options = std::make_shared<DetectOptions>();
        auto& request = options->request;
        app.add_option("--model", options->models, "ONNX, top or tpu .mlir; several: side by side")->required();
        app.add_option("--input", request.input, "Picture or folder")->required();
        app.add_option("--output", request.output, "Picture, or folder when the input is one")->required();
        app.add_option("--output_names", options->outputNames, "Cut an ONNX network at these tensors");
        app.add_option("--family", request.family, "auto, yolov5 or yolov3")->check(CLI::IsMember({"auto", "yolov5", "yolov3"}));
        app.add_option("--net_input_dims", options->dims, "Height,width of the network's input");
        app.add_option("--conf_thres", request.confidenceThreshold, "Least score before suppression")->check(CLI::Range(0.0, 1.0));
        app.add_option("--iou_thres,--nms_thres", options->iou, "Overlap that suppresses a box")->check(CLI::Range(0.0, 1.0));
        app.add_option("--score_thres", options->score, "Least score that is drawn")->check(CLI::Range(0.0, 1.0));
        app.add_option("--classes", request.classNames, "Class names, one a line");
        app.add_option("--anchors", options->anchors, "Anchors in pixels: w,h,…");
        app.add_flag("--fuse_preprocess", options->fused, "The model takes the picture itself; also recognised without");
        app.add_flag("--vendor_nms", request.vendorNms, "Suppress across classes as the vendor's sample does");
        return [options](Invocation& in) {
            auto asked = collectDetect(*options, in.calledAs);
            if (!asked) return in.console.fail(asked.error());
            const auto result = jobs::detect(*asked, in.context);
            if (!result) return in.console.fail(result.error());
            nlohmann::json list = nlohmann::json::array();
            for (const jobs::DetectPicture& picture : *result) {
                in.console.print(picture.input.string() + " → " + picture.output.string());
                if (picture.labels.empty())
                    in.console.print("model:[" + picture.model.string() + "] nothing detect out:" + picture.input.string());
                for (const std::string& label : picture.labels)
                    in.console.print("  " + label);
                list.push_back({{"input", picture.input.string()}, {"output", picture.output.string()},
                                {"model", picture.model.string()}, {"boxes", picture.boxes},
                                {"labels", picture.labels}});
            }
            in.console.result(list);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
