// SPDX-License-Identifier: GPL-3.0-or-later
// What stands at the border of the graph: inputs and constants. They carry their type; the executor feeds
// them, so that no kernel exists. (Shape arithmetic itself is folded at import.)
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

/// The result's own type: there is nothing to compute it from.
Types inferOwn(const ir::Graph& graph, const ir::Node& node) {
    std::vector<ir::TensorType> types;
    for (ir::ValueId id : node.results)
        types.push_back(graph.value(id).type);
    return types;
}

} // namespace

void define_shape(OpTable& table);
void define_shape(OpTable& table) {
    table.add({.name = "top.Input",
               .summary = "an input of the network, with its preprocessing",
               .infer = inferOwn,
               .minOperands = 0,
               .maxOperands = 0});
    table.add({.name = "top.Weight",
               .summary = "a constant, found in the weight store by name",
               .infer = inferOwn,
               .minOperands = 0,
               .maxOperands = 0});
}

} // namespace wb::ops
