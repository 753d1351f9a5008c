// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/plan.h"

#include "compiler/codegen/groups/cost.h"

#include <algorithm>
#include <limits>
#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

/// A group with the cut that the cost model likes best.
struct Estimate {
    Cut cut;
    double cycles = 0;
};

class Grouping {
public:
    Grouping(const ir::Graph& graph, const Selection& selection, const CompileOptions& options, Constants& constants,
             const JobContext& context)
        : m_graph(graph), m_selection(selection), m_options(options), m_constants(constants), m_context(context),
          m_cost(graph, selection), m_users(graph.users()) {}

    /// Appends the steps of nodes that follow each other and all run locally.
    Status addRun(const std::vector<NodeId>& nodes, std::vector<Step>& steps) {
        WB_ASSIGN(const auto ends, bestEnds(nodes));
        for (size_t begin = 0; begin < nodes.size(); begin = ends[begin])
            WB_TRY(addGroup({nodes.begin() + static_cast<int64_t>(begin),
                             nodes.begin() + static_cast<int64_t>(ends[begin])}, steps));
        return {};
    }

private:
    static constexpr size_t kLongest = 40;   ///< nodes of a group
    static constexpr int kPatience = 4;      ///< tries without gain before giving up

    Group groupFrom(std::vector<NodeId> nodes) const {
        return groupOf(m_graph, m_selection, m_users, std::move(nodes), m_options.observable);
    }

    /// Over cuts from few slices to many, beginning with `fewest`; until more slices only cost more.
    Result<std::optional<Estimate>> estimate(const Group& group, int64_t fewest) {
        std::optional<Estimate> best;
        int worse = 0;
        for (const Cut& cut : cutsToTry(largestCut(m_graph, m_selection, group))) {
            if (cut.slices() < fewest) continue;
            const Tiling tiling = tile(m_graph, m_selection, group, cut);
            // Placement loses a little to gaps.
            WB_ASSIGN(const auto memory, planMemory(m_graph, m_selection, group, tiling, m_constants,
                                                    m_options.laneBytes, Effort::Estimate));
            if (!memory) continue;
            const double cycles = m_cost.group(group, tiling, memory->inputStays, memory->constantWidth);
            if (!best || cycles < best->cycles) {
                best = Estimate{cut, cycles};
                worse = 0;
            } else if (++worse == kPatience) {
                break;
            }
        }
        return best;
    }

    /// For each node the end of the group that begins there in the cheapest partition.
    Result<std::vector<size_t>> bestEnds(const std::vector<NodeId>& nodes) {
        const size_t count = nodes.size();
        std::vector<double> single(count), best(count + 1, std::numeric_limits<double>::infinity());
        std::vector<size_t> from(count + 1), ends(count, count);
        for (size_t i = 0; i < count; ++i) {
            WB_ASSIGN(const auto alone, estimate(groupFrom({nodes[i]}), 1));
            single[i] = alone ? alone->cycles : std::numeric_limits<double>::infinity();
        }
        best[0] = 0;
        for (size_t i = 0; i < count; ++i) {
            WB_TRY(m_context.checkStop());
            double before = 0; // of the group that is one node shorter
            int64_t fewest = 1;
            int worse = 0;
            for (size_t end = i + 1; end <= count && end - i <= kLongest; ++end) {
                if (end > i + 1 && (!m_options.fuse || worse == kPatience)) break;
                double cycles = single[i];
                if (end > i + 1) {
                    const Group group = groupFrom({nodes.begin() + static_cast<int64_t>(i),
                                                   nodes.begin() + static_cast<int64_t>(end)});
                    WB_ASSIGN(const auto found, estimate(group, fewest));
                    if (!found) break;
                    cycles = found->cycles;
                    fewest = std::max<int64_t>(1, found->cut.slices() / 2);
                    worse = cycles > before + single[end - 1] ? worse + 1 : 0;
                }
                before = cycles;
                if (best[i] + cycles < best[end]) {
                    best[end] = best[i] + cycles;
                    from[end] = i;
                }
            }
            if (best[i + 1] == std::numeric_limits<double>::infinity()) {
                best[i + 1] = best[i]; // does not fit alone: addGroup reports it
                from[i + 1] = i;
            }
        }
        for (size_t end = count; end > 0; end = from[end])
            ends[from[end]] = end;
        return ends;
    }

    /// Places a group; one that does not fit after all is halved.
    Status addGroup(std::vector<NodeId> nodes, std::vector<Step>& steps) {
        Group group = groupFrom(nodes);
        std::optional<Step> best;
        int worse = 0;
        const bool fromTop = steps.size() % 2 == 1;
        for (const Cut& cut : cutsToTry(largestCut(m_graph, m_selection, group))) {
            Tiling tiling = tile(m_graph, m_selection, group, cut);
            WB_ASSIGN(auto memory, planMemory(m_graph, m_selection, group, tiling, m_constants, m_options.laneBytes,
                                              Effort::Place, fromTop));
            if (!memory) continue;
            const double cycles = m_cost.group(group, tiling, memory->inputStays, memory->constantWidth);
            if (best && cycles >= best->cycles) {
                if (++worse == kPatience) break;
                continue;
            }
            worse = 0;
            best = Step{};
            best->tiling = std::move(tiling);
            best->memory = std::move(*memory);
            best->cycles = cycles;
        }
        if (best) {
            best->group = std::move(group);
            steps.push_back(std::move(*best));
            return {};
        }
        if (nodes.size() == 1) return tooLarge(nodes[0]);
        const auto middle = nodes.begin() + static_cast<int64_t>(nodes.size() / 2);
        WB_TRY(addGroup({nodes.begin(), middle}, steps));
        return addGroup({middle, nodes.end()}, steps);
    }

    Error tooLarge(NodeId id) const {
        const ir::Node& node = m_graph.node(id);
        return Error{.code = Code::LocalMemoryFull,
                     .what = "the smallest slice of " + node.op + " does not fit the " +
                             std::to_string(m_options.laneBytes) + " bytes of local memory a lane",
                     .node = m_graph.value(node.results[0]).name};
    }

    const ir::Graph& m_graph;
    const Selection& m_selection;
    const CompileOptions& m_options;
    Constants& m_constants;
    const JobContext& m_context;
    CostModel m_cost;
    std::vector<std::vector<NodeId>> m_users;
};

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

std::vector<NodeId> runOrder(const ir::Graph& graph, const Selection& selection) {
    // How many moves lie on the way to each node.
    std::vector<int32_t> level(graph.nodes().size());
    std::vector<NodeId> order;
    const auto live = liveNodes(graph);
    const auto moves = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].how != Runs::Local; };
    for (size_t i = 0; i < level.size(); ++i) {
        const auto id = static_cast<NodeId>(i);
        if (selection.nodes[i].how == Runs::Nowhere) continue;
        for (const ValueId operand : graph.node(id).operands)
            if (operand != ir::kNoValue)
                level[i] = std::max(level[i], level[static_cast<size_t>(graph.value(operand).producer)]);
        if (moves(id)) ++level[i];
        if (live[i]) order.push_back(id);
    }
    std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
        const int32_t la = level[static_cast<size_t>(a)], lb = level[static_cast<size_t>(b)];
        return la != lb ? la < lb : moves(a) && !moves(b);
    });
    return order;
}

Result<std::vector<Step>> planSteps(const ir::Graph& graph, const Selection& selection, const CompileOptions& options,
                                    Constants& constants, const JobContext& context) {
    Grouping grouping(graph, selection, options, constants, context);
    std::vector<Step> steps;
    std::vector<NodeId> run;
    for (const NodeId id : runOrder(graph, selection)) {
        if (selection.nodes[static_cast<size_t>(id)].how == Runs::Local) {
            run.push_back(id);
            continue;
        }
        WB_TRY(grouping.addRun(run, steps));
        run.clear();
        Step step;
        step.how = selection.nodes[static_cast<size_t>(id)].how;
        step.node = id;
        steps.push_back(std::move(step));
    }
    WB_TRY(grouping.addRun(run, steps));
    return steps;
}

} // namespace wb::codegen
