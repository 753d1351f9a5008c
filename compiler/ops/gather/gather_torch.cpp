// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's picking along an axis: index_select, embedding, and index with one list of positions.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchSelectRows(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const int64_t axis = node.kind == "aten::embedding" ? 0 : node.integer("dim", 0);
    return torchAsOnnx(node, builder, "Gather", {node.inputs[0], node.inputs[1]}, {{"axis", axis}});
}

/// x[:, positions]: None for the axes that stay whole.
Status torchIndex(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    size_t axis = 0;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
        if (node.inputs[i].empty()) continue;
        if (axis != 0) return attributeError(node, "positions along two axes at once");
        axis = i;
    }
    if (axis == 0) return attributeError(node, "no positions");
    const ir::Tensor* positions = builder.constant(node.inputs[axis]);
    if (positions != nullptr && positions->type() == ir::ElementType::I1)
        return attributeError(node, "a mask instead of positions");
    return torchAsOnnx(node, builder, "Gather", {node.inputs[0], node.inputs[axis]},
                       {{"axis", static_cast<int64_t>(axis - 1)}});
}

} // namespace

void torch_gather(ImportTable& table);
void torch_gather(ImportTable& table) {
    table.add(Framework::Torch, "aten::embedding", torchSelectRows);
    table.add(Framework::Torch, "aten::index_select", torchSelectRows);
    table.add(Framework::Torch, "aten::index", torchIndex);
}

} // namespace wb::ops
