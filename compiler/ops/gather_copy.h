// SPDX-License-Identifier: GPL-3.0-or-later
// Copies that read a source at strides: what Permute, Slice, Tile, Upsample and broadcasting come down to.
#pragma once

#include "compiler/kernels/work.h"

#include <vector>

namespace wb::ops {

/// out, row-major of `shape`, element (i0, i1, …) = in[offset + Σ index_d(i_d)], where index_d is
/// i·strides[d], or (i mod period[d])·strides[d] if periods are given.
struct StridedCopy {
    std::vector<int64_t> shape, strides, period;
    int64_t offset = 0;
};
void copyStrided(const StridedCopy& copy, const float* in, float* out, const kernels::Work& work);

} // namespace wb::ops
