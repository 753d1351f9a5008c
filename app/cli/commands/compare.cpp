// SPDX-License-Identifier: GPL-3.0-or-later
// `compare` / npz_tool compare.
#include "app/cli/command.h"
#include "app/cli/commands/options.h"
#include "app/cli/exit_code.h"
#include "compiler/base/file.h"
#include "compiler/jobs/compare_files.h"

#include <CLI/CLI.hpp>
#include <memory>

namespace wb::cli {
namespace {

struct CompareOptions {
    std::vector<std::string> words;
    std::string tolerance = "0.99,0.90", save, key;
    std::vector<std::string> excepts;
    int verbosity = 0;
    int perAxis = -1;
    int int8Close = 1;
    bool forAll = false, firstBad = false;
};

int runCompare(const CompareOptions& options, Invocation& in) {
    std::vector<std::string> files = options.words;
    if (!files.empty() && files.front() == "compare") files.erase(files.begin()); // npz_tool compare A B
    if (files.size() != 2) return in.console.fail(usage("two npz files are needed", "tpuwb compare TARGET REFERENCE"));
    const auto tolerance = evaluate::parseTolerance(options.tolerance);
    if (!tolerance) return in.console.fail(tolerance.error());
    evaluate::CompareNpzOptions compare;
    compare.tolerance = *tolerance;
    for (const std::string& name : splitList(options.excepts))
        compare.excepts.insert(name);
    compare.key = options.key;
    compare.perAxis = options.perAxis;
    compare.int8MustEqual = options.int8Close != 0;
    compare.forAll = options.forAll;
    compare.top = options.verbosity >= 2 ? 10 : 0;
    const auto comparison = evaluate::compareNpz(files[0], files[1], compare, in.context);
    if (!comparison) return in.console.fail(comparison.error());
    if (!options.save.empty())
        if (const Status saved = writeTextAtomically(options.save, evaluate::reportCsv(*comparison)); !saved)
            return in.console.fail(saved.error());
    const auto* bad = comparison->firstBad();
    if (options.firstBad) {
        in.console.print(bad == nullptr ? "no layer is below the tolerance" : evaluate::layerLines(*bad, 1).front());
    } else {
        for (const std::string& line : evaluate::reportLines(*comparison, options.verbosity))
            in.console.print(line);
    }
    nlohmann::json layers = nlohmann::json::array();
    for (const auto& layer : comparison->layers)
        layers.push_back({{"name", layer.name}, {"level", evaluate::spelling(layer.level)}, {"passed", layer.passed},
                          {"cosine", layer.cosine}, {"euclid", layer.euclid}, {"sqnr_db", layer.sqnrDb}});
    nlohmann::json object = jobs::summarise(*comparison);
    object["layers"] = std::move(layers);
    in.console.result(object);
    return comparison->failed() == 0 ? kSuccess : kBelowTolerance;
}

} // namespace

Command compareCommand() {
    return {"compare", {"npz_tool"}, "Compare two npz files layer by layer", [](CLI::App& app) {
        auto options = std::make_shared<CompareOptions>();
        app.add_option("files", options->words, "TARGET REFERENCE")->required();
        app.add_option("--tolerance", options->tolerance, "Least cosine,euclid similarity");
        app.add_option("--excepts,--except", options->excepts, "Layers left out");
        app.add_option("--key", options->key, "Only this layer");
        app.add_option("--per_axis_compare", options->perAxis, "Compare slices of this axis one by one");
        app.add_option("--int8_tensor_close", options->int8Close, "1: int8 data must be equal");
        app.add_flag("--forall", options->forAll, "All layers, also when there are more than 200");
        app.add_flag("-v", options->verbosity, "More detail: -v measures, -vv values");
        app.add_option("--save", options->save, "CSV of the result");
        app.add_flag("--first-bad", options->firstBad, "Only the first layer below the tolerance");
        return [options](Invocation& in) { return runCompare(*options, in); };
    }};
}

} // namespace wb::cli
