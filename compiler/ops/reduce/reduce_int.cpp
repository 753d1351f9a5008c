// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Reduce on codes (CV18xx): the sum or the extreme of the codes, times a multiplier, shifted. A mean's multiplier holds its
// divisor. A mean of bfloat16 numbers there is their sum times the bfloat16 number next to the divisor's inverse.
#include "compiler/numeric/half.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/reduce/reduced_rows.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <limits>

namespace wb::ops {
namespace {

Prepared prepareBfloatMean(const PrepareContext& c) {
    const auto rows = reducedRows(c);
    if (!rows) return cannotRun(c, "its axis does not exist");
    if (operandType(c, 0).element != ir::ElementType::BF16 || rows->terms < 1 || rows->results != resultType(c).elementCount())
        return cannotRun(c, "its shapes or types do not agree");
    const double share = numeric::fromBfloat16(numeric::toBfloat16(static_cast<float>(1.0 / static_cast<double>(rows->terms))));
    return makeKernel([rows = *rows, share](Inputs in, Outputs out, const kernels::Work& work) {
        const auto* x = in[0].as<uint16_t>();
        work.forEach(rows.results, std::max<int64_t>(1, 4096 / rows.terms), [&](int64_t begin, int64_t end) {
            for (int64_t r = begin; r < end; ++r) {
                double sum = 0;
                rows.forEachTerm(r, [&](int64_t at) { sum += numeric::fromBfloat16(x[at]); });
                out[0].as<uint16_t>()[r] = numeric::toBfloat16(static_cast<float>(sum * share));
            }
        });
    });
}

Prepared prepareCodeReduce(const PrepareContext& c) {
    if (!isCode(resultType(c)) && resultType(c).element == ir::ElementType::BF16) return prepareBfloatMean(c);
    const auto& a = c.node->attributes;
    const std::string mode = a.string("mode");
    const bool sum = mode == "ReduceMean" || mode == "ReduceSum", largest = mode == "ReduceMax";
    const auto multiplier = a.integers("multiplier"), shift = a.integers("rshift");
    if (!isCode(operandType(c, 0)) || !isCode(resultType(c)) || (!sum && !largest && mode != "ReduceMin") ||
        multiplier.size() != 1 || shift.size() != 1)
        return cannotRun(c, "it is no sum or extreme of codes");
    const auto rows = reducedRows(c);
    if (!rows) return cannotRun(c, "its axis does not exist");
    if (rows->terms < 1 || rows->results != product(resultShape(c), 0, resultShape(c).size()))
        return cannotRun(c, "its shapes do not agree");
    const bool inSigned = isSignedCode(operandType(c, 0)), outSigned = isSignedCode(resultType(c));
    return makeKernel([=, rows = *rows, multiplier = multiplier[0], shift = static_cast<int>(shift[0])](
                          Inputs in, Outputs out, const kernels::Work& work) {
        withCode(inSigned, [&](auto i) {
            withCode(outSigned, [&](auto o) {
                const auto* x = in[0].template as<decltype(i)>();
                work.forEach(rows.results, std::max<int64_t>(1, 4096 / rows.terms), [&](int64_t begin, int64_t end) {
                    for (int64_t r = begin; r < end; ++r) {
                        int64_t state = sum ? 0 : largest ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
                        rows.forEachTerm(r, [&](int64_t at) {
                            const int64_t code = x[at];
                            state = sum ? state + code : largest ? std::max(state, code) : std::min(state, code);
                        });
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
