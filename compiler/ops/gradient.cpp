// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/gradient.h"

#include "compiler/ops/float_kernel.h"

namespace wb::ops {
namespace {

constexpr int64_t kExact = int64_t{1} << 24; ///< float32 counts so far

/// Source of each result element by operand `index`, or below 0 where the operand has no part.
Result<ir::Tensor> sources(const GradientCall& call, size_t index) {
    const ir::Node& node = call.node;
    ir::Node bare = node; // a folded ReLU would change the numbers
    bare.attributes.set("do_relu", false);
    if (node.op == "top.Pad") bare.attributes.set("val", -1.0);
    PrepareContext context;
    context.graph = &call.graph;
    context.node = &bare;
    context.inputLayouts.assign(node.operands.size(), Layout::Plain);
    context.outputLayouts.assign(node.results.size(), Layout::Plain);
    context.scalar = true;
    const KernelDef* def = kernelTable().find(node.op);
    if (def == nullptr) return Error{Code::UnsupportedAttribute, node.op + " has no float kernel"};
    std::vector<ir::Tensor> numbers;
    for (size_t i = 0; i < node.operands.size(); ++i) {
        if (node.operands[i] == ir::kNoValue) {
            numbers.emplace_back();
            continue;
        }
        const ir::Tensor& like = call.operands[i];
        if (like.elementCount() >= kExact)
            return Error{Code::UnsupportedAttribute,
                         node.op + " moves " + std::to_string(like.elementCount()) + " elements, too many to count"};
        if (call.graph.weight(node.operands[i]) != nullptr && i != index) {
            numbers.push_back(like); // a parameter
            continue;
        }
        ir::Tensor tensor(ir::ElementType::F32, like.shape());
        auto* to = tensor.mutableData<float>();
        for (int64_t k = 0; k < tensor.elementCount(); ++k)
            to[k] = i == index ? static_cast<float>(k) : -1.0F;
        numbers.push_back(std::move(tensor));
    }
    std::vector<ir::Tensor> results;
    std::vector<Buffer> in, out;
    std::vector<ir::TensorType> types;
    types.reserve(numbers.size() + node.results.size());
    for (ir::Tensor& tensor : numbers) {
        types.push_back({tensor.empty() ? ir::ElementType::None : tensor.type(), tensor.shape(), true, {}});
        in.push_back({tensor.empty() ? nullptr : const_cast<std::byte*>(tensor.bytes()), &types.back(), Layout::Plain});
    }
    for (const ir::ValueId id : node.results) {
        results.emplace_back(ir::ElementType::F32, call.graph.value(id).type.shape);
        types.push_back({ir::ElementType::F32, results.back().shape(), true, {}});
    }
    for (size_t i = 0; i < results.size(); ++i)
        out.push_back({results[i].mutableBytes(), &types[numbers.size() + i], Layout::Plain});
    if (def->alias) return numbers[index].reshaped(results[0].shape());
    WB_ASSIGN(const auto kernel, def->prepare(context));
    std::vector<std::byte> scratch(kernel->scratchBytes() + 64);
    RunContext run{call.work.threads, call.work.job, scratch.data()};
    kernel->run(in, out, run);
    return std::move(results[0]);
}

} // namespace

Status gradientOfCopies(const GradientCall& call) {
    if (call.given.empty() || call.given[0].empty()) return {};
    const auto given = call.given[0].span<float>();
    for (size_t index = 0; index < call.wanted.size(); ++index) {
        if (call.wanted[index].empty()) continue;
        auto* to = call.wanted[index].mutableData<float>();
        const int64_t count = call.wanted[index].elementCount();
        WB_ASSIGN(const ir::Tensor from, sources(call, index));
        const auto at = from.span<float>();
        for (size_t i = 0; i < given.size(); ++i)
            if (const auto k = static_cast<int64_t>(at[i]); k >= 0 && k < count) to[k] += given[i];
    }
    return {};
}

} // namespace wb::ops
