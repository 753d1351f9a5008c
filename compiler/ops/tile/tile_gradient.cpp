// SPDX-License-Identifier: GPL-3.0-or-later
// Each element collects the gradients of its copies.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_tile(GradientTable& table);
void gradient_tile(GradientTable& table) {
    table.add("top.Tile", gradientOfCopies);
    table.add("top.Expand", gradientOfCopies);
}

} // namespace wb::ops
