// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/search_job.h"

#include "compiler/base/parallel.h"
#include "compiler/calibrate/table.h"
#include "compiler/codegen/compile.h"
#include "compiler/jobs/bmodel_profile.h"
#include "compiler/jobs/calibrate_job.h"
#include "compiler/jobs/improved_network.h"
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
        return Error{Code::UsageError, "there is no search method '" + request.method + "'"}.remedy("use walk, ranked or knapsack");
    options.strategy = *strategy;
    options.expectedCosine = request.settings.expectedCosine;
    options.minLayerCosine = request.settings.minLayerCosine;
    options.maxFloatLayers = request.settings.maxFloatLayers;
    options.locked.insert(request.locked.begin(), request.locked.end());
    for (const auto& [name, precision] : request.fixed)
        if (const auto p = ops::precisionFromSpelling(precision)) options.fixed.insert_or_assign(name, *p);
    return options;
}

/// What a network takes on the chip, by layers, with a precision table.
Result<Profile> compiledProfile(const ir::Graph& top, const quantise::RangeTable& ranges,
                                const quantise::PrecisionTable& precisions, ops::Precision module, bool asymmetric,
                                const JobContext& context) {
    quantise::LowerOptions lowering;
    lowering.target.module = module;
    lowering.target.asymmetric = asymmetric;
    JobContext quiet(context.stopToken());
    quiet.setThreads(context.threads());
    WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(top, ranges, precisions, lowering, quiet));
    WB_ASSIGN(const codegen::CompiledModel compiled, codegen::compile(*lowered.graph, {}, quiet));
    WB_ASSIGN(const bm1684x::Timing timing, bm1684x::timeOf(compiled.groups));
    return profileOf(timing, compiled.layers);
}

/// What each layer costs more in float: the work of both engines, scaled so that all together are the difference that
/// the whole networks have.
Status weighLayers(const ir::Graph& top, const quantise::RangeTable& ranges, search::Options& options, SearchResult& result,
                   const JobContext& context) {
    if (options.chip != ops::Chip::BM1684X)
        return Error{Code::CodegenUnsupported, std::string("cycles are known for bm1684x, not for ") + ops::spelling(options.chip)}
            .remedy("use --method ranked, which counts layers");
    const auto explained = [](Error error) { return std::move(error).remedy("use --method ranked, which counts layers"); };
    context.progress({"cycles", 0, 2, std::string("INT8, ") + ops::spelling(options.floatType)});
    std::optional<Result<Profile>> int8, whole; // neither fills all cores all the time
    parallelFor(2, 1, context.threads(), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
            if (i == 0) int8 = compiledProfile(top, ranges, options.fixed, ops::Precision::Int8, options.asymmetric, context);
            else whole = compiledProfile(top, ranges, {}, options.floatType, false, context);
    });
    if (!*int8) return explained(std::move(*int8).error());
    if (!*whole) return explained(std::move(*whole).error());
    std::map<std::string, double, std::less<>> extra;
    for (const LayerCycles& layer : (*whole)->layers)
        extra[layer.layer] += static_cast<double>(layer.tiu + layer.gdma);
    for (const LayerCycles& layer : (*int8)->layers)
        extra[layer.layer] -= static_cast<double>(layer.tiu + layer.gdma);
    double sum = 0;
    for (const auto& [name, cycles] : extra)
        sum += std::max(0.0, cycles);
    const auto difference = static_cast<double>((*whole)->cycles - (*int8)->cycles);
    const double scale = sum > 0 && difference > 0 ? difference / sum : 1;
    for (auto& [name, cycles] : extra)
        cycles = std::max(0.0, cycles) * scale;
    options.extraCycles = std::move(extra);
    options.int8Cycles = static_cast<double>((*int8)->cycles);
    result.int8Cycles = (*int8)->cycles;
    result.floatCycles = (*whole)->cycles;
    return {};
}

} // namespace

void to_json(nlohmann::json& j, const SearchResult& v) {
    j = {{"table", v.table.string()},        {"loss_table", v.lossTable.string()},
         {"int8_cosine", v.int8Cosine},      {"mixed_cosine", v.mixedCosine},
         {"float_layers", v.floatLayers},    {"goal_reached", v.goalReached},
         {"int8_is_enough", v.int8IsEnough}, {"cancelled", v.cancelled},
         {"candidates", v.candidates},       {"seconds", v.seconds}};
    if (v.int8Cycles > 0)
        j["cycles"] = {{"int8", v.int8Cycles}, {"float", v.floatCycles}, {"mixed", v.mixedCycles}};
}

Result<SearchResult> searchTable(const SearchRequest& request, JobContext& context) {
    WB_ASSIGN(search::Options options, searchOptions(request));
    WB_ASSIGN(const OpenedModel model, openModel(request.mlir, {}, context));
    if (model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already quantised"}.inFile(request.mlir.string());
    WB_ASSIGN(const auto table, calibrate::readTable(request.calibrationTable));
    WB_ASSIGN(const auto dataset, preprocess::selectSamples({request.dataset, request.dataList,
                                                             request.settings.inputNum}));
    WB_ASSIGN(const auto samples,
              preprocess::SampleSource::open(dataset, preprocess::networkInputs(*model.graph), context));
    quantise::RangeTable ranges = rangesOf(table);
    dropForeignScales(*model.graph, table, ranges, context);
    options.asymmetric = wantsZeroPoints(table);
    SearchResult result;
    if (options.strategy == search::Strategy::Knapsack) WB_TRY(weighLayers(*model.graph, ranges, options, result, context));
    WB_ASSIGN(const search::Outcome outcome,
              search::searchTable(*model.graph, ranges, samples.count(),
                                  [&](size_t run) { return samples.load(run); }, options, context));

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
    if (options.strategy == search::Strategy::Knapsack) {
        quantise::PrecisionTable found = options.fixed;
        for (const std::string& name : outcome.floatLayers)
            found.insert_or_assign(name, options.floatType);
        result.mixedCycles = result.int8Cycles;
        if (!outcome.floatLayers.empty()) {
            WB_ASSIGN(const Profile mixed,
                      compiledProfile(*model.graph, ranges, found, ops::Precision::Int8, options.asymmetric, context));
            result.mixedCycles = mixed.cycles;
        }
        context.line("cycles: INT8 " + std::to_string(result.int8Cycles) + ", found " + std::to_string(result.mixedCycles) + ", " +
                     ops::spelling(options.floatType) + " " + std::to_string(result.floatCycles));
    }
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
