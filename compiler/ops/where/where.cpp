// SPDX-License-Identifier: GPL-3.0-or-later
// condition != 0 ? x : y, all broadcast; x or y may be the numbers x_const_val, y_const_val
// (x_is_const, y_is_const; the operand is then absent).
#include "compiler/ops/shape_rules.h"

namespace wb::ops {

void define_where(OpTable& table);
void define_where(OpTable& table) {
    table.add({.name = "top.Where",
               .summary = "chooses between two values element by element",
               .infer = broadcastOperands,
               .flops = flopsPerElement<1>,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
