// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerDepth2Space(LoweringBuilder& builder, const ir::Node& node,
                                   Precision precision) {
    return lowerMover(builder, node, precision, "tpu.Depth2Space", node.attributes);
}

} // namespace

void lower_depth2space(LoweringTable& table) {
    table.add("top.Depth2Space", lowerDepth2Space);
}

} // namespace wb::ops
