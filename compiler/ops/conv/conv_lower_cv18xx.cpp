// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions on CV18xx: a factor of 31 bits and a shift for each output channel (dossier section 5.5). Nearest upsampling is
// a deconvolution by ones there.
#include "compiler/ops/conv/conv_codes.h"
#include "compiler/ops/support/qdm_codes.h"

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

Result<Precision> asOnBm1684x(LoweringBuilder& builder, const ir::Node& node) {
    return loweringTable().find(node.op)(builder, node, Precision::BF16);
}

void setQdm(ir::AttributeMap& a, const QdmFilter& q) {
    a.set("quant_mode", tpuEnum("rq_mode", "QDM"));
    a.set("multiplier", ir::Attribute::ints(q.multipliers));
    a.set("rshift", ir::Attribute::ints(q.shifts));
    a.set("relu_limit", -1.0);
}

struct QdmParts {
    ValueId in = ir::kNoValue, filter = ir::kNoValue, bias = ir::kNoValue;
    ir::TensorType type;
    QdmFilter q;
};

Result<QdmParts> qdmParts(LoweringBuilder& builder, const ir::Node& node, const std::vector<float>& filter,
                          const std::vector<float>& bias, const ir::Shape& filterShape) {
    QdmParts parts;
    WB_ASSIGN(parts.in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(parts.type, builder.typeFor(node.results[0], Precision::Int8));
    auto& target = builder.target();
    const int64_t channels = parts.type.shape.at(1);
    parts.q = qdmFilter(filter, bias, channels, thresholdOf(target.value(parts.in).type), thresholdOf(parts.type));
    const auto& name = resultName(builder, node);
    parts.filter = target.addWeight(name + "_filter_i8", Tensor::of<int8_t>(ElementType::Si8, filterShape, parts.q.codes));
    ir::Shape biasShape(parts.type.shape.size(), 1);
    biasShape[1] = channels;
    if (!bias.empty())
        parts.bias = target.addWeight(name + "_bias_int32", Tensor::of<int32_t>(ElementType::I32, biasShape, parts.q.bias));
    return parts;
}

/// Filter and bias of the node, and whether they are constants of a two-dimensional convolution.
struct Constants {
    std::vector<float> filter, bias;
};
Result<std::optional<Constants>> constantsOf(LoweringBuilder& builder, const ir::Node& node) {
    const auto& source = builder.source();
    if (source.weight(node.operands.at(1)) == nullptr || source.value(node.results[0]).type.shape.size() != 4)
        return std::optional<Constants>{};
    Constants c;
    WB_ASSIGN(c.filter, constantValues(builder, node.operands[1]));
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        WB_ASSIGN(c.bias, constantValues(builder, node.operands[2]));
    }
    return std::optional<Constants>{std::move(c)};
}

Result<Precision> lowerQdmConv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return lowerConvFloat(builder, node, Precision::BF16);
    WB_ASSIGN(const auto constants, constantsOf(builder, node));
    if (!constants) return lowerConvFloat(builder, node, Precision::BF16);
    WB_ASSIGN(auto parts, qdmParts(builder, node, constants->filter, constants->bias,
                                   builder.source().value(node.operands[1]).type.shape));
    ir::AttributeMap a = node.attributes;
    convDefaults(a, parts.bias != ir::kNoValue);
    a.set("do_winograd", false);
    setQdm(a, parts.q);
    emitLowered(builder, node, "tpu.Conv2D", {parts.in, parts.filter, parts.bias}, std::move(parts.type), std::move(a));
    return precision;
}

Result<Precision> lowerQdmDeconv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return asOnBm1684x(builder, node);
    WB_ASSIGN(const auto constants, constantsOf(builder, node));
    if (!constants) return asOnBm1684x(builder, node);
    WB_ASSIGN(auto parts, qdmParts(builder, node, constants->filter, constants->bias,
                                   builder.source().value(node.operands[1]).type.shape));
    ir::AttributeMap a = node.attributes;
    a.set("with_bias", parts.bias != ir::kNoValue);
    setQdm(a, parts.q);
    emitLowered(builder, node, "tpu.Deconv", {parts.in, parts.filter, parts.bias}, std::move(parts.type), std::move(a));
    return precision;
}

/// Every element written `scale_h` times `scale_w` times; in BF16 that is a move.
Result<Precision> lowerUpsampleAsDeconv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& shape = builder.source().value(node.results[0]).type.shape;
    const int64_t sh = node.attributes.integer("scale_h", 1), sw = node.attributes.integer("scale_w", 1);
    if (precision != Precision::Int8 || shape.size() != 4 || sh < 1 || sw < 1 || sh > 64 || sw > 64)
        return asOnBm1684x(builder, node);
    const std::vector<float> ones(static_cast<size_t>(shape[1] * sh * sw), 1.0F);
    WB_ASSIGN(auto parts, qdmParts(builder, node, ones, {}, {shape[1], 1, 1, sh, sw}));
    ir::AttributeMap a;
    a.set("dilations", ir::Attribute::ints({1, 1}));
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("dynweight_reorderd", false);
    a.set("group", shape[1]);
    a.set("inserts", ir::Attribute::ints({0, 0}));
    a.set("kernel_shape", ir::Attribute::ints({sh, sw}));
    a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
    a.set("strides", ir::Attribute::ints({sh, sw}));
    a.set("with_bias", false);
    setQdm(a, parts.q);
    emitLowered(builder, node, "tpu.Deconv", {parts.in, parts.filter, ir::kNoValue}, std::move(parts.type), std::move(a));
    return precision;
}

/// y = x * scale[c] + bias[c] as a depthwise convolution of one tap.
Result<Precision> lowerQdmScale(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& shape = builder.source().value(node.results[0]).type.shape;
    WB_ASSIGN(const auto factors, constantValues(builder, node.operands.at(1)));
    const auto channels = static_cast<int64_t>(factors.size());
    if (precision != Precision::Int8 || shape.size() != 4 || shape[1] != channels) return asOnBm1684x(builder, node);
    std::vector<float> bias;
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        WB_ASSIGN(bias, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(auto parts, qdmParts(builder, node, factors, bias, {channels, 1, 1, 1}));
    ir::AttributeMap a;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("dynweight_reorderd", false);
    a.set("group", channels);
    a.set("kernel_shape", ir::Attribute::ints({1, 1}));
    a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
    a.set("strides", ir::Attribute::ints({1, 1}));
    convDefaults(a, parts.bias != ir::kNoValue);
    a.set("do_winograd", false);
    setQdm(a, parts.q);
    emitLowered(builder, node, "tpu.Conv2D", {parts.in, parts.filter, parts.bias}, std::move(parts.type), std::move(a));
    return precision;
}

} // namespace

void cv18xx_conv(LoweringTable& table) {
    table.add("top.Conv", lowerQdmConv);
    table.add("top.Deconv", lowerQdmDeconv);
    table.add("top.Upsample", lowerUpsampleAsDeconv);
    table.add("top.Scale", lowerQdmScale);
}

} // namespace wb::ops
