// SPDX-License-Identifier: GPL-3.0-or-later
// Filters of BM1684: everything at one scale that a shift brings to the result's.
#pragma once

#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/support/lower_support.h"

#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace wb::ops {

struct ShiftedFilter {
    std::vector<int8_t> codes;
    std::vector<int16_t> bias; ///< empty without one
    int shift = 0;
};

/// Single-precision factor that takes a weight to its code.
float shiftedScale(int shift, double scaleIn, double scaleOut);

/// Nothing where the weights are too large for any shift; then the layer is computed in F32. `always`: no shift then.
std::optional<ShiftedFilter> shiftedFilter(std::span<const float> filter, std::span<const float> bias, double scaleIn,
                                           double scaleOut, bool always = false);

/// The codes that the operand has or would have in INT8, without adding a cast.
Result<Codes> codesOfOperand(LoweringBuilder& builder, ir::ValueId source);

} // namespace wb::ops
