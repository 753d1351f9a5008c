// SPDX-License-Identifier: GPL-3.0-or-later
// The scanner's readers of types and attributes.
#include "compiler/ir/text/float_format.h"
#include "compiler/ir/text/scanner.h"

#include <charconv>

namespace wb::ir::text {
namespace {

constexpr size_t kMaxRank = 32;

struct Storage {
    ElementType type;
    int64_t low, high;
};

/// i8, u16 … of the quant dialect, with the range it has when none is printed.
std::optional<Storage> quantStorage(std::string_view word) {
    if (word == "i4") return Storage{ElementType::I4, -8, 7};
    if (word == "u4") return Storage{ElementType::Ui4, 0, 15};
    if (word == "i8") return Storage{ElementType::I8, -128, 127};
    if (word == "u8") return Storage{ElementType::Ui8, 0, 255};
    if (word == "i16") return Storage{ElementType::I16, -32768, 32767};
    if (word == "u16") return Storage{ElementType::Ui16, 0, 65535};
    if (word == "i32") return Storage{ElementType::I32, INT32_MIN, INT32_MAX};
    if (word == "u32") return Storage{ElementType::Ui32, 0, UINT32_MAX};
    return {};
}

} // namespace

Result<ElementType> Scanner::element() {
    const size_t start = m_at;
    const std::string_view name = word();
    const auto type = elementTypeFromSpelling(std::string(name));
    if (type && *type != ElementType::None) return *type;
    m_at = start;
    return fail("an element type such as f32 or si8");
}

Result<UniformQuant> Scanner::uniform(ElementType& storageType) {
    UniformQuant quant;
    const size_t start = m_at;
    const auto storage = quantStorage(word());
    if (!storage) {
        m_at = start;
        return fail("a storage type such as i8 or u8");
    }
    storageType = storage->type;
    if (take('<')) {
        WB_ASSIGN(const int64_t low, integer());
        WB_TRY(expect(':', "between the ends of the storage range"));
        WB_ASSIGN(const int64_t high, integer());
        WB_TRY(expect('>', "after the storage range"));
        if (low != storage->low || high != storage->high) quant.storageRange = {low, high};
    }
    WB_TRY(expect(':', "after the storage type"));
    WB_ASSIGN(quant.expressed, element());
    if (take(':')) {
        WB_ASSIGN(const int64_t axis, integer());
        if (axis < 0 || axis >= static_cast<int64_t>(kMaxRank)) return fail("an axis from 0 to 31");
        quant.axis = static_cast<int32_t>(axis);
    }
    WB_TRY(expect(',', "before the scale"));
    if (quant.axis) WB_TRY(expect('{', "before the scales of an axis"));
    do {
        WB_ASSIGN(const double scale, real());
        int64_t zeroPoint = 0;
        if (take(':')) {
            WB_ASSIGN(zeroPoint, integer());
        }
        quant.scales.push_back(scale);
        quant.zeroPoints.push_back(zeroPoint);
    } while (quant.axis && take(','));
    if (quant.axis) WB_TRY(expect('}', "after the scales of an axis"));
    return quant;
}

Result<TensorType> Scanner::aliasedType() {
    const size_t start = m_at;
    ++m_at;
    const std::string name = "!" + std::string(suffixId());
    const auto it = m_aliases == nullptr ? Aliases::const_iterator() : m_aliases->find(name);
    if (m_aliases == nullptr || it == m_aliases->end() || m_aliasDepth > 8)
        return failAt(start, "the type '" + name + "' is not known here");
    Scanner inner(it->second, m_file);
    inner.m_aliases = m_aliases;
    inner.m_aliasDepth = m_aliasDepth + 1;
    auto type = inner.type();
    if (!type || !inner.atEnd()) return failAt(start, "the definition of '" + name + "' is not a tensor type");
    return type;
}

Result<TensorType> Scanner::type() {
    TensorType type;
    if (peek() == '!') return aliasedType();
    if (takeWord("none")) {
        type.element = ElementType::None;
        type.ranked = false;
        return type;
    }
    const size_t start = m_at;
    if (!takeWord("tensor")) return fail("a type, tensor<…> or none");
    WB_TRY(expect('<', "after tensor"));
    if (take('*')) {
        type.ranked = false;
        if (!take('x')) return fail("'x' after '*'");
    } else {
        while (true) {
            const char c = peek();
            int64_t dimension = -1;
            if (c == '?') {
                ++m_at;
            } else if (c >= '0' && c <= '9') {
                WB_ASSIGN(dimension, integer());
            } else {
                break;
            }
            if (!take('x')) return fail("'x' after a dimension");
            type.shape.push_back(dimension);
            if (type.shape.size() > kMaxRank) return failAt(start, "a tensor has at most 32 dimensions");
        }
    }
    if (take("!quant.calibrated<")) {
        CalibratedRange range;
        WB_ASSIGN(type.element, element());
        WB_TRY(expect('<', "before the range"));
        WB_ASSIGN(range.min, real());
        WB_TRY(expect(':', "between minimum and maximum"));
        WB_ASSIGN(range.max, real());
        WB_TRY(expect('>', "after the range"));
        WB_TRY(expect('>', "after the calibrated type"));
        type.quant = range;
    } else if (take("!quant.uniform<")) {
        WB_ASSIGN(type.quant, uniform(type.element));
        WB_TRY(expect('>', "after the quantised type"));
    } else {
        WB_ASSIGN(type.element, element());
    }
    if (peek() == ',')
        return failAt(m_at, "tensors with an address or encoding belong to a later stage than lowering");
    WB_TRY(expect('>', "after the tensor type"));
    Shape known = type.shape;
    for (int64_t& d : known)
        d = d < 0 ? 1 : d;
    if (!checkedElementCount(known)) return failAt(start, "this tensor is too large");
    return type;
}

Result<Attribute> Scanner::number() {
    const size_t start = m_at;
    const bool minus = next() == '-';
    size_t at = m_at + (minus ? 1 : 0);
    const bool hex = m_text.substr(at, 2) == "0x";
    bool fraction = false;
    for (at += hex ? 2 : 0; at < m_text.size(); ++at) {
        const char c = m_text[at];
        if (c == '.') fraction = true;
        if (!(c >= '0' && c <= '9') && c != '.') break;
    }
    if (!hex && fraction) {
        WB_ASSIGN(const double value, real());
        if (!take(':')) return Attribute(FloatAttr{value});
        const auto type = elementTypeFromSpelling(std::string(word()));
        if (type && isFloat(*type)) return Attribute(FloatAttr{value, *type});
        m_at = start; // a float type that we have not
        WB_ASSIGN(std::string raw, balanced());
        return Attribute(RawAttr{std::move(raw)});
    }
    uint64_t bits = 0;
    int64_t value = 0;
    if (hex) {
        const char* begin = m_text.data() + start + (minus ? 3 : 2);
        const auto [end, code] = std::from_chars(begin, m_text.data() + m_text.size(), bits, 16);
        if (code != std::errc() || minus) return fail("a hexadecimal number of 64 bits");
        m_at += static_cast<size_t>(end - begin) + 2;
        value = static_cast<int64_t>(bits);
    } else {
        const char* begin = m_text.data() + start;
        auto [end, code] = std::from_chars(begin, m_text.data() + m_text.size(), value);
        if (code == std::errc::result_out_of_range && !minus) { // ui64 above 2^63
            const auto wide = std::from_chars(begin, m_text.data() + m_text.size(), bits);
            end = wide.ptr;
            code = wide.ec;
            value = static_cast<int64_t>(bits);
        }
        if (code != std::errc()) return fail("a number of 64 bits");
        m_at += static_cast<size_t>(end - begin);
    }
    // MLIR prints integers in decimal; sixteen hexadecimal digits without a type are an f64 in a list.
    const bool bareFloat = hex && m_at - start == 18;
    if (!take(':'))
        return bareFloat ? Attribute(FloatAttr{*floatFromBits(bits, ElementType::F64)}) : Attribute(IntAttr{value});
    const auto type = elementTypeFromSpelling(std::string(word()));
    if (type && isFloat(*type) && hex) {
        if (const auto real = floatFromBits(bits, *type)) return Attribute(FloatAttr{*real, *type});
    } else if (type == ElementType::I1) {
        return Attribute(value != 0);
    } else if (type && !isFloat(*type) && *type != ElementType::None) {
        return Attribute(IntAttr{value, *type});
    }
    m_at = start; // `1 : index` and the like: kept as text
    WB_ASSIGN(std::string raw, balanced());
    return Attribute(RawAttr{std::move(raw)});
}

Result<Attribute> Scanner::hashAttribute() {
    const size_t start = m_at;
    ++m_at;
    const std::string name(suffixId());
    if (next() == '<') { // #dialect<kind Value>
        ++m_at;
        EnumAttr e{name, std::string(word()), std::string(word())};
        if (!e.dialect.empty() && !e.kind.empty() && !e.value.empty() && take('>')) return Attribute(std::move(e));
    } else if (m_aliases != nullptr) {
        if (const auto it = m_aliases->find("#" + name); it != m_aliases->end() && m_aliasDepth < 8) {
            Scanner inner(it->second, m_file);
            inner.m_aliases = m_aliases;
            inner.m_aliasDepth = m_aliasDepth + 1;
            auto value = inner.attribute(1);
            if (!value || !inner.atEnd()) return failAt(start, "the definition of '#" + name + "' is malformed");
            return value;
        }
    }
    m_at = start;
    WB_ASSIGN(std::string raw, balanced());
    return Attribute(RawAttr{std::move(raw)});
}

Result<Attribute> Scanner::attribute(int depth) {
    if (depth > kMaxDepth) return failAt(m_at, "values are nested deeper than " + std::to_string(kMaxDepth));
    const char c = peek();
    if (c == '"') {
        const size_t start = m_at;
        WB_ASSIGN(std::string text, string());
        if (peek() != ':') return Attribute(std::move(text));
        m_at = start; // a typed string
    } else if (c == '[') {
        ++m_at;
        AttributeList list;
        if (take(']')) return Attribute(std::move(list));
        do {
            WB_ASSIGN(Attribute item, attribute(depth + 1));
            list.push_back(std::move(item));
        } while (take(','));
        WB_TRY(expect(']', "after the list"));
        return Attribute(std::move(list));
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        return number();
    } else if (c == '#') {
        return hashAttribute();
    } else if (takeWord("true")) {
        return Attribute(true);
    } else if (takeWord("false")) {
        return Attribute(false);
    } else if (takeWord("unit")) {
        return Attribute(UnitAttr{});
    }
    WB_ASSIGN(std::string raw, balanced());
    return Attribute(RawAttr{std::move(raw)});
}

Status Scanner::dictionary(AttributeMap& into) {
    if (take('}')) return {};
    do {
        std::string name;
        const char c = peek();
        const size_t start = m_at;
        if (c == '"') {
            WB_ASSIGN(name, string());
        } else {
            name = word();
        }
        if (name.empty()) return fail("an attribute's name");
        if (into.has(name)) return failAt(start, "the attribute '" + name + "' is given twice");
        if (!take('=')) {
            into.set(std::move(name), Attribute(UnitAttr{}));
            continue;
        }
        WB_ASSIGN(Attribute value, attribute());
        into.set(std::move(name), std::move(value));
    } while (take(','));
    return expect('}', "after the attributes");
}

} // namespace wb::ir::text
