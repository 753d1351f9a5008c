// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/deploy.h"

#include "compiler/calibrate/table.h"
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/bmodel_write.h"
#include "compiler/jobs/calibrate_job.h"
#include "compiler/jobs/improved_network.h"
#include "compiler/jobs/layer_values.h"
#include "compiler/jobs/lowered_facts.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/network_snapshot.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/kept_codes.h"
#include "compiler/quantise/lower_quantised.h"
#include "compiler/quantise/precision_table.h"

#include <nlohmann/json.hpp>
#include <set>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

/// The vendor's defaults of today (dossier section 7).
std::pair<double, double> defaultTolerance(ops::Precision precision) {
    switch (precision) {
    case ops::Precision::Int8: return {0.90, 0.80};
    case ops::Precision::F16:
    case ops::Precision::BF16: return {0.99, 0.90};
    case ops::Precision::F32: break;
    }
    return {0.99, 0.99};
}

Result<quantise::LowerOptions> lowerOptions(const DeployRequest& request) {
    quantise::LowerOptions options;
    const auto chip = ops::chipFromSpelling(request.chip);
    if (!chip)
        return Error{Code::TargetUnknown, "there is no chip '" + request.chip + "'"}.remedy("use bm1684x, bm1684, cv183x, cv182x, cv181x or cv180x");
    const auto precision = ops::precisionFromSpelling(request.quantize);
    if (!precision)
        return Error{Code::PrecisionUnknown, "--quantize '" + request.quantize + "' is not a precision that this version has"}
            .remedy("use INT8, F16, BF16 or F32");
    options.target.chip = *chip;
    options.target.module = *precision;
    options.target.asymmetric = request.asymmetric;
    options.quantInput = request.quantInput;
    options.quantOutput = request.quantOutput;
    options.quantInputs = request.quantInputs;
    options.quantOutputs = request.quantOutputs;
    if (request.fusePreprocess) options.fusePreprocess = request.customizationFormat;
    return options;
}

/// Places of inputs and outputs that the network has.
Status checkPlaces(const std::set<size_t>& places, size_t count, const char* of) {
    if (places.empty() || *places.rbegin() <= count) return {};
    return Error{Code::UsageError, std::string("there is no ") + of + ' ' + std::to_string(*places.rbegin()) + ": the network has " + std::to_string(count)}
        .remedy("count from 1, in the order of the .mlir");
}

/// Layers whose precision is not what the table asked for, as warnings or, with --strict, as the error.
Status reportNotHonoured(const std::vector<LayerPrecision>& layers, bool strict, DeployResult& result,
                         const JobContext& context) {
    std::string names;
    for (const LayerPrecision& layer : layers) {
        if (layer.requested == "auto" || layer.requested == layer.actual) continue;
        ++result.notHonoured;
        if (result.notHonoured <= 5) names += (names.empty() ? "" : ", ") + layer.name;
        context.diagnostics().warn(Code::PrecisionNotHonoured,
                                   layer.requested + " was asked for, it is " +
                                       (layer.actual.empty() ? "gone" : layer.actual) + " (" + layer.reasonCode +
                                       " " + layer.reasonText + ")",
                                   layer.name);
    }
    if (strict && result.notHonoured > 0)
        return Error{Code::PrecisionNotHonoured, std::to_string(result.notHonoured) +
                                                     " requested precisions are not honoured: " + names};
    return {};
}

/// Boxes after suppression change places with the least difference of a score: compared is what they are made of.
void exceptHostLayers(const ir::Graph& lowered, std::set<std::string, std::less<>>& excepts) {
    for (const ir::Node& node : lowered.nodes())
        if (quantise::runsOnHost(node))
            for (const ir::ValueId id : node.results)
                excepts.insert(lowered.value(id).name);
}

} // namespace

void to_json(nlohmann::json& j, const LayerCycles& v) {
    j = {{"layer", v.layer}, {"begin", v.begin}, {"end", v.end}, {"tiu", v.tiu}, {"gdma", v.gdma}};
}

void to_json(nlohmann::json& j, const BmodelResult& v) {
    j = {{"file", v.file.string()},
         {"file_bytes", v.fileBytes},
         {"coefficient_bytes", v.coefficientBytes},
         {"neuron_bytes", v.neuronBytes},
         {"tiu_commands", v.tiuCommands},
         {"gdma_commands", v.gdmaCommands},
         {"total_cycles", nullptr},
         {"layers", v.layers},
         {"simulated", v.simulated}};
    if (!v.hostPart.empty()) j["host_part"] = v.hostPart.string(), j["host_layers"] = v.hostLayers;
    if (v.cycles) j["total_cycles"] = *v.cycles;
    if (!v.simulated) return;
    j["outputs"] = v.outputs;
    j["equal_outputs"] = v.equalOutputs;
    j["passed"] = v.passed;
    j["comparison"] = v.comparison;
}

void to_json(nlohmann::json& j, const DeployResult& v) {
    j = {{"tpu_mlir", v.tpuMlir.string()}, {"tpu_weights", v.tpuWeights.string()}, {"layers", v.layers},
         {"not_honoured", v.notHonoured},  {"compared", v.compared},               {"bmodel", nullptr}};
    if (v.bmodel) j["bmodel"] = *v.bmodel;
    if (!v.withoutBmodel.empty()) j["without_bmodel"] = v.withoutBmodel;
    if (!v.outputs.empty()) j["outputs"] = v.outputs.string();
    if (v.compared) j["comparison"] = v.comparison;
}

Result<DeployResult> deploy(const DeployRequest& request, JobContext& context) {
    WB_ASSIGN(quantise::LowerOptions options, lowerOptions(request));
    WB_ASSIGN(const OpenedModel model, openModel(request.mlir, {}, context));
    if (model.stage != GraphStage::Top)
        return Error{Code::FileUnknownKind, "deploy starts from the top .mlir of transform"}.inFile(request.mlir.string());
    WB_TRY(checkPlaces(request.quantInputs, model.graph->inputs().size(), "input"));
    WB_TRY(checkPlaces(request.quantOutputs, model.graph->outputs.size(), "output"));
    const std::string name = model.graph->name;
    quantise::RangeTable ranges;
    const bool brings = quantise::bringsScales(*model.graph);
    const bool ownScales = brings && options.target.module == ops::Precision::Int8 && !request.requantise;
    std::shared_ptr<const ir::Graph> top = model.graph;
    if (request.requantise && !brings)
        context.diagnostics().warn(Code::TableNamesUnknown, "--requantise is for networks that bring their own scales, this one has none");
    if (request.requantise && brings) {
        ranges = quantise::carriedRanges(*model.graph);
        WB_ASSIGN(ir::Graph numbers, quantise::withoutCodes(*model.graph));
        if (options.target.chip == ops::Chip::BM1684) WB_TRY(quantise::keepFilterCodes(*model.graph, numbers, ranges));
        top = std::make_shared<const ir::Graph>(std::move(numbers));
    } else if (ownScales) {
        options.target.asymmetric = true; // file names say so
        if (!request.calibrationTable.empty())
            context.diagnostics().warn(Code::TableNamesUnknown, "the network brings its own scales, the calibration table is not used");
    } else if (!request.calibrationTable.empty()) {
        WB_ASSIGN(const auto table, calibrate::readTable(request.calibrationTable));
        ranges = rangesOf(table);
        dropForeignScales(*model.graph, table, ranges, context);
        options.target.asymmetric = options.target.asymmetric || wantsZeroPoints(table);
    } else if (options.target.module == ops::Precision::Int8) {
        return Error{Code::TableNotFound, "INT8 needs a calibration table"}.remedy("give --calibration_table, made by calibrate");
    }
    quantise::PrecisionTable precisions;
    if (!request.quantizeTable.empty()) {
        WB_ASSIGN(const auto rows, quantise::readPrecisionTable(request.quantizeTable, options.target.chip));
        for (const auto& row : rows)
            precisions.insert_or_assign(row.name, row.precision);
    }
    WB_TRY(checkPlan(*top, ranges, precisions, options.target));
    context.progress({"deploy", 0, 5, "lower"});
    WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(*top, ranges, precisions, options, context));

    DeployResult result;
    const fs::path folder = request.model.parent_path();
    const std::string prefix = filePrefix(name, options.target);
    result.tpuMlir = folder / (prefix + "_tpu.mlir");
    ir::Graph named = *lowered.graph;
    named.attributes.set("module.weight_file",
                         prefix + (precisions.empty() ? "_tpu_weights.npz" : "_tpu_qtable_weights.npz"));
    WB_TRY(ir::writeMlir(named, result.tpuMlir));
    WB_ASSIGN(result.tpuWeights, ir::weightFile(named, result.tpuMlir));
    for (const ir::Node& node : lowered.graph->nodes())
        result.layers += node.op != "top.Weight" ? 1 : 0;
    const NetworkSnapshot network = makeSnapshot(*top, model.format, 0);
    WB_TRY(reportNotHonoured(describePrecisions(network, lowered, ranges, precisions), request.strict, result, context));
    context.progress({"deploy", 1, 5, "check"});

    if (!request.testInput.empty() && !request.skipValidation) {
        WB_ASSIGN(const auto inputs, loadInputs(*lowered.graph, request.testInput));
        if (request.fusePreprocess) {
            const std::vector<ir::NamedTensor> pictures(inputs.begin(), inputs.end());
            WB_TRY(ir::writeNpz(folder / (name + "_in_ori.npz"), pictures));
        }
        result.outputs = folder / (prefix + "_tpu_outputs.npz");
        WB_TRY(writeLayerValues(lowered.graph, inputs, result.outputs, {!request.compareAll}, context));
        fs::path reference = request.testReference;
        if (reference.empty()) {
            reference = folder / (name + "_top_outputs.npz");
            WB_ASSIGN(const auto floats, loadInputs(*model.graph, request.testInput));
            WB_TRY(writeLayerValues(model.graph, floats, reference, {}, context));
        }
        context.progress({"deploy", 2, 5, "compare"});
        const auto [cosine, euclid] = request.tolerance.value_or(defaultTolerance(options.target.module));
        evaluate::CompareNpzOptions compare;
        compare.tolerance = {cosine, euclid};
        compare.excepts.insert(request.excepts.begin(), request.excepts.end());
        exceptHostLayers(*lowered.graph, compare.excepts);
        auto summary = compareFiles(result.outputs, reference, compare, 0, context);
        if (!summary) return std::move(summary).error();
        result.compared = true;
        result.comparison = std::move(*summary);
    }
    if (request.withoutBmodel || request.model.extension() != ".bmodel") return result;
    if (options.target.chip != ops::Chip::BM1684X) {
        const std::string chip = ops::spelling(options.target.chip);
        Error note{Code::CodegenMissing, "no bmodel is written for " + chip + ": the network is quantised and checked as that chip computes it"};
        note.severity = Severity::Warning;
        note.remedies = {"for a bmodel choose bm1684x"};
        context.diagnostics().add(std::move(note));
        result.withoutBmodel = chip;
        return result;
    }
    context.progress({"deploy", 3, 5, "compile"});
    const quantise::HostSplit split = quantise::splitHost(lowered.graph);
    WB_ASSIGN(result.bmodel, writeBmodel(*split.chip, request, context));
    WB_TRY(writeHostPart(split, request, *result.bmodel, context));
    if (!request.testInput.empty() && !request.skipValidation) {
        context.progress({"deploy", 4, 5, "verify"});
        WB_ASSIGN(const auto inputs, loadInputs(*lowered.graph, request.testInput));
        WB_TRY(verifyBmodel(split.chip, inputs, prefix, request, *result.bmodel, context));
    }
    context.progress({"deploy", 5, 5, {}});
    return result;
}

} // namespace wb::jobs
