// SPDX-License-Identifier: GPL-3.0-or-later
// Forms of sums (kernels/sum_form.h) as commands: float requants of the sums, or of the 16-bit numbers made of them, and the
// larger or smaller of their codes.
#pragma once

#include "compiler/kernels/sum_form.h"
#include "compiler/ops/support/integer_bm1684x.h"

namespace wb::ops {

/// Where the pairs of the channels lie in every lane, from the box's first row of channels on.
struct SumTables {
    uint32_t first = 0, second = 0;
    int64_t channels = 0; ///< of the whole convolution
};

/// Bytes a lane for boxes up to `largest`: the first buffer holds the sums.
std::vector<int64_t> formScratch(const kernels::SumForm& form, int64_t channels, const bm1684x::Part& largest);
/// `sums` lie in the first buffer, aligned, and are lost.
void shapeSums(const kernels::SumForm& form, const SumTables& tables, const bm1684x::LocalTensor& to,
               const bm1684x::LocalTensor& sums, std::span<const uint32_t> scratch, IntegerUnit& unit);

} // namespace wb::ops
