// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of ranges: ONNX Slice-1 (attributes), Slice-10…13 (inputs), Split-2…18 (one
// Slice an output).
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// "To the end" as the vendor's importer writes it.
constexpr int64_t kOpenEnd = 2147482624;

Result<ir::ValueId> emitSlice(ImportBuilder& builder, std::string name, ir::ValueId in,
                              const std::vector<int64_t>& offset, const std::vector<int64_t>& ends,
                              const std::vector<int64_t>& steps, const std::vector<int64_t>& axes) {
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("hasparamConvert_axes", ir::Attribute::ints(axes));
    a.set("offset", ir::Attribute::ints(offset));
    a.set("ends", ir::Attribute::ints(ends));
    a.set("steps", ir::Attribute::ints(steps));
    return builder.emitNamed("top.Slice", {in, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                             std::move(name), std::move(a));
}

Status importSlice(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape shape = builder.graph().value(in).type.shape;
    const auto listed = [&](const char* key, size_t index) {
        return node.integers(key) ? node.integers(key) : constantInts(node, builder, index);
    };
    const auto starts = listed("starts", 1), stops = listed("ends", 2);
    auto axes = listed("axes", 3), strides = constantInts(node, builder, 4);
    const bool open =
        (!inputName(node, 3).empty() && !axes) || (!inputName(node, 4).empty() && !strides);
    if (!starts || !stops || open)
        return attributeError(node, "the range is known only at run time");
    if (!axes) {
        axes.emplace();
        for (size_t d = 0; d < starts->size(); ++d)
            axes->push_back(static_cast<int64_t>(d));
    }
    if (!strides) strides.emplace(starts->size(), 1);
    if (stops->size() != starts->size() || axes->size() != starts->size() ||
        strides->size() != starts->size())
        return attributeError(node, "starts, ends, axes and steps differ in length");
    std::vector<int64_t> offset(shape.size(), 0), ends = shape, steps(shape.size(), 1);
    for (size_t i = 0; i < axes->size(); ++i) {
        const auto axis = normaliseAxis((*axes)[i], shape.size());
        if (!axis)
            return attributeError(node, "axis " + std::to_string((*axes)[i]) + " for " +
                                            ir::toText(shape));
        const auto d = static_cast<size_t>(*axis);
        offset[d] = (*starts)[i];
        ends[d] = (*stops)[i] >= INT32_MAX ? kOpenEnd : (*stops)[i];
        steps[d] = (*strides)[i];
        (*axes)[i] = *axis;
    }
    WB_ASSIGN(const ir::ValueId id,
              emitSlice(builder, builder.resultName(node, 0), in, offset, ends, steps, *axes));
    builder.bind(node.outputs.front(), id);
    return {};
}

Status importSplit(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape shape = builder.graph().value(in).type.shape;
    const auto axis = normaliseAxis(node.integer("axis", 0), shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", 0)));
    const auto d = static_cast<size_t>(*axis);
    auto sizes = node.integers("split");
    if (!sizes && !inputName(node, 1).empty()) {
        sizes = constantInts(node, builder, 1);
        if (!sizes) return attributeError(node, "the sizes are known only at run time");
    }
    const auto count = static_cast<int64_t>(node.outputs.size());
    if (!sizes) {
        // Equal parts; the last is smaller when they do not divide (opset 18).
        const int64_t part = (shape[d] + count - 1) / count;
        sizes.emplace(node.outputs.size(), part);
        sizes->back() = shape[d] - part * (count - 1);
    }
    int64_t sum = 0;
    for (int64_t size : *sizes) {
        if (size < 0 || size > shape[d])
            return attributeError(node, "a part of " + std::to_string(size));
        sum += size;
    }
    if (static_cast<int64_t>(sizes->size()) != count || sum != shape[d])
        return attributeError(node, std::to_string(sizes->size()) + " parts of together " +
                                        std::to_string(sum) + " for an axis of " +
                                        std::to_string(shape[d]));
    int64_t begin = 0;
    for (size_t i = 0; i < sizes->size(); ++i) {
        std::vector<int64_t> offset(shape.size(), 0), ends(shape.size(), INT64_MAX);
        offset[d] = begin;
        begin += (*sizes)[i];
        ends[d] = begin;
        if (node.outputs[i].empty()) continue;
        WB_ASSIGN(const ir::ValueId id,
                  emitSlice(builder, builder.resultName(node, i), in, offset, ends,
                            std::vector<int64_t>(shape.size(), 1), {*axis}));
        builder.bind(node.outputs[i], id);
    }
    return {};
}

} // namespace

void import_slice(ImportTable& table);
void import_slice(ImportTable& table) {
    table.add(Framework::Onnx, "Slice", importSlice);
    table.add(Framework::Onnx, "Split", importSplit);
}

} // namespace wb::ops
