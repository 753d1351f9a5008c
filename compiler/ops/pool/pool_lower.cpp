// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling on BM1684X: the maximum moves codes, the average multiplies the window's sum
// (dossier 5.8).
#include "compiler/numeric/multiplier.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

ir::AttributeMap poolAttributes(const ir::Node& node, const char* mode) {
    ir::AttributeMap a = node.attributes;
    enumeratorsForRounding(a);
    for (const char* name : {"round_mode", "first_round_mode"})
        if (!a.has(name)) a.set(name, roundMode("HalfAwayFromZero"));
    a.set("pool_mode", tpuEnum("pool_mode", mode));
    return a;
}

Result<Precision> lowerMaxPool(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    auto a = poolAttributes(node, "Max");
    if (precision == Precision::Int8) {
        a.set("relu_limit", -1.0);
        return lowerMover(builder, node, precision, "tpu.Pool2D", std::move(a));
    }
    return lowerFloat(builder, node, precision, "tpu.Pool2D", std::move(a));
}

Result<Precision> lowerAvgPool(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    auto a = poolAttributes(node, "Avg");
    if (precision == Precision::F16) precision = Precision::F32; // sums leave the range of F16
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.Pool2D", std::move(a));
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    double area = 1;
    for (const int64_t k : a.integers("kernel_shape"))
        area *= static_cast<double>(k);
    const double scaleIn = codesOf(builder.target().value(in).type).scale;
    const auto pair = numeric::scaleShift(scaleIn / (codesOf(type).scale * area), 8);
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("rshift", ir::Attribute::si32(pair.shift));
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
