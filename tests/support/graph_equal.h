// SPDX-License-Identifier: GPL-3.0-or-later
// Says where two graphs differ, for tests; weights are compared by their presence and bytes.
#pragma once

#include "compiler/ir/graph.h"
#include "compiler/ir/text/text.h"

#include <cstring>
#include <string>

namespace wb::test {

/// Empty when equal, else the first difference.
inline std::string difference(const ir::Graph& a, const ir::Graph& b) {
    if (a.name != b.name) return "names '" + a.name + "' and '" + b.name + "'";
    if (!(a.attributes == b.attributes)) return "module attributes";
    if (a.nodes().size() != b.nodes().size())
        return std::to_string(a.nodes().size()) + " and " + std::to_string(b.nodes().size()) + " nodes";
    const auto nameOf = [](const ir::Graph& g, ir::ValueId id) {
        return id == ir::kNoValue ? std::string("-") : g.value(id).name;
    };
    for (size_t n = 0; n < a.nodes().size(); ++n) {
        const ir::Node &x = a.nodes()[n], &y = b.nodes()[n];
        const std::string at = "node " + std::to_string(n) + ": " + ir::printNode(a, static_cast<ir::NodeId>(n)) +
                               "\nand " + ir::printNode(b, static_cast<ir::NodeId>(n));
        if (x.op != y.op || !(x.attributes == y.attributes)) return at;
        if (x.operands.size() != y.operands.size() || x.results.size() != y.results.size()) return at;
        for (size_t i = 0; i < x.operands.size(); ++i)
            if (nameOf(a, x.operands[i]) != nameOf(b, y.operands[i])) return at;
        for (size_t i = 0; i < x.results.size(); ++i)
            if (nameOf(a, x.results[i]) != nameOf(b, y.results[i]) ||
                !(a.value(x.results[i]).type == b.value(y.results[i]).type))
                return at;
    }
    if (a.outputs.size() != b.outputs.size()) return "number of outputs";
    for (size_t i = 0; i < a.outputs.size(); ++i)
        if (nameOf(a, a.outputs[i]) != nameOf(b, b.outputs[i])) return "output " + std::to_string(i);
    if (a.weights.size() != b.weights.size()) return "number of weights";
    for (const auto& [name, tensor] : a.weights) {
        const auto it = b.weights.find(name);
        if (it == b.weights.end() || it->second.type() != tensor.type() || it->second.shape() != tensor.shape() ||
            (tensor.byteSize() != 0 && std::memcmp(tensor.bytes(), it->second.bytes(), tensor.byteSize()) != 0))
            return "weight '" + name + "'";
    }
    return {};
}

} // namespace wb::test
