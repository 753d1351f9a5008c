// SPDX-License-Identifier: GPL-3.0-or-later
// Each operand gets its part.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_concat(GradientTable& table);
void gradient_concat(GradientTable& table) {
    table.add("top.Concat", gradientOfCopies);
}

} // namespace wb::ops
