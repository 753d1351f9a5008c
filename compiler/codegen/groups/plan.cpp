// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/plan.h"

#include "compiler/codegen/groups/cost.h"

#include <algorithm>
#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

/// The cheapest tiling of a group that fits, if one does. Searching stops when more slices only cost more.
Result<std::optional<Step>> tiledStep(const ir::Graph& graph, const Selection& selection, Group group,
                                      const CompileOptions& options, Constants& constants) {
    std::optional<Step> best;
    int worse = 0;
    for (const Cut& cut : cutsToTry(largestCut(graph, selection, group))) {
        Tiling tiling = tile(graph, selection, group, cut);
        WB_ASSIGN(auto memory, planMemory(graph, selection, group, tiling, constants, options.laneBytes));
        if (!memory) continue;
        const double cycles =
            groupCycles(graph, selection, group, tiling, memory->inputStays, memory->constantWidth);
        if (best && cycles >= best->cycles) {
            if (++worse == 3) break;
            continue;
        }
        worse = 0;
        Step step;
        step.tiling = std::move(tiling);
        step.memory = std::move(*memory);
        step.cycles = cycles;
        best = std::move(step);
    }
    if (best) best->group = std::move(group);
    return best;
}

Error tooLarge(const ir::Graph& graph, NodeId id, int64_t laneBytes) {
    const ir::Node& node = graph.node(id);
    return Error{.code = Code::LocalMemoryFull,
                 .what = "the smallest slice of " + node.op + " does not fit the " + std::to_string(laneBytes) +
                         " bytes of local memory a lane",
                 .node = graph.value(node.results[0]).name};
}

} // namespace

std::vector<bool> liveNodes(const ir::Graph& graph) {
    std::vector<bool> live(graph.nodes().size());
    std::set<ValueId> needed(graph.outputs.begin(), graph.outputs.end());
    for (size_t i = graph.nodes().size(); i-- > 0;) {
        const ir::Node& node = graph.node(static_cast<NodeId>(i));
        live[i] = std::any_of(node.results.begin(), node.results.end(), [&](ValueId id) { return needed.contains(id); });
        if (live[i]) needed.insert(node.operands.begin(), node.operands.end());
    }
    return live;
}

Group groupOf(const ir::Graph& graph, const Selection& selection, const std::vector<std::vector<NodeId>>& users,
              std::vector<NodeId> nodes, bool storeAll) {
    Group group;
    const auto inside = [&](NodeId id) { return std::find(nodes.begin(), nodes.end(), id) != nodes.end(); };
    for (const NodeId id : nodes) {
        const ir::Node& node = graph.node(id);
        for (const ValueId operand : node.operands) {
            if (operand == ir::kNoValue || selection.values[static_cast<size_t>(operand)].constant) continue;
            if (inside(graph.value(operand).producer)) continue;
            if (std::find(group.inputs.begin(), group.inputs.end(), operand) == group.inputs.end())
                group.inputs.push_back(operand);
        }
        const ValueId result = node.results[0];
        const auto& readers = users[static_cast<size_t>(result)];
        if (storeAll || graph.isOutput(result) ||
            std::any_of(readers.begin(), readers.end(), [&](NodeId user) { return !inside(user); }))
            group.outputs.push_back(result);
    }
    group.nodes = std::move(nodes);
    return group;
}

Result<std::vector<Step>> planSteps(const ir::Graph& graph, const Selection& selection, const CompileOptions& options,
                                    Constants& constants, const JobContext& context) {
    const auto users = graph.users();
    const auto live = liveNodes(graph);
    std::vector<Step> steps;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        WB_TRY(context.checkStop());
        const auto id = static_cast<NodeId>(i);
        const Runs how = selection.nodes[i].how;
        if (!live[i] || how == Runs::Nowhere) continue;
        if (how != Runs::Local) {
            Step step;
            step.how = how;
            step.node = id;
            steps.push_back(std::move(step));
            continue;
        }
        WB_ASSIGN(auto step, tiledStep(graph, selection, groupOf(graph, selection, users, {id}, options.observable),
                                       options, constants));
        if (!step) return tooLarge(graph, id, options.laneBytes);
        steps.push_back(std::move(*step));
    }
    return steps;
}

} // namespace wb::codegen
