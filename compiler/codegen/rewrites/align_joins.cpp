// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/align_joins.h"

#include "compiler/codegen/layouts/conv_phases.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kLanes;
using bm1684x::kVectorBytes;
using bm1684x::roundUp;
using ir::NodeId;
using ir::ValueId;

constexpr double kFilterBytesPerCycle = 54; ///< of weights from DDR
constexpr int64_t kJoinedSumBytes = 4;      ///< of a depthwise convolution

/// What each channel of an aligned tensor was before, -1: it means nothing.
using Order = std::vector<int64_t>;

/// Element by element, each channel by itself, with one number or one table for all channels.
bool actsByChannel(const ir::Graph& graph, const ir::Node& node) {
    static const std::set<std::string> list{"tpu.MulShift", "tpu.Lut",      "tpu.LeakyRelu", "tpu.Relu",     "tpu.RequantInt",
                                            "tpu.Clip",     "tpu.MulConst", "tpu.MaxConst",  "tpu.MinConst", "tpu.Upsample",
                                            "tpu.Pool2D"};
    if (!list.contains(node.op)) return false;
    for (size_t i = 1; i < node.operands.size(); ++i)
        if (node.operands[i] != ir::kNoValue && (node.op != "tpu.Lut" || graph.weight(node.operands[i]) == nullptr ||
                                                 graph.weight(node.operands[i])->elementCount() != 256))
            return false;
    return true;
}

/// A concatenation and what lies between it and the convolutions that end the alignment.
struct Region {
    Order order;                  ///< of the joined channels
    std::set<ValueId> values;     ///< that get more channels
    double cycles = 0;            ///< saved
};

class JoinFinder {
public:
    JoinFinder(const ir::Graph& graph, const Selection& selection)
        : m_graph(graph), m_selection(selection), m_users(graph.users()) {}

    /// Nothing where it would not pay, or something else reads the channels.
    std::optional<Region> find(NodeId id) const {
        const ir::Node& node = m_graph.node(id);
        if (node.op != "tpu.Concat" || m_selection.nodes[static_cast<size_t>(id)].how != Runs::Local || node.results.size() != 1)
            return {};
        const ir::TensorType& type = typeOf(node.results[0]);
        if (!isCodes(node.results[0]) || type.shape.size() != 4) return {};
        Region region;
        int64_t begin = 0;
        for (const ValueId operand : node.operands) {
            const int64_t own = typeOf(operand).shape[1], vectors = vectorsOf(typeOf(operand).shape, 1);
            if (begin % kLanes != 0) region.cycles += static_cast<double>((own - ceilDiv(own, kLanes)) * vectors);
            for (int64_t c = 0; c < roundUp(own, kLanes); ++c)
                region.order.push_back(c < own ? begin + c : -1);
            begin += own;
        }
        if (region.cycles == 0) return {};
        std::vector<ValueId> open{node.results[0]};
        while (!open.empty()) {
            const ValueId value = open.back();
            open.pop_back();
            if (m_graph.isOutput(value)) return {};
            region.values.insert(value);
            for (const NodeId user : m_users[static_cast<size_t>(value)]) {
                const auto next = follow(user, value, region);
                if (!next) return {};
                if (*next != ir::kNoValue) open.push_back(*next);
            }
        }
        if (region.cycles <= 0) return {};
        return region;
    }

private:
    const ir::TensorType& typeOf(ValueId id) const { return m_graph.value(id).type; }
    bool isCodes(ValueId id) const { return ir::sizeInBytes(typeOf(id).element) == 1; }
    /// Of 64 bytes that a channel of all images has.
    static int64_t vectorsOf(const ir::Shape& shape, int64_t size) {
        return shape[0] * ceilDiv(shape[2] * shape[3] * size, kVectorBytes);
    }

    /// The result that gets more channels too; kNoValue for a convolution that reads all of them, nothing where `value`
    /// cannot have more.
    std::optional<ValueId> follow(NodeId user, ValueId value, Region& region) const {
        const ir::Node& node = m_graph.node(user);
        if (node.results.size() != 1 || node.operands.empty() || node.operands[0] != value || !isCodes(node.results[0]) ||
            m_selection.nodes[static_cast<size_t>(user)].how != Runs::Local ||
            std::count(node.operands.begin(), node.operands.end(), value) != 1)
            return {};
        const ir::Shape& shape = typeOf(node.results[0]).shape;
        const auto before = static_cast<int64_t>(typeOf(value).shape[1]), after = static_cast<int64_t>(region.order.size());
        const auto rows = static_cast<double>(ceilDiv(after, kLanes) - ceilDiv(before, kLanes));
        if (actsByChannel(m_graph, node)) {
            int64_t taps = 4; // passes of codes
            for (const int64_t k : node.attributes.integers("kernel_shape")) taps *= k;
            region.cycles -= rows * static_cast<double>(taps * vectorsOf(shape, 1));
            return node.results[0];
        }
        const auto conv = convShapeOf(m_graph, node);
        if (!conv) return {};
        const auto taps = static_cast<double>(conv->axes[0].kernel * conv->axes[1].kernel);
        if (conv->depthwise()) {
            const double steps = conv->axes[0].stride > 1 && conv->axes[1].stride > 1 ? 3 : 1;
            region.cycles -= rows * (taps * steps + 2) * static_cast<double>(vectorsOf(shape, kJoinedSumBytes));
            return node.results[0];
        }
        if (conv->groups != 1) return {};
        const auto columns = static_cast<double>(shape[0] * ceilDiv(shape[2] * shape[3], 4) * ceilDiv(conv->out, kLanes));
        region.cycles -= rows * taps * (columns + static_cast<double>(conv->out * kLanes) / kFilterBytesPerCycle);
        return ir::kNoValue;
    }

    const ir::Graph& m_graph;
    const Selection& m_selection;
    std::vector<std::vector<NodeId>> m_users;
};

class JoinBuilder {
public:
    JoinBuilder(const ir::Graph& source, const std::map<NodeId, Region>& regions) : m_source(source), m_values(source.values().size(), ir::kNoValue) {
        m_graph.name = source.name;
        m_graph.attributes = source.attributes;
        m_graph.weights = source.weights;
        for (const auto& [join, region] : regions) {
            for (const ValueId id : region.values) m_orders[id] = &region.order;
            m_joins.insert(join);
        }
    }

    ir::Graph build() && {
        for (size_t i = 0; i < m_source.nodes().size(); ++i)
            add(static_cast<NodeId>(i));
        for (const ValueId id : m_source.outputs)
            m_graph.outputs.push_back(m_values[static_cast<size_t>(id)]);
        m_graph.eraseDead();
        return std::move(m_graph);
    }

private:
    const Order* orderOf(ValueId id) const {
        const auto it = m_orders.find(id);
        return it == m_orders.end() ? nullptr : it->second;
    }

    void add(NodeId id) {
        const ir::Node& node = m_source.node(id);
        std::vector<ValueId> operands;
        for (const ValueId operand : node.operands)
            operands.push_back(operand == ir::kNoValue ? operand : m_values[static_cast<size_t>(operand)]);
        std::vector<std::string> names;
        std::vector<ir::TensorType> types;
        for (const ValueId result : node.results) {
            names.push_back(m_source.value(result).name);
            types.push_back(m_source.value(result).type);
            if (const Order* order = orderOf(result)) types.back().shape[1] = static_cast<int64_t>(order->size());
        }
        ir::AttributeMap attributes = node.attributes;
        const Order* order = node.operands.empty() || node.operands[0] == ir::kNoValue ? nullptr : orderOf(node.operands[0]);
        if (m_joins.contains(id)) attributes.set(kAlignedRows, 1);
        else if (order != nullptr && node.op == "tpu.Conv2D") alignConvolution(node, *order, operands, attributes);
        const NodeId made = m_graph.addNode(node.op, std::move(operands), std::move(names), std::move(types), std::move(attributes));
        for (size_t i = 0; i < node.results.size(); ++i)
            m_values[static_cast<size_t>(node.results[i])] = m_graph.node(made).results[i];
    }

    void alignConvolution(const ir::Node& node, const Order& order, std::vector<ValueId>& operands, ir::AttributeMap& attributes) {
        const auto conv = convShapeOf(m_source, node);
        const std::string name = m_source.value(node.results[0]).name;
        const ir::Tensor& filter = *m_source.weight(node.operands[1]);
        const size_t taps = static_cast<size_t>(conv->axes[0].kernel * conv->axes[1].kernel);
        const auto count = static_cast<int64_t>(order.size());
        // Runs of taps, one for each channel of the operand.
        const auto spread = [&](const ir::Tensor& from, ir::Shape shape, int64_t outer, size_t bytes, uint8_t fill) {
            ir::Tensor to(from.type(), std::move(shape));
            std::memset(to.mutableBytes(), fill, to.byteSize());
            for (int64_t o = 0; o < outer; ++o)
                for (size_t c = 0; c < order.size(); ++c)
                    if (order[c] >= 0)
                        std::memcpy(to.mutableBytes() + (static_cast<size_t>(o) * order.size() + c) * bytes,
                                    from.bytes() + static_cast<size_t>(o * conv->in + order[c]) * bytes, bytes);
            return to;
        };
        ir::Shape shape = filter.shape();
        shape[conv->depthwise() ? 0 : 1] = count;
        operands[1] = m_graph.addWeight(name + "_aligned_filter", spread(filter, shape, conv->depthwise() ? 1 : conv->out, taps, conv->kernelZero));
        if (!conv->depthwise()) return;
        if (conv->bias) {
            const ir::Tensor& bias = *m_source.weight(node.operands[2]);
            const ir::Shape own = bias.shape().size() == 4 ? ir::Shape{1, count, 1, 1} : ir::Shape{count};
            operands[2] = m_graph.addWeight(name + "_aligned_bias", spread(bias, own, 1, ir::sizeInBytes(bias.type()), 0));
        }
        attributes.set("group", count);
        for (const char* list : {"multiplier", "rshift"}) {
            const auto numbers = attributes.integers(list);
            if (static_cast<int64_t>(numbers.size()) != conv->out) continue;
            std::vector<int64_t> all;
            for (const int64_t c : order) all.push_back(numbers[static_cast<size_t>(std::max<int64_t>(0, c))]);
            attributes.set(list, ir::Attribute::ints(all));
        }
    }

    const ir::Graph& m_source;
    ir::Graph m_graph;
    std::vector<ValueId> m_values; ///< by ValueId of the source
    std::map<ValueId, const Order*> m_orders;
    std::set<NodeId> m_joins;
};

} // namespace

ir::Graph alignJoins(const ir::Graph& graph, const Selection& selection) {
    const JoinFinder finder(graph, selection);
    std::map<NodeId, Region> regions;
    for (size_t i = 0; i < graph.nodes().size(); ++i)
        if (auto region = finder.find(static_cast<NodeId>(i))) regions.emplace(static_cast<NodeId>(i), std::move(*region));
    return regions.empty() ? graph : JoinBuilder(graph, regions).build();
}

} // namespace wb::codegen
