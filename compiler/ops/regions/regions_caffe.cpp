// SPDX-License-Identifier: GPL-3.0-or-later
// Fast R-CNN's ROIPooling and R-FCN's PSROIPooling; regions may have axes of one around them.
#include "compiler/ops/import_compose.h"

namespace wb::ops {
namespace {

Status importRegions(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    ir::ValueId rois = c.input(1);
    const ir::Shape given = c.shape(rois);
    const auto count = ir::checkedElementCount(given);
    if (c.failed() || !count || *count < 5 || *count % 5 != 0) return attributeError(node, "regions " + ir::toText(given));
    if (given.size() != 2 || given[1] != 5) rois = c.reshape(rois, {*count / 5, 5});
    ir::AttributeMap a;
    a.set("spatial_scale", asFloat32(node.real("spatial_scale", 1.0)));
    for (const char* key : {"pooled_h", "pooled_w", "output_dim", "group_size"})
        if (node.has(key)) a.set(key, node.integer(key, 0));
    return c.done(c.last().op(node.kind == "ROIPooling" ? "top.ROIPooling" : "top.PSROIPooling", {x, rois}, std::move(a)));
}

} // namespace

void caffe_regions(ImportTable& table);
void caffe_regions(ImportTable& table) {
    table.add(Framework::Caffe, "ROIPooling", importRegions);
    table.add(Framework::Caffe, "PSROIPooling", importRegions);
}

} // namespace wb::ops
