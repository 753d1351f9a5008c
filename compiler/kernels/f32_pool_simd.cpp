// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling of blocked data: a pixel of a channel block is a vector or two, so every window is a plain
// loop over vectors.
#include "compiler/kernels/f32_pool.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/f32_pool_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kBlock = HWY_MAX_BYTES >= 64 ? 16 : 8;
using D = hn::CappedTag<float, kBlock>;

/// One output row; input rows [y0, y1) lie under it, of `countedRows` that count when padding does.
void poolRowImpl(const WindowShape& s, const PoolOptions& options, const float* plane, int64_t y0, int64_t y1,
                 int64_t countedRows, float* out) {
    const D d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    for (int64_t o = 0; o < s.out[2]; ++o) {
        int64_t x0 = o * s.stride[2] - s.pad[2];
        const int64_t end = x0 + (s.kernel[2] - 1) * s.dilation[2] + 1;
        const int64_t limit = std::min(end, s.in[2] + options.padAfter[2]);
        const int64_t countedColumns = limit <= x0 ? 0 : (limit - x0 + s.dilation[2] - 1) / s.dilation[2];
        if (x0 < 0) x0 += (-x0 + s.dilation[2] - 1) / s.dilation[2] * s.dilation[2];
        const int64_t x1 = std::min(end, s.in[2]);
        const int64_t columns = x1 <= x0 ? 0 : (x1 - x0 + s.dilation[2] - 1) / s.dilation[2];
        const int64_t rows = y1 <= y0 ? 0 : (y1 - y0 + s.dilation[1] - 1) / s.dilation[1];
        const int64_t count = options.countPadding ? countedRows * countedColumns : rows * columns;
        for (int64_t part = 0; part < kBlock; part += lanes) {
            auto result = hn::Set(d, options.max ? -std::numeric_limits<float>::infinity() : 0.0f);
            for (int64_t y = y0; y < y1; y += s.dilation[1]) {
                const float* row = plane + y * s.in[2] * kBlock + part;
                if (options.max)
                    for (int64_t x = x0; x < x1; x += s.dilation[2])
                        result = hn::Max(result, hn::LoadU(d, row + x * kBlock));
                else
                    for (int64_t x = x0; x < x1; x += s.dilation[2])
                        result = hn::Add(result, hn::LoadU(d, row + x * kBlock));
            }
            if (!options.max)
                result = count == 0 ? hn::Zero(d) : hn::Div(result, hn::Set(d, static_cast<float>(count)));
            hn::StoreU(result, d, out + o * kBlock + part);
        }
    }
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(poolRowImpl);

void f32PoolBlocked(const WindowShape& s, const PoolOptions& options, const float* in, float* out,
                    const Work& work) {
    const int64_t block = convBlock();
    const int64_t blocks = (s.inChannels + block - 1) / block;
    const int64_t rowWork = s.out[2] * s.kernel[1] * s.kernel[2];
    const int64_t grain = std::max<int64_t>(1, 4096 / std::max<int64_t>(1, rowWork));
    work.forEach(s.batch * blocks * s.out[1], grain, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            int64_t y0 = unit % s.out[1] * s.stride[1] - s.pad[1];
            const int64_t stop = y0 + (s.kernel[1] - 1) * s.dilation[1] + 1;
            const int64_t limit = std::min(stop, s.in[1] + options.padAfter[1]);
            const int64_t counted = limit <= y0 ? 0 : (limit - y0 + s.dilation[1] - 1) / s.dilation[1];
            if (y0 < 0) y0 += (-y0 + s.dilation[1] - 1) / s.dilation[1] * s.dilation[1];
            float* row = out + unit * s.out[2] * block;
            HWY_DYNAMIC_DISPATCH(poolRowImpl)
            (s, options, in + unit / s.out[1] * s.in[1] * s.in[2] * block, y0, std::min(stop, s.in[1]), counted, row);
            if (options.after.kind != Unary::None) f32Unary(options.after, row, row, s.out[2] * block);
        }
    });
}

} // namespace wb::kernels
#endif
