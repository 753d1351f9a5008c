// SPDX-License-Identifier: GPL-3.0-or-later
// Concatenation: operands of another scale are requantised to the result's first (dossier
// section 5.7).
#include "compiler/numeric/rounding.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

using ir::ValueId;

/// A constant part in the result's codes.
Result<ValueId> constantPart(LoweringBuilder& builder, const ir::Node& node, ValueId source,
                             const ir::TensorType& type) {
    WB_ASSIGN(const auto values, constantValues(builder, source));
    const Codes to = codesOf(type);
    std::vector<int8_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        const double code = values[i] / to.scale + static_cast<double>(to.zeroPoint);
        codes[i] = to.isSigned ? numeric::toCode<int8_t>(code)
                               : static_cast<int8_t>(numeric::toCode<uint8_t>(code));
    }
    const auto& value = builder.source().value(source);
    auto stored = value.type;
    stored.element = type.element;
    stored.quant = type.quant;
    return builder.target().addWeight(value.name + "_to_" + resultName(builder, node),
                                      ir::Tensor::of<int8_t>(type.element, value.type.shape, codes),
                                      stored);
}

Result<Precision> lowerConcat(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    ir::AttributeMap a = node.attributes;
    a.erase("round_mode");
    if (!a.has("only_merge")) a.set("only_merge", false);
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.Concat", std::move(a));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    std::vector<ValueId> operands;
    for (const ValueId source : node.operands) {
        ValueId operand = ir::kNoValue;
        if (builder.source().weight(source) != nullptr) {
            WB_ASSIGN(operand, constantPart(builder, node, source, type));
        } else {
            WB_ASSIGN(const ValueId value, int8Operand(builder, node, source));
            auto wanted = builder.target().value(value).type;
            wanted.element = type.element;
            wanted.quant = type.quant;
            operand = builder.operandAs(source, node, std::move(wanted));
        }
        operands.push_back(operand);
    }
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Concat", std::move(operands), std::move(type), std::move(a));
    return precision;
}

} // namespace

void lower_concat(LoweringTable& table) {
    table.add("top.Concat", lowerConcat);
}

} // namespace wb::ops
