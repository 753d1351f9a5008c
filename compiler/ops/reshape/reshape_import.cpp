// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of shape changes: ONNX Reshape-5…21, Flatten-1…21, Squeeze and Unsqueeze (axes
// as attribute before opset 13, as input after).
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importReshape(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const auto shape = constantInts(node, builder, 1);
    if (!shape) return attributeError(node, "the shape is known only at run time");
    if (node.integer("allowzero", 0) != 0)
        for (int64_t d : *shape)
            if (d == 0) return attributeError(node, "allowzero with a size of 0");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(*shape));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Reshape", {in}, std::move(a)));
    return {};
}

Status importFlatten(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("start_dim", node.integer("axis", 1));
    a.set("end_dim", -1);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Flatten", {in}, std::move(a)));
    return {};
}

Status importSqueeze(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    auto axes = node.integers("axes");
    if (!axes && !inputName(node, 1).empty()) {
        axes = constantInts(node, builder, 1);
        if (!axes) return attributeError(node, "the axes are known only at run time");
    }
    const bool squeeze = node.kind == "Squeeze";
    if (!axes && !squeeze) return attributeError(node, "axes are missing");
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints(axes.value_or(std::vector<int64_t>{})));
    if (squeeze) a.set("is_scalar", false);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, squeeze ? "top.Squeeze" : "top.Unsqueeze", {in}, std::move(a)));
    return {};
}

} // namespace

void import_reshape(ImportTable& table);
void import_reshape(ImportTable& table) {
    table.add(Framework::Onnx, "Reshape", importReshape);
    table.add(Framework::Onnx, "Flatten", importFlatten);
    table.add(Framework::Onnx, "Squeeze", importSqueeze);
    table.add(Framework::Onnx, "Unsqueeze", importSqueeze);
}

} // namespace wb::ops
