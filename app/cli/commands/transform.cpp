// SPDX-License-Identifier: GPL-3.0-or-later
// `transform` / model_transform.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/commands/vendor_options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/transform.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <memory>

namespace wb::cli {
namespace {

struct TransformOptions {
    jobs::TransformRequest request;
    PreprocessOptions preprocess;
    std::string inputShapes, tolerance, postHandle;
    std::vector<std::string> outputNames, testInput, excepts;
    VendorOptions vendor;
};

Result<jobs::TransformRequest> collectTransform(const TransformOptions& options) {
    jobs::TransformRequest request = options.request;
    WB_ASSIGN(request.inputShapes, parseShapes(options.inputShapes));
    WB_ASSIGN(request.preprocess, options.preprocess.collect());
    request.outputNames = splitList(options.outputNames);
    request.excepts = splitList(options.excepts);
    for (const std::string& file : splitList(options.testInput))
        request.testInput.emplace_back(file);
    if (!options.tolerance.empty()) {
        WB_ASSIGN(const auto pair, parsePair(options.tolerance, "--tolerance"));
        std::tie(request.toleranceCosine, request.toleranceEuclid) = pair;
    }
    if (!request.testInput.empty() && request.testResult.empty())
        return usage("--test_input needs --test_result", "add --test_result NAME_top_outputs.npz");
    if (request.mlir.extension() != ".mlir")
        return usage("--mlir '" + request.mlir.string() + "' does not end in .mlir");
    request.postprocess = options.postHandle;
    std::transform(request.postprocess.begin(), request.postprocess.end(), request.postprocess.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return request;
}

} // namespace

Command transformCommand() {
    return {"transform", {"model_transform"}, "Import a model: top .mlir, weights, reference values", [](CLI::App& app) {
        auto options = std::make_shared<TransformOptions>();
        auto& request = options->request;
        app.add_option("--model_name", request.modelName, "Module name and prefix of the files")->required();
        app.add_option("--model_def", request.modelDef, "The model file")->required();
        app.add_option("--model_data", request.modelData, "The .caffemodel of a Caffe model");
        app.add_option("--input_shapes", options->inputShapes, "Shapes of the inputs: [[1,3,640,640]]");
        app.add_option("--output_names", options->outputNames, "Cut the network at these tensors");
        options->preprocess.declare(app);
        app.add_option("--test_input", options->testInput, "Picture, npy or npz to run");
        app.add_option("--test_result", request.testResult, "npz that takes the value of every layer");
        app.add_option("--tolerance", options->tolerance, "Least cosine,euclid similarity (default 0.99,0.99)");
        app.add_option("--excepts", options->excepts, "Layers left out of the comparison");
        app.add_option("--post_handle_type,--add_postprocess", options->postHandle, "Append boxes to the network: yolo, yolov3, yolov3_tiny, yolov5, yolov7, yolov8, yolov11");
        app.add_option("--mlir", request.mlir, "The result")->required();
        app.add_flag("--debug", request.debug, "Keep the intermediate files");
        options->vendor.declare(app, transformVendorOptions());
        return [options](Invocation& in) {
            if (const Status given = options->vendor.check(in.context); !given) return in.console.fail(given.error());
            const auto asked = collectTransform(*options);
            if (!asked) return in.console.fail(asked.error());
            const auto result = jobs::transform(*asked, in.context);
            if (!result) return in.console.fail(result.error());
            in.console.print("mlir: " + result->mlir.string() + " (" + std::to_string(result->layers) + " layers)");
            in.console.result(*result);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
