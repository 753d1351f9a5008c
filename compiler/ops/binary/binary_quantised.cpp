// SPDX-License-Identifier: GPL-3.0-or-later
// Sums, differences and products of networks that bring their own scales, as TensorFlow Lite works them out: operands of a
// sum are lifted by 20 bits and brought to twice the larger scale, a product is requantised once.
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

constexpr int kLift = 20; ///< bits by which codes are lifted before they are added

/// A constant operand, lifted here.
ir::ValueId liftedConstant(LoweringBuilder& builder, const ir::Node& node, size_t index, double factor) {
    const ir::Value& value = builder.source().value(node.operands[index]);
    const ir::Tensor& codes = *builder.source().weight(node.operands[index]);
    const bool isSigned = ir::isSignedInteger(codes.type());
    const auto pair = numeric::quantisedMultiplier(factor);
    std::vector<int32_t> lifted(static_cast<size_t>(codes.elementCount()));
    for (size_t i = 0; i < lifted.size(); ++i) {
        const int64_t code = isSigned ? int64_t{codes.data<int8_t>()[i]} : int64_t{codes.data<uint8_t>()[i]};
        lifted[i] = numeric::multiplyQuantised((code - value.type.uniform()->zeroPoint()) * (1 << kLift), pair);
    }
    return builder.target().addWeight(resultName(builder, node) + "_dequant_" + std::to_string(index),
                                      ir::Tensor::of<int32_t>(ir::ElementType::I32, codes.shape(), lifted));
}

bool isCodeOperand(const LoweringBuilder& builder, ir::ValueId source) {
    const ir::TensorType& type = builder.source().value(source).type;
    return type.uniform() != nullptr && ir::sizeInBytes(type.element) == 1 && !type.uniform()->axis;
}

Result<Precision> lowerQuantisedSum(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    const auto& source = builder.source();
    WB_ASSIGN(const ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    double largest = 0;
    for (const ir::ValueId operand : node.operands) {
        if (node.operands.size() != 2 || !isCodeOperand(builder, operand))
            return Error{Code::OperatorNotLowered, "a sum of other operands than two of codes"};
        largest = std::max(largest, source.value(operand).type.uniform()->scale());
    }
    const double common = 2 * largest;
    const std::string& name = resultName(builder, node);
    std::vector<ir::ValueId> operands;
    for (size_t i = 0; i < 2; ++i) {
        const double factor = source.value(node.operands[i]).type.uniform()->scale() / common;
        if (source.weight(node.operands[i]) != nullptr) {
            operands.push_back(liftedConstant(builder, node, i, factor));
            continue;
        }
        WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands[i]));
        const auto pair = numeric::quantisedMultiplier(factor);
        ir::AttributeMap a;
        a.set("lshift", kLift);
        a.set("multiplier", ir::Attribute::si32(pair.multiplier));
        a.set("quant_mode", tpuEnum("dq_mode", "TFLite"));
        a.set("round_mode", roundMode("HalfAwayFromZero"));
        a.set("shift", -pair.shift);
        operands.push_back(target.add("tpu.DequantInt", {in}, name + "_dequant_" + std::to_string(i),
                                      {ir::ElementType::I32, target.value(in).type.shape, true, {}}, std::move(a)));
    }
    ir::AttributeMap a = node.attributes;
    a.set("do_relu", a.boolean("do_relu"));
    a.set("relu_limit", -1.0);
    const bool minus = node.op == "top.Sub";
    const ir::ValueId sum = target.add(minus ? "tpu.Sub" : "tpu.Add", std::move(operands), name + (minus ? "_sub" : "_add"),
                                       {ir::ElementType::I32, type.shape, true, {}}, std::move(a));
    emitRequant(builder, node, sum, {std::ldexp(common, -kLift) / codesOf(type).scale}, 1, type, true);
    return Precision::Int8;
}

Result<Precision> lowerQuantisedMul(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    WB_ASSIGN(const ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    std::vector<ir::ValueId> operands;
    double factor = 1 / codesOf(type).scale;
    for (const ir::ValueId operand : node.operands) {
        if (node.operands.size() != 2 || !isCodeOperand(builder, operand))
            return Error{Code::OperatorNotLowered, "a product of other operands than two of codes"};
        WB_ASSIGN(const ir::ValueId in, builder.source().weight(operand) != nullptr
                                            ? Result<ir::ValueId>(builder.lowered(operand))
                                            : int8Operand(builder, node, operand));
        operands.push_back(in);
        factor *= builder.source().value(operand).type.uniform()->scale();
    }
    ir::AttributeMap a = node.attributes;
    a.erase("is_scalar");
    setQuantisedFactor(a, factor);
    const CodeRange range = codeRangeOf(node, type);
    a.set("do_relu", false);
    a.set("relu_limit", -1.0);
    const std::string name = resultName(builder, node) + (range.whole ? "" : "_whole");
    const ir::ValueId product = target.add("tpu.Mul", std::move(operands), name, type, std::move(a));
    builder.bind(node.results[0], product);
    if (range.whole) return Precision::Int8;
    return emitCodeTable(builder, node, product, type, [&](int64_t code) { return std::clamp(code, range.low, range.high); });
}

} // namespace

void quantised_binary(LoweringTable& table);
void quantised_binary(LoweringTable& table) {
    table.add("top.Add", lowerQuantisedSum);
    table.add("top.Sub", lowerQuantisedSum);
    table.add("top.Mul", lowerQuantisedMul);
}

} // namespace wb::ops
