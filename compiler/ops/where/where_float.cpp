// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <algorithm>

namespace wb::ops {
namespace {

Prepared prepareWhere(const PrepareContext& c) {
    const ir::Shape shape = resultShape(c);
    const size_t rank = shape.size();
    // Stride of each operand along each result axis; 0 repeats. Constants have stride 0 everywhere.
    std::array<std::vector<int64_t>, 3> strides;
    std::array<float, 3> constant{0, static_cast<float>(c.node->attributes.real("x_const_val", 0)),
                                  static_cast<float>(c.node->attributes.real("y_const_val", 0))};
    std::array<bool, 3> isConstant{false, c.node->attributes.boolean("x_is_const"),
                                   c.node->attributes.boolean("y_is_const")};
    for (size_t k = 0; k < 3; ++k) {
        strides[k].assign(rank, 0);
        if (!hasOperand(*c.node, k)) {
            if (!isConstant[k]) return shapeError(*c.graph, *c.node, "an operand is missing");
            continue;
        }
        if (isConstant[k]) continue;
        const ir::Shape& operand = operandShape(c, k);
        const auto own = stridesOf(operand);
        for (size_t i = 0; i < operand.size(); ++i)
            if (operand[i] != 1) strides[k][rank - operand.size() + i] = own[i];
    }
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        std::array<const float*, 3> data{};
        for (size_t k = 0; k < 3; ++k)
            data[k] = isConstant[k] ? &constant[k] : in[k].as<float>();
        work.forEach(out[0].elementCount(), 8192, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
                std::array<int64_t, 3> at{};
                int64_t rest = i;
                for (size_t d = rank; d-- > 0;) {
                    const int64_t index = rest % shape[d];
                    rest /= shape[d];
                    for (size_t k = 0; k < 3; ++k)
                        at[k] += index * strides[k][d];
                }
                out[0].as<float>()[i] = data[0][at[0]] != 0 ? data[1][at[1]] : data[2][at[2]];
            }
        });
    });
}

} // namespace

void float_where(KernelTable& table);
void float_where(KernelTable& table) { table.add({.op = "top.Where", .prepare = prepareWhere}); }

} // namespace wb::ops
