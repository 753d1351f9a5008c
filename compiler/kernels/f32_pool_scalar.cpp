// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/kernels/f32_pool.h"

#include <algorithm>
#include <limits>

namespace wb::kernels {

void f32PoolScalar(const WindowShape& s, const PoolOptions& options, const float* in, float* out,
                   const Work& work) {
    const int64_t inPixels = s.in[0] * s.in[1] * s.in[2];
    const int64_t outPixels = s.out[0] * s.out[1] * s.out[2];
    auto inside = [&](int axis, int64_t o, int64_t& begin, int64_t& end) {
        const auto a = static_cast<size_t>(axis);
        begin = o * s.stride[a] - s.pad[a];
        end = begin + (s.kernel[a] - 1) * s.dilation[a] + 1;
        // How many taps count when padding does: those before the end of the trailing pad.
        const int64_t limit = std::min(end, s.in[a] + options.padAfter[a]);
        const int64_t counted = limit <= begin ? 0 : (limit - begin + s.dilation[a] - 1) / s.dilation[a];
        if (begin < 0) begin += (-begin + s.dilation[a] - 1) / s.dilation[a] * s.dilation[a];
        end = std::min(end, s.in[a]);
        return counted;
    };
    work.forEach(s.batch * s.inChannels, 1, [&](int64_t first, int64_t last) {
        for (int64_t unit = first; unit < last; ++unit) {
            const float* plane = in + unit * inPixels;
            float* result = out + unit * outPixels;
            for (int64_t o = 0; o < outPixels; ++o) {
                int64_t z0, z1, y0, y1, x0, x1;
                int64_t counted = inside(0, o / (s.out[1] * s.out[2]), z0, z1);
                counted *= inside(1, o / s.out[2] % s.out[1], y0, y1);
                counted *= inside(2, o % s.out[2], x0, x1);
                float best = -std::numeric_limits<float>::infinity();
                float sum = 0;
                int64_t count = 0;
                for (int64_t z = z0; z < z1; z += s.dilation[0])
                    for (int64_t y = y0; y < y1; y += s.dilation[1])
                        for (int64_t x = x0; x < x1; x += s.dilation[2]) {
                            const float v = plane[(z * s.in[1] + y) * s.in[2] + x];
                            best = std::max(best, v);
                            sum += v;
                            ++count;
                        }
                if (options.countPadding) count = counted;
                result[o] = unaryValue(options.after,
                                       options.max ? best : count == 0 ? 0.0f : sum / static_cast<float>(count));
            }
        }
    });
}

} // namespace wb::kernels
