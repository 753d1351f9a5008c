// SPDX-License-Identifier: GPL-3.0-or-later
// A choice has no integer form; it is made in F32, in which comparisons give their result.
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerWhere(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerFloat(builder, node, Precision::F32, "tpu.Where", node.attributes);
}

} // namespace

void lower_where(LoweringTable& table);
void lower_where(LoweringTable& table) { table.add("top.Where", lowerWhere); }

} // namespace wb::ops
