// SPDX-License-Identifier: GPL-3.0-or-later
// The chip's share of the preprocessing: a picture's codes, as a camera or decoder gives them, become the network's
// input (dossier section 2.2). quantise/fuse_preprocess puts it behind raw inputs; its result type is given, since
// range and size are those of the network's own input.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferNetworkInput(const ir::Graph& graph, const ir::Node& node) {
    const auto& raw = graph.value(node.operands.at(0)).type.shape;
    const ir::TensorType& own = graph.value(node.results.at(0)).type;
    if (raw.size() != 4 || own.shape.size() != 4)
        return Error{Code::ShapeMismatch, "a picture of shape " + ir::toText(raw) + " is no batch of planes or pixels"};
    return std::vector<ir::TensorType>{own};
}

} // namespace

void define_preprocess(OpTable& table);
void define_preprocess(OpTable& table) {
    table.add({.name = "top.Preprocess",
               .summary = "crop, channel order, mean and scale of a raw picture",
               .infer = inferNetworkInput});
}

} // namespace wb::ops
