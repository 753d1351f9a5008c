// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/backward.h"

#include "compiler/execute/team.h"
#include "compiler/improve/random.h"
#include "compiler/ops/float_kernel.h"
#include "compiler/quantise/float_ends.h"

#include <algorithm>
#include <cmath>

namespace wb::improve {
namespace {

/// Where a folded ReLU cut, nothing flows.
ir::Tensor throughRelu(const ir::Node& node, const ir::Tensor& result, const ir::Tensor& given) {
    const kernels::UnaryOp relu = ops::fusedRelu(node);
    if (relu.kind == kernels::Unary::None) return given;
    ir::Tensor out(ir::ElementType::F32, given.shape());
    const float *y = result.data<float>(), *g = given.data<float>();
    auto* to = out.mutableData<float>();
    for (int64_t i = 0; i < given.elementCount(); ++i)
        to[i] = y[i] > 0 && (relu.a < 0 || y[i] < relu.a) ? g[i] : 0.0F;
    return out;
}

/// Values on whose way to an input something is quantised; gradients by constants are not wanted.
std::vector<bool> variableValues(const ir::Graph& graph) {
    std::vector<bool> variable(graph.values().size(), false);
    for (const ir::Node& node : graph.nodes()) {
        bool any = node.op == "top.Input";
        for (const ir::ValueId id : node.operands)
            any = any || (id != ir::kNoValue && variable[static_cast<size_t>(id)]);
        for (const ir::ValueId id : node.results)
            variable[static_cast<size_t>(id)] = any && graph.value(id).type.element == ir::ElementType::F32;
    }
    return variable;
}

} // namespace

Result<Values> forward(execute::Executor& executor, const execute::TensorMap& inputs, const JobContext& context) {
    const ir::Graph& graph = executor.graph();
    Values values(graph.values().size());
    for (size_t i = 0; i < values.size(); ++i)
        if (const ir::Tensor* weight = graph.weight(static_cast<ir::ValueId>(i))) values[i] = *weight;
    for (const ir::ValueId id : graph.inputs())
        if (const auto it = inputs.find(graph.value(id).name); it != inputs.end())
            values[static_cast<size_t>(id)] = it->second;
        else if (inputs.size() == 1)
            values[static_cast<size_t>(id)] = inputs.begin()->second;
    WB_TRY(executor.run(inputs, context, [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
        const auto& ids = graph.node(node).results;
        for (size_t i = 0; i < results.size() && i < ids.size(); ++i)
            values[static_cast<size_t>(ids[i])] = execute::detached(results[i]);
        return {};
    }));
    return values;
}

namespace {

double energyOf(const ir::Tensor& tensor) {
    double energy = 0;
    for (const float v : tensor.span<float>())
        energy += static_cast<double>(v) * static_cast<double>(v);
    return energy;
}

/// A run of elements and what each counts.
struct Run {
    int64_t count = 0;
    float size = 0;
};

/// Elements of an output count by its energy. One that is several tensors side by side, scores beside boxes in pixels,
/// holds quantities of other sizes: such a part counts by its own, or nothing it loses would be seen. The runs of one
/// row along the joined axis, which repeat.
std::vector<Run> runsOf(const ir::Graph& graph, const Values& values, ir::ValueId output) {
    constexpr double kOtherQuantity = 1.0 / 256; // of the mean square: 8 of 127 codes at the joint scale are left
    const ir::Tensor& y = values[static_cast<size_t>(output)];
    const double energy = energyOf(y), mean = energy / static_cast<double>(y.elementCount());
    const auto sizeFor = [](double e) { return e > 0 ? static_cast<float>(1 / std::sqrt(e)) : 0.0F; };
    const std::vector<Run> whole{{y.elementCount(), sizeFor(energy)}};
    const ir::Node* join = graph.producer(output);
    while (join != nullptr && quantise::followsInput(join->op))
        join = graph.producer(join->operands[0]);
    if (join == nullptr || join->op != "top.Concat") return whole;
    const auto rank = static_cast<int64_t>(graph.value(join->results[0]).type.shape.size());
    int64_t axis = join->attributes.integer("axis", 1);
    if (axis < 0) axis += rank;
    std::vector<Run> runs;
    for (const ir::ValueId id : join->operands) {
        const ir::Tensor& part = values[static_cast<size_t>(id)];
        if (part.type() != ir::ElementType::F32 || part.elementCount() == 0 || axis >= static_cast<int64_t>(part.shape().size())) return whole;
        int64_t inner = 1;
        for (size_t d = static_cast<size_t>(axis); d < part.shape().size(); ++d)
            inner *= part.shape()[d];
        const double own = energyOf(part);
        const bool other = own / static_cast<double>(part.elementCount()) < kOtherQuantity * mean;
        runs.push_back({inner, sizeFor(other ? own : energy)});
    }
    return runs;
}

} // namespace

std::vector<ir::Tensor> projection(const ir::Graph& graph, const Values& values, uint64_t seed) {
    Random random(seed);
    std::vector<ir::Tensor> seeds;
    for (const ir::ValueId id : graph.outputs) {
        const ir::Tensor& y = values[static_cast<size_t>(id)];
        if (y.type() != ir::ElementType::F32 || y.elementCount() == 0) {
            seeds.emplace_back();
            continue;
        }
        const std::vector<Run> runs = runsOf(graph, values, id);
        ir::Tensor seedOf(ir::ElementType::F32, y.shape());
        auto* to = seedOf.mutableData<float>();
        size_t run = 0;
        int64_t left = runs[0].count;
        uint64_t bits = 0;
        for (int64_t k = 0; k < y.elementCount(); ++k, bits >>= 1, --left) {
            if (k % 64 == 0) bits = random.next();
            while (left == 0) {
                run = (run + 1) % runs.size();
                left = runs[run].count;
            }
            to[k] = (bits & 1) != 0 ? runs[run].size : -runs[run].size;
        }
        seeds.push_back(std::move(seedOf));
    }
    return seeds;
}

Status backward(const ir::Graph& graph, const Values& values, const std::vector<ir::Tensor>& seeds, const Visit& visit,
                std::map<std::string, std::string>& stopped, const JobContext& context) {
    std::vector<ir::Tensor> gradients(graph.values().size());
    const std::vector<bool> variable = variableValues(graph);
    for (size_t k = 0; k < graph.outputs.size() && k < seeds.size(); ++k) {
        ir::Tensor& at = gradients[static_cast<size_t>(graph.outputs[k])];
        if (seeds[k].empty()) continue;
        if (at.empty()) {
            at = seeds[k];
            continue;
        }
        auto* to = at.mutableData<float>(); // one value given out twice
        for (int64_t i = 0; i < at.elementCount(); ++i)
            to[i] += seeds[k].data<float>()[i];
    }
    for (size_t n = graph.nodes().size(); n-- > 0;) {
        const ir::Node& node = graph.nodes()[n];
        if (node.op == "top.Weight" || node.op == "top.None") continue;
        WB_TRY(context.checkStop());
        std::vector<ir::Tensor> operands, results, given, wanted;
        bool flows = false;
        for (const ir::ValueId id : node.results) {
            results.push_back(values[static_cast<size_t>(id)]);
            given.push_back(std::move(gradients[static_cast<size_t>(id)]));
            gradients[static_cast<size_t>(id)] = {};
            flows = flows || !given.back().empty();
        }
        for (const ir::ValueId id : node.operands)
            operands.push_back(id == ir::kNoValue ? ir::Tensor() : values[static_cast<size_t>(id)]);
        wanted.resize(operands.size());
        const ops::GradientCall seen{graph, node, operands, results, given, wanted, {context.threads(), &context}};
        visit(seen);
        if (!flows || node.operands.empty()) continue;
        const ops::GradientRule rule = ops::gradientTable().find(node.op);
        if (rule == nullptr) {
            stopped.emplace(node.op, "no rule");
            continue;
        }
        for (size_t i = 0; i < given.size(); ++i)
            if (!given[i].empty()) given[i] = throughRelu(node, results[i], given[i]);
        for (size_t i = 0; i < wanted.size(); ++i) {
            const ir::ValueId id = node.operands[i];
            // An operand used twice by one node gets its gradients one after the other.
            if (id != ir::kNoValue && variable[static_cast<size_t>(id)])
                wanted[i] = ir::Tensor(ir::ElementType::F32, operands[i].shape());
        }
        if (const Status status = rule(seen); !status) {
            if (isCancelled(status.error())) return status;
            stopped.emplace(node.op, status.error().what);
            continue;
        }
        for (size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i].empty()) continue;
            ir::Tensor& at = gradients[static_cast<size_t>(node.operands[i])];
            if (at.empty()) {
                at = std::move(wanted[i]);
                continue;
            }
            auto* to = at.mutableData<float>();
            const float* from = wanted[i].data<float>();
            for (int64_t k = 0; k < at.elementCount(); ++k)
                to[k] += from[k];
        }
    }
    return {};
}

} // namespace wb::improve
