// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's AVERAGE_POOL_2D and MAX_POOL_2D: padding is never counted.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTflitePool(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    if (x.size() != 4) return attributeError(node, "input of shape " + ir::toText(x));
    WB_ASSIGN(const TfliteWindow w,
              tfliteWindow(node, x, {node.integer("filter_h", 0), node.integer("filter_w", 0)}));
    WB_ASSIGN(const ir::ValueId in, n.operand(0, Order::Picture));
    ir::AttributeMap a = poolAttributes(false);
    a.set("kernel_shape", ir::Attribute::ints(w.kernel));
    a.set("pads", ir::Attribute::ints(w.pads));
    a.set("strides", ir::Attribute::ints(w.strides));
    return n.emit(node.kind == "MAX_POOL_2D" ? "top.MaxPool" : "top.AvgPool", {in}, std::move(a), Order::Picture, true);
}

} // namespace

void tflite_pool(ImportTable& table);
void tflite_pool(ImportTable& table) {
    table.add(Framework::TFLite, "AVERAGE_POOL_2D", importTflitePool);
    table.add(Framework::TFLite, "MAX_POOL_2D", importTflitePool);
}

} // namespace wb::ops
