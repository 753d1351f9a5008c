// SPDX-License-Identifier: GPL-3.0-or-later
// Padding moves codes; a constant is quantised with the operand's scale.
#include "compiler/ops/support/lower_support.h"

#include <cmath>

namespace wb::ops {
namespace {

Result<Precision> lowerPad(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    ir::AttributeMap a = node.attributes;
    a.set("mode", tpuEnum("Pad_Mode", node.attributes.string("mode", "constant")));
    a.set("with_insert_zero", false);
    if (!a.has("val")) a.set("val", 0.0);
    if (precision == Precision::Int8) {
        WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
        const Codes codes = codesOf(builder.target().value(in).type);
        a.set("val",
              std::round(a.real("val") / codes.scale) + static_cast<double>(codes.zeroPoint));
    }
    return lowerMover(builder, node, precision, "tpu.Pad", std::move(a), 4);
}

} // namespace

void lower_pad(LoweringTable& table) {
    table.add("top.Pad", lowerPad);
}

} // namespace wb::ops
