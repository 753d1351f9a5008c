// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/calibrate_job.h"

#include "compiler/calibrate/calibrator.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/time_stamp.h"
#include "compiler/preprocess/samples.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace wb::jobs {
namespace {

calibrate::TableHeader headerFor(const CalibrateOnGraph& request, const calibrate::Thresholds& thresholds) {
    calibrate::TableHeader header;
    header.version = "tpuwb";
    header.mlir = request.mlirName;
    header.generated = timeStamp();
    header.method = thresholds.tuned ? "['" + request.settings.method + "']" : request.settings.method;
    header.histogramNumber = request.settings.histogramBins;
    header.sampleNumber = static_cast<int>(thresholds.samples);
    if (thresholds.tuned) header.tuneNumber = request.settings.tuneNum;
    return header;
}

} // namespace

void to_json(nlohmann::json& j, const CalibrateResult& v) {
    j = {{"table", v.table.string()}, {"samples", v.samples}, {"unreadable", v.unreadable},
         {"thresholds", v.thresholds}, {"seconds", v.seconds}};
}

quantise::RangeTable rangesOf(const calibrate::Table& table) {
    quantise::RangeTable ranges;
    for (const calibrate::TableRow& row : table.rows)
        ranges.insert_or_assign(row.name, quantise::Range{row.threshold, row.min, row.max});
    constexpr std::string_view kSuffix = "_weight"; // the lines are named after the layer
    for (const auto& [name, scales] : table.weightScales) {
        if (table.fp8WeightScales || !name.ends_with(kSuffix)) continue;
        const auto it = ranges.find(std::string_view(name).substr(0, name.size() - kSuffix.size()));
        if (it != ranges.end()) it->second.weightScales = scales;
    }
    return ranges;
}

Result<CalibrateResult> calibrateGraph(const CalibrateOnGraph& request, JobContext& context) {
    const auto begin = std::chrono::steady_clock::now();
    const auto method = calibrate::methodFromSpelling(request.settings.method);
    if (!method)
        return Error{Code::UsageError, "there is no calibration method '" + request.settings.method + "'"}
            .remedy("use kl, mse, percentile9999 or max");
    WB_ASSIGN(const auto dataset, preprocess::selectSamples({request.settings.dataset, request.settings.dataList,
                                                             request.settings.inputNum}));
    context.line("input_num = " + std::to_string(request.settings.inputNum) +
                 ", ref = " + std::to_string(dataset.available));
    WB_ASSIGN(const auto samples,
              preprocess::SampleSource::open(dataset, preprocess::networkInputs(*request.top), context));
    context.line("real input_num = " + std::to_string(samples.count()));
    calibrate::Options options;
    options.method = *method;
    options.histogramBins = request.settings.histogramBins;
    options.tuneNum = request.settings.tuneNum;
    WB_ASSIGN(const auto thresholds,
              calibrate::calibrate(request.top, samples.count(),
                                   [&](size_t run) { return samples.load(run); }, options, context));
    calibrate::Table table;
    table.header = calibrate::headerLines(headerFor(request, thresholds));
    table.rows = thresholds.rows;
    WB_TRY(calibrate::writeTable(request.table, table));
    CalibrateResult result;
    result.table = request.table;
    result.samples = static_cast<int>(thresholds.samples);
    result.unreadable = static_cast<int>(samples.skipped().size());
    result.thresholds = thresholds.rows.size();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

Result<CalibrateResult> calibrate(const CalibrateRequest& request, JobContext& context) {
    WB_ASSIGN(const OpenedModel model, openModel(request.mlir, {}, context));
    if (model.stage == GraphStage::Lowered)
        return Error{Code::FileUnknownKind, "this .mlir is already quantised"}
            .inFile(request.mlir.string())
            .remedy("give the top .mlir that transform wrote");
    CalibrateOnGraph onGraph{model.graph, request.settings, request.mlir.filename().string(), request.table};
    return calibrateGraph(onGraph, context);
}

} // namespace wb::jobs
