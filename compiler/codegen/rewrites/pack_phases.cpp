// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/pack_phases.h"

#include "compiler/codegen/layouts/choose.h"
#include "compiler/codegen/layouts/conv_phases.h"
#include "compiler/codegen/rewrites/fold_rows.h"
#include "compiler/codegen/rewrites/result_channels.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

class Packer {
public:
    Packer(const ir::Graph& source, const Ties& ties, const std::vector<Phases>& phases)
        : m_source(source), m_ties(ties), m_phases(phases), m_values(source.values().size(), ir::kNoValue) {
        m_graph.name = source.name;
        m_graph.attributes = source.attributes;
        m_graph.weights = source.weights;
    }

    ir::Graph pack() && {
        for (size_t i = 0; i < m_source.nodes().size(); ++i) {
            const ir::Node& node = m_source.node(static_cast<NodeId>(i));
            if (m_ties.nodes[i] == Relation::Window) addConvolution(node);
            else if (node.results.size() == 1 && tieOf(node.results[0]) != nullptr && tieOf(node.results[0])->loaded) addLoaded(node);
            else copy(node);
        }
        for (const ValueId id : m_source.outputs)
            m_graph.outputs.push_back(value(id));
        m_graph.eraseDead();
        return std::move(m_graph);
    }

private:
    const Tie* tieOf(ValueId id) const {
        const int32_t tie = m_ties.values[static_cast<size_t>(id)];
        return tie < 0 ? nullptr : &m_ties.ties[static_cast<size_t>(tie)];
    }
    Phases phasesOf(ValueId id) const {
        const int32_t tie = m_ties.values[static_cast<size_t>(id)];
        return tie < 0 ? Phases{} : m_phases[static_cast<size_t>(tie)];
    }
    ir::TensorType packedType(ValueId id) const {
        ir::TensorType type = m_source.value(id).type;
        if (!phasesOf(id).plain()) type.shape = packedShape(type.shape, phasesOf(id));
        return type;
    }
    ValueId value(ValueId id) const { return id == ir::kNoValue ? id : m_values[static_cast<size_t>(id)]; }
    const std::string& name(ValueId id) const { return m_source.value(id).name; }

    void copy(const ir::Node& node) {
        std::vector<ValueId> operands;
        for (const ValueId id : node.operands)
            operands.push_back(value(id));
        std::vector<std::string> names;
        std::vector<ir::TensorType> types;
        for (const ValueId id : node.results) {
            names.push_back(name(id));
            types.push_back(packedType(id));
        }
        const NodeId made = m_graph.addNode(node.op, std::move(operands), std::move(names), std::move(types), node.attributes);
        for (size_t i = 0; i < node.results.size(); ++i)
            m_values[static_cast<size_t>(node.results[i])] = m_graph.node(made).results[i];
    }

    /// A network input, its cast, or its codes by tables: rows of blocks come as channels from DDR (but those of one
    /// element, which are columns), columns follow after a cast, which makes them smaller, and before a gather, which takes
    /// as long as each lane has elements.
    void addLoaded(const ir::Node& node) {
        const ValueId result = node.results[0];
        const Phases p = phasesOf(result);
        const bool computes = m_ties.nodes[static_cast<size_t>(m_source.value(result).producer)] == Relation::Entry;
        if (!computes || p.plain()) copy(node);
        if (p.plain()) return;
        const bool narrow = isNarrow(m_source.value(result).type.shape), cast = node.op == "tpu.Cast";
        const auto layer = [&](ir::AttributeMap attributes) {
            if (computes) attributes.set(kLayer, name(result)); // loading an input is no layer
            return attributes;
        };
        ValueId at = computes ? value(node.operands[0]) : value(result);
        ir::TensorType type = m_graph.value(at).type;
        if (p.y > 1 && !narrow) {
            type.shape = {type.shape[0], type.shape[1] * p.y, packedShape(type.shape, p)[2], type.shape[3]};
            ir::AttributeMap a;
            a.set("kernel", p.y);
            a.set("stride", p.y);
            a.set("pad", p.originY);
            a.set("dilation", 1);
            at = m_graph.add(kFoldRows, {at}, name(result) + "_rows", type, std::move(a));
        }
        if (cast) {
            const ir::Shape shape = type.shape;
            type = m_source.value(result).type;
            type.shape = shape;
            at = m_graph.add(node.op, {at}, p.x > 1 || narrow ? name(result) + "_codes" : name(result), type, layer(node.attributes));
        }
        // A few at a time: as many copies pass over what each lane has, and there are more lanes each time.
        const int64_t whole = narrow ? p.y : p.x;
        for (int64_t rest = whole; rest > 1;) {
            const int64_t block = splitStep(rest), origin = rest < whole ? 0 : narrow ? p.originY : p.originX;
            rest /= block;
            int64_t& side = type.shape[narrow ? 2 : 3];
            side = bm1684x::ceilDiv(side + origin, block);
            type.shape[1] *= block;
            ir::AttributeMap a;
            a.set("block", block);
            a.set("origin", origin);
            if (narrow) a.set("rows", true);
            const std::string own = name(result) + (rest > 1 ? "_split" + std::to_string(rest) : cast ? "" : "_blocks");
            at = m_graph.add("tpu.SplitColumns", {at}, own, type, layer(std::move(a)));
        }
        if (computes && !cast) {
            const ir::ValueId tables = tablesOver(*m_source.weight(node.operands[1]), loadedOrder(m_source.value(result).type.shape, p), result);
            at = m_graph.add(node.op, {at, tables}, name(result), packedType(result), layer(node.attributes));
        }
        m_values[static_cast<size_t>(result)] = at;
    }

    /// Tables of 256 codes, one a channel, for the channels of blocks.
    ValueId tablesOver(const ir::Tensor& tables, const ChannelOrder& order, ValueId result) {
        ir::Tensor out(tables.type(), {1, static_cast<int64_t>(order.size()), 16, 16});
        std::byte* to = out.mutableBytes();
        for (const PackedChannel& c : order) {
            std::memcpy(to, tables.bytes() + c.channel * 256, 256);
            to += 256;
        }
        ir::TensorType type;
        type.element = tables.type();
        type.shape = out.shape();
        return m_graph.addWeight(name(result) + "_block_tables", std::move(out), type);
    }

    ChannelOrder orderOf(ValueId id) const {
        const Phases p = phasesOf(id);
        return tieOf(id)->loaded && !p.plain() ? loadedOrder(m_source.value(id).type.shape, p)
                                               : packedOrder(m_ties.segments[static_cast<size_t>(id)], p);
    }

    /// The operand of a convolution that reads its padding from the blocks.
    ValueId cleared(ValueId id) {
        const auto [it, fresh] = m_cleared.try_emplace(id, ir::kNoValue);
        if (!fresh) return it->second;
        const Phases p = phasesOf(id);
        const ir::Shape& shape = m_source.value(id).type.shape;
        std::vector<int64_t> phases;
        for (const PackedChannel& c : orderOf(id))
            phases.push_back(c.y * p.x + c.x);
        ir::AttributeMap a;
        a.set("y", p.y);
        a.set("x", p.x);
        a.set("origin_y", p.originY);
        a.set("origin_x", p.originX);
        a.set("height", shape[2]);
        a.set("width", shape[3]);
        a.set("phases", ir::Attribute::ints(phases));
        a.set(kLayer, name(id));
        it->second = m_graph.add("tpu.ClearOutside", {value(id)}, name(id) + "_cleared", packedType(id), std::move(a));
        return it->second;
    }

    void addConvolution(const ir::Node& node) {
        const ValueId result = node.results[0];
        const Phases from = phasesOf(node.operands[0]), to = phasesOf(result);
        const auto conv = convShapeOf(m_source, node);
        const auto blocks = from.plain() && to.plain()
                                ? std::nullopt
                                : blockConv(*conv, from, orderOf(node.operands[0]), to, m_ties.segments[static_cast<size_t>(result)]);
        if (!blocks) {
            copy(node);
            return;
        }
        const std::string own = name(result);
        const ir::Tensor& filter = *m_source.weight(node.operands[1]);
        ChannelList channels;
        for (const PackedChannel& c : blocks->out)
            channels.push_back(c.channel);
        const bool clear = !tieOf(node.operands[0])->loaded && needsClear(*conv, from);
        std::vector<ValueId> operands{clear ? cleared(node.operands[0]) : value(node.operands[0]),
                                      m_graph.addWeight(own + "_block_filter", blockFilter(*conv, *blocks, filter))};
        if (conv->bias)
            operands.push_back(m_graph.addWeight(own + "_block_bias", numbersOf(*m_source.weight(node.operands[2]), channels)));
        ir::AttributeMap a = node.attributes;
        using ir::Attribute;
        const BlockAxis &y = blocks->y, &x = blocks->x;
        a.set("kernel_shape", Attribute::ints({y.kernel, x.kernel}));
        a.set("strides", Attribute::ints({y.stride, x.stride}));
        a.set("pads", Attribute::ints({y.before, x.before, y.after, x.after}));
        a.set("dilations", Attribute::ints({1, 1}));
        a.set("group", blocks->groups);
        takeChannels(a, conv->out, channels);
        ir::TensorType type = packedType(result);
        if (blocks->parts() == 1) {
            m_values[static_cast<size_t>(result)] = m_graph.add(node.op, std::move(operands), own, type, std::move(a));
            return;
        }
        a.set(kLayer, own);
        ir::TensorType parts = type;
        parts.shape = {type.shape[0], static_cast<int64_t>(blocks->out.size()), y.blocks, x.blocks};
        const ValueId whole = m_graph.add(node.op, std::move(operands), own + "_parts", parts, std::move(a));
        ir::AttributeMap join;
        join.set("y", y.split);
        join.set("x", x.split);
        m_values[static_cast<size_t>(result)] = m_graph.add("tpu.JoinPhases", {whole}, own, type, std::move(join));
    }

    const ir::Graph& m_source;
    const Ties& m_ties;
    const std::vector<Phases>& m_phases; ///< by tie
    ir::Graph m_graph;
    std::vector<ValueId> m_values;       ///< by ValueId of the source
    std::map<ValueId, ValueId> m_cleared; ///< the same values with zeros around the picture
};

} // namespace

ir::Graph packPhases(const ir::Graph& graph, const Ties& ties, const std::vector<Phases>& phases) {
    return Packer(graph, ties, phases).pack();
}

ir::Graph packPhases(const ir::Graph& graph) {
    const Ties ties = tiesOf(graph);
    return packPhases(graph, ties, choosePhases(graph, ties));
}

} // namespace wb::codegen
