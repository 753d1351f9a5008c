// SPDX-License-Identifier: GPL-3.0-or-later
// Borders have no source; repeated ones (edge, reflect) add up in theirs.
#include "compiler/ops/gradient.h"

namespace wb::ops {

void gradient_pad(GradientTable& table);
void gradient_pad(GradientTable& table) {
    table.add("top.Pad", gradientOfCopies);
}

} // namespace wb::ops
