// SPDX-License-Identifier: GPL-3.0-or-later
// Activations on BM1684X: smooth functions become tables of 256 codes in INT8; the piecewise linear
// ones have integer forms of their own (dossier sections 5.8, 5.9).
#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "compiler/ops/activation/activation_codes.h"
#include "compiler/ops/activation/own_codes.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

/// Attributes of tpu.Active: the numbers of a function move into `coeffs`.
ir::AttributeMap activeAttributes(const ir::Node& node, const ActivationRow& row) {
    ir::AttributeMap a = node.attributes;
    a.erase("round_mode");
    a.set("mode", tpuEnum("active_mode", row.mode));
    if (node.op == "top.HardSigmoid") {
        a.set("coeffs", ir::Attribute::floats({a.real("beta", 0.5), a.real("alpha", 1.0 / 6)}));
        a.erase("alpha");
        a.erase("beta");
    } else if (node.op == "top.Elu") {
        a.set("coeffs", ir::Attribute::floats({a.real("alpha", 1)}));
        a.erase("alpha");
    }
    return a;
}

} // namespace

Result<Precision> lowerToTable(LoweringBuilder& builder, const ir::Node& node, const ActivationRow& row) {
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const Codes from = codesOf(builder.target().value(in).type);
    const Codes to = codesOf(type);
    std::vector<int8_t> table(256);
    for (int64_t code = from.isSigned ? -128 : 0; code < (from.isSigned ? 128 : 256); ++code) {
        const double x = static_cast<double>(code - from.zeroPoint) * from.scale;
        double y = row.function(x, node.attributes) / to.scale + static_cast<double>(to.zeroPoint);
        // 1/0 becomes the smallest integer on the vendor's way to a code, not the largest.
        if (std::isinf(y)) y = -std::fabs(y);
        table[static_cast<size_t>(code & 255)] =
            to.isSigned ? numeric::toCode<int8_t>(y)
                        : static_cast<int8_t>(numeric::toCode<uint8_t>(y));
    }
    const ir::Shape shape{1, 1, 1, 256};
    auto codes = Tensor::of<int8_t>(to.isSigned ? ElementType::Si8 : ElementType::Ui8, shape, table);
    if (builder.options().chip == Chip::BM1684) { // its tables have entries of 32 bits
        std::vector<int32_t> wide(table.size());
        std::transform(table.begin(), table.end(), wide.begin(),
                       [&](int8_t code) { return to.isSigned ? code : static_cast<uint8_t>(code); });
        codes = Tensor::of<int32_t>(ElementType::Si32, shape, wide);
    }
    const ValueId weight = builder.target().addWeight(resultName(builder, node) + "_table", std::move(codes));
    emitLowered(builder, node, "tpu.Lut", {in, weight}, std::move(type), {});
    return Precision::Int8;
}

Result<Precision> lowerActivation(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto* row = activationRow(node.op);
    if (precision == Precision::Int8) return lowerToTable(builder, node, *row);
    // The hard sigmoid is the exception: exact enough in BF16's range, not in F16's.
    if (row->staysF32 && !(precision == Precision::BF16 && node.op == "top.HardSigmoid"))
        precision = Precision::F32;
    if (row->mode == nullptr)
        return lowerFloat(builder, node, precision, "tpu." + node.op.substr(4), node.attributes);
    return lowerFloat(builder, node, precision, "tpu.Active", activeAttributes(node, *row));
}

namespace {

Result<Precision> lowerAbs(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    ir::AttributeMap a = node.attributes;
    a.set("mode", tpuEnum("active_mode", "ABSVAL"));
    if (precision == Precision::Int8)
        return lowerMover(builder, node, precision, "tpu.Active", std::move(a));
    return lowerFloat(builder, node, precision, "tpu.Active", std::move(a));
}

Result<Precision> lowerRelu(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8 && builder.options().asymmetric) precision = Precision::F32; // no form with zero points
    ir::AttributeMap a = node.attributes;
    a.set("relu_limit", precision == Precision::Int8 ? -1.0 : a.real("relu_limit", -1));
    if (precision == Precision::Int8)
        return lowerMover(builder, node, precision, "tpu.Relu", std::move(a));
    return lowerFloat(builder, node, precision, "tpu.Relu", std::move(a));
}

/// A leaky activation between codes of different scales and zero points, a table of two lines that meet at zero:
/// y = (a · x + b · max(x, 0) + zero · 2^7) >> 7 over the input's zero point, which the chip does without a look-up.
Result<Precision> lowerOwnCodes(LoweringBuilder& builder, const ir::Node& node) {
    constexpr int kShift = 7; // of code_lines_bm1684x.h's finest sums
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
    const Codes from = codesOf(builder.target().value(in).type), to = codesOf(type);
    const double ratio = std::ldexp(from.scale / to.scale, kShift);
    const int64_t right = std::llround(std::clamp(ratio, 0.0, 1e6));
    const int64_t left = std::llround(std::clamp(ratio * node.attributes.real("alpha"), -1e6, 1e6));
    std::vector<int8_t> table(256);
    for (int64_t code = from.isSigned ? -128 : 0; code < (from.isSigned ? 128 : 256); ++code) {
        const int64_t x = code - from.zeroPoint;
        const int64_t y = numeric::shiftRightHalfUp((x < 0 ? left : right) * x + (to.zeroPoint << kShift), kShift);
        table[static_cast<size_t>(code & 255)] =
            to.isSigned ? numeric::saturate<int8_t>(y) : static_cast<int8_t>(numeric::saturate<uint8_t>(y));
    }
    const ValueId weight = builder.target().addWeight(
        resultName(builder, node) + "_table",
        Tensor::of<int8_t>(to.isSigned ? ElementType::Si8 : ElementType::Ui8, {1, 1, 1, 256}, table));
    emitLowered(builder, node, "tpu.Lut", {in, weight}, std::move(type), {});
    return Precision::Int8;
}

Result<Precision> lowerLeakyRelu(LoweringBuilder& builder, const ir::Node& node,
                                 Precision precision) {
    if (precision == Precision::Int8 && node.attributes.boolean(kOwnCodes)) return lowerOwnCodes(builder, node);
    ir::AttributeMap a = node.attributes;
    a.erase(kOwnCodes);
    enumeratorsForRounding(a);
    if (!a.has("round_mode")) a.set("round_mode", roundMode("HalfAwayFromZero"));
    if (precision == Precision::Int8 && builder.options().asymmetric) precision = Precision::F16; // no form with zero points
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.LeakyRelu", std::move(a));
    const auto pair = numeric::scaleShift(a.real("alpha"), 8);
    a.erase("alpha");
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("rshift", ir::Attribute::si32(pair.shift));
    return lowerMover(builder, node, precision, "tpu.LeakyRelu", std::move(a));
}

/// One shift for all slopes, from the largest.
Result<Precision> lowerPRelu(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    ir::AttributeMap a = node.attributes;
    if (precision == Precision::Int8 && builder.options().asymmetric) precision = Precision::F16; // no form with zero points
    if (precision != Precision::Int8) {
        if (precision == Precision::F32) a.set("channel_shared", false);
        a.set("rshift", ir::Attribute::si32(0));
        return lowerFloat(builder, node, precision, "tpu.PReluOp", std::move(a));
    }
    WB_ASSIGN(const auto slopes, constantValues(builder, node.operands.at(1)));
    float largest = 0;
    for (const float s : slopes)
        largest = std::max(largest, std::fabs(s));
    int shift = 0;
    while (shift < 31 && std::ldexp(static_cast<double>(largest), shift + 1) < 127)
        ++shift;
    std::vector<int8_t> codes(slopes.size());
    for (size_t i = 0; i < slopes.size(); ++i)
        codes[i] = numeric::saturate<int8_t>(
            static_cast<int64_t>(std::ldexp(static_cast<double>(slopes[i]), shift)));
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    type.element = builder.target().value(in).type.element;
    type.quant = builder.target().value(in).type.quant;
    const ValueId weight = builder.target().addWeight(
        resultName(builder, node) + "_slope_i8",
        Tensor::of<int8_t>(ElementType::I8, builder.source().value(node.operands[1]).type.shape,
                           codes));
    a.set("rshift", ir::Attribute::si32(shift));
    emitLowered(builder, node, "tpu.PReluOp", {in, weight}, std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerClip(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8) precision = Precision::F16;
    return lowerFloat(builder, node, precision, "tpu.Clip", node.attributes);
}

} // namespace

void lower_activation(LoweringTable& table) {
    for (const auto& row : activationRows())
        table.add(row.topOp, lowerActivation);
    table.add("top.Abs", lowerAbs);
    table.add("top.Relu", lowerRelu);
    table.add("top.LeakyRelu", lowerLeakyRelu);
    table.add("top.PRelu", lowerPRelu);
    table.add("top.Clip", lowerClip);
}

} // namespace wb::ops
