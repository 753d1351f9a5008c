// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/improve_job.h"

#include "compiler/base/file.h"
#include "compiler/calibrate/calibrator.h"
#include "compiler/improve/split.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/time_stamp.h"
#include "compiler/preprocess/samples.h"
#include "compiler/quantise/precision_table.h"

#include <algorithm>
#include <chrono>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

/// Runs of one folder, with the hash of their files.
struct Pictures {
    improve::Inputs inputs;
    improve::NamedPictures named;
};

Result<Pictures> readPictures(const std::string& set, const preprocess::DatasetRequest& request, const ir::Graph& top,
                              const JobContext& context) {
    WB_ASSIGN(const auto dataset, preprocess::selectSamples(request));
    WB_ASSIGN(const auto source, preprocess::SampleSource::open(dataset, preprocess::networkInputs(top), context));
    Pictures pictures;
    pictures.named.set = set;
    for (size_t run = 0; run < source.count(); ++run) {
        WB_TRY(context.checkStop());
        WB_ASSIGN(execute::TensorMap inputs, source.load(run));
        std::string hashes, files;
        for (const std::string& file : source.files(run)) {
            WB_ASSIGN(const std::string hash, sha256OfFile(file));
            hashes += hash;
            files += (files.empty() ? "" : ", ") + file;
        }
        pictures.inputs.push_back(std::move(inputs));
        pictures.named.files.push_back(std::move(files));
        pictures.named.hashes.push_back(std::move(hashes));
    }
    return pictures;
}

improve::Inputs take(const improve::Inputs& all, const std::vector<size_t>& which) {
    improve::Inputs some;
    for (const size_t i : which)
        some.push_back(all[i]);
    return some;
}

/// The three sets, as given or divided.
Result<improve::PictureSets> pictureSets(const ImproveOnGraph& request, std::vector<std::string>& notes,
                                         const JobContext& context) {
    const CalibrationSettings& c = request.calibration;
    WB_ASSIGN(Pictures all, readPictures("calibration", {c.dataset, c.dataList, c.inputNum}, *request.top, context));
    improve::PictureSets sets;
    std::vector<improve::NamedPictures> named{all.named};
    const auto given = [&](const char* set, const std::string& folder, improve::Inputs& inputs) -> Status {
        if (folder.empty()) return {};
        WB_ASSIGN(Pictures pictures, readPictures(set, {folder, "", 0}, *request.top, context));
        inputs = std::move(pictures.inputs);
        named.push_back(std::move(pictures.named));
        return {};
    };
    WB_TRY(given("validation", request.improve.validation, sets.validation));
    WB_TRY(given("test", request.improve.test, sets.test));
    WB_TRY(improve::checkDisjoint(named));
    if (!sets.validation.empty()) {
        sets.calibration = std::move(all.inputs);
        return sets;
    }
    const improve::Sets divided = improve::divide(all.named.hashes);
    notes.insert(notes.end(), divided.notes.begin(), divided.notes.end());
    sets.calibration = take(all.inputs, divided.calibration);
    sets.validation = take(all.inputs, divided.validation);
    if (sets.test.empty()) sets.test = take(all.inputs, divided.test);
    return sets;
}

calibrate::TableHeader headerFor(const ImproveOnGraph& request, size_t samples) {
    calibrate::TableHeader header;
    header.version = "tpuwb";
    header.mlir = request.mlirName;
    header.generated = timeStamp();
    header.method = "['" + request.calibration.method + "']";
    header.histogramNumber = request.calibration.histogramBins;
    header.sampleNumber = static_cast<int>(samples);
    header.tuneNumber = request.calibration.tuneNum;
    return header;
}

constexpr char kWeightsOfPlan[] = ", weights of plan ";       ///< in a table's header, before the key
constexpr char kZeroPointsLine[] = "# codes: with zero points"; ///< in a table's header

/// What was kept as a calibration table: rows in the vendor's order, a comment that names mode and recipe.
calibrate::Table tableOf(const improve::Candidate& kept, const std::vector<calibrate::TableRow>& rows,
                         const calibrate::TableHeader& header) {
    calibrate::Table table;
    table.header = calibrate::headerLines(header);
    const std::string plan = kept.planKey.empty() ? "" : kWeightsOfPlan + kept.planKey;
    table.header.insert(table.header.end() - 1, "# mode: " + std::string(kept.mode()) + ", recipe: " + kept.name + plan);
    if (kept.asymmetric) table.header.insert(table.header.end() - 1, kZeroPointsLine);
    for (const calibrate::TableRow& row : rows) {
        const quantise::Range& range = kept.ranges.at(row.name);
        table.rows.push_back({row.name, range.threshold, range.min, range.max});
        if (!range.weightScales.empty()) table.weightScales.emplace_back(row.name + "_weight", range.weightScales);
    }
    return table;
}

Result<fs::path> writeWeights(const improve::Candidate& kept, const fs::path& mlir) {
    ir::Graph graph = *kept.top;
    if (!kept.planKey.empty()) graph.attributes.set(kPlanAttribute, kept.planKey);
    graph.attributes.set(kRecipeAttribute, kept.name);
    graph.attributes.erase("module.weight_file"); // named after the file
    WB_TRY(ir::writeMlir(graph, mlir));
    return mlir;
}

} // namespace

Status checkPlan(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                 const ops::LoweringOptions& target) {
    const std::string plan = top.attributes.string(kPlanAttribute);
    if (plan.empty()) return {};
    const ops::Precision module = target.module;
    if (module == ops::Precision::Int8 && improve::planKey(ranges, precisions, target.asymmetric) == plan) return {};
    return Error{Code::ProjectModelChanged, "the weights of this file were rewritten for another calibration table or precision plan"}
        .because(module == ops::Precision::Int8 ? "a threshold or a layer's precision has changed since they were made"
                                                : std::string("they fit INT8, and ") + ops::spelling(module) + " was asked for")
        .remedy("run calibrate --recipe again")
        .remedy("use the network's own .mlir");
}

void dropForeignScales(const ir::Graph& top, const calibrate::Table& table, quantise::RangeTable& ranges,
                       const JobContext& context) {
    const bool rewritten = std::any_of(table.header.begin(), table.header.end(), [](const std::string& line) {
        return line.find(kWeightsOfPlan) != std::string::npos;
    });
    if (!rewritten || !top.attributes.string(kPlanAttribute).empty()) return;
    for (auto& [name, range] : ranges)
        range.weightScales.clear();
    context.diagnostics().warn(Code::ProjectModelChanged, "the table was made with rewritten weights and is used with the network's "
                                                          "own: its ranges count, the weights' gain is lost");
}

bool wantsZeroPoints(const calibrate::Table& table) {
    return std::find(table.header.begin(), table.header.end(), kZeroPointsLine) != table.header.end();
}

Result<ImproveResult> improveGraph(const ImproveOnGraph& request, JobContext& context) {
    const auto begin = std::chrono::steady_clock::now();
    improve::PortfolioOptions options;
    const auto recipe = improve::recipeFromSpelling(request.improve.recipe);
    if (!recipe)
        return Error{Code::UsageError, "there is no recipe '" + request.improve.recipe + "'"}
            .remedy("use auto, vendor, ranges, weights or ranges+weights");
    const auto method = calibrate::methodFromSpelling(request.calibration.method);
    if (!method)
        return Error{Code::UsageError, "there is no calibration method '" + request.calibration.method + "'"}
            .remedy("use kl, mse, percentile9999 or max");
    options.recipe = *recipe;
    options.repeats = request.improve.repeats;
    options.ridge = request.improve.ridge;
    if (!request.improve.quantizeTable.empty()) {
        WB_ASSIGN(const auto rows, quantise::readPrecisionTable(request.improve.quantizeTable, options.chip));
        for (const auto& row : rows)
            options.precisions.insert_or_assign(row.name, row.precision);
    }

    ImproveResult result;
    WB_ASSIGN(const improve::PictureSets sets, pictureSets(request, result.notes, context));
    calibrate::Options calibration;
    calibration.method = *method;
    calibration.histogramBins = request.calibration.histogramBins;
    calibration.tuneNum = request.calibration.tuneNum;
    const auto load = [&](size_t run) -> Result<execute::TensorMap> { return sets.calibration[run]; };
    WB_ASSIGN(const auto thresholds, calibrate::calibrate(request.top, sets.calibration.size(), load, calibration, context));
    calibrate::Table vendor;
    vendor.rows = thresholds.rows;
    // What the file will hold decides, so that who reads it gets what was measured.
    WB_ASSIGN(vendor, calibrate::parseTable(calibrate::formatTable(vendor)));
    WB_ASSIGN(const improve::Portfolio portfolio,
              improve::runPortfolio(request.top, rangesOf(vendor), sets, options, context));

    const improve::Candidate& kept = portfolio.chosen();
    result.table = request.table;
    calibrate::TableHeader header = headerFor(request, sets.calibration.size());
    if (kept.ownNetwork()) header.mlir = request.mlir.filename().string();
    WB_TRY(calibrate::writeTable(request.table, tableOf(kept, vendor.rows, header)));
    if (kept.ownNetwork()) {
        WB_ASSIGN(result.mlir, writeWeights(kept, request.mlir));
    }
    result.mode = kept.mode();
    result.recipe = kept.name;
    result.level = kept.level();
    result.asymmetric = kept.asymmetric;
    result.layers = kept.layers;
    result.equalised = kept.equalised;
    for (size_t i = 0; i < portfolio.candidates.size(); ++i) {
        const improve::Candidate& c = portfolio.candidates[i];
        RecipeReport report{c.name, c.mode(), c.level(), c.reason, i == portfolio.best, c.validation.has_value(), {}, c.seconds};
        if (c.validation) report.validation = *c.validation;
        result.recipes.push_back(std::move(report));
    }
    result.calibrationPictures = portfolio.calibrationPictures;
    result.validationPictures = portfolio.validationPictures;
    result.testPictures = portfolio.testPictures;
    result.cancelled = portfolio.cancelled;
    result.notes.insert(result.notes.end(), portfolio.notes.begin(), portfolio.notes.end());
    if (portfolio.testVendor && portfolio.testBest) {
        result.tested = true;
        result.testVendor = *portfolio.testVendor;
        result.testBest = *portfolio.testBest;
        result.verdict = improve::spelling(improve::compare(result.testVendor.sqnr, result.testBest.sqnr));
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

Result<ImproveResult> improve(const CalibrateRequest& request, const ImproveSettings& settings, JobContext& context) {
    WB_ASSIGN(const OpenedModel model, openModel(request.mlir, {}, context));
    if (model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already quantised"}
            .inFile(request.mlir.string())
            .remedy("give the top .mlir that transform wrote");
    if (!model.graph->attributes.string(kRecipeAttribute).empty())
        return Error{Code::FileUnknownKind, "the weights of this .mlir were rewritten by a recipe already"}
            .inFile(request.mlir.string())
            .remedy("give the network's own .mlir");
    ImproveOnGraph onGraph;
    onGraph.top = model.graph;
    onGraph.calibration = request.settings;
    onGraph.improve = settings;
    onGraph.mlirName = request.mlir.filename().string();
    onGraph.table = request.table;
    onGraph.mlir = request.table.parent_path() / (request.mlir.stem().string() + "_improved.mlir");
    return improveGraph(onGraph, context);
}

} // namespace wb::jobs
