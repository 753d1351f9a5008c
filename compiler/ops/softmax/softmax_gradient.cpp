// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

#include <cmath>

namespace wb::ops {
namespace {

/// dx = beta · y · (g − Σ y g); of the logarithm dx = beta · (g − eʸ Σ g).
Status softmax(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const ir::Shape& shape = call.operands[0].shape();
    const auto axis = normaliseAxis(call.node.attributes.integer("axis", -1), shape.size());
    if (!axis) return Error{Code::UnsupportedAttribute, "no such axis"};
    const auto a = static_cast<size_t>(*axis);
    const int64_t outer = product(shape, 0, a), size = shape[a], inner = product(shape, a + 1, shape.size());
    const auto beta = static_cast<float>(call.node.attributes.real("beta", 1));
    const bool log = call.node.attributes.boolean("log");
    const float* y = call.results[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    for (int64_t unit = 0; unit < outer * inner; ++unit) {
        const int64_t at = unit / inner * size * inner + unit % inner;
        double sum = 0;
        for (int64_t k = 0; k < size; ++k) {
            const int64_t i = at + k * inner;
            sum += static_cast<double>(g[i]) * (log ? 1.0 : static_cast<double>(y[i]));
        }
        const auto total = static_cast<float>(sum);
        for (int64_t k = 0; k < size; ++k) {
            const int64_t i = at + k * inner;
            to[i] += beta * (log ? g[i] - std::exp(y[i]) * total : y[i] * (g[i] - total));
        }
    }
    return {};
}

} // namespace

void gradient_softmax(GradientTable& table);
void gradient_softmax(GradientTable& table) { table.add("top.Softmax", softmax); }

} // namespace wb::ops
