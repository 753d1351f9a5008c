// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/search/difference.h"

#include "compiler/ir/subgraph.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace wb::search {
namespace {

bool sameBytes(const ir::Tensor* a, const ir::Tensor* b) {
    if (a == nullptr || b == nullptr) return a == b;
    if (a->type() != b->type() || a->shape() != b->shape()) return false;
    return a->bytes() == b->bytes() || std::memcmp(a->bytes(), b->bytes(), a->byteSize()) == 0;
}

} // namespace

Known::Known(std::shared_ptr<const ir::Graph> of, size_t samples) : graph(std::move(of)), values(samples) {
    byName.reserve(graph->values().size());
    for (size_t i = 0; i < graph->values().size(); ++i)
        byName.emplace(graph->values()[i].name, static_cast<ir::ValueId>(i));
}

std::vector<bool> sameValues(const ir::Graph& graph, const Known& known) {
    std::vector<bool> same(graph.values().size(), false);
    if (known.graph == nullptr) return same;
    const ir::Graph& other = *known.graph;
    for (const ir::Node& node : graph.nodes()) {
        if (node.results.empty()) continue;
        const auto found = known.byName.find(graph.value(node.results[0]).name);
        if (found == known.byName.end()) continue;
        const ir::Node* twin = other.producer(found->second);
        if (twin == nullptr || twin->op != node.op || twin->operands.size() != node.operands.size() ||
            twin->results.size() != node.results.size() || !(twin->attributes == node.attributes))
            continue;
        bool equal = true;
        for (size_t i = 0; equal && i < node.operands.size(); ++i) {
            const ir::ValueId a = node.operands[i], b = twin->operands[i];
            if (a == ir::kNoValue || b == ir::kNoValue)
                equal = a == b;
            else
                equal = same[static_cast<size_t>(a)] && graph.value(a).name == other.value(b).name;
        }
        for (size_t i = 0; equal && i < node.results.size(); ++i) {
            const ir::Value& a = graph.value(node.results[i]);
            const ir::Value& b = other.value(twin->results[i]);
            equal = a.name == b.name && a.type == b.type;
        }
        if (equal && node.op == "top.Weight")
            equal = sameBytes(graph.weight(node.results[0]), other.weight(twin->results[0]));
        if (equal)
            for (const ir::ValueId id : node.results)
                same[static_cast<size_t>(id)] = true;
    }
    return same;
}

std::shared_ptr<ir::Graph> partOf(const ir::Graph& graph, const std::vector<bool>& given) {
    const auto missing = [&](ir::ValueId id) { return !given[static_cast<size_t>(id)]; };
    std::vector<ir::NodeId> nodes;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const ir::Node& node = graph.node(n);
        if (node.op != "top.Weight" && std::any_of(node.results.begin(), node.results.end(), missing)) nodes.push_back(n);
    }
    std::vector<ir::ValueId> outputs;
    std::copy_if(graph.outputs.begin(), graph.outputs.end(), std::back_inserter(outputs), missing);
    return ir::subgraph(graph, nodes, outputs);
}

} // namespace wb::search
