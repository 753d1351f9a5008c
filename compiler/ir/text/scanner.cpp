// SPDX-License-Identifier: GPL-3.0-or-later
// Characters, words, strings and brackets.
#include "compiler/ir/text/scanner.h"

#include "compiler/ir/text/float_format.h"

#include <charconv>
#include <cmath>

namespace wb::ir::text {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isWordPart(char c) { return isLetter(c) || isDigit(c) || c == '$' || c == '.'; }
int hexDigit(char c) {
    if (isDigit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

void Scanner::skipSpace() {
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r')
            ++m_at;
        else if (c == '/' && m_text.substr(m_at, 2) == "//")
            m_at = std::min(m_text.find('\n', m_at), m_text.size());
        else
            return;
    }
}

char Scanner::peek() {
    skipSpace();
    return next();
}

bool Scanner::take(char c) {
    if (peek() != c || m_at >= m_text.size()) return false;
    ++m_at;
    return true;
}

bool Scanner::take(std::string_view literal) {
    skipSpace();
    if (m_text.substr(m_at, literal.size()) != literal) return false;
    m_at += literal.size();
    return true;
}

bool Scanner::takeWord(std::string_view text) {
    skipSpace();
    const size_t end = m_at + text.size();
    if (m_text.substr(m_at, text.size()) != text) return false;
    if (end < m_text.size() && isWordPart(m_text[end])) return false;
    m_at = end;
    return true;
}

Status Scanner::expect(char c, const char* where) {
    if (take(c)) return {};
    return fail(std::string("'") + c + "' " + where);
}

std::string_view Scanner::word() {
    skipSpace();
    const size_t start = m_at;
    if (!isLetter(next())) return {};
    while (isWordPart(next()))
        ++m_at;
    return slice(start, m_at);
}

std::string_view Scanner::suffixId() {
    const size_t start = m_at;
    while (isWordPart(next()) || next() == '-') {
        if (m_text.substr(m_at, 2) == "->") break;
        ++m_at;
    }
    return slice(start, m_at);
}

Result<std::string> Scanner::string() {
    if (!take('"')) return fail("a string");
    const size_t start = m_at;
    std::string out;
    while (m_at < m_text.size()) {
        const char c = m_text[m_at++];
        if (c == '"') return out;
        if (c == '\n') break;
        if (c != '\\') {
            out += c;
            continue;
        }
        const char e = next();
        const int high = hexDigit(e);
        const int low = m_at + 1 < m_text.size() ? hexDigit(m_text[m_at + 1]) : -1;
        if (e == '"' || e == '\\') {
            out += e;
        } else if (e == 'n') {
            out += '\n';
        } else if (e == 't') {
            out += '\t';
        } else if (high >= 0 && low >= 0) {
            out += static_cast<char>(high * 16 + low);
            ++m_at;
        } else {
            return fail("an escape of MLIR (\\\\, \\\", \\n, \\t or two hexadecimal digits)");
        }
        ++m_at;
    }
    return failAt(start - 1, "this string has no end on its line");
}

Result<std::string> Scanner::symbol() {
    if (!take('@')) return fail("a symbol, '@name'");
    if (next() == '"') return string();
    const std::string_view name = suffixId();
    if (name.empty()) return fail("a symbol's name");
    return std::string(name);
}

Result<int64_t> Scanner::integer() {
    skipSpace();
    int64_t value = 0;
    const char* begin = m_text.data() + m_at;
    const auto [end, code] = std::from_chars(begin, m_text.data() + m_text.size(), value);
    if (code == std::errc::result_out_of_range) return fail("an integer of 64 bits");
    if (code != std::errc()) return fail("an integer");
    m_at += static_cast<size_t>(end - begin);
    return value;
}

Result<double> Scanner::real() {
    skipSpace();
    const size_t start = m_at;
    if (m_text.substr(m_at, 2) == "0x") { // the bits, where six digits and a point do not say the number
        m_at += 2;
        uint64_t bits = 0;
        for (int digits = 0; hexDigit(next()) >= 0 && digits < 16; ++digits)
            bits = bits << 4 | static_cast<uint64_t>(hexDigit(m_text[m_at++]));
        const auto value = floatFromBits(bits, ElementType::F64);
        if (value && std::isfinite(*value) && hexDigit(next()) < 0 && m_at > start + 2) return *value;
        m_at = start;
        return fail("a number");
    }
    if (next() == '-') ++m_at;
    while (isDigit(next()) || next() == '.')
        ++m_at;
    if (next() == 'e' || next() == 'E') {
        ++m_at;
        if (next() == '+' || next() == '-') ++m_at;
        while (isDigit(next()))
            ++m_at;
    }
    const auto value = parseFloat(slice(start, m_at));
    if (value) return *value;
    m_at = start;
    return fail("a number");
}

Status Scanner::skipBracket() {
    const size_t start = m_at;
    std::string open; // the closing brackets awaited; on the heap, so depth costs no stack
    do {
        const char c = peek();
        if (m_at >= m_text.size()) return failAt(start, "this bracket is never closed");
        if (c == '"') {
            WB_TRY(string());
            continue;
        }
        ++m_at;
        if (c == '-' && next() == '>') ++m_at; // an arrow is no bracket
        else if (c == '(') open += ')';
        else if (c == '[') open += ']';
        else if (c == '{') open += '}';
        else if (c == '<') open += '>';
        else if (c == ')' || c == ']' || c == '}' || c == '>') {
            if (open.empty() || open.back() != c)
                return failAt(m_at - 1, std::string("'") + c + "' does not match the open bracket");
            open.pop_back();
        }
    } while (!open.empty());
    return {};
}

Result<std::string> Scanner::balanced() {
    skipSpace();
    const size_t start = m_at;
    size_t end = m_at;
    while (true) {
        const char c = peek();
        if (m_at >= m_text.size() || c == ',' || c == ')' || c == ']' || c == '}' || c == '>') break;
        if (c == '"') {
            WB_TRY(string());
        } else if (c == '(' || c == '[' || c == '{' || c == '<') {
            WB_TRY(skipBracket());
        } else {
            ++m_at;
            if (c == '-' && next() == '>') ++m_at;
        }
        end = m_at;
    }
    if (end == start) return fail("a value");
    return std::string(slice(start, end));
}

Error Scanner::fail(const std::string& expected) {
    skipSpace();
    if (m_at >= m_text.size()) return failAt(m_at, "the text ends here, expected " + expected);
    std::string found(m_text.substr(m_at, 20));
    if (const size_t line = found.find('\n'); line != std::string::npos) found.resize(line);
    for (char& c : found)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    return failAt(m_at, "expected " + expected + ", found '" + found + "'");
}

Error Scanner::failAt(size_t at, std::string what) const {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < m_text.size(); ++i) {
        ++column;
        if (m_text[i] != '\n') continue;
        ++line;
        column = 1;
    }
    const std::string l = std::to_string(line), c = std::to_string(column);
    return Error{Code::TextSyntax, "line " + l + ", column " + c + ": " + std::move(what)}
        .inFile(m_file)
        .remedy("correct the line, or write the file again from the model")
        .field("line", l)
        .field("column", c);
}

} // namespace wb::ir::text
