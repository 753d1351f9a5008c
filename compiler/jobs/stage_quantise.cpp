// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration, INT8, the precision table, the mixed network.
#include "compiler/jobs/stage_run.h"

#include "compiler/base/file.h"
#include "compiler/calibrate/table.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/calibrate_job.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/improve_job.h"
#include "compiler/jobs/improved_network.h"
#include "compiler/jobs/lowered_facts.h"
#include "compiler/jobs/number_text.h"
#include "compiler/quantise/lower_quantised.h"
#include "compiler/quantise/precision_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wb::jobs {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

Result<ops::Chip> chipOf(const std::string& text) {
    if (const auto chip = ops::chipFromSpelling(text)) return *chip;
    return Error{Code::TargetUnknown, "there is no chip '" + text + "'"}.remedy("choose bm1684x");
}

} // namespace

Status StageRun::runCalibrate(StageResult& result, const fs::path& folder) {
    WB_TRY(needModel());
    if (quantise::bringsScales(*m_model.graph)) {
        result.state = "skipped";
        result.summary = {{"method", "model carries scales"}};
        return {};
    }
    const CalibrationSettings& settings = m_project.calibration;
    if (!settings.importedTable.empty()) {
        WB_ASSIGN(const std::string text, readTextFile(resolve(settings.importedTable)));
        WB_TRY(writeTextAtomically(folder / kCalibrationTable, text));
        result.files["table"] = kCalibrationTable;
        WB_ASSIGN(const auto table, calibrate::readTable(folder / kCalibrationTable));
        result.summary = {{"method", "imported"}, {"thresholds", std::to_string(table.rows.size())}};
        return {};
    }
    if (!settings.recipe.empty()) return runRecipe(result, folder);
    CalibrateOnGraph request;
    request.top = m_model.graph;
    request.settings = resolvedCalibration();
    request.mlirName = modelName() + ".mlir";
    request.table = folder / kCalibrationTable;
    WB_ASSIGN(const CalibrateResult calibrated, calibrateGraph(request, m_context));
    result.files["table"] = kCalibrationTable;
    result.summary = {{"images", std::to_string(calibrated.samples)},
                      {"unreadable", std::to_string(calibrated.unreadable)},
                      {"method", settings.method},
                      {"thresholds", std::to_string(calibrated.thresholds)}};
    return {};
}

CalibrationSettings StageRun::resolvedCalibration() const {
    CalibrationSettings settings = m_project.calibration;
    settings.dataset = resolve(settings.dataset).string();
    settings.dataList = resolve(settings.dataList).string();
    return settings;
}

Status StageRun::runRecipe(StageResult& result, const fs::path& folder) {
    const CalibrationSettings& settings = m_project.calibration;
    ImproveOnGraph request;
    request.top = m_model.graph;
    request.calibration = resolvedCalibration();
    request.improve.recipe = settings.recipe;
    request.mlirName = modelName() + ".mlir";
    request.table = folder / kCalibrationTable;
    request.mlir = folder / kImprovedNetwork;
    request.base = folder / kBaseNetwork;
    WB_ASSIGN(const ImproveResult improved, improveGraph(request, m_context));
    result.files["table"] = kCalibrationTable;
    if (!improved.mlir.empty()) result.files["improved"] = kImprovedNetwork;
    if (!improved.base.empty()) result.files["base"] = kBaseNetwork;
    std::string report;
    for (const std::string& line : reportLines(improved)) {
        m_context.line(line);
        report += line + '\n';
    }
    WB_TRY(writeTextAtomically(folder / "recipes.txt", report));
    result.files["recipes"] = "recipes.txt";
    WB_ASSIGN(const auto table, calibrate::readTable(folder / kCalibrationTable));
    result.summary = {{"images", std::to_string(improved.calibrationPictures)},
                      {"thresholds", std::to_string(table.rows.size())},
                      {"method", settings.method},
                      {"recipe", improved.recipe},
                      {"mode", improved.mode},
                      {"reasons", report}};
    if (!improved.tested) return {};
    result.summary["sqnr_vendor"] = fixedText(improved.testVendor.sqnr.mean, 1);
    result.summary["sqnr"] = fixedText(improved.testBest.sqnr.mean, 1);
    result.summary["verdict"] = improved.verdict;
    return {};
}

Result<std::optional<StageRun::Quantised>> StageRun::fitting(const fs::path& mlir, const fs::path& table,
                                                             const quantise::PrecisionTable& precisions) {
    std::error_code ec;
    if (!fs::exists(mlir, ec) || !fs::exists(table, ec)) return std::optional<Quantised>();
    WB_ASSIGN(const auto rows, calibrate::readTable(table));
    WB_ASSIGN(const OpenedModel improved, openModel(mlir, {}, m_context));
    Quantised all{improved.graph, rangesOf(rows), m_project.target.asymmetric || wantsZeroPoints(rows), table, mlir};
    ops::LoweringOptions target;
    target.asymmetric = all.asymmetric;
    if (!checkPlan(*improved.graph, all.ranges, precisions, target)) return std::optional<Quantised>();
    return std::optional(std::move(all));
}

Result<StageRun::Quantised> StageRun::quantised(const quantise::PrecisionTable& precisions) {
    WB_TRY(needModel());
    if (quantise::bringsScales(*m_model.graph)) return Quantised{m_model.graph, {}, true, {}, {}};
    const auto keys = stageKeys(m_project, m_file);
    const fs::path folder = stageFolder(m_file, Stage::Calibrate, keys[static_cast<size_t>(Stage::Calibrate)]);
    WB_ASSIGN(auto recipe, fitting(folder / kImprovedNetwork, folder / kCalibrationTable, precisions));
    if (recipe) return std::move(*recipe);
    WB_ASSIGN(auto earlier, fitting(folder / kPlanNetwork, folder / kPlanTable, precisions));
    if (earlier) return std::move(*earlier);
    std::error_code ec;
    if (fs::exists(folder / kBaseNetwork, ec)) {
        m_context.line("the recipe's weights are fitted to the precision plan");
        const Status fitted = refit({folder / kBaseNetwork, folder / kCalibrationTable, resolvedCalibration(), precisions,
                                     folder / kPlanNetwork, folder / kPlanTable},
                                    m_context);
        if (fitted) {
            WB_ASSIGN(auto now, fitting(folder / kPlanNetwork, folder / kPlanTable, precisions));
            if (now) return std::move(*now);
        } else if (isCancelled(fitted.error())) {
            return fitted.error();
        } else { // the pictures may be gone: the network's own weights are still there
            Error why = fitted.error();
            why.severity = Severity::Warning;
            m_context.diagnostics().add(std::move(why));
        }
    }
    WB_ASSIGN(const auto table, calibrate::readTable(folder / kCalibrationTable));
    Quantised all{m_model.graph, rangesOf(table), m_project.target.asymmetric || wantsZeroPoints(table), folder / kCalibrationTable, {}};
    dropForeignScales(*all.graph, table, all.ranges, m_context);
    return all;
}

Result<quantise::PrecisionTable> StageRun::precisionTable() const {
    quantise::PrecisionTable table;
    for (const auto& [name, choice] : m_project.layers) {
        if (choice.precision.empty()) continue;
        const auto precision = ops::precisionFromSpelling(choice.precision);
        if (!precision)
            return Error{Code::PrecisionUnknown, "'" + choice.precision + "' is not a precision"}.atNode(name);
        table.insert_or_assign(name, *precision);
    }
    return table;
}

Status StageRun::runLowered(Variant variant, const quantise::PrecisionTable& table, StageResult& result,
                            const fs::path& folder) {
    WB_TRY(needReference());
    WB_TRY(needInputs());
    WB_ASSIGN(const Quantised source, quantised(table));
    const quantise::RangeTable& rangeTable = source.ranges;
    quantise::LowerOptions options;
    WB_ASSIGN(options.target.chip, chipOf(m_project.target.chip));
    options.target.module = ops::Precision::Int8;
    options.target.asymmetric = source.asymmetric;
    WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(*source.graph, rangeTable, table, options, m_context));

    const std::vector<LayerPrecision> precisions = describePrecisions(m_network, lowered, rangeTable, table);
    m_context.event(event::kLayerPrecision, {{"variant", spelling(variant)}, {"layers", precisions}});
    WB_TRY(writeTextAtomically(folder / "precisions.json", json(precisions).dump()));
    result.files["precisions"] = "precisions.json";

    const std::string prefix = filePrefix(modelName(), options.target);
    WB_TRY(ir::writeMlir(*lowered.graph, folder / (prefix + "_tpu.mlir")));
    result.files["tpu"] = prefix + "_tpu.mlir";

    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(const auto executor, execute::Executor::create(lowered.graph, execution, m_context));
    VariantRequest request;
    request.network = &m_network;
    request.reference = m_reference.get();
    request.variant = executor.get();
    request.kind = variant;
    request.isolated = true;
    request.inputs = m_inputs;
    for (const LayerPrecision& p : precisions)
        if (p.actual.empty()) request.reasons[p.name] = p.reasonText;
    WB_ASSIGN(NpzWriter writer, NpzWriter::create(folder / (prefix + "_tpu_outputs.npz")));
    request.keepVariant = [&](const std::string& name, const ir::Tensor& tensor) {
        return ir::addTensor(writer, name, tensor);
    };
    WB_ASSIGN(const VariantResult run, runVariant(request, m_context));
    WB_TRY(writer.finish());
    result.files["tensors"] = prefix + "_tpu_outputs.npz";
    WB_TRY(writeSamples(run, result, folder));
    WB_TRY(writeDetections(variant, run.outputs, result, folder));

    result.summary["output_cosine"] = cosineText(run.outputCosine);
    if (run.worstLayer >= 0) {
        const LayerSample& worst = run.accumulated[static_cast<size_t>(run.worstLayer)];
        result.summary["worst_layer"] = worst.name;
        result.summary["worst_cosine"] = cosineText(worst.cosine);
    }
    size_t floats = 0;
    size_t notHonoured = 0;
    for (const LayerPrecision& p : precisions) {
        floats += p.actual != "INT8" && !p.actual.empty() && p.reasonCode != "R04" ? 1 : 0;
        notHonoured += p.requested != "auto" && p.actual != p.requested ? 1 : 0;
    }
    result.summary["float_layers"] = std::to_string(floats);
    result.summary["not_honoured"] = std::to_string(notHonoured);
    return {};
}

Status StageRun::runQuantise(StageResult& result, const fs::path& folder) {
    return runLowered(Variant::Int8, {}, result, folder);
}

Status StageRun::runPrecision(StageResult& result, const fs::path& folder) {
    WB_TRY(needModel());
    WB_ASSIGN(const auto table, precisionTable());
    std::vector<quantise::PrecisionRow> rows;
    size_t unknown = 0;
    for (const LayerInfo& layer : m_network.layers)
        if (const auto it = table.find(layer.name); it != table.end()) rows.push_back({it->first, it->second});
    for (const auto& [name, precision] : table)
        if (std::none_of(m_network.layers.begin(), m_network.layers.end(),
                         [&, &key = name](const LayerInfo& layer) { return layer.name == key; })) {
            ++unknown;
            m_context.diagnostics().warn(Code::PrecisionNameUnknown,
                                         "the precision table names a layer that the network has not", name);
        }
    quantise::PrecisionTableHeader header;
    header.chip = m_project.target.chip;
    header.mixMode = m_project.target.floatType;
    WB_TRY(quantise::writePrecisionTable(folder / kPrecisionTable, rows, header));
    result.files["table"] = kPrecisionTable;
    result.summary = {{"entries", std::to_string(rows.size())},
                      {"layers", std::to_string(m_network.layers.size())},
                      {"unknown", std::to_string(unknown)}};
    return {};
}

Status StageRun::runMixed(StageResult& result, const fs::path& folder) {
    WB_ASSIGN(const auto table, precisionTable());
    return runLowered(Variant::Mixed, table, result, folder);
}

} // namespace wb::jobs
