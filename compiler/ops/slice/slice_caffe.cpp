// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Slice (one range an output), Crop (to the size of a second bottom) and Reverse.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Result<ir::ValueId> emitRange(ImportBuilder& builder, const std::string& name, ir::ValueId in, std::vector<int64_t> offset,
                              std::vector<int64_t> ends) {
    ir::AttributeMap a;
    std::vector<int64_t> axes;
    for (size_t d = 0; d < offset.size(); ++d)
        axes.push_back(static_cast<int64_t>(d));
    a.set("axes", ir::AttributeList{});
    a.set("hasparamConvert_axes", ir::Attribute::ints(axes));
    a.set("steps", ir::Attribute::ints(std::vector<int64_t>(offset.size(), 1)));
    a.set("offset", ir::Attribute::ints(offset));
    a.set("ends", ir::Attribute::ints(ends));
    return builder.emitNamed("top.Slice", {in, ir::kNoValue, ir::kNoValue, ir::kNoValue}, name, std::move(a));
}

Status importCaffeSlice(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(in).type.shape;
    const auto axis = normaliseAxis(node.integer("axis", node.integer("slice_dim", 1)), x.size());
    if (!axis) return attributeError(node, "axis");
    const auto d = static_cast<size_t>(*axis);
    auto points = node.integers("slice_point").value_or(std::vector<int64_t>{});
    const auto count = static_cast<int64_t>(node.outputs.size());
    if (points.empty()) {
        if (count == 0 || x[d] % count != 0) return attributeError(node, "equal parts of " + std::to_string(x[d]));
        for (int64_t i = 1; i < count; ++i)
            points.push_back(i * x[d] / count);
    }
    if (static_cast<int64_t>(points.size()) + 1 != count) return attributeError(node, "slice_point does not fit the tops");
    points.push_back(x[d]);
    int64_t begin = 0;
    for (size_t i = 0; i < points.size(); ++i) {
        if (points[i] <= begin || points[i] > x[d]) return attributeError(node, "slice_point does not rise");
        ir::Shape offset(x.size(), 0), ends = x;
        offset[d] = begin;
        ends[d] = begin = points[i];
        WB_ASSIGN(const ir::ValueId id, emitRange(builder, builder.resultName(node, i), in, offset, ends));
        builder.bind(node.outputs[i], id);
    }
    return {};
}

Status importCrop(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::Shape like, shapeOf(node, builder, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto axis = normaliseAxis(node.integer("axis", 2), x.size());
    const auto offsets = node.integers("offset").value_or(std::vector<int64_t>{});
    if (!axis || like.size() != x.size()) return attributeError(node, "axis");
    ir::Shape offset(x.size(), 0), ends = x;
    for (size_t d = static_cast<size_t>(*axis); d < x.size(); ++d) {
        const size_t i = d - static_cast<size_t>(*axis);
        offset[d] = offsets.empty() ? 0 : offsets[std::min(i, offsets.size() - 1)];
        ends[d] = offset[d] + like[d];
        if (offset[d] < 0 || ends[d] > x[d]) return attributeError(node, "the part reaches beyond the input");
    }
    WB_ASSIGN(const ir::ValueId id, emitRange(builder, builder.resultName(node, 0), in, offset, ends));
    builder.bind(node.outputs.front(), id);
    return {};
}

/// Backwards along one axis.
Status importReverse(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("axis", 0), in.size());
    if (c.failed() || !axis) return attributeError(node, "axis of " + ir::toText(in));
    const auto d = static_cast<size_t>(*axis);
    return c.done(c.last().slice(x, d, in[d] - 1, -in[d] - 1, -1));
}

} // namespace

void caffe_slice(ImportTable& table);
void caffe_slice(ImportTable& table) {
    table.add(Framework::Caffe, "Slice", importCaffeSlice);
    table.add(Framework::Caffe, "Crop", importCrop);
    table.add(Framework::Caffe, "Reverse", importReverse);
}

} // namespace wb::ops
