// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"
#include "compiler/ops/support/chip_rules.h"

#include "compiler/numeric/half.h"

namespace wb::ops {

using ir::ElementType;
using ir::TensorType;
using ir::ValueId;

Codes codesOf(const TensorType& type) {
    const auto* quant = type.uniform();
    if (quant == nullptr) return {};
    return {quant->scale(), quant->zeroPoint(), ir::isSignedInteger(type.element)};
}

bool isQuantised(const ir::Graph& graph, ValueId value) {
    return value != ir::kNoValue && graph.value(value).type.uniform() != nullptr;
}

ir::Attribute tpuEnum(std::string kind, std::string value) {
    return ir::EnumAttr{"tpu", std::move(kind), std::move(value)};
}

ir::Attribute roundMode(const char* mode) {
    return tpuEnum("round_mode", mode);
}

void enumeratorsForRounding(ir::AttributeMap& attributes) {
    for (const char* name : {"round_mode", "first_round_mode"}) {
        const auto* attribute = attributes.find(name);
        if (attribute == nullptr) continue;
        if (const auto* text = attribute->as<std::string>()) {
            const std::string word = *text;
            attributes.set(name, roundMode(word.c_str()));
        }
    }
}

ElementType elementFor(Precision precision) {
    switch (precision) {
    case Precision::F16:
        return ElementType::F16;
    case Precision::BF16:
        return ElementType::BF16;
    default:
        return ElementType::F32;
    }
}

TensorType plainFloat(const TensorType& shapeOf, Precision precision) {
    return {elementFor(precision), shapeOf.shape, shapeOf.ranked, {}};
}

const std::string& resultName(const LoweringBuilder& builder, const ir::Node& node) {
    return builder.source().value(node.results.front()).name;
}

Result<ValueId> int8Operand(LoweringBuilder& builder, const ir::Node& user, ValueId source) {
    const ValueId as = builder.lowered(source);
    if (isQuantised(builder.target(), as)) return as;
    WB_ASSIGN(auto type, builder.typeFor(source, Precision::Int8));
    return builder.operandAs(source, user, std::move(type));
}

Result<ValueId> operandFor(LoweringBuilder& builder, const ir::Node& user, ValueId source,
                           Precision precision) {
    if (source == ir::kNoValue) return source;
    precision = precisionOn(builder.options().chip, precision);
    if (builder.source().weight(source) != nullptr) return floatWeight(builder, source, precision);
    if (precision == Precision::Int8) return int8Operand(builder, user, source);
    return builder.operandAs(source, user,
                             plainFloat(builder.source().value(source).type, precision));
}

Result<ValueId> floatWeight(LoweringBuilder& builder, ValueId source, Precision precision) {
    const auto& value = builder.source().value(source);
    const auto* data = builder.source().weight(source);
    if (data == nullptr)
        return Error{Code::WeightMissing, "constant \"" + value.name + "\" has no data"};
    precision = precisionOn(builder.options().chip, precision);
    if (precision == Precision::F32 || precision == Precision::Int8 ||
        data->type() != ElementType::F32)
        return builder.lowered(source);
    const bool half = precision == Precision::F16;
    std::string name = value.name + (half ? "_f16" : "_bf16");
    if (const auto present = builder.target().find(name); present != ir::kNoValue) return present;
    ir::Tensor converted(elementFor(precision), data->shape());
    auto* out = converted.mutableData<uint16_t>();
    const auto in = data->span<float>();
    for (size_t i = 0; i < in.size(); ++i)
        out[i] = half ? numeric::toHalf(in[i]) : numeric::toBfloat16(in[i]);
    TensorType type{elementFor(precision), value.type.shape, value.type.ranked, {}};
    return builder.target().addWeight(std::move(name), std::move(converted), std::move(type));
}

Result<std::vector<float>> constantValues(const LoweringBuilder& builder, ValueId source) {
    const auto* data = source == ir::kNoValue ? nullptr : builder.source().weight(source);
    if (data == nullptr || data->type() != ElementType::F32) {
        const std::string name = source == ir::kNoValue ? "" : builder.source().value(source).name;
        return Error{Code::WeightMissing, "operand \"" + name + "\" is not a float constant"};
    }
    const auto values = data->span<float>();
    return std::vector<float>(values.begin(), values.end());
}

ValueId emitLowered(LoweringBuilder& builder, const ir::Node& node, std::string op,
                    std::vector<ValueId> operands, TensorType type, ir::AttributeMap attributes) {
    const ValueId result =
        builder.target().add(std::move(op), std::move(operands), resultName(builder, node),
                             std::move(type), std::move(attributes));
    builder.bind(node.results.front(), result);
    return result;
}

Result<Precision> lowerFloat(LoweringBuilder& builder, const ir::Node& node, Precision precision,
                             std::string op, ir::AttributeMap attributes, int absent) {
    if (precision == Precision::Int8) precision = Precision::F32;
    precision = precisionOn(builder.options().chip, precision);
    std::vector<ValueId> operands;
    for (const ValueId source : node.operands) {
        WB_ASSIGN(const ValueId operand, operandFor(builder, node, source, precision));
        operands.push_back(operand);
    }
    operands.insert(operands.end(), static_cast<size_t>(absent), ir::kNoValue);
    WB_ASSIGN(auto type, builder.typeFor(node.results.front(), precision));
    emitLowered(builder, node, std::move(op), std::move(operands), std::move(type),
                std::move(attributes));
    return precision;
}

Result<Precision> lowerMover(LoweringBuilder& builder, const ir::Node& node, Precision precision,
                             std::string op, ir::AttributeMap attributes, int absent) {
    const ValueId source = node.operands.front();
    WB_ASSIGN(const ValueId operand, operandFor(builder, node, source, precision));
    // A constant has no codes of its own to carry over.
    if (precision == Precision::Int8 && builder.target().value(operand).type.uniform() == nullptr)
        return lowerMover(builder, node, Precision::F32, std::move(op), std::move(attributes), absent);
    std::vector<ValueId> operands{operand};
    operands.insert(operands.end(), static_cast<size_t>(absent), ir::kNoValue);
    WB_ASSIGN(auto type, builder.typeFor(node.results.front(), precision));
    // Codes are carried over, so scale and sign must be the operand's whatever the table says.
    if (precision == Precision::Int8) {
        type.element = builder.target().value(operand).type.element;
        auto quant = *builder.target().value(operand).type.uniform();
        quant.expressed = ir::ElementType::F32;
        type.quant = std::move(quant);
    }
    emitLowered(builder, node, std::move(op), std::move(operands), std::move(type),
                std::move(attributes));
    return precision;
}

} // namespace wb::ops
