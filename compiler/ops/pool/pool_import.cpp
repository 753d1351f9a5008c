// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of pooling: ONNX MaxPool-1…12, AveragePool-1…19, GlobalMaxPool-1,
// GlobalAveragePool-1.
#include "compiler/ops/onnx_window.h"
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// The positions of the maxima are asked for as well.
Status importWithMask(const SourceNode& node, ImportBuilder& builder, const OnnxWindow& w) {
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("kernel_shape", ir::Attribute::ints(w.kernel));
    a.set("strides", ir::Attribute::ints(w.strides));
    a.set("pads", ir::Attribute::ints(w.pads));
    a.set("dilations", ir::Attribute::ints(w.dilations));
    a.set("ceil_mode", node.integer("ceil_mode", 0) != 0);
    a.set("storage_order", node.integer("storage_order", 0));
    const bool dilated = std::any_of(w.dilations.begin(), w.dilations.end(), [](int64_t d) { return d != 1; });
    if (!dilated && !node.outputs[0].empty()) return poolWithPositions(node, builder, in, std::move(a), false);
    WB_ASSIGN([[maybe_unused]] const auto ids, builder.emitMany(node, "top.MaxPoolWithMask", {in}, std::move(a)));
    return {};
}

Status importPool(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (!node.integers("kernel_shape")) return attributeError(node, "kernel_shape is missing");
    WB_ASSIGN(const OnnxWindow w, readOnnxWindow(node, x, {}));
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) return importWithMask(node, builder, w);
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const bool average = node.kind == "AveragePool";
    const bool dilated =
        std::any_of(w.dilations.begin(), w.dilations.end(), [](int64_t d) { return d != 1; });
    const auto all = [](const std::vector<int64_t>& v, int64_t n) {
        return std::all_of(v.begin(), v.end(), [&](int64_t d) { return d == n; });
    };
    if (all(w.kernel, 1) && all(w.strides, 1) && all(w.pads, 0)) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    ir::AttributeMap a = poolAttributes(average && node.integer("count_include_pad", 0) != 0);
    a.set("kernel_shape", ir::Attribute::ints(w.kernel));
    a.set("strides", ir::Attribute::ints(w.strides));
    a.set("pads", ir::Attribute::ints(w.pads));
    a.set("ceil_mode", node.integer("ceil_mode", 0) != 0);
    if (dilated) a.set("dilations", ir::Attribute::ints(w.dilations));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, average ? "top.AvgPool" : "top.MaxPool", {in}, std::move(a)));
    return {};
}

Status importGlobal(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a = poolAttributes(true);
    for (const char* key : {"kernel_shape", "strides", "pads"})
        a.set(key, ir::AttributeList{});
    const bool average = node.kind == "GlobalAveragePool";
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, average ? "top.AvgPool" : "top.MaxPool", {in}, std::move(a)));
    return {};
}

} // namespace

void import_pool(ImportTable& table);
void import_pool(ImportTable& table) {
    table.add(Framework::Onnx, "MaxPool", importPool);
    table.add(Framework::Onnx, "AveragePool", importPool);
    table.add(Framework::Onnx, "GlobalMaxPool", importGlobal);
    table.add(Framework::Onnx, "GlobalAveragePool", importGlobal);
}

} // namespace wb::ops
