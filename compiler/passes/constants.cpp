// SPDX-License-Identifier: GPL-3.0-or-later
// Operators whose operands are all weights: position codes made by a convolution, a table that is resized. They
// give the same in every run, so they are computed once, with the plain kernels, and become weights themselves.
#include "compiler/ops/kernel.h"
#include "compiler/ops/op_def.h"
#include "compiler/passes/pass.h"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

namespace wb::passes {
namespace {

/// What one operator may cost: more than that is a network, not a constant.
constexpr int64_t kMostElements = int64_t{1} << 24;
constexpr int64_t kMostMacs = int64_t{1} << 32;
/// Elements of all results of a round together, so that a small file does not ask for gigabytes.
constexpr int64_t kBudget = int64_t{1} << 26;

/// One result, F32 like all its operands, which are weights.
bool isConstant(const ir::Graph& graph, const ir::Node& node) {
    if (node.results.size() != 1 || node.op == "top.Weight" || node.op == "top.Input") return false;
    const ir::TensorType& type = graph.value(node.results.front()).type;
    if (graph.isOutput(node.results.front()) || type.element != ir::ElementType::F32 || !type.ranked) return false;
    bool any = false;
    for (ir::ValueId id : node.operands) {
        if (id == ir::kNoValue) continue;
        const ir::Tensor* data = graph.weight(id);
        if (data == nullptr || data->type() != ir::ElementType::F32 || data->elementCount() == 0) return false;
        any = true;
    }
    return any;
}

struct AlignedFree {
    void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t{64}); }
};

/// Nothing where there is no kernel for it, or where it does not take these operands.
std::optional<ir::Tensor> computed(const ir::Graph& graph, const ir::Node& node) {
    const ops::KernelDef* def = ops::kernelTable().find(node.op);
    const ops::OpDef* op = ops::opTable().find(node.op);
    if (def == nullptr || op == nullptr || (op->macs != nullptr && op->macs(graph, node) > kMostMacs)) return {};
    const ir::TensorType& type = graph.value(node.results.front()).type;
    ops::PrepareContext prepare;
    prepare.graph = &graph;
    prepare.node = &node;
    prepare.inputLayouts.assign(node.operands.size(), ops::Layout::Plain);
    prepare.outputLayouts.assign(1, ops::Layout::Plain);
    prepare.scalar = true;
    const auto kernel = def->prepare(prepare);
    auto result = ir::Tensor::allocate(type.element, type.shape);
    if (!kernel || !result || result->elementCount() == 0) return {};
    std::vector<ops::Buffer> inputs;
    std::vector<ir::Tensor> held; // kernels read only, the interface has one kind of pointer
    held.reserve(node.operands.size());
    for (ir::ValueId id : node.operands) {
        if (id == ir::kNoValue) {
            inputs.emplace_back();
            continue;
        }
        held.push_back(*graph.weight(id));
        inputs.push_back({held.back().mutableBytes(), &graph.value(id).type, ops::Layout::Plain});
    }
    const ops::Buffer output{result->mutableBytes(), &type, ops::Layout::Plain};
    std::unique_ptr<std::byte[], AlignedFree> scratch;
    ops::RunContext run;
    if (const size_t bytes = (*kernel)->scratchBytes(); bytes > 0) {
        scratch.reset(new (std::align_val_t{64}, std::nothrow) std::byte[bytes]);
        if (scratch == nullptr) return {};
        run.scratch = scratch.get();
    }
    (*kernel)->run(inputs, {&output, 1}, run);
    return std::move(*result);
}

} // namespace

Result<bool> foldConstants(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    int64_t left = kBudget;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const ir::Node& node = graph.node(n);
        if (!isConstant(graph, node)) continue;
        WB_TRY(context.checkStop());
        const ir::Value& value = graph.value(node.results.front());
        const auto count = ir::checkedElementCount(value.type.shape);
        if (!count || *count > std::min(kMostElements, left)) continue;
        auto data = computed(graph, node);
        if (!data) continue;
        left -= *count;
        graph.weights.insert_or_assign(value.name, std::move(*data));
        ir::Node& weight = graph.node(n);
        weight.op = "top.Weight";
        weight.operands.clear();
        weight.attributes = {};
        changed = true;
    }
    return changed;
}

} // namespace wb::passes
