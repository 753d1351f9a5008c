// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Softmax on codes: exponentials of the distance to the largest code come from a float table,
// their share of the sum is rounded to 0…255 (dossier section 5.8).
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>

namespace wb::ops {
namespace {

Prepared prepareSoftmax(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto* table =
        c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (table == nullptr || table->type() != ir::ElementType::F32 || table->elementCount() != 256)
        return cannotRun(c, "its table has not 256 numbers");
    const int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0 || axis >= static_cast<int64_t>(shape.size()) ||
        resultType(c).uniform() == nullptr)
        return cannotRun(c, "its axis does not exist");
    const auto at = static_cast<size_t>(axis);
    const int64_t outer = product(shape, 0, at), length = shape[at],
                  inner = product(shape, at + 1, shape.size());
    const double scale = resultType(c).uniform()->scale();
    const auto zero = static_cast<double>(resultType(c).uniform()->zeroPoint());
    const bool inSigned = isSignedCode(operandType(c, 0));
    const bool outSigned = isSignedCode(resultType(c));
    return makeKernel([=, table = *table](Inputs in, Outputs out, const kernels::Work& work) {
        const float* powers = table.data<float>();
        const auto scaleOut = static_cast<float>(scale);
        work.forEach(outer * inner, 64, [&](int64_t begin, int64_t end) {
            withCode(inSigned, [&](auto i) {
                withCode(outSigned, [&](auto o) {
                    using Out = decltype(o);
                    for (int64_t p = begin; p < end; ++p) {
                        const int64_t first = p / inner * length * inner + p % inner;
                        const auto* from = in[0].as<decltype(i)>() + first;
                        int largest = from[0];
                        for (int64_t k = 1; k < length; ++k)
                            largest = std::max<int>(largest, from[k * inner]);
                        float sum = 0;
                        for (int64_t k = 0; k < length; ++k)
                            sum += powers[largest - from[k * inner]];
                        for (int64_t k = 0; k < length; ++k)
                            out[0].as<Out>()[first + k * inner] =
                                numeric::toCode<Out>(static_cast<double>(
                                    powers[largest - from[k * inner]] / (sum * scaleOut)) + zero);
                    }
                });
            });
        });
    });
}

} // namespace

void integer_softmax(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Softmax", .prepare = prepareSoftmax});
}

} // namespace wb::ops
