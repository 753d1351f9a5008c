// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/search_job.h"

#include "compiler/calibrate/table.h"
#include "compiler/jobs/calibrate_job.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/time_stamp.h"
#include "compiler/preprocess/samples.h"
#include "compiler/search/search.h"

#include <nlohmann/json.hpp>

namespace wb::jobs {
namespace {

Result<search::Options> searchOptions(const SearchRequest& request) {
    search::Options options;
    const auto chip = ops::chipFromSpelling(request.chip);
    if (!chip)
        return Error{Code::TargetUnknown, "there is no chip '" + request.chip + "'"}.remedy("use bm1684x");
    options.chip = *chip;
    options.floatType = search::floatTypeOf(*chip);
    if (request.floatType != "auto") {
        const auto type = ops::precisionFromSpelling(request.floatType);
        if (!type || *type == ops::Precision::Int8)
            return Error{Code::PrecisionUnknown, "'" + request.floatType + "' is no float type"}
                .remedy("use auto, F16, BF16 or F32");
        options.floatType = *type;
    }
    const auto strategy = search::strategyFromSpelling(request.method);
    if (!strategy)
        return Error{Code::UsageError, "there is no search method '" + request.method + "'"}.remedy("use walk or ranked");
    options.strategy = *strategy;
    options.expectedCosine = request.settings.expectedCosine;
    options.minLayerCosine = request.settings.minLayerCosine;
    options.maxFloatLayers = request.settings.maxFloatLayers;
    options.locked.insert(request.locked.begin(), request.locked.end());
    for (const auto& [name, precision] : request.fixed)
        if (const auto p = ops::precisionFromSpelling(precision)) options.fixed.insert_or_assign(name, *p);
    return options;
}

} // namespace

void to_json(nlohmann::json& j, const SearchResult& v) {
    j = {{"table", v.table.string()},        {"loss_table", v.lossTable.string()},
         {"int8_cosine", v.int8Cosine},      {"mixed_cosine", v.mixedCosine},
         {"float_layers", v.floatLayers},    {"goal_reached", v.goalReached},
         {"int8_is_enough", v.int8IsEnough}, {"cancelled", v.cancelled},
         {"candidates", v.candidates},       {"seconds", v.seconds}};
}

Result<SearchResult> searchTable(const SearchRequest& request, JobContext& context) {
    WB_ASSIGN(const search::Options options, searchOptions(request));
    WB_ASSIGN(const OpenedModel model, openModel(request.mlir, {}, context));
    if (model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already quantised"}.inFile(request.mlir.string());
    WB_ASSIGN(const auto table, calibrate::readTable(request.calibrationTable));
    WB_ASSIGN(const auto dataset, preprocess::selectSamples({request.dataset, request.dataList,
                                                             request.settings.inputNum}));
    WB_ASSIGN(const auto samples,
              preprocess::SampleSource::open(dataset, preprocess::networkInputs(*model.graph), context));
    WB_ASSIGN(const search::Outcome outcome,
              search::searchTable(*model.graph, rangesOf(table), samples.count(),
                                  [&](size_t run) { return samples.load(run); }, options, context));

    SearchResult result;
    result.table = request.table;
    result.lossTable = request.lossTable.empty() ? request.table.parent_path() / "full_loss_table.txt"
                                                 : request.lossTable;
    std::vector<quantise::PrecisionRow> rows;
    for (const auto& [name, precision] : options.fixed)
        rows.push_back({name, precision, 0});
    for (const std::string& name : outcome.floatLayers)
        rows.push_back({name, options.floatType, 0});
    quantise::PrecisionTableHeader header;
    header.generated = timeStamp();
    header.sampleNumber = static_cast<int>(samples.count());
    header.chip = request.chip;
    header.mixMode = ops::spelling(options.floatType);
    WB_TRY(quantise::writePrecisionTable(result.table, rows, header));
    quantise::LossTable loss;
    loss.rows = outcome.loss;
    loss.generated = header.generated;
    loss.chip = request.chip;
    loss.mixMode = header.mixMode;
    loss.sampleNumber = header.sampleNumber;
    WB_TRY(quantise::writeLossTable(result.lossTable, loss));
    if (!outcome.int8IsEnough)
        for (const std::string& line : search::summaryLines(outcome, request.table.string()))
            context.line(line);
    result.int8Cosine = outcome.int8Cosine;
    result.mixedCosine = outcome.mixedCosine;
    result.floatLayers = outcome.floatLayers;
    result.goalReached = outcome.goalReached;
    result.int8IsEnough = outcome.int8IsEnough;
    result.cancelled = outcome.cancelled;
    result.candidates = outcome.candidates;
    result.seconds = outcome.seconds;
    return result;
}

} // namespace wb::jobs
