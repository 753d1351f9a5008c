// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax of networks that bring their own scales: by the table of exponentials, over any axis.
#include "compiler/ops/support/quantised_support.h"

#include <cmath>

namespace wb::ops {
namespace {

Result<Precision> lowerQuantisedSoftmax(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    ir::AttributeMap a = node.attributes;
    if (a.boolean("log")) return Error{Code::OperatorNotLowered, "the logarithm of a softmax on codes"};
    enumeratorsForRounding(a);
    int64_t axis = a.integer("axis", -1);
    if (axis < 0) axis += static_cast<int64_t>(type.shape.size());
    a.set("axis", ir::Attribute::si32(axis));
    const double step = codesOf(target.value(in).type).scale * a.real("beta", 1);
    std::vector<float> table(256);
    for (size_t k = 0; k < table.size(); ++k)
        table[k] = static_cast<float>(std::exp(-step * static_cast<double>(k)));
    const ir::ValueId weight = target.addWeight(resultName(builder, node) + "_table",
                                                ir::Tensor::of<float>(ir::ElementType::F32, {1, 1, 1, 256}, table));
    emitLowered(builder, node, "tpu.Softmax", {in, weight, ir::kNoValue, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                std::move(type), std::move(a));
    return Precision::Int8;
}

} // namespace

void quantised_softmax(LoweringTable& table);
void quantised_softmax(LoweringTable& table) { table.add("top.Softmax", lowerQuantisedSoftmax); }

} // namespace wb::ops
