// SPDX-License-Identifier: GPL-3.0-or-later
// Recursive descent over the usual grammar: sum → product → unary → primary. std::from_chars reads the
// numbers, so that the result does not depend on the locale and is the nearest double.
#include "compiler/preprocess/number.h"

#include <charconv>
#include <cmath>
#include <string>

namespace wb::preprocess {
namespace {

constexpr size_t kLongestText = 200;
constexpr int kDeepestNesting = 30;

class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    Result<double> parse() {
        WB_ASSIGN(const double value, sum(0));
        skipBlanks();
        if (m_at != m_text.size())
            return fail("an operator or the end");
        if (!std::isfinite(value))
            return problem("the value is not finite");
        return value;
    }

private:
    Error problem(std::string why) const {
        return Error{Code::PreprocessInvalid, "cannot read the number \"" + std::string(m_text) + "\""}
            .because(std::move(why))
            .remedy("write a decimal number or an expression such as 1/255")
            .field("text", std::string(m_text))
            .field("position", std::to_string(m_at + 1));
    }
    Error fail(const char* expected) const {
        const std::string found =
            m_at < m_text.size() ? "'" + std::string(1, m_text[m_at]) + "'" : std::string("the end");
        return problem("at position " + std::to_string(m_at + 1) + ": expected " + expected +
                       ", found " + found);
    }
    void skipBlanks() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
            ++m_at;
    }
    bool take(char c) {
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }

    Result<double> sum(int depth) {
        WB_ASSIGN(double value, product(depth));
        for (;;) {
            if (take('+')) {
                WB_ASSIGN(const double right, product(depth));
                value += right;
            } else if (take('-')) {
                WB_ASSIGN(const double right, product(depth));
                value -= right;
            } else {
                return value;
            }
        }
    }

    Result<double> product(int depth) {
        WB_ASSIGN(double value, unary(depth));
        for (;;) {
            if (take('*')) {
                WB_ASSIGN(const double right, unary(depth));
                value *= right;
            } else if (take('/')) {
                WB_ASSIGN(const double right, unary(depth));
                if (right == 0)
                    return problem("division by zero");
                value /= right;
            } else {
                return value;
            }
        }
    }

    Result<double> unary(int depth) {
        if (depth > kDeepestNesting)
            return problem("nested too deeply");
        if (take('-')) {
            WB_ASSIGN(const double value, unary(depth + 1));
            return -value;
        }
        if (take('+'))
            return unary(depth + 1);
        return primary(depth);
    }

    Result<double> primary(int depth) {
        if (take('(')) {
            WB_ASSIGN(const double value, sum(depth + 1));
            if (!take(')'))
                return fail("')'");
            return value;
        }
        skipBlanks();
        // from_chars would also take "inf" and "nan".
        if (m_at >= m_text.size() ||
            !((m_text[m_at] >= '0' && m_text[m_at] <= '9') || m_text[m_at] == '.'))
            return fail("a number");
        double value = 0;
        const char* begin = m_text.data() + m_at;
        const auto [end, status] = std::from_chars(begin, m_text.data() + m_text.size(), value);
        if (status == std::errc::result_out_of_range)
            return problem("the number is out of range");
        if (status != std::errc())
            return fail("a number");
        m_at += static_cast<size_t>(end - begin);
        return value;
    }

    std::string_view m_text;
    size_t m_at = 0;
};

} // namespace

Result<double> parseNumber(std::string_view text) {
    if (text.size() > kLongestText)
        return Error{Code::PreprocessInvalid, "a number of " + std::to_string(text.size()) +
                                                  " characters is too long"}
            .because("at most " + std::to_string(kLongestText) + " are read");
    return Parser(text).parse();
}

Result<std::vector<double>> parseNumberList(std::string_view text) {
    std::vector<double> values;
    for (;;) {
        const size_t comma = text.find(',');
        WB_ASSIGN(const double value, parseNumber(text.substr(0, comma)));
        values.push_back(value);
        if (comma == std::string_view::npos)
            return values;
        text.remove_prefix(comma + 1);
    }
}

} // namespace wb::preprocess
