// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators on CV18xx: operands are multiplied by whole parts of their factors at one common shift, added, then
// shifted once; products have a factor of 31 bits (dossier section 5.7).
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/activation/activation_codes.h"
#include "compiler/ops/binary/binary_codes.h"

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

/// Sum and difference: a negative multiplier takes an operand off.
Result<Precision> lowerCommonShift(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8 || anyConstant(builder, node)) return inBf16(builder, node);
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    auto coefficients = node.attributes.reals("coeff");
    coefficients.resize(operands.size(), 1.0);
    const bool reverse = node.attributes.boolean("is_reverse");
    std::vector<double> factors;
    double largest = 0;
    for (size_t i = 0; i < operands.size(); ++i) {
        double factor = static_cast<double>(static_cast<float>(coefficients[i] * (operands[i].scale / codesOf(type).scale)));
        if (node.op == "top.Sub" && (i == 1) != reverse) factor = -factor;
        factors.push_back(factor);
        largest = std::max(largest, std::fabs(factor));
    }
    const int shift = numeric::truncatedMultiplier(largest).shift;
    std::vector<int64_t> multipliers;
    for (const double factor : factors)
        multipliers.push_back(numeric::truncatedCode(factor, shift));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.erase("is_reverse");
    a.set("multipliers", ir::Attribute::ints(multipliers));
    a.set("rshifts", ir::Attribute::ints({shift}));
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

Result<Precision> lowerMulConstTable(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return inBf16(builder, node);
    return lowerToTable(builder, node, {"top.MulConst", nullptr, false, [](double x, const ir::AttributeMap& a) {
                                            const double y = x * a.real("const_val");
                                            return a.boolean("do_relu") ? std::max(y, 0.0) : y;
                                        }});
}

} // namespace

void cv18xx_binary(LoweringTable& table) {
    table.add("top.Add", lowerCommonShift);
    table.add("top.Sub", lowerCommonShift);
    table.add("top.Mul", lowerQdmMul);
    table.add("top.MulConst", lowerMulConstTable);
}

} // namespace wb::ops
