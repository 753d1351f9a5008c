// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of rewrites have in common: graphs put together by code, types of values in F16, and how often an operator
// stands in a graph.
#pragma once

#include "compiler/ir/graph.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace wb::test {

inline ir::TensorType f16(ir::Shape shape) { return {.element = ir::ElementType::F16, .shape = std::move(shape), .quant = {}}; }

inline ptrdiff_t countOf(const ir::Graph& graph, const char* op) {
    return std::count_if(graph.nodes().begin(), graph.nodes().end(), [&](const ir::Node& node) { return node.op == op; });
}

/// Of values in F16.
struct Net {
    ir::Graph graph;
    int count = 0;

    ir::ValueId input(ir::Shape shape) { return op("top.Input", {}, std::move(shape)); }
    ir::ValueId op(const char* name, std::vector<ir::ValueId> operands, ir::Shape shape) {
        return graph.add(name, std::move(operands), "value" + std::to_string(count++), f16(std::move(shape)));
    }
};

} // namespace wb::test
