// SPDX-License-Identifier: GPL-3.0-or-later
// Tuning of thresholds (dossier section 3.5): each layer is run with its inputs quantised at thresholds
// between the one found and the largest magnitude; the best raises the one found.
//
// The vendor's tool means to quantise the layer's weights too, but its interpreter has packed them before
// and goes on with the original ones, so tuning with float weights is what gives its tables.
#include "compiler/calibrate/calibrator.h"
#include "compiler/calibrate/calibrator_state.h"

#include "compiler/base/parallel.h"
#include "compiler/execute/team.h"
#include "compiler/kernels/f32_stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace wb::calibrate {
namespace {

using execute::TensorMap;
using Values = std::vector<TensorMap>; ///< of each sample, what later layers still need

constexpr double kLeastSpan = 0.01;    ///< a smaller gap to the largest magnitude is not worth trying
constexpr size_t kMemory = size_t{1536} << 20;

/// The vendor's tuner reads the untuned table from its file: seven decimals.
double asWritten(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.7f", value);
    return std::strtod(text, nullptr);
}

double lengthOfDifference(std::span<const float> a, std::span<const float> b) {
    std::array<double, 8> lanes{};
    kernels::f32AddSquares(a.data(), b.data(), static_cast<int64_t>(std::min(a.size(), b.size())), lanes);
    double sum = 0;
    for (const double lane : lanes)
        sum += lane;
    return std::sqrt(sum);
}

double magnitudeSum(std::span<const float> values) {
    double sum = 0;
    for (const float v : values)
        sum += std::abs(static_cast<double>(v));
    return sum;
}

/// Most bytes of values that are alive at once in one sample.
size_t liveBytes(const ir::Graph& graph, const std::vector<std::vector<ir::NodeId>>& users) {
    size_t now = 0, most = 0;
    std::vector<size_t> left(graph.values().size(), 0);
    const auto bytes = [&](ir::ValueId id) {
        return static_cast<size_t>(graph.value(id).type.elementCount()) * sizeof(float);
    };
    for (const ir::Node& node : graph.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.None")
            continue;
        for (const ir::ValueId id : node.results) {
            left[static_cast<size_t>(id)] = users[static_cast<size_t>(id)].size();
            now += bytes(id);
        }
        most = std::max(most, now);
        for (const ir::ValueId id : node.operands)
            if (id != ir::kNoValue && left[static_cast<size_t>(id)] > 0 &&
                --left[static_cast<size_t>(id)] == 0)
                now -= bytes(id);
    }
    return most;
}

class Tuner {
public:
    Tuner(const ir::Graph& graph, execute::Executor& executor, const Options& options, size_t samples,
          const JobContext& context)
        : m_graph(graph), m_team(executor), m_options(options), m_samples(samples), m_context(context) {}

    /// Reference results of a layer for all samples, kept in `live`.
    Status runReference(ir::NodeId node, Values& live) {
        return m_team.forEach(m_samples, m_context, [&](size_t i, execute::Executor& own, const JobContext& job) -> Status {
            WB_ASSIGN(TensorMap results, own.runRange(node, node + 1, operandsOf(node, live[i]), job));
            live[i].merge(results);
            return {};
        });
    }

    /// The best threshold for the inputs of a layer between `start` and `most`.
    Result<double> bestThreshold(ir::NodeId node, const Values& live, double start, double most) {
        const double step = (most - start) / m_options.tuneSteps;
        if (!(step > 0) || !(most - start > kLeastSpan))
            return start;
        const std::string& name = m_graph.value(m_graph.node(node).results[0]).name;
        std::vector<double> norms(m_samples);
        WB_TRY(parallelFor(static_cast<int64_t>(m_samples), 1, m_context, [&](int64_t begin, int64_t end) {
            for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
                norms[i] = magnitudeSum(live[i].at(name).span<float>());
        }));
        // Every threshold on every sample is a run of its own.
        const auto steps = static_cast<size_t>(m_options.tuneSteps) + 1;
        std::vector<double> lengths(steps * m_samples);
        WB_TRY(m_team.forEach(lengths.size(), m_context,
                              [&](size_t run, execute::Executor& own, const JobContext& job) -> Status {
                                  const TensorMap& values = live[run % m_samples];
                                  const double threshold = start + step * static_cast<double>(run / m_samples);
                                  WB_ASSIGN(const TensorMap results,
                                            own.runRange(node, node + 1, quantisedOperands(node, values, threshold), job));
                                  lengths[run] = lengthOfDifference(values.at(name).span<float>(),
                                                                    results.at(name).span<float>());
                                  return {};
                              }));
        double best = start, least = 0;
        for (int i = 0; i <= m_options.tuneSteps; ++i) {
            const double threshold = start + step * i;
            double distance = 0;
            for (size_t sample = 0; sample < m_samples; ++sample)
                distance += lengths[static_cast<size_t>(i) * m_samples + sample] / norms[sample];
            distance /= static_cast<double>(m_samples);
            if (i == 0 || distance < least)
                least = distance;
            else
                continue;
            best = threshold;
        }
        return best;
    }

private:
    TensorMap operandsOf(ir::NodeId node, const TensorMap& live) const {
        TensorMap map;
        for (const ir::ValueId id : m_graph.node(node).operands)
            if (id != ir::kNoValue)
                if (const auto it = live.find(m_graph.value(id).name); it != live.end())
                    map.insert(*it);
        return map;
    }
    /// All operands to int8 and back with one scale, in float32; halves go to the even number.
    TensorMap quantisedOperands(ir::NodeId node, const TensorMap& live, double threshold) const {
        TensorMap map = operandsOf(node, live);
        for (auto& [name, tensor] : map) {
            ir::Tensor rounded = execute::blankTensor(ir::ElementType::F32, tensor.shape());
            kernels::f32ThroughCodes(tensor.data<float>(), static_cast<float>(127 / threshold),
                                     rounded.mutableData<float>(), tensor.elementCount());
            tensor = std::move(rounded);
        }
        return map;
    }

    const ir::Graph& m_graph;
    execute::Team m_team;
    const Options& m_options;
    size_t m_samples;
    const JobContext& m_context;
};

} // namespace

Result<Thresholds> Calibrator::tune(const Thresholds& start, const SampleLoader& load,
                                    const JobContext& context) {
    State& s = *m_state;
    const Method method = s.options.method;
    const bool tunable = method == Method::Kl || method == Method::AciqGauss || method == Method::AciqLaplace;
    if (!tunable || s.options.tuneNum == 0 || start.rows.size() != s.tensors.size())
        return start;
    const ir::Graph& graph = *s.graph;
    const auto users = graph.users();
    size_t samples = std::min<size_t>(static_cast<size_t>(s.options.tuneNum), s.done);
    const size_t fitting = std::max<size_t>(1, kMemory / std::max<size_t>(1, liveBytes(graph, users)));
    if (samples > fitting) {
        Error note{Code::CalibrationSpace, "tuning uses " + std::to_string(fitting) + " samples instead of " +
                                               std::to_string(samples) + " to stay within memory"};
        note.severity = Severity::Warning;
        context.diagnostics().add(std::move(note));
        samples = fitting;
    }
    Thresholds result = start;
    result.tuned = true;
    std::vector<double> initial;
    for (TableRow& row : result.rows)
        initial.push_back(row.threshold = asWritten(row.threshold));

    Values live(samples);
    for (size_t i = 0; i < samples; ++i) {
        WB_TRY(context.checkStop());
        WB_ASSIGN(const TensorMap inputs, load(i));
        for (const ir::ValueId id : graph.inputs()) {
            const std::string& name = graph.value(id).name;
            const auto it = inputs.find(name);
            if (it == inputs.end() && inputs.size() != 1)
                return Error{Code::InputNameUnknown, "the sample has no input \"" + name + "\""};
            live[i][name] = it == inputs.end() ? inputs.begin()->second : it->second;
        }
    }
    std::vector<size_t> left(graph.values().size());
    for (size_t i = 0; i < left.size(); ++i)
        left[i] = users[i].size();
    Tuner tuner(graph, *s.executor, s.options, samples, context);
    std::set<ir::ValueId> tuned;
    const auto count = static_cast<ir::NodeId>(graph.nodes().size());
    for (ir::NodeId n = 0; n < count; ++n) {
        const ir::Node& node = graph.node(n);
        if (node.op == "top.Weight" || node.op == "top.None" || node.op == "top.Input")
            continue;
        const std::string& name = graph.value(node.results[0]).name;
        context.progress({"tune", static_cast<double>(n), static_cast<double>(count), "tune op: " + name});
        WB_TRY(tuner.runReference(n, live));
        std::vector<ir::ValueId> inputs, wanted;
        for (const ir::ValueId id : node.operands)
            if (id != ir::kNoValue && s.tensorOfValue[static_cast<size_t>(id)] >= 0)
                inputs.push_back(id);
        for (const ir::ValueId id : inputs)
            if (!tuned.contains(id) && std::find(wanted.begin(), wanted.end(), id) == wanted.end())
                wanted.push_back(id);
        if (wanted.empty() && !inputs.empty())
            wanted.push_back(inputs.front()); // all were tuned before: the first once more
        for (const ir::ValueId id : wanted) {
            const auto index = static_cast<size_t>(s.tensorOfValue[static_cast<size_t>(id)]);
            const double most = std::max(static_cast<double>(s.tensors[index].absMax()), 1e-5);
            WB_ASSIGN(const double best, tuner.bestThreshold(n, live, initial[index], most));
            tuned.insert(id);
            double& threshold = result.rows[index].threshold;
            if (best > threshold) {
                result.raised += threshold == initial[index] ? 1 : 0;
                threshold = best;
            }
        }
        for (const ir::ValueId id : node.operands)
            if (id != ir::kNoValue && left[static_cast<size_t>(id)] > 0 &&
                --left[static_cast<size_t>(id)] == 0)
                for (TensorMap& values : live)
                    values.erase(graph.value(id).name);
        for (const ir::ValueId id : node.results)
            if (left[static_cast<size_t>(id)] == 0) // network outputs and unused results
                for (TensorMap& values : live)
                    values.erase(graph.value(id).name);
    }
    return result;
}

} // namespace wb::calibrate
