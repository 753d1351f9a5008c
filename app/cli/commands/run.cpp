// SPDX-License-Identifier: GPL-3.0-or-later
// `run` / model_runner.
#include "app/cli/command.h"
#include "app/cli/commands/vendor_options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/run_job.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

namespace wb::cli {

Command runCommand() {
    return {"run", {"model_runner"}, "Run a model of any stage on an npz", [](CLI::App& app) {
        auto request = std::make_shared<jobs::RunRequest>();
        app.add_option("file,--model", request->model, "Model as the framework has it, top or tpu .mlir, bmodel")->required();
        app.add_option("--weight", request->weights, "The .caffemodel of a Caffe model");
        app.add_option("--input", request->input, "npz of inputs")->required();
        app.add_option("--output", request->output, "npz of results");
        app.add_flag("--dump_all_tensors", request->dumpAllTensors, "Write every layer's value");
        app.add_flag("--out_fixed", request->outFixed, "Integer outputs as codes");
        app.add_option("--repeat", request->repeat, "Run this many times and time it")->check(CLI::Range(1, 1000000));
        auto vendor = std::make_shared<VendorOptions>();
        vendor->declare(app, runVendorOptions());
        return [request, vendor](Invocation& in) {
            if (const Status given = vendor->check(in.context); !given) return in.console.fail(given.error());
            if (in.calledAs == "model_runner" && request->output.empty()) request->output = "_output.npz";
            const auto result = jobs::runModel(*request, in.context);
            if (!result) return in.console.fail(result.error());
            char text[160];
            std::snprintf(text, sizeof text, "median %.3f ms, minimum %.3f ms (%d runs, %d threads)",
                          result->medianMs, result->minMs, result->repeat, result->threads);
            in.console.print(text);
            if (!result->output.empty()) in.console.print("output: " + result->output.string());
            in.console.result(*result);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
