// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ir/verify.h"

#include <set>

namespace wb::ir {
namespace {

Error invalid(std::string what, std::string node) {
    return Error{Code::GraphInvalid, std::move(what)}.atNode(std::move(node));
}

Status checkWeight(const Graph& graph, const Value& value) {
    const auto it = graph.weights.find(value.name);
    if (it == graph.weights.end())
        return Error{Code::WeightMissing, "the constant '" + value.name + "' has no data"}.atNode(
            value.name);
    const auto count = checkedElementCount(value.type.shape);
    if (!count || it->second.elementCount() != *count)
        return invalid("the constant has shape " + toText(value.type.shape) + ", its data " +
                           toText(it->second.shape()),
                       value.name);
    return {};
}

} // namespace

Status verify(const Graph& graph) {
    const auto valueCount = static_cast<ValueId>(graph.values().size());
    std::vector<char> defined(graph.values().size(), 0);
    std::set<std::string_view> names;
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
        const Node& node = graph.nodes()[n];
        const std::string where =
            !node.results.empty() && node.results[0] >= 0 && node.results[0] < valueCount
                ? graph.value(node.results[0]).name
                : node.op;
        for (size_t i = 0; i < node.operands.size(); ++i) {
            const ValueId id = node.operands[i];
            if (id == kNoValue) continue;
            if (id < 0 || id >= valueCount)
                return invalid(node.op + ": operand " + std::to_string(i) + " does not exist",
                               where);
            if (defined[static_cast<size_t>(id)] == 0)
                return invalid(node.op + ": operand '" + graph.value(id).name +
                                   "' is used before it is defined",
                               where);
        }
        if (node.results.empty()) return invalid(node.op + " has no result", where);
        for (size_t r = 0; r < node.results.size(); ++r) {
            const ValueId id = node.results[r];
            if (id < 0 || id >= valueCount)
                return invalid(node.op + ": a result does not exist", where);
            const Value& value = graph.value(id);
            if (defined[static_cast<size_t>(id)] != 0)
                return invalid("'" + value.name + "' is made by two nodes", where);
            defined[static_cast<size_t>(id)] = 1;
            if (value.producer != static_cast<NodeId>(n) ||
                value.resultIndex != static_cast<int32_t>(r))
                return invalid("'" + value.name + "' does not know its producer", where);
            if (value.name.empty()) return invalid(node.op + ": a result has no name", where);
            if (!names.insert(value.name).second)
                return invalid("two values are called '" + value.name + "'", where);
            if (value.type.ranked && !checkedElementCount(value.type.shape))
                return invalid("'" + value.name + "' has the shape " + toText(value.type.shape),
                               where);
            if (node.op == "top.Weight") WB_TRY(checkWeight(graph, value));
        }
    }
    for (ValueId id : graph.outputs)
        if (id < 0 || id >= valueCount || defined[static_cast<size_t>(id)] == 0)
            return invalid("an output of the network does not exist", {});
    return {};
}

} // namespace wb::ir
