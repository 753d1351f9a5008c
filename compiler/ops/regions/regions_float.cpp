// SPDX-License-Identifier: GPL-3.0-or-later
// Borders of parts are rounded in single precision, as Caffe's layers do.
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// Pixels of a part along an axis, cut at the picture.
struct Span {
    int64_t begin = 0, end = 0;
};

/// floor and ceil of real borders that may be anything.
int64_t whole(float v) { return static_cast<int64_t>(std::clamp(v, -1e9F, 1e9F)); }

Span partOf(float start, float step, int64_t index, int64_t size, bool startInside) {
    const float low = static_cast<float>(index) * step, high = static_cast<float>(index + 1) * step;
    const int64_t offset = startInside ? 0 : whole(start);
    const float inside = startInside ? start : 0.0F;
    return {std::clamp<int64_t>(whole(std::floor(low + inside)) + offset, 0, size), std::clamp<int64_t>(whole(std::ceil(high + inside)) + offset, 0, size)};
}

struct Regions {
    ir::Shape x, out;
    float scale = 1;
    bool means = false;
};

/// The regions' first part and the size of each, along one axis.
std::pair<float, float> partsOf(const Regions& r, float first, float last, int64_t count) {
    if (r.means) {
        const float start = std::round(first) * r.scale, end = (std::round(last) + 1.0F) * r.scale;
        return {start, std::max(end - start, 0.1F) / static_cast<float>(count)};
    }
    const float start = std::round(first * r.scale), end = std::round(last * r.scale);
    return {start, std::max(end - start + 1.0F, 1.0F) / static_cast<float>(count)};
}

float reduced(const Regions& r, const float* plane, Span rows, Span columns) {
    if (rows.begin >= rows.end || columns.begin >= columns.end) return 0;
    float most = plane[rows.begin * r.x[3] + columns.begin];
    double sum = 0;
    for (int64_t y = rows.begin; y < rows.end; ++y)
        for (int64_t x = columns.begin; x < columns.end; ++x) {
            const float v = plane[y * r.x[3] + x];
            most = std::max(most, v);
            sum += v;
        }
    if (!r.means) return most;
    return static_cast<float>(sum / static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin)));
}

Prepared prepareRegions(const PrepareContext& c) {
    Regions r;
    r.x = operandShape(c, 0);
    r.out = resultShape(c);
    r.scale = static_cast<float>(c.node->attributes.real("spatial_scale", 1));
    r.means = c.node->op == "top.PSROIPooling";
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t parts = r.out[2] * r.out[3], each = r.out[1] * parts, area = r.x[2] * r.x[3];
        work.forEach(r.out[0], 1, [&](int64_t begin, int64_t end) {
            for (int64_t n = begin; n < end; ++n) {
                const float* roi = in[1].as<float>() + n * 5;
                float* y = out[0].as<float>() + n * each;
                const bool sound = roi[0] >= 0 && roi[0] < static_cast<float>(r.x[0]) && std::all_of(roi, roi + 5, [](float v) { return std::isfinite(v); });
                if (!sound) { // of no picture
                    std::fill_n(y, each, 0.0F);
                    continue;
                }
                const float* picture = in[0].as<float>() + static_cast<int64_t>(roi[0]) * r.x[1] * area;
                const auto [left, width] = partsOf(r, roi[1], roi[3], r.out[3]);
                const auto [top, height] = partsOf(r, roi[2], roi[4], r.out[2]);
                for (int64_t i = 0; i < each; ++i) {
                    const int64_t part = i % parts, channel = r.means ? i : i / parts;
                    y[i] = reduced(r, picture + channel * area, partOf(top, height, part / r.out[3], r.x[2], r.means),
                                   partOf(left, width, part % r.out[3], r.x[3], r.means));
                }
            }
        });
    });
}

} // namespace

void float_regions(KernelTable& table);
void float_regions(KernelTable& table) {
    table.add({.op = "top.ROIPooling", .prepare = prepareRegions});
    table.add({.op = "top.PSROIPooling", .prepare = prepareRegions});
}

} // namespace wb::ops
