// SPDX-License-Identifier: GPL-3.0-or-later
// Every mode is a sum of few neighbours along each axis, so the axes are resized one after the other.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/resample/resample_maps.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

struct Tap {
    int64_t index = 0;
    float weight = 0;
};

/// The neighbours of each result coordinate along one axis, `width` of them each.
struct AxisTaps {
    int64_t width = 1;
    std::vector<Tap> taps;
    std::vector<char> outside; ///< tf_crop_and_resize: beyond the picture
};

struct Spec {
    std::string mode, coordinates, rounding;
    double a = -0.75;
    bool excludeOutside = false;
};

double position(const Spec& spec, int64_t o, int64_t in, int64_t out, double scale, double start, double end) {
    const auto x = static_cast<double>(o), from = static_cast<double>(in), to = static_cast<double>(out);
    const std::string& c = spec.coordinates;
    if (c == "align_corners") return out == 1 ? 0.0 : x * (from - 1) / (to - 1);
    if (c == "asymmetric") return x / scale;
    if (c == "pytorch_half_pixel") return out > 1 ? (x + 0.5) / scale - 0.5 : 0.0;
    if (c == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
    if (c == "half_pixel_symmetric") {
        const double adjustment = to / (scale * from);
        return from / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5;
    }
    if (c == "tf_crop_and_resize")
        return out > 1 ? start * (from - 1) + x * (end - start) * (from - 1) / (to - 1)
                       : 0.5 * (start + end) * (from - 1);
    return (x + 0.5) / scale - 0.5; // half_pixel
}

int64_t nearest(const std::string& rounding, double x) {
    if (rounding == "floor") return static_cast<int64_t>(std::floor(x));
    if (rounding == "ceil") return static_cast<int64_t>(std::ceil(x));
    return static_cast<int64_t>(rounding == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5));
}

/// Keys' cubic kernel at the distances 1+t, t, 1-t, 2-t.
std::array<double, 4> cubic(double t, double a) {
    const auto far = [a](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
    const auto near = [a](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

AxisTaps tapsOf(const Spec& spec, int64_t in, int64_t out, double scale, double start, double end) {
    AxisTaps axis;
    axis.width = spec.mode == "nearest" ? 1 : spec.mode == "linear" ? 2 : 4;
    const auto last = static_cast<double>(in - 1);
    for (int64_t o = 0; o < out; ++o) {
        double x = position(spec, o, in, out, scale, start, end);
        axis.outside.push_back(spec.coordinates == "tf_crop_and_resize" && !(x >= 0 && x <= last) ? 1 : 0);
        x = std::clamp(x, -4.0, last + 4.0); // far beyond the edge is the edge; keeps whole numbers small
        if (std::isnan(x)) x = 0;
        const auto low = static_cast<int64_t>(std::floor(x));
        const double t = x - std::floor(x);
        std::vector<std::pair<int64_t, double>> row;
        if (spec.mode == "nearest") {
            row = {{nearest(spec.rounding, x), 1.0}};
        } else if (spec.mode == "linear") {
            row = {{low, 1 - t}, {low + 1, t}};
        } else {
            const auto k = cubic(t, spec.a);
            for (int64_t i = 0; i < 4; ++i)
                row.emplace_back(low - 1 + i, k[static_cast<size_t>(i)]);
        }
        if (spec.excludeOutside) {
            double sum = 0;
            for (auto& [index, weight] : row) {
                if (index < 0 || index >= in) weight = 0;
                sum += weight;
            }
            if (sum != 0)
                for (auto& [index, weight] : row)
                    weight /= sum;
        }
        for (const auto& [index, weight] : row)
            axis.taps.push_back({std::clamp<int64_t>(index, 0, in - 1), static_cast<float>(weight)});
    }
    return axis;
}

/// Taps of every axis; none where nothing happens along it.
std::vector<AxisTaps> axesOf(const ir::Node& node, const ir::Shape& in, const ir::Shape& out) {
    const ir::AttributeMap& a = node.attributes;
    const Spec spec{a.string("mode", "nearest"), a.string("coord_mode", "half_pixel"),
                    a.string("nearest_mode", "round_prefer_floor"), a.real("cubic_coeff_a", -0.75),
                    a.boolean("exclude_outside")};
    const auto scales = a.reals("scales"), roi = a.reals("roi");
    std::vector<AxisTaps> axes;
    for (size_t d = 0; d < in.size(); ++d) {
        const bool plain = in[d] == out[d] && scales[d] == 1.0 && roi.empty();
        axes.push_back(plain ? AxisTaps{}
                             : tapsOf(spec, in[d], out[d], scales[d], roi.empty() ? 0 : roi[d],
                                      roi.empty() ? 1 : roi[d + in.size()]));
    }
    return axes;
}

bool leavesPicture(const AxisTaps& axis) { return std::count(axis.outside.begin(), axis.outside.end(), 1) > 0; }

Prepared prepareResample(const PrepareContext& c) {
    const ir::Shape in = operandShape(c, 0), out = resultShape(c);
    const auto beyond = static_cast<float>(c.node->attributes.real("extrapolation_value", 0));
    const std::vector<AxisTaps> axes = axesOf(*c.node, in, out);
    const bool anyOutside = std::any_of(axes.begin(), axes.end(), leavesPicture);
    return makeKernel([=](Inputs inputs, Outputs outputs, const kernels::Work& work) {
        ir::Shape shape = in;
        const float* from = inputs[0].as<float>();
        std::vector<float> current(from, from + inputs[0].elementCount()), next;
        for (size_t d = 0; d < shape.size(); ++d) {
            if (axes[d].taps.empty()) continue;
            const int64_t inner = product(shape, d + 1, shape.size()), outer = product(shape, 0, d);
            const int64_t size = shape[d], width = axes[d].width;
            shape[d] = out[d];
            next.assign(static_cast<size_t>(product(shape, 0, shape.size())), 0.0F);
            work.forEach(outer * out[d], std::max<int64_t>(1, 4096 / std::max<int64_t>(1, inner)), [&](int64_t begin, int64_t end) {
                for (int64_t row = begin; row < end; ++row)
                    for (int64_t k = 0; k < width; ++k) {
                        const Tap tap = axes[d].taps[static_cast<size_t>(row % out[d] * width + k)];
                        if (tap.weight == 0) continue; // an infinity there must not become NaN here
                        const float* x = current.data() + (row / out[d] * size + tap.index) * inner;
                        float* y = next.data() + row * inner;
                        for (int64_t i = 0; i < inner; ++i)
                            y[i] += tap.weight * x[i];
                    }
            });
            std::swap(current, next);
        }
        float* y = outputs[0].as<float>();
        std::copy(current.begin(), current.end(), y);
        if (!anyOutside) return;
        for (int64_t i = 0; i < outputs[0].elementCount(); ++i) {
            int64_t rest = i;
            for (size_t d = out.size(); d-- > 0;) {
                if (!axes[d].outside.empty() && axes[d].outside[static_cast<size_t>(rest % out[d])] != 0) y[i] = beyond;
                rest /= out[d];
            }
        }
    });
}

} // namespace

std::optional<std::vector<AxisMap>> resampleMaps(const ir::Node& node, const ir::Shape& in, const ir::Shape& out) {
    const std::vector<AxisTaps> axes = axesOf(node, in, out);
    if (std::any_of(axes.begin(), axes.end(), leavesPicture)) return {};
    std::vector<AxisMap> maps;
    for (size_t d = 0; d < axes.size(); ++d) {
        if (axes[d].taps.empty()) continue;
        AxisMap map{d, in[d], out[d], std::vector<float>(static_cast<size_t>(in[d] * out[d]), 0.0F)};
        for (size_t i = 0; i < axes[d].taps.size(); ++i) {
            const Tap& tap = axes[d].taps[i];
            map.matrix[i / static_cast<size_t>(axes[d].width) * static_cast<size_t>(in[d]) + static_cast<size_t>(tap.index)] += tap.weight;
        }
        maps.push_back(std::move(map));
    }
    return maps;
}

void float_resample(KernelTable& table);
void float_resample(KernelTable& table) { table.add({.op = "top.Resample", .prepare = prepareResample}); }

} // namespace wb::ops
