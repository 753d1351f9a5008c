// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products of networks that bring their own scales: 32-bit sums with both zero points taken off, then a requant.
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<Precision> lowerQuantisedMatmul(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    const auto& source = builder.source();
    const std::string& name = resultName(builder, node);
    WB_ASSIGN(const ir::ValueId left, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(const ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    const Codes x = codesOf(target.value(left).type), y = codesOf(type);
    const ir::TensorType& rightType = source.value(node.operands.at(1)).type;
    const ir::Tensor* constant = source.weight(node.operands[1]);
    if (rightType.uniform() == nullptr || ir::sizeInBytes(rightType.element) != 1)
        return Error{Code::OperatorNotLowered, "the right side is not codes"};
    const auto& zeros = rightType.uniform()->zeroPoints;
    const int64_t columns = rightType.shape.back(), zeroRight = zeros.front();
    const auto& scales = rightType.uniform()->scales;
    if (std::any_of(zeros.begin(), zeros.end(), [&](int64_t z) { return z != zeroRight; }) ||
        (scales.size() > 1 && (rightType.uniform()->axis != static_cast<int32_t>(rightType.shape.size()) - 1 ||
                               rightType.shape.size() != 2)))
        return Error{Code::OperatorNotLowered, "the right side's scales are not of its columns"};
    ir::ValueId right = builder.lowered(node.operands[1]), bias = ir::kNoValue;
    if (constant == nullptr) {
        WB_ASSIGN(right, int8Operand(builder, node, node.operands[1]));
    }
    const bool hasBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    std::vector<int32_t> numbers(static_cast<size_t>(columns), 0);
    if (hasBias) {
        const ir::Tensor* data = source.weight(node.operands[2]);
        if (data == nullptr || data->type() != ir::ElementType::I32 || data->elementCount() != columns)
            return Error{Code::OperatorNotLowered, "the bias is not 32-bit codes, one a column"};
        std::copy_n(data->data<int32_t>(), columns, numbers.begin());
    }
    // A constant right side takes the left one's zero point into the bias.
    const bool merged = constant != nullptr && constant->shape().size() == 2 && x.zeroPoint != 0;
    for (int64_t j = 0; merged && j < columns; ++j) {
        int64_t sum = 0;
        for (int64_t k = 0; k < constant->shape()[0]; ++k) {
            const int64_t at = k * columns + j;
            sum += (ir::isSignedInteger(constant->type()) ? int64_t{constant->data<int8_t>()[at]}
                                                          : int64_t{constant->data<uint8_t>()[at]}) -
                   zeroRight;
        }
        numbers[static_cast<size_t>(j)] = static_cast<int32_t>(
            std::clamp<int64_t>(numbers[static_cast<size_t>(j)] - x.zeroPoint * sum, INT32_MIN, INT32_MAX));
    }
    if (hasBias || merged)
        bias = target.addWeight(name + "_merge_bias", ir::Tensor::of<int32_t>(ir::ElementType::I32, {1, columns}, numbers));
    ir::AttributeMap a = node.attributes;
    a.set("fuse_rq", false);
    a.set("input_zp", merged ? int64_t{0} : x.zeroPoint);
    a.set("left_reuse", 1);
    a.set("multipliers", ir::Attribute::ints({1}));
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("relu_limit", -1.0);
    a.set("right_zp", zeroRight);
    a.set("round_mode", roundMode("HalfAwayFromZero"));
    a.set("rshifts", ir::Attribute::ints({0}));
    const ir::ValueId sums = target.add("tpu.MatMul", {left, right, bias, ir::kNoValue, ir::kNoValue}, name + "_int32",
                                        {ir::ElementType::I32, type.shape, true, {}}, std::move(a));
    std::vector<double> factors;
    for (const double scale : scales)
        factors.push_back(x.scale * scale / y.scale);
    emitRequant(builder, node, sums, factors, static_cast<int64_t>(type.shape.size()) - 1, type, true);
    return Precision::Int8;
}

} // namespace

void quantised_matmul(LoweringTable& table);
void quantised_matmul(LoweringTable& table) { table.add("top.MatMul", lowerQuantisedMatmul); }

} // namespace wb::ops
