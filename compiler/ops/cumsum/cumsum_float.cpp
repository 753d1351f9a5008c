// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareCumSum(const PrepareContext& c) {
    const ir::Shape shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", 0), shape.size());
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    const auto a = static_cast<size_t>(*axis);
    const int64_t size = shape[a], inner = product(shape, a + 1, shape.size()), outer = product(shape, 0, a);
    const bool exclusive = c.node->attributes.boolean("exclusive"), reverse = c.node->attributes.boolean("reverse");
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(outer * inner, 64, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t base = unit / inner * size * inner + unit % inner;
                double sum = 0;
                for (int64_t i = 0; i < size; ++i) {
                    const int64_t at = base + (reverse ? size - 1 - i : i) * inner;
                    const double v = in[0].as<float>()[at];
                    out[0].as<float>()[at] = static_cast<float>(exclusive ? sum : sum + v);
                    sum += v;
                }
            }
        });
    });
}

} // namespace

void float_cumsum(KernelTable& table);
void float_cumsum(KernelTable& table) { table.add({.op = "top.CumSum", .prepare = prepareCumSum, .inPlace = true}); }

} // namespace wb::ops
