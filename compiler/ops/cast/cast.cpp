// SPDX-License-Identifier: GPL-3.0-or-later
// Change of number type in the source network. All top values are F32, so that "INT32" means: truncated
// towards zero; "BOOL": 0 or 1; "F32": unchanged.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {

void define_cast(OpTable& table);
void define_cast(OpTable& table) {
    table.add({.name = "top.Cast",
               .summary = "whole part, truth value or the number itself",
               .traits = {.elementwise = true},
               .infer = sameAsOperand,
               .flops = flopsPerElement<1>});
}

} // namespace wb::ops
