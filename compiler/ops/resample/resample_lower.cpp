// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolation is linear along each axis: products with constant matrices, in F16 where all else is codes.
#include "compiler/ops/resample/resample_maps.h"

namespace wb::ops {
namespace {

Result<Precision> lowerResample(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8) precision = Precision::F16;
    const ir::Graph& source = builder.source();
    auto maps = resampleMaps(node, source.value(node.operands[0]).type.shape, source.value(node.results[0]).type.shape);
    if (!maps)
        return Error{.code = Code::OperatorNotLowered, .what = "top.Resample of more than its operand has no form on chips",
                     .node = resultName(builder, node)};
    return lowerLinearMaps(builder, node, precision, std::move(*maps));
}

} // namespace

void lower_resample(LoweringTable& table);
void lower_resample(LoweringTable& table) { table.add("top.Resample", lowerResample); }

} // namespace wb::ops
