// SPDX-License-Identifier: GPL-3.0-or-later
// A value or an Error. The vocabulary follows std::expected (C++23, [expected.expected]), of which
// it is the part that the project uses.
#pragma once

#include "compiler/base/error.h"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace wb {

template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool hasValue() const { return m_state.index() == 0; }
    explicit operator bool() const { return hasValue(); }
    T& value() & { assert(hasValue()); return std::get<0>(m_state); }
    const T& value() const& { assert(hasValue()); return std::get<0>(m_state); }
    T&& value() && { assert(hasValue()); return std::get<0>(std::move(m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    Error& error() & { assert(!hasValue()); return std::get<1>(m_state); }
    const Error& error() const& { assert(!hasValue()); return std::get<1>(m_state); }
    Error&& error() && { assert(!hasValue()); return std::get<1>(std::move(m_state)); }
    T valueOr(T other) const& { return hasValue() ? value() : std::move(other); }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool hasValue() const { return !m_error.has_value(); }
    explicit operator bool() const { return hasValue(); }
    Error& error() & { assert(m_error); return *m_error; }
    const Error& error() const& { assert(m_error); return *m_error; }
    Error&& error() && { assert(m_error); return std::move(*m_error); }

private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

} // namespace wb

#define WB_CONCAT_(a, b) a##b
#define WB_CONCAT(a, b) WB_CONCAT_(a, b)
/// Returns the error of `expression` (a Result or Status) from the enclosing function.
#define WB_TRY(expression)                                                                         \
    do {                                                                                           \
        if (auto wbStatus = (expression); !wbStatus) return std::move(wbStatus).error();           \
    } while (false)
/// `WB_ASSIGN(auto x, f());` declares x from the value of f(), or returns its error.
#define WB_ASSIGN(declaration, expression) WB_ASSIGN_(WB_CONCAT(wbResult, __LINE__), declaration, expression)
#define WB_ASSIGN_(name, declaration, expression)                                                  \
    auto name = (expression);                                                                      \
    if (!name) return std::move(name).error();                                                     \
    declaration = std::move(name).value()
