// SPDX-License-Identifier: GPL-3.0-or-later
// Reshape and its relatives follow the type of their operand whatever precision was asked for
// (R04).
#include "compiler/ops/support/chip_rules.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerReshape(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    ir::AttributeMap a = node.attributes;
    ir::ValueId operand = builder.lowered(node.operands.at(0));
    auto type = builder.source().value(node.results[0]).type;
    // CV18xx computes nothing in float32: an input is cast before it, not behind.
    const auto& read = builder.target().value(operand).type;
    if (isCv18xx(builder.options().chip) && read.element == ir::ElementType::F32 && read.uniform() == nullptr &&
        builder.source().weight(node.operands[0]) == nullptr) {
        if (precision == Precision::Int8 && read.calibrated() != nullptr) {
            WB_ASSIGN(operand, int8Operand(builder, node, node.operands[0]));
        } else if (precision != Precision::F32) {
            WB_ASSIGN(operand, operandFor(builder, node, node.operands[0], Precision::BF16));
        }
    }
    const auto& from = builder.target().value(operand).type;
    const bool range = type.calibrated() != nullptr;
    type.element = from.element;
    if (from.uniform() != nullptr || !range) type.quant = from.quant;
    Precision used = precision;
    if (from.uniform() != nullptr)
        used = Precision::Int8;
    else if (from.element == ir::ElementType::F16)
        used = Precision::F16;
    else if (from.element == ir::ElementType::BF16)
        used = Precision::BF16;
    else if (from.element == ir::ElementType::F32)
        used = Precision::F32;
    std::vector<ir::ValueId> operands{operand};
    if (builder.options().chip == Chip::BM1684) operands.push_back(ir::kNoValue); // its form has a place for a buffer
    emitLowered(builder, node, "tpu.Reshape", std::move(operands), std::move(type), std::move(a));
    return used;
}

} // namespace

void lower_reshape(LoweringTable& table) {
    for (const char* op : {"top.Reshape", "top.Flatten", "top.Squeeze", "top.Unsqueeze"})
        table.add(op, lowerReshape);
}

} // namespace wb::ops
