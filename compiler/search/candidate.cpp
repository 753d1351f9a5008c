// SPDX-License-Identifier: GPL-3.0-or-later
// Measuring a precision table (candidate.h).
#include "compiler/search/candidate.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wb::search {
namespace {

constexpr size_t kBudget = size_t{1} << 30; ///< for the float network's layers

/// Lanes of float32 over blocks of this many elements, summed in double.
constexpr size_t kBlock = 1024, kLanes = 8;

template <class T> double similarityOf(const T* a, const float* b, size_t count) {
    double ab = 0, aa = 0, bb = 0;
    for (size_t at = 0; at < count; at += kBlock) {
        std::array<float, kLanes> sab{}, saa{}, sbb{};
        const size_t n = std::min(kBlock, count - at);
        const T* x = a + at;
        const float* y = b + at;
        size_t i = 0;
        for (; i + kLanes <= n; i += kLanes)
            for (size_t lane = 0; lane < kLanes; ++lane) {
                const auto u = static_cast<float>(x[i + lane]);
                const float v = y[i + lane];
                sab[lane] += u * v;
                saa[lane] += u * u;
                sbb[lane] += v * v;
            }
        for (; i < n; ++i) {
            const auto u = static_cast<float>(x[i]);
            sab[0] += u * y[i];
            saa[0] += u * u;
            sbb[0] += y[i] * y[i];
        }
        for (size_t lane = 0; lane < kLanes; ++lane) {
            ab += static_cast<double>(sab[lane]);
            aa += static_cast<double>(saa[lane]);
            bb += static_cast<double>(sbb[lane]);
        }
    }
    const double cosine = ab / (std::sqrt(aa) * std::sqrt(bb));
    return std::isfinite(cosine) ? 0.5 + 0.5 * cosine : 0.5; // the vendor maps "no number" to cosine 0
}

size_t bytesOf(const execute::TensorMap& map) {
    size_t sum = 0;
    for (const auto& [name, tensor] : map)
        sum += tensor.byteSize();
    return sum;
}

/// Detached from the executor's memory, as float32.
ir::Tensor kept(const ir::Tensor& tensor, const ir::TensorType& type) {
    const ir::Tensor wide = execute::toFloat(tensor, type);
    return ir::Tensor::of<float>(ir::ElementType::F32, wide.shape(), wide.span<float>());
}

} // namespace

double similarityOfStored(const ir::Tensor& stored, const ir::TensorType& type, const ir::Tensor& reference) {
    if (stored.elementCount() != reference.elementCount())
        return 0.5;
    const auto count = static_cast<size_t>(reference.elementCount());
    const auto* quant = type.uniform();
    const bool symmetric = quant != nullptr && !quant->axis && quant->zeroPoints.size() == 1 &&
                           quant->zeroPoints[0] == 0;
    if (symmetric && (stored.type() == ir::ElementType::I8 || stored.type() == ir::ElementType::Si8))
        return similarityOf(stored.data<int8_t>(), reference.data<float>(), count);
    if (symmetric && stored.type() == ir::ElementType::Ui8)
        return similarityOf(stored.data<uint8_t>(), reference.data<float>(), count);
    if (stored.type() == ir::ElementType::F32 && quant == nullptr)
        return similarityOf(stored.data<float>(), reference.data<float>(), count);
    const ir::Tensor wide = execute::toFloat(stored, type);
    return similarityOf(wide.data<float>(), reference.data<float>(), count);
}

Evaluator::Evaluator(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples,
                     const SampleLoader& load, const Options& options)
    : m_top(top), m_ranges(ranges), m_samples(samples), m_load(load), m_options(options) {
    for (const ir::Node& node : top.nodes())
        if (node.op != "top.Weight" && node.op != "top.Input")
            for (const ir::ValueId id : node.results)
                m_topValues.emplace(top.value(id).name, id);
}

Result<std::shared_ptr<const ir::Graph>> Evaluator::lowered(ops::Precision module,
                                                            const quantise::PrecisionTable& table,
                                                            const JobContext& context) const {
    quantise::LowerOptions options;
    options.target.chip = m_options.chip;
    options.target.module = module;
    // The same remarks for every candidate would drown the user's own: they go nowhere.
    JobContext quiet(context.stopToken());
    quiet.setThreads(context.threads());
    WB_ASSIGN(quantise::Lowered result, quantise::lower(m_top, m_ranges, table, options, quiet));
    return std::move(result.graph);
}

Result<execute::TensorMap> Evaluator::referenceLayers(size_t sample, const JobContext& context) {
    if (sample < m_layers.size() && !m_layers[sample].empty())
        return m_layers[sample];
    WB_ASSIGN(const execute::TensorMap inputs, m_load(sample));
    execute::TensorMap layers;
    const ir::Graph& graph = m_reference->graph();
    WB_ASSIGN(const execute::TensorMap outputs,
              m_reference->run(inputs, context,
                               [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
                                   const auto& ids = graph.node(node).results;
                                   for (size_t i = 0; i < results.size() && i < ids.size(); ++i) {
                                       const ir::Value& value = graph.value(ids[i]);
                                       if (m_topValues.contains(value.name))
                                           layers.insert_or_assign(value.name, kept(results[i], value.type));
                                   }
                                   return {};
                               }));
    return layers;
}

Status Evaluator::runReference(const JobContext& context) {
    WB_ASSIGN(const auto graph, lowered(m_options.floatType, {}, context));
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(m_reference, execute::Executor::create(graph, execution, context));
    size_t used = 0;
    m_layers.resize(m_samples);
    for (size_t sample = 0; sample < m_samples; ++sample) {
        context.progress({"reference", static_cast<double>(sample), static_cast<double>(m_samples)});
        WB_ASSIGN(const execute::TensorMap inputs, m_load(sample));
        WB_ASSIGN(const execute::TensorMap outputs, m_reference->run(inputs, context));
        m_outputs.emplace_back();
        for (const ir::ValueId id : graph->outputs)
            m_outputs.back().push_back(
                execute::toFloat(outputs.at(graph->value(id).name), graph->value(id).type));
        if (used < kBudget) {
            WB_ASSIGN(execute::TensorMap layers, referenceLayers(sample, context));
            used += bytesOf(layers);
            if (used <= kBudget)
                m_layers[sample] = std::move(layers);
        }
    }
    return {};
}

Result<Measurement> Evaluator::measure(const quantise::PrecisionTable& table, bool withLayers,
                                       const JobContext& context) {
    WB_ASSIGN(const auto graph, lowered(ops::Precision::Int8, table, context));
    execute::Options execution;
    execution.observable = withLayers;
    WB_ASSIGN(const auto executor, execute::Executor::create(graph, execution, context));
    if (graph->outputs.size() != m_top.outputs.size())
        return Error{Code::Internal, "the lowered network has other outputs"};
    Measurement result;
    result.layers.assign(m_top.values().size(), -1);
    std::vector<double> sums(m_top.values().size(), 0);
    std::vector<bool> seen(m_top.values().size(), false);
    for (size_t sample = 0; sample < m_samples; ++sample) {
        WB_TRY(context.checkStop());
        WB_ASSIGN(const execute::TensorMap inputs, m_load(sample));
        execute::TensorMap layers;
        execute::Executor::Observer observer;
        if (withLayers) {
            WB_ASSIGN(layers, referenceLayers(sample, context));
            observer = [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
                const auto& ids = graph->node(node).results;
                for (size_t i = 0; i < results.size() && i < ids.size(); ++i) {
                    const ir::Value& value = graph->value(ids[i]);
                    const auto reference = layers.find(value.name);
                    if (reference == layers.end())
                        continue;
                    const auto at = static_cast<size_t>(m_topValues.find(value.name)->second);
                    sums[at] += similarityOfStored(results[i], value.type, reference->second);
                    seen[at] = true;
                }
                return {};
            };
        }
        WB_ASSIGN(const execute::TensorMap outputs, executor->run(inputs, context, observer));
        double sum = 0;
        for (size_t i = 0; i < graph->outputs.size(); ++i) {
            const ir::Value& value = graph->value(graph->outputs[i]);
            sum += similarityOfStored(outputs.at(value.name), value.type, m_outputs[sample][i]);
        }
        result.outputs += sum / static_cast<double>(std::max<size_t>(1, graph->outputs.size()));
    }
    const auto count = static_cast<double>(m_samples);
    result.outputs /= count;
    for (size_t i = 0; i < sums.size(); ++i)
        if (seen[i])
            result.layers[i] = sums[i] / count;
    return result;
}

} // namespace wb::search
