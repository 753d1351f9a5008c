// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions over whole pictures are pools by the time rules run (quantise/chip_forms); the others
// have no integer form on BM1684X.
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerReduce(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8) precision = Precision::F16;
    return lowerFloat(builder, node, precision, "tpu.Reduce", node.attributes, 2);
}

Result<Precision> lowerArg(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return lowerFloat(builder, node, Precision::F32, "tpu.Arg", node.attributes);
}

} // namespace

void lower_reduce(LoweringTable& table) {
    table.add("top.Reduce", lowerReduce);
    table.add("top.Arg", lowerArg);
}

} // namespace wb::ops
