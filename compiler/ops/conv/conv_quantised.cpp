// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions of networks that bring their own scales: Σ x · (w - zero point of w) + bias in 32 bits, where the bias holds
// what the input's zero point adds and borders are filled with that; then a requant by scale(x) · scale(w) / scale(y).
#include "compiler/ops/conv/conv_codes.h"
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>

namespace wb::ops {
namespace {

struct FilterCodes {
    ir::Tensor codes;
    std::vector<double> scales; ///< one, or one an output channel
    int64_t zeroPoint = 0;
    bool isSigned = true;
};

Result<FilterCodes> filterCodesOf(const LoweringBuilder& builder, const ir::Node& node, size_t channelAxis) {
    const auto& source = builder.source();
    const ir::Value& value = source.value(node.operands.at(1));
    const ir::Tensor* data = source.weight(node.operands[1]);
    const auto* quant = value.type.uniform();
    if (data == nullptr || quant == nullptr || ir::sizeInBytes(data->type()) != 1)
        return Error{Code::OperatorNotLowered, "the filter is not constant codes"}.atNode(resultName(builder, node));
    FilterCodes filter{*data, quant->scales, quant->zeroPoint(), ir::isSignedInteger(data->type())};
    if (std::any_of(quant->zeroPoints.begin(), quant->zeroPoints.end(), [&](int64_t z) { return z != filter.zeroPoint; }))
        return Error{Code::OperatorNotLowered, "the filter's channels have different zero points"}.atNode(resultName(builder, node));
    if (filter.scales.size() > 1 &&
        (quant->axis != static_cast<int32_t>(channelAxis) ||
         static_cast<int64_t>(filter.scales.size()) != data->shape()[channelAxis]))
        return Error{Code::OperatorNotLowered, "the filter's scales are not of its output channels"}.atNode(resultName(builder, node));
    return filter;
}

/// Codes as int64, in the tensor's order.
int64_t filterCode(const FilterCodes& f, int64_t index) {
    return f.isSigned ? int64_t{f.codes.data<int8_t>()[index]} : int64_t{f.codes.data<uint8_t>()[index]};
}

/// bias[c] - zeroIn · Σ (w[c] - zero point); nothing where both are absent.
Result<std::vector<int32_t>> mergedBias(const LoweringBuilder& builder, const ir::Node& node, const FilterCodes& f,
                                        int64_t zeroIn, bool& given) {
    const int64_t channels = f.codes.shape().front();
    const int64_t each = f.codes.elementCount() / std::max<int64_t>(channels, 1);
    std::vector<int32_t> bias(static_cast<size_t>(channels), 0);
    given = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    if (given) {
        const ir::Tensor* data = builder.source().weight(node.operands[2]);
        if (data == nullptr || data->type() != ir::ElementType::I32 || data->elementCount() != channels)
            return Error{Code::OperatorNotLowered, "the bias is not 32-bit codes, one a channel"}.atNode(resultName(builder, node));
        std::copy_n(data->data<int32_t>(), channels, bias.begin());
    }
    for (int64_t c = 0; zeroIn != 0 && c < channels; ++c) {
        int64_t sum = 0;
        for (int64_t i = c * each; i < (c + 1) * each; ++i)
            sum += filterCode(f, i) - f.zeroPoint;
        bias[static_cast<size_t>(c)] = static_cast<int32_t>(
            std::clamp<int64_t>(bias[static_cast<size_t>(c)] - zeroIn * sum, INT32_MIN, INT32_MAX));
    }
    given = given || zeroIn != 0;
    return bias;
}

/// `op`: tpu.Conv2D or tpu.Deconv, whose filters both have their output channels first.
Result<Precision> lowerSums(LoweringBuilder& builder, const ir::Node& node, const char* op) {
    ir::Graph& target = builder.target();
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(const FilterCodes filter, filterCodesOf(builder, node, 0));
    WB_ASSIGN(const ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    if (type.shape.size() != 4)
        return Error{Code::OperatorNotLowered, "a convolution of codes over " + ir::toText(type.shape)};
    const Codes x = codesOf(target.value(in).type), y = codesOf(type);
    const std::string& name = resultName(builder, node);
    bool withBias = false;
    WB_ASSIGN(const std::vector<int32_t> numbers, mergedBias(builder, node, filter, x.zeroPoint, withBias));
    ir::ValueId bias = ir::kNoValue;
    if (withBias)
        bias = target.addWeight(name + "_merge_bias",
                                ir::Tensor::of<int32_t>(ir::ElementType::I32, {static_cast<int64_t>(numbers.size())}, numbers));
    ir::AttributeMap a = node.attributes;
    if (std::string_view(op) == "tpu.Conv2D") {
        convDefaults(a, withBias);
        a.set("kernel_zp", filter.zeroPoint);
    }
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("relu_limit", -1.0);
    a.set("with_bias", withBias);
    const ir::ValueId sums = target.add(op, {in, builder.lowered(node.operands[1]), bias}, name + "_int32",
                                        {ir::ElementType::I32, type.shape, true, {}}, std::move(a));
    std::vector<double> factors;
    for (const double scale : filter.scales)
        factors.push_back(x.scale * scale / y.scale);
    emitRequant(builder, node, sums, factors, 1, type, true);
    return Precision::Int8;
}

Result<Precision> lowerQuantisedConv(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerSums(builder, node, "tpu.Conv2D");
}

Result<Precision> lowerQuantisedDeconv(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const auto* filter = builder.source().value(node.operands.at(1)).type.uniform();
    if (filter == nullptr || filter->zeroPoint() != 0 || node.attributes.integer("group", 1) != 1)
        return Error{Code::OperatorNotLowered, "a transposed convolution whose filter has a zero point, or groups"};
    return lowerSums(builder, node, "tpu.Deconv");
}

} // namespace

void quantised_conv(LoweringTable& table);
void quantised_conv(LoweringTable& table) {
    table.add("top.Conv", lowerQuantisedConv);
    table.add("top.Deconv", lowerQuantisedDeconv);
}

} // namespace wb::ops
