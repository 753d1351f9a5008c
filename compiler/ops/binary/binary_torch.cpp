// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's arithmetic on two operands, of which one may be a number (attribute `other`, or a constant of one
// element), and what is made of it.
#include "compiler/ops/torch_help.h"

#include <cmath>

namespace wb::ops {
namespace {

/// The second operand as a number.
std::optional<double> torchOther(const SourceNode& node, ImportBuilder& builder) {
    if (const auto number = torchNumber(node, "other")) return number;
    const auto shape = node.inputs.empty() ? Result<ir::Shape>(ir::Shape{}) : shapeOf(node, builder, 0);
    return shape ? torchScalar(node, builder, 1, shape->size()) : std::nullopt;
}

/// A tensor that is added or subtracted `alpha` times: the name of its product, made if alpha is not 1.
Result<std::string> torchTimes(const SourceNode& node, ImportBuilder& builder, size_t index, double alpha) {
    if (alpha == 1.0) return node.inputs[index];
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, index));
    WB_ASSIGN(const ir::ValueId product, torchStep(node, builder, "top.MulConst", {x}, torchConstant(alpha), "alpha"));
    const std::string name = node.outputs.front() + "_alpha";
    builder.bind(name, product);
    return name;
}

Status torchAdd(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double alpha = torchNumber(node, "alpha").value_or(1.0);
    const double sign = node.kind == "aten::sub" ? -1.0 : 1.0;
    if (const auto other = torchOther(node, builder))
        return torchUnary(node, builder, "top.AddConst", torchConstant(sign * alpha * *other));
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(std::string right, torchTimes(node, builder, 1, alpha));
    return torchAsOnnx(node, builder, sign < 0 ? "Sub" : "Add", {node.inputs[0], std::move(right)});
}

/// other - alpha·x
Status torchRsub(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double alpha = torchNumber(node, "alpha").value_or(1.0);
    WB_ASSIGN(const std::string x, torchTimes(node, builder, 0, alpha));
    if (const auto other = torchOther(node, builder)) {
        ir::AttributeMap a = torchConstant(*other);
        a.set("is_reverse", true);
        return torchEmit(node, builder, "top.SubConst", {builder.operand(x)}, std::move(a));
    }
    WB_TRY(needInputs(node, 2));
    return torchAsOnnx(node, builder, "Sub", {node.inputs[1], x});
}

Status torchMul(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    if (const auto other = torchOther(node, builder))
        return torchUnary(node, builder, "top.MulConst", torchConstant(*other));
    WB_TRY(needInputs(node, 2));
    return torchAsOnnx(node, builder, "Mul", {node.inputs[0], node.inputs[1]});
}

/// The quotient under its node's name, or rounded down after.
Status torchDiv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const std::string rounding = node.kind == "aten::floor_divide" ? "floor" : node.string("rounding_mode", "");
    if (!rounding.empty() && rounding != "floor" && rounding != "trunc") return attributeError(node, "rounding_mode '" + rounding + "'");
    SourceNode quotient = node;
    if (!rounding.empty()) quotient.outputs.front() += "_quotient";
    const auto other = torchOther(node, builder);
    if (other && *other != 0.0) {
        WB_TRY(torchUnary(quotient, builder, "top.MulConst", torchConstant(1.0 / *other)));
    } else {
        WB_TRY(needInputs(node, 2));
        WB_TRY(torchAsOnnx(quotient, builder, "Div", {node.inputs[0], node.inputs[1]}));
    }
    if (rounding.empty()) return {};
    if (rounding == "floor") return torchAsOnnx(node, builder, "Floor", {quotient.outputs.front()});
    ir::AttributeMap whole;
    whole.set("round_mode", "TowardsZero");
    whole.set("to", "INT32");
    return torchEmit(node, builder, "top.Cast", {builder.operand(quotient.outputs.front())}, std::move(whole));
}

Status torchPow(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    if (const auto base = torchNumber(node, "self")) { // base ^ x = e ^ (x · ln base)
        if (*base <= 0.0) return attributeError(node, "a base that is not positive");
        WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
        WB_ASSIGN(const ir::ValueId scaled, torchStep(node, builder, "top.MulConst", {x}, torchConstant(std::log(*base)), "log"));
        return torchEmit(node, builder, "top.Exp", {scaled}, {});
    }
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    auto exponent = node.kind == "aten::square" ? std::optional(2.0) : torchNumber(node, "exponent");
    if (!exponent) exponent = torchScalar(node, builder, 1, builder.graph().value(x).type.shape.size());
    if (!exponent) {
        WB_TRY(needInputs(node, 2));
        return torchAsOnnx(node, builder, "Pow", {node.inputs[0], node.inputs[1]});
    }
    if (*exponent == 1.0) return torchBind(node, builder, x);
    if (*exponent == 2.0) return torchEmit(node, builder, "top.Mul", {x, x}, arithmeticAttributes());
    if (*exponent == 0.5) return torchEmit(node, builder, "top.Sqrt", {x}, {});
    ir::AttributeMap a;
    a.set("exponent", *exponent);
    return torchEmit(node, builder, "top.Pow", {x}, std::move(a));
}

Status torchReciprocal(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    ir::AttributeMap a = withRelu();
    a.set("const_val", 1.0);
    if (node.kind == "aten::reciprocal") return torchUnary(node, builder, "top.Reciprocal", std::move(a));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0)); // rsqrt
    WB_ASSIGN(const ir::ValueId root, torchStep(node, builder, "top.Sqrt", {x}, {}, "sqrt"));
    return torchEmit(node, builder, "top.Reciprocal", {root}, std::move(a));
}

Status torchScaled(const SourceNode& node, ImportBuilder& builder) {
    if (node.kind == "aten::neg") return torchUnary(node, builder, "top.MulConst", torchConstant(-1.0));
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId log, torchStep(node, builder, "top.Log", {x}, {}, "log"));
    const double base = node.kind == "aten::log2" ? 2.0 : 10.0;
    return torchEmit(node, builder, "top.MulConst", {log}, torchConstant(1.0 / std::log(base)));
}

Status torchCompare(const SourceNode& node, ImportBuilder& builder) {
    static const std::map<std::string, std::string> kModes{
        {"aten::eq", "Equal"}, {"aten::ne", "NotEqual"}, {"aten::gt", "Greater"}, {"aten::ge", "GreaterOrEqual"},
        {"aten::lt", "Less"},  {"aten::le", "LessOrEqual"}, {"aten::logical_and", "And"}, {"aten::logical_or", "Or"},
        {"aten::logical_xor", "Xor"}, {"aten::__and__", "And"},
        {"aten::__or__", "Or"}, {"aten::__xor__", "Xor"}, {"aten::bitwise_and", "And"}, {"aten::bitwise_or", "Or"},
        {"aten::bitwise_xor", "Xor"}};
    WB_TRY(needInputs(node, 1));
    if (!torchResultIsBool(node)) return attributeError(node, "bits of whole numbers");
    ir::AttributeMap a;
    a.set("mode", kModes.at(node.kind));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    if (const auto other = torchOther(node, builder)) {
        a.set("const_val", *other);
        a.set("inversed", false);
        a.set("is_scalar", false);
        return torchEmit(node, builder, "top.CompareConst", {x}, std::move(a));
    }
    WB_ASSIGN(const ir::ValueId y, valueOf(node, builder, 1));
    return torchEmit(node, builder, "top.Compare", {x, y}, std::move(a));
}

Status torchNot(const SourceNode& node, ImportBuilder& builder) {
    return torchAsOnnx(node, builder, "Not", {inputName(node, 0)});
}

Status torchLarger(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    return torchAsOnnx(node, builder, node.kind == "aten::maximum" || node.kind == "aten::fmax" ? "Max" : "Min", {node.inputs[0], node.inputs[1]});
}

} // namespace

void torch_binary(ImportTable& table);
void torch_binary(ImportTable& table) {
    const auto add = [&](ImportRule rule, std::initializer_list<const char*> kinds) {
        for (const char* kind : kinds)
            table.add(Framework::Torch, kind, rule);
    };
    add(torchAdd, {"aten::add", "aten::sub"});
    add(torchRsub, {"aten::rsub"});
    add(torchMul, {"aten::mul"});
    add(torchDiv, {"aten::div", "aten::true_divide", "aten::floor_divide"});
    add(torchPow, {"aten::pow", "aten::square"});
    add(torchReciprocal, {"aten::reciprocal", "aten::rsqrt"});
    add(torchScaled, {"aten::neg", "aten::log2", "aten::log10"});
    add(torchNot, {"aten::logical_not"});
    add(torchLarger, {"aten::maximum", "aten::minimum", "aten::fmax", "aten::fmin"});
    add(torchCompare, {"aten::eq", "aten::ne", "aten::gt", "aten::ge", "aten::lt", "aten::le", "aten::logical_and",
                       "aten::logical_or", "aten::logical_xor", "aten::__and__", "aten::__or__", "aten::__xor__", "aten::bitwise_and",
                       "aten::bitwise_or", "aten::bitwise_xor"});
}

} // namespace wb::ops
