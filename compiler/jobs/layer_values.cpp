// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/layer_values.h"

#include "compiler/ir/npz_tensor.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/lower_quantised.h"

#include <set>

namespace wb::jobs {

Result<std::shared_ptr<const ir::Graph>> runnable(std::shared_ptr<const ir::Graph> graph, const JobContext& context) {
    if (!quantise::bringsScales(*graph)) return graph;
    WB_ASSIGN(quantise::Lowered lowered, quantise::lower(*graph, {}, {}, {}, context));
    return std::move(lowered.graph);
}

Status writeLayerValues(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs,
                        const std::filesystem::path& file, const LayerValuesOptions& options,
                        JobContext& context) {
    WB_ASSIGN(graph, runnable(std::move(graph), context));
    std::set<ir::ValueId> wanted;
    if (options.outputsOnly) {
        std::vector<ir::ValueId> ends = quantise::hostInputs(*graph);
        ends.insert(ends.end(), graph->outputs.begin(), graph->outputs.end());
        for (const ir::ValueId output : ends) {
            wanted.insert(output);
            const ir::Node* producer = graph->producer(output);
            if (producer != nullptr && producer->op == "tpu.Cast") wanted.insert(producer->operands.front());
        }
    }
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(const auto executor, execute::Executor::create(graph, execution, context));
    WB_ASSIGN(NpzWriter writer, NpzWriter::create(file));
    double done = 0;
    const auto total = static_cast<double>(graph->nodes().size());
    const auto keep = [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
        for (size_t i = 0; i < results.size(); ++i) {
            const ir::ValueId valueId = graph->node(id).results[i];
            if (options.outputsOnly && !wanted.contains(valueId)) continue;
            const ir::Value& value = graph->value(valueId);
            WB_TRY(ir::addTensor(writer, value.name, execute::toFloat(results[i], value.type)));
        }
        context.progress({"run", ++done, total, {}});
        return {};
    };
    WB_ASSIGN([[maybe_unused]] const auto outputs, executor->run(inputs, context, keep));
    return writer.finish();
}

} // namespace wb::jobs
