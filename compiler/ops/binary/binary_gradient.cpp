// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of arithmetic on values; where an operand was stretched, its gradients are summed.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

#include <cmath>

namespace wb::ops {
namespace {

/// Steps in elements of an operand along the result's axes: 0 where it is stretched.
std::vector<int64_t> stepsOf(const ir::Shape& operand, const ir::Shape& result) {
    std::vector<int64_t> steps(result.size(), 0);
    const auto strides = stridesOf(operand);
    const size_t missing = result.size() - operand.size();
    for (size_t d = 0; d < operand.size(); ++d)
        if (operand[d] != 1) steps[missing + d] = strides[d];
    return steps;
}

/// Calls f(result index, index in a, index in b) for all results.
template <class F> void eachPair(const ir::Shape& a, const ir::Shape& b, const ir::Shape& shape, const F& f) {
    const int64_t count = product(shape, 0, shape.size());
    if (a == shape && b == shape) {
        for (int64_t i = 0; i < count; ++i)
            f(i, i, i);
        return;
    }
    const auto sa = stepsOf(a, shape), sb = stepsOf(b, shape);
    std::vector<int64_t> at(shape.size(), 0);
    int64_t ia = 0, ib = 0;
    for (int64_t i = 0; i < count; ++i) {
        f(i, ia, ib);
        for (size_t d = shape.size(); d-- > 0;) {
            ia += sa[d], ib += sb[d];
            if (++at[d] < shape[d]) break;
            ia -= sa[d] * shape[d], ib -= sb[d] * shape[d];
            at[d] = 0;
        }
    }
}

/// Adds to each operand given · slope; slopes(i, ia, ib) gives the pair of them.
template <class Slopes> Status pairwise(const GradientCall& call, const Slopes& slopes) {
    if (call.given[0].empty()) return {};
    if (call.operands.size() != 2)
        return Error{Code::UnsupportedAttribute, call.node.op + " of " + std::to_string(call.operands.size()) + " operands"};
    const float* g = call.given[0].data<float>();
    float* a = call.wanted[0].empty() ? nullptr : call.wanted[0].mutableData<float>();
    float* b = call.wanted[1].empty() ? nullptr : call.wanted[1].mutableData<float>();
    eachPair(call.operands[0].shape(), call.operands[1].shape(), call.results[0].shape(),
             [&](int64_t i, int64_t ia, int64_t ib) {
                 const auto [da, db] = slopes(i, ia, ib);
                 if (a != nullptr) a[ia] += g[i] * da;
                 if (b != nullptr) b[ib] += g[i] * db;
             });
    return {};
}

using Pair = std::pair<float, float>;

Status add(const GradientCall& call) {
    if (call.given[0].empty()) return {};
    const auto factors = call.node.attributes.reals("coeff");
    const float* g = call.given[0].data<float>();
    const ir::Shape& shape = call.results[0].shape();
    for (size_t k = 0; k < call.operands.size(); ++k) {
        if (call.wanted[k].empty()) continue;
        const float factor = k < factors.size() ? static_cast<float>(factors[k]) : 1.0F;
        auto* to = call.wanted[k].mutableData<float>();
        eachPair(call.operands[k].shape(), shape, shape, [&](int64_t i, int64_t at, int64_t) { to[at] += factor * g[i]; });
    }
    return {};
}

Status sub(const GradientCall& call) {
    const auto factors = call.node.attributes.reals("coeff");
    const float sign = call.node.attributes.boolean("is_reverse") ? -1.0F : 1.0F;
    const float a = factors.size() == 2 ? static_cast<float>(factors[0]) : 1.0F;
    const float b = factors.size() == 2 ? static_cast<float>(factors[1]) : 1.0F;
    return pairwise(call, [=](int64_t, int64_t, int64_t) { return Pair{sign * a, -sign * b}; });
}

Status mul(const GradientCall& call) {
    const float *a = call.operands[0].data<float>(), *b = call.operands[1].data<float>();
    return pairwise(call, [=](int64_t, int64_t ia, int64_t ib) { return Pair{b[ib], a[ia]}; });
}

Status div(const GradientCall& call) {
    const bool reverse = call.node.attributes.boolean("is_reverse");
    const float *a = call.operands[0].data<float>(), *b = call.operands[1].data<float>();
    return pairwise(call, [=](int64_t, int64_t ia, int64_t ib) {
        const float top = reverse ? b[ib] : a[ia], bottom = reverse ? a[ia] : b[ib];
        const float dTop = 1 / bottom, dBottom = -top / (bottom * bottom);
        if (!std::isfinite(dBottom)) return Pair{0.0F, 0.0F};
        return reverse ? Pair{dBottom, dTop} : Pair{dTop, dBottom};
    });
}

/// Max and Min: the operand that is the result.
Status extreme(const GradientCall& call) {
    const float* y = call.results[0].data<float>();
    const float* a = call.operands[0].data<float>();
    return pairwise(call, [=](int64_t i, int64_t ia, int64_t) {
        return a[ia] == y[i] ? Pair{1.0F, 0.0F} : Pair{0.0F, 1.0F};
    });
}

/// Functions of one value and a number.
Status withConstant(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const ir::Node& node = call.node;
    const auto k = static_cast<float>(node.attributes.real("const_val", 0));
    const auto power = static_cast<float>(node.attributes.real("exponent", 1));
    const bool reverse = node.attributes.boolean("is_reverse");
    const std::string& op = node.op;
    const float* x = call.operands[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    const auto slope = [&](float v) -> float {
        if (op == "top.AddConst") return 1;
        if (op == "top.SubConst") return reverse ? -1.0F : 1.0F;
        if (op == "top.MulConst") return k;
        if (op == "top.MaxConst") return v > k ? 1.0F : 0.0F;
        if (op == "top.MinConst") return v < k ? 1.0F : 0.0F;
        if (op == "top.Reciprocal") return -static_cast<float>(node.attributes.real("const_val", 1)) / (v * v);
        return power * std::pow(v, power - 1); // top.Pow
    };
    for (int64_t i = 0; i < call.given[0].elementCount(); ++i)
        if (const float d = slope(x[i]); std::isfinite(d)) to[i] += g[i] * d;
    return {};
}

} // namespace

void gradient_binary(GradientTable& table);
void gradient_binary(GradientTable& table) {
    table.add("top.Add", add);
    table.add("top.Sub", sub);
    table.add("top.Mul", mul);
    table.add("top.Div", div);
    table.add("top.Max", extreme);
    table.add("top.Min", extreme);
    for (const char* op : {"top.AddConst", "top.SubConst", "top.MulConst", "top.MaxConst", "top.MinConst", "top.Reciprocal",
                           "top.Pow"})
        table.add(op, withConstant);
}

} // namespace wb::ops
