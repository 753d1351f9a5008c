// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients go back where the elements came from.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_permute(GradientTable& table);
void gradient_permute(GradientTable& table) {
    table.add("top.Permute", gradientOfCopies);
}

} // namespace wb::ops
