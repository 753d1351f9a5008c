// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/slopes.h"

#include "compiler/codegen/rewrites/steps.h"

namespace wb::codegen {
namespace {

/// One for all, or one a channel.
bool inChannels(const ir::Shape& slopes, const ir::Shape& shape) {
    if (slopes.size() > shape.size()) return false;
    const size_t first = shape.size() - slopes.size();
    for (size_t i = 0; i < slopes.size(); ++i)
        if (slopes[i] != 1 && (first + i != 1 || slopes[i] != shape[1])) return false;
    return true;
}

} // namespace

ir::Graph slopesOfElements(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<ir::NodeId>(i);
        const ir::Node& node = graph.node(at);
        if (node.op != "tpu.PReluOp" || node.operands.size() != 2) continue;
        const ir::TensorType type = graph.value(node.results[0]).type;
        const ir::TensorType& operand = graph.value(node.operands[0]).type;
        const ir::ValueId x = node.operands[0], slopes = node.operands[1];
        if (!ir::isFloat(type.element) || operand.element != type.element || graph.value(slopes).type.element != type.element ||
            inChannels(graph.value(slopes).type.shape, type.shape))
            continue;
        Steps steps(graph, at, graph.value(node.results[0]).name);
        ir::AttributeMap zero;
        zero.set("const_val", 0.0);
        const ir::ValueId below = steps.add("tpu.MinConst", {x}, type.shape, zero);
        const ir::ValueId scaled = steps.add("tpu.Mul", {below, slopes}, type.shape);
        const ir::ValueId above = steps.add("tpu.MaxConst", {x}, type.shape, zero);
        steps.node().op = "tpu.Add";
        steps.node().operands = {above, scaled};
        steps.node().attributes = {};
        i = static_cast<size_t>(steps.position());
    }
    return graph;
}

} // namespace wb::codegen
