// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gather_copy.h"

namespace wb::ops {
namespace {

/// Both repeat the operand: Tile each axis as a whole, Expand an axis of one element.
Prepared prepareTile(const PrepareContext& c) {
    StridedCopy copy;
    copy.shape = resultShape(c);
    ir::Shape in = operandShape(c, 0);
    if (in.size() > copy.shape.size()) return shapeError(*c.graph, *c.node, "operand " + ir::toText(in));
    in.insert(in.begin(), copy.shape.size() - in.size(), 1);
    copy.period = in;
    copy.strides = stridesOf(in);
    if (resultElements(*c.graph, *c.node) > 0)
        for (int64_t size : in)
            if (size == 0) return shapeError(*c.graph, *c.node, "operand " + ir::toText(in));
    return makeKernel([copy](Inputs inputs, Outputs out, const kernels::Work& work) {
        copyStrided(copy, inputs[0].as<float>(), out[0].as<float>(), work);
    });
}

} // namespace

void float_tile(KernelTable& table);
void float_tile(KernelTable& table) {
    table.add({.op = "top.Tile", .prepare = prepareTile});
    table.add({.op = "top.Expand", .prepare = prepareTile});
}

} // namespace wb::ops
