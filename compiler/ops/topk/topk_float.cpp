// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wb::ops {
namespace {

Prepared prepareTopK(const PrepareContext& c) {
    const ir::Shape shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", -1), shape.size());
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    const auto a = static_cast<size_t>(*axis);
    const int64_t size = shape[a], inner = product(shape, a + 1, shape.size()), outer = product(shape, 0, a);
    const int64_t k = c.node->attributes.integer("K", 0);
    const bool largest = c.node->attributes.boolean("largest", true);
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(outer * inner, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, size)), [&](int64_t begin, int64_t end) {
            std::vector<int64_t> order(static_cast<size_t>(size));
            for (int64_t unit = begin; unit < end; ++unit) {
                const float* x = in[0].as<float>() + unit / inner * size * inner + unit % inner;
                const int64_t to = unit / inner * k * inner + unit % inner;
                std::iota(order.begin(), order.end(), int64_t{0});
                // NaN counts as greatest; a strict order, so that sorting is defined for any data.
                std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t l, int64_t r) {
                    const float p = x[l * inner], q = x[r * inner];
                    if (std::isnan(p) || std::isnan(q)) {
                        if (std::isnan(p) && std::isnan(q)) return l < r;
                        return std::isnan(p) == largest;
                    }
                    return p == q ? l < r : (p > q) == largest;
                });
                for (int64_t i = 0; i < k; ++i) {
                    out[0].as<float>()[to + i * inner] = x[order[static_cast<size_t>(i)] * inner];
                    out[1].as<float>()[to + i * inner] = static_cast<float>(order[static_cast<size_t>(i)]);
                }
            }
        });
    });
}

} // namespace

void float_topk(KernelTable& table);
void float_topk(KernelTable& table) { table.add({.op = "top.TopK", .prepare = prepareTopK}); }

} // namespace wb::ops
