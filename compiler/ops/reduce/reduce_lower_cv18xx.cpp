// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions on CV18xx: sums and extremes of codes, brought to the result's scale by seven bits and a shift; a mean's divisor is
// part of that factor (dossier section 5.8).
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

/// What a lane of the chip holds of one row in codes, beside its result and a second buffer of both.
constexpr int64_t kMostElements = (32768 - 2 * 16) / 2;

Result<Precision> lowerCodeReduce(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const std::string mode = node.attributes.string("mode");
    const auto& shape = builder.source().value(node.operands.at(0)).type.shape;
    int64_t reduced = 1;
    for (int64_t axis : node.attributes.integers("axes")) {
        axis += axis < 0 ? static_cast<int64_t>(shape.size()) : 0;
        if (axis >= 0 && axis < static_cast<int64_t>(shape.size())) reduced *= shape[static_cast<size_t>(axis)];
    }
    const bool codes = mode == "ReduceMean" || mode == "ReduceSum" || mode == "ReduceMax" || mode == "ReduceMin";
    if (precision != Precision::Int8 || !codes || reduced >= kMostElements || builder.source().weight(node.operands[0]) != nullptr)
        return loweringTable().find(node.op)(builder, node, Precision::BF16);
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    double factor = codesOf(builder.target().value(in).type).scale / codesOf(type).scale;
    if (mode == "ReduceMean") factor /= static_cast<double>(reduced);
    const auto pair = numeric::truncatedMultiplier(factor);
    ir::AttributeMap a = node.attributes;
    a.set("multiplier", ir::Attribute::ints({pair.multiplier}));
    a.set("rshift", ir::Attribute::ints({pair.shift}));
    emitLowered(builder, node, "tpu.Reduce", {in, ir::kNoValue, ir::kNoValue}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void cv18xx_reduce(LoweringTable& table) { table.add("top.Reduce", lowerCodeReduce); }

} // namespace wb::ops
