// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerPermute(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    return lowerMover(builder, node, precision, "tpu.Permute", node.attributes, 1);
}

} // namespace

void lower_permute(LoweringTable& table) {
    table.add("top.Permute", lowerPermute);
}

} // namespace wb::ops
