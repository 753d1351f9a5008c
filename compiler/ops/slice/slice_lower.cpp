// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerSlice(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    return lowerMover(builder, node, precision, "tpu.Slice", node.attributes, 4);
}

} // namespace

void lower_slice(LoweringTable& table) {
    table.add("top.Slice", lowerSlice);
}

} // namespace wb::ops
