// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's functions of one number.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

struct TfliteFunction {
    const char* kind;
    const char* op;
};
constexpr TfliteFunction kTfliteFunctions[] = {
    {"ABS", "top.Abs"}, {"EXP", "top.Exp"},     {"LOG", "top.Log"}, {"SQRT", "top.Sqrt"}, {"CEIL", "top.Ceil"},
    {"SIN", "top.Sin"}, {"ROUND", "top.Round"}, {"COS", "top.Cos"}, {"SIGN", "top.Sign"}, {"HARD_SWISH", "top.HardSwish"},
    {"FLOOR", "top.Floor"}, {"LOGISTIC", "top.Sigmoid"}, {"TANH", "top.Tanh"}, {"ELU", "top.Elu"}, {"GELU", "top.GELU"},
    {"RELU", "top.Relu"}, {"RELU6", "top.Relu"}, {"RELU_N1_TO_1", "top.Clip"}, {"RELU_0_TO_1", "top.Relu"},
    {"LEAKY_RELU", "top.LeakyRelu"}};

ir::AttributeMap tfliteFunctionAttributes(const SourceNode& node) {
    ir::AttributeMap a;
    const std::string& k = node.kind;
    if (k == "FLOOR") a.set("is_scalar", false);
    if (k == "LOGISTIC" || k == "TANH" || k == "LEAKY_RELU") a.set("round_mode", "HalfAwayFromZero");
    if (k == "LOGISTIC") {
        a.set("bias", 0.0);
        a.set("log", false);
        a.set("scale", 1.0);
    }
    if (k == "ELU") a.set("alpha", 1.0);
    if (k == "GELU") a.set("approx_mode", node.integer("approximate", 0) != 0 ? "tanh" : "normal");
    if (k == "RELU") a.set("relu_limit", -1.0);
    if (k == "RELU6") a.set("relu_limit", 6.0);
    if (k == "RELU_0_TO_1") a.set("relu_limit", 1.0);
    if (k == "RELU_N1_TO_1") {
        a.set("min", -1.0);
        a.set("max", 1.0);
    }
    if (k == "LEAKY_RELU") a.set("alpha", node.real("alpha", 0.0));
    return a;
}

Status importTfliteFunction(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    const Order order = n.order();
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    for (const TfliteFunction& row : kTfliteFunctions)
        if (node.kind == row.kind) return n.emit(row.op, {in}, tfliteFunctionAttributes(node), order);
    return nodeError(node, Code::Internal, "no row for this function");
}

/// Slopes lie [1, 1, C] or [h, w, C], without the batch.
Status importTflitePrelu(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const Order order = x.size() == 4 ? Order::Picture : Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    WB_ASSIGN(const ir::ValueId slopes, n.operand(1, order));
    const ir::Shape& shape = builder.graph().value(slopes).type.shape;
    // One a channel, which the chip has in pictures; Keras' default is one an element.
    if (n.isQuantised() || (shape.size() == 4 && x.size() == 4 && shape[0] == 1 && shape[2] == 1 && shape[3] == 1))
        return n.emit("top.PRelu", {in, slopes}, {}, order);
    Composer c(node, builder);
    const ir::ValueId y = slopesBelowZero(c, in, slopes);
    WB_TRY(c.done(y));
    builder.bind(node.outputs.front(), ir::kNoValue);
    n.bind(y, order);
    return {};
}

} // namespace

void tflite_activation(ImportTable& table);
void tflite_activation(ImportTable& table) {
    for (const TfliteFunction& row : kTfliteFunctions)
        table.add(Framework::TFLite, row.kind, importTfliteFunction);
    table.add(Framework::TFLite, "PRELU", importTflitePrelu);
}

} // namespace wb::ops
