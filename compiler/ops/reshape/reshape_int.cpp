// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Reshape: the operand's bytes under another shape.
#include "compiler/ops/support/int_kernel.h"

#include <cstring>

namespace wb::ops {
namespace {

Prepared prepareReshape(const PrepareContext& c) {
    const size_t size = ir::sizeInBytes(resultType(c).element);
    if (ir::sizeInBytes(operandType(c, 0).element) != size ||
        operandType(c, 0).elementCount() != resultType(c).elementCount())
        return cannotRun(c, "it would change the number of bytes");
    return makeKernel([size](Inputs in, Outputs out, const kernels::Work&) {
        if (in[0].data != out[0].data)
            std::memcpy(out[0].data, in[0].data, static_cast<size_t>(out[0].elementCount()) * size);
    });
}

} // namespace

void integer_reshape(KernelTable& table) {
    table.add({.op = "tpu.Reshape", .prepare = prepareReshape, .alias = true});
}

} // namespace wb::ops
