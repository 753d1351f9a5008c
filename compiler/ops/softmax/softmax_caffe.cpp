// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Softmax: along one axis, the channels unless said otherwise.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importCaffeSoftmax(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto axis = normaliseAxis(node.integer("axis", 1), builder.graph().value(in).type.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", 1)));
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(*axis));
    a.set("beta", 1.0);
    a.set("log", false);
    a.set("round_mode", "HalfAwayFromZero");
    return done(builder.emit(node, "top.Softmax", {in}, std::move(a)));
}

} // namespace

void caffe_softmax(ImportTable& table);
void caffe_softmax(ImportTable& table) { table.add(Framework::Caffe, "Softmax", importCaffeSoftmax); }

} // namespace wb::ops
