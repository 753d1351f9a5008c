// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions on BM1684: one shift for the whole filter, weights of 8 and a bias of 16 bits at the scale that the shift
// leaves (dossier section 5.5).
#include "compiler/ops/conv/conv_codes.h"
#include "compiler/ops/support/shift_codes.h"

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

struct ShiftedParts {
    ValueId in = ir::kNoValue, filter = ir::kNoValue, bias = ir::kNoValue;
    ir::TensorType type;
    int shift = 0;
};

/// Operands and result type in INT8; nothing where even no shift would leave the weights too large.
Result<std::optional<ShiftedParts>> shiftedParts(LoweringBuilder& builder, const ir::Node& node) {
    WB_ASSIGN(const auto filter, constantValues(builder, node.operands.at(1)));
    std::vector<float> bias;
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    if (withBias) {
        WB_ASSIGN(bias, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(const Codes own, codesOfOperand(builder, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const auto q = shiftedFilter(filter, bias, own.scale, codesOf(type).scale);
    if (!q) return std::optional<ShiftedParts>{};
    ShiftedParts parts;
    WB_ASSIGN(parts.in, int8Operand(builder, node, node.operands[0]));
    const auto& name = resultName(builder, node);
    auto& target = builder.target();
    parts.filter = target.addWeight(
        name + "_filter_int8",
        Tensor::of<int8_t>(ElementType::I8, builder.source().value(node.operands[1]).type.shape, q->codes));
    if (withBias)
        parts.bias = target.addWeight(name + "_bias_int16",
                                      Tensor::of<int16_t>(ElementType::I16, builder.source().value(node.operands[2]).type.shape, q->bias));
    parts.type = std::move(type);
    parts.shift = q->shift;
    return std::optional<ShiftedParts>{std::move(parts)};
}

Result<Precision> lowerShiftedConv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    if (precision != Precision::Int8 || source.weight(node.operands.at(1)) == nullptr ||
        source.value(node.results[0]).type.shape.size() != 4)
        return lowerConvFloat(builder, node, Precision::F32);
    WB_ASSIGN(auto parts, shiftedParts(builder, node));
    if (!parts) return lowerConvFloat(builder, node, Precision::F32);
    ir::AttributeMap a = node.attributes;
    convDefaults(a, parts->bias != ir::kNoValue);
    a.set("do_winograd", false);
    a.set("quant_mode", tpuEnum("rq_mode", "OnlyShift"));
    a.set("rshift", ir::Attribute::ints({parts->shift}));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Conv2D", {parts->in, parts->filter, parts->bias}, std::move(parts->type), std::move(a));
    return Precision::Int8;
}

Result<Precision> lowerShiftedDeconv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const LoweringRule common = loweringTable().find(node.op);
    if (precision != Precision::Int8 || source.weight(node.operands.at(1)) == nullptr ||
        source.value(node.results[0]).type.shape.size() != 4)
        return common(builder, node, Precision::F32);
    WB_ASSIGN(auto parts, shiftedParts(builder, node));
    if (!parts) return common(builder, node, Precision::F32);
    ir::AttributeMap a = node.attributes;
    a.set("quant_mode", tpuEnum("rq_mode", "OnlyShift"));
    a.set("multiplier", ir::Attribute::ints({1}));
    a.set("rshift", ir::Attribute::ints({parts->shift}));
    a.set("with_bias", parts->bias != ir::kNoValue);
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Deconv", {parts->in, parts->filter, parts->bias}, std::move(parts->type), std::move(a));
    return Precision::Int8;
}

/// y = (x * scale[c] + bias[c]) >> shift[c]: half of what is shifted out is part of the bias.
Result<Precision> lowerShiftedScale(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8 || builder.source().value(node.results[0]).type.shape.size() < 2)
        return lowerFloat(builder, node, Precision::F32, "tpu.Scale", node.attributes, node.operands.size() > 2 ? 1 : 2);
    WB_ASSIGN(const auto factors, constantValues(builder, node.operands.at(1)));
    std::vector<float> offsets(factors.size(), 0);
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        WB_ASSIGN(offsets, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const double scaleIn = codesOf(builder.target().value(in).type).scale, scaleOut = codesOf(type).scale;
    std::vector<int8_t> scales, lifts;
    std::vector<int16_t> biases;
    for (size_t c = 0; c < factors.size(); ++c) {
        int shift = numeric::rightShiftOfRatio(static_cast<double>(factors[c]) * scaleIn / scaleOut);
        const auto biasAt = [&](int s) {
            return numeric::narrowBias(std::span(&offsets[c], 1), static_cast<float>(std::ldexp(1.0, s) / scaleOut));
        };
        auto bias = biasAt(shift);
        while (bias.overflowed > 0.03 && shift > 0)
            bias = biasAt(--shift);
        int16_t code = bias.codes[0];
        if (shift > 0) code = std::max(static_cast<int16_t>(static_cast<uint16_t>(code) + (1U << (shift - 1))), code);
        biases.push_back(code);
        lifts.push_back(static_cast<int8_t>(-shift));
        scales.push_back(numeric::codesTimes(std::span(&factors[c], 1), shiftedScale(shift, scaleIn, scaleOut))[0]);
    }
    const auto& name = resultName(builder, node);
    const auto& shape = builder.source().value(node.operands[1]).type.shape;
    auto& target = builder.target();
    const ValueId scale = target.addWeight(name + "_scale_int8", Tensor::of<int8_t>(ElementType::I8, shape, scales));
    const ValueId bias = target.addWeight(name + "_bias_int16", Tensor::of<int16_t>(ElementType::Si16, shape, biases));
    const ValueId lift = target.addWeight(name + "_lshift_i8", Tensor::of<int8_t>(ElementType::I8, shape, lifts));
    ir::AttributeMap a;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Scale", {in, scale, bias, lift}, std::move(type), std::move(a));
    return Precision::Int8;
}

} // namespace

void bm1684_conv(LoweringTable& table) {
    table.add("top.Conv", lowerShiftedConv);
    table.add("top.Deconv", lowerShiftedDeconv);
    table.add("top.Scale", lowerShiftedScale);
}

} // namespace wb::ops
