// SPDX-License-Identifier: GPL-3.0-or-later
// Pools: the maximum's gradient goes to the first element that has it, the mean's to all elements alike.
#include "compiler/ops/gradient.h"
#include "compiler/ops/window.h"

#include <algorithm>

namespace wb::ops {
namespace {

using kernels::WindowShape;

struct Span {
    int64_t begin = 0, end = 0, step = 1; ///< elements of the input
    int64_t padded = 0;                   ///< places inside of the padded input
};
Span spanOf(const Window& w, size_t axis, int64_t result) {
    const WindowShape& s = w.shape;
    const int64_t first = result * s.stride[axis] - s.pad[axis];
    const int64_t past = first + s.kernel[axis] * s.dilation[axis];
    Span span{first, std::min(past, s.in[axis]), s.dilation[axis],
              (std::min(past, s.in[axis] + w.padAfter[axis]) - first + s.dilation[axis] - 1) / s.dilation[axis]};
    while (span.begin < 0)
        span.begin += span.step;
    return span;
}
int64_t count(const Span& s) { return s.end <= s.begin ? 0 : (s.end - s.begin + s.step - 1) / s.step; }

template <class F> void eachWindow(const Window& w, int64_t plane, const F& f) {
    const WindowShape& s = w.shape;
    int64_t at = plane * s.out[0] * s.out[1] * s.out[2];
    for (int64_t d = 0; d < s.out[0]; ++d)
        for (int64_t y = 0; y < s.out[1]; ++y)
            for (int64_t x = 0; x < s.out[2]; ++x)
                f(at++, spanOf(w, 0, d), spanOf(w, 1, y), spanOf(w, 2, x));
}
template <class F> void eachElement(const WindowShape& s, const Span& d, const Span& y, const Span& x, const F& f) {
    for (int64_t i = d.begin; i < d.end; i += d.step)
        for (int64_t j = y.begin; j < y.end; j += y.step)
            for (int64_t k = x.begin; k < x.end; k += x.step)
                if (!f((i * s.in[1] + j) * s.in[2] + k)) return;
}

Status pool(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    WB_ASSIGN(const Window w, readWindow(call.graph, call.node));
    const WindowShape& s = w.shape;
    const bool most = call.node.op == "top.MaxPool";
    const bool countPadding = call.node.attributes.boolean("count_include_pad");
    const float* x = call.operands[0].data<float>();
    const float* y = call.results[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* wanted = call.wanted[0].mutableData<float>();
    const int64_t plane = s.in[0] * s.in[1] * s.in[2];
    call.work.forEach(s.batch * s.inChannels, 1, [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; ++p)
            eachWindow(w, p, [&](int64_t at, const Span& sd, const Span& sy, const Span& sx) {
                float* to = wanted + p * plane;
                if (g[at] == 0) return;
                if (most) {
                    eachElement(s, sd, sy, sx, [&](int64_t i) {
                        if (x[p * plane + i] != y[at]) return true;
                        to[i] += g[at];
                        return false;
                    });
                    return;
                }
                const int64_t size = countPadding ? sd.padded * sy.padded * sx.padded : count(sd) * count(sy) * count(sx);
                const float share = g[at] / static_cast<float>(std::max<int64_t>(1, size));
                eachElement(s, sd, sy, sx, [&](int64_t i) {
                    to[i] += share;
                    return true;
                });
            });
    });
    return {};
}

} // namespace

void gradient_pool(GradientTable& table);
void gradient_pool(GradientTable& table) {
    table.add("top.MaxPool", pool);
    table.add("top.AvgPool", pool);
}

} // namespace wb::ops
