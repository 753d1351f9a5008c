// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

Prepared prepareSoftmax(const PrepareContext& c) {
    const ir::Shape& shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", -1), shape.size());
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    const auto a = static_cast<size_t>(*axis);
    const int64_t outer = product(shape, 0, a);
    const int64_t size = shape[a];
    const int64_t inner = product(shape, a + 1, shape.size());
    const auto beta = static_cast<float>(c.node->attributes.real("beta", 1));
    const bool log = c.node->attributes.boolean("log");
    return makeKernel([=, scalar = c.scalar](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        // A unit is a run of neighbouring columns of one outer index; work goes row by row through them.
        const int64_t strip = std::min<int64_t>(std::max<int64_t>(inner, 1), 256);
        const int64_t strips = (inner + strip - 1) / strip;
        const int64_t grain = std::max<int64_t>(1, 4096 / std::max<int64_t>(1, size * strip));
        work.forEach(outer * strips, grain, [&](int64_t begin, int64_t end) {
            std::vector<float> most(static_cast<size_t>(strip));
            std::vector<float> sum(static_cast<size_t>(strip));
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t first = unit % strips * strip;
                const int64_t width = std::min(strip, inner - first);
                const int64_t at = unit / strips * size * inner + first;
                std::fill(most.begin(), most.end(), -std::numeric_limits<float>::infinity());
                std::fill(sum.begin(), sum.end(), 0.0f);
                for (int64_t k = 0; k < size; ++k)
                    for (int64_t i = 0; i < width; ++i)
                        most[static_cast<size_t>(i)] =
                            std::max(most[static_cast<size_t>(i)], beta * x[at + k * inner + i]);
                for (int64_t k = 0; k < size; ++k) {
                    float* row = y + at + k * inner;
                    for (int64_t i = 0; i < width; ++i)
                        row[i] = beta * x[at + k * inner + i] - most[static_cast<size_t>(i)];
                    if (log) {
                        for (int64_t i = 0; i < width; ++i)
                            sum[static_cast<size_t>(i)] += std::exp(row[i]);
                        continue;
                    }
                    if (scalar)
                        kernels::f32UnaryScalar({kernels::Unary::Exp}, row, row, width);
                    else
                        kernels::f32Unary({kernels::Unary::Exp}, row, row, width);
                    for (int64_t i = 0; i < width; ++i)
                        sum[static_cast<size_t>(i)] += row[i];
                }
                for (int64_t k = 0; k < size; ++k)
                    for (int64_t i = 0; i < width; ++i) {
                        float& value = y[at + k * inner + i];
                        value = log ? value - std::log(sum[static_cast<size_t>(i)])
                                    : value / sum[static_cast<size_t>(i)];
                    }
            }
        });
    });
}

} // namespace

void float_softmax(KernelTable& table);
void float_softmax(KernelTable& table) { table.add({.op = "top.Softmax", .prepare = prepareSoftmax}); }

} // namespace wb::ops
