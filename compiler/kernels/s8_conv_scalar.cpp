// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/kernels/s8_conv.h"
#include "compiler/numeric/rounding.h"

namespace wb::kernels {
namespace {

template <class In, class Weight>
int32_t windowSum(const S8ConvShape& s, const In* in, const Weight* weights, int64_t y, int64_t x,
                  int64_t channels) {
    int32_t sum = 0;
    for (int64_t ky = 0; ky < s.kernel[0]; ++ky) {
        const int64_t iy = y * s.stride[0] - s.pad[0] + ky * s.dilation[0];
        for (int64_t kx = 0; kx < s.kernel[1]; ++kx) {
            const int64_t ix = x * s.stride[1] - s.pad[1] + kx * s.dilation[1];
            const bool beyond = iy < 0 || iy >= s.in[0] || ix < 0 || ix >= s.in[1];
            if (beyond && s.border == 0) continue;
            for (int64_t c = 0; c < channels; ++c)
                sum += (beyond ? s.border : int32_t{in[(c * s.in[0] + iy) * s.in[1] + ix]}) *
                       weights[(c * s.kernel[0] + ky) * s.kernel[1] + kx];
        }
    }
    return sum;
}

template <class In, class Weight, class Out>
void conv(const S8ConvShape& s, const In* in, const Weight* weights, const S8Requant& requant,
          Out* out, const Work& work) {
    const int64_t inPerGroup = s.inChannels / s.groups;
    const int64_t outPerGroup = s.outChannels / s.groups;
    const int64_t plane = s.in[0] * s.in[1];
    work.forEach(s.batch * s.outChannels, 1, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin; at < end; ++at) {
            const int64_t o = at % s.outChannels;
            const int64_t n = at / s.outChannels;
            const In* from = in + (n * s.inChannels + o / outPerGroup * inPerGroup) * plane;
            const Weight* w = weights + o * inPerGroup * s.kernel[0] * s.kernel[1];
            const auto c = static_cast<size_t>(o);
            const int64_t bias = requant.bias.empty() || requant.form != nullptr ? 0 : requant.bias[c];
            Out* to = out + at * s.out[0] * s.out[1];
            for (int64_t y = 0; y < s.out[0]; ++y)
                for (int64_t x = 0; x < s.out[1]; ++x) {
                    const int64_t sum = windowSum(s, from, w, y, x, inPerGroup) + bias;
                    if (requant.form != nullptr) {
                        *to++ = static_cast<Out>(
                            codeOf(*requant.form, static_cast<int32_t>(sum), c, static_cast<size_t>(s.outChannels)));
                        continue;
                    }
                    int64_t value =
                        numeric::shiftRightHalfUp(sum * requant.multipliers[c], requant.shifts[c]);
                    if (requant.relu && value < 0) value = 0;
                    *to++ = numeric::saturate<Out>(value + requant.zero);
                }
        }
    });
}

template <class In, class Weight>
void deconv(const S8ConvShape& s, const In* in, int32_t zero, const Weight* weights,
            const std::vector<int32_t>& bias, int32_t* out, const Work& work) {
    const int64_t inPerGroup = s.inChannels / s.groups;
    const int64_t outPerGroup = s.outChannels / s.groups;
    const int64_t window = s.kernel[0] * s.kernel[1];
    work.forEach(s.batch * s.outChannels, 1, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin; at < end; ++at) {
            const int64_t o = at % s.outChannels;
            const int64_t n = at / s.outChannels;
            int32_t* to = out + at * s.out[0] * s.out[1];
            std::fill(to, to + s.out[0] * s.out[1],
                      bias.empty() ? 0 : bias[static_cast<size_t>(o)]);
            for (int64_t c = 0; c < inPerGroup; ++c) {
                const In* from =
                    in + (n * s.inChannels + o / outPerGroup * inPerGroup + c) * s.in[0] * s.in[1];
                const Weight* w = weights + (o * inPerGroup + c) * window;
                for (int64_t iy = 0; iy < s.in[0]; ++iy)
                    for (int64_t ix = 0; ix < s.in[1]; ++ix)
                        for (int64_t k = 0; k < window; ++k) {
                            const int64_t y =
                                iy * s.stride[0] - s.pad[0] + k / s.kernel[1] * s.dilation[0];
                            const int64_t x =
                                ix * s.stride[1] - s.pad[1] + k % s.kernel[1] * s.dilation[1];
                            if (y >= 0 && y < s.out[0] && x >= 0 && x < s.out[1])
                                to[y * s.out[1] + x] += (from[iy * s.in[1] + ix] - zero) * w[k];
                        }
            }
        }
    });
}

/// f(codes in, codes of weights) with the pointers' true types.
template <class F>
void typed(const std::byte* in, bool inSigned, const int8_t* weights, bool weightsSigned, F&& f) {
    const auto* si = reinterpret_cast<const int8_t*>(in);
    const auto* ui = reinterpret_cast<const uint8_t*>(in);
    const auto* uw = reinterpret_cast<const uint8_t*>(weights);
    if (inSigned)
        weightsSigned ? f(si, weights) : f(si, uw);
    else
        weightsSigned ? f(ui, weights) : f(ui, uw);
}

} // namespace

void s8ConvScalar(const S8ConvShape& shape, const std::byte* in, bool inSigned,
                  const int8_t* weights, bool weightsSigned, const S8Requant& requant,
                  std::byte* out, const Work& work) {
    typed(in, inSigned, weights, weightsSigned, [&](const auto* codes, const auto* filter) {
        if (requant.outSigned)
            conv(shape, codes, filter, requant, reinterpret_cast<int8_t*>(out), work);
        else
            conv(shape, codes, filter, requant, reinterpret_cast<uint8_t*>(out), work);
    });
}

void s8DeconvScalar(const S8ConvShape& shape, const std::byte* in, bool inSigned, int32_t zero,
                    const int8_t* weights, bool weightsSigned, const std::vector<int32_t>& bias,
                    int32_t* out, const Work& work) {
    typed(in, inSigned, weights, weightsSigned, [&](const auto* codes, const auto* filter) {
        deconv(shape, codes, zero, filter, bias, out, work);
    });
}

} // namespace wb::kernels
