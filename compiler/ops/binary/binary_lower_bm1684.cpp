// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise operators on BM1684: seven bits and a shift an operand, the shift first (dossier section 5.7).
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/binary/binary_codes.h"
#include "compiler/ops/support/shift_codes.h"

#include <algorithm>

namespace wb::ops {
namespace {

using ir::ValueId;

struct EightBits {
    int64_t multiplier = 1;
    int64_t shift = 0;
};

/// coefficient * scaleIn / scaleOut, rounded to a code at the shift that leaves most of its bits.
EightBits eightBits(float coefficient, double scaleIn, double scaleOut) {
    EightBits pair;
    const int shift = numeric::rightShiftOfRatio(static_cast<double>(coefficient) * scaleIn / scaleOut);
    pair.shift = shift;
    pair.multiplier = numeric::codesTimes(std::span(&coefficient, 1), shiftedScale(shift, scaleIn, scaleOut))[0];
    return pair;
}

/// Scales that the operands have or would have as codes.
Result<std::vector<double>> scalesOf(LoweringBuilder& builder, const ir::Node& node) {
    std::vector<double> scales;
    for (const ValueId source : node.operands) {
        if (builder.source().weight(source) != nullptr) {
            WB_ASSIGN(const double scale, constantScale(builder, source));
            scales.push_back(scale);
        } else {
            WB_ASSIGN(const Codes codes, codesOfOperand(builder, source));
            scales.push_back(codes.scale);
        }
    }
    return scales;
}

Result<Precision> commonRule(LoweringBuilder& builder, const ir::Node& node) {
    return loweringTable().find(node.op)(builder, node, Precision::F32);
}

void setPair(ir::AttributeMap& a, const EightBits& pair) {
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("rshift", ir::Attribute::si32(pair.shift));
    a.set("relu_limit", -1.0);
}

/// Sum and difference.
Result<Precision> lowerShiftedAdd(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const bool minus = node.op == "top.Sub";
    if (minus && precision == Precision::Int8 && cancels(builder, node)) precision = Precision::F32;
    if (precision != Precision::Int8) return commonRule(builder, node);
    WB_ASSIGN(const auto scales, scalesOf(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto coefficients = node.attributes.reals("coeff");
    std::vector<int64_t> multipliers, shifts;
    for (size_t i = 0; i < scales.size(); ++i) {
        const auto pair =
            eightBits(i < coefficients.size() ? static_cast<float>(coefficients[i]) : 1.0F, scales[i], codesOf(type).scale);
        if (pair.multiplier < 0) return commonRule(builder, node);
        multipliers.push_back(pair.multiplier);
        shifts.push_back(pair.shift);
    }
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.set("multipliers", ir::Attribute::ints(multipliers));
    a.set("rshifts", ir::Attribute::ints(shifts));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, minus ? "tpu.Sub" : "tpu.Add", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerShiftedMul(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8 || node.operands.size() != 2) return commonRule(builder, node);
    WB_ASSIGN(const auto scales, scalesOf(builder, node));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto pair = numeric::scaleShift(scales[0] * scales[1] / codesOf(type).scale, 8);
    if (pair.multiplier < 0 || pair.multiplier > 127) return commonRule(builder, node);
    WB_ASSIGN(const auto operands, codeOperands(builder, node));
    ir::AttributeMap a = withRelu(node);
    a.erase("is_scalar");
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    setPair(a, {pair.multiplier, std::clamp(pair.shift, 0, 31)});
    emitLowered(builder, node, "tpu.Mul", valuesOf(operands), std::move(type), std::move(a));
    return precision;
}

/// x + c: the constant is a number of 16 bits at the multiplied scale. x * c: the constant is the multiplier.
Result<Precision> lowerShiftedConst(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return commonRule(builder, node);
    const bool add = node.op == "top.AddConst";
    const auto value = static_cast<float>(node.attributes.real("const_val"));
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double scaleOut = codesOf(type).scale;
    const auto pair = eightBits(add ? 1.0F : value, codesOf(builder.target().value(in).type).scale, scaleOut);
    ir::AttributeMap a = withRelu(node);
    if (!a.has("is_scalar")) a.set("is_scalar", false);
    if (add) {
        const auto factor = static_cast<float>(std::ldexp(1.0, static_cast<int>(pair.shift)) / scaleOut);
        a.set("const_val", static_cast<double>(numeric::narrowBias(std::span(&value, 1), factor).codes[0]));
        a.set("f8_scale", 1.0);
    } else {
        a.set("const_val", static_cast<double>(value));
    }
    setPair(a, pair);
    emitLowered(builder, node, add ? "tpu.AddConst" : "tpu.MulShift", {in}, std::move(type), std::move(a));
    return precision;
}

/// The extreme of a tensor and a number: compared at the multiplied scale with the number's 16 bits.
Result<Precision> lowerShiftedExtreme(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return commonRule(builder, node);
    const auto value = static_cast<float>(node.attributes.real("const_val"));
    WB_ASSIGN(const Codes own, codesOfOperand(builder, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double scaleOut = codesOf(type).scale;
    int shift = numeric::rightShiftOfRatio(own.scale / scaleOut);
    const auto codeAt = [&](int s) {
        return numeric::narrowBias(std::span(&value, 1), static_cast<float>(std::ldexp(1.0, s) / scaleOut));
    };
    auto code = codeAt(shift);
    for (int tries = 5; code.overflowed > 0 && tries > 0; --tries)
        code = codeAt(--shift);
    if (shift <= 0) return commonRule(builder, node);
    shift = std::min(shift, 31);
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    constexpr float kOne = 1;
    const auto multiplier = numeric::codesTimes(std::span(&kOne, 1), shiftedScale(shift, own.scale, scaleOut))[0];
    ir::AttributeMap a = withRelu(node);
    if (!a.has("is_scalar")) a.set("is_scalar", false);
    a.set("const_val", static_cast<double>(code.codes[0]));
    setPair(a, {multiplier, shift});
    emitLowered(builder, node, node.op == "top.MaxConst" ? "tpu.MaxConst" : "tpu.MinConst", {in}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void bm1684_binary(LoweringTable& table) {
    table.add("top.Add", lowerShiftedAdd);
    table.add("top.Sub", lowerShiftedAdd);
    table.add("top.Mul", lowerShiftedMul);
    table.add("top.AddConst", lowerShiftedConst);
    table.add("top.MulConst", lowerShiftedConst);
    table.add("top.MaxConst", lowerShiftedExtreme);
    table.add("top.MinConst", lowerShiftedExtreme);
}

} // namespace wb::ops
