// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gather_copy.h"

namespace wb::ops {
namespace {

Prepared prepareSlice(const PrepareContext& c) {
    const ir::Shape& in = operandShape(c, 0);
    WB_ASSIGN(const auto offset, boundedInts(*c.graph, *c.node, "offset", in.size(), INT64_MIN, INT64_MAX));
    WB_ASSIGN(const auto ends, boundedInts(*c.graph, *c.node, "ends", in.size(), INT64_MIN, INT64_MAX));
    WB_ASSIGN(const auto steps, boundedInts(*c.graph, *c.node, "steps", in.size(), -(1 << 30), 1 << 30));
    const auto strides = stridesOf(in);
    StridedCopy copy;
    copy.shape = resultShape(c);
    for (size_t d = 0; d < in.size(); ++d) {
        copy.offset += sliceRange(in[d], offset[d], ends[d], steps[d]).begin * strides[d];
        copy.strides.push_back(steps[d] * strides[d]);
    }
    return makeKernel([copy](Inputs inputs, Outputs out, const kernels::Work& work) {
        copyStrided(copy, inputs[0].as<float>(), out[0].as<float>(), work);
    });
}

} // namespace

void float_slice(KernelTable& table);
void float_slice(KernelTable& table) { table.add({.op = "top.Slice", .prepare = prepareSlice}); }

} // namespace wb::ops
