// SPDX-License-Identifier: GPL-3.0-or-later
// Measuring a precision table (candidate.h). Samples run side by side; what they give is added in the
// order of samples, so that the sums do not depend on the number of threads.
#include "compiler/search/candidate.h"

#include "compiler/execute/team.h"
#include "compiler/search/similarity.h"

#include <algorithm>

namespace wb::search {
namespace {

constexpr size_t kBudget = size_t{1} << 30; ///< for layers of the float network, and of the one kept last

/// Bytes of all values that nodes compute for one sample.
size_t layerBytes(const ir::Graph& graph) {
    size_t sum = 0;
    for (const ir::Node& node : graph.nodes())
        if (node.op != "top.Weight")
            for (const ir::ValueId id : node.results) {
                const ir::TensorType& type = graph.value(id).type;
                sum += static_cast<size_t>(type.elementCount()) * ir::sizeInBytes(type.element);
            }
    return sum;
}

bool isInput(const ir::Node& node) { return node.op == "top.Input"; }

} // namespace

Evaluator::Evaluator(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples,
                     const SampleLoader& load, const Options& options)
    : m_top(top), m_ranges(ranges), m_samples(samples), m_load(load), m_options(options) {
    for (const ir::Node& node : top.nodes())
        if (node.op != "top.Weight" && !isInput(node))
            for (const ir::ValueId id : node.results)
                m_topValues.emplace(top.value(id).name, id);
}

Result<std::shared_ptr<const ir::Graph>> Evaluator::lowered(ops::Precision module,
                                                            const quantise::PrecisionTable& table,
                                                            const JobContext& context) const {
    quantise::LowerOptions options;
    options.target.chip = m_options.chip;
    options.target.module = module;
    options.target.asymmetric = m_options.asymmetric;
    // The same remarks for every candidate would drown the user's own: they go nowhere.
    JobContext quiet(context.stopToken());
    quiet.setThreads(context.threads());
    WB_ASSIGN(quantise::Lowered result, quantise::lower(m_top, m_ranges, table, options, quiet));
    if (result.graph->outputs.size() != m_top.outputs.size())
        return Error{Code::Internal, "the lowered network has other outputs"};
    return std::move(result.graph);
}

Result<execute::TensorMap> Evaluator::inputsOf(size_t sample) const {
    WB_ASSIGN(execute::TensorMap inputs, m_load(sample));
    const auto ids = m_top.inputs();
    if (ids.size() == 1 && inputs.size() == 1 && inputs.begin()->first != m_top.value(ids[0]).name)
        return execute::TensorMap{{m_top.value(ids[0]).name, inputs.begin()->second}};
    return inputs;
}

Result<execute::TensorMap> Evaluator::referenceLayers(size_t sample, execute::Executor& executor,
                                                      const JobContext& context,
                                                      execute::TensorMap* outputs) const {
    WB_ASSIGN(const execute::TensorMap inputs, inputsOf(sample));
    execute::TensorMap layers;
    const ir::Graph& graph = executor.graph();
    const auto keep = [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
        const auto& ids = graph.node(node).results;
        for (size_t i = 0; i < results.size() && i < ids.size(); ++i)
            if (const std::string& name = graph.value(ids[i]).name; m_topValues.contains(name))
                layers.insert_or_assign(name, execute::detached(results[i]));
        return {};
    };
    WB_ASSIGN(execute::TensorMap results, executor.run(inputs, context, keep));
    if (outputs != nullptr) *outputs = std::move(results);
    return layers;
}

Status Evaluator::runReference(const JobContext& context) {
    WB_ASSIGN(const auto graph, lowered(m_options.floatType, {}, context));
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(m_reference, execute::Executor::create(graph, execution, context));
    const size_t kept = std::min(m_samples, kBudget / std::max<size_t>(1, layerBytes(*graph)));
    m_layers.assign(m_samples, {});
    m_outputs.assign(m_samples, {});
    context.progress({"reference", 0, static_cast<double>(m_samples)});
    return execute::Team(*m_reference).forEach(m_samples, context,
                      [&](size_t sample, execute::Executor& executor, const JobContext& job) -> Status {
                          if (sample < kept) {
                              WB_ASSIGN(m_layers[sample],
                                        referenceLayers(sample, executor, job, &m_outputs[sample]));
                              return {};
                          }
                          WB_ASSIGN(const execute::TensorMap inputs, inputsOf(sample));
                          WB_ASSIGN(m_outputs[sample], executor.run(inputs, job));
                          return {};
                      });
}

Result<Measurement> Evaluator::measure(const quantise::PrecisionTable& table, bool withLayers,
                                       const JobContext& context) {
    WB_ASSIGN(const auto graph, lowered(ops::Precision::Int8, table, context));
    const std::vector<bool> same = sameValues(*graph, m_known);
    const std::shared_ptr<const ir::Graph> part = partOf(*graph, same);
    const ir::Graph& reference = m_reference->graph();
    execute::Options execution;
    execution.observable = withLayers;
    WB_ASSIGN(const auto executor, execute::Executor::create(part, execution, context));

    // Beside each value of the part: the top value that it is compared with, and the float network's value.
    std::unordered_map<std::string_view, ir::ValueId> floatValues;
    for (size_t i = 0; i < reference.values().size(); ++i)
        floatValues.emplace(reference.values()[i].name, static_cast<ir::ValueId>(i));
    std::vector<ir::ValueId> topOf(part->values().size(), ir::kNoValue);
    for (size_t i = 0; i < topOf.size(); ++i)
        if (const auto it = m_topValues.find(part->values()[i].name); it != m_topValues.end()) topOf[i] = it->second;

    const bool keep = withLayers && layerBytes(*graph) <= kBudget / m_samples;
    m_last = keep ? Known(graph, m_samples) : Known();
    std::vector<double> outputs(m_samples, 0);
    std::vector<std::vector<double>> layers(m_samples);
    const auto runSample = [&](size_t sample, execute::Executor& own, const JobContext& job) -> Status {
        WB_ASSIGN(execute::TensorMap feed, inputsOf(sample));
        if (m_known.graph != nullptr)
            for (const ir::ValueId id : part->inputs())
                if (const auto it = m_known.values[sample].find(part->value(id).name);
                    it != m_known.values[sample].end())
                    feed.insert_or_assign(it->first, it->second);
        execute::TensorMap again;
        execute::TensorMap* known = keep ? &m_last.values[sample] : nullptr;
        execute::Executor::Observer observer;
        if (withLayers) {
            layers[sample].assign(m_top.values().size(), -1);
            if (m_layers[sample].empty()) {
                WB_ASSIGN(again, referenceLayers(sample, *m_reference, job, nullptr));
            }
            observer = [&, &floats = again.empty() ? m_layers[sample] : again](
                           ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
                const ir::Node& made = part->node(node);
                if (isInput(made)) return {};
                for (size_t i = 0; i < results.size() && i < made.results.size(); ++i) {
                    const ir::Value& value = part->value(made.results[i]);
                    if (known != nullptr) known->insert_or_assign(value.name, execute::detached(results[i]));
                    const ir::ValueId at = topOf[static_cast<size_t>(made.results[i])];
                    const auto expected = at == ir::kNoValue ? floats.end() : floats.find(value.name);
                    if (expected != floats.end())
                        layers[sample][static_cast<size_t>(at)] =
                            similarityOf(results[i], value.type, expected->second,
                                         reference.value(floatValues.at(value.name)).type);
                }
                return {};
            };
        }
        execute::TensorMap results;
        if (!part->outputs.empty()) {
            WB_ASSIGN(results, own.run(feed, job, observer));
        }
        if (known != nullptr) {
            for (size_t i = 0; i < same.size(); ++i)
                if (const std::string& name = graph->values()[i].name; same[i])
                    if (const auto it = m_known.values[sample].find(name); it != m_known.values[sample].end())
                        known->insert_or_assign(name, it->second);
            for (auto& [name, tensor] : feed)
                known->try_emplace(name, tensor);
        }
        for (size_t i = 0; i < graph->outputs.size(); ++i) {
            const ir::Value& value = graph->value(graph->outputs[i]);
            const ir::Value& expected = reference.value(reference.outputs[i]);
            const bool given = same[static_cast<size_t>(graph->outputs[i])];
            const ir::Tensor& tensor = given ? m_known.values[sample].at(value.name) : results.at(value.name);
            outputs[sample] += similarityOf(tensor, value.type, m_outputs[sample].at(expected.name), expected.type);
        }
        outputs[sample] /= static_cast<double>(std::max<size_t>(1, graph->outputs.size()));
        return {};
    };
    WB_TRY(execute::Team(*executor).forEach(m_samples, context, runSample));

    const auto count = static_cast<double>(m_samples);
    Measurement result;
    for (const double one : outputs)
        result.outputs += one;
    result.outputs /= count;
    result.layers.assign(m_top.values().size(), -1);
    if (!withLayers) return result;
    for (size_t i = 0; i < same.size(); ++i) // layers that did not change are as near as they were
        if (same[i])
            if (const auto it = m_topValues.find(graph->values()[i].name); it != m_topValues.end())
                result.layers[static_cast<size_t>(it->second)] = m_knownLayers[static_cast<size_t>(it->second)];
    for (size_t i = 0; i < result.layers.size(); ++i) {
        if (layers.front()[i] < 0) continue;
        double sum = 0;
        for (const auto& sample : layers)
            sum += sample[i];
        result.layers[i] = sum / count;
    }
    m_lastLayers = result.layers;
    return result;
}

void Evaluator::keepLast() {
    if (m_last.graph == nullptr) return;
    m_known = std::move(m_last);
    m_knownLayers = m_lastLayers;
    m_last = {};
}

} // namespace wb::search
