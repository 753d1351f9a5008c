// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/improve_job.h"

#include "compiler/calibrate/calibrator.h"
#include "compiler/jobs/improve_pictures.h"
#include "compiler/jobs/improved_network.h"
#include "compiler/jobs/model_file.h"
#include "compiler/quantise/precision_table.h"

#include <chrono>

namespace wb::jobs {
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
    WB_ASSIGN(const improve::PictureSets sets,
              pictureSets(*request.top, request.calibration, request.improve.validation, request.improve.test, result.notes, context));
    for (const Error& note : result.notes)
        context.diagnostics().add(note);
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
    const auto header = headerFor(request.calibration, kept.ownNetwork() ? request.mlir.filename().string() : request.mlirName,
                                  sets.calibration.size());
    WB_TRY(calibrate::writeTable(request.table, tableOf(kept, vendor.rows, header)));
    if (kept.ownNetwork()) {
        WB_TRY(writeNetwork(kept, request.mlir));
        result.mlir = request.mlir;
    }
    if (!kept.planKey.empty() && !request.base.empty()) {
        WB_TRY(writeBase(portfolio, request.base));
        result.base = request.base;
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
