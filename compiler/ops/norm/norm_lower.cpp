// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisations that depend on the data have no integer form; LRN and instance norm need F32.
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerLrn(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerFloat(builder, node, Precision::F32, "tpu.LRN", node.attributes, 2);
}

Result<Precision> lowerDataNorm(LoweringBuilder& builder, const ir::Node& node,
                                Precision precision) {
    if (precision != Precision::BF16) precision = Precision::F32;
    const auto absent = node.op == "top.InstanceNorm" ? 2 : 0;
    return lowerFloat(builder, node, precision, "tpu." + node.op.substr(4), node.attributes,
                      absent);
}

Result<Precision> lowerBatchNorm(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerFloat(builder, node, Precision::F32, "tpu.BatchNorm", node.attributes);
}

} // namespace

void lower_norm(LoweringTable& table) {
    table.add("top.LRN", lowerLrn);
    table.add("top.BatchNorm", lowerBatchNorm);
    for (const char* op : {"top.InstanceNorm", "top.LayerNorm", "top.GroupNorm"})
        table.add(op, lowerDataNorm);
}

} // namespace wb::ops
