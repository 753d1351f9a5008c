// SPDX-License-Identifier: GPL-3.0-or-later
// Activations on CV18xx: tables of codes in INT8, tables of bfloat16 values with slopes in BF16; LeakyRelu with a factor for
// each side of zero (dossier section 5.8).
#include "compiler/numeric/chip_multiplier.h"
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
                                 Reach{"top.Exp", 15}, Reach{"top.Mish", 8}};

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

} // namespace

void cv18xx_activation(LoweringTable& table) {
    for (const auto& row : activationRows())
        table.add(row.topOp, lowerBf16Table);
    table.add("top.LeakyRelu", lowerTwoSided);
}

} // namespace wb::ops
