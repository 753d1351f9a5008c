// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/kernels/f32_gemm.h"

#include <algorithm>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

namespace wb::kernels {

void f32GemmScalar(const GemmShape& s, const float* a, const float* b, float* c, const Work& work) {
    work.forEach(s.rows, 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
            for (int64_t j = 0; j < s.columns; ++j) {
                float sum = 0;
                for (int64_t k = 0; k < s.inner; ++k)
                    sum += (s.transposeA ? a[k * s.rows + i] : a[i * s.inner + k]) *
                           (s.transposeB ? b[j * s.inner + k] : b[k * s.columns + j]);
                c[i * s.columns + j] = sum;
            }
    });
}

void f32Gemm(const GemmShape& s, const float* a, const float* b, float* c, const Work& work) {
    if (s.rows <= 0 || s.columns <= 0) return;
    if (s.inner <= 0) {
        std::fill(c, c + s.rows * s.columns, 0.0f);
        return;
    }
    constexpr int64_t kRows = 48;
    constexpr int64_t kColumns = 512;
    const int64_t rowPieces = (s.rows + kRows - 1) / kRows;
    const int64_t columnPieces = (s.columns + kColumns - 1) / kColumns;
    const int64_t lda = s.transposeA ? s.rows : s.inner;
    const int64_t ldb = s.transposeB ? s.inner : s.columns;
    work.forEach(rowPieces * columnPieces, 1, [&](int64_t begin, int64_t end) {
        // oneDNN takes its threads from OpenMP; this setting is the calling thread's own.
        omp_set_num_threads(1);
        for (int64_t unit = begin; unit < end; ++unit) {
            const int64_t i = unit / columnPieces * kRows;
            const int64_t j = unit % columnPieces * kColumns;
            const float* left = a + (s.transposeA ? i : i * lda);
            const float* right = b + (s.transposeB ? j * ldb : j);
            dnnl_sgemm(s.transposeA ? 'T' : 'N', s.transposeB ? 'T' : 'N', std::min(kRows, s.rows - i),
                       std::min(kColumns, s.columns - j), s.inner, 1.0f, left, lda, right, ldb, 0.0f,
                       c + i * s.columns + j, s.columns);
        }
    });
}

} // namespace wb::kernels
