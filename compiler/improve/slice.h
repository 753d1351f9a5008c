// SPDX-License-Identifier: GPL-3.0-or-later
// A graph run piece by piece for several pictures at once: what has been computed stays until nothing needs it any
// more, and a node may still be changed while it has not been run.
#pragma once

#include "compiler/execute/executor.h"

#include <vector>

namespace wb::improve {

class Stepper {
public:
    /// The graph may be edited between calls, but neither its structure nor nodes that were run.
    Stepper(const ir::Graph& graph, const std::vector<execute::TensorMap>& inputs);

    /// Runs all nodes before `end` that were not run yet.
    Status advanceTo(ir::NodeId end, const JobContext& context);

    /// The value in picture `picture`, while a node not run yet needs it; else nullptr.
    const ir::Tensor* value(size_t picture, ir::ValueId id) const {
        const auto it = m_live[picture].find(m_graph.value(id).name);
        return it == m_live[picture].end() ? nullptr : &it->second;
    }
    size_t pictures() const { return m_live.size(); }

private:
    const ir::Graph& m_graph;
    ir::NodeId m_next = 0;
    std::vector<ir::NodeId> m_lastUse; ///< by value
    std::vector<execute::TensorMap> m_live;
};

} // namespace wb::improve
