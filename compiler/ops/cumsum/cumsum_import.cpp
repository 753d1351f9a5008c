// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling: ONNX CumSum-11…14.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status importCumSum(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const auto axis = constantInts(node, builder, 1);
    if (!axis || axis->size() != 1) return attributeError(node, "the axis is known only at run time");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("axis", axis->front());
    a.set("exclusive", node.integer("exclusive", 0) != 0);
    a.set("reverse", node.integer("reverse", 0) != 0);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.CumSum", {in, ir::kNoValue}, std::move(a)));
    return {};
}

} // namespace

void import_cumsum(ImportTable& table);
void import_cumsum(ImportTable& table) { table.add(Framework::Onnx, "CumSum", importCumSum); }

} // namespace wb::ops
