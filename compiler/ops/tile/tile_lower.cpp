// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerTile(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    // On BM1684 numbers in float32 are repeated as they are.
    const auto& read = builder.target().value(builder.lowered(node.operands.at(0))).type;
    if (builder.options().chip == Chip::BM1684 && read.element == ir::ElementType::F32 && read.uniform() == nullptr) precision = Precision::F32;
    return lowerMover(builder, node, precision, "tpu.Tile", node.attributes, 1);
}

} // namespace

void lower_tile(LoweringTable& table) {
    table.add("top.Tile", lowerTile);
}

} // namespace wb::ops
