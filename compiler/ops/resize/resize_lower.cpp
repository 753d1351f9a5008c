// SPDX-License-Identifier: GPL-3.0-or-later
// Nearest upsampling moves codes; interpolation has no integer form on BM1684X and goes to F16.
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {
namespace {

Result<Precision> lowerUpsample(LoweringBuilder& builder, const ir::Node& node,
                                Precision precision) {
    ir::AttributeMap a = node.attributes;
    a.set("do_relu", a.boolean("do_relu"));
    a.set("relu_limit", precision == Precision::Int8 ? -1.0 : a.real("relu_limit", -1));
    return lowerMover(builder, node, precision, "tpu.Upsample", std::move(a), 1);
}

Result<Precision> lowerInterp(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    if (precision == Precision::Int8) precision = Precision::F16;
    ir::AttributeMap a = node.attributes;
    a.set("coord_mode", tpuEnum("coord_mode", node.attributes.string("coord_mode", "half_pixel")));
    a.set("mode", tpuEnum("mode", node.attributes.string("mode", "linear")));
    a.set("ppl_flag", false);
    WB_ASSIGN(const ir::ValueId in, operandFor(builder, node, node.operands.at(0), precision));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    emitLowered(builder, node, "tpu.Interp", {in, ir::kNoValue, ir::kNoValue}, std::move(type),
                std::move(a));
    return precision;
}

} // namespace

void lower_resize(LoweringTable& table) {
    table.add("top.Upsample", lowerUpsample);
    table.add("top.Interp", lowerInterp);
}

} // namespace wb::ops
