// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/target/bm1684x/machine.h"

namespace wb::ops {

/// What holds the upper half of a product before it is shifted to codes: 16 bits, if what they cut off ends beyond the
/// codes all the same (255.5 · 2^7 < 2^15).
bm1684x::Precision requantMiddle(int shift);

} // namespace wb::ops
