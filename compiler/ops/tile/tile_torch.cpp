// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's repetition: expand along axes of one, repeat and tile whole.
#include "compiler/ops/torch_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status torchExpand(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const auto shape = torchResultShape(node);
    if (!shape) return attributeError(node, "the shape is known only at run time");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    if (builder.graph().value(in).type.shape == *shape) return torchBind(node, builder, in);
    ir::AttributeMap a;
    a.set("shape", ir::Attribute::ints(*shape));
    return torchEmit(node, builder, "top.Expand", {in}, std::move(a));
}

Status torchRepeat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    auto repeats = node.integers(node.kind == "aten::tile" ? "dims" : "repeats");
    WB_ASSIGN(ir::ValueId in, valueOf(node, builder, 0));
    ir::Shape shape = builder.graph().value(in).type.shape;
    if (!repeats) return attributeError(node, "the repeats are known only at run time");
    while (repeats->size() < shape.size()) // tile: of the last axes
        repeats->insert(repeats->begin(), 1);
    if (repeats->size() > shape.size()) {
        shape.insert(shape.begin(), repeats->size() - shape.size(), 1);
        WB_ASSIGN(in, torchStep(node, builder, "top.Reshape", {in}, torchReshape(shape), "axes"));
    }
    if (std::all_of(repeats->begin(), repeats->end(), [](int64_t n) { return n == 1; })) return torchBind(node, builder, in);
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(*repeats));
    return torchEmit(node, builder, "top.Tile", {in}, std::move(a));
}

} // namespace

void torch_tile(ImportTable& table);
void torch_tile(ImportTable& table) {
    table.add(Framework::Torch, "aten::expand", torchExpand);
    table.add(Framework::Torch, "aten::expand_as", torchExpand);
    table.add(Framework::Torch, "aten::broadcast_to", torchExpand);
    table.add(Framework::Torch, "aten::repeat", torchRepeat);
    table.add(Framework::Torch, "aten::tile", torchRepeat);
}

} // namespace wb::ops
