// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's CONCATENATION and PACK, which joins along a new axis.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

ir::AttributeMap tfliteConcatAttributes(size_t axis) {
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(static_cast<int64_t>(axis)));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    return a;
}

Status importTfliteConcat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const Order order = n.order();
    WB_ASSIGN(size_t axis, n.axis(node.integer("axis", 0), x.size()));
    if (order == Order::Picture) axis = static_cast<size_t>(pictureAxis(static_cast<int64_t>(axis)));
    std::vector<ir::ValueId> parts;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(const ir::Shape shape, n.shape(i));
        if (shape.size() != x.size())
            return nodeError(node, Code::ShapeMismatch, "parts " + ir::toText(x) + " and " + ir::toText(shape));
        WB_ASSIGN(const ir::ValueId id, n.operand(i, order));
        parts.push_back(id);
    }
    return n.emit("top.Concat", std::move(parts), tfliteConcatAttributes(axis), order, true);
}

Status importPack(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(ir::Shape shape, n.shape(0));
    WB_ASSIGN(const size_t axis, n.axis(node.integer("axis", 0), shape.size() + 1));
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    std::vector<ir::ValueId> parts;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(const ir::ValueId in, n.operand(i, Order::File));
        ir::AttributeMap a;
        a.set("flatten_start_dim", -1);
        a.set("shape", ir::Attribute::ints(shape));
        WB_ASSIGN(const ir::ValueId id, n.step("top.Reshape", {in}, std::move(a), "_part" + std::to_string(i), &node.inputs[i]));
        parts.push_back(id);
    }
    return n.emit("top.Concat", std::move(parts), tfliteConcatAttributes(axis), Order::File);
}

} // namespace

void tflite_concat(ImportTable& table);
void tflite_concat(ImportTable& table) {
    table.add(Framework::TFLite, "CONCATENATION", importTfliteConcat);
    table.add(Framework::TFLite, "PACK", importPack);
}

} // namespace wb::ops
