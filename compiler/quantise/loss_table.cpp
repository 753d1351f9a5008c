// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/base/file.h"
#include "compiler/quantise/precision_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace wb::quantise {
namespace {

/// Python pads by characters, not bytes.
size_t characters(std::string_view utf8) {
    return static_cast<size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, size_t width) {
    const size_t length = characters(text);
    if (length < width) text.append(width - length, ' ');
    return text;
}

std::string_view trimmed(std::string_view text) {
    const size_t from = text.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

} // namespace

Result<LossTable> parseLossTable(std::string_view text, const std::string& fileName) {
    LossTable table;
    for (int number = 1; !text.empty(); ++number) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        const auto after = [&](std::string_view beginning) {
            return line.starts_with(beginning) ? trimmed(line.substr(beginning.size()))
                                               : std::string_view();
        };
        if (line[0] == '#') {
            if (const auto g = after("# genetated time:"); !g.empty()) table.generated = g;
            if (const auto s = after("# sample number:"); !s.empty())
                std::from_chars(s.data(), s.data() + s.size(), table.sampleNumber);
            if (const auto c = after("# chip:"); !c.empty()) {
                table.chip = trimmed(c.substr(0, c.find(' ')));
                if (const size_t m = c.find("mix_mode:"); m != std::string_view::npos)
                    table.mixMode = trimmed(c.substr(m + 9));
            }
            continue;
        }
        const size_t layer = line.find(": Layer: ");
        size_t value = line.rfind("Cos: ");
        size_t skip = 5;
        if (value == std::string_view::npos) {
            value = line.rfind("Loss: ");
            skip = 6;
        }
        LossRow row;
        bool good = line.starts_with("No.") && layer != std::string_view::npos &&
                    value != std::string_view::npos && layer + 9 <= value;
        if (good) {
            row.name = trimmed(line.substr(layer + 9, value - layer - 9));
            const std::string_view digits = trimmed(line.substr(value + skip));
            const auto [stop, code] =
                std::from_chars(digits.data(), digits.data() + digits.size(), row.similarity);
            good = code == std::errc() && stop == digits.data() + digits.size() &&
                   std::isfinite(row.similarity) && !row.name.empty();
        }
        if (!good) {
            const std::string at = std::to_string(number);
            return Error{Code::PrecisionSyntax,
                         "line " + at + ": expected 'No.i : Layer: name Cos: value'"}
                .because("the line is '" + std::string(line.substr(0, 80)) + "'")
                .inFile(fileName)
                .field("line", at);
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string lossLine(size_t index, const LossRow& row) {
    std::array<char, 352> value;
    std::snprintf(value.data(), value.size(), "%.6f", row.similarity);
    return "No." + padded(std::to_string(index), 4) + ": Layer: " + padded(row.name, 50) +
           "\t\t\tCos: " + value.data();
}

std::string formatLossTable(LossTable table) {
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const LossRow& a, const LossRow& b) {
        return a.similarity < b.similarity;
    });
    std::string text;
    if (!table.generated.empty()) text += "# genetated time: " + table.generated + '\n';
    text += "# sample number: " + std::to_string(table.sampleNumber) + "\n# chip: " + table.chip +
            "  mix_mode: " + table.mixMode + "\n###\n";
    for (size_t i = 0; i < table.rows.size(); ++i)
        text += lossLine(i, table.rows[i]) + '\n';
    return text;
}

Status writeLossTable(const std::filesystem::path& path, const LossTable& table) {
    return writeTextAtomically(path, formatLossTable(table));
}

} // namespace wb::quantise
