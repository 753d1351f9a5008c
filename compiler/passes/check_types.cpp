// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/passes/check_types.h"

#include "compiler/ops/op_def.h"

namespace wb::passes {
namespace {

Error invalid(const ir::Graph& graph, const ir::Node& node, std::string what) {
    Error error{Code::GraphInvalid, node.op + ": " + std::move(what)};
    if (!node.results.empty()) error.node = graph.value(node.results.front()).name;
    return error;
}

} // namespace

Status checkTypes(const ir::Graph& graph) {
    for (const ir::Node& node : graph.nodes()) {
        const ops::OpDef* def = ops::opTable().find(node.op);
        if (def == nullptr || def->infer == nullptr)
            return invalid(graph, node, "no such operator");
        const auto count = static_cast<int>(node.operands.size());
        if (count < def->minOperands || (def->maxOperands >= 0 && count > def->maxOperands))
            return invalid(graph, node, std::to_string(count) + " operands");
        WB_ASSIGN(const auto types, def->infer(graph, node));
        if (types.size() != node.results.size())
            return invalid(graph, node,
                           std::to_string(node.results.size()) + " results, " +
                               std::to_string(types.size()) + " expected");
        for (size_t i = 0; i < types.size(); ++i) {
            const ir::TensorType& type = graph.value(node.results[i]).type;
            // Where the network brings its scales, the rules know nothing of the codes.
            const bool element = type.uniform() != nullptr || type.element == types[i].element;
            if (type.shape != types[i].shape || !element)
                return invalid(graph, node,
                               "result has shape " + ir::toText(type.shape) + ", " +
                                   ir::toText(types[i].shape) + " expected");
        }
        if (def->verify != nullptr) WB_TRY(def->verify(graph, node));
    }
    return {};
}

} // namespace wb::passes
