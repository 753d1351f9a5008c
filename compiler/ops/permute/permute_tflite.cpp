// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's TRANSPOSE: read from the picture where there is one, so that turning it back and then again costs one
// step or none.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTfliteTranspose(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const auto given = constantInts(node, builder, 1);
    if (!given) return attributeError(node, "the order is known only at run time");
    if (given->size() != x.size()) return nodeError(node, Code::ModelDamaged, "an order for other axes than " + ir::toText(x));
    std::vector<int64_t> order, seen(x.size(), 0);
    for (const int64_t a : *given) {
        WB_ASSIGN(const size_t axis, n.axis(a, x.size()));
        if (seen[axis]++ != 0) return nodeError(node, Code::ModelDamaged, "an axis stands twice in the order");
        order.push_back(static_cast<int64_t>(axis));
    }
    const Order from = n.order({0});
    if (from == Order::Picture)
        for (int64_t& axis : order)
            axis = pictureAxis(axis);
    WB_ASSIGN(const ir::ValueId in, n.operand(0, from));
    bool moves = false;
    for (size_t i = 0; i < order.size(); ++i)
        moves = moves || order[i] != static_cast<int64_t>(i);
    if (!moves) {
        n.bind(in, Order::File);
        return {};
    }
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    return n.emit("top.Permute", {in}, std::move(a), Order::File);
}

} // namespace

void tflite_permute(ImportTable& table);
void tflite_permute(ImportTable& table) { table.add(Framework::TFLite, "TRANSPOSE", importTfliteTranspose); }

} // namespace wb::ops
