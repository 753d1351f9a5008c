// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's GATHER along one axis.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTfliteGather(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    if (node.integer("batch_dims", 0) != 0) return attributeError(node, "batch_dims");
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape indices, n.shape(1));
    WB_ASSIGN(const size_t axis, n.axis(node.integer("axis", 0), x.size()));
    // A list of indices keeps the axes' number, so a picture may stay one.
    const Order order = indices.size() == 1 ? n.order({0}) : Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    WB_ASSIGN(const ir::ValueId positions, n.operand(1, Order::File));
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(order == Order::Picture ? pictureAxis(static_cast<int64_t>(axis)) : static_cast<int64_t>(axis)));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", !indices.empty());
    return n.emit("top.Gather", {in, positions}, std::move(a), order);
}

} // namespace

void tflite_gather(ImportTable& table);
void tflite_gather(ImportTable& table) { table.add(Framework::TFLite, "GATHER", importTfliteGather); }

} // namespace wb::ops
