// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of Upsample (any layout) and Interp.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/resize/coordinates.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace wb::ops {
namespace {

std::vector<Layout> upsampleLayouts(const ir::Graph&, const ir::Node&) {
    return {Layout::Plain, blockedLayout()};
}

Prepared prepareUpsample(const PrepareContext& c) {
    const ir::Shape in = operandShape(c, 0);
    const int64_t scaleH = c.node->attributes.integer("scale_h", 1);
    const int64_t scaleW = c.node->attributes.integer("scale_w", 1);
    const int64_t block = blockOf(c.inputLayouts[0]);
    const int64_t planes = in[0] * ((in[1] + block - 1) / block);
    return makeKernel([=, relu = fusedRelu(*c.node)](Inputs inputs, Outputs out, const kernels::Work& work) {
        const float* from = inputs[0].as<float>();
        float* to = out[0].as<float>();
        const int64_t outRow = in[3] * scaleW * block;
        work.forEach(planes * in[2], std::max<int64_t>(1, 8192 / std::max<int64_t>(1, outRow)), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                const float* source = from + row * in[3] * block;
                float* first = to + row * scaleH * outRow;
                float* at = first;
                for (int64_t x = 0; x < in[3]; ++x)
                    for (int64_t i = 0; i < scaleW; ++i, at += block)
                        for (int64_t l = 0; l < block; ++l)
                            at[l] = source[x * block + l];
                if (relu.kind != kernels::Unary::None) f32Unary(relu, first, first, outRow);
                for (int64_t i = 1; i < scaleH; ++i)
                    std::memcpy(first + i * outRow, first, static_cast<size_t>(outRow) * sizeof(float));
            }
        });
    });
}

/// For each result index along an axis: two operand indices and the weight of the second.
struct Taps {
    std::vector<int64_t> low, high;
    std::vector<float> weight;
};

Taps tapsFor(const ResizeAxis& axis, const std::string& coordinates, bool linear) {
    Taps taps;
    for (int64_t o = 0; o < axis.out; ++o) {
        const ResizeTap tap = resizeTap(axis, o, coordinates, linear);
        taps.low.push_back(tap.low);
        taps.high.push_back(tap.high);
        taps.weight.push_back(tap.weight);
    }
    return taps;
}

Prepared prepareInterp(const PrepareContext& c) {
    const ir::Shape in = operandShape(c, 0);
    const ir::Shape out = resultShape(c);
    const std::string mode = c.node->attributes.string("mode", "nearest");
    if (mode != "nearest" && mode != "linear")
        return Error{Code::UnsupportedAttribute, "interpolation mode " + mode + " is not known"};
    const std::string coordinates = c.node->attributes.string("coord_mode", "half_pixel");
    ResizeAxes axes = resizeAxesOf(*c.graph, *c.node);
    if (in.size() == 3) std::swap(axes.rows, axes.columns); // a sequence is one long row
    const int64_t inH = axes.rows.in, outH = axes.rows.out;
    if (resultElements(*c.graph, *c.node) > 0 && (inH < 1 || in.back() < 1))
        return shapeError(*c.graph, *c.node, "operand " + ir::toText(in));
    const Taps rows = tapsFor(axes.rows, coordinates, mode == "linear"), columns = tapsFor(axes.columns, coordinates, mode == "linear");
    return makeKernel([=, inW = in.back(), outW = out.back(), planes = in[0] * in[1]](
                          Inputs inputs, Outputs outputs, const kernels::Work& work) {
        const float* from = inputs[0].as<float>();
        float* to = outputs[0].as<float>();
        work.forEach(planes * outH, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, outW)), [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const auto y = static_cast<size_t>(unit % outH);
                const float* plane = from + unit / outH * inH * inW;
                const float* top = plane + rows.low[y] * inW;
                const float* bottom = plane + rows.high[y] * inW;
                const float wy = rows.weight[y];
                for (size_t x = 0; x < static_cast<size_t>(outW); ++x) {
                    const float wx = columns.weight[x];
                    const float a = top[columns.low[x]] * (1 - wx) + top[columns.high[x]] * wx;
                    const float b = bottom[columns.low[x]] * (1 - wx) + bottom[columns.high[x]] * wx;
                    to[unit * outW + static_cast<int64_t>(x)] = a * (1 - wy) + b * wy;
                }
            }
        });
    });
}

} // namespace

void float_resize(KernelTable& table);
void float_resize(KernelTable& table) {
    table.add({.op = "top.Upsample", .prepare = prepareUpsample, .layouts = upsampleLayouts});
    table.add({.op = "top.Interp", .prepare = prepareInterp});
}

} // namespace wb::ops
