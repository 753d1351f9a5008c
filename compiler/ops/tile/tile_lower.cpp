// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerTile(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    return lowerMover(builder, node, precision, "tpu.Tile", node.attributes, 1);
}

} // namespace

void lower_tile(LoweringTable& table) {
    table.add("top.Tile", lowerTile);
}

} // namespace wb::ops
