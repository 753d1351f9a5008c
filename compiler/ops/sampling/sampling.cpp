// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures read at computed places. GridSampler(x [N,C,H,W], grid [N,h,w,2]: x, y in -1…1) → [N,C,h,w], mode
// 0 (bilinear), 1 (nearest) or 2 (bicubic, not the vendor's), padding_mode 0 (zeros), 1 (border) or 2 (reflection),
// align_corners.
// RoiAlign(x [N,C,H,W], rois [R,4]: x1 y1 x2 y2, batch [R]) → [R,C,output_height,output_width], mode "avg", "max",
// sampling_ratio (0: by size), spatial_scale, half_pixel.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferGridSampler(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 4));
    WB_ASSIGN(const ir::TensorType grid, operandType(graph, node, 1, 4));
    if (grid.shape[0] != x.shape[0] || grid.shape[3] != 2 || x.shape[2] < 1 || x.shape[3] < 1)
        return shapeError(graph, node, "grid " + ir::toText(grid.shape) + " for " + ir::toText(x.shape));
    return floatResult(graph, node, {x.shape[0], x.shape[1], grid.shape[1], grid.shape[2]});
}

Types inferRoiAlign(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 4));
    WB_ASSIGN(const ir::TensorType rois, operandType(graph, node, 1, 2));
    WB_ASSIGN(const ir::TensorType batch, operandType(graph, node, 2, 1));
    const int64_t h = node.attributes.integer("output_height", 1), w = node.attributes.integer("output_width", 1);
    if (rois.shape[1] != 4 || batch.shape[0] != rois.shape[0] || h < 1 || w < 1 || h > kMaxWindow || w > kMaxWindow ||
        x.elementCount() == 0)
        return shapeError(graph, node, "regions " + ir::toText(rois.shape) + " of " + ir::toText(x.shape));
    return floatResult(graph, node, {rois.shape[0], x.shape[1], h, w});
}

} // namespace

void define_sampling(OpTable& table);
void define_sampling(OpTable& table) {
    table.add({.name = "top.GridSampler",
               .summary = "reads a picture at the places of a grid",
               .infer = inferGridSampler,
               .flops = flopsPerElement<8>,
               .minOperands = 2,
               .maxOperands = 2});
    table.add({.name = "top.RoiAlign",
               .summary = "reads regions of a picture at a fixed size",
               .infer = inferRoiAlign,
               .flops = flopsPerElement<32>,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
