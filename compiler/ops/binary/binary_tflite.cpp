// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's arithmetic of two values and comparisons. Broadcasting aligns at the last axis of the file's order.
#include "compiler/ops/tflite_help.h"

#include <cmath>

namespace wb::ops {
namespace {

struct TfliteBinary {
    const char* kind;
    const char* op;
};
constexpr TfliteBinary kTfliteBinary[] = {
    {"ADD", "top.Add"},     {"ADD_N", "top.Add"},   {"SUB", "top.Sub"},       {"MUL", "top.Mul"},     {"DIV", "top.Div"},
    {"MAXIMUM", "top.Max"}, {"MINIMUM", "top.Min"}, {"POW", "top.BinaryPow"}, {"FLOOR_MOD", "top.Mod"}};
constexpr TfliteBinary kTfliteCompare[] = {
    {"EQUAL", "Equal"}, {"NOT_EQUAL", "NotEqual"},       {"LESS", "Less"},        {"LESS_EQUAL", "LessOrEqual"},
    {"GREATER", "Greater"}, {"GREATER_EQUAL", "GreaterOrEqual"}, {"LOGICAL_AND", "And"}, {"LOGICAL_OR", "Or"}};

Result<std::vector<ir::ValueId>> tfliteOperands(TfliteNode& n, Order order) {
    std::vector<ir::ValueId> operands;
    for (size_t i = 0; i < n.source().inputs.size(); ++i) {
        WB_ASSIGN(const ir::ValueId id, n.operand(i, order));
        operands.push_back(id);
    }
    return operands;
}

Status importTfliteBinary(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, node.kind == "ADD_N" ? 1 : 2));
    TfliteNode n(node, builder);
    const Order order = n.order();
    WB_ASSIGN(std::vector<ir::ValueId> operands, tfliteOperands(n, order));
    if (operands.size() == 1) {
        n.bind(operands.front(), order);
        return {};
    }
    for (const TfliteBinary& row : kTfliteBinary)
        if (node.kind == row.kind) {
            const std::string op = row.op;
            const bool fuses = op == "top.Add" || op == "top.Sub" || op == "top.Mul" || op == "top.Div";
            return n.emit(op, std::move(operands), fuses ? arithmeticAttributes(op == "top.Sub" || op == "top.Div") : ir::AttributeMap(),
                          order, fuses);
        }
    return nodeError(node, Code::Internal, "no row for this operator");
}

/// Numbers between the steps of one operator, for which the file has no scale: the name of no tensor.
const std::string kNoScale;

/// The operand in whole 256ths: the unit in which TensorFlow Lite compares codes of eight bits of different scales.
Result<ir::ValueId> in256ths(TfliteNode& n, ImportBuilder& builder, ir::ValueId id, size_t index) {
    const std::string suffix = "_" + std::to_string(index);
    ir::AttributeMap a = withRelu();
    a.set("const_val", 256.0);
    a.set("is_scalar", false);
    const ir::Tensor* data = builder.constant(n.source().inputs[index]);
    const ir::TensorType* type = builder.declared(n.source().inputs[index]);
    if (data != nullptr && type != nullptr && data->elementCount() == 1) {
        const auto code = constantScalar(n.source().inputs[index], builder);
        if (!code) return id;
        const double real = (*code - static_cast<double>(type->uniform()->zeroPoint())) * type->uniform()->scale();
        return builder.addConstant(n.source().outputs.front() + suffix + "_256ths",
                                   ir::Tensor::of<float>(ir::ElementType::F32, ir::Shape(builder.graph().value(id).type.shape.size(), 1),
                                                         std::vector{static_cast<float>(std::round(256 * real))}));
    }
    WB_ASSIGN(const ir::ValueId wide, n.step("top.MulConst", {id}, std::move(a), suffix + "_wide", &kNoScale));
    return n.step("top.Round", {wide}, {}, suffix + "_round", &kNoScale);
}

bool isCodeOfByte(const ImportBuilder& builder, const std::string& name) {
    const ir::TensorType* type = builder.declared(name);
    if (type == nullptr || type->uniform() == nullptr) return false;
    return ir::sizeInBytes(type->element) == 1;
}

Status importTfliteCompare(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    const Order order = n.order();
    WB_ASSIGN(std::vector<ir::ValueId> operands, tfliteOperands(n, order));
    ir::AttributeMap a;
    for (const TfliteBinary& row : kTfliteCompare)
        if (node.kind == row.kind) a.set("mode", row.op);
    if (operands.size() == 2 && isCodeOfByte(builder, node.inputs[0]) && isCodeOfByte(builder, node.inputs[1]))
        for (size_t i = 0; i < 2; ++i) {
            WB_ASSIGN(operands[i], in256ths(n, builder, operands[i], i));
        }
    return n.emit("top.Compare", std::move(operands), std::move(a), order);
}

/// (a - b)²
Status importSquaredDifference(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    const Order order = n.order();
    WB_ASSIGN(std::vector<ir::ValueId> operands, tfliteOperands(n, order));
    WB_ASSIGN(const ir::ValueId difference,
              n.step("top.Sub", std::move(operands), arithmeticAttributes(true), "_difference", &kNoScale));
    return n.emit("top.Mul", {difference, difference}, arithmeticAttributes(), order);
}

/// x · -1, x², 1/√x, logical not
Status importTfliteByConstant(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    const Order order = n.order();
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    ir::AttributeMap a = withRelu();
    if (node.kind == "NEG") {
        a.set("const_val", -1.0);
        a.set("is_scalar", false);
        return n.emit("top.MulConst", {in}, std::move(a), order);
    }
    if (node.kind == "SQUARE") return n.emit("top.Mul", {in, in}, arithmeticAttributes(), order);
    if (node.kind == "RSQRT") {
        WB_ASSIGN(const ir::ValueId root, n.step("top.Sqrt", {in}, {}, "_sqrt", &kNoScale));
        a.set("const_val", 1.0);
        return n.emit("top.Reciprocal", {root}, std::move(a), order);
    }
    ir::AttributeMap c; // LOGICAL_NOT
    c.set("const_val", 0.0);
    c.set("inversed", false);
    c.set("mode", "Equal");
    return n.emit("top.CompareConst", {in}, std::move(c), order);
}

} // namespace

void tflite_binary(ImportTable& table);
void tflite_binary(ImportTable& table) {
    for (const TfliteBinary& row : kTfliteBinary)
        table.add(Framework::TFLite, row.kind, importTfliteBinary);
    for (const TfliteBinary& row : kTfliteCompare)
        table.add(Framework::TFLite, row.kind, importTfliteCompare);
    table.add(Framework::TFLite, "SQUARED_DIFFERENCE", importSquaredDifference);
    for (const char* kind : {"NEG", "SQUARE", "RSQRT", "LOGICAL_NOT"})
        table.add(Framework::TFLite, kind, importTfliteByConstant);
}

} // namespace wb::ops
