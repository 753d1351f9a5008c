// SPDX-License-Identifier: GPL-3.0-or-later
// `calibrate` / run_calibration.
#include "app/cli/command.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/improve_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

int runRecipes(const jobs::CalibrateRequest& request, const jobs::ImproveSettings& settings, Invocation& in) {
    const auto result = jobs::improve(request, settings, in.context);
    if (!result) return in.console.fail(result.error());
    for (const std::string& line : jobs::reportLines(*result))
        in.console.print(line);
    in.console.result(*result);
    return result->cancelled ? static_cast<int>(kCancelled) : static_cast<int>(kSuccess);
}

} // namespace

Command calibrateCommand() {
    return {"calibrate", {"run_calibration"}, "Find thresholds from sample data: calibration table", [](CLI::App& app) {
        auto request = std::make_shared<jobs::CalibrateRequest>();
        auto& settings = request->settings;
        settings.inputNum = 0;
        app.add_option("mlir_file,--mlir", request->mlir, "Top .mlir of transform")->required();
        app.add_option("--dataset", settings.dataset, "Folder of pictures, npz or npy");
        app.add_option("--data_list", settings.dataList, "List of samples, one a line");
        app.add_option("--input_num", settings.inputNum, "Samples to use (0: all)")->check(CLI::NonNegativeNumber);
        app.add_option("--tune_num", settings.tuneNum, "Samples for threshold tuning (0: none)")->check(CLI::NonNegativeNumber);
        app.add_option("--histogram_bin_num", settings.histogramBins, "Bins of the histograms")->check(CLI::Range(128, 1 << 20));
        app.add_option("--cali_method", settings.method, "How thresholds are found")
            ->check(CLI::IsMember({"kl", "mse", "max", "percentile9999", "aciq_gauss", "aciq_laplace",
                                   "use_kl", "use_mse", "use_max", "use_percentile9999"}));
        app.add_option("-o,--calibration_table", request->table, "The result")->required();
        auto improve = std::make_shared<jobs::ImproveSettings>();
        improve->recipe.clear();
        app.add_option("--recipe", improve->recipe, "Better INT8 at the same cost: held-out pictures decide what is kept")
            ->check(CLI::IsMember({"auto", "vendor", "ranges", "weights", "ranges+weights"}));
        app.add_option("--validation", improve->validation, "Folder of pictures that recipes are chosen by (default: held out)");
        app.add_option("--test", improve->test, "Folder of pictures for the figures shown (default: held out)");
        app.add_option("--repeats", improve->repeats, "Runs a measurement, for its band")->check(CLI::Range(1, 20));
        app.add_option("--ridge", improve->ridge, "How strongly rewritten weights are held to the original ones")
            ->check(CLI::PositiveNumber);
        app.add_option("--quantize_table", improve->quantizeTable, "Precision table of search: weights are rewritten for its layers");
        return [request, improve](Invocation& in) {
            if (request->settings.method.starts_with("use_")) request->settings.method.erase(0, 4);
            if (!improve->recipe.empty()) return runRecipes(*request, *improve, in);
            const auto result = jobs::calibrate(*request, in.context);
            if (!result) return in.console.fail(result.error());
            in.console.print("calibration table: " + result->table.string() + " (" +
                             std::to_string(result->thresholds) + " thresholds from " +
                             std::to_string(result->samples) + " samples)");
            in.console.result(*result);
            return static_cast<int>(kSuccess);
        };
    }};
}

} // namespace wb::cli
