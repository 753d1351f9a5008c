// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.MatMul in integers: 32-bit sums, one multiplier and shift.
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareMatMul(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const auto& left = operandShape(c, 0);
    const auto& right = operandShape(c, 1);
    const auto& result = resultShape(c);
    const auto multipliers = a.integers("multipliers");
    const auto shifts = a.integers("rshifts");
    if (left.empty() || right.size() < 2 || result.empty() || multipliers.size() != 1 ||
        shifts.size() != 1 || a.boolean("left_transpose") || a.boolean("output_transpose") ||
        a.boolean("hdim_is_batch"))
        return cannotRun(c, "a form of the product that BM1684X lowering does not make");
    if (!isCode(operandType(c, 0)) || !isCode(operandType(c, 1)))
        return cannotRun(c, "its operands are not codes");
    const bool transposed = a.boolean("right_transpose");
    const int64_t inner = left.back();
    const int64_t columns = right[right.size() - (transposed ? 2 : 1)];
    if (right[right.size() - (transposed ? 1 : 2)] != inner)
        return cannotRun(c, "inner dimensions differ");
    const int64_t rightBatch = product(right, 0, right.size() - 2);
    const int64_t rows = product(left, 0, left.size() - 1); // all batches
    const int64_t rowsOfBatch = rightBatch > 1 ? rows / rightBatch : std::max<int64_t>(rows, 1);
    if (rightBatch > 1 && rows % rightBatch != 0) return cannotRun(c, "batches differ");
    if (product(result, 0, result.size()) != rows * columns)
        return cannotRun(c, "its result has another size");
    const bool leftSigned = isSignedCode(operandType(c, 0));
    const bool rightSigned = isSignedCode(operandType(c, 1));
    const bool outSigned = isSignedCode(resultType(c));
    const bool hasBias = c.node->operands.size() > 2 && c.node->operands[2] != ir::kNoValue;
    const bool relu = a.boolean("do_relu");
    const auto leftZero = static_cast<int32_t>(a.integer("input_zp", 0)), rightZero = static_cast<int32_t>(a.integer("right_zp", 0));
    const int64_t zero = resultType(c).uniform() == nullptr ? 0 : resultType(c).uniform()->zeroPoint();
    std::vector<int32_t> narrow; // BM1684's bias has 16 bits
    if (hasBias && ir::sizeInBytes(operandType(c, 2).element) == 2) {
        const auto* bias = c.graph->weight(c.node->operands[2]);
        if (bias == nullptr || bias->elementCount() != columns) return cannotRun(c, "its bias is not constant");
        narrow.assign(bias->data<int16_t>(), bias->data<int16_t>() + columns);
    }
    const bool twice = a.enumerator("quant_mode") == "QDM"; // CV18xx rounds twice
    const bool sumsOnly = resultType(c).element == ir::ElementType::I32;
    return makeKernel([=, narrow = std::move(narrow), multiplier = multipliers[0], shift = static_cast<int>(shifts[0])](
                          Inputs in, Outputs out, const kernels::Work& work) {
        const int32_t* bias = !hasBias ? nullptr : narrow.empty() ? in[2].as<int32_t>() : narrow.data();
        const int64_t step = transposed ? 1 : columns;
        withCode(leftSigned, [&](auto l) {
            withCode(rightSigned, [&](auto r) {
                withCode(outSigned, [&](auto o) {
                    using Out = decltype(o);
                    const auto* leftCodes = in[0].as<decltype(l)>();
                    const auto* rightCodes = in[1].as<decltype(r)>();
                    work.forEach(rows, 4, [&](int64_t begin, int64_t end) {
                        for (int64_t row = begin; row < end; ++row) {
                            const auto* batch =
                                rightCodes +
                                row / rowsOfBatch * (rightBatch > 1 ? inner * columns : 0);
                            for (int64_t j = 0; j < columns; ++j) {
                                const auto* at = batch + (transposed ? j * inner : j);
                                int32_t sum = bias == nullptr ? 0 : bias[j];
                                for (int64_t k = 0; k < inner; ++k)
                                    sum += (leftCodes[row * inner + k] - leftZero) * (at[k * step] - rightZero);
                                if (sumsOnly) {
                                    out[0].as<int32_t>()[row * columns + j] = relu && sum < 0 ? 0 : sum;
                                    continue;
                                }
                                const int64_t value =
                                    twice ? numeric::multiplyQuantised(sum, {static_cast<int32_t>(multiplier), shift})
                                          : numeric::shiftRightHalfUp(sum * multiplier, shift);
                                out[0].as<Out>()[row * columns + j] =
                                    numeric::saturate<Out>((relu && value < 0 ? 0 : value) + zero);
                            }
                        }
                    });
                });
            });
        });
    });
}

} // namespace

void integer_matmul(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.MatMul", .prepare = prepareMatMul});
}

} // namespace wb::ops
