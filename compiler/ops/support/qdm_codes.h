// SPDX-License-Identifier: GPL-3.0-or-later
// Filters of CV18xx: a factor of 31 bits and a shift for each block of weights, chosen before the weights' codes, which take
// up what the factor's rounding left (dossier section 5.5).
#pragma once

#include "compiler/ops/support/lower_support.h"

#include <span>

namespace wb::ops {

struct QdmFilter {
    std::vector<int8_t> codes;
    std::vector<int32_t> bias; ///< empty without one
    std::vector<int64_t> multipliers, shifts;
};

/// `filter` as `blocks` blocks of equal length, of `bias.size() / blocks` sums each. Thresholds are the largest real that a
/// code of operand and result stands for.
QdmFilter qdmFilter(std::span<const float> filter, std::span<const float> bias, int64_t blocks, double thresholdIn,
                    double thresholdOut);

/// Largest real of a type's codes.
double thresholdOf(const ir::TensorType& type);

} // namespace wb::ops
