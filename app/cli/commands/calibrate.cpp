// SPDX-License-Identifier: GPL-3.0-or-later
// `calibrate` / run_calibration, whose --search goes on to a precision table.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/commands/vendor_options.h"
#include "app/cli/exit_code.h"
#include "compiler/jobs/improve_job.h"
#include "compiler/jobs/search_job.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct CalibrateOptions {
    jobs::CalibrateRequest request;
    jobs::ImproveSettings improve;
    std::string search;          ///< the vendor's ways; empty or False: none
    jobs::SearchRequest precision;
    std::string quantizeTable;   ///< of --search its result, else what --recipe reads
    VendorOptions vendor;
};

int runRecipes(const jobs::CalibrateRequest& request, const jobs::ImproveSettings& settings, Invocation& in) {
    const auto result = jobs::improve(request, settings, in.context);
    if (!result) return in.console.fail(result.error());
    for (const std::string& line : jobs::reportLines(*result))
        in.console.print(line);
    in.console.result(*result);
    return result->cancelled ? static_cast<int>(kCancelled) : static_cast<int>(kSuccess);
}

/// Fewest layers, or the walk of run_qtable.
const char* searchMethod(const std::string& search) { return search == "search_qtable" ? "ranked" : "walk"; }

int runSearch(const CalibrateOptions& options, const jobs::CalibrateResult& calibrated, Invocation& in) {
    jobs::SearchRequest request = options.precision;
    request.mlir = options.request.mlir;
    request.calibrationTable = options.request.table;
    request.dataset = options.request.settings.dataset;
    request.dataList = options.request.settings.dataList;
    request.method = searchMethod(options.search);
    request.table = options.quantizeTable;
    const auto result = jobs::searchTable(request, in.context);
    if (!result) return in.console.fail(result.error());
    in.console.result({{"calibration", calibrated}, {"search", *result}});
    return static_cast<int>(result->goalReached || result->int8IsEnough ? kSuccess : kGoalNotReached);
}

int runCalibration(CalibrateOptions& options, Invocation& in) {
    if (const Status given = options.vendor.check(in.context); !given) return in.console.fail(given.error());
    auto& request = options.request;
    if (request.settings.method.starts_with("use_")) request.settings.method.erase(0, 4);
    const bool searches = !options.search.empty() && options.search != "False";
    if (options.search == "search_threshold") options.improve.recipe = "ranges";
    else if (searches && options.quantizeTable.empty())
        return in.console.fail(usage("--search " + options.search + " writes a precision table, but none is named", "add --quantize_table NAME_qtable"));
    if (!options.improve.recipe.empty()) {
        options.improve.quantizeTable = options.quantizeTable;
        return runRecipes(request, options.improve, in);
    }
    const auto result = jobs::calibrate(request, in.context);
    if (!result) return in.console.fail(result.error());
    in.console.print("calibration table: " + result->table.string() + " (" + std::to_string(result->thresholds) +
                     " thresholds from " + std::to_string(result->samples) + " samples)");
    if (searches) return runSearch(options, *result, in);
    in.console.result(*result);
    return kSuccess;
}

} // namespace

Command calibrateCommand() {
    return {"calibrate", {"run_calibration"}, "Find thresholds from sample data: calibration table", [](CLI::App& app) {
        auto options = std::make_shared<CalibrateOptions>();
        auto* request = &options->request;
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
        auto* improve = &options->improve;
        improve->recipe.clear();
        app.add_option("--recipe", improve->recipe, "Better INT8 at the same cost: held-out pictures decide what is kept")
            ->check(CLI::IsMember({"auto", "vendor", "ranges", "weights", "ranges+weights"}));
        app.add_option("--validation", improve->validation, "Folder of pictures that recipes are chosen by (default: held out)");
        app.add_option("--test", improve->test, "Folder of pictures for the figures shown (default: held out)");
        app.add_option("--repeats", improve->repeats, "Runs a measurement, for its band")->check(CLI::Range(1, 20));
        app.add_option("--ridge", improve->ridge, "How strongly rewritten weights are held to the original ones")
            ->check(CLI::PositiveNumber);
        app.add_option("--quantize_table", options->quantizeTable,
                       "Of --search: the precision table that is written. Of --recipe: the one that weights are rewritten for");
        auto& precision = options->precision;
        precision.settings.inputNum = 30;     // the vendor's defaults of --search
        precision.settings.maxFloatLayers = 5;
        app.add_option("--search", options->search, "Go on to a precision table; search_threshold: choose among ways to thresholds")
            ->check(CLI::IsMember({"search_threshold", "search_qtable", "fast_search", "mix_search", "False"}));
        app.add_option("--inference_num", precision.settings.inputNum, "Samples of --search")->check(CLI::PositiveNumber);
        app.add_option("--expected_cos", precision.settings.expectedCosine, "Similarity of the outputs that --search stops at")
            ->check(CLI::Range(0.0, 1.0));
        app.add_option("--min_layer_cos", precision.settings.minLayerCosine, "--search switches layers less similar than this")
            ->check(CLI::Range(0.0, 1.0));
        app.add_option("--max_float_layers", precision.settings.maxFloatLayers, "Most layers that --search switches (0: a quarter)")
            ->check(CLI::NonNegativeNumber);
        app.add_option("--chip,--processor", precision.chip, "Target chip of --search");
        app.add_option("--fp_type", precision.floatType, "Float type of --search: auto, F16, BF16, F32");
        options->vendor.declare(app, calibrateVendorOptions());
        return [options](Invocation& in) { return runCalibration(*options, in); };
    }};
}

} // namespace wb::cli
