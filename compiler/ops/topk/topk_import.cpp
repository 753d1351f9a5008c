// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling: ONNX TopK-1 (k an attribute), TopK-10…11.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importTopK(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    int64_t k = node.integer("k", 0);
    if (!inputName(node, 1).empty()) {
        const auto given = constantInts(node, builder, 1);
        if (!given || given->size() != 1) return attributeError(node, "how many is known only at run time");
        k = given->front();
    }
    const ir::Shape& shape = builder.graph().value(in).type.shape;
    const auto axis = normaliseAxis(node.integer("axis", -1), shape.size());
    if (!axis) return attributeError(node, "axis for " + ir::toText(shape));
    ir::AttributeMap a;
    a.set("K", k);
    a.set("axis", *axis);
    a.set("largest", node.integer("largest", 1) != 0);
    a.set("sorted", node.integer("sorted", 1) != 0);
    WB_ASSIGN([[maybe_unused]] const auto ids, builder.emitMany(node, "top.TopK", {in}, std::move(a)));
    return {};
}

} // namespace

void import_topk(ImportTable& table);
void import_topk(ImportTable& table) { table.add(Framework::Onnx, "TopK", importTopK); }

} // namespace wb::ops
