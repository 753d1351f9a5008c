// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one number that networks seldom use: inverse trigonometric and hyperbolic ones, and the
// questions IsNaN and IsInf (attributes detect_positive, detect_negative), which answer 1 or 0.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

struct ElementaryDefinition {
    const char* name;
    const char* summary;
};

constexpr ElementaryDefinition kElementaryDefinitions[] = {
    {"top.Arccos", "inverse cosine"},
    {"top.Arcsin", "inverse sine"},
    {"top.Arctan", "inverse tangent"},
    {"top.Cosh", "hyperbolic cosine"},
    {"top.Sinh", "hyperbolic sine"},
    {"top.Arccosh", "inverse hyperbolic cosine"},
    {"top.Arcsinh", "inverse hyperbolic sine"},
    {"top.Arctanh", "inverse hyperbolic tangent"},
    {"top.IsNaN", "1 where x is no number, else 0"},
    {"top.IsInf", "1 where x is infinite, else 0"},
};

} // namespace

void define_elementary(OpTable& table);
void define_elementary(OpTable& table) {
    for (const ElementaryDefinition& row : kElementaryDefinitions)
        table.add({.name = row.name,
                   .summary = row.summary,
                   .traits = {.elementwise = true},
                   .infer = sameAsOperand,
                   .flops = flopsPerElement<4>});
}

} // namespace wb::ops
