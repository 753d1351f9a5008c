// SPDX-License-Identifier: GPL-3.0-or-later
// Float matrix product C = A · B (+ row bias), by oneDNN, and its plain twin.
#pragma once

#include "compiler/kernels/work.h"

namespace wb::kernels {

struct GemmShape {
    int64_t rows = 0, columns = 0, inner = 0;
    bool transposeA = false; ///< A lies as [inner][rows]
    bool transposeB = false; ///< B lies as [columns][inner]
};

void f32GemmScalar(const GemmShape& shape, const float* a, const float* b, float* c, const Work& work);

/// The work is cut into pieces of fixed size that oneDNN computes on one thread each, so that the result
/// does not depend on the number of threads.
void f32Gemm(const GemmShape& shape, const float* a, const float* b, float* c, const Work& work);

} // namespace wb::kernels
