// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's norms across the last axis: to length one, and local responses.
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

/// x / max(‖x‖, 10⁻⁶)
Status importL2Norm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "a norm of codes");
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    if (x.empty()) return attributeError(node, "a number");
    const Order order = n.order();
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints({order == Order::Picture ? 1 : static_cast<int64_t>(x.size()) - 1}));
    a.set("is_scalar", false);
    a.set("keepdims", true);
    a.set("mode", "ReduceL2");
    WB_ASSIGN(ir::ValueId length, n.step("top.Reduce", {in}, std::move(a), "length"));
    ir::AttributeMap least = withRelu();
    least.set("const_val", 1e-6);
    least.set("is_scalar", false);
    WB_ASSIGN(length, n.step("top.MaxConst", {length}, std::move(least), "least"));
    return n.emit("top.Div", {in, length}, arithmeticAttributes(true), order);
}

/// x / (bias + alpha · Σ x²)^beta over radius channels to each side.
Status importResponse(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const int64_t radius = node.integer("radius", 0);
    if (x.size() != 4 || radius < 0 || radius > 1 << 16 || n.isQuantised()) return attributeError(node, "radius " + std::to_string(radius) + " for " + ir::toText(x));
    WB_ASSIGN(const ir::ValueId in, n.operand(0, Order::Picture));
    const int64_t size = 2 * radius + 1;
    ir::AttributeMap a;
    a.set("alpha", node.real("alpha", 0) * static_cast<double>(size)); // the graph's is a mean
    a.set("beta", node.real("beta", 0));
    a.set("bias", node.real("bias", 0));
    a.set("size", size);
    return n.emit("top.LRN", {in}, std::move(a), Order::Picture);
}

} // namespace

void tflite_norm(ImportTable& table);
void tflite_norm(ImportTable& table) {
    table.add(Framework::TFLite, "L2_NORMALIZATION", importL2Norm);
    table.add(Framework::TFLite, "LOCAL_RESPONSE_NORMALIZATION", importResponse);
}

} // namespace wb::ops
