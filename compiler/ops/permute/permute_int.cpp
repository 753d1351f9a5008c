// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared preparePermute(const PrepareContext& c) {
    const auto order = c.node->attributes.integers("order");
    const auto own = stridesOf(operandShape(c, 0));
    if (order.size() != own.size() || order.size() != resultShape(c).size())
        return cannotRun(c, "its order has " + std::to_string(order.size()) + " axes");
    StridedView view{resultShape(c), {}, 0};
    for (size_t i = 0; i < order.size(); ++i) {
        if (order[i] < 0 || order[i] >= static_cast<int64_t>(own.size()) ||
            operandShape(c, 0)[static_cast<size_t>(order[i])] != view.shape[i])
            return cannotRun(c, "its order does not give the result's shape");
        view.strides.push_back(own[static_cast<size_t>(order[i])]);
    }
    const size_t size = ir::sizeInBytes(resultType(c).element);
    return makeKernel([view, size](Inputs in, Outputs out, const kernels::Work& work) {
        copyStrided(view, in[0].data, out[0].data, size, work);
    });
}

} // namespace

void integer_permute(KernelTable& table) {
    table.add({.op = "tpu.Permute", .prepare = preparePermute});
}

} // namespace wb::ops
