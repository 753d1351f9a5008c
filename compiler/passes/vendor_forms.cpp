// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/passes/vendor_forms.h"

#include "compiler/ops/op_def.h"

#include <algorithm>

namespace wb::passes {
namespace {

Status typeAbsentResults(ir::Graph& graph, const ir::Node& node) {
    for (size_t i = 0; i < node.results.size(); ++i) {
        ir::Value& value = graph.value(node.results[i]);
        if (value.type.element != ir::ElementType::None) continue;
        const ops::OpDef* def = ops::opTable().find(node.op);
        if (def == nullptr || def->infer == nullptr)
            return Error{Code::GraphInvalid, node.op + " has a result of the type none"}.atNode(value.name);
        WB_ASSIGN(const auto types, def->infer(graph, node));
        if (i >= types.size())
            return Error{Code::GraphInvalid, node.op + " has only " + std::to_string(types.size()) + " results"}.atNode(value.name);
        value.type = types[i];
    }
    return {};
}

/// [N,C,L] with kernel_shape [k,1]: the axis that is not there, off every list and off the filter.
void dropSecondAxis(ir::Graph& graph, ir::Node& node) {
    const bool filtered = node.op.ends_with(".Conv") || node.op.ends_with(".Conv2D") || node.op.ends_with(".Deconv");
    if ((!filtered && node.op.find("Pool") == std::string::npos) || node.operands.empty() || node.operands[0] == ir::kNoValue ||
        graph.value(node.operands[0]).type.shape.size() != 3)
        return;
    auto& a = node.attributes;
    const auto kernel = a.integers("kernel_shape"), pads = a.integers("pads");
    if (kernel.size() != 2 || kernel[1] != 1 || (!pads.empty() && (pads.size() != 4 || pads[1] != 0 || pads[3] != 0))) return;
    if (filtered) {
        if (node.operands.size() < 2 || node.operands[1] == ir::kNoValue) return;
        ir::Value& filter = graph.value(node.operands[1]);
        const auto stored = graph.weights.find(filter.name);
        ir::Shape& shape = filter.type.shape;
        if (stored == graph.weights.end() || (shape.size() == 4 && shape[3] != 1) || shape.size() < 3 || shape.size() > 4) return;
        shape.resize(3); // unless another layer with the same filter did it
        stored->second = stored->second.reshaped(shape);
    }
    for (const char* key : {"kernel_shape", "strides", "dilations", "output_padding"})
        if (auto numbers = a.integers(key); numbers.size() == 2) a.set(key, ir::Attribute::ints({numbers[0]}));
    if (!pads.empty()) a.set("pads", ir::Attribute::ints({pads[0], pads[2]}));
}

} // namespace

Status fromVendorForms(ir::Graph& graph) {
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
        dropSecondAxis(graph, graph.node(static_cast<ir::NodeId>(n)));
        WB_TRY(typeAbsentResults(graph, graph.nodes()[n]));
    }
    return {};
}

} // namespace wb::passes
