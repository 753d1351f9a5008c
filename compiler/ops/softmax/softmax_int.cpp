// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Softmax on codes: exponentials of the distance to the largest code come from a float table,
// their share of the sum is rounded to 0…255 (dossier section 5.8). With tables of bfloat16 numbers (CV18xx) everything is
// worked out through them.
#include "compiler/numeric/half.h"
#include "compiler/ops/support/bf16_tables.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// e^(x - largest) through slopes, times 1/sum through exponent and mantissa (or x - largest less the sum's logarithm); each
/// step rounded to bfloat16.
Prepared prepareTableSoftmax(const PrepareContext& c, const Bf16Tables& slopes, const Bf16Tables& powers) {
    using numeric::fromBfloat16, numeric::roundToBfloat16;
    const auto& shape = resultShape(c);
    const int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0 || axis >= static_cast<int64_t>(shape.size()) || operandType(c, 0).element != ir::ElementType::BF16 ||
        resultType(c).element != ir::ElementType::BF16)
        return cannotRun(c, "its tables are of another kind of number");
    const auto at = static_cast<size_t>(axis);
    const int64_t outer = product(shape, 0, at), length = shape[at], inner = product(shape, at + 1, shape.size());
    const bool log = c.node->attributes.boolean("log");
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(outer * inner, 64, [&](int64_t begin, int64_t end) {
            std::vector<float> powersOfE(static_cast<size_t>(length));
            for (int64_t p = begin; p < end; ++p) {
                const int64_t first = p / inner * length * inner + p % inner;
                const uint16_t* from = in[0].as<uint16_t>() + first;
                float largest = fromBfloat16(from[0]);
                for (int64_t k = 1; k < length; ++k)
                    largest = std::max(largest, fromBfloat16(from[k * inner]));
                float sum = 0;
                for (int64_t k = 0; k < length; ++k) {
                    const float x = roundToBfloat16(fromBfloat16(from[k * inner]) - largest);
                    powersOfE[static_cast<size_t>(k)] = throughSlopes(slopes, kExpReach, x);
                    sum += powersOfE[static_cast<size_t>(k)];
                }
                if (log) {
                    const float size = throughLog(powers, roundToBfloat16(sum));
                    for (int64_t k = 0; k < length; ++k)
                        out[0].as<uint16_t>()[first + k * inner] =
                            numeric::toBfloat16(roundToBfloat16(fromBfloat16(from[k * inner]) - largest) - size);
                    continue;
                }
                const float share = throughPower(powers, roundToBfloat16(sum));
                for (int64_t k = 0; k < length; ++k)
                    out[0].as<uint16_t>()[first + k * inner] =
                        numeric::toBfloat16(powersOfE[static_cast<size_t>(k)] * share);
            }
        });
    });
}

/// Along one axis: the distance to the largest, its exponential, their sum in order, one division.
Prepared preparePlainSoftmax(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0 || axis >= static_cast<int64_t>(shape.size()) || operandType(c, 0).element != ir::ElementType::F32)
        return cannotRun(c, "its axis does not exist");
    const auto at = static_cast<size_t>(axis);
    const int64_t outer = product(shape, 0, at), length = shape[at], inner = product(shape, at + 1, shape.size());
    const bool log = c.node->attributes.boolean("log");
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(outer * inner, 64, [&](int64_t begin, int64_t end) {
            for (int64_t p = begin; p < end; ++p) {
                const int64_t first = p / inner * length * inner + p % inner;
                const float* from = in[0].as<float>() + first;
                float* to = out[0].as<float>() + first;
                float largest = from[0], sum = 0;
                for (int64_t k = 1; k < length; ++k)
                    largest = std::max(largest, from[k * inner]);
                for (int64_t k = 0; k < length; ++k)
                    sum += to[k * inner] = std::exp(from[k * inner] - largest);
                for (int64_t k = 0; k < length; ++k) {
                    to[k * inner] /= sum;
                    if (log) to[k * inner] = std::log(to[k * inner]);
                }
            }
        });
    });
}

Prepared prepareSoftmax(const PrepareContext& c) {
    if (resultType(c).element == ir::ElementType::F32) return preparePlainSoftmax(c);
    if (const auto slopes = tablesOf(*c.graph, *c.node, 1)) {
        const auto powers = tablesOf(*c.graph, *c.node, 3);
        return powers ? prepareTableSoftmax(c, *slopes, *powers) : cannotRun(c, "it has no table of 1/sum");
    }
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
    // The share is rounded, then moved, as TensorFlow Lite defines it: halves go up whatever the zero point.
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
                                numeric::toCode<Out>(std::round(static_cast<double>(
                                    powers[largest - from[k * inner]] / (sum * scaleOut))) + zero);
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
