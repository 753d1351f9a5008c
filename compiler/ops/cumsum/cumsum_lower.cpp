// SPDX-License-Identifier: GPL-3.0-or-later
// Running sums along an axis are a product with a triangle of ones; always in F32, since they grow with the axis.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/support/linear_maps.h"

namespace wb::ops {
namespace {

Result<Precision> lowerCumSum(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const ir::Shape& shape = builder.source().value(node.operands[0]).type.shape;
    const auto axis = normaliseAxis(node.attributes.integer("axis", 0), shape.size());
    if (!axis) return shapeError(builder.source(), node, "axis of " + ir::toText(shape));
    const auto at = static_cast<size_t>(*axis);
    const int64_t size = shape[at];
    const bool exclusive = node.attributes.boolean("exclusive"), reverse = node.attributes.boolean("reverse");
    WB_TRY(checkMapSize(builder, node, size, size));
    AxisMap map{at, size, size, std::vector<float>(static_cast<size_t>(size * size), 0.0F)};
    for (int64_t i = 0; i < size; ++i)
        for (int64_t k = 0; k < size; ++k) {
            const bool taken = exclusive && i == k ? false : reverse ? k >= i : k <= i;
            map.matrix[static_cast<size_t>(i * size + k)] = taken ? 1.0F : 0.0F;
        }
    return lowerLinearMaps(builder, node, Precision::F32, {std::move(map)});
}

} // namespace

void lower_cumsum(LoweringTable& table);
void lower_cumsum(LoweringTable& table) { table.add("top.CumSum", lowerCumSum); }

} // namespace wb::ops
