// SPDX-License-Identifier: GPL-3.0-or-later
// Sums and means spread the result's gradient, extremes give it to the first element that has the value.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

namespace wb::ops {
namespace {

Status reduce(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const std::string mode = call.node.attributes.string("mode");
    const ir::Shape& shape = call.operands[0].shape();
    std::vector<bool> gone(shape.size(), call.node.attributes.integers("axes").empty());
    for (const int64_t axis : call.node.attributes.integers("axes"))
        if (const auto a = normaliseAxis(axis, shape.size())) gone[static_cast<size_t>(*a)] = true;
    ir::Shape kept = shape;
    for (size_t d = 0; d < shape.size(); ++d)
        if (gone[d]) kept[d] = 1;
    auto steps = stridesOf(kept);
    for (size_t d = 0; d < shape.size(); ++d)
        if (gone[d]) steps[d] = 0;
    const int64_t count = call.operands[0].elementCount();
    const int64_t results = call.given[0].elementCount();
    const float share = mode == "ReduceMean" && count > 0 ? static_cast<float>(results) / static_cast<float>(count) : 1.0F;
    const bool extreme = mode == "ReduceMax" || mode == "ReduceMin";
    if (!extreme && mode != "ReduceMean" && mode != "ReduceSum" && mode != "ReduceL2" && mode != "ReduceL1")
        return Error{Code::UnsupportedAttribute, mode + " has no gradient here"};
    const float* x = call.operands[0].data<float>();
    const float* y = call.results[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    std::vector<bool> taken(static_cast<size_t>(results), false);
    std::vector<int64_t> at(shape.size(), 0);
    int64_t k = 0;
    for (int64_t i = 0; i < count; ++i) {
        if (extreme) {
            if (x[i] == y[k] && !taken[static_cast<size_t>(k)]) {
                to[i] += g[k];
                taken[static_cast<size_t>(k)] = true;
            }
        } else if (mode == "ReduceL2") {
            to[i] += y[k] == 0 ? 0.0F : g[k] * x[i] / y[k];
        } else if (mode == "ReduceL1") {
            to[i] += x[i] < 0 ? -g[k] : x[i] > 0 ? g[k] : 0.0F;
        } else {
            to[i] += g[k] * share;
        }
        for (size_t d = shape.size(); d-- > 0;) {
            k += steps[d];
            if (++at[d] < shape[d]) break;
            k -= steps[d] * shape[d];
            at[d] = 0;
        }
    }
    return {};
}

} // namespace

void gradient_reduce(GradientTable& table);
void gradient_reduce(GradientTable& table) { table.add("top.Reduce", reduce); }

} // namespace wb::ops
