// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/interleaves.h"

#include "compiler/codegen/rewrites/steps.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::Shape;
using ir::ValueId;

constexpr int64_t kShortRun = 256; ///< bytes; shorter runs are charged as these

int64_t productOf(const Shape& shape, size_t first, size_t last) {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(first), shape.begin() + static_cast<std::ptrdiff_t>(last), int64_t{1},
                           std::multiplies<>());
}

int64_t bytesOfElement(const ir::TensorType& type) { return static_cast<int64_t>(ir::sizeInBytes(type.element)); }

/// A slice along one axis as one of `parts` that the axis is dealt out to: every parts-th element, or blocks.
struct Dealt {
    ValueId source = ir::kNoValue;
    size_t axis = 0;
    int64_t parts = 1, index = 0, length = 1;
    bool blocks = false;
    std::tuple<ValueId, size_t, int64_t, bool> kind() const { return {source, axis, parts, blocks}; }
};

std::optional<Dealt> partOf(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Slice" || node.operands.empty() || node.attributes.boolean("do_relu")) return {};
    const Shape &in = graph.value(node.operands[0]).type.shape, &out = graph.value(node.results[0]).type.shape;
    const auto offset = node.attributes.integers("offset"), steps = node.attributes.integers("steps");
    if (graph.weight(node.operands[0]) != nullptr || in.size() != out.size() || offset.size() != in.size() || steps.size() != in.size())
        return {};
    std::optional<Dealt> part;
    for (size_t i = 0; i < in.size(); ++i) {
        if (in[i] == out[i] && steps[i] == 1) continue;
        if (part || out[i] < 1 || in[i] % out[i] != 0 || offset[i] < 0) return {};
        Dealt p{node.operands[0], i, in[i] / out[i], 0, out[i], steps[i] == 1};
        if (!p.blocks && steps[i] != p.parts) return {};
        if (p.blocks && offset[i] % p.length != 0) return {};
        p.index = p.blocks ? offset[i] / p.length : offset[i];
        if (p.index >= p.parts || p.parts < 2) return {};
        part = p;
    }
    return part;
}

/// Bytes that lie together in the source.
int64_t runOf(const ir::Graph& graph, const Dealt& p) {
    const ir::TensorType& type = graph.value(p.source).type;
    return productOf(type.shape, p.axis + 1, type.shape.size()) * (p.blocks ? p.length : 1) * bytesOfElement(type);
}

class Dealing {
public:
    explicit Dealing(const ir::Graph& source) : m_graph(source) {}

    ir::Graph run() {
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            const auto part = partOf(m_graph, m_graph.node(at));
            if (part && isWorthwhile(*part)) i = static_cast<size_t>(slice(at, *part));
            else if (const auto axis = joinAxis(m_graph.node(at))) i = static_cast<size_t>(join(at, *axis));
        }
        return std::move(m_graph);
    }

private:
    /// All parts are moved once; as they are, those that are wanted are charged by their runs.
    bool isWorthwhile(const Dealt& p) {
        // Counted at the first slice: what comes before it has been rewritten, its source is the last of that name.
        auto [slices, fresh] = m_slices.try_emplace(p.kind(), 0);
        if (fresh)
            for (const ir::Node& node : m_graph.nodes())
                if (const auto part = partOf(m_graph, node); part && part->kind() == p.kind()) ++slices->second;
        return 2 * slices->second * kShortRun > 3 * p.parts * std::min(kShortRun, runOf(m_graph, p));
    }

    NodeId slice(NodeId at, const Dealt& p) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_dealing");
        const Shape whole = m_graph.value(p.source).type.shape, result = m_graph.value(steps.node().results[0]).type.shape;
        const int64_t outer = productOf(whole, 0, p.axis), inner = productOf(whole, p.axis + 1, whole.size());
        auto [dealt, fresh] = m_dealt.try_emplace(p.kind(), ir::kNoValue);
        if (fresh) {
            const Shape apart = p.blocks ? Shape{outer, p.parts, p.length, inner} : Shape{outer, p.length, p.parts, inner};
            const auto order = p.blocks ? std::vector<int64_t>{1, 0, 2, 3} : std::vector<int64_t>{2, 0, 1, 3};
            dealt->second = steps.permute(steps.reshape(p.source, apart), order);
        }
        ir::Node& node = steps.node();
        node.operands[0] = dealt->second;
        for (size_t i = 1; i < node.operands.size(); ++i) node.operands[i] = ir::kNoValue;
        node.attributes.set("axes", ir::Attribute::ints({}));
        node.attributes.set("offset", ir::Attribute::ints({p.index, 0, 0, 0}));
        node.attributes.set("steps", ir::Attribute::ints({1, 1, 1, 1}));
        node.attributes.set("ends", ir::Attribute::ints({p.index + 1, outer, p.length, inner}));
        const ValueId taken = steps.takeResult({1, outer, p.length, inner});
        steps.behind();
        steps.giveResult(steps.reshape(taken, result));
        return steps.last();
    }

    /// Of a concatenation of equal operands with runs of few bytes.
    std::optional<size_t> joinAxis(const ir::Node& node) const {
        if (node.op != "tpu.Concat" || node.operands.size() < 2) return {};
        const ir::TensorType& result = m_graph.value(node.results[0]).type;
        int64_t axis = node.attributes.integer("axis", 1);
        if (axis < 0) axis += static_cast<int64_t>(result.shape.size());
        if (axis < 1 || axis >= static_cast<int64_t>(result.shape.size())) return {};
        const auto at = static_cast<size_t>(axis);
        const Shape* first = nullptr;
        for (const ValueId id : node.operands) {
            if (id == ir::kNoValue) return {};
            const Shape& shape = m_graph.value(id).type.shape;
            if (shape.size() != result.shape.size() || (first != nullptr && shape != *first)) return {};
            first = &shape;
        }
        if (productOf(result.shape, 0, at) == 1) return {}; // already behind each other
        const int64_t run = productOf(*first, at, first->size()) * bytesOfElement(result);
        return 2 * run < kShortRun ? std::optional(at) : std::nullopt;
    }

    NodeId join(NodeId at, size_t axis) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_dealing");
        const Shape result = m_graph.value(steps.node().results[0]).type.shape;
        const auto count = static_cast<int64_t>(steps.node().operands.size());
        const int64_t outer = productOf(result, 0, axis), inner = productOf(result, axis, result.size()) / count;
        for (int64_t k = 0; k < count; ++k) {
            const ValueId operand = steps.node().operands[static_cast<size_t>(k)];
            const ir::Tensor* data = m_graph.weight(operand);
            const ValueId apart = data == nullptr ? steps.reshape(operand, {1, outer, inner})
                                                  : steps.constant(data->reshaped({1, outer, inner}), m_graph.value(operand).type);
            steps.node().operands[static_cast<size_t>(k)] = apart;
        }
        steps.node().attributes.set("axis", ir::Attribute::si32(0));
        const ValueId joined = steps.takeResult({count, outer, inner});
        steps.behind();
        steps.giveResult(steps.reshape(steps.permute(joined, {1, 0, 2}), result));
        return steps.last();
    }

    ir::Graph m_graph;
    std::map<std::tuple<ValueId, size_t, int64_t, bool>, int> m_slices;
    std::map<std::tuple<ValueId, size_t, int64_t, bool>, ValueId> m_dealt;
};

} // namespace

ir::Graph dealInterleaves(const ir::Graph& source) { return Dealing(source).run(); }

} // namespace wb::codegen
