// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/torchscript/plugin/item.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace wb::torchscript {

namespace {

/// Half precision is a way to store: the graph has single precision, and so have the shapes' stand-ins.
bool isHalf(const at::Tensor& t) { return t.defined() && (t.scalar_type() == at::kHalf || t.scalar_type() == at::kBFloat16); }

} // namespace

Item Item::constantOf(c10::IValue value, std::string name) {
    Item item;
    if (value.isTensor() && isHalf(value.toTensor())) value = value.toTensor().to(at::kFloat);
    item.kind = Kind::Constant;
    item.constant = std::move(value);
    item.name = std::move(name);
    return item;
}

Item Item::runtime(std::string name, at::Tensor meta) {
    Item item;
    item.name = std::move(name);
    item.meta = isHalf(meta) ? at::empty_strided(meta.sizes(), meta.strides(), meta.options().dtype(at::kFloat)) : std::move(meta);
    return item;
}

Item Item::many(std::vector<Item> parts) {
    Item item;
    item.kind = Kind::Many;
    item.parts = std::make_shared<std::vector<Item>>(std::move(parts));
    return item;
}

bool Item::isConstant() const {
    if (kind != Kind::Many) return kind == Kind::Constant;
    return std::all_of(parts->begin(), parts->end(), [](const Item& part) { return part.isConstant(); });
}

bool Item::isKnown() const {
    if (kind == Kind::Runtime) return meta.defined();
    if (kind == Kind::Constant) return true;
    return std::all_of(parts->begin(), parts->end(), [](const Item& part) { return part.isKnown(); });
}

c10::IValue toIValue(const Item& item, const c10::TypePtr& type) {
    if (item.kind == Item::Kind::Constant) return item.constant;
    if (item.kind == Item::Kind::Runtime) return item.meta;
    if (const auto optional = type->cast<c10::OptionalType>()) return toIValue(item, optional->getElementType());
    if (const auto list = type->cast<c10::ListType>()) {
        c10::impl::GenericList out(list->getElementType());
        for (const Item& part : *item.parts)
            out.push_back(toIValue(part, list->getElementType()));
        return out;
    }
    if (const auto dict = type->cast<c10::DictType>()) {
        c10::impl::GenericDict out(dict->getKeyType(), dict->getValueType());
        for (size_t i = 0; item.keys && i < item.keys->size(); ++i)
            out.insert_or_assign((*item.keys)[i], toIValue((*item.parts)[i], dict->getValueType()));
        return out;
    }
    const auto tuple = type->cast<c10::TupleType>();
    std::vector<c10::IValue> elements;
    for (size_t i = 0; i < item.parts->size(); ++i)
        elements.push_back(toIValue((*item.parts)[i], tuple && i < tuple->elements().size()
                                                          ? tuple->elements()[i]
                                                          : c10::TypePtr(c10::AnyType::get())));
    return c10::ivalue::Tuple::create(std::move(elements));
}

Item fromIValue(const c10::IValue& value, const std::string& name) {
    std::vector<Item> parts;
    const auto add = [&](const c10::IValue& part) {
        parts.push_back(fromIValue(part, name + "_" + std::to_string(parts.size())));
    };
    if (value.isList()) {
        for (const c10::IValue& part : value.toListRef())
            add(part);
        return Item::many(std::move(parts));
    }
    if (value.isTuple()) {
        for (const c10::IValue& part : value.toTupleRef().elements())
            add(part);
        return Item::many(std::move(parts));
    }
    if (value.isGenericDict()) {
        auto keys = std::make_shared<std::vector<c10::IValue>>();
        for (const auto& entry : value.toGenericDict()) {
            keys->push_back(entry.key());
            add(entry.value());
        }
        Item item = Item::many(std::move(parts));
        item.keys = std::move(keys);
        return item;
    }
    return Item::constantOf(value, name);
}

std::optional<int64_t> constantInt(const Item& item) {
    if (item.kind != Item::Kind::Constant) return {};
    if (item.constant.isInt()) return item.constant.toInt();
    if (item.constant.isBool()) return item.constant.toBool() ? 1 : 0;
    return {};
}

void changeTensors(c10::IValue& value, at::Tensor (*change)(const at::Tensor&)) {
    if (value.isTensor()) {
        if (value.toTensor().defined()) value = change(value.toTensor());
        return;
    }
    if (!value.isList()) return;
    const c10::List<c10::IValue> list = value.toList();
    c10::impl::GenericList out(list.elementType());
    for (size_t i = 0; i < list.size(); ++i) {
        c10::IValue part = list.get(i);
        changeTensors(part, change);
        out.push_back(std::move(part));
    }
    value = std::move(out);
}

at::Tensor toMeta(const at::Tensor& tensor) {
    if (tensor.is_meta()) return tensor;
    const auto options = at::TensorOptions().dtype(tensor.dtype()).device(at::kMeta);
    if (tensor.layout() != at::kStrided) return at::empty(tensor.sizes(), options);
    return at::empty_strided(tensor.sizes(), tensor.strides(), options);
}

at::Tensor toZeros(const at::Tensor& tensor) {
    if (!tensor.is_meta()) return tensor;
    return at::empty_strided(tensor.sizes(), tensor.strides(), at::TensorOptions().dtype(tensor.dtype())).zero_();
}

} // namespace wb::torchscript
