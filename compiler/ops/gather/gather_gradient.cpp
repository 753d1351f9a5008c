// SPDX-License-Identifier: GPL-3.0-or-later
// Elements taken several times collect the gradients of all copies.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_gather(GradientTable& table);
void gradient_gather(GradientTable& table) {
    table.add("top.Gather", gradientOfCopies);
}

} // namespace wb::ops
