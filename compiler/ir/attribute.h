// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes of nodes and modules in MLIR's vocabulary. Unknown forms are kept as text, so that a
// file of the vendor's round-trips.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/type.h"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wb::ir {

class Attribute;
using AttributeList = std::vector<Attribute>;

struct IntAttr {            ///< `1 : i64`, `1 : si32`
    int64_t value = 0;
    ElementType type = ElementType::I64;
    bool operator==(const IntAttr&) const = default;
};
struct FloatAttr {          ///< `-1.000000e+00 : f64`
    double value = 0;
    ElementType type = ElementType::F64;
    bool operator==(const FloatAttr&) const = default;
};
struct EnumAttr {           ///< `#tpu<round_mode HalfUp>`
    std::string dialect;    ///< "tpu"
    std::string kind;       ///< "round_mode"
    std::string value;      ///< "HalfUp"
    bool operator==(const EnumAttr&) const = default;
};
struct RawAttr {            ///< anything else, verbatim
    std::string text;
    bool operator==(const RawAttr&) const = default;
};
struct UnitAttr {           ///< presence is the value
    bool operator==(const UnitAttr&) const = default;
};

class Attribute {
public:
    using Storage = std::variant<UnitAttr, bool, IntAttr, FloatAttr, std::string, EnumAttr,
                                 AttributeList, RawAttr>;

    Attribute() = default;
    Attribute(bool value) : m_value(value) {}
    Attribute(int value) : m_value(IntAttr{value}) {}
    Attribute(int64_t value) : m_value(IntAttr{value}) {}
    Attribute(double value) : m_value(FloatAttr{value}) {}
    Attribute(const char* value) : m_value(std::string(value)) {}
    Attribute(std::string value) : m_value(std::move(value)) {}
    Attribute(IntAttr value) : m_value(value) {}
    Attribute(FloatAttr value) : m_value(value) {}
    Attribute(EnumAttr value) : m_value(std::move(value)) {}
    Attribute(RawAttr value) : m_value(std::move(value)) {}
    Attribute(UnitAttr value) : m_value(value) {}
    Attribute(AttributeList values) : m_value(std::move(values)) {}
    static Attribute si32(int64_t value) { return IntAttr{value, ElementType::Si32}; }
    static Attribute ints(const std::vector<int64_t>& values);   ///< `[1, 1]`
    static Attribute floats(const std::vector<double>& values);  ///< `[0.000000e+00]`

    const Storage& storage() const { return m_value; }
    template <class T> const T* as() const { return std::get_if<T>(&m_value); }
    bool operator==(const Attribute&) const = default;

private:
    Storage m_value;
};

/// Attributes by name in alphabetical order (the order in which MLIR prints them), with readers
/// that give a default when the name is absent or of another kind.
class AttributeMap {
public:
    using Map = std::map<std::string, Attribute, std::less<>>;

    const Attribute* find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    void set(std::string name, Attribute value) { m_map.insert_or_assign(std::move(name), std::move(value)); }
    void erase(std::string_view name);

    bool boolean(std::string_view name, bool otherwise = false) const;
    int64_t integer(std::string_view name, int64_t otherwise = 0) const;
    double real(std::string_view name, double otherwise = 0) const;
    std::string string(std::string_view name, std::string otherwise = {}) const;
    std::string enumerator(std::string_view name, std::string otherwise = {}) const;
    std::vector<int64_t> integers(std::string_view name) const; ///< empty when absent
    std::vector<double> reals(std::string_view name) const;

    const Map& entries() const { return m_map; }
    bool operator==(const AttributeMap&) const = default;

private:
    Map m_map;
};

} // namespace wb::ir
