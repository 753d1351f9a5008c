// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/fill_lanes.h"

#include "compiler/codegen/rewrites/broadcasts.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::Shape;
using ir::ValueId;

int64_t rowsOf(const Shape& shape) {
    return shape.empty() ? 1 : std::accumulate(shape.begin(), shape.end() - 1, int64_t{1}, std::multiplies<>());
}

/// How an operand meets a result of rows.
enum class Meets : uint8_t { Each, ARow, AColumn, Number, Otherwise };

Meets meets(Shape shape, const Shape& result) {
    if (shape.size() > result.size()) return Meets::Otherwise;
    shape.insert(shape.begin(), result.size() - shape.size(), 1);
    if (shape == result) return Meets::Each;
    if (std::all_of(shape.begin(), shape.end(), [](int64_t size) { return size == 1; })) return Meets::Number;
    if (std::equal(shape.begin(), shape.end() - 1, result.begin())) return Meets::ARow; // its last axis is 1
    if (std::all_of(shape.begin(), shape.end() - 1, [](int64_t size) { return size == 1; })) return Meets::AColumn;
    return Meets::Otherwise;
}

/// Operators that stand together.
struct RowRegion {
    int64_t rows = 0, columns = 1;
    std::vector<NodeId> nodes;
    double share = 1; ///< of the lanes that work now
};

double shareOfLanes(int64_t channels) {
    return static_cast<double>(channels) / static_cast<double>(bm1684x::roundUp(channels, bm1684x::kLanes));
}

class RegionFinder {
public:
    RegionFinder(const ir::Graph& graph, const Selection& selection)
        : m_graph(graph), m_selection(selection), m_users(graph.users()), m_region(graph.nodes().size()) {
        std::iota(m_region.begin(), m_region.end(), 0);
    }

    std::vector<RowRegion> regions() {
        const auto count = static_cast<NodeId>(m_graph.nodes().size());
        std::vector<char> fits(m_region.size());
        for (NodeId id = 0; id < count; ++id) fits[static_cast<size_t>(id)] = isElementwise(id);
        for (NodeId id = 0; id < count; ++id)
            for (const ValueId operand : m_graph.node(id).operands) {
                if (operand == ir::kNoValue || !fits[static_cast<size_t>(id)]) continue;
                const NodeId from = m_graph.value(operand).producer;
                if (fits[static_cast<size_t>(from)] && alike(from, id)) m_region[root(from)] = static_cast<NodeId>(root(id));
            }
        std::map<size_t, RowRegion> found;
        for (NodeId id = 0; id < count; ++id)
            if (fits[static_cast<size_t>(id)]) found[root(id)].nodes.push_back(id);
        std::vector<RowRegion> out;
        for (auto& [key, region] : found)
            if (isApart(region)) out.push_back(std::move(region));
        return out;
    }

private:
    bool isLocal(NodeId id) const { return m_selection.nodes[static_cast<size_t>(id)].how == Runs::Local; }
    const Shape& resultOf(NodeId id) const { return m_graph.value(m_graph.node(id).results[0]).type.shape; }

    size_t root(NodeId id) {
        const auto above = [&](NodeId node) -> NodeId& { return m_region[static_cast<size_t>(node)]; };
        while (above(id) != id) id = above(id) = above(above(id));
        return static_cast<size_t>(id);
    }

    bool isElementwise(NodeId id) const {
        const ir::Node& node = m_graph.node(id);
        if (!isLocal(id) || node.results.size() != 1 || node.operands.empty()) return false;
        const Shape& result = resultOf(id);
        if (result.size() < 2) return false;
        if (isFunction(node.op))
            return node.operands[0] != ir::kNoValue && m_graph.weight(node.operands[0]) == nullptr &&
                   m_graph.value(node.operands[0]).type.shape == result;
        if (!repeatsOperands(node.op)) return false;
        return std::all_of(node.operands.begin(), node.operands.end(), [&](ValueId operand) {
            if (operand == ir::kNoValue) return true;
            const bool constant = m_graph.weight(operand) != nullptr;
            const Shape& shape = m_graph.value(operand).type.shape;
            const Meets how = meets(shape, result);
            // Constants by row would have to be dealt out too.
            return constant ? shape.size() <= kChipAxes && (how == Meets::AColumn || how == Meets::Number) : how == Meets::Each || how == Meets::ARow;
        });
    }

    /// Whether two operators can have one form: as many rows, and columns that are the same or one.
    bool alike(NodeId a, NodeId b) const {
        const Shape &x = resultOf(a), &y = resultOf(b);
        return rowsOf(x) == rowsOf(y) && (x.back() == y.back() || x.back() == 1 || y.back() == 1);
    }

    /// Nothing beside the region reads or makes its values in local memory; fills in what the region is.
    bool isApart(RowRegion& region) {
        const size_t own = root(region.nodes[0]);
        int64_t most = 0;
        region.rows = rowsOf(resultOf(region.nodes[0]));
        for (const NodeId id : region.nodes) {
            const Shape& shape = resultOf(id);
            if (shape.back() != 1 && region.columns != 1 && shape.back() != region.columns) return false;
            region.columns = std::max(region.columns, shape.back());
            const auto& info = m_selection.values[static_cast<size_t>(m_graph.node(id).results[0])];
            if (info.bytes > most) {
                most = info.bytes;
                region.share = shareOfLanes(info.shape[1]);
            }
            for (const ValueId operand : m_graph.node(id).operands) {
                if (operand == ir::kNoValue) continue;
                const NodeId from = m_graph.value(operand).producer;
                if (isLocal(from) && root(from) != own) return false;
            }
            for (const NodeId user : m_users[static_cast<size_t>(m_graph.node(id).results[0])])
                if (isLocal(user) && root(user) != own) return false;
        }
        return true;
    }

    const ir::Graph& m_graph;
    const Selection& m_selection;
    std::vector<std::vector<NodeId>> m_users;
    std::vector<NodeId> m_region;
};

/// Channels that rows are dealt out to: as many lanes as can be, and long runs for each; 0 where it gains nothing.
int64_t channelsFor(const RowRegion& region) {
    constexpr double kWorthwhile = 1.3;
    int64_t best = 0;
    double share = region.share * kWorthwhile;
    for (int64_t channels = 1; channels <= std::min(region.rows, bm1684x::kMaxDimension); ++channels) {
        if (region.rows % channels != 0 || shareOfLanes(channels) <= share) continue;
        if (region.rows / channels > bm1684x::kMaxDimension) continue;
        best = channels;
        share = shareOfLanes(channels) * 1.02; // more channels are shorter runs
    }
    return best;
}

/// Rewrites one region after the other; ids of nodes move on.
class Dealer {
public:
    explicit Dealer(const ir::Graph& source) : m_graph(source) {}

    void deal(const RowRegion& region, int64_t channels, const std::vector<ValueId>& results) {
        m_rows = region.rows;
        m_channels = channels;
        const std::set<ValueId> inside(results.begin(), results.end());
        m_readOutside = {m_graph.outputs.begin(), m_graph.outputs.end()};
        for (const ir::Node& node : m_graph.nodes())
            if (!isOf(node, inside)) m_readOutside.insert(node.operands.begin(), node.operands.end());
        std::map<ValueId, ValueId> brought;
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            if (m_graph.node(at).results.size() != 1 || !inside.contains(m_graph.node(at).results[0])) continue;
            size_t before = 0;
            for (size_t k = 0; k < m_graph.node(at + static_cast<NodeId>(before)).operands.size(); ++k) {
                const ValueId operand = m_graph.node(at + static_cast<NodeId>(before)).operands[k];
                if (operand == ir::kNoValue || m_graph.weight(operand) != nullptr || inside.contains(operand)) continue;
                auto [it, fresh] = brought.try_emplace(operand, ir::kNoValue);
                if (fresh) {
                    it->second = reshape(at + static_cast<NodeId>(before), operand, dealt(m_graph.value(operand).type.shape),
                                         m_graph.value(operand).name + "_dealt" + std::to_string(m_count++));
                    ++before;
                }
                m_graph.node(at + static_cast<NodeId>(before)).operands[k] = it->second;
            }
            i += before;
            i += giveBack(static_cast<NodeId>(i), inside);
        }
    }
    ir::Graph take() { return std::move(m_graph); }

private:
    static bool isOf(const ir::Node& node, const std::set<ValueId>& inside) { return node.results.size() == 1 && inside.contains(node.results[0]); }
    Shape dealt(const Shape& shape) const { return {1, m_channels, m_rows / m_channels, shape.empty() ? 1 : shape.back()}; }

    ValueId reshape(NodeId at, ValueId from, Shape shape, std::string name) {
        ir::TensorType type = m_graph.value(from).type;
        type.shape = std::move(shape);
        return m_graph.node(m_graph.insertNode(at, "tpu.Reshape", {from}, {std::move(name)}, {type})).results[0];
    }

    /// The result of a node of the region in its new shape, and as it was for whoever else reads it. Nodes added.
    size_t giveBack(NodeId at, const std::set<ValueId>& inside) {
        const ValueId result = m_graph.node(at).results[0];
        const ir::TensorType type = m_graph.value(result).type;
        m_graph.value(result).type.shape = dealt(type.shape);
        if (!m_readOutside.contains(result)) return 0;
        const std::string name = m_graph.value(result).name;
        m_graph.value(result).name = name + "_dealt" + std::to_string(m_count++);
        const ValueId back = reshape(at + 1, result, type.shape, name);
        for (size_t i = static_cast<size_t>(at) + 2; i < m_graph.nodes().size(); ++i) {
            ir::Node& node = m_graph.node(static_cast<NodeId>(i));
            if (!isOf(node, inside)) std::replace(node.operands.begin(), node.operands.end(), result, back);
        }
        std::replace(m_graph.outputs.begin(), m_graph.outputs.end(), result, back);
        return 1;
    }

    ir::Graph m_graph;
    std::set<ValueId> m_readOutside; ///< of a region: by other nodes, or an output
    int64_t m_rows = 1, m_channels = 1;
    int m_count = 0;
};

} // namespace

ir::Graph fillLanes(const ir::Graph& source, const Selection& selection) {
    Dealer dealer(source);
    for (const RowRegion& region : RegionFinder(source, selection).regions()) {
        const int64_t channels = channelsFor(region);
        if (channels == 0) continue;
        std::vector<ValueId> results;
        for (const NodeId id : region.nodes) results.push_back(source.node(id).results[0]);
        dealer.deal(region, channels, results);
    }
    return dealer.take();
}

} // namespace wb::codegen
