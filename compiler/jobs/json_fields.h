// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing value structs field by field: absent or ill-typed fields keep their default, so that
// files of earlier versions and damaged ones never throw.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace wb::jobs {

/// Copies j[key] into `value` when it is there and convertible; true if it was.
template <class T> bool readField(const nlohmann::json& j, const char* key, T& value) {
    const auto it = j.find(key);
    if (it == j.end() || it->is_null()) return false;
    try {
        value = it->template get<T>();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

template <class T> bool readField(const nlohmann::json& j, const char* key, std::optional<T>& value) {
    T inner{};
    if (!readField(j, key, inner)) return false;
    value = std::move(inner);
    return true;
}

template <class T> void writeField(nlohmann::json& j, const char* key, const std::optional<T>& value) {
    if (value) j[key] = *value;
}


} // namespace wb::jobs
