// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions over any set of axes, and the position of an extreme. Each result is summed by one thread in
// the order of memory, in double, so that neither threads nor sizes show in the result.
#include "compiler/ops/reduce/reduced_rows.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

enum class ReduceMode : uint8_t { Mean, Sum, Max, Min, Prod, L1, L2 };

std::optional<ReduceMode> modeOf(const std::string& name) {
    static const std::map<std::string, ReduceMode> rows = {
        {"ReduceMean", ReduceMode::Mean}, {"ReduceSum", ReduceMode::Sum},   {"ReduceMax", ReduceMode::Max}, {"ReduceMin", ReduceMode::Min},
        {"ReduceProd", ReduceMode::Prod}, {"ReduceL1", ReduceMode::L1}, {"ReduceL2", ReduceMode::L2}};
    const auto it = rows.find(name);
    return it == rows.end() ? std::nullopt : std::optional(it->second);
}

double accumulate(ReduceMode mode, double state, double v) {
    switch (mode) {
    case ReduceMode::Mean:
    case ReduceMode::Sum: return state + v;
    case ReduceMode::Max: return std::max(state, v);
    case ReduceMode::Min: return std::min(state, v);
    case ReduceMode::Prod: return state * v;
    case ReduceMode::L1: return state + std::fabs(v);
    case ReduceMode::L2: return state + v * v;
    }
    return state;
}

Prepared prepareReduce(const PrepareContext& c) {
    const auto mode = modeOf(c.node->attributes.string("mode"));
    if (!mode)
        return Error{Code::UnsupportedAttribute,
                     "reduction " + c.node->attributes.string("mode") + " is not known"};
    WB_ASSIGN(const ReducedRows rows, reducedRows(c));
    return makeKernel([mode = *mode, rows](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        const int64_t grain = std::max<int64_t>(1, 8192 / std::max<int64_t>(1, rows.terms));
        work.forEach(rows.results, grain, [&](int64_t begin, int64_t end) {
            for (int64_t r = begin; r < end; ++r) {
                double state = mode == ReduceMode::Max    ? -std::numeric_limits<double>::infinity()
                               : mode == ReduceMode::Min  ? std::numeric_limits<double>::infinity()
                               : mode == ReduceMode::Prod ? 1.0
                                                          : 0.0;
                rows.forEachTerm(r, [&](int64_t at) { state = accumulate(mode, state, x[at]); });
                if (mode == ReduceMode::Mean) state /= static_cast<double>(rows.terms);
                if (mode == ReduceMode::L2) state = std::sqrt(state);
                y[r] = static_cast<float>(state);
            }
        });
    });
}

Prepared prepareArg(const PrepareContext& c) {
    const ir::Shape shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", 0), shape.size());
    const std::string mode = c.node->attributes.string("mode", "ArgMax");
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    if (mode != "ArgMax" && mode != "ArgMin")
        return Error{Code::UnsupportedAttribute, "mode " + mode + " of Arg is not known"};
    const bool most = mode == "ArgMax";
    const bool last = c.node->attributes.boolean("select_last_index");
    const auto a = static_cast<size_t>(*axis);
    const int64_t size = shape[a];
    const int64_t inner = product(shape, a + 1, shape.size());
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        work.forEach(out[0].elementCount(), 256, [&](int64_t begin, int64_t end) {
            for (int64_t r = begin; r < end; ++r) {
                const float* base = x + r / inner * size * inner + r % inner;
                int64_t best = 0;
                for (int64_t k = 1; k < size; ++k) {
                    const float v = base[k * inner];
                    const float b = base[best * inner];
                    if ((most ? v > b : v < b) || (last && v == b)) best = k;
                }
                y[r] = static_cast<float>(best);
            }
        });
    });
}

} // namespace

void float_reduce(KernelTable& table);
void float_reduce(KernelTable& table) {
    table.add({.op = "top.Reduce", .prepare = prepareReduce});
    table.add({.op = "top.Arg", .prepare = prepareArg});
}

} // namespace wb::ops
