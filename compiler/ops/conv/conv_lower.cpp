// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution, deconvolution and per-channel scale on BM1684X: weights per output channel at
// max/127, 32-bit bias, one multiplier and shift a channel (dossier section 5.5).
#include "compiler/ops/conv/sum_followers.h"
#include "compiler/ops/conv/sum_forms.h"

#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

/// numeric::toCode of a weight over its channel's scale, which is at most 255: without a call a weight.
int32_t nearestCode(double value) {
    if (!(std::fabs(value) < 1024)) return std::isnan(value) ? 0 : value < 0 ? -1024 : 1024;
    auto whole = static_cast<int32_t>(value);
    const double part = value - whole; // exact
    whole += part >= 0.5 ? 1 : 0;
    whole -= part <= -0.5 ? 1 : 0;
    return whole;
}

} // namespace

QuantisedFilter quantiseFilter(std::span<const float> filter, std::span<const float> bias, int64_t channels,
                               const Codes& in, const Codes& out, std::span<const double> scales) {
    QuantisedFilter result;
    const auto perChannel = static_cast<int64_t>(filter.size()) / channels;
    result.isSigned =
        !bias.empty() || std::any_of(filter.begin(), filter.end(), [](float w) { return w < 0; });
    result.codes.resize(filter.size());
    const float most = result.isSigned ? 127.0F : 255.0F;
    double scaleIn = in.scale;
    if (scaleIn <= 1e-5) { // an input that is always zero: keep the bias within reach
        float largest = 0;
        for (const float b : bias.empty() ? filter : bias)
            largest = std::max(largest, std::fabs(b));
        scaleIn = largest / 127.0;
    }
    for (int64_t c = 0; c < channels; ++c) {
        const float* w = filter.data() + c * perChannel;
        float largest = 0;
        for (int64_t i = 0; i < perChannel; ++i)
            largest = std::max(largest, std::fabs(w[i]));
        const double scale = scales.empty() ? static_cast<double>(std::max(largest / most, 1e-5F))
                                            : scales[static_cast<size_t>(c)];
        int64_t sum = 0;
        const int32_t low = result.isSigned ? -128 : 0, high = result.isSigned ? 127 : 255;
        int8_t* codes = result.codes.data() + c * perChannel;
        for (int64_t i = 0; i < perChannel; ++i) {
            const int32_t code = std::clamp(nearestCode(w[i] / scale), low, high);
            codes[i] = static_cast<int8_t>(code);
            sum += code;
        }
        const auto pair = numeric::scaleShift(scale * scaleIn / out.scale, 32);
        result.multipliers.push_back(pair.multiplier);
        result.shifts.push_back(pair.shift);
        result.steps.push_back(scale * scaleIn);
        result.starts.push_back((bias.empty() ? 0 : static_cast<double>(bias[static_cast<size_t>(c)])) -
                                static_cast<double>(in.zeroPoint * sum) * scale * scaleIn);
        if (!bias.empty() || in.zeroPoint != 0) {
            const double b = bias.empty() ? 0 : bias[static_cast<size_t>(c)] / (scale * scaleIn);
            result.bias.push_back(
                numeric::toCode<int32_t>(b - static_cast<double>(in.zeroPoint * sum)));
        }
    }
    return result;
}

void convDefaults(ir::AttributeMap& a, bool withBias) {
    a.set("coeff_merged", false);
    a.set("kernel_zp", 0);
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("round_mode", roundMode("HalfUp"));
    a.set("support_compress", true);
    a.set("use_3ic_optimize", 0);
    a.set("weight_is_coeff", 1);
    a.set("with_bias", withBias);
}

Result<Precision> lowerConvFloat(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    ir::AttributeMap a = node.attributes;
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    convDefaults(a, withBias);
    WB_ASSIGN(const ValueId in, operandFor(builder, node, node.operands[0], precision));
    WB_ASSIGN(const ValueId filter, operandFor(builder, node, node.operands[1], precision));
    const ValueId bias = withBias ? builder.lowered(node.operands[2]) : ir::kNoValue; // stays f32
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    emitLowered(builder, node, "tpu.Conv2D", {in, filter, bias}, std::move(type), std::move(a));
    return precision;
}

namespace {

ValueId addFilter(LoweringBuilder& builder, const ir::Node& node, const QuantisedFilter& q,
                  const ir::Shape& shape) {
    const auto type = q.isSigned ? ElementType::Si8 : ElementType::Ui8;
    return builder.target().addWeight(resultName(builder, node) +
                                          (q.isSigned ? "_filter_i8" : "_filter_u8"),
                                      Tensor::of<int8_t>(type, shape, q.codes));
}

ValueId addBias(LoweringBuilder& builder, const ir::Node& node, const QuantisedFilter& q,
                size_t rank) {
    if (q.bias.empty()) return ir::kNoValue;
    ir::Shape shape(rank, 1);
    shape[1] = static_cast<int64_t>(q.bias.size());
    return builder.target().addWeight(resultName(builder, node) + "_bias_int32",
                                      Tensor::of<int32_t>(ElementType::I32, shape, q.bias));
}

/// The parts of a convolution however it was written: Conv and Deconv nodes, or a Scale seen as a
/// depthwise 1x1 convolution.
struct ConvParts {
    ir::AttributeMap attributes;
    ir::Shape filterShape;
    int64_t channels = 0;
    std::vector<float> filter;
    std::vector<float> bias;
    std::vector<double> scales; ///< of the weights, as the table gives them; mostly empty
    std::optional<SumFollower> follower; ///< its sums become results in float32
};

/// The scales that the table gives for the filter, if it gives as many as there are channels.
std::vector<double> givenScales(const LoweringBuilder& builder, const ir::Node& node, int64_t channels) {
    const ir::Node* weight = builder.source().producer(node.operands.at(1));
    if (weight == nullptr) return {};
    auto scales = weight->attributes.reals(kWeightScales);
    if (scales.size() != static_cast<size_t>(channels)) scales.clear();
    return scales;
}

Result<Precision> lowerConvInt8(LoweringBuilder& builder, const ir::Node& node, ConvParts parts) {
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const auto q = quantiseFilter(parts.filter, parts.bias, parts.channels,
                                  codesOf(builder.target().value(in).type), codesOf(type), parts.scales);
    const ValueId filter = addFilter(builder, node, q, parts.filterShape);
    auto& a = parts.attributes;
    if (parts.follower) {
        eraseSumFollower(a);
        convDefaults(a, false);
        setSumForm(a, sumFormFor(q, codesOf(type), *parts.follower, a.boolean("do_relu")));
        a.set("relu_limit", -1.0);
        if (parts.follower->reach > 0) type = plainFloat(type, Precision::F32);
        emitLowered(builder, node, "tpu.Conv2D", {in, filter, ir::kNoValue}, std::move(type), std::move(a));
        return Precision::Int8;
    }
    const ValueId bias = addBias(builder, node, q, type.shape.size());
    convDefaults(a, bias != ir::kNoValue);
    a.set("do_winograd", false);
    a.set("multiplier", ir::Attribute::ints(q.multipliers));
    a.set("rshift", ir::Attribute::ints(q.shifts));
    a.set("relu_limit", -1.0); // saturation at the calibrated range does the limiting
    emitLowered(builder, node, "tpu.Conv2D", {in, filter, bias}, std::move(type), std::move(a));
    return Precision::Int8;
}

Result<Precision> lowerConv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const bool constant = source.weight(node.operands.at(1)) != nullptr;
    if (precision == Precision::Int8 && constant) {
        ConvParts parts;
        parts.attributes = node.attributes;
        parts.filterShape = source.value(node.operands[1]).type.shape;
        parts.channels = parts.filterShape.front();
        WB_ASSIGN(parts.filter, constantValues(builder, node.operands[1]));
        parts.scales = givenScales(builder, node, parts.channels);
        parts.follower = sumFollowerOf(node, source.value(node.results[0]).type.calibrated());
        if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
            WB_ASSIGN(parts.bias, constantValues(builder, node.operands[2]));
        }
        return lowerConvInt8(builder, node, std::move(parts));
    }
    return lowerConvFloat(builder, node, precision == Precision::Int8 ? Precision::F32 : precision);
}

/// y = x * scale[c] + bias[c] as a depthwise 1x1 convolution.
Result<Precision> lowerScale(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const auto& shape = source.value(node.results[0]).type.shape;
    ConvParts parts;
    WB_ASSIGN(parts.filter, constantValues(builder, node.operands.at(1)));
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        WB_ASSIGN(parts.bias, constantValues(builder, node.operands[2]));
    }
    const auto channels = static_cast<int64_t>(parts.filter.size());
    // A convolution has an axis to walk along; rows of channels (BatchNorm behind a product) have none.
    if (shape.size() != 4 || shape[1] != channels)
        return lowerFloat(builder, node, precision, "tpu.Scale", node.attributes, 0);
    parts.channels = channels;
    parts.filterShape = {channels, 1, 1, 1};
    auto& a = parts.attributes;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("relu_limit", node.attributes.real("relu_limit", -1));
    a.set("dynweight_reorderd", false);
    a.set("group", channels);
    a.set("kernel_shape", ir::Attribute::ints({1, 1}));
    a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
    a.set("strides", ir::Attribute::ints({1, 1}));
    if (precision == Precision::Int8) return lowerConvInt8(builder, node, std::move(parts));
    // The vendor derives new constants: "<name>_scale" for the filter and "<name>_to_bias".
    auto& target = builder.target();
    ValueId bias = ir::kNoValue;
    if (!parts.bias.empty())
        bias = target.addWeight(resultName(builder, node) + "_to_bias",
                                Tensor::of<float>(ElementType::F32, {channels}, parts.bias));
    WB_ASSIGN(const ValueId scale, floatWeight(builder, node.operands[1], precision));
    auto& filterType = target.value(scale).type;
    filterType.shape = parts.filterShape;
    auto& data = target.weights[target.value(scale).name];
    data = data.reshaped(parts.filterShape);
    convDefaults(a, bias != ir::kNoValue);
    WB_ASSIGN(const ValueId in, operandFor(builder, node, node.operands[0], precision));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    emitLowered(builder, node, "tpu.Conv2D", {in, scale, bias}, std::move(type), std::move(a));
    return precision;
}

/// Filters of a deconvolution lie [oc, ic/group, kh, kw], whatever their shape says (conv.cpp).
Result<Precision> lowerDeconv(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    ir::AttributeMap a = node.attributes;
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    const bool inVolumes = source.value(node.results[0]).type.shape.size() > 4; // which the integer model has not
    if (precision == Precision::Int8 && (inVolumes || source.weight(node.operands.at(1)) == nullptr)) precision = Precision::F32;
    if (precision != Precision::Int8) {
        a.set("with_bias", withBias);
        WB_ASSIGN(const ValueId in, operandFor(builder, node, node.operands[0], precision));
        WB_ASSIGN(const ValueId filter, operandFor(builder, node, node.operands.at(1), precision));
        const ValueId bias = withBias ? builder.lowered(node.operands[2]) : ir::kNoValue;
        WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
        emitLowered(builder, node, "tpu.Deconv", {in, filter, bias}, std::move(type), std::move(a));
        return precision;
    }
    WB_ASSIGN(const auto filter, constantValues(builder, node.operands.at(1)));
    std::vector<float> bias;
    if (withBias) {
        WB_ASSIGN(bias, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const int64_t channels = type.shape.at(1);
    const auto q = quantiseFilter(filter, bias, channels, codesOf(builder.target().value(in).type),
                                  codesOf(type));
    const ValueId codes = addFilter(builder, node, q, source.value(node.operands[1]).type.shape);
    const ValueId biasCodes = addBias(builder, node, q, type.shape.size());
    a.set("with_bias", biasCodes != ir::kNoValue);
    a.set("relu_limit", -1.0);
    const auto& name = resultName(builder, node);
    std::vector<int32_t> table;
    for (size_t c = 0; c < q.multipliers.size(); ++c)
        table.insert(table.end(),
                     {static_cast<int32_t>(q.multipliers[c]), static_cast<int32_t>(-q.shifts[c]),
                      static_cast<int32_t>(codesOf(type).zeroPoint)});
    auto& target = builder.target();
    const ValueId quant = target.addWeight(
        name + "_quant_int32", Tensor::of<int32_t>(ElementType::I32, {1, channels, 1, 3}, table));
    const ValueId sums = target.add("tpu.Deconv", {in, codes, biasCodes}, name + "_i32",
                                    {ElementType::I32, type.shape, true, {}}, std::move(a));
    ir::AttributeMap requant;
    requant.set("fuse_rq_axis", false);
    requant.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    requant.set("round_mode", roundMode("HalfAwayFromZero"));
    requant.set("rq_axis", ir::Attribute::si32(1));
    emitLowered(builder, node, "tpu.RequantIntAxis", {sums, quant}, std::move(type),
                std::move(requant));
    return Precision::Int8;
}

} // namespace

void lower_conv(LoweringTable& table) {
    table.add("top.Conv", lowerConv);
    table.add("top.Deconv", lowerDeconv);
    table.add("top.Scale", lowerScale);
}

} // namespace wb::ops
