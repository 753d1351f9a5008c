// SPDX-License-Identifier: GPL-3.0-or-later
// Activations on CV18xx: tables of codes in INT8, tables of bfloat16 values with slopes in BF16; LeakyRelu with a factor for
// each side of zero (dossier section 5.8).
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/activation/activation_codes.h"
#include "compiler/ops/support/bf16_tables.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// How far from zero the chip's table of a function goes.
struct Reach {
    std::string_view op;
    float value;
};
constexpr std::array kReaches = {Reach{"top.SiLU", 12}, Reach{"top.Sigmoid", 12}, Reach{"top.Tanh", 15},
                                 Reach{"top.Exp", 15}, Reach{"top.Mish", 8}, Reach{"top.Elu", 12},
                                 Reach{"top.Softplus", 8}};

/// Functions that are sums or products of one of the exponent and one of the mantissa.
Result<Precision> lowerPowerTable(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const bool log = node.op == "top.Log", root = node.op == "top.Sqrt";
    if (precision == Precision::Int8 || (node.op == "top.Reciprocal" && node.attributes.real("const_val", 1) != 1))
        return lowerActivation(builder, node, precision);
    const double exponent = root ? 0.5 : node.op == "top.Reciprocal" ? -1 : node.attributes.real("exponent", 1);
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::BF16));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    const auto weights = addTables(builder, resultName(builder, node), log ? logTables() : powerTables(static_cast<float>(exponent)),
                                   log ? "log" : "pow", "mantissa");
    ir::AttributeMap a = node.attributes;
    a.erase("round_mode");
    if (root) a.set("exponent", exponent);
    setPowerRange(a, log);
    emitLowered(builder, node, "tpu.LutBF16", {in, weights[0], weights[1]}, std::move(type), std::move(a));
    return Precision::BF16;
}

Result<Precision> lowerBf16Table(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto* row = activationRow(node.op);
    const auto* reach = std::find_if(kReaches.begin(), kReaches.end(), [&](const Reach& r) { return r.op == node.op; });
    if (precision == Precision::Int8 || reach == kReaches.end() || node.attributes.boolean("log"))
        return lowerActivation(builder, node, precision);
    const auto tables = slopeTables([&](double x) { return row->function(x, node.attributes); }, reach->value);
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::BF16));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    const auto weights = addTables(builder, resultName(builder, node), tables, "slope", "slope");
    ir::AttributeMap a = node.attributes;
    a.erase("round_mode");
    a.set("lut_mode", tpuEnum("lut_mode", "Slope"));
    a.set("max_range", static_cast<double>(reach->value));
    a.set("min_range", -static_cast<double>(reach->value));
    emitLowered(builder, node, "tpu.LutBF16", {in, weights[0], weights[1]}, std::move(type), std::move(a));
    return Precision::BF16;
}

Result<Precision> lowerTwoSided(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const double alpha = node.attributes.real("alpha");
    if (precision != Precision::Int8 || alpha < 0) return loweringTable().find(node.op)(builder, node, Precision::BF16);
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double from = codesOf(builder.target().value(in).type).scale, to = codesOf(type).scale;
    const bool same = std::fabs(from - to) < 1e-5 * std::min(from, to);
    const auto above = same ? numeric::MultiplierShift{1, 0} : numeric::truncatedMultiplier(from / to);
    const auto below = numeric::truncatedMultiplier(static_cast<double>(static_cast<float>(from / to * alpha)));
    ir::AttributeMap a;
    a.set("alpha", alpha);
    a.set("multiplier", ir::Attribute::si32(above.multiplier));
    a.set("multiplier_neg", ir::Attribute::si32(below.multiplier));
    a.set("round_mode", roundMode("HalfAwayFromZero"));
    a.set("rshift", ir::Attribute::si32(above.shift));
    a.set("rshift_neg", ir::Attribute::si32(below.shift));
    emitLowered(builder, node, "tpu.LeakyRelu", {in}, std::move(type), std::move(a));
    return precision;
}

/// Factors of both sides like a leaky one's; one shift for all slopes.
Result<Precision> lowerSlopes(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return loweringTable().find(node.op)(builder, node, Precision::BF16);
    WB_ASSIGN(const auto slopes, constantValues(builder, node.operands.at(1)));
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double from = codesOf(builder.target().value(in).type).scale, to = codesOf(type).scale;
    const bool same = std::fabs(from - to) < 1e-5 * std::min(from, to);
    const auto above = same ? numeric::MultiplierShift{1, 0} : numeric::truncatedMultiplier(from / to);
    double largest = 0;
    for (const float slope : slopes)
        largest = std::max(largest, std::fabs(static_cast<double>(slope) * from / to));
    const int shift = numeric::truncatedMultiplier(largest).shift;
    const auto factor = static_cast<float>(std::ldexp(from / to, shift));
    std::vector<int8_t> codes;
    for (const float slope : slopes)
        codes.push_back(numeric::saturate<int8_t>(static_cast<int64_t>(
            numeric::round(static_cast<double>(slope * factor), numeric::Round::HalfToEven))));
    const ir::ValueId weight = builder.target().addWeight(
        resultName(builder, node) + "_slope_i8",
        ir::Tensor::of<int8_t>(ir::ElementType::I8, builder.source().value(node.operands[1]).type.shape, codes));
    ir::AttributeMap a = node.attributes;
    a.set("multiplier_pos", ir::Attribute::si32(above.multiplier));
    a.set("rshift", ir::Attribute::si32(shift));
    a.set("rshift_pos", ir::Attribute::si32(above.shift));
    emitLowered(builder, node, "tpu.PReluOp", {in, weight}, std::move(type), std::move(a));
    return precision;
}

/// One with a limit is clipped in BF16.
Result<Precision> lowerUnlimited(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const bool limited = node.attributes.real("relu_limit", -1) >= 0;
    return loweringTable().find(node.op)(builder, node, precision == Precision::Int8 && limited ? Precision::BF16 : precision);
}

} // namespace

void cv18xx_activation(LoweringTable& table) {
    for (const auto& row : activationRows())
        table.add(row.topOp, lowerBf16Table);
    for (const char* op : {"top.Log", "top.Sqrt", "top.Reciprocal", "top.Pow"})
        table.add(op, lowerPowerTable);
    table.add("top.LeakyRelu", lowerTwoSided);
    table.add("top.PRelu", lowerSlopes);
    table.add("top.Relu", lowerUnlimited);
}

} // namespace wb::ops
