// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax on CV18xx is computed in BF16: the exponential by a table with slopes, 1/sum or
// its logarithm by exponent and mantissa (dossier
// section 5.8).
#include "compiler/ops/support/bf16_tables.h"

#include <cmath>

namespace wb::ops {
namespace {

Result<Precision> lowerTableSoftmax(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const auto rank = static_cast<int64_t>(builder.source().value(node.results[0]).type.shape.size());
    int64_t axis = node.attributes.integer("axis", -1);
    if (axis < 0) axis += rank;
    ir::AttributeMap a = node.attributes;
    enumeratorsForRounding(a);
    a.set("axis", ir::Attribute::si32(axis));
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), Precision::BF16));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::BF16));
    const auto& name = resultName(builder, node);
    const auto slopes = addTables(builder, name, slopeTables([](double x) { return std::exp(x); }, kExpReach), "slope", "slope");
    const bool log = node.attributes.boolean("log");
    const auto powers = addTables(builder, name, log ? logTables() : powerTables(-1), log ? "log" : "pow", "mantissa");
    emitLowered(builder, node, "tpu.Softmax", {in, slopes[0], slopes[1], powers[0], powers[1], ir::kNoValue}, std::move(type),
                std::move(a));
    return Precision::BF16;
}

} // namespace

void cv18xx_softmax(LoweringTable& table) { table.add("top.Softmax", lowerTableSoftmax); }

} // namespace wb::ops
