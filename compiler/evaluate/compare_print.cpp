// SPDX-License-Identifier: GPL-3.0-or-later
// The words and numbers of npz_tool's report, as Python prints them.
#include "compiler/evaluate/compare.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace wb::evaluate {
namespace {

/// repr() of Python: shortest digits that are read back, exponent form below 1e-4 and from 1e16.
template <class T> std::string pythonNumber(T value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 64> buffer;
    const double magnitude = std::abs(static_cast<double>(value));
    const bool exponent = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
    const auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                           exponent ? std::chars_format::scientific : std::chars_format::fixed);
    std::string text(buffer.data(), end);
    if (!exponent && text.find('.') == std::string::npos) text += ".0";
    return text;
}

template <class... Arguments> std::string format(const char* form, Arguments... arguments) {
    std::array<char, 512> buffer;
    const int length = std::snprintf(buffer.data(), buffer.size(), form, arguments...);
    return {buffer.data(), std::min(static_cast<size_t>(std::max(length, 0)), buffer.size() - 1)};
}

std::string padded(std::string text, size_t width) {
    size_t characters = 0; // Python pads by characters
    for (char c : text)
        characters += (c & 0xC0) != 0x80;
    if (characters < width) text.append(width - characters, ' ');
    return text;
}

bool hasMeasures(Level level) { return level == Level::Similar || level == Level::NotSimilar; }

std::string valueText(double value, bool whole) {
    return whole ? std::to_string(static_cast<int64_t>(value)) : pythonNumber(static_cast<float>(value));
}

} // namespace

const char* spelling(Level level) {
    switch (level) {
    case Level::NotMatch: return "NOT_MATCH";
    case Level::Equal: return "EQUAL";
    case Level::NotEqual: return "NOT_EQUAL";
    case Level::Close: return "CLOSE";
    case Level::Similar: return "SIMILAR";
    case Level::NotSimilar: return "NOT_SIMLIAR"; // so the vendor
    }
    return "";
}

std::vector<std::string> layerLines(const LayerComparison& layer, int verbosity) {
    std::vector<std::string> lines;
    lines.push_back("[" + padded(layer.name, 32) + "] " + format("%12s", spelling(layer.level)) + " [" +
                    (layer.passed ? "PASSED" : "FAILED") + "]");
    if (verbosity > 0) {
        lines.push_back("    " + pythonTuple(layer.targetShape) + " " + layer.elementName + " ");
        if (layer.level == Level::Close) lines.push_back("    close order            = " + std::to_string(layer.closeOrder));
        if (hasMeasures(layer.level)) {
            if (layer.axis >= 0) lines.push_back("    channel " + std::to_string(layer.slice) + " on axis " + std::to_string(layer.axis) + " :");
            lines.push_back(format("    cosine_similarity      = %.6f", layer.cosine));
            lines.push_back(format("    euclidean_similarity   = %.6f", layer.euclid));
            lines.push_back(format("    sqnr_similarity        = %.6f", layer.sqnrDb));
        }
    }
    if (layer.int8) {
        const int64_t total = std::max<int64_t>(ir::checkedElementCount(layer.targetShape).value_or(0), 1);
        const auto share = [&](const char* label, int64_t count) {
            lines.push_back(format("    %-13s = %.4f  [%lld/%lld]", label, static_cast<double>(count) / static_cast<double>(total),
                                   static_cast<long long>(count), static_cast<long long>(total)));
        };
        share("pos(x=127)", layer.saturatedHigh);
        share("neg(x=-128)", layer.saturatedLow);
        share("zeros(x=0)", layer.zeros);
        share("low(abs(x)<8)", layer.small);
    }
    if (verbosity > 1 && !layer.passed && !layer.top.empty()) {
        lines.emplace_back("top-k:");
        lines.emplace_back(" idx-t  target  idx-r  ref");
        const bool whole = layer.wholeNumbers;
        for (const TopValue& v : layer.top)
            lines.push_back("  " + std::to_string(v.targetIndex) + " " + valueText(v.target, whole) + " " +
                            std::to_string(v.referenceIndex) + " " + valueText(v.reference, whole));
    }
    return lines;
}

std::vector<std::string> reportLines(const Comparison& c, int verbosity) {
    std::vector<std::string> lines;
    for (const LayerComparison& layer : c.layers)
        lines.insert(lines.end(), layer.notes.begin(), layer.notes.end());
    for (const LayerComparison& layer : c.layers)
        for (std::string& line : layerLines(layer, verbosity))
            lines.push_back(std::move(line));
    lines.push_back(std::to_string(c.layers.size()) + " compared");
    lines.push_back(std::to_string(c.passed()) + " passed");
    lines.push_back("  " + std::to_string(c.count(Level::Equal)) + " equal, " + std::to_string(c.count(Level::Close)) +
                    " close, " + std::to_string(c.count(Level::Similar)) + " similar");
    lines.push_back(std::to_string(c.failed()) + " failed");
    lines.push_back("  " + std::to_string(c.count(Level::NotEqual)) + " not equal, " +
                    std::to_string(c.count(Level::NotSimilar)) + " not similar");
    lines.push_back("min_similarity = (" + pythonNumber(c.minCosine()) + ", " + pythonNumber(c.minEuclid()) + ", " +
                    pythonNumber(c.minSqnrDb()) + ")");
    if (!c.target.empty()) lines.push_back("Target    " + c.target);
    if (!c.reference.empty()) lines.push_back("Reference " + c.reference);
    lines.emplace_back(c.failed() == 0 && !c.layers.empty() ? "npz compare PASSED." : "npz compare FAILED.");
    return lines;
}

std::string reportCsv(const Comparison& comparison) {
    std::string text = "name, op, quant, pass, sim_cos, sim_euc, sqnr\n";
    for (const LayerComparison& layer : comparison.layers) {
        const bool measured = hasMeasures(layer.level);
        text += layer.name + ", -, -, " + (layer.passed ? "True" : "False") + ", " +
                pythonNumber(measured ? layer.cosine : 1.0) + ", " + pythonNumber(measured ? layer.euclid : 1.0) + ", " +
                pythonNumber(measured ? layer.sqnrDb : std::numeric_limits<double>::infinity()) + "\n";
    }
    return text;
}

} // namespace wb::evaluate
