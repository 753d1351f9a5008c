// SPDX-License-Identifier: GPL-3.0-or-later
// Changes in place. A tensor that is changed has its new numbers under a new name; where it was a range of another, or one
// place of an axis, these are put back into that one. Parts of other kinds, and those made before the change, are refused
// when they are used again.
#include "compiler/import/torchscript/plugin/walker.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/ir.h>

#include <algorithm>

namespace wb::torchscript {
namespace {

at::Tensor metaOf(at::IntArrayRef sizes, at::ScalarType type) { return at::empty(sizes, at::TensorOptions().dtype(type).device(at::kMeta)); }

} // namespace

std::string Walker::changeInPlace(const Node* node, const std::string& kind) {
    const c10::FunctionSchema* schema = node->maybeSchema();
    if (schema == nullptr || schema->arguments().empty()) return kind;
    const c10::AliasInfo* alias = schema->arguments().front().alias_info();
    if (alias == nullptr || !alias->isWrite() || !kind.ends_with("_") || kind.ends_with("__") || node->outputs().size() != 1) return kind;
    const Item& target = item(node->input(0));
    const std::string plain = kind.substr(0, kind.size() - 1);
    if (!target.isRuntime()) return target.constant.isTensor() && target.constant.toTensor().defined() ? plain : kind;
    const std::string name = operandName(target, "");
    std::string top = name; // as far up as parts can be put back
    for (auto at = m_viewOf.find(top); at != m_viewOf.end() && !at->second.kind.empty(); at = m_viewOf.find(top))
        top = at->second.base;
    for (auto base = m_viewOf.find(top); base != m_viewOf.end(); base = m_viewOf.find(base->second.base))
        m_stale[newest(base->second.base)] = name;
    std::set<std::string> path{name};
    for (std::string at = name; at != top; at = m_viewOf.at(at).base)
        path.insert(newest(m_viewOf.at(at).base));
    // Other parts of what is changed, of whichever version of it, do not see the change.
    for (const auto& [view, of] : m_viewOf) {
        if (path.contains(newest(view))) continue;
        for (std::string at = of.base;; at = m_viewOf.at(at).base) {
            if (path.contains(newest(at))) m_stale[newest(view)] = name;
            if (!m_viewOf.contains(at)) break;
        }
    }
    m_current[name] = resultName(node->output());
    return plain;
}

void Walker::writeNode(OutputNode& out, const at::Tensor& meta) {
    for (std::string& output : out.outputs) {
        const std::string wanted = output;
        for (int i = 1; !m_names.insert(output).second; ++i)
            output = wanted + "_" + std::to_string(i);
    }
    std::vector<int64_t> listed{meta.dim()};
    listed.insert(listed.end(), meta.sizes().begin(), meta.sizes().end());
    out.attributes.emplace_back(kShapesKey, std::move(listed));
    out.attributes.emplace_back(kIntegerKey, wholeNumbers(meta.scalar_type()));
    m_writer.node(out);
}

void Walker::writeBack(std::string view, std::string value) {
    for (auto at = m_viewOf.find(view); at != m_viewOf.end() && !at->second.kind.empty(); at = m_viewOf.find(view)) {
        const View part = at->second;
        const std::string before = newest(part.base);
        OutputNode out;
        out.kind = part.kind;
        out.inputs = {before, value};
        for (const auto& [key, number] : part.place) out.attributes.emplace_back(key, number);
        out.outputs = {value + "_in_" + part.base};
        writeNode(out, part.meta);
        m_current[before] = out.outputs.front();
        value = out.outputs.front();
        view = part.base;
    }
}

/// Other values that hold these numbers: the same part is the result, the whole that it is a part of gets the result at
/// its places, and parts of other shapes are refused when they are used.
void Walker::changeConstant(const at::Tensor& changed, const Item& result) {
    const auto alike = [&](const at::Tensor& t, const at::Tensor& other) {
        return t.sizes() == other.sizes() && t.strides() == other.strides() && t.storage_offset() == other.storage_offset();
    };
    std::string whole;
    for (auto& [value, held] : m_items) {
        if (held.kind != Item::Kind::Constant || !held.constant.isTensor() || !held.constant.toTensor().defined() ||
            !held.constant.toTensor().has_storage() || !held.constant.toTensor().is_alias_of(changed))
            continue;
        const at::Tensor t = held.constant.toTensor();
        if (alike(t, changed)) {
            held = Item::runtime(result.name, result.meta);
            continue;
        }
        const auto all = static_cast<int64_t>(t.storage().nbytes() / t.element_size());
        if (t.numel() != all || !t.is_contiguous()) {
            m_stale[value->debugName()] = result.name;
            held = Item::runtime(value->debugName(), metaOf(t.sizes(), t.scalar_type()));
            continue;
        }
        if (whole.empty()) {
            const at::Tensor places = at::arange(all).as_strided(changed.sizes(), changed.strides(), changed.storage_offset()).reshape({-1}).contiguous();
            OutputNode out;
            out.kind = "aten::put";
            out.inputs = {constantName(t.clone(), held.name), constantName(places, result.name + "_places"), result.name};
            out.outputs = {result.name + "_put"};
            writeNode(out, metaOf(t.sizes(), t.scalar_type()));
            whole = out.outputs.front();
        }
        held = Item::runtime(whole, metaOf(t.sizes(), t.scalar_type()));
    }
    m_overwritten.push_back(changed);
}

void Walker::noteView(const Node* node) {
    const c10::FunctionSchema* schema = node->maybeSchema();
    if (schema == nullptr || schema->arguments().empty() || node->inputs().empty() || !item(node->input(0)).isRuntime()) return;
    const c10::AliasInfo* alias = schema->arguments().front().alias_info();
    if (alias == nullptr || alias->isWrite()) return;
    View view;
    view.base = operandName(item(node->input(0)), "");
    view.meta = item(node->input(0)).meta;
    const std::string kind = node->kind().toQualString();
    if ((kind == "aten::slice" || kind == "aten::select") && view.meta.defined()) {
        view.kind = kind + "_scatter";
        for (size_t i = 1; i < node->inputs().size() && i < schema->arguments().size(); ++i) {
            const Item& argument = item(node->input(i));
            if (const auto number = constantInt(argument)) view.place.emplace_back(schema->arguments()[i].name(), *number);
            else if (!argument.isConstant()) view.kind.clear();
        }
    }
    const auto note = [&](const Item& result) {
        if (result.isRuntime() && !result.name.empty() && result.name != view.base) m_viewOf[result.name] = view;
    };
    for (const torch::jit::Value* output : node->outputs()) {
        const Item& result = item(output);
        if (!result.isMany()) note(result);
        else {
            View part = view;
            part.kind.clear();
            for (const Item& each : *result.parts)
                if (each.isRuntime() && !each.name.empty() && each.name != view.base) m_viewOf[each.name] = part;
        }
    }
}

} // namespace wb::torchscript
