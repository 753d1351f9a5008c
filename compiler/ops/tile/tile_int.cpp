// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareTile(const PrepareContext& c) {
    const auto& in = operandShape(c, 0);
    const auto& out = resultShape(c);
    if (in.size() != out.size()) return cannotRun(c, "it changes the number of axes");
    for (size_t i = 0; i < in.size(); ++i)
        if (in[i] < 1 || out[i] % in[i] != 0)
            return cannotRun(c, "its result is no multiple of its operand");
    // Row by row: [tiles, length] pairs of axes, tiles with stride zero.
    StridedView view{{}, {}, 0};
    const auto own = stridesOf(in);
    for (size_t i = 0; i < in.size(); ++i) {
        view.shape.insert(view.shape.end(), {out[i] / in[i], in[i]});
        view.strides.insert(view.strides.end(), {0, own[i]});
    }
    const size_t size = ir::sizeInBytes(resultType(c).element);
    return makeKernel([view, size](Inputs input, Outputs output, const kernels::Work& work) {
        copyStrided(view, input[0].data, output[0].data, size, work);
    });
}

} // namespace

void integer_tile(KernelTable& table) {
    table.add({.op = "tpu.Tile", .prepare = prepareTile});
}

} // namespace wb::ops
