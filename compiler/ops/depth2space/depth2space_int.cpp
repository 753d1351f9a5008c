// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Depth2Space and its inverse on elements of any type, NCHW.
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareDepth2Space(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const auto& in = operandShape(c, 0);
    const int64_t bh = a.integer("block_h", 1), bw = a.integer("block_w", 1);
    if (in.size() != 4 || bh < 1 || bw < 1 || a.boolean("swap_cr") ||
        !a.boolean("in_is_NCHW", true) || !a.boolean("out_is_NCHW", true))
        return cannotRun(c, "only NCHW without exchange of rows and columns");
    const auto own = stridesOf(in);
    const bool byChannel = a.boolean("is_CRD");
    const bool inverse = a.boolean("is_inversed");
    const size_t size = ir::sizeInBytes(resultType(c).element);
    // The result's axes split so that each piece has one stride in the operand.
    StridedView view{{}, {}, 0};
    const int64_t n = in[0];
    if (!inverse) {
        const int64_t channels = in[1] / (bh * bw);
        if (channels * bh * bw != in[1])
            return cannotRun(c, "channels are no multiple of the block");
        const int64_t channelStep = byChannel ? bh * bw : 1;
        const int64_t rowStep = byChannel ? bw : bw * channels;
        const int64_t columnStep = byChannel ? 1 : channels;
        view.shape = {n, channels, in[2], bh, in[3], bw};
        view.strides = {own[0], channelStep * own[1], own[2], rowStep * own[1],
                        own[3], columnStep * own[1]};
    } else {
        const int64_t h = in[2] / bh, w = in[3] / bw;
        if (h * bh != in[2] || w * bw != in[3])
            return cannotRun(c, "the picture is no multiple of the block");
        if (byChannel) {
            view.shape = {n, in[1], bh, bw, h, w};
            view.strides = {own[0], own[1], own[2], own[3], own[2] * bh, own[3] * bw};
        } else {
            view.shape = {n, bh, bw, in[1], h, w};
            view.strides = {own[0], own[2], own[3], own[1], own[2] * bh, own[3] * bw};
        }
    }
    if (product(view.shape, 0, view.shape.size()) != resultType(c).elementCount())
        return cannotRun(c, "its result has another size");
    return makeKernel([view, size](Inputs input, Outputs output, const kernels::Work& work) {
        copyStrided(view, input[0].data, output[0].data, size, work);
    });
}

} // namespace

void integer_depth2space(KernelTable& table) {
    table.add({.op = "tpu.Depth2Space", .prepare = prepareDepth2Space});
}

} // namespace wb::ops
