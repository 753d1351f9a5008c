// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

#include <cstring>
#include <map>

namespace wb::ops {
namespace {

/// Integer forms by op name. Filled while the kernel table is collected, read-only afterwards.
std::map<std::string, KernelDef, std::less<>>& integerForms() {
    static std::map<std::string, KernelDef, std::less<>> forms;
    return forms;
}

/// Functions whose exact float form is part of a chip's definition, while the float twin is only near: those by CV18xx's tables
/// of bfloat16 numbers, its means, and BM1684's softmax, one exponential and one division a number.
bool hasExactFloat(const ir::Graph& graph, const ir::Node& node) {
    if (node.op == "tpu.Reduce")
        return node.attributes.string("mode") == "ReduceMean" && graph.value(node.results[0]).type.element == ir::ElementType::BF16 &&
               graph.attributes.string("module.chip").starts_with("cv");
    if (node.op != "tpu.Softmax") return false;
    if (graph.attributes.string("module.chip") == "bm1684") return graph.value(node.results[0]).type.element == ir::ElementType::F32;
    const auto* table = node.operands.size() > 1 && node.operands[1] != ir::kNoValue ? graph.weight(node.operands[1]) : nullptr;
    return table != nullptr && table->type() == ir::ElementType::BF16;
}

bool isInteger(const ir::Graph& graph, const ir::Node& node) {
    const auto& result = graph.value(node.results[0]).type;
    if (isCode(result) || result.element == ir::ElementType::I32) return true;
    if (node.operands.empty() || node.operands[0] == ir::kNoValue) return false;
    return isCode(graph.value(node.operands[0]).type) || hasExactFloat(graph, node);
}

Prepared prepareEither(const PrepareContext& c) {
    const auto form = integerForms().find(c.node->op);
    if (form != integerForms().end() && form->second.prepare != nullptr &&
        isInteger(*c.graph, *c.node))
        return form->second.prepare(c);
    return prepareFloatTwin(c);
}

std::vector<Layout> layoutsOfEither(const ir::Graph& graph, const ir::Node& node) {
    const auto form = integerForms().find(node.op);
    if (form != integerForms().end() && isInteger(graph, node))
        return form->second.layouts == nullptr ? std::vector{Layout::Plain}
                                               : form->second.layouts(graph, node);
    return floatTwinLayouts(graph, node);
}

size_t absorbOfEither(const ir::Graph& graph, const ir::Node& node,
                      std::span<const ir::Node* const> followers) {
    const auto form = integerForms().find(node.op);
    if (form == integerForms().end() || form->second.absorb == nullptr || !isInteger(graph, node))
        return 0;
    return form->second.absorb(graph, node, followers);
}

template <size_t size>
void copyElements(const StridedView& view, const std::byte* in, std::byte* out,
                  const kernels::Work& work) {
    const size_t rank = view.shape.size();
    const int64_t inner = rank == 0 ? 1 : view.shape[rank - 1];
    const int64_t step = rank == 0 ? 0 : view.strides[rank - 1];
    const int64_t rows = inner == 0 ? 0 : product(view.shape, 0, rank) / inner;
    work.forEach(rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(inner, 1)),
                 [&](int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) {
                         int64_t rest = row;
                         int64_t from = view.first;
                         for (size_t axis = rank < 2 ? 0 : rank - 1; axis-- > 0;) {
                             from += rest % view.shape[axis] * view.strides[axis];
                             rest /= view.shape[axis];
                         }
                         std::byte* target = out + row * inner * static_cast<int64_t>(size);
                         const std::byte* source = in + from * static_cast<int64_t>(size);
                         if (step == 1) {
                             std::memcpy(target, source, static_cast<size_t>(inner) * size);
                             continue;
                         }
                         for (int64_t i = 0; i < inner; ++i)
                             std::memcpy(target + i * static_cast<int64_t>(size),
                                         source + i * step * static_cast<int64_t>(size), size);
                     }
                 });
}

} // namespace

std::vector<Layout> codeLayouts(const ir::Graph& graph, const ir::Node& node) {
    if (graph.value(node.results[0]).type.shape.size() != 4) return {Layout::Plain};
    return {Layout::Plain, Layout::Nhwc};
}

void addTpuKernel(KernelTable& table, KernelDef integer) {
    KernelDef either = integer;
    either.prepare = prepareEither;
    either.layouts = layoutsOfEither;
    if (integer.absorb != nullptr) either.absorb = absorbOfEither;
    integerForms().insert_or_assign(integer.op, std::move(integer));
    table.add(std::move(either));
}

void copyStrided(const StridedView& view, const std::byte* in, std::byte* out, size_t size,
                 const kernels::Work& work) {
    switch (size) {
    case 1:
        copyElements<1>(view, in, out, work);
        return;
    case 2:
        copyElements<2>(view, in, out, work);
        return;
    case 4:
        copyElements<4>(view, in, out, work);
        return;
    default:
        copyElements<8>(view, in, out, work);
        return;
    }
}

} // namespace wb::ops
