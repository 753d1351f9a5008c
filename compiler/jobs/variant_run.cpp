// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/variant_run.h"

#include "compiler/evaluate/compare.h"
#include "compiler/jobs/events.h"
#include "compiler/numeric/half.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

namespace wb::jobs {
namespace {

using execute::TensorMap;

/// A copy that outlives the observer's call.
ir::Tensor deepCopy(const ir::Tensor& tensor) {
    ir::Tensor copy(tensor.type(), tensor.shape());
    std::memcpy(copy.mutableBytes(), tensor.bytes(), tensor.byteSize());
    return copy;
}

/// Running mean and bounds of one layer over the images.
struct Accumulator {
    double cosine = 0, cosineMin = std::numeric_limits<double>::infinity(), cosineMax = -cosineMin;
    double sqnr = 0, euclid = 0, time = 0;
    int count = 0, worst = 0;

    void add(const evaluate::LayerComparison& c, double timeUs) {
        const auto value = static_cast<double>(c.cosine);
        if (value < cosineMin) worst = count;
        ++count;
        cosine += value;
        cosineMin = std::min(cosineMin, value);
        cosineMax = std::max(cosineMax, value);
        sqnr += c.sqnrDb;
        euclid += c.euclid;
        time += timeUs;
    }
    void write(LayerSample& sample) const {
        sample.compared = count > 0;
        if (count == 0) return;
        sample.cosine = cosine / count;
        sample.cosineMin = cosineMin;
        sample.cosineMax = cosineMax;
        sample.worstImage = worst;
        sample.sqnrDb = sqnr / count;
        sample.euclid = euclid / count;
        sample.timeUs = time / count;
        sample.reason.clear();
    }
};

class Run {
public:
    Run(const VariantRequest& request, JobContext& context) : m_request(request), m_context(context) {
        for (const LayerInfo& layer : request.network->layers) {
            m_index[layer.name] = layer.index;
            LayerSample sample;
            sample.index = layer.index;
            sample.name = layer.name;
            sample.variant = request.kind;
            const auto reason = request.reasons.find(layer.name);
            sample.reason = reason != request.reasons.end() ? reason->second : "exists only before lowering";
            m_result.accumulated.push_back(sample);
            sample.isolated = true;
            if (request.isolated) m_result.isolated.push_back(sample);
        }
        m_sums.resize(m_result.accumulated.size());
        m_isolatedSums.resize(m_result.isolated.size());
        m_total = static_cast<double>(request.inputs.size()) *
                  static_cast<double>(request.reference->graph().nodes().size() +
                                      request.variant->graph().nodes().size() * (request.isolated ? 2 : 1));
    }

    Result<VariantResult> go() {
        for (size_t image = 0; image < m_request.inputs.size(); ++image) {
            WB_TRY(runReference(image));
            WB_TRY(runVariantGraph(image));
            if (m_request.isolated) WB_TRY(runIsolated());
        }
        summarise();
        return std::move(m_result);
    }

private:
    void step(const std::string& name) {
        m_context.progress({m_stageNames[static_cast<size_t>(m_request.kind)], ++m_done, m_total, name});
    }

    Status runReference(size_t image) {
        m_reference.clear();
        const ir::Graph& graph = m_request.reference->graph();
        const auto keep = [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
            const ir::Node& node = graph.node(id);
            for (size_t i = 0; i < results.size(); ++i) {
                const ir::Value& value = graph.value(node.results[i]);
                if (!m_index.contains(value.name)) continue;
                ir::Tensor tensor = deepCopy(execute::toFloat(results[i], value.type));
                if (image == 0 && m_request.keepReference) WB_TRY(m_request.keepReference(value.name, tensor));
                m_reference.insert_or_assign(value.name, std::move(tensor));
            }
            step(graph.value(node.results.front()).name);
            return m_context.checkStop();
        };
        WB_ASSIGN(auto outputs, m_request.reference->run(m_request.inputs[image], m_context, keep));
        m_result.referenceOutputs.push_back(std::move(outputs));
        return {};
    }

    Status runVariantGraph(size_t image) {
        const ir::Graph& graph = m_request.variant->graph();
        const auto compare = [&](ir::NodeId id, std::span<const ir::Tensor> results, double timeUs) -> Status {
            const ir::Node& node = graph.node(id);
            for (size_t i = 0; i < results.size(); ++i) {
                const ir::Value& value = graph.value(node.results[i]);
                const auto it = m_index.find(value.name);
                const bool keep = image == 0 && m_request.keepVariant != nullptr;
                if (it == m_index.end() && !keep) continue;
                const ir::Tensor values = execute::toFloat(results[i], value.type);
                if (keep) WB_TRY(m_request.keepVariant(value.name, values));
                if (it != m_index.end())
                    add(m_result.accumulated, m_sums, it->second, values, timeUs);
            }
            step(graph.value(node.results.front()).name);
            return m_context.checkStop();
        };
        WB_ASSIGN(const auto outputs, m_request.variant->run(m_request.inputs[image], m_context, compare));
        TensorMap floats;
        for (const ir::ValueId id : graph.outputs) {
            const ir::Value& value = graph.value(id);
            if (const auto it = outputs.find(value.name); it != outputs.end())
                floats[value.name] = execute::toFloat(it->second, value.type);
        }
        m_result.outputs.push_back(std::move(floats));
        return {};
    }

    /// The reference tensor that a lowered value stands for: through casts and requants to a layer's name.
    const ir::Tensor* referenceOf(ir::ValueId id) const {
        const ir::Graph& graph = m_request.variant->graph();
        while (id != ir::kNoValue) {
            const auto it = m_reference.find(graph.value(id).name);
            if (it != m_reference.end()) return &it->second;
            const ir::Node* producer = graph.producer(id);
            if (producer == nullptr || producer->operands.empty()) return nullptr;
            id = producer->operands.front();
        }
        return nullptr;
    }

    Status runIsolated() {
        const ir::Graph& graph = m_request.variant->graph();
        for (size_t n = 0; n < graph.nodes().size(); ++n) {
            const ir::Node& node = graph.nodes()[n];
            if (node.op == "top.Weight" || node.op == "top.Input" || node.results.empty()) continue;
            const ir::Value& value = graph.value(node.results.front());
            const auto it = m_index.find(value.name);
            if (it == m_index.end()) continue;
            TensorMap live;
            bool complete = true;
            // Sums and their requant are one layer; sums made elsewhere stand for no layer's values.
            const ir::ValueId sums = node.operands.empty() ? ir::kNoValue : node.operands.front();
            const bool both = sums != ir::kNoValue && graph.value(sums).type.element == ir::ElementType::I32 && n > 0 &&
                              graph.value(sums).producer == static_cast<ir::NodeId>(n - 1);
            const size_t first = both ? n - 1 : n;
            for (const ir::ValueId operand : graph.nodes()[first].operands) {
                if (operand == ir::kNoValue || graph.weight(operand) != nullptr) continue;
                const ir::Tensor* reference = referenceOf(operand);
                const ir::Value& source = graph.value(operand);
                complete = complete && reference != nullptr && source.type.element != ir::ElementType::I32 &&
                           reference->elementCount() == source.type.elementCount();
                if (complete) live[source.name] = toStorage(*reference, source.type);
            }
            step(value.name);
            if (!complete) continue;
            WB_ASSIGN(const auto results, m_request.variant->runRange(static_cast<ir::NodeId>(first),
                                                                      static_cast<ir::NodeId>(n + 1), live, m_context));
            const auto result = results.find(value.name);
            if (result == results.end()) continue;
            add(m_result.isolated, m_isolatedSums, it->second, execute::toFloat(result->second, value.type), 0);
            WB_TRY(m_context.checkStop());
        }
        return {};
    }

    void add(std::vector<LayerSample>& samples, std::vector<Accumulator>& sums, int layer,
             const ir::Tensor& values, double timeUs) {
        LayerSample& sample = samples[static_cast<size_t>(layer)];
        const auto reference = m_reference.find(sample.name);
        if (reference == m_reference.end()) {
            sample.reason = "has no reference value";
        } else if (reference->second.shape() != values.shape() &&
                   reference->second.elementCount() != values.elementCount()) {
            sample.reason = "shape differs: " + ir::toText(reference->second.shape()) + " vs " +
                            ir::toText(values.shape());
        } else {
            Accumulator& sum = sums[static_cast<size_t>(layer)];
            sum.add(evaluate::compareTensors(values, reference->second), timeUs);
            sum.write(sample);
        }
        m_context.event(event::kLayerSample, sample);
    }

    void summarise() {
        double sum = 0;
        double least = std::numeric_limits<double>::infinity();
        int count = 0;
        double worst = std::numeric_limits<double>::infinity();
        for (const LayerSample& sample : m_result.accumulated) {
            if (!sample.compared) {
                m_context.event(event::kLayerSample, sample); // the gap and its reason
                continue;
            }
            if (sample.cosine < worst) worst = sample.cosine, m_result.worstLayer = sample.index;
            if (!m_request.network->layers[static_cast<size_t>(sample.index)].isOutput) continue;
            sum += sample.cosine;
            least = std::min(least, sample.cosineMin);
            ++count;
        }
        if (count == 0) return;
        m_result.outputCosine = sum / count;
        m_result.outputCosineMin = least;
    }

    static constexpr const char* m_stageNames[] = {"reference", "reference", "quantise", "mixed"};
    const VariantRequest& m_request;
    JobContext& m_context;
    std::map<std::string, int, std::less<>> m_index;
    TensorMap m_reference;
    std::vector<Accumulator> m_sums, m_isolatedSums;
    VariantResult m_result;
    double m_done = 0, m_total = 0;
};

} // namespace

Result<VariantResult> runVariant(const VariantRequest& request, JobContext& context) {
    return Run(request, context).go();
}

ir::Tensor toStorage(const ir::Tensor& values, const ir::TensorType& type) {
    using ir::ElementType;
    const auto in = values.span<float>();
    ir::Tensor out(type.element, type.shape);
    const auto convert = [&]<class T>(T* target, auto&& one) {
        for (size_t i = 0; i < in.size(); ++i)
            target[i] = one(in[i]);
    };
    if (const ir::UniformQuant* quant = type.uniform()) {
        const auto inverse = static_cast<float>(1.0 / quant->scale());
        const auto zeroPoint = static_cast<double>(quant->zeroPoint());
        const bool isSigned = ir::isSignedInteger(type.element);
        const double low = isSigned ? -128 : 0;
        const double high = isSigned ? 127 : 255;
        const auto code = [&](float x) { return std::clamp(std::round(x * inverse) + zeroPoint, low, high); };
        if (ir::sizeInBytes(type.element) == 1) {
            if (isSigned)
                convert(out.mutableData<int8_t>(), [&](float x) { return static_cast<int8_t>(code(x)); });
            else
                convert(out.mutableData<uint8_t>(), [&](float x) { return static_cast<uint8_t>(code(x)); });
            return out;
        }
    }
    if (type.element == ElementType::F16)
        convert(out.mutableData<uint16_t>(), [](float x) { return numeric::toHalf(x); });
    else if (type.element == ElementType::BF16)
        convert(out.mutableData<uint16_t>(), [](float x) { return numeric::toBfloat16(x); });
    else
        return values.reshaped(type.shape);
    return out;
}

} // namespace wb::jobs
