// SPDX-License-Identifier: GPL-3.0-or-later
// A function of one code as a sum of lines with knots: y = (C + a · x + Σ d · max(x, b)) >> s with whole numbers. The
// fewest lines inside the band that rounds to the table are found by going through all points of the band.
#pragma once

#include "compiler/ops/activation/code_steps_bm1684x.h"

namespace wb::ops {

/// How finely sums are made, to try one after the other: the first needs the fewest lines, the others leave more room
/// in 16 bits.
inline constexpr int kLineShifts[] = {7, 6, 5};

/// Steps for a table, unproven: whoever takes them runs them on all 256 codes. Nothing where a look-up is as cheap.
std::optional<CodeSteps> lineSteps(const CodeTable& table, bool inSigned, bool outSigned, int shift);

} // namespace wb::ops
