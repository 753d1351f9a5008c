// SPDX-License-Identifier: GPL-3.0-or-later
// Where a network that brings its own scales changes them: numbers to codes, codes to numbers, codes to other codes.
#include "compiler/ops/support/quantised_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerQuantisedCast(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    const ir::TensorType& to = builder.source().value(node.results[0]).type;
    const ir::ValueId in = builder.lowered(node.operands.at(0));
    const ir::TensorType from = target.value(in).type;
    ir::AttributeMap a;
    if (from.uniform() != nullptr && to.uniform() != nullptr) {
        setQuantisedFactor(a, from.uniform()->scale() / to.uniform()->scale());
        emitLowered(builder, node, "tpu.RequantInt", {in}, to, std::move(a));
        return Precision::Int8;
    }
    a.set("round_mode", roundMode("HalfAwayFromZero"));
    a.set("with_scale", true);
    emitLowered(builder, node, "tpu.Cast", {in}, to, std::move(a));
    return to.uniform() != nullptr ? Precision::Int8 : Precision::F32;
}

} // namespace

void quantised_cast(LoweringTable& table);
void quantised_cast(LoweringTable& table) { table.add("top.Cast", lowerQuantisedCast); }

} // namespace wb::ops
