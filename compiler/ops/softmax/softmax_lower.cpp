// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax on BM1684X: over the channels by a table of exponentials in INT8, over other axes in F16
// (dossier section 5.8).
#include "compiler/ops/support/lower_support.h"

#include <cmath>

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::ValueId;

Result<Precision> lowerSoftmax(LoweringBuilder& builder, const ir::Node& node,
                               Precision precision) {
    const auto& source = builder.source();
    const auto& shape = source.value(node.results[0]).type.shape;
    const auto rank = static_cast<int64_t>(shape.size());
    int64_t axis = node.attributes.integer("axis", -1);
    if (axis < 0) axis += rank;
    ir::AttributeMap a = node.attributes;
    enumeratorsForRounding(a);
    a.set("axis", ir::Attribute::si32(axis));
    if (precision == Precision::Int8 && (axis != 1 || rank > 4 || a.boolean("log")))
        precision = Precision::F16;
    if (precision != Precision::Int8)
        return lowerFloat(builder, node, precision, "tpu.Softmax", std::move(a), 5);

    auto& target = builder.target();
    WB_ASSIGN(ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto inType = target.value(in).type;
    const std::string name = resultName(builder, node);
    std::vector<float> table(256);
    const double step = codesOf(inType).scale * a.real("beta", 1);
    for (size_t k = 0; k < table.size(); ++k)
        table[k] = static_cast<float>(std::exp(-step * static_cast<double>(k)));
    const bool wide = rank == 4;
    auto flat = shape;
    flat.resize(4, 1);
    ir::AttributeMap reshape;
    reshape.set("flatten_start_dim", -1);
    reshape.set("shape", ir::AttributeList{});
    if (!wide) {
        auto reshaped = inType;
        reshaped.shape = flat;
        in = target.add("tpu.Reshape", {in}, target.value(in).name + "_reshape",
                        std::move(reshaped), reshape);
    }
    const ValueId weight = target.addWeight(
        name + "_table", ir::Tensor::of<float>(ElementType::F32, {1, 1, 1, 256}, table));
    std::vector<ValueId> operands{in,           weight,       ir::kNoValue,
                                  ir::kNoValue, ir::kNoValue, ir::kNoValue};
    if (wide) {
        emitLowered(builder, node, "tpu.Softmax", std::move(operands), std::move(type),
                    std::move(a));
        return precision;
    }
    auto inner = type;
    inner.shape = flat;
    // The vendor names the second "<name>__softmax_reshape": a classifier's output then cannot be compared with the
    // reference. Ours keeps the layer's name.
    const ValueId result =
        target.add("tpu.Softmax", std::move(operands), name + "__softmax", std::move(inner), std::move(a));
    const ValueId back = target.add("tpu.Reshape", {result}, name, std::move(type), std::move(reshape));
    builder.bind(node.results[0], back);
    return precision;
}

} // namespace

void lower_softmax(LoweringTable& table) {
    table.add("top.Softmax", lowerSoftmax);
}

} // namespace wb::ops
