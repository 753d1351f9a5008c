// SPDX-License-Identifier: GPL-3.0-or-later
// Scale and BatchNorm are one factor a channel; LayerNorm by its formula. The others (LRN, GroupNorm, …) have no
// rule.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

#include <cmath>

namespace wb::ops {
namespace {

Status perChannel(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const ir::Shape& shape = call.operands[0].shape();
    if (shape.size() < 2) return Error{Code::UnsupportedAttribute, "values without channels"};
    const int64_t channels = shape[1], plane = product(shape, 2, shape.size());
    const bool batchNorm = call.node.op == "top.BatchNorm";
    const auto epsilon = static_cast<float>(call.node.attributes.real("epsilon", 1e-5));
    const auto parameter = [&](size_t index, int64_t c) {
        return index < call.operands.size() && !call.operands[index].empty() ? call.operands[index].data<float>()[c] : 1.0F;
    };
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    for (int64_t unit = 0; unit < shape[0] * channels; ++unit) {
        const int64_t c = unit % channels;
        const float factor = batchNorm ? parameter(3, c) / std::sqrt(parameter(2, c) + epsilon) : parameter(1, c);
        for (int64_t i = unit * plane; i < (unit + 1) * plane; ++i)
            to[i] += factor * g[i];
    }
    return {};
}

/// With z = (x − mean) / deviation and h = g · gamma: dx = (h − mean h − z · mean(h z)) / deviation.
Status layerNorm(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const ir::Shape& shape = call.operands[0].shape();
    const auto axis = normaliseAxis(call.node.attributes.integer("axis", -1), shape.size());
    if (!axis) return Error{Code::UnsupportedAttribute, "no such axis"};
    const int64_t size = product(shape, static_cast<size_t>(*axis), shape.size());
    const double epsilon = call.node.attributes.real("eps", call.node.attributes.real("epsilon", 1e-5));
    const float* gamma = call.operands.size() > 1 && !call.operands[1].empty() ? call.operands[1].data<float>() : nullptr;
    const float* x = call.operands[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    const auto n = static_cast<double>(size);
    for (int64_t at = 0; at < call.operands[0].elementCount(); at += size) {
        double sum = 0, squares = 0, sumH = 0, sumHz = 0;
        for (int64_t i = 0; i < size; ++i)
            sum += static_cast<double>(x[at + i]);
        const double mean = sum / n;
        for (int64_t i = 0; i < size; ++i)
            squares += (static_cast<double>(x[at + i]) - mean) * (static_cast<double>(x[at + i]) - mean);
        const double inverse = 1 / std::sqrt(squares / n + epsilon);
        const auto h = [&](int64_t i) { return static_cast<double>(g[at + i]) * (gamma ? static_cast<double>(gamma[i]) : 1.0); };
        const auto z = [&](int64_t i) { return (static_cast<double>(x[at + i]) - mean) * inverse; };
        for (int64_t i = 0; i < size; ++i) {
            sumH += h(i);
            sumHz += h(i) * z(i);
        }
        for (int64_t i = 0; i < size; ++i)
            to[at + i] += static_cast<float>(inverse * (h(i) - sumH / n - z(i) * sumHz / n));
    }
    return {};
}

} // namespace

void gradient_norm(GradientTable& table);
void gradient_norm(GradientTable& table) {
    table.add("top.Scale", perChannel);
    table.add("top.BatchNorm", perChannel);
    table.add("top.LayerNorm", layerNorm);
}

} // namespace wb::ops
