// SPDX-License-Identifier: GPL-3.0-or-later
// One axis of a transposed convolution, written as a convolution whose result q holds `stride` phases: places q · stride + phase,
// `origin` in front of the first one. Blocks begin there because all phases meet as many taps then.
#pragma once

#include <algorithm>
#include <cstdint>

namespace wb::codegen {

struct ResultBlocks {
    int64_t stride = 1, dilation = 1, reach = 1;
    int64_t origin = 0;          ///< results of the first block in front of the first one
    int64_t shift = 0;           ///< what is left of the padding, in strides
    int64_t first = 0, last = 0; ///< taps, in pixels of the operand beside q
    int64_t blocks = 1;

    ResultBlocks(int64_t out, int64_t before, int64_t kernel, int64_t byStride, int64_t byDilation)
        : stride(byStride), dilation(byDilation), reach((kernel - 1) * byDilation + 1), origin(before % stride), shift(before / stride),
          first(shift - (reach - 1) / stride), last(shift), blocks((out + origin + stride - 1) / stride) {}
    int64_t kernel() const { return last - first + 1; }
    /// Pixels that the last block wants behind `in` of them; negative: so many are not met.
    int64_t behind(int64_t in) const { return blocks - 1 + last - (in - 1); }
    int64_t after(int64_t in) const { return std::max<int64_t>(0, behind(in)); }
    /// The tap of the filter that `phase` meets at pixel `at` beside q, or -1.
    int64_t tapOf(int64_t phase, int64_t at) const {
        const int64_t row = phase + stride * (shift - at);
        return row < 0 || row >= reach || row % dilation != 0 ? -1 : row / dilation;
    }
};

} // namespace wb::codegen
