// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/ties.h"

#include "compiler/codegen/layouts/conv_phases.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

/// Result element i depends on element i of the operands, in the same way for all i.
bool isUniform(const std::string& op) {
    static const std::set<std::string> list{
        "tpu.Cast", "tpu.MulShift", "tpu.Lut",      "tpu.LeakyRelu", "tpu.Active",   "tpu.Relu",     "tpu.RequantInt",
        "tpu.Clip", "tpu.AddConst", "tpu.MulConst", "tpu.SubConst",  "tpu.MaxConst", "tpu.MinConst",
        "tpu.Add",  "tpu.Sub",      "tpu.Mul",      "tpu.Max",       "tpu.Min"};
    return list.contains(op);
}

class Finder {
public:
    explicit Finder(const ir::Graph& graph) : m_graph(graph), m_parents(graph.values().size()) {
        std::iota(m_parents.begin(), m_parents.end(), 0);
        m_plain.resize(m_parents.size());
        m_ties.segments.resize(m_parents.size());
    }

    Ties find() && {
        for (size_t i = 0; i < m_graph.nodes().size(); ++i)
            m_ties.nodes.push_back(visit(m_graph.node(static_cast<NodeId>(i))));
        for (const ValueId id : m_graph.outputs)
            fix(id);
        collect();
        findLoaded();
        return std::move(m_ties);
    }

private:
    const ir::TensorType& type(ValueId id) const { return m_graph.value(id).type; }
    bool constant(ValueId id) const { return id == ir::kNoValue || m_graph.weight(id) != nullptr; }
    bool picture(ValueId id) const { return type(id).ranked && type(id).shape.size() == 4; }
    std::vector<int64_t>& segments(ValueId id) { return m_ties.segments[static_cast<size_t>(id)]; }

    ValueId root(ValueId id) {
        while (m_parents[static_cast<size_t>(id)] != id)
            id = m_parents[static_cast<size_t>(id)] = m_parents[static_cast<size_t>(m_parents[static_cast<size_t>(id)])];
        return id;
    }
    void fix(ValueId id) {
        if (id != ir::kNoValue) m_plain[static_cast<size_t>(root(id))] = true;
    }
    void join(ValueId a, ValueId b) {
        a = root(a);
        b = root(b);
        if (a == b) return;
        m_parents[static_cast<size_t>(b)] = a;
        m_plain[static_cast<size_t>(a)] = m_plain[static_cast<size_t>(a)] || m_plain[static_cast<size_t>(b)];
    }

    Relation visit(const ir::Node& node) {
        for (const ValueId id : node.results)
            if (picture(id)) segments(id) = {type(id).shape[1]};
        if (node.op == "top.Input" || node.op == "top.Weight" || node.op == "top.None") return Relation::Fixed;
        if (convShapeOf(m_graph, node)) return Relation::Window;
        if (const auto relation = tie(node)) return *relation;
        for (const ValueId id : node.operands)
            fix(id);
        for (const ValueId id : node.results)
            fix(id);
        return Relation::Fixed;
    }

    std::optional<Relation> tie(const ir::Node& node) {
        if (node.results.size() != 1 || node.operands.empty() || !picture(node.results[0])) return {};
        const ValueId result = node.results[0];
        const ir::Shape& shape = type(result).shape;
        if (node.op == "tpu.Concat") return tieConcat(node);
        if (node.op == "tpu.ScaleLut" && node.operands.size() == 2 && constant(node.operands[1]) && cameFromOutside(node.operands[0])) {
            fix(node.operands[0]);
            return Relation::Entry;
        }
        if (!isUniform(node.op) || constant(node.operands[0])) return {};
        std::vector<ValueId> tied;
        for (size_t i = 0; i < node.operands.size(); ++i) {
            const ValueId id = node.operands[i];
            if (constant(id)) {
                // A table, or one number for all; anything else has a shape that blocks would change.
                const int64_t numbers = node.op == "tpu.Lut" && i == 1 ? 256 : 1;
                if (id != ir::kNoValue && type(id).elementCount() != numbers) return {};
                continue;
            }
            if (!picture(id) || type(id).shape != shape) return {};
            if (!tied.empty() && segments(id) != segments(tied[0])) return {};
            tied.push_back(id);
        }
        segments(result) = segments(tied[0]);
        if (node.op == "tpu.Cast" && isInput(node.operands[0])) {
            fix(node.operands[0]);
            return Relation::Entry;
        }
        for (const ValueId id : tied)
            join(id, result);
        return Relation::Tied;
    }

    /// A network input, whatever its shape.
    bool isInput(ValueId id) const {
        const ir::Node& node = *m_graph.producer(id);
        return node.op == "top.Input" || (node.op == "tpu.Reshape" && !constant(node.operands[0]) && isInput(node.operands[0]));
    }

    /// A network input, or what moves made of inputs: it lies in DDR.
    bool cameFromOutside(ValueId id) const {
        if (constant(id)) return false;
        const ir::Node& node = *m_graph.producer(id);
        if (node.op == "top.Input") return true;
        if (node.op == "tpu.Concat")
            return std::all_of(node.operands.begin(), node.operands.end(), [&](ValueId part) { return cameFromOutside(part); });
        return (node.op == "tpu.Permute" || node.op == "tpu.Slice") && cameFromOutside(node.operands[0]);
    }

    std::optional<Relation> tieConcat(const ir::Node& node) {
        const ir::Shape& shape = type(node.results[0]).shape;
        if (node.attributes.integer("axis") != 1) return {};
        std::vector<int64_t> all;
        for (const ValueId id : node.operands) {
            if (constant(id) || !picture(id)) return {};
            const ir::Shape& own = type(id).shape;
            if (own[0] != shape[0] || own[2] != shape[2] || own[3] != shape[3]) return {};
            all.insert(all.end(), segments(id).begin(), segments(id).end());
        }
        if (std::accumulate(all.begin(), all.end(), int64_t{0}) != shape[1]) return {};
        segments(node.results[0]) = std::move(all);
        for (const ValueId id : node.operands)
            join(id, node.results[0]);
        return Relation::Tied;
    }

    void collect() {
        m_ties.values.assign(m_parents.size(), -1);
        std::vector<int32_t> index(m_parents.size(), -1);
        for (size_t i = 0; i < m_parents.size(); ++i) {
            const auto id = static_cast<ValueId>(i);
            if (constant(id) || !picture(id)) continue;
            int32_t& at = index[static_cast<size_t>(root(id))];
            if (at < 0) {
                at = static_cast<int32_t>(m_ties.ties.size());
                m_ties.ties.push_back({{}, m_plain[static_cast<size_t>(root(id))], false});
            }
            m_ties.values[i] = at;
            m_ties.ties[static_cast<size_t>(at)].values.push_back(id);
        }
    }

    void findLoaded() {
        const auto users = m_graph.users();
        for (Tie& tie : m_ties.ties) {
            const ValueId id = tie.values[0];
            const NodeId producer = m_graph.value(id).producer;
            const bool entry = m_ties.nodes[static_cast<size_t>(producer)] == Relation::Entry;
            if (tie.values.size() != 1 || tie.plain || !(entry || isInput(id))) continue;
            const auto& readers = users[static_cast<size_t>(id)];
            tie.loaded = !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](NodeId user) {
                return m_ties.nodes[static_cast<size_t>(user)] == Relation::Window;
            });
        }
        // Whatever else comes from outside is as it is.
        for (Tie& tie : m_ties.ties)
            for (const ValueId id : tie.values) {
                if (!tie.loaded && (isInput(id) ||
                                    m_ties.nodes[static_cast<size_t>(m_graph.value(id).producer)] == Relation::Entry))
                    tie.plain = true;
            }
    }

    const ir::Graph& m_graph;
    std::vector<ValueId> m_parents;
    std::vector<bool> m_plain; ///< by root
    Ties m_ties;
};

} // namespace

Ties tiesOf(const ir::Graph& graph) { return Finder(graph).find(); }

} // namespace wb::codegen
