// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/slice.h"

#include "compiler/execute/team.h"
#include "compiler/ir/subgraph.h"

#include <algorithm>

namespace wb::improve {
Stepper::Stepper(const ir::Graph& graph, const std::vector<execute::TensorMap>& inputs)
    : m_graph(graph), m_lastUse(graph.values().size(), -1), m_live(inputs.size()) {
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n)
        for (const ir::ValueId id : graph.node(n).operands)
            if (id != ir::kNoValue) m_lastUse[static_cast<size_t>(id)] = n;
    const auto ids = graph.inputs();
    for (size_t i = 0; i < inputs.size(); ++i)
        for (const ir::ValueId id : ids) {
            const std::string& name = graph.value(id).name;
            const auto it = inputs[i].find(name);
            if (it != inputs[i].end())
                m_live[i].insert_or_assign(name, it->second);
            else if (inputs[i].size() == 1)
                m_live[i].insert_or_assign(name, inputs[i].begin()->second);
        }
}

Status Stepper::advanceTo(ir::NodeId end, const JobContext& context) {
    if (end <= m_next) return {};
    std::vector<ir::ValueId> keep;
    std::vector<ir::NodeId> nodes;
    for (ir::NodeId n = m_next; n < end; ++n) {
        const ir::Node& node = m_graph.node(n);
        if (node.op == "top.Weight" || node.op == "top.Input" || node.op == "top.None") continue;
        for (const ir::ValueId id : node.results)
            if (m_lastUse[static_cast<size_t>(id)] >= end) keep.push_back(id);
        nodes.push_back(n);
    }
    if (!keep.empty()) {
        const auto part = ir::subgraph(m_graph, nodes, keep);
        WB_ASSIGN(const auto executor, execute::Executor::create(part, {}, context));
        WB_TRY(execute::Team(*executor).forEach(
            m_live.size(), context, [&](size_t picture, execute::Executor& own, const JobContext& job) -> Status {
                execute::TensorMap feed;
                for (const ir::ValueId id : part->inputs())
                    if (const auto it = m_live[picture].find(part->value(id).name); it != m_live[picture].end())
                        feed.insert(*it);
                WB_ASSIGN(execute::TensorMap results, own.run(feed, job));
                for (auto& [name, tensor] : results)
                    m_live[picture].insert_or_assign(name, tensor);
                return {};
            }));
    }
    m_next = end;
    for (size_t i = 0; i < m_lastUse.size(); ++i)
        if (m_lastUse[i] < end)
            for (execute::TensorMap& live : m_live)
                live.erase(m_graph.value(static_cast<ir::ValueId>(i)).name);
    return {};
}

} // namespace wb::improve
