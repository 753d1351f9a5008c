// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of rewrites have in common: types of values in F16, and how often an operator stands in a graph.
#pragma once

#include "compiler/ir/graph.h"

#include <algorithm>
#include <utility>

namespace wb::test {

inline ir::TensorType f16(ir::Shape shape) { return {.element = ir::ElementType::F16, .shape = std::move(shape), .quant = {}}; }

inline ptrdiff_t countOf(const ir::Graph& graph, const char* op) {
    return std::count_if(graph.nodes().begin(), graph.nodes().end(), [&](const ir::Node& node) { return node.op == op; });
}

} // namespace wb::test
