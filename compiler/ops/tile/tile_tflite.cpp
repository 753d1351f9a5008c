// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's TILE and BROADCAST_TO.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTfliteTile(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    auto list = constantInts(node, builder, 1);
    if (!list) return attributeError(node, "the repeats are known only at run time");
    const bool tile = node.kind == "TILE";
    if (tile ? list->size() != x.size() : list->size() < x.size() || list->size() > 8)
        return nodeError(node, Code::ModelDamaged, "repeats " + ir::toText(*list) + " of " + ir::toText(x));
    Order order = n.order({0});
    if (order == Order::Picture && list->size() != 4) order = Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    if (order == Order::Picture) *list = channelsFirst(*list);
    ir::AttributeMap a;
    a.set(tile ? "tile" : "shape", ir::Attribute::ints(*list));
    return n.emit(tile ? "top.Tile" : "top.Expand", {in}, std::move(a), order);
}

} // namespace

void tflite_tile(ImportTable& table);
void tflite_tile(ImportTable& table) {
    table.add(Framework::TFLite, "TILE", importTfliteTile);
    table.add(Framework::TFLite, "BROADCAST_TO", importTfliteTile);
}

} // namespace wb::ops
