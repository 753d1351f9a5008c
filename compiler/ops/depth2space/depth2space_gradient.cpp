// SPDX-License-Identifier: GPL-3.0-or-later
// A permutation of elements.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_depth2space(GradientTable& table);
void gradient_depth2space(GradientTable& table) {
    table.add("top.Depth2Space", gradientOfCopies);
}

} // namespace wb::ops
