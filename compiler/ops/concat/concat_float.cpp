// SPDX-License-Identifier: GPL-3.0-or-later
// Concatenation of float values. Where an operand is one run of bytes in the result, the planner lets it be
// computed there, and nothing is left to copy.
#include "compiler/ops/float_kernel.h"

#include <cstring>

namespace wb::ops {
namespace {

size_t axisOf(const ir::Graph& graph, const ir::Node& node) {
    const auto axis = normaliseAxis(node.attributes.integer("axis", 1),
                                    graph.value(node.results[0]).type.shape.size());
    return static_cast<size_t>(axis.value_or(0));
}

/// Along the channels, blocked layouts work if each operand but the last fills its blocks.
std::vector<Layout> layoutsConcat(const ir::Graph& graph, const ir::Node& node) {
    const Layout blocked = blockedLayout();
    const size_t axis = axisOf(graph, node);
    const bool pictures = graph.value(node.results[0]).type.shape.size() == 4;
    if (!pictures) return {Layout::Plain};
    for (size_t i = 0; i < node.operands.size(); ++i) {
        if (node.operands[i] == ir::kNoValue || graph.weight(node.operands[i]) != nullptr)
            return {Layout::Plain};
        if (axis == 1 && i + 1 < node.operands.size() &&
            graph.value(node.operands[i]).type.shape[1] % blockOf(blocked) != 0)
            return {Layout::Plain};
    }
    return {Layout::Plain, blocked};
}

/// The result as [outer][piece of each operand]; sizes in elements.
struct Pieces {
    int64_t outer = 1;
    std::vector<int64_t> sizes;
    int64_t total = 0;
};

Pieces piecesOf(const ir::Graph& graph, const ir::Node& node, Layout layout) {
    const size_t axis = axisOf(graph, node);
    const int64_t block = blockOf(layout);
    Pieces p;
    auto stored = [&](const ir::Shape& shape, size_t begin, size_t end) {
        int64_t count = 1;
        for (size_t i = begin; i < end; ++i)
            count *= i == 1 ? (shape[i] + block - 1) / block : shape[i];
        return count;
    };
    const ir::Shape& out = graph.value(node.results[0]).type.shape;
    p.outer = stored(out, 0, axis);
    for (ir::ValueId id : node.operands) {
        const ir::Shape& shape = graph.value(id).type.shape;
        p.sizes.push_back(stored(shape, axis, shape.size()) * block);
        p.total += p.sizes.back();
    }
    return p;
}

std::vector<int64_t> placement(const ir::Graph& graph, const ir::Node& node, Layout layout) {
    const Pieces p = piecesOf(graph, node, layout);
    std::vector<int64_t> offsets(node.operands.size(), -1);
    if (p.outer != 1) return offsets;
    int64_t at = 0;
    for (size_t i = 0; i < offsets.size(); ++i) {
        offsets[i] = at * static_cast<int64_t>(sizeof(float));
        at += p.sizes[i];
    }
    return offsets;
}

Prepared prepareConcat(const PrepareContext& c) {
    const Pieces p = piecesOf(*c.graph, *c.node, c.outputLayouts[0]);
    return makeKernel([p, relu = fusedRelu(*c.node)](Inputs in, Outputs out, const kernels::Work& work) {
        float* result = out[0].as<float>();
        work.forEach(p.outer, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, p.total)), [&](int64_t begin, int64_t end) {
            for (int64_t o = begin; o < end; ++o) {
                float* to = result + o * p.total;
                for (size_t i = 0; i < p.sizes.size(); ++i) {
                    const float* from = in[i].as<float>() + o * p.sizes[i];
                    if (from != to)
                        std::memcpy(to, from, static_cast<size_t>(p.sizes[i]) * sizeof(float));
                    to += p.sizes[i];
                }
            }
        });
        if (relu.kind != kernels::Unary::None) f32Unary(relu, result, result, p.outer * p.total, work);
    });
}

} // namespace

void float_concat(KernelTable& table);
void float_concat(KernelTable& table) {
    table.add({.op = "top.Concat", .prepare = prepareConcat, .layouts = layoutsConcat, .placement = placement});
}

} // namespace wb::ops
