// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/gather_copy.h"
#include "compiler/kernels/transpose.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

namespace {

/// The last two axes are a matrix that the source holds the other way round (NCHW to NHWC and back).
void turnPlanes(const std::vector<int64_t>& shape, const std::vector<int64_t>& strides, int64_t offset,
                const float* in, float* out, const kernels::Work& work) {
    const size_t rank = shape.size();
    const int64_t rows = shape[rank - 2];
    const int64_t columns = shape[rank - 1];
    const int64_t strip = std::clamp<int64_t>(16384 / columns / 8 * 8, 8, 1024);
    const int64_t strips = (rows + strip - 1) / strip;
    int64_t outer = 1;
    for (size_t i = 0; i + 2 < rank; ++i)
        outer *= shape[i];
    if (rows <= 0 || columns <= 0) return;
    work.forEach(outer * strips, 1, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            const int64_t first = unit % strips * strip;
            int64_t rest = unit / strips;
            int64_t at = offset + first;
            for (size_t i = rank - 2; i-- > 0;) {
                at += rest % shape[i] * strides[i];
                rest /= shape[i];
            }
            kernels::channelsToPixels(reinterpret_cast<const std::byte*>(in + at),
                                      reinterpret_cast<std::byte*>(out + (unit / strips * rows + first) * columns),
                                      sizeof(float), columns, columns, std::min(strip, rows - first),
                                      strides[rank - 1]);
        }
    });
}

} // namespace

void copyStrided(const StridedCopy& copy, const float* in, float* out, const kernels::Work& work) {
    std::vector<int64_t> shape = copy.shape;
    std::vector<int64_t> strides = copy.strides;
    std::vector<int64_t> period = copy.period;
    if (shape.empty()) {
        shape = {1};
        strides = {0};
    }
    if (period.empty() || copy.shape.empty()) period = shape;
    // Neighbouring axes that step through the source evenly are one.
    for (size_t i = shape.size(); i-- > 1;) {
        const bool whole = period[i] == shape[i] && period[i - 1] == shape[i - 1];
        if (whole && strides[i - 1] == strides[i] * shape[i]) {
            shape[i - 1] *= shape[i];
            period[i - 1] = shape[i - 1];
            strides[i - 1] = strides[i];
            shape.erase(shape.begin() + static_cast<ptrdiff_t>(i));
            strides.erase(strides.begin() + static_cast<ptrdiff_t>(i));
            period.erase(period.begin() + static_cast<ptrdiff_t>(i));
        }
    }
    if (const size_t rank = shape.size(); rank >= 2 && period == shape && strides[rank - 2] == 1 &&
                                          strides[rank - 1] > 1 && shape[rank - 1] > 1) {
        turnPlanes(shape, strides, copy.offset, in, out, work);
        return;
    }
    const int64_t width = shape.back();
    const int64_t step = strides.back();
    const bool whole = period.back() == width;
    int64_t rows = 1;
    for (size_t i = 0; i + 1 < shape.size(); ++i)
        rows *= shape[i];
    if (width <= 0 || rows <= 0) return;
    work.forEach(rows, std::max<int64_t>(1, 16384 / width), [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            int64_t rest = row;
            int64_t at = copy.offset;
            for (size_t i = shape.size() - 1; i-- > 0;) {
                at += rest % shape[i] % period[i] * strides[i];
                rest /= shape[i];
            }
            float* to = out + row * width;
            const float* from = in + at;
            if (!whole) {
                for (int64_t i = 0; i < width; ++i)
                    to[i] = from[i % period.back() * step];
            } else if (step == 1) {
                std::memcpy(to, from, static_cast<size_t>(width) * sizeof(float));
            } else {
                for (int64_t i = 0; i < width; ++i)
                    to[i] = from[i * step];
            }
        }
    });
}

} // namespace wb::ops
