// SPDX-License-Identifier: GPL-3.0-or-later
// Places are computed at run time and may be anything, NaN too.
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

enum class Border : uint8_t { Zeros, Edge, Reflect };

struct Axis {
    int64_t size = 1;
    Border border = Border::Zeros;
    bool alignCorners = false;

    /// -1…1 → pixel coordinate.
    double pixel(float v) const {
        const auto s = static_cast<double>(size);
        return alignCorners ? (static_cast<double>(v) + 1) / 2 * (s - 1) : ((static_cast<double>(v) + 1) * s - 1) / 2;
    }
    /// Back into the picture, mirrored at its edges.
    double reflected(double x) const {
        const double low = alignCorners ? 0.0 : -0.5, span = static_cast<double>(size) - (alignCorners ? 1 : 0);
        if (span <= 0 || !std::isfinite(x)) return 0;
        const double rest = std::fmod(std::fabs(x - low), 2 * span);
        return low + (rest > span ? 2 * span - rest : rest);
    }
    double bordered(double x) const {
        if (border == Border::Reflect) x = reflected(x);
        if (border != Border::Zeros) x = std::clamp(x, 0.0, static_cast<double>(size - 1));
        return std::isfinite(x) ? std::clamp(x, -4.0, static_cast<double>(size) + 3) : -4.0; // outside stays outside
    }
    /// Index of a neighbour, or -1 where there is nothing.
    int64_t index(int64_t i) const {
        if (i >= 0 && i < size) return i;
        if (border == Border::Zeros) return -1;
        if (border == Border::Edge) return std::clamp<int64_t>(i, 0, size - 1);
        return std::clamp<int64_t>(static_cast<int64_t>(std::llround(reflected(static_cast<double>(i)))), 0, size - 1);
    }
};

struct Reader {
    Axis y, x;
    const float* plane = nullptr;

    double at(int64_t row, int64_t column) const {
        const int64_t r = y.index(row), c = x.index(column);
        return r < 0 || c < 0 ? 0.0 : static_cast<double>(plane[r * x.size + c]);
    }
};

/// Keys' cubic kernel with a = -3/4, at distances 1+t, t, 1-t, 2-t.
std::array<double, 4> cubicWeights(double t) {
    constexpr double a = -0.75;
    const auto far = [](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
    const auto near = [](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

constexpr int64_t kNearest = 1, kBicubic = 2;

double sample(const Reader& r, int64_t mode, double y, double x) {
    if (mode == kBicubic) { // neighbours, not the place itself, are brought back from beyond the border
        y = std::isfinite(y) ? std::clamp(y, -1e6, 1e6) : -1e6;
        x = std::isfinite(x) ? std::clamp(x, -1e6, 1e6) : -1e6;
        const auto row = static_cast<int64_t>(std::floor(y)), column = static_cast<int64_t>(std::floor(x));
        const auto wy = cubicWeights(y - std::floor(y)), wx = cubicWeights(x - std::floor(x));
        double sum = 0;
        for (int64_t i = 0; i < 4; ++i)
            for (int64_t k = 0; k < 4; ++k)
                sum += wy[static_cast<size_t>(i)] * wx[static_cast<size_t>(k)] * r.at(row - 1 + i, column - 1 + k);
        return sum;
    }
    y = r.y.bordered(y);
    x = r.x.bordered(x);
    if (mode == kNearest)
        return r.at(static_cast<int64_t>(std::nearbyint(y)), static_cast<int64_t>(std::nearbyint(x)));
    const auto row = static_cast<int64_t>(std::floor(y)), column = static_cast<int64_t>(std::floor(x));
    const double fy = y - std::floor(y), fx = x - std::floor(x);
    return (1 - fy) * ((1 - fx) * r.at(row, column) + fx * r.at(row, column + 1)) +
           fy * ((1 - fx) * r.at(row + 1, column) + fx * r.at(row + 1, column + 1));
}

Prepared prepareGridSampler(const PrepareContext& c) {
    const ir::Shape in = operandShape(c, 0), out = resultShape(c);
    const int64_t mode = c.node->attributes.integer("mode", 0), padding = c.node->attributes.integer("padding_mode", 0);
    const Border border = padding == 0 ? Border::Zeros : padding == 1 ? Border::Edge : Border::Reflect;
    const bool align = c.node->attributes.boolean("align_corners");
    return makeKernel([=](Inputs inputs, Outputs outputs, const kernels::Work& work) {
        const int64_t places = out[2] * out[3];
        work.forEach(out[0] * out[1], 1, [&](int64_t begin, int64_t end) {
            Reader reader{{in[2], border, align}, {in[3], border, align}, nullptr};
            for (int64_t p = begin; p < end; ++p) {
                reader.plane = inputs[0].as<float>() + p * in[2] * in[3];
                const float* grid = inputs[1].as<float>() + p / out[1] * places * 2;
                for (int64_t i = 0; i < places; ++i)
                    outputs[0].as<float>()[p * places + i] = static_cast<float>(
                        sample(reader, mode, reader.y.pixel(grid[2 * i + 1]), reader.x.pixel(grid[2 * i])));
            }
        });
    });
}

/// Bilinear value of a plane as region pooling reads it: 0 more than a pixel outside.
struct Corner {
    std::array<double, 4> parts{};
};
Corner cornersOf(const float* plane, int64_t height, int64_t width, double y, double x) {
    Corner corner;
    if (!(y >= -1 && y <= static_cast<double>(height) && x >= -1 && x <= static_cast<double>(width))) return corner;
    const auto axis = [](double v, int64_t size, int64_t& low, int64_t& high) {
        v = std::max(v, 0.0);
        low = std::min(static_cast<int64_t>(v), size - 1);
        high = std::min(low + 1, size - 1);
        return low == size - 1 ? 0.0 : v - static_cast<double>(low);
    };
    int64_t y0 = 0, y1 = 0, x0 = 0, x1 = 0;
    const double fy = axis(y, height, y0, y1), fx = axis(x, width, x0, x1);
    corner.parts = {(1 - fy) * (1 - fx) * plane[y0 * width + x0], (1 - fy) * fx * plane[y0 * width + x1],
                    fy * (1 - fx) * plane[y1 * width + x0], fy * fx * plane[y1 * width + x1]};
    return corner;
}

Prepared prepareRoiAlign(const PrepareContext& c) {
    const ir::Shape in = operandShape(c, 0), out = resultShape(c);
    const ir::AttributeMap& a = c.node->attributes;
    const bool most = a.string("mode", "avg") == "max", half = a.boolean("half_pixel");
    const int64_t ratio = a.integer("sampling_ratio", 0);
    const double scale = a.real("spatial_scale", 1);
    return makeKernel([=](Inputs inputs, Outputs outputs, const kernels::Work& work) {
        const int64_t bins = out[2] * out[3];
        work.forEach(out[0] * out[1], 1, [&](int64_t begin, int64_t end) {
            for (int64_t p = begin; p < end; ++p) {
                const float* roi = inputs[1].as<float>() + p / out[1] * 4;
                const float wanted = inputs[2].as<float>()[p / out[1]];
                const auto batch = static_cast<int64_t>(
                    std::isnan(wanted) ? 0.0F : std::clamp(wanted, 0.0F, static_cast<float>(in[0] - 1)));
                const float* plane = inputs[0].as<float>() + (batch * in[1] + p % out[1]) * in[2] * in[3];
                const double shift = half ? 0.5 : 0.0;
                const double x0 = roi[0] * scale - shift, y0 = roi[1] * scale - shift;
                double width = roi[2] * scale - shift - x0, height = roi[3] * scale - shift - y0;
                if (!half) {
                    width = std::max(width, 1.0);
                    height = std::max(height, 1.0);
                }
                const double binH = height / static_cast<double>(out[2]), binW = width / static_cast<double>(out[3]);
                const auto count = [&](double size) {
                    return ratio > 0 ? ratio : static_cast<int64_t>(std::clamp(std::isfinite(size) ? std::ceil(size) : 0.0, 0.0, 4096.0));
                };
                const int64_t rows = count(binH), columns = count(binW);
                for (int64_t b = 0; b < bins; ++b) {
                    double sum = 0, best = 0;
                    for (int64_t i = 0; i < rows; ++i)
                        for (int64_t k = 0; k < columns; ++k) {
                            const double y = y0 + static_cast<double>(b / out[3]) * binH +
                                             (static_cast<double>(i) + 0.5) * binH / static_cast<double>(rows);
                            const double x = x0 + static_cast<double>(b % out[3]) * binW +
                                             (static_cast<double>(k) + 0.5) * binW / static_cast<double>(columns);
                            const Corner corner = cornersOf(plane, in[2], in[3], y, x);
                            // ONNX's maximum is over the four weighted corners, not over their sum.
                            const double top = *std::max_element(corner.parts.begin(), corner.parts.end());
                            best = i == 0 && k == 0 ? top : std::max(best, top);
                            for (double part : corner.parts)
                                sum += part;
                        }
                    outputs[0].as<float>()[p * bins + b] = static_cast<float>(
                        most ? best : sum / static_cast<double>(std::max<int64_t>(rows * columns, 1)));
                }
            }
        });
    });
}

} // namespace

void float_sampling(KernelTable& table);
void float_sampling(KernelTable& table) {
    table.add({.op = "top.GridSampler", .prepare = prepareGridSampler});
    table.add({.op = "top.RoiAlign", .prepare = prepareRoiAlign});
}

} // namespace wb::ops
