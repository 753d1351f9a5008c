// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling on BM1684X: the maximum moves codes, the average multiplies the window's sum
// (dossier 5.8).
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/pool/pool_codes.h"

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

Result<Precision> lowerMaxPool(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
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
