// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators on CV18xx: operands are multiplied by whole parts of their factors at one common shift, added, then
// shifted once; products have a factor of 31 bits (dossier section 5.7). Numbers become tensors, quotients products with
// a reciprocal from tables of bfloat16 numbers.
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/activation/activation_codes.h"
#include "compiler/ops/binary/binary_codes.h"
#include "compiler/ops/support/bf16_tables.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

Result<Precision> inBf16(LoweringBuilder& builder, const ir::Node& node) {
    return loweringTable().find(node.op)(builder, node, Precision::BF16);
}

bool anyConstant(const LoweringBuilder& builder, const ir::Node& node) {
    return std::any_of(node.operands.begin(), node.operands.end(),
                       [&](ir::ValueId v) { return builder.source().weight(v) != nullptr; });
}

/// Whole parts of factors at the shift of the largest.
struct CommonShift {
    std::vector<int64_t> multipliers;
    int64_t shift = 0;
};
CommonShift commonShift(const std::vector<double>& factors) {
    double largest = 0;
    for (const double factor : factors)
        largest = std::max(largest, std::fabs(factor));
    CommonShift common;
    common.shift = numeric::truncatedMultiplier(largest).shift;
    for (const double factor : factors)
        common.multipliers.push_back(numeric::truncatedCode(factor, static_cast<int>(common.shift)));
    return common;
}

void setCommonShift(ir::AttributeMap& a, const CommonShift& common) {
    a.set("multipliers", ir::Attribute::ints(common.multipliers));
    a.set("rshifts", ir::Attribute::ints({common.shift}));
}

/// How far from zero the chip's tables of c - x and c * x go.
constexpr float kNumberReach = 15;

/// A function in bfloat16 by a table with slopes; `a` is what else the node says.
ir::ValueId slopeNode(LoweringBuilder& builder, ir::ValueId in, const std::string& name, const Bf16Tables& tables, ir::TensorType type,
                      ir::AttributeMap a) {
    const auto weights = addTables(builder, name, tables, "slope", "slope");
    a.set("lut_mode", tpuEnum("lut_mode", "Slope"));
    a.set("max_range", static_cast<double>(kNumberReach));
    a.set("min_range", -static_cast<double>(kNumberReach));
    return builder.target().add("tpu.LutBF16", {in, weights[0], weights[1]}, name, std::move(type), std::move(a));
}

/// g - x where g is repeated: x times -1, by a table, and a sum.
Result<Precision> lowerSmallMinuend(LoweringBuilder& builder, const ir::Node& node) {
    WB_ASSIGN(const ir::ValueId small, operandFor(builder, node, node.operands[0], Precision::BF16));
    WB_ASSIGN(const ir::ValueId x, operandFor(builder, node, node.operands[1], Precision::BF16));
    ir::AttributeMap negative;
    negative.set("const_val", -1.0);
    negative.set("do_relu", false);
    negative.set("is_scalar", false);
    negative.set("relu_limit", -1.0);
    const ir::ValueId minus = slopeNode(builder, x, resultName(builder, node) + "_mulconst",
                                        slopeTables([](double v) { return -v; }, kNumberReach),
                                        plainFloat(builder.source().value(node.operands[1]).type, Precision::BF16), std::move(negative));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_reverse");
    emitLowered(builder, node, "tpu.Add", {small, minus}, std::move(type), std::move(a));
    return Precision::BF16;
}

/// Sum and difference: a negative multiplier takes an operand off.
Result<Precision> lowerCommonShift(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto elements = [&](size_t i) { return builder.source().value(node.operands[i]).type.elementCount(); };
    if (precision != Precision::Int8 && node.op == "top.Sub" && node.operands.size() == 2 && !anyConstant(builder, node) &&
        !node.attributes.boolean("is_reverse") && elements(0) < elements(1))
        return lowerSmallMinuend(builder, node);
    if (precision != Precision::Int8 || anyConstant(builder, node)) return inBf16(builder, node);
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    auto coefficients = node.attributes.reals("coeff");
    coefficients.resize(operands.size(), 1.0);
    const bool reverse = node.attributes.boolean("is_reverse");
    std::vector<double> factors;
    for (size_t i = 0; i < operands.size(); ++i) {
        double factor = static_cast<double>(static_cast<float>(coefficients[i] * (operands[i].scale / codesOf(type).scale)));
        if (node.op == "top.Sub" && (i == 1) != reverse) factor = -factor;
        factors.push_back(factor);
    }
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.erase("is_reverse");
    setCommonShift(a, commonShift(factors));
    a.set("relu_limit", -1.0);
    // The multipliers carry the sign, so that a difference is a sum here.
    emitLowered(builder, node, "tpu.Add", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerQdmMul(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8 || node.operands.size() != 2 || anyConstant(builder, node)) return inBf16(builder, node);
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto pair = numeric::quantisedMultiplier(operands[0].scale * operands[1].scale / codesOf(type).scale);
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("quant_mode", tpuEnum("rq_mode", "QDM"));
    a.set("rshift", ir::Attribute::si32(pair.shift));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Mul", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

/// A function of x and a number, by a table with slopes.
Result<Precision> lowerNumberTable(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const double number = node.attributes.real("const_val");
    const bool times = node.op == "top.MulConst", reverse = node.attributes.boolean("is_reverse");
    const auto tables =
        slopeTables([=](double x) { return times ? x * number : reverse ? number - x : x - number; }, kNumberReach);
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::BF16));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    builder.bind(node.results[0], slopeNode(builder, in, resultName(builder, node), tables, std::move(type), withRelu(node)));
    return Precision::BF16;
}

Result<Precision> lowerMulConstTable(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return lowerNumberTable(builder, node, precision);
    return lowerToTable(builder, node, {"top.MulConst", nullptr, false, [](double x, const ir::AttributeMap& a) {
                                            const double y = x * a.real("const_val");
                                            return a.boolean("do_relu") ? std::max(y, 0.0) : y;
                                        }});
}

/// Extremes of codes at different scales: each is multiplied first, the greatest shifted.
Result<Precision> lowerScaledExtreme(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8 || anyConstant(builder, node)) return inBf16(builder, node);
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    std::vector<double> factors;
    for (const auto& operand : operands)
        factors.push_back(static_cast<double>(static_cast<float>(operand.scale / codesOf(type).scale)));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    setCommonShift(a, commonShift(factors));
    emitLowered(builder, node, node.op == "top.Max" ? "tpu.Max" : "tpu.Min", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

/// The extreme of a tensor and a number: of two tensors, the second full of the number's code.
Result<Precision> lowerExtremeOfNumber(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return inBf16(builder, node);
    const bool largest = node.op == "top.MaxConst";
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto code = numeric::toCode<int8_t>(node.attributes.real("const_val") / codesOf(builder.target().value(in).type).scale);
    ir::Tensor numbers(ir::ElementType::I8, type.shape);
    std::fill_n(numbers.mutableData<int8_t>(), numbers.elementCount(), code);
    const ir::ValueId all =
        builder.target().addWeight(resultName(builder, node) + (largest ? "_const_max" : "_const_min"), std::move(numbers));
    ir::AttributeMap a;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, largest ? "tpu.Max" : "tpu.Min", {in, all}, std::move(type), std::move(a));
    return precision;
}

/// x + c is the sum with a tensor of one bfloat16 number.
Result<Precision> lowerAddedNumber(LoweringBuilder& builder, const ir::Node& node, Precision) {
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::BF16));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    const auto& name = resultName(builder, node);
    const auto bits = numeric::toBfloat16(static_cast<float>(node.attributes.real("const_val")));
    const ir::ValueId number = builder.target().addWeight(name + "_" + name + "_const_val_bf16",
                                                          ir::Tensor::of<uint16_t>(ir::ElementType::BF16, {1}, std::vector{bits}));
    emitLowered(builder, node, "tpu.Add", {in, number}, std::move(type), withRelu(node));
    return Precision::BF16;
}

/// a / b is a times the tables' 1/b.
Result<Precision> lowerReciprocalProduct(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const auto& source = builder.source();
    if (node.operands.size() != 2 || source.weight(node.operands[0]) != nullptr || source.weight(node.operands[1]) != nullptr ||
        node.attributes.boolean("is_reverse"))
        return inBf16(builder, node);
    auto& target = builder.target();
    WB_ASSIGN(const ir::ValueId dividend, operandFor(builder, node, node.operands[0], Precision::BF16));
    const std::string name = source.value(node.operands[1]).name + "_reciprocal";
    ir::ValueId inverse = target.find(name);
    if (inverse == ir::kNoValue) {
        WB_ASSIGN(const ir::ValueId divisor, operandFor(builder, node, node.operands[1], Precision::BF16));
        const auto weights = addTables(builder, name, powerTables(-1), "pow", "mantissa");
        ir::AttributeMap a;
        a.set("const_val", 1.0);
        a.set("do_relu", false);
        a.set("relu_limit", -1.0);
        setPowerRange(a, false);
        inverse = target.add("tpu.LutBF16", {divisor, weights[0], weights[1]}, name,
                             plainFloat(source.value(node.operands[1]).type, Precision::BF16), std::move(a));
    }
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_reverse");
    a.set("multiplier", ir::Attribute::si32(1));
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("rshift", ir::Attribute::si32(0));
    emitLowered(builder, node, "tpu.Mul", {dividend, inverse}, std::move(type), std::move(a));
    return Precision::BF16;
}

} // namespace

void cv18xx_binary(LoweringTable& table) {
    table.add("top.Add", lowerCommonShift);
    table.add("top.Sub", lowerCommonShift);
    table.add("top.Mul", lowerQdmMul);
    table.add("top.MulConst", lowerMulConstTable);
    table.add("top.Max", lowerScaledExtreme);
    table.add("top.Min", lowerScaledExtreme);
    table.add("top.MaxConst", lowerExtremeOfNumber);
    table.add("top.MinConst", lowerExtremeOfNumber);
    table.add("top.AddConst", lowerAddedNumber);
    table.add("top.SubConst", lowerNumberTable);
    table.add("top.Div", lowerReciprocalProduct);
}

} // namespace wb::ops
