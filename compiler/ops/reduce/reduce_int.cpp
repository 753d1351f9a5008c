// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Reduce on codes (CV18xx): the sum or the extreme of the codes, times a multiplier, shifted. A mean's multiplier holds its
// divisor.
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>

namespace wb::ops {
namespace {

Prepared prepareCodeReduce(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const std::string mode = a.string("mode");
    const bool sum = mode == "ReduceMean" || mode == "ReduceSum", largest = mode == "ReduceMax";
    const auto multiplier = a.integers("multiplier"), shift = a.integers("rshift");
    if (!isCode(operandType(c, 0)) || !isCode(resultType(c)) || (!sum && !largest && mode != "ReduceMin") ||
        multiplier.size() != 1 || shift.size() != 1)
        return cannotRun(c, "it is no sum or extreme of codes");
    const auto& shape = operandShape(c, 0);
    std::vector<bool> gone(shape.size(), a.integers("axes").empty());
    for (const int64_t axis : a.integers("axes")) {
        const auto at = normaliseAxis(axis, shape.size());
        if (!at) return cannotRun(c, "its axis does not exist");
        gone[static_cast<size_t>(*at)] = true;
    }
    const auto strides = stridesOf(shape);
    StridedView kept, inner;
    for (size_t d = 0; d < shape.size(); ++d) {
        auto& view = gone[d] ? inner : kept;
        view.shape.push_back(shape[d]);
        view.strides.push_back(strides[d]);
    }
    const int64_t terms = product(inner.shape, 0, inner.shape.size());
    if (terms < 1 || product(kept.shape, 0, kept.shape.size()) != product(resultShape(c), 0, resultShape(c).size()))
        return cannotRun(c, "its shapes do not agree");
    const bool inSigned = isSignedCode(operandType(c, 0)), outSigned = isSignedCode(resultType(c));
    return makeKernel([=, multiplier = multiplier[0], shift = static_cast<int>(shift[0])](Inputs in, Outputs out,
                                                                                         const kernels::Work& work) {
        const auto offset = [](const StridedView& view, int64_t index) {
            int64_t at = 0;
            for (size_t d = view.shape.size(); d-- > 0;) {
                at += index % view.shape[d] * view.strides[d];
                index /= view.shape[d];
            }
            return at;
        };
        withCode(inSigned, [&](auto i) {
            withCode(outSigned, [&](auto o) {
                work.forEach(out[0].elementCount(), std::max<int64_t>(1, 4096 / terms), [&](int64_t begin, int64_t end) {
                    for (int64_t r = begin; r < end; ++r) {
                        const auto* from = in[0].template as<decltype(i)>() + offset(kept, r);
                        int64_t state = sum ? 0 : from[0];
                        for (int64_t t = 0; t < terms; ++t) {
                            const int64_t code = from[offset(inner, t)];
                            state = sum ? state + code : largest ? std::max(state, code) : std::min(state, code);
                        }
                        out[0].template as<decltype(o)>()[r] =
                            numeric::saturate<decltype(o)>(numeric::shiftRightHalfUp(state * multiplier, shift));
                    }
                });
            });
        });
    });
}

} // namespace

void integer_reduce(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Reduce", .prepare = prepareCodeReduce});
    addTpuKernel(table, {.op = "tpu.Arg"});
}

} // namespace wb::ops
