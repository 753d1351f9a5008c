// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products on BM1684X: one scale for the whole right side, 32-bit bias, one multiplier and
// shift (dossier section 5.6).
#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/matmul/matmul_codes.h"
#include "compiler/ops/support/chip_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {

ir::AttributeMap matmulAttributes(const ir::Node& node) {
    ir::AttributeMap a = node.attributes;
    if (!a.has("dq_type")) a.set("dq_type", "NONE");
    if (!a.has("is_lora")) a.set("is_lora", false);
    if (!a.has("q_group_size")) a.set("q_group_size", 0);
    a.set("fuse_rq", false);
    a.set("input_zp", 0);
    a.set("left_reuse", 1);
    a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    a.set("right_zp", 0);
    a.set("round_mode", roundMode("HalfAwayFromZero"));
    a.set("multipliers", ir::Attribute::ints({1}));
    a.set("rshifts", ir::Attribute::ints({0}));
    return a;
}

namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

bool hasBias(const ir::Node& node) {
    return node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
}

Result<Precision> lowerMatMulFloat(LoweringBuilder& builder, const ir::Node& node,
                                   Precision precision) {
    auto a = matmulAttributes(node);
    WB_ASSIGN(const ValueId left, operandFor(builder, node, node.operands.at(0), precision));
    WB_ASSIGN(const ValueId right, operandFor(builder, node, node.operands.at(1), precision));
    ValueId bias = ir::kNoValue;
    if (hasBias(node)) { // CV18xx adds a constant one to its sums, which are float32
        const bool exact = isCv18xx(builder.options().chip) && builder.source().weight(node.operands[2]) != nullptr;
        if (exact) {
            bias = builder.lowered(node.operands[2]);
        } else {
            WB_ASSIGN(bias, operandFor(builder, node, node.operands[2], precision));
        }
    }
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    emitLowered(builder, node, "tpu.MatMul", {left, right, bias, ir::kNoValue, ir::kNoValue},
                std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerMatMul(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return lowerMatMulFloat(builder, node, precision);
    const auto& source = builder.source();
    if (source.weight(node.operands.at(0)) != nullptr)
        return lowerMatMulFloat(builder, node, Precision::F16);
    const bool constant = source.weight(node.operands.at(1)) != nullptr;
    WB_ASSIGN(const ValueId left, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const Codes in = codesOf(builder.target().value(left).type);
    const Codes out = codesOf(type);
    const bool asymmetric = builder.options().asymmetric;
    const auto& rightShape = source.value(node.operands.at(1)).type.shape;
    int64_t batches = 1;
    for (size_t i = 0; i + 2 < rightShape.size(); ++i)
        batches *= rightShape[i];
    // A zero point is taken off in the bias, which is one for all batches.
    if (asymmetric && (!constant || (batches > 1 && in.zeroPoint != 0)))
        return lowerMatMulFloat(builder, node, Precision::F32);
    ValueId right = ir::kNoValue;
    ValueId bias = ir::kNoValue;
    double scaleRight = 1;
    if (constant) {
        const auto& name = resultName(builder, node);
        WB_ASSIGN(const auto values, constantValues(builder, node.operands[1]));
        float largest = 0;
        for (const float v : values)
            largest = std::max(largest, std::fabs(v));
        scaleRight = largest / 127.0;
        if (scaleRight == 0) scaleRight = 1;
        std::vector<int8_t> codes(values.size());
        for (size_t i = 0; i < values.size(); ++i)
            codes[i] = numeric::toCode<int8_t>(values[i] / scaleRight);
        const bool given = hasBias(node);
        std::vector<int32_t> biasCodes;
        if (given || in.zeroPoint != 0) {
            std::vector<float> b;
            if (given) {
                WB_ASSIGN(b, constantValues(builder, node.operands[2]));
            }
            const bool transposed = node.attributes.boolean("right_transpose");
            const auto inner = static_cast<size_t>(rightShape[rightShape.size() - (transposed ? 1 : 2)]);
            const auto columns = static_cast<size_t>(rightShape[rightShape.size() - (transposed ? 2 : 1)]);
            if (!given) b.assign(columns, 0);
            biasCodes.resize(b.size());
            for (size_t i = 0; i < b.size(); ++i) {
                int64_t sum = 0;
                for (size_t k = 0; in.zeroPoint != 0 && b.size() == columns && k < inner; ++k)
                    sum += codes[transposed ? i * inner + k : k * columns + i];
                biasCodes[i] = numeric::toCode<int32_t>(b[i] / (scaleRight * in.scale) -
                                                        static_cast<double>(in.zeroPoint * sum));
                // An operand that calibration saw as zeros: beside such a bias nothing of 32 bits is left for the products.
                if (std::abs(int64_t{biasCodes[i]}) > std::numeric_limits<int32_t>::max() - static_cast<int64_t>(inner) * 255 * 255)
                    return lowerMatMulFloat(builder, node, Precision::F16);
            }
        }
        right = builder.target().addWeight(
            name + "_filter_int8",
            Tensor::of<int8_t>(ElementType::I8, source.value(node.operands[1]).type.shape, codes));
        if (!biasCodes.empty())
            bias = builder.target().addWeight(
                name + "_bias_int32",
                Tensor::of<int32_t>(ElementType::I32, {1, static_cast<int64_t>(biasCodes.size())},
                                    biasCodes));
    } else {
        if (hasBias(node)) return lowerMatMulFloat(builder, node, Precision::F32);
        WB_ASSIGN(right, int8Operand(builder, node, node.operands[1]));
        scaleRight = codesOf(builder.target().value(right).type).scale;
    }
    const auto pair = numeric::scaleShift(in.scale * scaleRight / out.scale, 32);
    auto a = matmulAttributes(node);
    a.set("cal_i8", true);
    a.set("multipliers", ir::Attribute::ints({pair.multiplier}));
    a.set("rshifts", ir::Attribute::ints({pair.shift}));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.MatMul", {left, right, bias, ir::kNoValue, ir::kNoValue},
                std::move(type), std::move(a));
    return Precision::Int8;
}

} // namespace

void lower_matmul(LoweringTable& table) {
    table.add("top.MatMul", lowerMatMul);
}

} // namespace wb::ops
