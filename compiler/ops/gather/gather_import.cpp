// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling of picking along an axis: ONNX Gather-1…13.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importGather(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape indices, shapeOf(node, builder, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId positions, valueOf(node, builder, 1));
    const auto axis =
        normaliseAxis(node.integer("axis", 0), builder.graph().value(in).type.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", 0)));
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(*axis));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", !indices.empty());
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Gather", {in, positions}, std::move(a)));
    return {};
}

} // namespace

void import_gather(ImportTable& table);
void import_gather(ImportTable& table) {
    table.add(Framework::Onnx, "Gather", importGather);
}

} // namespace wb::ops
