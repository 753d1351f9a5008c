// SPDX-License-Identifier: GPL-3.0-or-later
// Walks over MLIR text by characters (shapes such as 1x3xf32 do not fall into tokens) and reads its
// small parts: words, strings, numbers, types, attributes. Inside of text/ only.
#pragma once

#include "compiler/ir/attribute.h"

#include <map>
#include <string>
#include <string_view>

namespace wb::ir::text {

/// Lists, dictionaries and fused locations within each other; a deeper file is refused.
inline constexpr int kMaxDepth = 64;

class Scanner {
public:
    /// Alias definitions ("#map", "!type") by name with the sign; may be null.
    using Aliases = std::map<std::string, std::string, std::less<>>;

    Scanner(std::string_view text, const std::string& fileName) : m_text(text), m_file(fileName) {}
    void setAliases(const Aliases* aliases) { m_aliases = aliases; }

    // Characters ---------------------------------------------------------------------------------
    size_t position() const { return m_at; }
    void setPosition(size_t at) { m_at = at; }
    bool atEnd() { skipSpace(); return m_at >= m_text.size(); }
    char peek();                        ///< next character after white space and comments, or NUL
    char next() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; } ///< without skipping
    bool take(char c);
    bool take(std::string_view literal);   ///< punctuation such as "->"
    bool takeWord(std::string_view word);  ///< only if not followed by a word character
    Status expect(char c, const char* where);
    std::string_view word();               ///< [A-Za-z_][A-Za-z0-9_$.]*, empty if there is none
    std::string_view suffixId();           ///< what may follow %, # and @: letters, digits, _ $ . -
    Result<std::string> string();          ///< "…" with its escapes
    Result<std::string> symbol();          ///< @name or @"name"
    std::string_view slice(size_t from, size_t to) const { return m_text.substr(from, to - from); }

    // Parts ----------------------------------------------------------------------------------------
    Result<int64_t> integer();
    Result<double> real();
    Result<TensorType> type();             ///< tensor<…> or none
    Result<Attribute> attribute(int depth = 0);
    Status dictionary(AttributeMap& into); ///< after its '{'
    /// Steps over one balanced piece up to an unbracketed ',' or closing bracket; trimmed text.
    Result<std::string> balanced();
    /// Steps over the bracket that comes next and all within.
    Status skipBracket();

    /// TextSyntax at the present place.
    Error fail(const std::string& expected);
    Error failAt(size_t at, std::string what) const;

private:
    void skipSpace();
    Result<UniformQuant> uniform(ElementType& storage);
    Result<double> floatLiteral();
    Result<ElementType> element();
    Result<TensorType> aliasedType();
    Result<Attribute> number();
    Result<Attribute> hashAttribute();

    std::string_view m_text;
    const std::string& m_file;
    const Aliases* m_aliases = nullptr;
    size_t m_at = 0;
    int m_aliasDepth = 0;
};

} // namespace wb::ir::text
