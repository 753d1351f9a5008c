// SPDX-License-Identifier: GPL-3.0-or-later
// `deploy` / model_deploy.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/commands/vendor_options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/deploy.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct DeployOptions {
    jobs::DeployRequest request;
    std::string tolerance, correctness;
    std::string quantInputs, quantOutputs;
    std::vector<std::string> testInput, excepts;
    VendorOptions vendor;
};

Result<jobs::DeployRequest> collectDeploy(const DeployOptions& options) {
    jobs::DeployRequest request = options.request;
    for (const std::string& file : splitList(options.testInput))
        request.testInput.emplace_back(file);
    request.excepts = splitList(options.excepts);
    if (!options.tolerance.empty()) {
        WB_ASSIGN(request.tolerance, parsePair(options.tolerance, "--tolerance"));
    }
    if (!options.correctness.empty()) {
        WB_ASSIGN(request.correctness, parsePair(options.correctness, "--correctness"));
    }
    if (!options.quantInputs.empty()) {
        WB_ASSIGN(request.quantInputs, parsePlaces(options.quantInputs, "--quant_input_list"));
        request.quantInput = true;
    }
    if (!options.quantOutputs.empty()) {
        WB_ASSIGN(request.quantOutputs, parsePlaces(options.quantOutputs, "--quant_output_list"));
        request.quantOutput = true;
    }
    if (!request.customizationFormat.empty() && !request.fusePreprocess)
        return usage("--customization_format says how a raw input lies, but no input is raw", "add --fuse_preprocess");
    return request;
}

std::string describe(const jobs::BmodelResult& bmodel) {
    std::string text = "bmodel: " + bmodel.file.string() + ", " + std::to_string(bmodel.fileBytes) + " bytes, " +
                       std::to_string(bmodel.tiuCommands) + " TIU and " + std::to_string(bmodel.gdmaCommands) + " GDMA commands";
    if (bmodel.cycles) text += ", " + std::to_string(*bmodel.cycles) + " cycles (estimate at 1 GHz)";
    if (bmodel.simulated)
        text += "\nrun on the simulated chip: " + std::to_string(bmodel.equalOutputs) + " of " +
                std::to_string(bmodel.outputs) + " outputs equal the quantised model's in every byte";
    return text;
}

} // namespace

Command deployCommand() {
    return {"deploy", {"model_deploy"}, "Quantise for a chip and check the result", [](CLI::App& app) {
        auto options = std::make_shared<DeployOptions>();
        auto& request = options->request;
        app.add_option("--mlir", request.mlir, "Top .mlir of transform")->required();
        app.add_option("--chip,--processor", request.chip, "Target chip: bm1684x, bm1684, cv183x, cv182x, cv181x, cv180x")->required();
        app.add_option("--quantize", request.quantize, "F32, F16, BF16 or INT8");
        app.add_option("--calibration_table", request.calibrationTable, "Table of calibrate");
        app.add_option("--quantize_table", request.quantizeTable, "Precision table: layer, precision");
        app.add_flag("--asymmetric", request.asymmetric, "INT8 with zero points");
        app.add_flag("--requantise,--requantize", request.requantise,
                     "A network with its own codes: quantise it again, symmetrically, from the ranges that they stand for");
        app.add_option("--test_input", options->testInput, "Picture or <name>_in_f32.npz");
        app.add_option("--test_reference", request.testReference, "npz of reference values");
        app.add_option("--tolerance", options->tolerance, "Least cosine,euclid similarity");
        app.add_option("--correctness", options->correctness, "Of the bmodel against the quantised model");
        app.add_option("--excepts", options->excepts, "Layers left out of the comparison");
        app.add_flag("--compare_all", request.compareAll, "Compare every layer, not only the outputs");
        app.add_flag("--skip_validation", request.skipValidation, "Do not run and compare");
        app.add_flag("--quant_input", request.quantInput, "Inputs stay quantised");
        app.add_flag("--quant_output", request.quantOutput, "Outputs stay quantised");
        app.add_option("--quant_input_list", options->quantInputs, "These inputs only: 1,3 for the first and the third");
        app.add_option("--quant_output_list", options->quantOutputs, "These outputs only");
        app.add_flag("--fuse_preprocess", request.fusePreprocess, "Preprocessing inside the model: its input is the picture");
        app.add_option("--customization_format", request.customizationFormat, "RGB_PLANAR, RGB_PACKED, BGR_PLANAR, BGR_PACKED, GRAYSCALE, YUV420_PLANAR, YUV_NV12, YUV_NV21, RGBA_PLANAR");
        app.add_flag("--strict", request.strict, "Fail when a requested precision is not honoured");
        app.add_flag("--not_gen_bmodel", request.withoutBmodel, "Stop at the quantised model");
        app.add_flag("--debug", request.debug, "Keep the intermediate files");
        app.add_option("--model", request.model, "The bmodel")->required();
        options->vendor.declare(app, deployVendorOptions());
        return [options](Invocation& in) {
            if (const Status given = options->vendor.check(in.context); !given) return in.console.fail(given.error());
            auto asked = collectDeploy(*options);
            if (!asked) return in.console.fail(asked.error());
            const auto result = jobs::deploy(*asked, in.context);
            if (!result) return in.console.fail(result.error());
            in.console.print("quantised model: " + result->tpuMlir.string());
            if (result->bmodel) in.console.print(describe(*result->bmodel));
            if (!result->withoutBmodel.empty()) in.console.print("no bmodel is written for " + result->withoutBmodel);
            in.console.result(*result);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
