// SPDX-License-Identifier: GPL-3.0-or-later
// `search` / run_qtable.
#include "app/cli/command.h"
#include "app/cli/commands/vendor_options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/search_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {

Command searchCommand() {
    return {"search", {"run_qtable"}, "Search a precision table that keeps the outputs", [](CLI::App& app) {
        auto request = std::make_shared<jobs::SearchRequest>();
        auto& settings = request->settings;
        app.add_option("mlir_file,--mlir", request->mlir, "Top .mlir of transform")->required();
        app.add_option("--dataset", request->dataset, "Folder of pictures, npz or npy");
        app.add_option("--data_list", request->dataList, "List of samples, one a line");
        app.add_option("--calibration_table", request->calibrationTable, "Table of calibrate")->required();
        app.add_option("--chip,--processor", request->chip, "Target chip");
        app.add_option("--fp_type", request->floatType, "Float type: auto, F16, BF16, F32");
        app.add_option("--input_num", settings.inputNum, "Samples to use")->check(CLI::PositiveNumber);
        app.add_option("--expected_cos", settings.expectedCosine, "Stop when the outputs are this similar")->check(CLI::Range(0.0, 1.0));
        app.add_option("--min_layer_cos", settings.minLayerCosine, "Switch layers less similar than this")->check(CLI::Range(0.0, 1.0));
        app.add_option("--max_float_layers", settings.maxFloatLayers, "Most layers to switch (0: a quarter)")->check(CLI::NonNegativeNumber);
        app.add_option("--method", request->method, "walk (the vendor's), ranked (fewest layers), knapsack (fewest cycles)")
            ->check(CLI::IsMember({"walk", "ranked", "knapsack"}));
        app.add_option("--locked", request->locked, "Layers that stay as they are")->delimiter(',');
        app.add_option("--loss_table", request->lossTable, "Similarity of every layer (default full_loss_table.txt)");
        app.add_option("-o,--quantize_table", request->table, "The result")->required();
        auto vendor = std::make_shared<VendorOptions>();
        vendor->declare(app, searchVendorOptions());
        return [request, vendor](Invocation& in) {
            if (const Status given = vendor->check(in.context); !given) return in.console.fail(given.error());
            const auto result = jobs::searchTable(*request, in.context);
            if (!result) return in.console.fail(result.error());
            in.console.result(*result);
            return static_cast<int>(result->goalReached || result->int8IsEnough ? kSuccess : kGoalNotReached);
        };
    }};
}

} // namespace wb::cli
