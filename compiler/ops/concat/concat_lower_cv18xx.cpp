// SPDX-License-Identifier: GPL-3.0-or-later
// Concatenation on CV18xx: operands of other scales are requantised by the node itself (dossier section 5.7).
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/support/lower_support.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// Operands that may be written where the result lies: nothing in front of the axis, no constants, no operand twice.
bool mergeable(const LoweringBuilder& builder, const ir::Node& node, int64_t axis) {
    const auto& shape = builder.source().value(node.results[0]).type.shape;
    bool front = !node.attributes.boolean("do_relu");
    for (int64_t i = 0; i < axis && i < static_cast<int64_t>(shape.size()); ++i)
        front = front && shape[static_cast<size_t>(i)] == 1;
    return front && std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId v) {
               const auto* producer = builder.source().producer(v);
               return builder.source().weight(v) == nullptr && producer != nullptr && producer->op != "top.Reshape" &&
                      producer->op != "top.Slice" && std::count(node.operands.begin(), node.operands.end(), v) == 1;
           });
}

Result<Precision> lowerScalingConcat(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const auto& type0 = source.value(node.results[0]).type;
    int64_t axis = node.attributes.integer("axis", 1);
    if (axis < 0) axis += static_cast<int64_t>(type0.shape.size());
    ir::AttributeMap a = node.attributes;
    a.erase("round_mode");
    bool merge = mergeable(builder, node, axis);
    const bool constant = std::any_of(node.operands.begin(), node.operands.end(),
                                      [&](ir::ValueId v) { return source.weight(v) != nullptr; });
    if (precision != Precision::Int8 || constant) {
        a.set("only_merge", merge);
        return lowerFloat(builder, node, Precision::BF16, "tpu.Concat", std::move(a));
    }
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const double to = codesOf(type).scale;
    std::vector<ir::ValueId> operands;
    std::vector<int64_t> multipliers, shifts;
    for (const ir::ValueId v : node.operands) {
        WB_ASSIGN(const ir::ValueId operand, int8Operand(builder, node, v));
        const double from = codesOf(builder.target().value(operand).type).scale;
        const bool same = std::fabs(from - to) * 127 <= 1e-5;
        const auto pair = same ? numeric::MultiplierShift{1, 0} : numeric::truncatedMultiplier(from / to);
        merge = merge && same;
        operands.push_back(operand);
        multipliers.push_back(pair.multiplier);
        shifts.push_back(pair.shift);
    }
    a.set("multipliers", ir::Attribute::ints(multipliers));
    a.set("rshifts", ir::Attribute::ints(shifts));
    a.set("only_merge", merge);
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.Concat", std::move(operands), std::move(type), std::move(a));
    return precision;
}

} // namespace

void cv18xx_concat(LoweringTable& table) { table.add("top.Concat", lowerScalingConcat); }

} // namespace wb::ops
