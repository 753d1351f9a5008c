// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the tables and the command line for precisions and chips; attribute readers of source nodes.
#include "compiler/ops/import_rule.h"
#include "compiler/ops/lowering.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace wb::ops {
namespace {

constexpr std::array kPrecisions{"INT8", "F16", "BF16", "F32"};
constexpr std::array kChips{"bm1684x", "bm1684", "cv183x", "cv182x", "cv181x", "cv180x"};

bool equalNoCase(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

template <class Enum, size_t N>
std::optional<Enum> lookUp(const std::array<const char*, N>& words, std::string_view text) {
    for (size_t i = 0; i < N; ++i)
        if (equalNoCase(words[i], text)) return static_cast<Enum>(i);
    return {};
}

} // namespace

const char* spelling(Precision precision) { return kPrecisions[static_cast<size_t>(precision)]; }
const char* spelling(Chip chip) { return kChips[static_cast<size_t>(chip)]; }
std::optional<Precision> precisionFromSpelling(std::string_view text) {
    return lookUp<Precision>(kPrecisions, text);
}
std::optional<Chip> chipFromSpelling(std::string_view text) { return lookUp<Chip>(kChips, text); }

int64_t SourceNode::integer(std::string_view key, int64_t otherwise) const {
    const auto it = attributes.find(key);
    const auto* v = it == attributes.end() ? nullptr : std::get_if<int64_t>(&it->second);
    return v == nullptr ? otherwise : *v;
}

double SourceNode::real(std::string_view key, double otherwise) const {
    const auto it = attributes.find(key);
    const auto* v = it == attributes.end() ? nullptr : std::get_if<double>(&it->second);
    return v == nullptr ? otherwise : *v;
}

std::string SourceNode::string(std::string_view key, std::string otherwise) const {
    const auto it = attributes.find(key);
    const auto* v = it == attributes.end() ? nullptr : std::get_if<std::string>(&it->second);
    return v == nullptr ? otherwise : *v;
}

std::optional<std::vector<int64_t>> SourceNode::integers(std::string_view key) const {
    const auto it = attributes.find(key);
    const auto* v = it == attributes.end() ? nullptr : std::get_if<std::vector<int64_t>>(&it->second);
    return v == nullptr ? std::nullopt : std::optional(*v);
}

std::optional<std::vector<double>> SourceNode::reals(std::string_view key) const {
    const auto it = attributes.find(key);
    const auto* v = it == attributes.end() ? nullptr : std::get_if<std::vector<double>>(&it->second);
    return v == nullptr ? std::nullopt : std::optional(*v);
}

} // namespace wb::ops
