// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's cat and stack.
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchCat(const SourceNode& node, ImportBuilder& builder) {
    int64_t axis = node.integer("dim", 0);
    if (node.kind == "aten::hstack" && !node.inputs.empty()) { // lists one behind the other, else columns
        WB_ASSIGN(const ir::Shape part, shapeOf(node, builder, 0));
        axis = part.size() > 1 ? 1 : 0;
    }
    return torchAsOnnx(node, builder, "Concat", node.inputs, {{"axis", axis}});
}

/// Each part gets the new axis, then they are joined along it.
Status torchStack(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape part, shapeOf(node, builder, 0));
    const auto axis = normaliseAxis(node.integer("dim", 0), part.size() + 1);
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("dim", 0)));
    std::vector<std::string> names;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        const std::string suffix = "part" + std::to_string(i);
        WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, i));
        ir::AttributeMap a;
        a.set("axes", ir::Attribute::ints({*axis}));
        WB_ASSIGN(const ir::ValueId wide, torchStep(node, builder, "top.Unsqueeze", {x}, std::move(a), suffix));
        names.push_back(node.outputs.front() + "_" + suffix);
        builder.bind(names.back(), wide);
    }
    return torchAsOnnx(node, builder, "Concat", std::move(names), {{"axis", *axis}});
}

} // namespace

void torch_concat(ImportTable& table);
void torch_concat(ImportTable& table) {
    for (const char* kind : {"aten::cat", "aten::concat", "aten::concatenate", "aten::hstack"})
        table.add(Framework::Torch, kind, torchCat);
    table.add(Framework::Torch, "aten::stack", torchStack);
}

} // namespace wb::ops
