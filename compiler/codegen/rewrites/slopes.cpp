// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/slopes.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/ops/activation/activation_bm1684x.h"

namespace wb::codegen {
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
            ops::slopesInChannels(graph.value(slopes).type.shape, type.shape))
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
