// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's shape changes. Their results' sizes are known, so all are one Reshape, but for the ones that later
// passes know by name.
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchView(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const auto shape = torchResultShape(node);
    if (!shape) return attributeError(node, "the shape is known only at run time");
    return torchUnary(node, builder, "top.Reshape", torchReshape(*shape));
}

/// The graph's own Flatten is the one before a classifier: everything but the batch.
Status torchFlatten(const SourceNode& node, ImportBuilder& builder) {
    if (node.integer("start_dim", 0) != 1 || node.integer("end_dim", -1) != -1) return torchView(node, builder);
    ir::AttributeMap a;
    a.set("start_dim", 1);
    a.set("end_dim", -1);
    return torchUnary(node, builder, "top.Flatten", std::move(a));
}

Status torchUnsqueeze(const SourceNode& node, ImportBuilder& builder) {
    return torchAsOnnx(node, builder, "Unsqueeze", {inputName(node, 0)},
                       {{"axes", std::vector<int64_t>{node.integer("dim", 0)}}});
}

/// Without an axis all axes of one go; with one that is longer nothing happens.
Status torchSqueeze(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    std::vector<int64_t> axes;
    if (const auto dims = torchInts(node, "dim", 1)) {
        for (int64_t dim : *dims) {
            const auto axis = normaliseAxis(dim, x.size());
            if (!axis) return attributeError(node, "axis " + std::to_string(dim) + " of " + ir::toText(x));
            if (x[static_cast<size_t>(*axis)] == 1) axes.push_back(*axis);
        }
    } else {
        for (size_t d = 0; d < x.size(); ++d)
            if (x[d] == 1) axes.push_back(static_cast<int64_t>(d));
    }
    if (axes.empty() || axes.size() == x.size()) return torchView(node, builder);
    return torchAsOnnx(node, builder, "Squeeze", {node.inputs[0]}, {{"axes", axes}});
}

} // namespace

void torch_reshape(ImportTable& table);
void torch_reshape(ImportTable& table) {
    for (const char* kind : {"aten::view", "aten::reshape", "aten::_unsafe_view", "aten::view_as", "aten::reshape_as",
                             "aten::unflatten", "aten::_reshape_alias"})
        table.add(Framework::Torch, kind, torchView);
    table.add(Framework::Torch, "aten::flatten", torchFlatten);
    table.add(Framework::Torch, "aten::unsqueeze", torchUnsqueeze);
    table.add(Framework::Torch, "aten::squeeze", torchSqueeze);
}

} // namespace wb::ops
