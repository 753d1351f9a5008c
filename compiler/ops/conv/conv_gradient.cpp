// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients by the input of convolutions: the filter's transpose times the result's gradient, each tap added where
// it read. Filters and biases are constants here.
#include "compiler/kernels/f32_gemm.h"
#include "compiler/ops/gradient.h"
#include "compiler/ops/window.h"

#include <algorithm>

namespace wb::ops {
namespace {

using kernels::WindowShape;

constexpr int64_t kColumnBudget = int64_t{1} << 22; ///< floats of one strip of columns

/// A tap's range of results along an axis that lie on elements of the input.
struct Reach {
    int64_t first = 0, last = 0; ///< results [first, last)
    int64_t input = 0;           ///< element that `first` meets
};
Reach reach(const WindowShape& s, size_t axis, int64_t tap, int64_t begin, int64_t end) {
    const int64_t offset = tap * s.dilation[axis] - s.pad[axis];
    const int64_t stride = s.stride[axis];
    Reach r;
    r.first = std::max(begin, offset >= 0 ? int64_t{0} : (-offset + stride - 1) / stride);
    r.last = s.in[axis] - 1 - offset < 0 ? 0 : std::min(end, (s.in[axis] - 1 - offset) / stride + 1);
    r.input = r.first * stride + offset;
    return r;
}

/// Adds rows [begin, end) of one tap of one channel, `row` being [end − begin][width], to the input's plane.
void addTap(const WindowShape& s, int64_t ky, int64_t kx, int64_t begin, int64_t end, const float* row, float factor,
            float* plane) {
    const Reach y = reach(s, 1, ky, begin, end);
    const Reach x = reach(s, 2, kx, 0, s.out[2]);
    for (int64_t i = y.first; i < y.last; ++i) {
        const float* from = row + (i - begin) * s.out[2] + x.first;
        float* to = plane + (y.input + (i - y.first) * s.stride[1]) * s.in[2] + x.input;
        for (int64_t k = 0; k < x.last - x.first; ++k)
            to[k * s.stride[2]] += factor * from[k];
    }
}

bool isDepthwise(const WindowShape& s) { return s.groups == s.inChannels && s.outChannels == s.groups; }

void depthwise(const WindowShape& s, const float* given, const float* filter, float* wanted, const kernels::Work& work) {
    const int64_t taps = s.kernel[1] * s.kernel[2];
    work.forEach(s.batch * s.inChannels, 1, [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c)
            for (int64_t tap = 0; tap < taps; ++tap)
                addTap(s, tap / s.kernel[2], tap % s.kernel[2], 0, s.out[1], given + c * s.out[1] * s.out[2],
                       filter[c % s.inChannels * taps + tap], wanted + c * s.in[1] * s.in[2]);
    });
}

Status conv(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    WB_ASSIGN(const Window w, readWindow(call.graph, call.node));
    const WindowShape& s = w.shape;
    if (s.in[0] != 1 || s.kernel[0] != 1)
        return Error{Code::UnsupportedAttribute, "convolutions of three axes have no gradient here"};
    const float* given = call.given[0].data<float>();
    const float* filter = call.operands[1].data<float>();
    auto* wanted = call.wanted[0].mutableData<float>();
    if (isDepthwise(s)) {
        depthwise(s, given, filter, wanted, call.work);
        return {};
    }
    const int64_t own = s.inChannels / s.groups, of = s.outChannels / s.groups;
    const int64_t taps = s.kernel[1] * s.kernel[2], inner = own * taps;
    const int64_t pixels = s.out[1] * s.out[2];
    const int64_t strip = std::clamp<int64_t>(kColumnBudget / std::max<int64_t>(1, inner * s.out[2]), 1, s.out[1]);
    std::vector<float> part(static_cast<size_t>(of * strip * s.out[2]));
    std::vector<float> columns(static_cast<size_t>(inner * strip * s.out[2]));
    for (int64_t unit = 0; unit < s.batch * s.groups; ++unit)
        for (int64_t begin = 0; begin < s.out[1]; begin += strip) {
            const int64_t end = std::min(s.out[1], begin + strip), count = (end - begin) * s.out[2];
            const float* from = given + unit * of * pixels;
            for (int64_t o = 0; o < of; ++o)
                std::copy_n(from + o * pixels + begin * s.out[2], count, part.data() + o * count);
            kernels::GemmShape gemm{inner, count, of, true, false};
            kernels::f32Gemm(gemm, filter + unit % s.groups * of * inner, part.data(), columns.data(), call.work);
            float* planes = wanted + unit * own * s.in[1] * s.in[2];
            call.work.forEach(own, 1, [&](int64_t first, int64_t last) {
                for (int64_t c = first; c < last; ++c)
                    for (int64_t tap = 0; tap < taps; ++tap)
                        addTap(s, tap / s.kernel[2], tap % s.kernel[2], begin, end,
                               columns.data() + (c * taps + tap) * count, 1, planes + c * s.in[1] * s.in[2]);
            });
        }
    return {};
}

/// A transposed convolution's gradient is the convolution: weights lie [oc, ic/group, kh, kw].
Status deconv(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    WB_ASSIGN(const Window w, readWindow(call.graph, call.node));
    const WindowShape& s = w.shape;
    if (s.in[0] != 1 || s.kernel[0] != 1)
        return Error{Code::UnsupportedAttribute, "deconvolutions of three axes have no gradient here"};
    const int64_t own = s.inChannels / s.groups, of = s.outChannels / s.groups;
    const int64_t taps = s.kernel[1] * s.kernel[2];
    const float* filter = call.operands[1].data<float>();
    const float* given = call.given[0].data<float>();
    auto* wanted = call.wanted[0].mutableData<float>();
    call.work.forEach(s.batch * s.inChannels, 1, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            const int64_t n = unit / s.inChannels, c = unit % s.inChannels, group = c / own;
            for (int64_t o = 0; o < of; ++o)
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const float weight = filter[((group * of + o) * own + c % own) * taps + tap];
                    const float* plane = given + (n * s.outChannels + group * of + o) * s.out[1] * s.out[2];
                    for (int64_t y = 0; y < s.in[1]; ++y)
                        for (int64_t x = 0; x < s.in[2]; ++x) {
                            const int64_t oy = y * s.stride[1] - s.pad[1] + tap / s.kernel[2] * s.dilation[1];
                            const int64_t ox = x * s.stride[2] - s.pad[2] + tap % s.kernel[2] * s.dilation[2];
                            if (oy < 0 || oy >= s.out[1] || ox < 0 || ox >= s.out[2]) continue;
                            wanted[(unit * s.in[1] + y) * s.in[2] + x] += weight * plane[oy * s.out[2] + ox];
                        }
                }
        }
    });
    return {};
}

} // namespace

void gradient_conv(GradientTable& table);
void gradient_conv(GradientTable& table) {
    table.add("top.Conv", conv);
    table.add("top.Deconv", deconv);
}

} // namespace wb::ops
