// SPDX-License-Identifier: GPL-3.0-or-later
// Depth to space and back: one strided read; the axes are split so that each piece has one stride.
#include "compiler/ops/support/move_bm1684x.h"

namespace wb::ops {
namespace {

Result<std::unique_ptr<GlobalEmitter>> depth2space(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const ir::Shape& in = operandType(c, 0).shape;
    const int64_t bh = a.integer("block_h", 1), bw = a.integer("block_w", 1);
    if (in.size() != 4 || bh < 1 || bw < 1 || a.boolean("swap_cr") || !a.boolean("in_is_NCHW", true) ||
        !a.boolean("out_is_NCHW", true))
        return notEmitted(c, "only NCHW without exchange of rows and columns is supported");
    const auto own = rowMajor(in);
    const bool byChannel = a.boolean("is_CRD");
    const int64_t n = in[0];
    ir::Shape shape;
    std::vector<int64_t> strides;
    if (!a.boolean("is_inversed")) {
        const int64_t channels = in[1] / (bh * bw);
        if (channels * bh * bw != in[1]) return notEmitted(c, "channels are no multiple of the block");
        const int64_t channelStep = byChannel ? bh * bw : 1;
        const int64_t rowStep = byChannel ? bw : bw * channels;
        const int64_t columnStep = byChannel ? 1 : channels;
        shape = {n, channels, in[2], bh, in[3], bw};
        strides = {own[0], channelStep * own[1], own[2], rowStep * own[1], own[3], columnStep * own[1]};
    } else {
        const int64_t h = in[2] / bh, w = in[3] / bw;
        if (h * bh != in[2] || w * bw != in[3]) return notEmitted(c, "the picture is no multiple of the block");
        if (byChannel) {
            shape = {n, in[1], bh, bw, h, w};
            strides = {own[0], own[1], own[2], own[3], own[2] * bh, own[3] * bw};
        } else {
            shape = {n, bh, bw, in[1], h, w};
            strides = {own[0], own[2], own[3], own[1], own[2] * bh, own[3] * bw};
        }
    }
    int64_t elements = 1;
    for (const int64_t size : shape)
        elements *= size;
    if (elements != resultType(c).elementCount()) return notEmitted(c, "its result has another size");
    return makeMover(c, {.list = {readStrided(std::move(shape), std::move(strides))}});
}

} // namespace

void emit_depth2space(EmitterTable& table);
void emit_depth2space(EmitterTable& table) { table.add({.op = "tpu.Depth2Space", .global = depth2space}); }

} // namespace wb::ops
