// SPDX-License-Identifier: GPL-3.0-or-later
// Which function of two numbers an operator is: one table for the float kernels and for the chip.
#pragma once

#include "compiler/ir/graph.h"
#include "compiler/kernels/f32_eltwise.h"

#include <map>
#include <optional>
#include <string>

namespace wb::ops {

/// By the `mode` of Compare and CompareConst; nothing for a mode that is not known.
inline std::optional<kernels::Binary> comparisonOf(const std::string& mode) {
    using kernels::Binary;
    static const std::map<std::string, Binary, std::less<>> rows = {
        {"Equal", Binary::Equal},          {"NotEqual", Binary::NotEqual},
        {"Greater", Binary::Greater},      {"GreaterOrEqual", Binary::GreaterEqual},
        {"Less", Binary::Less},            {"LessOrEqual", Binary::LessEqual},
        {"And", Binary::And},              {"Or", Binary::Or},
        {"Xor", Binary::NotEqual},
    };
    const auto it = rows.find(mode);
    return it == rows.end() ? std::nullopt : std::optional(it->second);
}

/// By the operator, of either dialect.
inline std::optional<kernels::Binary> binaryOf(const ir::Node& node) {
    using kernels::Binary;
    static const std::map<std::string, Binary, std::less<>> rows = {
        {"Add", Binary::Add}, {"Sub", Binary::Sub}, {"Mul", Binary::Mul}, {"Div", Binary::Div},
        {"Max", Binary::Max}, {"Min", Binary::Min}, {"BinaryPow", Binary::Pow}, {"Mod", Binary::Mod},
    };
    const std::string kind = node.op.substr(node.op.find('.') + 1);
    if (kind == "Compare" || kind == "CompareConst") return comparisonOf(node.attributes.string("mode"));
    const auto it = rows.find(kind);
    return it == rows.end() ? std::nullopt : std::optional(it->second);
}

} // namespace wb::ops
