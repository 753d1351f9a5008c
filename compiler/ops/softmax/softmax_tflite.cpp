// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's SOFTMAX and LOG_SOFTMAX, over the last axis of the file's order.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTfliteSoftmax(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    if (x.empty()) return attributeError(node, "a number");
    const Order order = n.order();
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(order == Order::Picture ? 1 : static_cast<int64_t>(x.size()) - 1));
    a.set("beta", node.kind == "SOFTMAX" ? node.real("beta", 1.0) : 1.0);
    a.set("log", node.kind == "LOG_SOFTMAX");
    a.set("round_mode", "HalfAwayFromZero");
    return n.emit("top.Softmax", {in}, std::move(a), order);
}

} // namespace

void tflite_softmax(ImportTable& table);
void tflite_softmax(ImportTable& table) {
    table.add(Framework::TFLite, "SOFTMAX", importTfliteSoftmax);
    table.add(Framework::TFLite, "LOG_SOFTMAX", importTfliteSoftmax);
}

} // namespace wb::ops
