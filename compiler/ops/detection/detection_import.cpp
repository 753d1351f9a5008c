// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling: ONNX NonMaxSuppression-10…11. Limits have to be constants; the number of boxes is a limit too, so the
// result is a table of that many rows for every class.
#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// A limit given as a constant input; ONNX leaves them out for none.
Result<std::optional<double>> limitOf(const SourceNode& node, ImportBuilder& builder, size_t index) {
    if (inputName(node, index).empty()) return std::optional<double>();
    const auto values = constantReals(node, builder, index);
    if (!values || values->size() != 1 || values->front() != values->front())
        return attributeError(node, "a limit of the suppression is known only at run time");
    return std::optional(values->front());
}

Status importNms(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId boxes, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId scores, valueOf(node, builder, 1));
    WB_ASSIGN(const auto most, limitOf(node, builder, 2));
    WB_ASSIGN(const auto overlap, limitOf(node, builder, 3));
    WB_ASSIGN(const auto score, limitOf(node, builder, 4));
    constexpr double kMost = 1 << 30; // more than any picture has: "no limit"
    ir::AttributeMap a;
    a.set("center_point_box", node.integer("center_point_box", 0));
    a.set("max_output_size", static_cast<int64_t>(std::clamp(most.value_or(0), 0.0, kMost)));
    a.set("iou_threshold", asFloat32(overlap.value_or(0)));
    if (score) a.set("score_threshold", asFloat32(*score));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.Nms", {boxes, scores}, std::move(a)));
    return {};
}

} // namespace

void import_detection(ImportTable& table);
void import_detection(ImportTable& table) { table.add(Framework::Onnx, "NonMaxSuppression", importNms); }

} // namespace wb::ops
