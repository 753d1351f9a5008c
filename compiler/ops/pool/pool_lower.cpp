// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling on BM1684X: the maximum moves codes, the average multiplies the window's sum
// (dossier 5.8).
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/pool/pool_codes.h"
#include "compiler/ops/pool/pool_widening.h"

#include <algorithm>

namespace wb::ops {

ir::AttributeMap poolAttributes(const ir::Node& node, const char* mode) {
    ir::AttributeMap a = node.attributes;
    enumeratorsForRounding(a);
    for (const char* name : {"round_mode", "first_round_mode"})
        if (!a.has(name)) a.set(name, roundMode("HalfAwayFromZero"));
    a.set("pool_mode", tpuEnum("pool_mode", mode));
    return a;
}

namespace {

/// How many elements of an axis the windows of a result cover: each number once.
std::vector<int64_t> coverings(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t before) {
    std::vector<int64_t> counts;
    for (int64_t i = 0; i < out; ++i) {
        const int64_t from = i * stride - before;
        const int64_t count = std::max<int64_t>(0, std::min(from + kernel, in) - std::max<int64_t>(from, 0));
        if (std::find(counts.begin(), counts.end(), count) == counts.end()) counts.push_back(count);
    }
    return counts;
}

/// Whether the chip can take the sums of windows over the edge to the whole window's as the integer model does.
bool windowsWiden(const LoweringBuilder& builder, const ir::Node& node, const MeanOfCodes& mean) {
    const auto kernel = node.attributes.integers("kernel_shape"), strides = node.attributes.integers("strides"),
               pads = node.attributes.integers("pads");
    const auto& in = builder.source().value(node.operands.at(0)).type.shape;
    const auto& out = builder.source().value(node.results[0]).type.shape;
    if (node.attributes.boolean("count_include_pad") || kernel.size() > 2 || strides.size() != kernel.size() || pads.size() != 2 * kernel.size() ||
        in.size() != kernel.size() + 2 || out.size() != in.size())
        return true;
    std::vector<int64_t> areas{1};
    for (size_t i = 0; i < kernel.size(); ++i) {
        std::vector<int64_t> wider;
        for (const int64_t count : coverings(in[i + 2], out[i + 2], kernel[i], strides[i], pads[i]))
            for (const int64_t area : areas) wider.push_back(area * count);
        areas = std::move(wider);
    }
    return std::all_of(areas.begin(), areas.end(), [&](int64_t valid) {
        return valid == 0 || valid == mean.area || (mean.isNarrow() && wideningOf(mean, valid));
    });
}

/// A window of three axes as one of the last two, the first among the channels, and one of the first. The greatest of
/// the greatest; a mean of means, since each of the second has as many elements inside as the others.
Result<Precision> lowerVolume(LoweringBuilder& builder, const ir::Node& node, Precision precision, const char* mode) {
    precision = precisionOn(builder.options().chip, precision);
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), precision));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const ir::TensorType from = builder.target().value(in).type;
    if (precision == Precision::Int8) { // codes are carried over
        type.element = from.element;
        type.quant = from.quant;
    }
    const ir::Shape x = from.shape, y = type.shape;
    if (x.size() != 5 || y.size() != 5) return Error{Code::OperatorNotLowered, "pooling of " + ir::toText(x) + " to " + ir::toText(y)};
    const auto kernel = node.attributes.integers("kernel_shape"), strides = node.attributes.integers("strides"),
               pads = node.attributes.integers("pads");
    const std::string name = resultName(builder, node);
    const auto step = [&](const char* op, ir::ValueId operand, const ir::Shape& shape, ir::AttributeMap a, const char* suffix) {
        ir::TensorType t = type;
        t.shape = shape;
        std::vector<ir::ValueId> operands{operand};
        if (std::string_view(op) == "tpu.Reshape" && builder.options().chip == Chip::BM1684) operands.push_back(ir::kNoValue);
        return builder.target().add(op, std::move(operands), name + suffix, std::move(t), std::move(a));
    };
    const auto window = [&](std::vector<int64_t> k, std::vector<int64_t> s, std::vector<int64_t> p, bool last) {
        auto a = poolAttributes(node, mode);
        a.set("kernel_shape", ir::Attribute::ints(k));
        a.set("strides", ir::Attribute::ints(s));
        a.set("pads", ir::Attribute::ints(p));
        if (!last) a.set("do_relu", false);
        if (precision == Precision::Int8) a.set("relu_limit", -1.0);
        return a;
    };
    ir::ValueId id = step("tpu.Reshape", in, {x[0], x[1] * x[2], x[3], x[4]}, {}, "_planes");
    id = step("tpu.Pool2D", id, {x[0], x[1] * x[2], y[3], y[4]},
              window({kernel[1], kernel[2]}, {strides[1], strides[2]}, {pads[1], pads[2], pads[4], pads[5]}, false), "_pooled");
    id = step("tpu.Reshape", id, {x[0], x[1], x[2], y[3] * y[4]}, {}, "_depth");
    id = step("tpu.Pool2D", id, {x[0], x[1], y[2], y[3] * y[4]}, window({kernel[0], 1}, {strides[0], 1}, {pads[0], 0, pads[3], 0}, true), "_volume");
    std::vector<ir::ValueId> operands{id};
    if (builder.options().chip == Chip::BM1684) operands.push_back(ir::kNoValue);
    emitLowered(builder, node, "tpu.Reshape", std::move(operands), std::move(type), {});
    return precision;
}

bool isVolume(const ir::Node& node) { return node.attributes.integers("kernel_shape").size() == 3; }

Result<Precision> lowerMaxPool(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    if (isVolume(node)) return lowerVolume(builder, node, precision, "Max");
    auto a = poolAttributes(node, "Max");
    if (precision == Precision::Int8) {
        a.set("relu_limit", -1.0);
        return lowerMover(builder, node, precision, "tpu.Pool2D", std::move(a));
    }
    return lowerFloat(builder, node, precision, "tpu.Pool2D", std::move(a));
}

/// Whether a mean of codes with zero points is one multiplication: every window has as many elements, those of the border
/// included if they count. (The vendor counts them in any case.)
bool equalWindows(const LoweringBuilder& builder, const ir::Node& node) {
    const auto kernel = node.attributes.integers("kernel_shape"), strides = node.attributes.integers("strides"),
               pads = node.attributes.integers("pads");
    const auto& in = builder.source().value(node.operands.at(0)).type.shape;
    const auto& out = builder.source().value(node.results[0]).type.shape;
    const bool counts = node.attributes.boolean("count_include_pad");
    for (const int64_t pad : pads)
        if (pad != 0 && !counts) return false;
    for (size_t i = 0; i < kernel.size() && i < strides.size() && i + kernel.size() < pads.size() && i + 2 < in.size() && i + 2 < out.size(); ++i)
        if ((out[i + 2] - 1) * strides[i] + kernel[i] > in[i + 2] + pads[i] + pads[i + kernel.size()]) return false;
    return true;
}

Result<Precision> lowerAvgPool(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    if (isVolume(node)) return lowerVolume(builder, node, precision == Precision::BF16 ? precision : Precision::F32, "Avg");
    auto a = poolAttributes(node, "Avg");
    const bool asymmetric = builder.options().asymmetric;
    if (asymmetric && precision == Precision::Int8 && !equalWindows(builder, node)) precision = Precision::F32;
    if (precision == Precision::F16) precision = Precision::F32; // sums leave the range of F16
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.Pool2D", std::move(a));
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    double area = 1;
    for (const int64_t k : a.integers("kernel_shape"))
        area *= static_cast<double>(k);
    const double scaleIn = codesOf(builder.target().value(in).type).scale;
    if (asymmetric) {
        const Codes x = codesOf(builder.target().value(in).type), y = codesOf(type);
        a.set("offset", static_cast<double>(y.zeroPoint) - static_cast<double>(x.zeroPoint) * x.scale / y.scale);
        a.set("scale", x.scale / (area * y.scale));
    } else {
        const auto pair = numeric::scaleShift(scaleIn / (codesOf(type).scale * area), 8);

        const MeanOfCodes mean{static_cast<int64_t>(area), pair.multiplier, pair.shift, codesOf(builder.target().value(in).type).isSigned, codesOf(type).isSigned};
        if (!windowsWiden(builder, node, mean)) return lowerFloat(builder, node, Precision::F32, "tpu.Pool2D", std::move(a));
        a.set("multiplier", ir::Attribute::si32(pair.multiplier));
        a.set("rshift", ir::Attribute::si32(pair.shift));
    }
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Pool2D", {in}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void lower_pool(LoweringTable& table) {
    table.add("top.MaxPool", lowerMaxPool);
    table.add("top.AvgPool", lowerAvgPool);
}

} // namespace wb::ops
