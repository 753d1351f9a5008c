// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/sequences.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/pack_phases.h"

#include <map>

namespace wb::codegen {
namespace {

using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

Shape pictureOf(Shape shape) {
    shape.push_back(1);
    return shape;
}

class Converter {
public:
    explicit Converter(const ir::Graph& source) : m_source(source), m_changes(source.nodes().size()), m_marked(source.values().size()) {}

    ir::Graph convert() && {
        bool any = false;
        for (size_t i = 0; i < m_changes.size(); ++i)
            if (isWindow(m_source.node(static_cast<NodeId>(i)))) {
                change(i);
                any = true;
            }
        if (!any) return m_source;
        // What lies between them, in both directions.
        for (bool more = true; more;) {
            more = false;
            for (size_t i = 0; i < m_changes.size(); ++i)
                if (!m_changes[i] && touches(m_source.node(static_cast<NodeId>(i)))) {
                    change(i);
                    more = true;
                }
        }
        return rebuilt();
    }

private:
    const Shape& shapeOf(ValueId id) const { return m_source.value(id).type.shape; }
    bool computed(ValueId id) const { return id != ir::kNoValue && m_source.weight(id) == nullptr; }
    bool sequence(ValueId id) const { return m_source.value(id).type.ranked && shapeOf(id).size() == 3; }

    bool isWindow(const ir::Node& node) const {
        const bool pool = node.op == "tpu.Pool2D";
        if ((node.op != "tpu.Conv2D" && node.op != "tpu.Deconv" && !pool) || node.operands.empty() || node.results.size() != 1) return false;
        if (!computed(node.operands[0]) || !sequence(node.operands[0]) || !sequence(node.results[0])) return false;
        if (!pool && (node.operands.size() < 2 || m_source.weight(node.operands[1]) == nullptr || shapeOf(node.operands[1]).size() != 3))
            return false;
        const auto& a = node.attributes;
        return a.integers("kernel_shape").size() == 1 && a.integers("pads").size() == 2 && a.integers("inserts").empty();
    }

    /// An operator of pictures as of sequences, beside one that has become one of pictures.
    bool touches(const ir::Node& node) const {
        if (node.results.size() != 1 || !sequence(node.results[0]) || node.operands.empty() || !computed(node.operands[0])) return false;
        const bool joins = node.op == "tpu.Concat" && node.attributes.integer("axis", -1) >= 1;
        const bool repeats = repeatsOperands(node.op), cuts = cutsAxes(node);
        if (!joins && !repeats && !cuts && !isFunction(node.op) && !ofChannels(node.op)) return false;
        bool marked = m_marked[static_cast<size_t>(node.results[0])];
        for (const ValueId id : node.operands) {
            if (id == ir::kNoValue) continue;
            if (!computed(id)) {
                if (joins) return false;
                continue;
            }
            if (!sequence(id) || (!joins && !repeats && !cuts && shapeOf(id) != shapeOf(node.results[0]))) return false;
            marked = marked || m_marked[static_cast<size_t>(id)];
        }
        return marked;
    }

    /// Parameters are one a channel, whatever the other axes are.
    static bool ofChannels(const std::string& op) { return op == "tpu.PReluOp" || op == "tpu.GroupNorm" || op == "tpu.InstanceNorm"; }

    /// A slice with an entry for every axis.
    static bool cutsAxes(const ir::Node& node) {
        const auto& a = node.attributes;
        return node.op == "tpu.Slice" && a.integers("offset").size() == 3 && a.integers("steps").size() == 3 && a.integers("axes").empty();
    }

    void change(size_t i) {
        m_changes[i] = true;
        const ir::Node& node = m_source.node(static_cast<NodeId>(i));
        m_marked[static_cast<size_t>(node.results[0])] = true;
        for (const ValueId id : node.operands)
            if (computed(id)) m_marked[static_cast<size_t>(id)] = true;
    }

    ir::Graph rebuilt() {
        m_graph.name = m_source.name;
        m_graph.attributes = m_source.attributes;
        m_graph.weights = m_source.weights;
        for (size_t i = 0; i < m_changes.size(); ++i)
            copy(m_source.node(static_cast<NodeId>(i)), m_changes[i]);
        for (const ValueId id : m_source.outputs)
            m_graph.outputs.push_back(sequenceOf(id));
        m_graph.eraseDead();
        return std::move(m_graph);
    }

    /// The value as the new graph's sequence; made of the picture where that is what there is.
    ValueId sequenceOf(ValueId id) {
        if (id == ir::kNoValue) return id;
        const auto [it, fresh] = m_sequences.try_emplace(id, ir::kNoValue);
        if (!fresh) return it->second;
        const ir::Value& value = m_source.value(id);
        const ValueId picture = m_pictures.at(id);
        m_graph.value(picture).name = value.name + "_picture";
        m_graph.node(m_graph.value(picture).producer).attributes.set(kLayer, value.name);
        return it->second = m_graph.add("tpu.Reshape", {picture}, value.name, value.type);
    }
    ValueId asPicture(ValueId id) {
        const auto [it, fresh] = m_pictures.try_emplace(id, ir::kNoValue);
        if (!fresh) return it->second;
        ir::TensorType type = m_source.value(id).type;
        type.shape = pictureOf(type.shape);
        return it->second = m_graph.add("tpu.Reshape", {m_sequences.at(id)}, m_source.value(id).name + "_picture", type);
    }

    void copy(const ir::Node& node, bool changes) {
        std::vector<ValueId> operands;
        ir::AttributeMap a = node.attributes;
        for (size_t i = 0; i < node.operands.size(); ++i) {
            const ValueId id = node.operands[i];
            if (changes && !computed(id) && id != ir::kNoValue && grows(node, i)) operands.push_back(longer(id));
            else operands.push_back(changes && computed(id) ? asPicture(id) : sequenceOf(id));
        }
        std::vector<std::string> names;
        std::vector<ir::TensorType> types;
        for (const ValueId id : node.results) {
            names.push_back(m_source.value(id).name);
            types.push_back(m_source.value(id).type);
            if (changes) types.back().shape = pictureOf(types.back().shape);
        }
        if (changes) {
            if (auto pads = a.integers("pads"); pads.size() == 2) a.set("pads", Attribute::ints({pads[0], 0, pads[1], 0}));
            const std::pair<const char*, int64_t> lists[] = {{"kernel_shape", 1}, {"strides", 1}, {"dilations", 1}, {"output_padding", 0}};
            for (const auto& [name, beside] : lists)
                if (const auto list = a.integers(name); list.size() == 1) a.set(name, Attribute::ints({list[0], beside}));
            if (node.op == "tpu.Slice") {
                const std::pair<const char*, int64_t> ranges[] = {{"offset", 0}, {"steps", 1}, {"ends", 1}};
                for (const auto& [name, beside] : ranges)
                    if (auto list = a.integers(name); list.size() == 3) {
                        list.push_back(beside);
                        a.set(name, Attribute::ints(list));
                    }
            }
        }
        const NodeId made = m_graph.addNode(node.op, std::move(operands), std::move(names), std::move(types), std::move(a));
        for (size_t i = 0; i < node.results.size(); ++i)
            (changes ? m_pictures : m_sequences)[node.results[i]] = m_graph.node(made).results[i];
    }

    /// A constant whose axes are the result's: a filter, slopes, or an operand that repeats.
    static bool grows(const ir::Node& node, size_t operand) {
        return repeatsOperands(node.op) || (operand == 1 && (node.op == "tpu.Conv2D" || node.op == "tpu.Deconv" || node.op == "tpu.PReluOp"));
    }
    ValueId longer(ValueId id) {
        const auto [it, fresh] = m_constants.try_emplace(id, ir::kNoValue);
        if (!fresh) return it->second;
        ir::TensorType type = m_source.value(id).type;
        type.shape = pictureOf(type.shape);
        return it->second = m_graph.addWeight(m_source.value(id).name + "_picture", m_source.weight(id)->reshaped(type.shape), type);
    }

    const ir::Graph& m_source;
    std::vector<bool> m_changes; ///< by NodeId
    std::vector<bool> m_marked;  ///< by ValueId: wanted, or made, as a picture
    ir::Graph m_graph;
    std::map<ValueId, ValueId> m_sequences, m_pictures, m_constants; ///< values of the source in the new graph
};

} // namespace

ir::Graph picturesOfSequences(const ir::Graph& source) { return Converter(source).convert(); }

} // namespace wb::codegen
