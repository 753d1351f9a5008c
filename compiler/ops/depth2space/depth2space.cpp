// SPDX-License-Identifier: GPL-3.0-or-later
// Pixel shuffle: x [N,C·bh·bw,H,W] → [N,C,H·bh,W·bw], and back with is_inversed. Where the block lies among
// the channels: is_CRD: c, bh, bw (ONNX "CRD"), else bh, bw, c ("DCR"); swap_cr exchanges bh and bw.
// Only in_is_NCHW and out_is_NCHW = true occur here.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferDepthToSpace(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 4));
    const int64_t h = node.attributes.integer("block_h", 1), w = node.attributes.integer("block_w", 1);
    const ir::Shape& s = x.shape;
    if (h < 1 || w < 1 || h > 4096 || w > 4096 || !ir::checkedElementCount(s))
        return shapeError(graph, node, "block " + std::to_string(h) + "×" + std::to_string(w));
    if (node.attributes.boolean("is_inversed")) {
        if (s[2] % h != 0 || s[3] % w != 0)
            return shapeError(graph, node, "blocks do not divide " + ir::toText(s));
        return floatResult(graph, node, {s[0], s[1] * h * w, s[2] / h, s[3] / w});
    }
    if (s[1] % (h * w) != 0) return shapeError(graph, node, "blocks do not divide " + ir::toText(s));
    return floatResult(graph, node, {s[0], s[1] / (h * w), s[2] * h, s[3] * w});
}

} // namespace

void define_depth2space(OpTable& table);
void define_depth2space(OpTable& table) {
    table.add({.name = "top.Depth2Space",
               .summary = "moves channels into blocks of pixels, or back",
               .traits = {.movesData = true},
               .infer = inferDepthToSpace});
}

} // namespace wb::ops
