// SPDX-License-Identifier: GPL-3.0-or-later
// Reorg (YOLOv2's fork). Forward it takes the memory of [N,C,H,W] for a picture of C/s² channels that is s times as wide
// and as high, and moves that one's pixels into channels: what Darknet computes, not a plain space-to-depth.
#include "compiler/ops/import_compose.h"

namespace wb::ops {
namespace {

Status importReorg(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    const int64_t s = node.integer("stride", 2);
    const bool reverse = node.integer("reverse", 0) != 0;
    if (c.failed()) return c.done(x);
    if (in.size() != 4 || s < 1 || s > 64 || in[1] % (s * s) != 0 || (!reverse && (in[2] % s != 0 || in[3] % s != 0)))
        return attributeError(node, "stride " + std::to_string(s) + " for " + ir::toText(in));
    ir::AttributeMap a;
    a.set("block_h", s);
    a.set("block_w", s);
    a.set("in_is_NCHW", true);
    a.set("is_CRD", false);
    a.set("is_inversed", !reverse);
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    if (reverse) return c.done(c.last().op("top.Depth2Space", {x}, std::move(a)));
    x = c.reshape(x, {in[0], in[1] / (s * s), in[2] * s, in[3] * s});
    x = c.op("top.Depth2Space", {x}, std::move(a));
    return c.done(c.last().reshape(x, {in[0], in[1] * s * s, in[2] / s, in[3] / s}));
}

} // namespace

void caffe_depth2space(ImportTable& table);
void caffe_depth2space(ImportTable& table) { table.add(Framework::Caffe, "Reorg", importReorg); }

} // namespace wb::ops
