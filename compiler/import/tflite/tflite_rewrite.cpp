// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_rewrite.h"

#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::importer {
namespace {

/// The nodes of one network while patterns are looked for, from their last node backwards.
class Rewriter {
public:
    Rewriter(std::vector<ops::SourceNode>& nodes, const std::vector<std::string>& outputs, const SourceModel& model, const FileShapes& shapes)
        : m_nodes(nodes), m_model(model), m_shapes(shapes) {
        for (size_t i = 0; i < m_nodes.size(); ++i) {
            for (const std::string& input : m_nodes[i].inputs) ++m_reads[input];
            for (const std::string& output : m_nodes[i].outputs) m_makers.insert_or_assign(output, i);
        }
        for (const std::string& output : outputs) ++m_reads[output];
    }

    void rewrite() {
        for (ops::SourceNode& node : m_nodes) {
            if (node.outputs.size() != 1) continue;
            if (node.kind == "BATCH_TO_SPACE_ND") mergeDilation(node);
            else if (node.kind == "RESHAPE") mergeRepeat(node);
        }
        std::vector<ops::SourceNode> kept;
        for (ops::SourceNode& node : m_nodes)
            if (std::find(m_gone.begin(), m_gone.end(), &node) == m_gone.end()) kept.push_back(std::move(node));
        m_nodes = std::move(kept);
    }

private:
    using Numbers = std::vector<int64_t>;

    std::optional<Numbers> numbers(const ops::SourceNode& node, size_t input, size_t count) const {
        const auto it = m_model.constants.find(ops::inputName(node, input));
        auto values = it == m_model.constants.end() ? std::nullopt : ops::toInts(it->second);
        return values && (count == 0 || values->size() == count) ? values : std::nullopt;
    }
    const ir::Shape* shape(const std::string& tensor) const {
        const auto it = m_shapes.find(tensor);
        return it == m_shapes.end() ? nullptr : &it->second;
    }
    /// The node that makes operand 0 for this one alone.
    ops::SourceNode* before(const ops::SourceNode& node) {
        const std::string name = ops::inputName(node, 0);
        const auto it = m_makers.find(name);
        if (name.empty() || it == m_makers.end() || m_reads[name] != 1) return nullptr;
        ops::SourceNode* maker = &m_nodes[it->second];
        return std::find(m_gone.begin(), m_gone.end(), maker) == m_gone.end() ? maker : nullptr;
    }
    /// The axis of one that a node puts in.
    std::optional<size_t> axisPutIn(const ops::SourceNode& node) const {
        if ((node.kind != "EXPAND_DIMS" && node.kind != "RESHAPE") || node.outputs.size() != 1) return {};
        const ir::Shape *from = shape(ops::inputName(node, 0)), *to = shape(node.outputs.front());
        if (from == nullptr || to == nullptr || to->size() != from->size() + 1) return {};
        if (node.kind == "EXPAND_DIMS") {
            const auto given = numbers(node, 1, 1);
            const auto rank = static_cast<int64_t>(to->size());
            if (!given || given->front() < -rank || given->front() >= rank) return {};
            return static_cast<size_t>(given->front() < 0 ? given->front() + rank : given->front());
        }
        for (size_t axis = to->size(); axis-- > 0;) {
            ir::Shape wide = *from;
            wide.insert(wide.begin() + static_cast<std::ptrdiff_t>(axis), 1);
            if (wide == *to) return axis;
        }
        return {};
    }

    void mergeDilation(ops::SourceNode& after) {
        if (after.inputs.size() < 3) return;
        ops::SourceNode* conv = before(after);
        // Of a sequence, the convolution's axis of one is dropped first.
        ops::SourceNode* drop = nullptr;
        if (conv != nullptr && (conv->kind == "RESHAPE" || conv->kind == "SQUEEZE") && conv->outputs.size() == 1) {
            drop = conv;
            conv = before(*drop);
        }
        if (conv == nullptr || (conv->kind != "CONV_2D" && conv->kind != "DEPTHWISE_CONV_2D") || conv->outputs.size() != 1) return;
        ops::SourceNode* first = before(*conv);
        ops::SourceNode* widen = nullptr;
        if (drop != nullptr) {
            widen = first;
            if (widen == nullptr || axisPutIn(*widen) != size_t{1}) return;
            first = before(*widen);
            const ir::Shape *wide = shape(conv->outputs.front()), *narrow = shape(drop->outputs.front());
            if (wide == nullptr || narrow == nullptr || wide->size() != 4 || (*wide)[1] != 1 ||
                *narrow != ir::Shape{(*wide)[0], (*wide)[2], (*wide)[3]})
                return;
        }
        if (first == nullptr || first->kind != "SPACE_TO_BATCH_ND") return;
        const auto plain = [&](const char* key) { return conv->integer(key, 1) == 1; };
        if (conv->string("border", "") != "VALID" || !plain("stride_h") || !plain("stride_w") || !plain("dilation_h") ||
            !plain("dilation_w"))
            return;
        const size_t axes = drop == nullptr ? 2 : 1;
        const auto blocks = numbers(*first, 1, axes), back = numbers(after, 1, axes);
        const auto borders = numbers(*first, 2, 2 * axes), crops = numbers(after, 2, 2 * axes);
        if (!blocks || blocks != back || !borders || !crops) return;
        Numbers pads(4); // top, left, bottom, right
        for (size_t i = 0; i < axes; ++i) {
            const size_t at = i + 2 - axes;
            pads[at] = (*borders)[2 * i] - (*crops)[2 * i];
            pads[at + 2] = (*borders)[2 * i + 1] - (*crops)[2 * i + 1];
        }
        if (std::any_of(pads.begin(), pads.end(), [](int64_t p) { return p < 0; })) return;
        (drop == nullptr ? *conv : *widen).inputs[0] = first->inputs[0];
        conv->attributes.insert_or_assign("dilation_h", axes == 2 ? blocks->front() : 1);
        conv->attributes.insert_or_assign("dilation_w", blocks->back());
        conv->attributes.insert_or_assign("pads", pads);
        ops::SourceNode& last = drop == nullptr ? *conv : *drop;
        if (drop != nullptr) { // its length is another now
            drop->kind = "SQUEEZE";
            drop->inputs.resize(1);
            drop->attributes.insert_or_assign("axes", Numbers{1});
        }
        last.outputs = after.outputs;
        last.name = after.name;
        m_makers.insert_or_assign(after.outputs.front(), static_cast<size_t>(&last - m_nodes.data()));
        m_gone.push_back(first);
        m_gone.push_back(&after);
    }

    void mergeRepeat(ops::SourceNode& last) {
        ops::SourceNode* tile = before(last);
        if (tile == nullptr || tile->kind != "TILE" || tile->inputs.size() < 2) return;
        ops::SourceNode* first = before(*tile);
        const auto axis = first == nullptr ? std::nullopt : axisPutIn(*first);
        const auto times = numbers(*tile, 1, 0);
        if (!axis || *axis == 0 || !times || *axis >= times->size()) return;
        for (size_t d = 0; d < times->size(); ++d)
            if (d != *axis && (*times)[d] != 1) return;
        last.kind = "REPEAT";
        last.inputs[0] = first->inputs[0];
        last.attributes.insert_or_assign("axis", static_cast<int64_t>(*axis) - 1);
        last.attributes.insert_or_assign("times", (*times)[*axis]);
        m_gone.push_back(first);
        m_gone.push_back(tile);
    }

    std::vector<ops::SourceNode>& m_nodes;
    const SourceModel& m_model;
    const FileShapes& m_shapes;
    std::map<std::string, int, std::less<>> m_reads;
    std::map<std::string, size_t, std::less<>> m_makers;
    std::vector<const ops::SourceNode*> m_gone;
};

} // namespace

void rewriteTflite(SourceModel& model, const FileShapes& shapes) {
    Rewriter(model.nodes, model.outputs, model, shapes).rewrite();
    for (SourceBody& body : model.bodies) Rewriter(body.nodes, body.outputs, model, shapes).rewrite();
}

} // namespace wb::importer
