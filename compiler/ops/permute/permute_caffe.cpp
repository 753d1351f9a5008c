// SPDX-License-Identifier: GPL-3.0-or-later
// Permute (SSD's fork) and ShuffleChannel (ShuffleNet's): the latter is a permutation between two reshapes.
#include "compiler/ops/caffe_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

ir::AttributeMap orderOf(const std::vector<int64_t>& order) {
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    return a;
}

Status importCaffePermute(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto rank = static_cast<int64_t>(builder.graph().value(in).type.shape.size());
    std::vector<int64_t> order = node.integers("order").value_or(std::vector<int64_t>{});
    for (int64_t axis = 0; axis < rank; ++axis) // axes that are not named follow in their order
        if (std::find(order.begin(), order.end(), axis) == order.end()) order.push_back(axis);
    return done(builder.emit(node, "top.Permute", {in}, orderOf(order)));
}

Status importShuffleChannel(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(ir::ValueId id, valueOf(node, builder, 0));
    const int64_t group = node.integer("group", 1);
    if (x.size() != 4 || group < 1 || x[1] % group != 0) return attributeError(node, "group " + std::to_string(group));
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(id, builder.emitNamed("top.Reshape", {id}, name + "_split",
                                    reshapeAttributes({x[0], group, x[1] / group, x[2], x[3]})));
    WB_ASSIGN(id, builder.emitNamed("top.Permute", {id}, name + "_permute", orderOf({0, 2, 1, 3, 4})));
    return done(builder.emit(node, "top.Reshape", {id}, reshapeAttributes(x)));
}

} // namespace

void caffe_permute(ImportTable& table);
void caffe_permute(ImportTable& table) {
    table.add(Framework::Caffe, "Permute", importCaffePermute);
    table.add(Framework::Caffe, "ShuffleChannel", importShuffleChannel);
}

} // namespace wb::ops
