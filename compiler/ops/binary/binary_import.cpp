// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of arithmetic: ONNX, opset 7 on (numpy broadcasting). Constants come second; Sub
// and Div with one number, Neg, Reciprocal, Not and Pow become the …Const ops at once, as the
// vendor imports them.
#include "compiler/ops/import_compose.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status done(const Result<ir::ValueId>& id) {
    if (!id) return Error(id.error());
    return {};
}

ir::AttributeMap constant(double value) {
    ir::AttributeMap a = withRelu();
    a.set("const_val", value);
    a.set("is_scalar", false);
    return a;
}

Result<ir::AttributeMap> attributesFor(const std::string& kind) {
    if (kind == "Sub" || kind == "Div") return arithmeticAttributes(true);
    if (kind == "Add" || kind == "Mul" || kind == "Sum") return arithmeticAttributes();
    return ir::AttributeMap();
}

/// Add, Mul, Max, Min, Sum, Mean of two or more: a chain of binary ops, the last with the node's
/// name, the ones before with _<number> after the output's.
Status importMany(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const std::string op = node.kind == "Sum" ? "top.Add" : "top." + node.kind;
    std::vector<std::string> inputs = node.inputs;
    if (inputs.size() == 1) {
        WB_ASSIGN(const ir::ValueId only, valueOf(node, builder, 0));
        builder.bind(node.outputs.front(), only);
        return {};
    }
    if (builder.constant(inputs[0]) != nullptr)
        if (const auto it =
                std::find_if(inputs.begin(), inputs.end(),
                             [&](const std::string& n) { return builder.constant(n) == nullptr; });
            it != inputs.end())
            std::swap(inputs[0], *it);
    ir::ValueId sum = builder.operand(inputs[0]);
    for (size_t i = 1; i < inputs.size(); ++i) {
        const ir::ValueId other = builder.operand(inputs[i]);
        if (sum == ir::kNoValue || other == ir::kNoValue)
            return nodeError(node, Code::ModelDamaged, "an input is not there");
        WB_ASSIGN(ir::AttributeMap a, attributesFor(node.kind));
        if (i + 1 == inputs.size()) return done(builder.emit(node, op, {sum, other}, std::move(a)));
        WB_ASSIGN(
            sum, builder.emitNamed(op, {sum, other},
                                   node.outputs.front() + "_" + std::to_string(i) + "_" + node.kind,
                                   std::move(a)));
    }
    return {};
}

Status importSub(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (const auto number = constantScalar(node.inputs[0], builder)) {
        WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 1));
        ir::AttributeMap a = constant(*number);
        a.set("is_reverse", true);
        return done(builder.emit(node, "top.SubConst", {x}, std::move(a)));
    }
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    if (const auto number = constantScalar(node.inputs[1], builder))
        return done(builder.emit(node, "top.AddConst", {x}, constant(-*number)));
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    return done(builder.emit(node, "top.Sub", {x, y}, arithmeticAttributes(true)));
}

/// Types whose quotients and powers are whole numbers.
bool isWhole(const SourceNode& node, const ImportBuilder& builder) {
    const ir::ElementType type = builder.sourceType(inputName(node, 0));
    return !ir::isFloat(type) && type != ir::ElementType::I1;
}

Status importDiv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (isWhole(node, builder)) {
        Composer c(node, builder);
        const ir::ValueId quotient = c.div(c.input(0), c.input(1));
        return c.done(c.last().whole(quotient));
    }
    if (const auto number = constantScalar(node.inputs[0], builder)) {
        WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 1));
        ir::AttributeMap a = withRelu();
        a.set("const_val", *number);
        return done(builder.emit(node, "top.Reciprocal", {x}, std::move(a)));
    }
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    if (const auto number = constantScalar(node.inputs[1], builder); number && *number != 0)
        return done(builder.emit(node, "top.MulConst", {x}, constant(1.0 / *number)));
    // x / constant array is x · (1 / constant), which later passes know how to merge.
    if (const ir::Tensor* divisor = builder.constant(node.inputs[1])) {
        WB_ASSIGN(ir::Tensor inverse, toFloat32(*divisor));
        float* values = inverse.mutableData<float>();
        bool whole = inverse.elementCount() > 0;
        for (int64_t i = 0; i < inverse.elementCount(); ++i) {
            whole = whole && values[i] != 0.0F;
            values[i] = 1.0F / values[i];
        }
        if (whole) {
            const ir::ValueId y = builder.addConstant(node.inputs[1] + "_inv", std::move(inverse));
            return done(builder.emit(node, "top.Mul", {x, y}, arithmeticAttributes()));
        }
    }
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    return done(builder.emit(node, "top.Div", {x, y}, arithmeticAttributes(true)));
}

Status importPow(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (isWhole(node, builder)) {
        Composer c(node, builder);
        const ir::ValueId power = c.op("top.BinaryPow", {c.input(0), c.input(1)});
        return c.done(c.last().whole(power));
    }
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    if (const auto exponent = constantScalar(node.inputs[1], builder)) {
        if (*exponent == 1.0) {
            builder.bind(node.outputs.front(), x);
            return {};
        }
        if (*exponent == 2.0)
            return done(builder.emit(node, "top.Mul", {x, x}, arithmeticAttributes()));
        if (*exponent == 0.5) return done(builder.emit(node, "top.Sqrt", {x}, {}));
        ir::AttributeMap a;
        a.set("exponent", *exponent);
        return done(builder.emit(node, "top.Pow", {x}, std::move(a)));
    }
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    return done(builder.emit(node, "top.BinaryPow", {x, y}, {}));
}

Status importNeg(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    return done(builder.emit(node, "top.MulConst", {x}, constant(-1.0)));
}

Status importReciprocal(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    ir::AttributeMap a = withRelu();
    a.set("const_val", 1.0);
    return done(builder.emit(node, "top.Reciprocal", {x}, std::move(a)));
}

Status importCompare(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    ir::AttributeMap a;
    a.set("mode", node.kind);
    for (size_t i = 0; i < 2; ++i)
        if (const auto number = constantScalar(node.inputs[i], builder)) {
            WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 1 - i));
            a.set("const_val", *number);
            a.set("inversed", i == 0);
            a.set("is_scalar", false);
            return done(builder.emit(node, "top.CompareConst", {x}, std::move(a)));
        }
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    return done(builder.emit(node, "top.Compare", {x, y}, std::move(a)));
}

/// As the vendor writes it, whose comparisons have no "Or".
Status importOr(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const ir::ValueId sum = c.add(c.input(0), c.input(1));
    return c.done(c.last().compareNumber("Greater", sum, 0));
}

Status importNot(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("mode", "Equal");
    a.set("const_val", 0.0);
    a.set("inversed", false);
    a.set("is_scalar", false);
    return done(builder.emit(node, "top.CompareConst", {x}, std::move(a)));
}

Status importMod(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    if (node.integer("fmod", 0) != 0) { // sign of the dividend: its magnitude's remainder, times its sign
        Composer c(node, builder);
        const ir::ValueId rest = c.op("top.Mod", {c.op("top.Abs", {x}), c.op("top.Abs", {y})});
        return c.done(c.last().mul(rest, c.op("top.Sign", {x})));
    }
    return done(builder.emit(node, "top.Mod", {x, y}, {}));
}

} // namespace

void import_binary(ImportTable& table);
void import_binary(ImportTable& table) {
    for (const char* kind : {"Add", "Mul", "Max", "Min", "Sum"})
        table.add(Framework::Onnx, kind, importMany);
    for (const char* kind :
         {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Xor"})
        table.add(Framework::Onnx, kind, importCompare);
    table.add(Framework::Onnx, "Sub", importSub);
    table.add(Framework::Onnx, "Div", importDiv);
    table.add(Framework::Onnx, "Pow", importPow);
    table.add(Framework::Onnx, "Neg", importNeg);
    table.add(Framework::Onnx, "Reciprocal", importReciprocal);
    table.add(Framework::Onnx, "Or", importOr);
    table.add(Framework::Onnx, "Not", importNot);
    table.add(Framework::Onnx, "Mod", importMod);
}

} // namespace wb::ops
