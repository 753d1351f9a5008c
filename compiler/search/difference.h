// SPDX-License-Identifier: GPL-3.0-or-later
// A search runs many networks that differ in a few layers. What one run computed is kept, and the next
// network is computed only from its first different layer on. Private to this module.
#pragma once

#include "compiler/execute/executor.h"

#include <string_view>
#include <unordered_map>

namespace wb::search {

/// A graph and the values that it gave, by sample and value name. Values that are not kept are computed
/// again when they are needed.
struct Known {
    std::shared_ptr<const ir::Graph> graph;
    std::vector<execute::TensorMap> values;
    std::unordered_map<std::string_view, ir::ValueId> byName; ///< into the graph, which owns the names

    Known() = default;
    Known(std::shared_ptr<const ir::Graph> of, size_t samples);
};

/// By value of `graph`: whether `known` has the same value, made by the same operators from the same
/// operands and weights. Weights are compared by their bytes, what is kept by the first sample.
std::vector<bool> sameValues(const ir::Graph& graph, const Known& known);

/// The nodes whose results are not `given`, with given operands as inputs. Outputs: those not given.
std::shared_ptr<ir::Graph> partOf(const ir::Graph& graph, const std::vector<bool>& given);

} // namespace wb::search
