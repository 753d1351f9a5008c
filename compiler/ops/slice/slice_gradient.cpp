// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of what a slice leaves out are zero.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_slice(GradientTable& table);
void gradient_slice(GradientTable& table) {
    table.add("top.Slice", gradientOfCopies);
}

} // namespace wb::ops
