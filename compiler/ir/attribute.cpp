// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/attribute.h"

namespace wb::ir {

Attribute Attribute::ints(const std::vector<int64_t>& values) {
    return AttributeList(values.begin(), values.end());
}

Attribute Attribute::floats(const std::vector<double>& values) {
    return AttributeList(values.begin(), values.end());
}

const Attribute* AttributeMap::find(std::string_view name) const {
    const auto it = m_map.find(name);
    return it == m_map.end() ? nullptr : &it->second;
}

void AttributeMap::erase(std::string_view name) {
    if (const auto it = m_map.find(name); it != m_map.end()) m_map.erase(it);
}

bool AttributeMap::boolean(std::string_view name, bool otherwise) const {
    const Attribute* a = find(name);
    if (a == nullptr) return otherwise;
    if (const bool* b = a->as<bool>()) return *b;
    if (const IntAttr* i = a->as<IntAttr>()) return i->value != 0;
    return a->as<UnitAttr>() != nullptr || otherwise;
}

int64_t AttributeMap::integer(std::string_view name, int64_t otherwise) const {
    const Attribute* a = find(name);
    if (a == nullptr) return otherwise;
    if (const IntAttr* i = a->as<IntAttr>()) return i->value;
    if (const bool* b = a->as<bool>()) return *b ? 1 : 0;
    return otherwise;
}

double AttributeMap::real(std::string_view name, double otherwise) const {
    const Attribute* a = find(name);
    if (a == nullptr) return otherwise;
    if (const FloatAttr* f = a->as<FloatAttr>()) return f->value;
    if (const IntAttr* i = a->as<IntAttr>()) return static_cast<double>(i->value);
    return otherwise;
}

std::string AttributeMap::string(std::string_view name, std::string otherwise) const {
    const Attribute* a = find(name);
    const std::string* s = a == nullptr ? nullptr : a->as<std::string>();
    return s == nullptr ? otherwise : *s;
}

std::string AttributeMap::enumerator(std::string_view name, std::string otherwise) const {
    const Attribute* a = find(name);
    const EnumAttr* e = a == nullptr ? nullptr : a->as<EnumAttr>();
    return e == nullptr ? otherwise : e->value;
}

std::vector<int64_t> AttributeMap::integers(std::string_view name) const {
    std::vector<int64_t> values;
    const Attribute* a = find(name);
    if (const AttributeList* list = a == nullptr ? nullptr : a->as<AttributeList>())
        for (const Attribute& item : *list)
            if (const IntAttr* i = item.as<IntAttr>()) values.push_back(i->value);
    return values;
}

std::vector<double> AttributeMap::reals(std::string_view name) const {
    std::vector<double> values;
    const Attribute* a = find(name);
    if (const AttributeList* list = a == nullptr ? nullptr : a->as<AttributeList>())
        for (const Attribute& item : *list) {
            if (const FloatAttr* f = item.as<FloatAttr>()) values.push_back(f->value);
            if (const IntAttr* i = item.as<IntAttr>()) values.push_back(static_cast<double>(i->value));
        }
    return values;
}

} // namespace wb::ir
