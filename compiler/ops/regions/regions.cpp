// SPDX-License-Identifier: GPL-3.0-or-later
// Regions of pictures at a fixed size, as Fast R-CNN and R-FCN take them. rois [R,5]: picture, x1, y1, x2, y2.
// ROIPooling(x [N,C,H,W], rois) {pooled_h, pooled_w, spatial_scale} → [R,C,pooled_h,pooled_w]: the greatest of each part,
// whose borders are whole pixels.
// PSROIPooling(x [N,output_dim·g²,H,W], rois) {output_dim, group_size g, spatial_scale} → [R,output_dim,g,g]: the mean of each
// part, from the channels that are that part's own. A part without pixels is 0. Both run on the host.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferRegions(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 4));
    WB_ASSIGN(const ir::TensorType rois, operandType(graph, node, 1, 2));
    const auto& a = node.attributes;
    if (rois.shape[1] != 5 || x.elementCount() < 1) return shapeError(graph, node, "regions " + ir::toText(rois.shape) + " of " + ir::toText(x.shape));
    constexpr int64_t kMost = 1 << 12;
    if (node.op == "top.ROIPooling") {
        const int64_t h = a.integer("pooled_h", 0), w = a.integer("pooled_w", 0);
        if (h < 1 || w < 1 || h > kMost || w > kMost) return shapeError(graph, node, "parts " + std::to_string(h) + "×" + std::to_string(w));
        return floatResult(graph, node, {rois.shape[0], x.shape[1], h, w});
    }
    const int64_t group = a.integer("group_size", 0), channels = a.integer("output_dim", 0);
    if (group < 1 || group > kMost || channels < 1 || channels > x.shape[1] || channels * group * group != x.shape[1])
        return shapeError(graph, node, std::to_string(channels) + " channels in " + std::to_string(group) + "² parts of " + ir::toText(x.shape));
    return floatResult(graph, node, {rois.shape[0], channels, group, group});
}

} // namespace

void define_regions(OpTable& table);
void define_regions(OpTable& table) {
    for (const auto& [name, summary] : {std::pair{"top.ROIPooling", "greatest values of parts of regions"},
                                        std::pair{"top.PSROIPooling", "means of parts of regions, each of channels of its own"}})
        table.add({.name = name, .summary = summary, .infer = inferRegions, .flops = flopsPerElement<32>, .minOperands = 2, .maxOperands = 2});
}

} // namespace wb::ops
