// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/choose.h"

#include "compiler/codegen/layouts/costs.h"
#include "compiler/codegen/layouts/minimise.h"

namespace wb::codegen {
namespace {

class Chooser {
public:
    Chooser(const ir::Graph& graph, const Ties& ties) : m_graph(graph), m_ties(ties) {}

    std::vector<Phases> choose() && {
        for (const Tie& tie : m_ties.ties) {
            m_candidates.push_back(candidates(m_graph, m_ties, tie));
            std::vector<double> own;
            for (const Phases& phases : m_candidates.back())
                own.push_back(ownCycles(tie, phases));
            m_problem.add(std::move(own));
        }
        for (size_t i = 0; i < m_graph.nodes().size(); ++i)
            if (m_ties.nodes[i] == Relation::Window) addConvolution(m_graph.node(static_cast<ir::NodeId>(i)));
        const auto best = m_problem.solve();
        std::vector<Phases> out;
        for (size_t i = 0; i < best.size(); ++i)
            out.push_back(m_candidates[i][best[i]]);
        return out;
    }

private:
    double ownCycles(const Tie& tie, const Phases& phases) const {
        if (tie.loaded) return loadCycles(m_graph, *m_graph.producer(tie.values[0]), phases);
        double cycles = 0;
        for (const ir::ValueId id : tie.values) {
            const ir::NodeId producer = m_graph.value(id).producer;
            if (m_ties.nodes[static_cast<size_t>(producer)] == Relation::Tied)
                cycles += elementwiseCycles(m_graph, m_graph.node(producer), phases);
        }
        return cycles;
    }

    void addConvolution(const ir::Node& node) {
        const auto conv = convShapeOf(m_graph, node);
        const auto from = static_cast<size_t>(tieOf(node.operands[0])), to = static_cast<size_t>(tieOf(node.results[0]));
        std::vector<double> costs;
        for (const Phases& a : m_candidates[from]) {
            const ChannelOrder in = m_ties.ties[from].loaded && !a.plain()
                                        ? loadedOrder(m_graph.value(node.operands[0]).type.shape, a)
                                        : packedOrder(m_ties.segments[static_cast<size_t>(node.operands[0])], a);
            const double clear = m_ties.ties[from].loaded ? 0 : clearCycles(*conv, a);
            for (const Phases& b : m_candidates[to])
                costs.push_back(clear + convCycles(*conv, a, in, b, m_ties.segments[static_cast<size_t>(node.results[0])]));
        }
        m_problem.add(from, to, costs);
    }

    int32_t tieOf(ir::ValueId id) const { return m_ties.values[static_cast<size_t>(id)]; }

    const ir::Graph& m_graph;
    const Ties& m_ties;
    std::vector<std::vector<Phases>> m_candidates; ///< by tie
    PairwiseProblem m_problem;
};

} // namespace

std::vector<Phases> choosePhases(const ir::Graph& graph, const Ties& ties) { return Chooser(graph, ties).choose(); }

} // namespace wb::codegen
