// SPDX-License-Identifier: GPL-3.0-or-later
// Samples to network inputs (samples.h).
#include "compiler/preprocess/samples.h"

#include "compiler/base/file.h"
#include "compiler/base/parallel.h"
#include "compiler/ir/npz_tensor.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

namespace wb::preprocess {
namespace {

template <class T> void widen(const ir::Tensor& from, float* to) {
    const T* data = from.data<T>();
    for (int64_t i = 0; i < from.elementCount(); ++i)
        to[i] = static_cast<float>(data[i]);
}

Result<ir::Tensor> asFloat(const ir::Tensor& tensor) {
    if (tensor.type() == ir::ElementType::F32)
        return tensor;
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(ir::ElementType::F32, tensor.shape()));
    auto* out = result.mutableData<float>();
    switch (tensor.type()) {
    case ir::ElementType::F64: widen<double>(tensor, out); break;
    case ir::ElementType::I1: case ir::ElementType::Ui8: widen<uint8_t>(tensor, out); break;
    case ir::ElementType::I8: case ir::ElementType::Si8: widen<int8_t>(tensor, out); break;
    case ir::ElementType::I16: case ir::ElementType::Si16: widen<int16_t>(tensor, out); break;
    case ir::ElementType::Ui16: widen<uint16_t>(tensor, out); break;
    case ir::ElementType::I32: case ir::ElementType::Si32: widen<int32_t>(tensor, out); break;
    case ir::ElementType::Ui32: widen<uint32_t>(tensor, out); break;
    case ir::ElementType::I64: case ir::ElementType::Si64: widen<int64_t>(tensor, out); break;
    default:
        return Error{Code::NpyUnsupported, std::string("elements of type ") + ir::spelling(tensor.type()) +
                                               " cannot be a network's input"};
    }
    return result;
}

/// `tensor` must be the input's shape, whole or as one place of its batch.
Status checkShape(const ir::Tensor& tensor, const NetworkInput& input, const std::string& file) {
    ir::Shape one = input.shape;
    if (!one.empty())
        one[0] = 1;
    if (tensor.shape() == input.shape || tensor.shape() == one)
        return {};
    return Error{Code::InputShapeWrong, "input \"" + input.name + "\" is " + ir::toText(tensor.shape()) +
                                            ", should be " + ir::toText(input.shape)}
        .inFile(file);
}

int64_t batchOf(const NetworkInput& input) { return input.shape.empty() ? 1 : input.shape[0]; }

size_t bytesOf(const InputMap& map) {
    size_t sum = 0;
    for (const auto& [name, tensor] : map)
        sum += tensor.byteSize();
    return sum;
}

/// Places one after the other along the batch; `parts` together are at least as many as `whole` has.
Result<ir::Tensor> joined(const std::vector<const ir::Tensor*>& parts, const ir::Shape& whole) {
    if (parts.size() == 1 && parts[0]->shape() == whole)
        return *parts[0];
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(ir::ElementType::F32, whole));
    size_t at = 0;
    for (const ir::Tensor* part : parts) {
        const size_t bytes = std::min(part->byteSize(), tensor.byteSize() - at);
        std::memcpy(tensor.mutableBytes() + at, part->bytes(), bytes);
        at += bytes;
    }
    return tensor;
}

} // namespace

std::vector<NetworkInput> networkInputs(const ir::Graph& graph) {
    std::vector<NetworkInput> inputs;
    for (const ir::ValueId id : graph.inputs()) {
        NetworkInput input{graph.value(id).name, graph.value(id).type.shape, {}};
        if (const ir::Node* node = graph.producer(id))
            input.settings = settingsFromAttributes(node->attributes);
        inputs.push_back(std::move(input));
    }
    return inputs;
}

Result<InputMap> SampleSource::prepareSample(size_t sample) const {
    const auto& files = m_samples[sample];
    InputMap map;
    if (m_kind == SampleKind::Npz) {
        WB_ASSIGN(auto arrays, ir::readNpz(files.front()));
        if (m_inputs.size() == 1 && arrays.size() == 1 && !arrays.contains(m_inputs[0].name)) {
            auto node = arrays.extract(arrays.begin()); // a single array may have any name
            node.key() = m_inputs[0].name;
            arrays.insert(std::move(node));
        }
        for (const NetworkInput& input : m_inputs) {
            const auto it = arrays.find(input.name);
            if (it == arrays.end())
                return Error{Code::InputNameUnknown, "there is no array \"" + input.name + "\""}
                    .inFile(files.front());
            WB_TRY(checkShape(it->second, input, files.front()));
            WB_ASSIGN(map[input.name], asFloat(it->second));
        }
        return map;
    }
    if (files.size() != m_inputs.size())
        return Error{Code::InputShapeWrong, std::to_string(files.size()) + " files for " +
                                                std::to_string(m_inputs.size()) + " inputs"}
            .inFile(files.front());
    for (size_t i = 0; i < m_inputs.size(); ++i) {
        const NetworkInput& input = m_inputs[i];
        if (m_kind == SampleKind::Npy) {
            WB_ASSIGN(auto array, readNpy(files[i]));
            WB_ASSIGN(const ir::Tensor tensor, ir::toTensor(std::move(array)));
            WB_TRY(checkShape(tensor, input, files[i]));
            WB_ASSIGN(map[input.name], asFloat(tensor));
        } else {
            WB_ASSIGN(Prepared prepared, prepareFile(files[i], *input.settings, input.shape));
            map[input.name] = std::move(prepared.tensor);
        }
    }
    return map;
}

Result<SampleSource> SampleSource::open(const Dataset& dataset, std::vector<NetworkInput> inputs,
                                        const JobContext& context, size_t budgetBytes) {
    SampleSource source;
    source.m_kind = dataset.kind;
    source.m_inputs = std::move(inputs);
    source.m_samples = dataset.samples;
    if (source.m_inputs.empty())
        return Error{Code::InputNameUnknown, "the network has no input"};
    if (dataset.kind == SampleKind::Picture)
        for (const NetworkInput& input : source.m_inputs) {
            if (!input.settings)
                return Error{Code::PreprocessInvalid, "the input takes tensors, not pictures"}
                    .atNode(input.name)
                    .remedy("give npz files");
            WB_TRY(validate(*input.settings, input.shape));
        }
    const size_t count = source.m_samples.size();
    std::vector<std::optional<Error>> problems(count);
    std::vector<std::string> digests(count);
    std::vector<int64_t> places(count, 1);
    source.m_kept.resize(count);
    std::atomic<size_t> used{0};
    WB_TRY(parallelFor(static_cast<int64_t>(count), 1, context, [&](int64_t begin, int64_t end) {
        for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
            auto prepared = source.prepareSample(i);
            if (!prepared) {
                problems[i] = std::move(prepared).error();
                continue;
            }
            for (const std::string& file : source.m_samples[i])
                if (auto digest = sha256OfFile(file))
                    digests[i] += *digest;
            places[i] = batchOf({"", prepared->begin()->second.shape(), {}});
            const size_t bytes = bytesOf(*prepared);
            if (used.fetch_add(bytes) + bytes <= budgetBytes)
                source.m_kept[i] = std::move(*prepared);
        }
    }));

    const int64_t batch = batchOf(source.m_inputs.front());
    std::set<std::string> seen;
    Batch next;
    int64_t filled = 0;
    const auto finish = [&] {
        source.m_batches.push_back(std::move(next));
        next = {};
        filled = 0;
    };
    for (size_t i = 0; i < count; ++i) {
        const std::string& file = source.m_samples[i].front();
        const bool ok = !problems[i];
        const std::string reason = ok ? "" : toText(*problems[i]);
        context.event("calibration-picture", {{"path", file}, {"ok", ok}, {"reason", reason}});
        if (!ok) {
            source.m_skipped.push_back({file, reason});
            Error warning = std::move(*problems[i]);
            warning.severity = Severity::Warning;
            warning.what += "; the sample is skipped";
            context.diagnostics().add(std::move(warning));
            continue;
        }
        source.m_duplicates += seen.insert(digests[i]).second ? 0 : 1;
        next.samples.push_back(i);
        next.files.insert(next.files.end(), source.m_samples[i].begin(), source.m_samples[i].end());
        filled += places[i];
        if (filled >= batch)
            finish();
    }
    if (filled > 0 && dataset.kind == SampleKind::Picture) {
        while (filled++ < batch)
            next.samples.push_back(next.samples.back());
        finish();
    }
    if (source.m_batches.empty())
        return Error{Code::DatasetUnreadable, "none of the " + std::to_string(count) + " samples can be used"}
            .because(source.m_skipped.empty() ? "they do not fill one batch of " + std::to_string(batch)
                                              : source.m_skipped.front().reason)
            .remedy("choose other files");
    return source;
}

Result<InputMap> SampleSource::load(size_t run) const {
    const Batch& batch = m_batches[run];
    std::vector<InputMap> again; // prepared now; the others lie in m_kept
    again.reserve(batch.samples.size());
    std::vector<const InputMap*> maps;
    for (const size_t sample : batch.samples) {
        if (!m_kept[sample].empty()) {
            maps.push_back(&m_kept[sample]);
            continue;
        }
        WB_ASSIGN(InputMap map, prepareSample(sample));
        again.push_back(std::move(map));
        maps.push_back(&again.back());
    }
    InputMap result;
    for (const NetworkInput& input : m_inputs) {
        std::vector<const ir::Tensor*> parts;
        for (const InputMap* map : maps)
            parts.push_back(&map->at(input.name));
        WB_ASSIGN(result[input.name], joined(parts, input.shape));
    }
    return result;
}

} // namespace wb::preprocess
