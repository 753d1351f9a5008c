// SPDX-License-Identifier: GPL-3.0-or-later
// Codes less their zero point fit 16 bits, so that a tap in the border counts nothing and what it does count, the same for
// every pixel, goes into the bias. A plane of sums takes one tap after the other, row by row: loops that compilers turn
// into 16-bit multiplications.
#include "compiler/kernels/conv_sums.h"

#include <algorithm>

namespace wb::kernels {
namespace {

template <class Code> void widen(const std::byte* codes, int64_t count, int32_t zero, int16_t* out) {
    const auto* from = reinterpret_cast<const Code*>(codes);
    for (int64_t i = 0; i < count; ++i)
        out[i] = static_cast<int16_t>(from[i] - zero);
}

void widenCodes(const std::byte* codes, bool isSigned, int64_t count, int32_t zero, int16_t* out) {
    if (isSigned) widen<int8_t>(codes, count, zero, out);
    else widen<uint8_t>(codes, count, zero, out);
}

/// Wraps around.
inline int32_t sum(int32_t a, int32_t b) { return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b)); }

void addScaled(int32_t* __restrict to, const int16_t* __restrict from, int16_t weight, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        to[i] = sum(to[i], int32_t{from[i]} * int32_t{weight});
}

void addScaledStrided(int32_t* __restrict to, const int16_t* __restrict from, int16_t weight, int64_t count, int64_t stride) {
    for (int64_t i = 0; i < count; ++i)
        to[i] = sum(to[i], int32_t{from[i * stride]} * int32_t{weight});
}

/// Result positions whose tap at `offset` (may be negative) lies within `size`.
struct Inside {
    int64_t begin, end;
};
Inside inside(int64_t offset, int64_t size, int64_t stride, int64_t count) {
    const int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const int64_t end = size <= offset ? 0 : (size - 1 - offset) / stride + 1;
    return {std::min(begin, count), std::clamp<int64_t>(end, 0, count)};
}

void addTap(const S8ConvShape& s, const int16_t* plane, int64_t ky, int64_t kx, int16_t weight, int32_t* sums) {
    const int64_t top = ky * s.dilation[0] - s.pad[0], left = kx * s.dilation[1] - s.pad[1];
    const Inside rows = inside(top, s.in[0], s.stride[0], s.out[0]);
    const Inside columns = inside(left, s.in[1], s.stride[1], s.out[1]);
    if (columns.begin >= columns.end) return;
    const bool whole = s.stride[0] == 1 && s.stride[1] == 1 && s.in[1] == s.out[1] && columns.begin == 0 &&
                       columns.end == s.out[1];
    if (whole && rows.begin < rows.end) {
        addScaled(sums + rows.begin * s.out[1], plane + (rows.begin + top) * s.in[1] + left, weight,
                  (rows.end - rows.begin) * s.out[1]);
        return;
    }
    for (int64_t y = rows.begin; y < rows.end; ++y) {
        int32_t* to = sums + y * s.out[1] + columns.begin;
        const int16_t* from = plane + (y * s.stride[0] + top) * s.in[1] + columns.begin * s.stride[1] + left;
        if (s.stride[1] == 1) addScaled(to, from, weight, columns.end - columns.begin);
        else addScaledStrided(to, from, weight, columns.end - columns.begin, s.stride[1]);
    }
}

} // namespace

void convSums(const S8ConvShape& s, const std::byte* in, bool inSigned, const int8_t* weights, bool weightsSigned,
              CodeZeros zeros, const std::vector<int32_t>& bias, bool relu, int32_t* out, const Work& work) {
    const int64_t inPlane = s.in[0] * s.in[1], outPlane = s.out[0] * s.out[1];
    const int64_t perGroup = s.inChannels / s.groups, taps = perGroup * s.kernel[0] * s.kernel[1];
    std::vector<int16_t> codes(static_cast<size_t>(s.batch * s.inChannels * inPlane));
    widenCodes(in, inSigned, static_cast<int64_t>(codes.size()), zeros.in, codes.data());
    work.forEach(s.batch * s.outChannels, 1, [&](int64_t begin, int64_t end) {
        std::vector<int16_t> filter(static_cast<size_t>(taps));
        for (int64_t at = begin; at < end; ++at) {
            const int64_t n = at / s.outChannels, o = at % s.outChannels;
            const int64_t group = o / (s.outChannels / s.groups);
            widenCodes(reinterpret_cast<const std::byte*>(weights + o * taps), weightsSigned, taps, zeros.weight, filter.data());
            int64_t start = bias.empty() ? 0 : bias[static_cast<size_t>(o)];
            for (const int16_t w : filter)
                start += int64_t{zeros.in} * w;
            int32_t* sums = out + at * outPlane;
            std::fill(sums, sums + outPlane, static_cast<int32_t>(start));
            const int16_t* w = filter.data();
            for (int64_t c = 0; c < perGroup; ++c) {
                const int16_t* plane = codes.data() + (n * s.inChannels + group * perGroup + c) * inPlane;
                for (int64_t ky = 0; ky < s.kernel[0]; ++ky)
                    for (int64_t kx = 0; kx < s.kernel[1]; ++kx, ++w)
                        if (*w != 0) addTap(s, plane, ky, kx, *w, sums);
            }
            if (relu)
                for (int64_t i = 0; i < outPlane; ++i)
                    sums[i] = std::max(sums[i], 0);
        }
    });
}

} // namespace wb::kernels
