// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic of two values with numpy broadcasting (Add, Sub, Mul, Div, Max, Min also with more), of a
// value and the number const_val (…Const), and comparisons that give 0 or 1.
// SubConst, Reciprocal and Sub/Div with is_reverse take the number or second operand first:
// SubConst is_reverse: const_val - x; Reciprocal: const_val / x. Pow: x ^ exponent; Compare mode:
// Equal, Greater, GreaterOrEqual, Less, LessOrEqual, And, Or, Xor, NotEqual.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

int64_t flopsMany(const ir::Graph& graph, const ir::Node& node) {
    const auto terms = static_cast<int64_t>(node.operands.size());
    return resultElements(graph, node) * (terms - 1 + reluFlops(node));
}

int64_t flopsRelu(const ir::Graph& graph, const ir::Node& node) {
    return resultElements(graph, node) * (1 + reluFlops(node));
}

struct BinaryDefinition {
    const char* name;
    const char* summary;
    bool relu;
    bool constant;
    int maxOperands;
};

constexpr BinaryDefinition kBinaryDefinitions[] = {
    {"top.Add", "sum", true, false, -1},
    {"top.Sub", "difference", true, false, 2},
    {"top.Mul", "product", true, false, -1},
    {"top.Div", "quotient", true, false, 2},
    {"top.Max", "greatest", false, false, -1},
    {"top.Min", "smallest", false, false, -1},
    {"top.BinaryPow", "x to the power of y", false, false, 2},
    {"top.Compare", "1 where the relation holds, else 0", false, false, 2},
    {"top.AddConst", "x + const_val", true, true, 1},
    {"top.SubConst", "x - const_val, or const_val - x", true, true, 1},
    {"top.MulConst", "x · const_val", true, true, 1},
    {"top.MaxConst", "max(x, const_val)", false, true, 1},
    {"top.MinConst", "min(x, const_val)", false, true, 1},
    {"top.CompareConst", "1 where the relation with const_val holds, else 0", false, true, 1},
    {"top.Reciprocal", "const_val / x", true, true, 1},
    {"top.Pow", "x to the power of exponent", false, true, 1},
    {"top.Mod", "remainder with the sign of the divisor", false, false, 2},
};

} // namespace

void define_binary(OpTable& table);
void define_binary(OpTable& table) {
    for (const BinaryDefinition& row : kBinaryDefinitions)
        table.add({.name = row.name,
                   .summary = row.summary,
                   .traits = {.fusesRelu = row.relu, .elementwise = row.constant},
                   .infer = row.constant ? sameAsOperand : broadcastOperands,
                   .flops = row.constant ? flopsRelu : flopsMany,
                   .minOperands = row.constant ? 1 : 2,
                   .maxOperands = row.maxOperands});
}

} // namespace wb::ops
