// SPDX-License-Identifier: GPL-3.0-or-later
// The walk over the calibrated graph that asks each operator's rule, casts the network's outputs
// back to float, and lays the new nodes out in the vendor's order.
#include "compiler/quantise/lower.h"
#include "compiler/ops/support/chip_rules.h"
#include "compiler/quantise/chip_forms.h"
#include "compiler/quantise/float_ends.h"
#include "compiler/quantise/fuse_preprocess.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/lower_quantised.h"
#include "compiler/quantise/lowering_builder.h"
#include "compiler/quantise/sum_activations.h"

#include <algorithm>
#include <set>

namespace wb::quantise {
namespace {

using ops::Precision;

Status checkTarget(const LowerOptions& options, const PrecisionTable& precisions) {
    const auto& target = options.target;
    const std::string chip = ops::spelling(target.chip);
    const auto& traits = ops::traitsOf(target.chip);
    std::set<Precision> asked{target.module};
    for (const auto& [name, precision] : precisions)
        asked.insert(precision);
    for (const Precision precision : asked) {
        if (ops::precisionOn(target.chip, precision) == precision) continue;
        const std::string own = traits.f32 ? "F32" : "BF16";
        return Error{Code::PrecisionUnavailable,
                     std::string(ops::spelling(precision)) + " does not exist on " + chip}
            .because("the chip computes in INT8 and " + own + " only")
            .remedy("choose INT8 or " + own)
            .remedy("choose bm1684x")
            .field("chip", chip)
            .field("precision", ops::spelling(precision));
    }
    if (target.asymmetric && !traits.asymmetric)
        return Error{Code::PrecisionUnavailable, "asymmetric INT8 does not exist on " + chip}
            .because("its convolutions and products take codes without zero points")
            .remedy("quantise symmetrically: leave --asymmetric out")
            .remedy("choose bm1684x")
            .field("chip", chip)
            .field("precision", "INT8");
    return {};
}

/// The network's own codes have zero points, the chip's have none: said before anything is worked out, with the first layer.
Error ownCodesRefused(const ir::Graph& top, ops::Chip chip) {
    Error error{Code::PrecisionUnavailable,
                "the codes that \"" + top.name + "\" brings cannot be computed on " + std::string(ops::spelling(chip))};
    error = std::move(error).because("they have zero points, which only bm1684x takes");
    for (const auto& node : top.nodes()) {
        const auto* quant = node.op == "top.Weight" ? nullptr : top.value(node.results[0]).type.uniform();
        if (quant == nullptr || quant->zeroPoint() == 0) continue;
        error.node = top.value(node.results[0]).name;
        break;
    }
    return std::move(error).remedy("quantise again symmetrically from the ranges in the file: --requantise")
        .remedy("choose " + std::string(ops::spelling(ops::traitsOf(chip).wide)))
        .remedy("choose bm1684x")
        .field("chip", ops::spelling(chip))
        .field("precision", "INT8");
}

/// The error for a graph whose INT8 layers lack ranges or rules: everything at once.
Error collected(std::vector<Error> errors) {
    if (errors.size() == 1) return std::move(errors.front());
    std::stable_sort(errors.begin(), errors.end(),
                     [](const Error& a, const Error& b) { return a.code < b.code; });
    Error all = std::move(errors.front());
    size_t listed = 1;
    std::string others;
    for (size_t i = 1; i < errors.size(); ++i)
        if (++listed <= 20)
            others += (others.empty() ? "" : "; ") + errors[i].what + " (" + errors[i].node + ")";
    all.fields["count"] = std::to_string(errors.size());
    all.fields["others"] = others;
    all.what += ", and " + std::to_string(errors.size() - 1) + " more layers: " + others;
    return all;
}

std::string reasonText(const std::string& code, const std::string& op, Precision requested,
                       Precision actual, const std::string& other) {
    if (code == "R01") return "computed inside " + other;
    if (code == "R03")
        return op.substr(op.find('.') + 1) + " has no " + ops::spelling(requested) +
               " form on this chip, " + ops::spelling(actual) + " is used";
    if (code == "R04") return "follows the type of its input";
    if (code == "R08") return "an output made of several: each is cast with a scale of its own";
    return {};
}

/// An operator that neither the chip nor, since layers of the chip stand behind it, the host can run.
Error noRule(const ir::Graph& source, const ir::Node& node, ops::Chip chip) {
    Error error{Code::OperatorNotLowered, node.op + " cannot be lowered for " + std::string(ops::spelling(chip))};
    std::string names;
    const bool suffixed = source.attributes.string("module.platform") == "ONNX"; // "<tensor>_<operator>"
    for (const ir::ValueId id : node.operands) {
        if (id == ir::kNoValue || source.weight(id) != nullptr) continue;
        const std::string& name = source.value(id).name;
        names += (names.empty() ? "" : ",") + (suffixed ? name.substr(0, name.rfind('_')) : name);
    }
    if (!names.empty()) error.remedies.push_back("end the network before it: transform with --output_names " + names);
    return error;
}

} // namespace

RangeTable carriedRanges(const ir::Graph& top) {
    RangeTable ranges;
    for (const auto& value : top.values()) {
        const auto* quant = value.type.uniform();
        if (quant == nullptr || quant->scales.size() != 1 || top.weights.contains(value.name)) continue;
        const bool isSigned = ir::isSignedInteger(value.type.element);
        const double least = isSigned ? -128 : 0, most = isSigned ? 127 : 255;
        const auto zero = static_cast<double>(quant->zeroPoint());
        const double low = std::min(0.0, (least - zero) * quant->scale()), high = std::max(0.0, (most - zero) * quant->scale());
        ranges[value.name] = {std::max(-low, high), low, high, {}};
    }
    return ranges;
}

Result<Lowered> lower(const ir::Graph& top, const RangeTable& ranges,
                      const PrecisionTable& asked, const LowerOptions& options,
                      const JobContext& context) {
    PrecisionTable precisions = asked;
    precisions.merge(floatEnds(top, options));
    if (bringsScales(top)) {
        if (options.target.module == Precision::Int8 && !ops::traitsOf(options.target.chip).asymmetric)
            return ownCodesRefused(top, options.target.chip);
        LowerOptions checked = options;
        checked.target.asymmetric = false; // its own scales are what they are
        WB_TRY(checkTarget(checked, precisions));
        return lowerQuantised(top, precisions, options, context);
    }
    WB_TRY(checkTarget(options, precisions));
    ir::Graph shaped = top;
    reductionsToPools(shaped);
    WB_ASSIGN(ir::Graph source, importRanges(shaped, ranges, options, precisions, context));
    const bool int8 = options.target.module == Precision::Int8;
    const bool anyRange =
        std::any_of(source.values().begin(), source.values().end(),
                    [](const ir::Value& v) { return v.type.calibrated() != nullptr; });
    if (int8 && !anyRange)
        return Error{Code::NothingToQuantise, "no tensor of \"" + top.name + "\" has a threshold"}
            .because(ranges.empty() ? "INT8 was asked for without a calibration table"
                                    : "no name of the calibration table is in the network")
            .remedy("calibrate this network first")
            .remedy("choose F16 or F32, which need no calibration");
    if (options.fusePreprocess) WB_TRY(fusePreprocess(source, *options.fusePreprocess, options.target));
    FusedNames fused = mergeScales(source);
    const FusedNames taken = takeActivations(source, precisions, options, context);
    for (auto& [name, into] : fused)
        if (const auto further = taken.find(into); further != taken.end()) into = further->second;
    fused.insert(taken.begin(), taken.end());

    Builder builder(source, options.target, !precisions.empty(), context);
    std::map<std::string, LayerOutcome, std::less<>> outcomes;
    std::vector<Error> errors;
    const std::vector<bool> host = hostNodes(source);
    const ops::Chip chip = options.target.chip;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(source.nodes().size()); ++id) {
        WB_TRY(context.checkStop());
        const auto& node = source.node(id);
        if (node.op == "top.Weight" || node.op == "top.Input" || node.op == "top.None") {
            builder.copy(node);
            continue;
        }
        const std::string& name = source.value(node.results[0]).name;
        const auto wanted = precisions.find(name);
        LayerOutcome outcome{name,
                             asked.contains(name) ? wanted->second : options.target.module,
                             options.target.module,
                             {},
                             {}};
        if (!host.empty() && host[static_cast<size_t>(id)]) {
            builder.keep(node);
            outcome.actual = Precision::F32;
            if (outcome.requested != Precision::F32)
                outcome.reasonCode = "R03", outcome.reasonText = "runs on the host, behind the chip's last layer";
            outcomes.emplace(name, std::move(outcome));
            continue;
        }
        const Precision forRule = wanted == precisions.end() ? outcome.requested : wanted->second;
        const auto [rule, takesInt8] = ops::loweringRule(chip, node.op);
        Result<Precision> used =
            rule == nullptr
                ? Result<Precision>(noRule(source, node, chip))
                : rule(builder, node,
                       forRule == Precision::Int8 && !takesInt8 ? ops::traitsOf(chip).wide : forRule);
        if (!used) {
            Error error = std::move(used).error();
            if (error.node.empty()) error.node = name;
            if (error.code == Code::ThresholdMissing && error.remedies.empty())
                error.remedies = {"calibrate again with this network",
                                  "choose F16 or F32 for this layer"};
            errors.push_back(std::move(error));
            builder.bindPlaceholder(node);
            continue;
        }
        outcome.actual = ops::precisionOn(chip, *used);
        if (outcome.actual != outcome.requested) {
            outcome.reasonCode = followsInput(node.op) ? "R04" : forRule != outcome.requested ? "R08" : "R03";
            outcome.reasonText =
                reasonText(outcome.reasonCode, node.op, outcome.requested, outcome.actual, {});
            if (asked.contains(name)) {
                Error note{Code::PrecisionNotHonoured, outcome.reasonText};
                note.node = name;
                note.severity = Severity::Warning;
                context.diagnostics().add(std::move(note));
            }
        }
        outcomes.emplace(name, std::move(outcome));
    }
    if (!errors.empty()) return collected(std::move(errors));
    Lowered lowered;
    for (const auto& node : top.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.Input" || node.op == "top.None") continue;
        const std::string& name = top.value(node.results[0]).name;
        if (const auto it = outcomes.find(name); it != outcomes.end()) {
            lowered.layers.push_back(it->second);
        } else if (const auto into = fused.find(name); into != fused.end()) {
            const auto taker = outcomes.find(into->second);
            if (taker == outcomes.end()) continue; // nothing reads it
            const auto wanted = precisions.find(name);
            const LayerOutcome& by = taker->second;
            const Precision requested = wanted == precisions.end() ? by.requested : wanted->second;
            lowered.layers.push_back(
                {name, requested, by.actual, "R01",
                 reasonText("R01", node.op, requested, by.actual, into->second)});
        }
    }
    for (const auto& [name, precision] : asked) {
        if (top.find(name) != ir::kNoValue) continue;
        context.diagnostics().warn(
            Code::PrecisionNameUnknown,
            "the precision table names \"" + name + "\", which is not in the network", name);
        lowered.layers.push_back(
            {name, precision, options.target.module, "R07", "no layer has this name"});
    }
    lowered.graph = std::make_shared<const ir::Graph>(builder.finish(options));
    return lowered;
}

} // namespace wb::quantise
