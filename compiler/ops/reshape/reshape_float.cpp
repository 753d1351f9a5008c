// SPDX-License-Identifier: GPL-3.0-or-later
// Reshape and its relatives: the executor gives the result the operand's bytes; the kernel copies where
// that is not possible.
#include "compiler/ops/float_kernel.h"

#include <cstring>

namespace wb::ops {
namespace {

Prepared prepareReshape(const PrepareContext& c) {
    const size_t bytes = static_cast<size_t>(resultElements(*c.graph, *c.node)) * sizeof(float);
    return makeKernel([bytes](Inputs in, Outputs out, const kernels::Work&) {
        if (in[0].data != out[0].data) std::memcpy(out[0].data, in[0].data, bytes);
    });
}

} // namespace

void float_reshape(KernelTable& table);
void float_reshape(KernelTable& table) {
    for (const char* op : {"top.Reshape", "top.Flatten", "top.Squeeze", "top.Unsqueeze"})
        table.add({.op = op, .prepare = prepareReshape, .alias = true});
}

} // namespace wb::ops
