// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/improved_network.h"

#include "compiler/ir/text/text.h"
#include "compiler/jobs/improve_pictures.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/time_stamp.h"

#include <algorithm>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

constexpr char kWeightsOfPlan[] = ", weights of plan ";       ///< in a table's header, before the key
constexpr char kZeroPointsLine[] = "# codes: with zero points"; ///< in a table's header
constexpr char kRidgeAttribute[] = "module.improved_ridge", kMeanAttribute[] = "module.improved_mean_share";

Status write(ir::Graph graph, const std::string& recipe, const fs::path& mlir) {
    graph.attributes.set(kRecipeAttribute, recipe);
    graph.attributes.erase("module.weight_file"); // named after the file
    return ir::writeMlir(graph, mlir);
}

} // namespace

calibrate::TableHeader headerFor(const CalibrationSettings& settings, const std::string& mlirName, size_t samples) {
    calibrate::TableHeader header;
    header.version = "tpuwb";
    header.mlir = mlirName;
    header.generated = timeStamp();
    header.method = "['" + settings.method + "']";
    header.histogramNumber = settings.histogramBins;
    header.sampleNumber = static_cast<int>(samples);
    header.tuneNumber = settings.tuneNum;
    return header;
}

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

Status writeNetwork(const improve::Candidate& kept, const fs::path& mlir) {
    ir::Graph graph = *kept.top;
    if (!kept.planKey.empty()) graph.attributes.set(kPlanAttribute, kept.planKey);
    return write(std::move(graph), kept.name, mlir);
}

Status writeBase(const improve::Portfolio& portfolio, const fs::path& mlir) {
    const improve::Candidate& kept = portfolio.chosen();
    ir::Graph graph = *portfolio.candidates[kept.table].top;
    graph.attributes.set(kRidgeAttribute, kept.solve.ridge);
    graph.attributes.set(kMeanAttribute, kept.solve.meanShare);
    return write(std::move(graph), kept.name, mlir);
}

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

Status refit(const RefitRequest& request, const JobContext& context) {
    WB_ASSIGN(const OpenedModel base, openModel(request.base, {}, context));
    WB_ASSIGN(const calibrate::Table table, calibrate::readTable(request.table));
    improve::Candidate fitted;
    fitted.recipe = improve::Recipe::Both;
    fitted.name = base.graph->attributes.string(kRecipeAttribute);
    fitted.asymmetric = wantsZeroPoints(table);
    fitted.ranges = rangesOf(table);
    for (auto& [name, range] : fitted.ranges)
        range.weightScales.clear();
    std::vector<Error> notes; // said when the recipe ran
    WB_ASSIGN(const improve::PictureSets sets, pictureSets(*base.graph, request.pictures, {}, {}, notes, context));
    improve::ReweightOptions options;
    options.solve.ridge = base.graph->attributes.real(kRidgeAttribute, options.solve.ridge);
    options.solve.meanShare = base.graph->attributes.real(kMeanAttribute, options.solve.meanShare);
    options.form = improve::int8Options(fitted.asymmetric);
    WB_ASSIGN(const improve::Reweighted weights,
              improve::reweight(*base.graph, fitted.ranges, request.precisions, sets.calibration, options, context));
    WB_ASSIGN(fitted.ranges, improve::withScales(fitted.ranges, request.precisions, fitted.asymmetric, weights));
    fitted.planKey = weights.planKey;
    ir::Graph graph = *weights.top;
    graph.attributes.erase(kRidgeAttribute);
    graph.attributes.erase(kMeanAttribute);
    fitted.top = std::make_shared<const ir::Graph>(std::move(graph));
    WB_TRY(writeNetwork(fitted, request.mlir));
    const auto header = headerFor(request.pictures, request.mlir.filename().string(), sets.calibration.size());
    return calibrate::writeTable(request.newTable, tableOf(fitted, table.rows, header));
}

} // namespace wb::jobs
