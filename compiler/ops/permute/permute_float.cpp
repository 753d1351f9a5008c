// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gather_copy.h"

namespace wb::ops {
namespace {

Prepared preparePermute(const PrepareContext& c) {
    const std::vector<int64_t> order = c.node->attributes.integers("order");
    const auto strides = stridesOf(operandShape(c, 0));
    StridedCopy copy;
    copy.shape = resultShape(c);
    for (int64_t axis : order)
        copy.strides.push_back(strides[static_cast<size_t>(axis)]);
    return makeKernel([copy](Inputs in, Outputs out, const kernels::Work& work) {
        copyStrided(copy, in[0].as<float>(), out[0].as<float>(), work);
    });
}

} // namespace

void float_permute(KernelTable& table);
void float_permute(KernelTable& table) { table.add({.op = "top.Permute", .prepare = preparePermute}); }

} // namespace wb::ops
