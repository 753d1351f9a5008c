// SPDX-License-Identifier: GPL-3.0-or-later
// Plain twins of convolution: loops as in the definition, the innermost over a row of results.
#include "compiler/kernels/f32_conv.h"

#include <algorithm>

namespace wb::kernels {
namespace {

/// First and last+1 index o with 0 <= o*stride + offset < in, within [0, out).
struct Range {
    int64_t begin, end;
};
Range valid(int64_t in, int64_t out, int64_t stride, int64_t offset) {
    const int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const int64_t last = in - 1 - offset; // o*stride <= last
    const int64_t end = last < 0 ? 0 : last / stride + 1;
    return {std::min(begin, out), std::clamp<int64_t>(end, std::min(begin, out), out)};
}

} // namespace

void f32ConvScalar(const WindowShape& s, const float* in, const float* weights, const float* bias,
                   const UnaryOp& after, float* out, const Work& work) {
    const int64_t groupIn = s.inChannels / s.groups;
    const int64_t groupOut = s.outChannels / s.groups;
    const int64_t inPixels = s.in[0] * s.in[1] * s.in[2];
    const int64_t outPixels = s.out[0] * s.out[1] * s.out[2];
    const int64_t taps = s.kernel[0] * s.kernel[1] * s.kernel[2];
    work.forEach(s.batch * s.outChannels, 1, [&](int64_t first, int64_t last) {
        for (int64_t unit = first; unit < last; ++unit) {
            const int64_t n = unit / s.outChannels;
            const int64_t oc = unit % s.outChannels;
            float* result = out + unit * outPixels;
            std::fill(result, result + outPixels, bias == nullptr ? 0.0f : bias[oc]);
            for (int64_t ic = 0; ic < groupIn; ++ic) {
                if (work.job != nullptr && work.job->stopRequested()) return;
                const float* plane = in + (n * s.inChannels + oc / groupOut * groupIn + ic) * inPixels;
                const float* w = weights + (oc * groupIn + ic) * taps;
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const int64_t kd = tap / (s.kernel[1] * s.kernel[2]);
                    const int64_t kh = tap / s.kernel[2] % s.kernel[1];
                    const int64_t kw = tap % s.kernel[2];
                    const int64_t xOffset = kw * s.dilation[2] - s.pad[2];
                    const Range xs = valid(s.in[2], s.out[2], s.stride[2], xOffset);
                    const Range ys = valid(s.in[1], s.out[1], s.stride[1], kh * s.dilation[1] - s.pad[1]);
                    const Range zs = valid(s.in[0], s.out[0], s.stride[0], kd * s.dilation[0] - s.pad[0]);
                    for (int64_t z = zs.begin; z < zs.end; ++z)
                        for (int64_t y = ys.begin; y < ys.end; ++y) {
                            const int64_t iz = z * s.stride[0] + kd * s.dilation[0] - s.pad[0];
                            const int64_t iy = y * s.stride[1] + kh * s.dilation[1] - s.pad[1];
                            const float* row = plane + (iz * s.in[1] + iy) * s.in[2];
                            float* to = result + (z * s.out[1] + y) * s.out[2];
                            for (int64_t x = xs.begin; x < xs.end; ++x)
                                to[x] += w[tap] * row[x * s.stride[2] + xOffset];
                        }
                }
            }
            f32UnaryScalar(after, result, result, outPixels);
        }
    });
}

void f32DeconvScalar(const WindowShape& s, const float* in, const float* weights, const float* bias,
                     const UnaryOp& after, float* out, const Work& work) {
    const int64_t groupIn = s.inChannels / s.groups;
    const int64_t groupOut = s.outChannels / s.groups;
    const int64_t inPixels = s.in[0] * s.in[1] * s.in[2];
    const int64_t outPixels = s.out[0] * s.out[1] * s.out[2];
    const int64_t taps = s.kernel[0] * s.kernel[1] * s.kernel[2];
    work.forEach(s.batch * s.outChannels, 1, [&](int64_t first, int64_t last) {
        for (int64_t unit = first; unit < last; ++unit) {
            const int64_t n = unit / s.outChannels;
            const int64_t oc = unit % s.outChannels;
            float* result = out + unit * outPixels;
            std::fill(result, result + outPixels, bias == nullptr ? 0.0f : bias[oc]);
            for (int64_t i = 0; i < groupIn; ++i) {
                if (work.job != nullptr && work.job->stopRequested()) return;
                const int64_t ic = oc / groupOut * groupIn + i;
                const float* plane = in + (n * s.inChannels + ic) * inPixels;
                const float* w = weights + (oc * groupIn + i) * taps;
                for (int64_t tap = 0; tap < taps; ++tap) {
                    const int64_t kd = tap / (s.kernel[1] * s.kernel[2]);
                    const int64_t kh = tap / s.kernel[2] % s.kernel[1];
                    const int64_t kw = tap % s.kernel[2];
                    // Input x lands on x*stride + offset: the ranges of the convolution, roles exchanged.
                    const int64_t xOffset = kw * s.dilation[2] - s.pad[2];
                    const Range xs = valid(s.out[2], s.in[2], s.stride[2], xOffset);
                    const Range ys = valid(s.out[1], s.in[1], s.stride[1], kh * s.dilation[1] - s.pad[1]);
                    const Range zs = valid(s.out[0], s.in[0], s.stride[0], kd * s.dilation[0] - s.pad[0]);
                    for (int64_t z = zs.begin; z < zs.end; ++z)
                        for (int64_t y = ys.begin; y < ys.end; ++y) {
                            const int64_t oz = z * s.stride[0] + kd * s.dilation[0] - s.pad[0];
                            const int64_t oy = y * s.stride[1] + kh * s.dilation[1] - s.pad[1];
                            float* to = result + (oz * s.out[1] + oy) * s.out[2];
                            const float* row = plane + (z * s.in[1] + y) * s.in[2];
                            for (int64_t x = xs.begin; x < xs.end; ++x)
                                to[x * s.stride[2] + xOffset] += w[tap] * row[x];
                        }
                }
            }
            f32UnaryScalar(after, result, result, outPixels);
        }
    });
}

} // namespace wb::kernels
