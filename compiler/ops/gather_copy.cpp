// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/gather_copy.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

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
