// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's QUANTIZE and DEQUANTIZE, which change what a value is stored as (the type of the result says how), and
// CAST to another number type.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importQuantise(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    const Order order = n.order({0});
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    if (!n.isQuantised()) { // half precision to single: all values are single here
        n.bind(in, order);
        return {};
    }
    return n.emit("top.Cast", {in}, {}, order);
}

Status importTfliteCast(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    const Order order = n.order({0});
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    const std::string to = node.string("to", "Float32");
    if (to.starts_with("Float")) {
        n.bind(in, order);
        return {};
    }
    ir::AttributeMap a;
    a.set("round_mode", "TowardsZero");
    a.set("to", to == "Bool" ? "BOOL" : "INT32");
    return n.emit("top.Cast", {in}, std::move(a), order);
}

} // namespace

void tflite_cast(ImportTable& table);
void tflite_cast(ImportTable& table) {
    table.add(Framework::TFLite, "QUANTIZE", importQuantise);
    table.add(Framework::TFLite, "DEQUANTIZE", importQuantise);
    table.add(Framework::TFLite, "CAST", importTfliteCast);
}

} // namespace wb::ops
