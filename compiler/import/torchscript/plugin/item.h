// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a value of the TorchScript graph while the walker goes through it.
#pragma once

#include <ATen/core/ivalue.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wb::torchscript {

struct Item {
    enum class Kind : uint8_t {
        Constant, ///< known now, a tensor or anything else
        Runtime,  ///< depends on the network's inputs
        Many,     ///< a list, a tuple or a dictionary of items
    };
    Kind kind = Kind::Runtime;
    c10::IValue constant;
    std::string name; ///< of a tensor, or the path to an attribute
    at::Tensor meta;  ///< Runtime: shape and element type without numbers; undefined when not known
    std::shared_ptr<std::vector<Item>> parts;
    std::shared_ptr<std::vector<c10::IValue>> keys; ///< of a dictionary

    static Item constantOf(c10::IValue value, std::string name);
    static Item runtime(std::string name, at::Tensor meta);
    static Item many(std::vector<Item> parts);

    bool isConstant() const; ///< down to the last part
    bool isKnown() const;    ///< constant, or a tensor of a known shape, down to the last part
    bool isRuntime() const { return kind == Kind::Runtime; }
    bool isMany() const { return kind == Kind::Many; }
};

/// The item as libtorch takes it; runtime tensors as their shape-only ones. `type`: of the graph's value.
c10::IValue toIValue(const Item& item, const c10::TypePtr& type);
/// Lists and tuples become Many, so that their parts can be told apart.
Item fromIValue(const c10::IValue& value, const std::string& name);
/// The integer of a constant item.
std::optional<int64_t> constantInt(const Item& item);
/// For each tensor in a value, lists included.
void changeTensors(c10::IValue& value, at::Tensor (*change)(const at::Tensor&));

at::Tensor toMeta(const at::Tensor& tensor);
at::Tensor toZeros(const at::Tensor& tensor); ///< of a shape-only tensor
/// What kIntegerKey says of an element type.
inline int64_t wholeNumbers(at::ScalarType type) { return type == at::kBool ? 2 : at::isFloatingType(type) ? 0 : 1; }

} // namespace wb::torchscript
