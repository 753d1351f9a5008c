// SPDX-License-Identifier: GPL-3.0-or-later
// Collecting statistics and making thresholds of them (calibrator.h).
#include "compiler/calibrate/calibrator.h"

#include "compiler/base/parallel.h"
#include "compiler/calibrate/calibrator_state.h"

#include <algorithm>
#include <cmath>

namespace wb::calibrate {
namespace {

constexpr double kLeastThreshold = 1e-5;

bool isLayer(const ir::Node& node) { return node.op != "top.Weight" && node.op != "top.None"; }

bool needsSingles(Method m) {
    return m == Method::Mse || m == Method::AciqGauss || m == Method::AciqLaplace;
}

/// Results that get a line: of a layer with several, those that are used, or all if none is.
std::vector<ir::ValueId> listedResults(const ir::Graph& graph, const ir::Node& node,
                                       const std::vector<std::vector<ir::NodeId>>& users) {
    std::vector<ir::ValueId> used;
    for (const ir::ValueId id : node.results)
        if (!users[static_cast<size_t>(id)].empty() || graph.isOutput(id))
            used.push_back(id);
    return used.empty() ? node.results : used;
}

void addSingle(TensorState& tensor, Method method, std::span<const float> values, Extent extent) {
    if (method == Method::Mse)
        tensor.sum += mseThreshold(values);
    else if (method == Method::AciqGauss)
        tensor.sum += aciqGaussThreshold(values, extent);
    else
        tensor.sum += aciqLaplaceThreshold(values);
    ++tensor.count;
}

} // namespace

float TensorState::absMax() const { return std::max(std::abs(min), std::abs(max)); }

size_t Calibrator::State::tailCount(const TensorState& t, size_t samples) const {
    const double all = static_cast<double>(samples) * static_cast<double>(t.elements);
    return static_cast<size_t>(all * (1 - t.percent / 100)) + 1;
}

Status Calibrator::State::observe(ir::NodeId node, std::span<const ir::Tensor> results, int threads) {
    const auto& ids = graph->node(node).results;
    for (size_t i = 0; i < results.size() && i < ids.size(); ++i) {
        const int32_t index = tensorOfValue[static_cast<size_t>(ids[i])];
        if (index < 0 || results[i].type() != ir::ElementType::F32)
            continue;
        TensorState& tensor = tensors[static_cast<size_t>(index)];
        const auto values = results[i].span<float>();
        const Extent extent = extentOf(values);
        if (!std::isfinite(extent.min) || !std::isfinite(extent.max)) {
            tensor.notFinite = true; // infinities, or nothing but NaN: no threshold can serve them
            continue;
        }
        tensor.elements = values.size();
        tensor.min = std::min(tensor.min, extent.min);
        tensor.max = std::max(tensor.max, extent.max);
        if (needsSingles(options.method))
            addSingle(tensor, options.method, values, extent);
        if (options.method == Method::Percentile9999 || (tensor.isLast && needsSingles(options.method)))
            tensor.tails.add(values, tailCount(tensor, runs));
        const bool allZero = std::max(std::abs(extent.min), std::abs(extent.max)) < 1e-8F;
        if (options.method == Method::Kl && !allZero)
            tensor.restarted |= !tensor.histogram.add(values, tensor.absMax(), threads);
    }
    return {};
}

Calibrator::Calibrator(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Calibrator::~Calibrator() = default;

Result<std::unique_ptr<Calibrator>> Calibrator::create(std::shared_ptr<const ir::Graph> top, size_t runs,
                                                       const Options& options, const JobContext& context) {
    if (options.histogramBins < 16 || options.histogramBins > 1'000'000)
        return Error{Code::UsageError, "histogram of " + std::to_string(options.histogramBins) + " bins"}
            .remedy("use 16 to 1000000, 2048 is usual");
    if (options.tuneNum < 0 || options.tuneSteps < 1 || options.tuneSteps > 1000)
        return Error{Code::UsageError, "tuning with " + std::to_string(options.tuneNum) + " samples and " +
                                           std::to_string(options.tuneSteps) + " steps"};
    auto state = std::make_unique<State>();
    state->graph = std::move(top);
    state->options = options;
    state->runs = runs;
    const ir::Graph& graph = *state->graph;
    state->tensorOfValue.assign(graph.values().size(), -1);
    const auto users = graph.users();
    const auto layers = static_cast<double>(
        std::count_if(graph.nodes().begin(), graph.nodes().end(), isLayer));
    const double step = (99.999999 - 99.99) / std::max(layers, 1.0);
    size_t place = 0;
    for (const ir::Node& node : graph.nodes()) {
        if (!isLayer(node))
            continue;
        for (const ir::ValueId id : listedResults(graph, node, users)) {
            TensorState tensor;
            tensor.name = graph.value(id).name;
            tensor.value = id;
            tensor.isInput = node.op == "top.Input";
            tensor.endsWalk = node.op == "top.Conv" || node.op == "top.MatMul";
            tensor.percent = 99.99 + static_cast<double>(place) * step;
            tensor.histogram = MagnitudeHistogram(options.histogramBins);
            state->tensorOfValue[static_cast<size_t>(id)] = static_cast<int32_t>(state->tensors.size());
            state->tensors.push_back(std::move(tensor));
        }
        ++place;
    }
    const size_t last = std::min<size_t>(5, state->tensors.size());
    for (size_t i = state->tensors.size() - last; i < state->tensors.size(); ++i)
        state->tensors[i].isLast = true;
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(state->executor, execute::Executor::create(state->graph, execution, context));
    return std::unique_ptr<Calibrator>(new Calibrator(std::move(state)));
}

size_t Calibrator::runsDone() const { return m_state->done; }

Status Calibrator::collect(const SampleLoader& load, const JobContext& context) {
    State& s = *m_state;
    const auto report = [&] {
        context.progress({"calibrate", static_cast<double>(s.done), static_cast<double>(s.runs)});
    };
    while (s.done < s.runs) {
        WB_TRY(context.checkStop());
        report();
        WB_ASSIGN(const execute::TensorMap inputs, load(s.done));
        // A sample that was cancelled half-way must not count twice in some tensors: its statistics go
        // to a copy, which replaces the state when the sample is complete. Histograms are small.
        const std::vector<TensorState> before = s.tensors;
        auto outputs = s.executor->run(
            inputs, context, [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
                return s.observe(node, results, context.threads());
            });
        if (!outputs) {
            s.tensors = before;
            return std::move(outputs).error();
        }
        ++s.done;
    }
    report();
    return {};
}

Result<Thresholds> Calibrator::thresholds(const JobContext& context) const {
    const State& s = *m_state;
    if (s.done == 0)
        return Error{Code::DatasetEmpty, "no sample was run yet"};
    const Method method = s.options.method;
    Thresholds result;
    result.samples = s.done;
    result.rows.resize(s.tensors.size());
    std::vector<double> lastFive(s.tensors.size(), 0);
    WB_TRY(parallelFor(static_cast<int64_t>(s.tensors.size()), 1, context, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
            const TensorState& t = s.tensors[i];
            TableRow& row = result.rows[i];
            row.name = t.name;
            const bool nothing = t.elements == 0 || static_cast<double>(t.absMax()) <= kLeastThreshold;
            row.min = nothing ? (t.elements > 0 && t.min < 0 ? -kLeastThreshold : 0)
                              : static_cast<double>(t.min);
            row.max = nothing ? kLeastThreshold : static_cast<double>(t.max);
            const double absMax = nothing ? kLeastThreshold : static_cast<double>(t.absMax());
            const size_t all = s.done * t.elements;
            double threshold = absMax;
            if (method == Method::Kl) {
                const auto& histogram = t.histogram;
                threshold = histogram.empty()
                                ? 1.0
                                : static_cast<double>(klThreshold(histogram.counts(), histogram.width()));
            } else if (method == Method::Percentile9999) {
                const auto range = t.tails.at(t.percent, all, s.tailCount(t, s.done));
                threshold = std::max(std::abs(range.low), std::abs(range.high));
                row.min = std::max(range.low, row.min);
                row.max = std::min(range.high, row.max);
            } else if (needsSingles(method) && t.count > 0) {
                threshold = t.isInput ? absMax : t.sum / static_cast<double>(t.count);
                if (t.isLast)
                    lastFive[i] = t.tails.magnitudeAt(t.percent, all, s.tailCount(t, s.done));
            }
            threshold = std::min(threshold, absMax);
            row.threshold = threshold > kLeastThreshold ? threshold : kLeastThreshold;
        }
    }));
    if (needsSingles(method))
        for (size_t i = s.tensors.size(); i-- > 0 && s.tensors[i].isLast;) {
            if (lastFive[i] != static_cast<double>(s.tensors[i].absMax()))
                break;
            result.rows[i].threshold = std::max(lastFive[i], kLeastThreshold);
            if (s.tensors[i].endsWalk)
                break;
        }
    for (const TensorState& t : s.tensors) {
        if (t.notFinite)
            context.diagnostics().warn(Code::ThresholdMissing,
                                       "the layer's values are not finite for some samples, these are left out",
                                       t.name);
        else if (t.elements == 0 || static_cast<double>(t.absMax()) <= kLeastThreshold)
            context.diagnostics().warn(Code::ThresholdMissing,
                                       "the layer is all zeros, please check the input data", t.name);
        if (t.restarted)
            context.diagnostics().warn(Code::ThresholdMissing,
                                       "the calibration samples differ too much, the histogram started anew",
                                       t.name);
    }
    return result;
}

Result<Thresholds> calibrate(std::shared_ptr<const ir::Graph> top, size_t runs, const SampleLoader& load,
                             const Options& options, const JobContext& context) {
    WB_ASSIGN(const auto calibrator, Calibrator::create(std::move(top), runs, options, context));
    WB_TRY(calibrator->collect(load, context));
    WB_ASSIGN(const Thresholds start, calibrator->thresholds(context));
    return calibrator->tune(start, load, context);
}

} // namespace wb::calibrate
