// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of the pools.
#include "compiler/kernels/f32_pool.h"
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/window.h"

namespace wb::ops {
namespace {

std::vector<Layout> layoutsPool(const ir::Graph& graph, const ir::Node& node) {
    const bool pictures = graph.value(node.operands[0]).type.shape.size() == 4 &&
                          graph.value(node.results[0]).type.shape.size() == 4;
    if (!pictures) return {Layout::Plain};
    return {Layout::Plain, blockedLayout()};
}

Prepared preparePool(const PrepareContext& c) {
    WB_ASSIGN(const Window w, readWindow(*c.graph, *c.node));
    kernels::PoolOptions options;
    options.max = c.node->op == "top.MaxPool";
    options.countPadding = c.node->attributes.boolean("count_include_pad");
    options.padAfter = w.padAfter;
    options.after = fusedRelu(*c.node);
    const bool plain = c.inputLayouts[0] == Layout::Plain;
    return makeKernel([=, shape = w.shape](Inputs in, Outputs out, const kernels::Work& work) {
        if (plain)
            f32PoolScalar(shape, options, in[0].as<float>(), out[0].as<float>(), work);
        else
            f32PoolBlocked(shape, options, in[0].as<float>(), out[0].as<float>(), work);
    });
}

} // namespace

void float_pool(KernelTable& table);
void float_pool(KernelTable& table) {
    table.add({.op = "top.MaxPool", .prepare = preparePool, .layouts = layoutsPool});
    table.add({.op = "top.AvgPool", .prepare = preparePool, .layouts = layoutsPool});
}

} // namespace wb::ops
