// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators of two tensors, or of a tensor and a number, on BM1684X: one 8-bit
// multiplier and shift an operand (dossier section 5.7).
#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/binary/binary_codes.h"
#include "compiler/ops/support/shift_codes.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {

ir::AttributeMap withRelu(const ir::Node& node) {
    ir::AttributeMap a = node.attributes;
    a.set("do_relu", a.boolean("do_relu"));
    a.set("relu_limit", a.real("relu_limit", -1));
    return a;
}

std::vector<ir::ValueId> valuesOf(const std::vector<CodeOperand>& operands) {
    std::vector<ir::ValueId> values;
    for (const auto& operand : operands)
        values.push_back(operand.value);
    return values;
}

Result<double> constantScale(const LoweringBuilder& builder, ir::ValueId source) {
    WB_ASSIGN(const auto values, constantValues(builder, source));
    float largest = 0;
    bool isSigned = false;
    for (const float v : values) {
        largest = std::max(largest, std::fabs(v));
        isSigned = isSigned || v < 0;
    }
    return largest == 0 ? 1.0 : largest / (isSigned ? 127.0 : 255.0);
}

bool cancels(LoweringBuilder& builder, const ir::Node& node) {
    const auto most = [](const Codes& codes) { return codes.scale * (codes.isSigned ? 127.0 : 255.0); };
    const auto type = builder.typeFor(node.results[0], Precision::Int8);
    bool smaller = false;
    for (const ir::ValueId source : node.operands) {
        if (builder.source().weight(source) != nullptr) return false;
        const auto codes = codesOfOperand(builder, source);
        smaller = smaller || !type || !codes || most(codesOf(*type)) < most(*codes); // without a range there are no codes
    }
    return smaller;
}

namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

void pairAttribute(ir::AttributeMap& a, numeric::MultiplierShift pair) {
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("rshift", ir::Attribute::si32(pair.shift));
}

using Operand = CodeOperand;

/// A constant operand in codes of its own largest value over 127 (255 when it is never negative).
Result<Operand> constantOperand(LoweringBuilder& builder, ValueId source) {
    WB_ASSIGN(const auto values, constantValues(builder, source));
    const auto& value = builder.source().value(source);
    const bool isSigned = std::any_of(values.begin(), values.end(), [](float v) { return v < 0; });
    WB_ASSIGN(const double scale, constantScale(builder, source));
    std::vector<int8_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        codes[i] = isSigned ? numeric::toCode<int8_t>(values[i] / scale)
                            : static_cast<int8_t>(numeric::toCode<uint8_t>(values[i] / scale));
    const auto type = isSigned ? ElementType::Si8 : ElementType::Ui8;
    const std::string name = value.name + (isSigned ? "_i8" : "_u8");
    if (const auto present = builder.target().find(name); present != ir::kNoValue)
        return Operand{present, scale};
    return Operand{
        builder.target().addWeight(name, Tensor::of<int8_t>(type, value.type.shape, codes)), scale};
}

Result<std::vector<Operand>> int8Operands(LoweringBuilder& builder, const ir::Node& node) {
    std::vector<Operand> operands;
    for (const ValueId source : node.operands) {
        if (builder.source().weight(source) != nullptr) {
            WB_ASSIGN(const Operand constant, constantOperand(builder, source));
            operands.push_back(constant);
        } else {
            WB_ASSIGN(const ValueId value, int8Operand(builder, node, source));
            operands.push_back({value, codesOf(builder.target().value(value).type).scale});
        }
    }
    return operands;
}

Result<Precision> lowerFloatBinary(LoweringBuilder& builder, const ir::Node& node,
                                   Precision precision, const std::string& op) {
    ir::AttributeMap a = withRelu(node);
    if (op == "tpu.Mul") pairAttribute(a, {1, 0});
    if (op == "tpu.Mul") a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    return lowerFloat(builder, node, precision, op, std::move(a));
}

/// A mask of infinities has no scale, and neither has a sum with it: such sums stay in floats.
bool addsInfinity(LoweringBuilder& builder, const ir::Node& node) {
    return std::any_of(node.operands.begin(), node.operands.end(), [&](ValueId id) {
        if (builder.source().weight(id) == nullptr) return false;
        const auto values = constantValues(builder, id);
        return values && std::any_of(values->begin(), values->end(), [](float v) { return std::isinf(v); });
    });
}

/// Sum and difference: each operand is brought to the result's scale by its own pair.
Result<Precision> lowerSum(LoweringBuilder& builder, const ir::Node& node, Precision precision,
                           bool minus) {
    const std::string op = minus ? "tpu.Sub" : "tpu.Add";
    if (minus && precision == Precision::Int8 && builder.options().asymmetric) precision = Precision::F16;
    if (precision == Precision::Int8 && addsInfinity(builder, node)) precision = Precision::F16;
    if (precision != Precision::Int8) return lowerFloatBinary(builder, node, precision, op);
    WB_ASSIGN(const auto operands, int8Operands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto coefficients = node.attributes.reals("coeff");
    std::vector<int64_t> multipliers;
    std::vector<int64_t> shifts;
    for (size_t i = 0; i < operands.size(); ++i) {
        const double coefficient = i < coefficients.size() ? coefficients[i] : 1;
        const auto pair =
            numeric::scaleShiftPositive(coefficient * operands[i].scale / codesOf(type).scale, 8);
        multipliers.push_back(pair.multiplier);
        shifts.push_back(pair.shift);
    }
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.set("multipliers", ir::Attribute::ints(multipliers));
    a.set("rshifts", ir::Attribute::ints(shifts));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, op, valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerAdd(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    return lowerSum(builder, node, precision, false);
}

Result<Precision> lowerSub(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8 && !builder.options().asymmetric && cancels(builder, node)) precision = Precision::F16;
    return lowerSum(builder, node, precision, true);
}

Result<Precision> lowerMul(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8 && node.operands.size() != 2) precision = Precision::F32;
    if (precision != Precision::Int8) return lowerFloatBinary(builder, node, precision, "tpu.Mul");
    WB_ASSIGN(const auto operands, int8Operands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    pairAttribute(
        a, numeric::scaleShift(operands[0].scale * operands[1].scale / codesOf(type).scale, 8));
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Mul", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerDiv(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::AttributeMap a = withRelu(node);
    pairAttribute(a, {1, 0});
    if (!a.has("is_scalar")) a.set("is_scalar", false);
    return lowerFloat(builder, node, Precision::F32, "tpu.Div", std::move(a));
}

/// Maximum and minimum compare codes, so operands of another scale are brought to the result's
/// first. (The vendor compares codes of different scales when the operands have other users: a
/// wrong result.)
Result<Precision> lowerExtreme(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    const std::string op = node.op == "top.Max" ? "tpu.Max" : "tpu.Min";
    const auto& source = builder.source();
    const bool constant = std::any_of(node.operands.begin(), node.operands.end(),
                                      [&](ValueId v) { return source.weight(v) != nullptr; });
    if (precision == Precision::Int8 && constant) precision = Precision::F16;
    if (precision != Precision::Int8) return lowerFloatBinary(builder, node, precision, op);
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    std::vector<ValueId> operands;
    for (const ValueId operand : node.operands) {
        WB_ASSIGN(const ValueId value, int8Operand(builder, node, operand));
        auto wanted = builder.target().value(value).type;
        wanted.element = type.element;
        wanted.quant = type.quant;
        WB_ASSIGN(const ValueId same,
                  Result<ValueId>(builder.operandAs(operand, node, std::move(wanted))));
        operands.push_back(same);
    }
    emitLowered(builder, node, op, std::move(operands), std::move(type), withRelu(node));
    return precision;
}

ir::AttributeMap constAttributes(const ir::Node& node, double value, numeric::MultiplierShift pair,
                                 bool f8) {
    ir::AttributeMap a = withRelu(node);
    a.set("const_val", value);
    if (!a.has("is_scalar")) a.set("is_scalar", false);
    if (f8) a.set("f8_scale", 1.0);
    pairAttribute(a, pair);
    return a;
}

/// x + c: the constant is added at the multiplied scale, before the shift.
Result<Precision> lowerAddConst(LoweringBuilder& builder, const ir::Node& node,
                                Precision precision) {
    const double value = node.attributes.real("const_val");
    if (precision == Precision::Int8 && builder.options().asymmetric) precision = Precision::F16;
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.AddConst",
                          constAttributes(node, value, {1, 0}, true));
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double scaleOut = codesOf(type).scale;
    const auto pair =
        numeric::scaleShiftPositive(codesOf(builder.target().value(in).type).scale / scaleOut, 8);
    const double shifted = std::ldexp(std::round(value / scaleOut), pair.shift);
    auto a = constAttributes(node, shifted, pair, true);
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.AddConst", {in}, std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerSubConst(LoweringBuilder& builder, const ir::Node& node,
                                Precision precision) {
    if (precision == Precision::Int8) precision = Precision::F16;
    const double value = node.attributes.real("const_val");
    return lowerFloat(builder, node, precision, "tpu.SubConst",
                      constAttributes(node, value, {1, 0}, true));
}

/// x * c: the result's scale takes the constant up, codes stay (or change sign).
Result<Precision> lowerMulConst(LoweringBuilder& builder, const ir::Node& node,
                                Precision precision) {
    const double value = node.attributes.real("const_val");
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.MulConst",
                          constAttributes(node, value, {1, 0}, false));
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double factor =
        codesOf(builder.target().value(in).type).scale * std::fabs(value) / codesOf(type).scale;
    auto pair = numeric::scaleShiftPositive(factor, 8);
    if (value < 0) pair.multiplier = -pair.multiplier;
    auto a = constAttributes(node, value, pair, false);
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.MulShift", {in}, std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerExtremeConst(LoweringBuilder& builder, const ir::Node& node,
                                    Precision precision) {
    const std::string op = node.op == "top.MaxConst" ? "tpu.MaxConst" : "tpu.MinConst";
    const double value = node.attributes.real("const_val");
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, op,
                          constAttributes(node, value, {1, 0}, false));
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double scaleOut = codesOf(type).scale;
    const auto pair =
        numeric::scaleShiftPositive(codesOf(builder.target().value(in).type).scale / scaleOut, 8);
    // The vendor leaves the zero point out and compares codes with another number.
    const double code = std::round(value / scaleOut) + static_cast<double>(codesOf(type).zeroPoint);
    emitLowered(builder, node, op, {in}, std::move(type), constAttributes(node, code, pair, false));
    return precision;
}

/// Operators without an integer form.
Result<Precision> lowerWide(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerFloat(builder, node, Precision::F32, "tpu." + node.op.substr(4), node.attributes);
}

} // namespace

Result<std::vector<CodeOperand>> codeOperands(LoweringBuilder& builder, const ir::Node& node) {
    return int8Operands(builder, node);
}

void lower_binary(LoweringTable& table) {
    table.add("top.Add", lowerAdd);
    table.add("top.Sub", lowerSub);
    table.add("top.Mul", lowerMul);
    table.add("top.Div", lowerDiv);
    table.add("top.Max", lowerExtreme);
    table.add("top.Min", lowerExtreme);
    table.add("top.AddConst", lowerAddConst);
    table.add("top.SubConst", lowerSubConst);
    table.add("top.MulConst", lowerMulConst);
    table.add("top.MaxConst", lowerExtremeConst);
    table.add("top.MinConst", lowerExtremeConst);
    for (const char* op : {"top.BinaryPow", "top.Mod", "top.Compare", "top.CompareConst"})
        table.add(op, lowerWide);
}

} // namespace wb::ops
