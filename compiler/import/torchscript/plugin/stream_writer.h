// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the answer of plugin_interface.h, and the failure that becomes its Error record.
#pragma once

#include "compiler/base/error.h"
#include "compiler/import/torchscript/plugin_interface.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace wb::torchscript {

/// An error that the user is to read; thrown and caught inside the plug-in only.
struct Failure : std::runtime_error {
    explicit Failure(Error e) : std::runtime_error(e.what), error(std::move(e)) {}
    Error error;
};

using AttributeValue =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

struct OutputNode {
    std::string kind;
    std::vector<std::string> inputs, outputs;
    std::vector<std::pair<std::string, AttributeValue>> attributes;
};

class StreamWriter {
public:
    StreamWriter(WbTorchSink sink, void* to) : m_sink(sink), m_to(to) {}

    void bytes(const void* data, size_t size) {
        if (size > 0 && m_sink(m_to, data, size) == 0) throw std::runtime_error("the reader has gone");
    }
    template <class T> void number(T value) {
        static_assert(std::is_arithmetic_v<T>);
        bytes(&value, sizeof value);
    }
    void text(std::string_view value) {
        number<uint64_t>(value.size());
        bytes(value.data(), value.size());
    }
    template <class T> void numbers(const std::vector<T>& values) {
        number<uint64_t>(values.size());
        bytes(values.data(), values.size() * sizeof(T));
    }
    void texts(const std::vector<std::string>& values) {
        number<uint64_t>(values.size());
        for (const std::string& value : values)
            text(value);
    }
    void tag(Record record) { number(static_cast<uint8_t>(record)); }

    void node(const OutputNode& node) {
        tag(Record::Node);
        text(node.kind);
        texts(node.inputs);
        texts(node.outputs);
        number<uint64_t>(node.attributes.size());
        for (const auto& [key, value] : node.attributes) {
            text(key);
            std::visit([this](const auto& v) { attribute(v); }, value);
        }
    }
    void error(const Error& e) {
        tag(Record::Error);
        number<uint32_t>(static_cast<uint32_t>(e.code));
        text(e.what);
        text(e.why);
        text(e.node);
        texts(e.remedies);
    }

private:
    void kind(AttributeKind k) { number(static_cast<uint8_t>(k)); }
    void attribute(int64_t v) { kind(AttributeKind::Integer), number(v); }
    void attribute(double v) { kind(AttributeKind::Real), number(v); }
    void attribute(const std::string& v) { kind(AttributeKind::Text), text(v); }
    void attribute(const std::vector<int64_t>& v) { kind(AttributeKind::Integers), numbers(v); }
    void attribute(const std::vector<double>& v) { kind(AttributeKind::Reals), numbers(v); }

    WbTorchSink m_sink;
    void* m_to;
};

} // namespace wb::torchscript
