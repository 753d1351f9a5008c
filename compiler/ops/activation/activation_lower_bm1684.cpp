// SPDX-License-Identifier: GPL-3.0-or-later
// Activations on BM1684: functions as on BM1684X, but tables of 32-bit entries; the absolute value is a table, too (dossier
// section 5.8).
#include "compiler/ops/activation/activation_codes.h"

#include <cmath>

namespace wb::ops {
namespace {

Result<Precision> lowerTableAbs(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return loweringTable().find(node.op)(builder, node, Precision::F32);
    return lowerToTable(builder, node,
                        {"top.Abs", "ABSVAL", false, [](double x, const ir::AttributeMap&) { return std::fabs(x); }});
}

Result<Precision> lowerScaledRelu(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision != Precision::Int8) return loweringTable().find(node.op)(builder, node, Precision::F32);
    ir::AttributeMap a = node.attributes;
    a.set("relu_limit", -1.0);
    a.set("multiplier", ir::Attribute::si32(64)); // operand and result are at one scale
    a.set("rshift", ir::Attribute::si32(6));
    return lowerMover(builder, node, precision, "tpu.Relu", std::move(a));
}

} // namespace

void bm1684_activation(LoweringTable& table) {
    for (const auto& row : activationRows())
        table.add(row.topOp, lowerActivation);
    table.add("top.Abs", lowerTableAbs);
    table.add("top.Relu", lowerScaledRelu);
}

} // namespace wb::ops
