// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX's sequences and optional values. A sequence is a list of names that is known while the network is read: nothing
// of it is left in the graph.
#include "compiler/import/convert.h"
#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::importer {
namespace {

constexpr const char* kSequenceKinds[] = {"SequenceConstruct", "SequenceEmpty",  "SequenceInsert",      "SequenceErase",
                                          "SequenceAt",        "SequenceLength", "SequenceMap",         "SplitToSequence",
                                          "ConcatFromSequence", "Optional",      "OptionalHasElement", "OptionalGetElement"};
constexpr int64_t kLongestSequence = 1 << 12;

Error notNow(const ops::SourceNode& node, const std::string& what) {
    return ops::nodeError(node, Code::UnsupportedOperators, what + " known only at run time")
        .remedy("export the network with fixed shapes");
}

} // namespace

bool isSequenceKind(const ops::SourceNode& node) {
    return node.domain.empty() && std::find(std::begin(kSequenceKinds), std::end(kSequenceKinds), node.kind) != std::end(kSequenceKinds);
}

void Converter::same(const std::string& name, const std::string& other) {
    if (const auto list = m_sequences.find(other); list != m_sequences.end()) m_sequences.insert_or_assign(name, Names(list->second));
    else m_builder.alias(name, other);
}

Result<Converter::Names> Converter::listOf(const ops::SourceNode& node, size_t input) const {
    const auto list = m_sequences.find(ops::inputName(node, input));
    if (list == m_sequences.end()) return notNow(node, "the sequence '" + ops::inputName(node, input) + "' is");
    return list->second;
}

Result<int64_t> Converter::placeIn(const ops::SourceNode& node, size_t input, size_t count) {
    const auto place = ops::constantInts(node, m_builder, input);
    if (!place || place->size() != 1) return notNow(node, "the place in the sequence is");
    const auto size = static_cast<int64_t>(count);
    const int64_t at = place->front() < 0 ? place->front() + size : place->front();
    if (at < 0 || at > size) return ops::nodeError(node, Code::ModelDamaged, "place " + std::to_string(place->front()) + " of " + std::to_string(size));
    return at;
}

Status Converter::splitToSequence(const ops::SourceNode& node) {
    WB_ASSIGN(const ir::Shape shape, ops::shapeOf(node, m_builder, 0));
    const auto rank = static_cast<int64_t>(shape.size());
    int64_t axis = node.integer("axis", 0);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return ops::attributeError(node, "axis for " + ir::toText(shape));
    const int64_t size = shape[static_cast<size_t>(axis)];
    const bool given = !ops::inputName(node, 1).empty();
    std::vector<int64_t> sizes;
    if (given) {
        const ir::Tensor* data = m_builder.constant(node.inputs[1]);
        const auto split = ops::constantInts(node, m_builder, 1);
        if (data == nullptr || !split) return notNow(node, "the sizes of the parts are");
        sizes = *split;
        if (data->shape().empty()) {
            const int64_t step = sizes.front();
            if (step < 1 || size / step >= kLongestSequence) return ops::attributeError(node, "parts of " + std::to_string(step));
            sizes.clear();
            for (int64_t at = 0; at < size; at += step)
                sizes.push_back(std::min(step, size - at));
        }
    } else if (size < kLongestSequence) {
        sizes.assign(static_cast<size_t>(std::max<int64_t>(size, 0)), 1);
    }
    if (sizes.empty()) return ops::attributeError(node, "an axis of " + std::to_string(size));
    ops::SourceNode split;
    split.kind = "Split";
    split.version = 11; // sizes as an attribute
    split.name = node.name;
    split.attributes["axis"] = axis;
    split.attributes["split"] = sizes;
    split.inputs = {node.inputs.front()};
    Names parts;
    for (size_t i = 0; i < sizes.size(); ++i)
        parts.push_back(node.outputs.front() + "/part" + std::to_string(i));
    split.outputs = parts;
    WB_TRY(convert(split));
    if (!given && node.integer("keepdims", 1) == 0)
        for (std::string& part : parts) {
            ops::SourceNode squeeze;
            squeeze.kind = "Squeeze";
            squeeze.version = 11;
            squeeze.attributes["axes"] = std::vector<int64_t>{axis};
            squeeze.inputs = {part};
            squeeze.outputs = {part + "/row"};
            WB_TRY(convert(squeeze));
            part = squeeze.outputs.front();
        }
    m_sequences.insert_or_assign(node.outputs.front(), std::move(parts));
    return {};
}

Status Converter::mapSequence(const ops::SourceNode& node) {
    WB_ASSIGN(const SourceBody* body, bodyOf(node, "body"));
    WB_ASSIGN(const Names first, listOf(node, 0));
    const auto given = static_cast<size_t>(std::clamp<int64_t>(node.integer("explicit_inputs", 0), 0,
                                                               static_cast<int64_t>(node.inputs.size())));
    if (given != body->inputs.size() || body->outputs.size() < node.outputs.size())
        return ops::nodeError(node, Code::ModelDamaged, "the body does not fit the node");
    std::vector<Names> results(node.outputs.size());
    for (size_t i = 0; i < first.size(); ++i) {
        Names inputs;
        for (size_t k = 0; k < given; ++k) {
            const auto list = m_sequences.find(node.inputs[k]);
            if (list != m_sequences.end() && list->second.size() <= i) return ops::nodeError(node, Code::ShapeMismatch, "sequences differ in length");
            inputs.push_back(list == m_sequences.end() ? node.inputs[k] : list->second[i]);
        }
        WB_ASSIGN(const Names made, run(*body, inputs, {}, node));
        for (size_t k = 0; k < results.size(); ++k)
            results[k].push_back(made[k]);
    }
    for (size_t k = 0; k < results.size(); ++k)
        m_sequences.insert_or_assign(node.outputs[k], std::move(results[k]));
    return {};
}

Status Converter::joinSequence(const ops::SourceNode& node) {
    WB_ASSIGN(const Names parts, listOf(node, 0));
    if (parts.empty()) return ops::nodeError(node, Code::UnsupportedOperators, "an empty sequence is joined");
    if (node.integer("new_axis", 0) != 0) return stack(parts, node.integer("axis", 0), node.outputs.front());
    ops::SourceNode join;
    join.kind = "Concat";
    join.version = 13;
    join.name = node.name;
    join.attributes["axis"] = node.integer("axis", 0);
    join.inputs = parts;
    join.outputs = {node.outputs.front()};
    return convert(join);
}

Status Converter::convertSequence(const ops::SourceNode& node) {
    const std::string& k = node.kind;
    WB_TRY(ops::needInputs(node, k == "SequenceConstruct" || k == "SequenceEmpty" || k.starts_with("Optional") ? 0 : 1));
    const std::string& out = node.outputs.front();
    if (k == "SplitToSequence") return splitToSequence(node);
    if (k == "SequenceMap") return mapSequence(node);
    if (k == "ConcatFromSequence") return joinSequence(node);
    if (k == "SequenceConstruct" || k == "SequenceEmpty") {
        m_sequences.insert_or_assign(out, node.inputs);
        return {};
    }
    if (k == "OptionalHasElement") {
        const bool has = !ops::inputName(node, 0).empty();
        m_builder.setConstant(out, ir::Tensor::of<uint8_t>(ir::ElementType::I1, {}, std::vector<uint8_t>{static_cast<uint8_t>(has ? 1 : 0)}));
        return {};
    }
    if (k.starts_with("Optional")) {
        if (ops::inputName(node, 0).empty()) return ops::attributeError(node, "a value that is not there");
        same(out, node.inputs.front());
        return {};
    }
    WB_ASSIGN(Names list, listOf(node, 0));
    if (k == "SequenceLength") {
        m_builder.setConstant(out, ir::Tensor::of<int64_t>(ir::ElementType::Si64, {}, std::vector{static_cast<int64_t>(list.size())}));
        return {};
    }
    const bool inserts = k == "SequenceInsert";
    const size_t place = inserts ? 2 : 1;
    if (inserts) WB_TRY(ops::needInputs(node, 2));
    auto at = static_cast<int64_t>(list.size()) - (inserts ? 0 : 1);
    if (!ops::inputName(node, place).empty()) {
        WB_ASSIGN(at, placeIn(node, place, list.size()));
    }
    if (at < 0 || (!inserts && at >= static_cast<int64_t>(list.size())))
        return ops::nodeError(node, Code::ModelDamaged, "an element of an empty sequence, or one behind its end");
    if (k == "SequenceAt") {
        same(out, list[static_cast<size_t>(at)]);
        return {};
    }
    if (inserts) list.insert(list.begin() + at, node.inputs[1]);
    else list.erase(list.begin() + at);
    if (static_cast<int64_t>(list.size()) > kLongestSequence) return ops::attributeError(node, "a sequence of " + std::to_string(list.size()));
    m_sequences.insert_or_assign(out, std::move(list));
    return {};
}

} // namespace wb::importer
