// SPDX-License-Identifier: GPL-3.0-or-later
// The walk's lists, tuples and dictionaries: their parts are items, whatever is known of them.
#include "compiler/import/torchscript/plugin/walker.h"

#include <torch/csrc/jit/ir/ir.h>

#include <algorithm>

namespace wb::torchscript {

bool Walker::listWork(const Node* node, const std::string& kind) {
    if (node->inputs().empty()) return false;
    const Item list = item(node->input(0));
    if (!list.isMany()) return false;
    const auto count = static_cast<int64_t>(list.parts->size());
    const auto argument = [&](size_t i, int64_t otherwise) {
        return i < node->inputs().size() ? constantInt(item(node->input(i))).value_or(otherwise) : otherwise;
    };
    if (list.keys) {
        const auto key = node->inputs().size() > 1 && item(node->input(1)).kind == Item::Kind::Constant
                             ? item(node->input(1)).constant : c10::IValue();
        const auto at = std::find_if(list.keys->begin(), list.keys->end(), [&](const c10::IValue& k) { return k == key; });
        const auto index = static_cast<size_t>(at - list.keys->begin());
        if (kind == "aten::_set_item") {
            if (at == list.keys->end()) {
                list.keys->push_back(key);
                list.parts->push_back(item(node->input(2)));
            } else {
                (*list.parts)[index] = item(node->input(2));
            }
            return true;
        }
        if (kind == "aten::__getitem__" && at != list.keys->end()) {
            bind(node->output(), (*list.parts)[index]);
            return true;
        }
        return dictionaryWork(node, kind, list, index);
    }
    if (kind == "aten::len") {
        bind(node->output(), Item::constantOf(count, resultName(node->output())));
        return true;
    }
    if (kind == "aten::append") {
        Item added = item(node->input(1));
        list.parts->push_back(std::move(added));
        if (!node->outputs().empty()) bind(node->output(), list);
        return true;
    }
    if (kind == "aten::extend" && item(node->input(1)).isMany()) {
        const std::vector<Item> more = *item(node->input(1)).parts;
        list.parts->insert(list.parts->end(), more.begin(), more.end());
        return true;
    }
    if (kind == "aten::insert") {
        const int64_t at = argument(1, 0);
        list.parts->insert(list.parts->begin() + std::clamp<int64_t>(at < 0 ? at + count : at, 0, count), Item(item(node->input(2))));
        return true;
    }
    if (kind == "aten::pop" || kind == "aten::Delete") {
        const int64_t at = argument(1, -1), index = at < 0 ? at + count : at;
        if (index < 0 || index >= count) return false;
        if (!node->outputs().empty()) bind(node->output(), Item((*list.parts)[static_cast<size_t>(index)]));
        list.parts->erase(list.parts->begin() + index);
        return true;
    }
    if (kind == "aten::reverse" || kind == "aten::clear") {
        if (kind == "aten::clear") list.parts->clear();
        std::reverse(list.parts->begin(), list.parts->end());
        return true;
    }
    if (kind == "aten::dict") { // of pairs
        Item dict = Item::many({});
        dict.keys = std::make_shared<std::vector<c10::IValue>>();
        for (const Item& pair : *list.parts) {
            if (!pair.isMany() || pair.parts->size() != 2 || pair.parts->front().kind != Item::Kind::Constant) return false;
            dict.keys->push_back(pair.parts->front().constant);
            dict.parts->push_back(pair.parts->back());
        }
        bind(node->output(), std::move(dict));
        return true;
    }
    if (kind == "aten::list" || kind == "aten::copy") {
        bind(node->output(), Item::many(*list.parts));
        return true;
    }
    if (kind == "aten::__getitem__" || kind == "prim::TupleIndex" || kind == "aten::_set_item") {
        int64_t index = argument(1, INT64_MAX);
        if (index < 0) index += count;
        if (index < 0 || index >= count)
            throw Failure(Error{Code::ModelDamaged, "part " + std::to_string(argument(1, 0)) + " of a list of " + std::to_string(count)}.atNode(kind));
        if (kind == "aten::_set_item") {
            (*list.parts)[static_cast<size_t>(index)] = item(node->input(2));
            if (!node->outputs().empty()) bind(node->output(), list);
        } else {
            bind(node->output(), Item((*list.parts)[static_cast<size_t>(index)]));
        }
        return true;
    }
    if (kind == "aten::add" && item(node->input(1)).isMany()) {
        std::vector<Item> parts = *list.parts;
        const auto& more = *item(node->input(1)).parts;
        parts.insert(parts.end(), more.begin(), more.end());
        bind(node->output(), Item::many(std::move(parts)));
        return true;
    }
    if (kind == "aten::slice") {
        const auto wrap = [&](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + count : v, 0, count); };
        const int64_t step = argument(3, 1);
        if (step < 1) return false;
        std::vector<Item> parts;
        for (int64_t i = wrap(argument(1, 0)); i < wrap(argument(2, INT64_MAX)); i += std::min(step, count))
            parts.push_back((*list.parts)[static_cast<size_t>(i)]);
        bind(node->output(), Item::many(std::move(parts)));
        return true;
    }
    return false;
}

/// `index`: of the key that is asked for, or behind the last.
bool Walker::dictionaryWork(const Node* node, const std::string& kind, const Item& dict, size_t index) {
    const bool has = index < dict.keys->size();
    const auto give = [&](Item value) {
        bind(node->output(), std::move(value));
        return true;
    };
    const auto key = [&](size_t i) { return fromIValue((*dict.keys)[i], resultName(node->output()) + "_" + std::to_string(i)); };
    if (kind == "aten::values") return give(Item::many(*dict.parts));
    if (kind == "aten::len") return give(Item::constantOf(static_cast<int64_t>(dict.keys->size()), resultName(node->output())));
    if (kind == "aten::__contains__") return give(Item::constantOf(has, resultName(node->output())));
    if (kind == "aten::get" || kind == "aten::pop") {
        if (!has) return give(node->inputs().size() > 2 ? Item(item(node->input(2))) : Item::constantOf(c10::IValue(), resultName(node->output())));
        bind(node->output(), Item((*dict.parts)[index]));
        if (kind == "aten::get") return true;
        dict.keys->erase(dict.keys->begin() + static_cast<std::ptrdiff_t>(index));
        dict.parts->erase(dict.parts->begin() + static_cast<std::ptrdiff_t>(index));
        return true;
    }
    if (kind != "aten::keys" && kind != "aten::items") return false;
    std::vector<Item> rows;
    for (size_t i = 0; i < dict.keys->size(); ++i)
        rows.push_back(kind == "aten::keys" ? key(i) : Item::many({key(i), (*dict.parts)[i]}));
    return give(Item::many(std::move(rows)));
}

} // namespace wb::torchscript
