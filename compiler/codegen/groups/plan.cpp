// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/plan.h"

#include "compiler/codegen/groups/cost.h"
#include "compiler/codegen/groups/residency.h"

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
             Residency& residency, const JobContext& context)
        : m_graph(graph), m_selection(selection), m_options(options), m_constants(constants), m_residency(residency),
          m_context(context), m_cost(graph, selection), m_users(graph.users()) {}

    /// Appends the nodes of each group, of nodes that follow each other and all run locally.
    Status addRun(const std::vector<NodeId>& nodes, std::vector<std::vector<NodeId>>& groups) {
        WB_ASSIGN(const auto ends, bestEnds(nodes));
        for (size_t begin = 0; begin < nodes.size(); begin = ends[begin])
            groups.emplace_back(nodes.begin() + static_cast<int64_t>(begin), nodes.begin() + static_cast<int64_t>(ends[begin]));
        return {};
    }

    /// Steps of groups and other nodes. A group that does not fit beside what stays makes room: the value that is
    /// needed last goes through DDR instead, and all is placed again from the group that makes it. A group that
    /// still does not fit is halved.
    Result<std::vector<Step>> place(std::vector<std::vector<NodeId>> groups) {
        std::vector<Step> steps;
        std::vector<std::vector<HeldValue>> held{{}}; // before each step
        for (size_t i = 0; i < groups.size();) {
            WB_TRY(m_context.checkStop());
            steps.resize(i);
            held.resize(i + 1);
            const NodeId first = groups[i].front();
            const Runs how = m_selection.nodes[static_cast<size_t>(first)].how;
            if (how != Runs::Local) {
                Step step;
                step.how = how;
                step.node = first;
                steps.push_back(std::move(step));
                held.push_back(held[i]);
                ++i;
                continue;
            }
            Group group = groupFrom(groups[i]);
            const int64_t end = m_residency.position(groups[i].back());
            for (HeldValue& value : held[i])
                value.dies = m_residency.lastUse(value.value) <= end;
            WB_ASSIGN(auto step, placedBeside(group, held, i));
            const ValueId victim = worstOf(group, held[i], end, step);
            if (victim != ir::kNoValue) {
                m_residency.giveUp(victim);
                i = madeBy(groups, victim);
                continue;
            }
            if (step) {
                held.push_back(after(held[i], *step));
                steps.push_back(std::move(*step));
                ++i;
                continue;
            }
            if (groups[i].size() == 1) return tooLarge(first);
            const auto middle = groups[i].begin() + static_cast<int64_t>(groups[i].size() / 2);
            std::vector<NodeId> rest(middle, groups[i].end());
            groups[i].erase(middle, groups[i].end());
            groups.insert(groups.begin() + static_cast<int64_t>(i) + 1, std::move(rest));
        }
        return steps;
    }

private:
    static constexpr size_t kLongest = 40;   ///< nodes of a group
    static constexpr int kPatience = 4;      ///< tries without gain before giving up
    static constexpr double kGroupCycles = 40; ///< what a group more costs by itself

    Group groupFrom(std::vector<NodeId> nodes) const {
        Group group = groupOf(m_graph, m_selection, m_users, std::move(nodes), m_options.observable);
        m_residency.mark(group);
        return group;
    }

    /// Whether anything is loaded or stored; otherwise slices have nothing to run beside.
    static bool movesData(const Group& group) {
        for (size_t i = 0; i < group.inputs.size(); ++i)
            if (!group.isHeld(i)) return true;
        for (size_t i = 0; i < group.outputs.size(); ++i)
            if (group.isStored(i)) return true;
        return false;
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
            const double cycles = m_cost.group(group, tiling, memory->inputStays, memory->constantBytes());
            if (!best || cycles < best->cycles) {
                best = Estimate{cut, cycles};
                worse = 0;
                if (!movesData(group)) break;
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
                if (best[i] + cycles + kGroupCycles < best[end]) {
                    best[end] = best[i] + cycles + kGroupCycles;
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

    /// As `placed`. What the step before reads last is left alone if that costs nothing: where this step's loads would
    /// overwrite it, they wait.
    Result<std::optional<Step>> placedBeside(const Group& group, const std::vector<std::vector<HeldValue>>& held, size_t i) {
        const bool fromTop = i % 2 == 1;
        WB_ASSIGN(auto step, placed(group, held[i], fromTop));
        if (!step || i == 0) return step;
        std::vector<HeldValue> besides = held[i];
        for (const HeldValue& value : held[i - 1])
            if (value.dies) besides.push_back({value.value, value.address, value.bytes, false});
        if (besides.size() == held[i].size()) return step;
        WB_ASSIGN(auto apart, placed(group, besides, fromTop));
        return apart && apart->cycles <= step->cycles ? std::move(apart) : std::move(step);
    }

    /// The group with the best cut that fits beside what is held.
    Result<std::optional<Step>> placed(const Group& group, const std::vector<HeldValue>& held, bool fromTop) {
        std::optional<Step> best;
        int worse = 0;
        for (const Cut& cut : cutsToTry(largestCut(m_graph, m_selection, group))) {
            Tiling tiling = tile(m_graph, m_selection, group, cut);
            WB_ASSIGN(auto memory, planMemory(m_graph, m_selection, group, tiling, m_constants, m_options.laneBytes,
                                              Effort::Place, fromTop, held));
            if (!memory) continue;
            const double cycles = m_cost.group(group, tiling, memory->inputStays, memory->constantBytes());
            if (best && cycles >= best->cycles) {
                if (++worse == kPatience) break;
                continue;
            }
            worse = 0;
            best = Step{};
            best->tiling = std::move(tiling);
            best->memory = std::move(*memory);
            best->cycles = cycles;
            if (!movesData(group)) break;
        }
        if (best) best->group = group;
        return best;
    }

    /// The value that should not stay because the group does not fit, or runs slower by more than that is worth;
    /// kNoValue: none.
    ValueId worstOf(const Group& group, const std::vector<HeldValue>& held, int64_t end, const std::optional<Step>& step) {
        ValueId worst = ir::kNoValue;
        int64_t latest = -1;
        for (const HeldValue& value : held) {
            if (std::find(group.inputs.begin(), group.inputs.end(), value.value) != group.inputs.end()) continue;
            const int64_t next = m_residency.nextUse(value.value, end + 1);
            if (next <= latest) continue;
            latest = next;
            worst = value.value;
        }
        if (step) {
            if (worst == ir::kNoValue || step->tiling.slices.size() == 1) return ir::kNoValue;
            const auto alone = estimate(group, 1);
            if (!alone || !*alone) return ir::kNoValue;
            const auto whole = m_selection.values[static_cast<size_t>(worst)].whole();
            const double gain = m_cost.store(worst, whole) + m_cost.load(worst, whole);
            return step->cycles > (*alone)->cycles + gain ? worst : ir::kNoValue;
        }
        if (worst != ir::kNoValue) return worst;
        int64_t most = 0;
        const auto consider = [&](ValueId id) {
            if (!m_residency.mayStay(id) || m_residency.bytes(id) <= most) return;
            most = m_residency.bytes(id);
            worst = id;
        };
        for (const ValueId id : group.outputs) consider(id);
        for (const ValueId id : group.inputs) consider(id);
        return worst;
    }

    size_t madeBy(const std::vector<std::vector<NodeId>>& groups, ValueId id) const {
        const NodeId producer = m_graph.value(id).producer;
        for (size_t i = 0; i < groups.size(); ++i)
            if (std::find(groups[i].begin(), groups[i].end(), producer) != groups[i].end()) return i;
        return 0;
    }

    /// What lies in local memory behind a step.
    std::vector<HeldValue> after(const std::vector<HeldValue>& held, const Step& step) const {
        std::vector<HeldValue> out;
        for (const HeldValue& value : held)
            if (!value.dies) out.push_back(value);
        for (size_t i = 0; i < step.group.outputs.size(); ++i)
            if (step.group.isKept(i))
                out.push_back({step.group.outputs[i], step.memory.kept[i], m_residency.bytes(step.group.outputs[i])});
        return out;
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
    Residency& m_residency;
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

namespace {

/// Nodes that contribute to an output, so that outputs that need the fewest others come first: their stores run
/// beside the work on the others.
std::vector<NodeId> outputsEarly(const ir::Graph& graph) {
    std::vector<std::pair<std::vector<NodeId>, ValueId>> needs; // nodes that each output needs, ascending
    for (const ValueId output : graph.outputs) {
        std::vector<bool> needed(graph.nodes().size());
        std::vector<NodeId> nodes;
        if (graph.value(output).producer != ir::kNoNode) needed[static_cast<size_t>(graph.value(output).producer)] = true;
        for (size_t i = needed.size(); i-- > 0;) {
            if (!needed[i]) continue;
            nodes.push_back(static_cast<NodeId>(i));
            for (const ValueId operand : graph.node(nodes.back()).operands)
                if (operand != ir::kNoValue && graph.value(operand).producer != ir::kNoNode)
                    needed[static_cast<size_t>(graph.value(operand).producer)] = true;
        }
        std::reverse(nodes.begin(), nodes.end());
        needs.emplace_back(std::move(nodes), output);
    }
    std::stable_sort(needs.begin(), needs.end(), [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); });
    std::vector<NodeId> order;
    std::vector<bool> placed(graph.nodes().size());
    for (const auto& [nodes, output] : needs)
        for (const NodeId id : nodes) {
            if (placed[static_cast<size_t>(id)]) continue;
            placed[static_cast<size_t>(id)] = true;
            order.push_back(id);
        }
    return order;
}

} // namespace

std::vector<NodeId> runOrder(const ir::Graph& graph, const Selection& selection) {
    // How many moves lie on the way to each node.
    std::vector<int32_t> level(graph.nodes().size());
    std::vector<NodeId> order;
    const auto moves = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].how != Runs::Local; };
    for (size_t i = 0; i < level.size(); ++i) {
        const auto id = static_cast<NodeId>(i);
        if (selection.nodes[i].how == Runs::Nowhere) continue;
        for (const ValueId operand : graph.node(id).operands)
            if (operand != ir::kNoValue)
                level[i] = std::max(level[i], level[static_cast<size_t>(graph.value(operand).producer)]);
        if (moves(id)) ++level[i];
    }
    for (const NodeId id : outputsEarly(graph))
        if (selection.nodes[static_cast<size_t>(id)].how != Runs::Nowhere) order.push_back(id);
    std::stable_sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
        const int32_t la = level[static_cast<size_t>(a)], lb = level[static_cast<size_t>(b)];
        return la != lb ? la < lb : moves(a) && !moves(b);
    });
    return order;
}

Result<std::vector<Step>> planSteps(const ir::Graph& graph, const Selection& selection, const CompileOptions& options,
                                    Constants& constants, const JobContext& context, bool keep) {
    const std::vector<NodeId> order = runOrder(graph, selection);
    Residency residency(graph, selection, order, options.laneBytes, keep && !options.observable);
    Grouping grouping(graph, selection, options, constants, residency, context);
    std::vector<std::vector<NodeId>> groups;
    std::vector<NodeId> run;
    for (const NodeId id : order) {
        if (selection.nodes[static_cast<size_t>(id)].how == Runs::Local) {
            run.push_back(id);
            continue;
        }
        WB_TRY(grouping.addRun(run, groups));
        run.clear();
        groups.push_back({id});
    }
    WB_TRY(grouping.addRun(run, groups));
    return grouping.place(std::move(groups));
}

} // namespace wb::codegen
