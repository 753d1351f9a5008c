// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/run_job.h"

#include "compiler/ir/npz_tensor.h"
#include "compiler/jobs/bmodel_run.h"
#include "compiler/jobs/host_model.h"
#include "compiler/jobs/layer_values.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

namespace wb::jobs {

void to_json(nlohmann::json& j, const RunResult& v) {
    j = {{"output", v.output.string()}, {"outputs", v.outputs}, {"median_ms", v.medianMs}, {"min_ms", v.minMs},
         {"repeat", v.repeat},          {"threads", v.threads}, {"peak_bytes", v.peakBytes}};
}

Result<RunResult> runModel(const RunRequest& request, JobContext& context) {
    OpenOptions opening;
    opening.weights = request.weights;
    WB_ASSIGN(OpenedModel model, openModel(request.model, opening, context));
    if (model.stage == GraphStage::Top || model.stage == GraphStage::Source) {
        WB_ASSIGN(model.graph, runnable(model.graph, context));
    }
    const std::string kind = request.input.extension().string();
    if (model.stage == GraphStage::Compiled && kind != ".npz" && kind != ".npy")
        return Error{Code::PreprocessInvalid, "a bmodel does not say how a picture becomes its input"}
            .inFile(request.model.string())
            .remedy("give <name>_in_f32.npz, or for fused preprocessing <name>_in_ori.npz")
            .remedy("use detect for pictures");
    WB_ASSIGN(const auto inputs, loadInputs(*model.graph, {request.input}));
    const ir::Graph& graph = *model.graph;
    execute::Options options;
    options.observable = request.dumpAllTensors;
    WB_ASSIGN(const auto executor, ModelRun::create(model, options, context));

    std::shared_ptr<const ir::Graph> host; // behind a bmodel
    if (model.stage == GraphStage::Compiled) {
        WB_ASSIGN(host, openHostModel(request.model, graph));
    }
    if (host != nullptr)
        context.line("the bmodel ends before " + hostOperators(*host) + ", which " +
                     hostModelFile(request.model).filename().string() + " runs on the host");

    std::vector<ir::NamedTensor> kept;
    const auto convert = [&](const ir::Tensor& tensor, const ir::TensorType& type) {
        const bool asCodes = request.outFixed && type.uniform() != nullptr;
        ir::Tensor values = asCodes ? tensor : execute::toFloat(tensor, type);
        ir::Tensor copy(values.type(), values.shape());
        std::copy_n(values.bytes(), values.byteSize(), copy.mutableBytes());
        return copy;
    };
    execute::Executor::Observer observer;
    if (request.dumpAllTensors)
        observer = [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
            for (size_t i = 0; i < results.size(); ++i) {
                const ir::Value& value = graph.value(graph.node(id).results[i]);
                kept.emplace_back(value.name, convert(results[i], value.type));
            }
            return {};
        };

    RunResult result;
    result.repeat = request.repeat;
    result.threads = context.threads();
    result.peakBytes = executor.peakBytes();
    execute::TensorMap outputs, fromHost;
    std::vector<double> times;
    if (request.repeat > 1) { // caches and clocks settle; not counted
        WB_ASSIGN(outputs, executor.run(inputs, context));
    }
    for (int i = 0; i < request.repeat; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        WB_ASSIGN(outputs, executor.run(inputs, context, i == 0 ? observer : execute::Executor::Observer()));
        if (host != nullptr) {
            WB_ASSIGN(fromHost, runHostModel(host, graph, outputs, context));
        }
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        context.progress({"run", i + 1.0, static_cast<double>(request.repeat), {}});
    }
    std::sort(times.begin(), times.end());
    result.minMs = times.front();
    result.medianMs = (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2;

    if (!request.dumpAllTensors)
        for (const ir::ValueId id : graph.outputs) {
            const ir::Value& value = graph.value(id);
            const auto it = outputs.find(value.name);
            if (it != outputs.end()) kept.emplace_back(value.name, convert(it->second, value.type));
        }
    if (host != nullptr)
        for (const ir::ValueId id : host->outputs) {
            const ir::Value& value = host->value(id);
            if (const auto it = fromHost.find(value.name); it != fromHost.end()) kept.emplace_back(value.name, convert(it->second, value.type));
        }
    for (const auto& [name, tensor] : kept)
        result.outputs.push_back(name);
    if (!request.output.empty()) {
        WB_TRY(ir::writeNpz(request.output, kept));
        result.output = request.output;
    }
    return result;
}

} // namespace wb::jobs
