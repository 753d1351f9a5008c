// SPDX-License-Identifier: GPL-3.0-or-later
// Averages on CV18xx: the whole part of the window's factor at the shift that leaves seven bits (dossier section 5.8).
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/pool/pool_codes.h"

namespace wb::ops {
namespace {

Result<Precision> lowerTruncatedPool(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    auto a = poolAttributes(node, "Avg");
    if (precision != Precision::Int8 || a.integers("kernel_shape").size() > 2)
        return lowerFloat(builder, node, Precision::BF16, "tpu.Pool2D", std::move(a));
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    double area = 1;
    for (const int64_t k : a.integers("kernel_shape"))
        area *= static_cast<double>(k);
    const auto pair = numeric::truncatedMultiplier(codesOf(builder.target().value(in).type).scale / (codesOf(type).scale * area));
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("rshift", ir::Attribute::si32(pair.shift));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Pool2D", {in}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void cv18xx_pool(LoweringTable& table) { table.add("top.AvgPool", lowerTruncatedPool); }

} // namespace wb::ops
