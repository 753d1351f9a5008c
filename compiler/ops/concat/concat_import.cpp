// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of concatenation: ONNX Concat-4…13.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importConcat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    std::vector<ir::ValueId> parts;
    size_t rank = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(const ir::Shape shape, shapeOf(node, builder, i));
        // Parts without numbers: exporters write an empty list for "nothing".
        if (shape == ir::Shape{0} || (ir::checkedElementCount(shape) == 0 && node.inputs.size() > 1)) continue;
        rank = shape.size();
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        parts.push_back(id);
    }
    if (parts.empty()) return nodeError(node, Code::ModelDamaged, "there is nothing to join");
    if (parts.size() == 1) {
        builder.bind(node.outputs.front(), parts.front());
        return {};
    }
    const auto axis = normaliseAxis(node.integer("axis", 1), rank);
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", 1)));
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(*axis));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Concat", std::move(parts), std::move(a)));
    return {};
}

} // namespace

void import_concat(ImportTable& table);
void import_concat(ImportTable& table) {
    table.add(Framework::Onnx, "Concat", importConcat);
}

} // namespace wb::ops
