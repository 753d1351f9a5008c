// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of repetition: ONNX Tile-6…13, Expand-8…13.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status importTile(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const auto repeats = constantInts(node, builder, 1);
    if (!repeats) return attributeError(node, "the repeats are known only at run time");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    if (std::all_of(repeats->begin(), repeats->end(), [](int64_t n) { return n == 1; })) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(*repeats));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Tile", {in}, std::move(a)));
    return {};
}

Status importExpand(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const auto shape = constantInts(node, builder, 1);
    if (!shape) return attributeError(node, "the shape is known only at run time");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape own = builder.graph().value(in).type.shape;
    if (broadcastShapes(own, *shape) == own) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    ir::AttributeMap a;
    a.set("shape", ir::Attribute::ints(*shape));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Expand", {in}, std::move(a)));
    return {};
}

} // namespace

void import_tile(ImportTable& table);
void import_tile(ImportTable& table) {
    table.add(Framework::Onnx, "Tile", importTile);
    table.add(Framework::Onnx, "Expand", importExpand);
}

} // namespace wb::ops
