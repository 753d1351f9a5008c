// SPDX-License-Identifier: GPL-3.0-or-later
// What the emitters of pools on codes share: the pool, and how many codes the windows over an edge cover.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/support/window_bm1684x.h"

#include <algorithm>
#include <map>

namespace wb::ops {

struct CodePool {
    SlidingWindow window;
    bool inSigned = true, outSigned = true, relu = false;
    int64_t multiplier = 1;
    int shift = 0;
    int32_t zero = 0; ///< zero point of the result
    int64_t area() const { return window.h.kernel * window.w.kernel; }
    /// Sums of whole windows, or those brought to that size.
    bm1684x::Precision sums() const {
        return area() * (inSigned ? 128 : 255) <= 32767 ? bm1684x::Precision::Int16 : bm1684x::Precision::Int32;
    }
};

/// Codes of padding aside: how many elements of the axis lie in the window of a result.
inline int64_t covered(const SlidingAxis& axis, int64_t at) {
    const int64_t from = at * axis.stride - axis.padBefore;
    return std::max<int64_t>(0, std::min(from + axis.kernel, axis.in) - std::max<int64_t>(from, 0));
}

/// Runs of results whose windows cover equally many elements.
struct Run {
    bm1684x::Range at;
    int64_t covered = 0;
};
std::vector<Run> runsOf(const SlidingAxis& axis, bm1684x::Range results);
/// Parts of a result by the number of elements that its windows cover.
std::map<int64_t, std::vector<bm1684x::Part>> rectanglesOf(const SlidingWindow& window, const bm1684x::Part& result);

/// tpu.Pool2D, a mean of codes with zero points.
Result<std::unique_ptr<LocalEmitter>> prepareScaledMean(const EmitContext& context, const CodePool& pool);

} // namespace wb::ops
