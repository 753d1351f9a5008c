// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Pool2D on codes: the largest code, or the window's sum times multiplier over shift. Without
// counted padding the multiplier is fed the mean of the valid codes times the window's area
// (dossier 5.8).
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {
namespace {

struct Window {
    int64_t inHeight = 1, inWidth = 1, outHeight = 1, outWidth = 1;
    int64_t kernelHeight = 1, kernelWidth = 1, strideY = 1, strideX = 1, padTop = 0, padLeft = 0;
    bool maximum = false, countPadding = false, relu = false;
    bool halfUp = false; ///< the mean times the area, on CV18xx; half away from zero elsewhere
    int64_t multiplier = 1;
    int shift = 0;
    bool scaled = false; ///< a mean in codes with zero points: in single precision, rounded half away from zero
    float scale = 1, offset = 0;
    int64_t zeroIn = 0; ///< what counted padding holds then
};

template <class Out> Out averaged(const Window& w, int64_t sum, int64_t valid) {
    const int64_t area = w.kernelHeight * w.kernelWidth;
    if (w.scaled) {
        if (w.countPadding) sum += (area - valid) * w.zeroIn;
        const float scale = w.countPadding || valid == area || valid < 1
                                ? w.scale
                                : w.scale * static_cast<float>(area) / static_cast<float>(valid);
        return numeric::toCode<Out>(static_cast<double>(static_cast<float>(sum) * scale + w.offset));
    }
    if (!w.countPadding && valid != area && valid > 0)
        sum = static_cast<int64_t>(numeric::round(static_cast<double>(sum) / static_cast<double>(valid) * static_cast<double>(area),
                                                  w.halfUp ? numeric::Round::HalfUp : numeric::Round::HalfAwayFromZero));
    return saturateRelu<Out>(numeric::shiftRightHalfUp(sum * w.multiplier, w.shift), w.relu);
}

template <class In, class Out> Out pooled(const Window& w, const In* plane, int64_t y, int64_t x) {
    const int64_t top = y * w.strideY - w.padTop;
    const int64_t left = x * w.strideX - w.padLeft;
    const int64_t y0 = std::max<int64_t>(top, 0), y1 = std::min(top + w.kernelHeight, w.inHeight);
    const int64_t x0 = std::max<int64_t>(left, 0), x1 = std::min(left + w.kernelWidth, w.inWidth);
    int64_t sum = 0;
    int64_t largest = std::numeric_limits<In>::min();
    for (int64_t iy = y0; iy < y1; ++iy)
        for (int64_t ix = x0; ix < x1; ++ix) {
            const int64_t code = plane[iy * w.inWidth + ix];
            sum += code;
            largest = std::max(largest, code);
        }
    if (w.maximum) return saturateRelu<Out>(largest, w.relu);
    return averaged<Out>(w, sum, std::max<int64_t>(0, y1 - y0) * std::max<int64_t>(0, x1 - x0));
}

/// Channels last: `channels` codes of a pixel lie together.
template <class In, class Out>
void pooledPixel(const Window& w, const In* picture, int64_t channels, int64_t y, int64_t x,
                 int64_t* sums, Out* out) {
    const int64_t top = y * w.strideY - w.padTop, left = x * w.strideX - w.padLeft;
    const int64_t y0 = std::max<int64_t>(top, 0), y1 = std::min(top + w.kernelHeight, w.inHeight);
    const int64_t x0 = std::max<int64_t>(left, 0), x1 = std::min(left + w.kernelWidth, w.inWidth);
    if (w.maximum) {
        std::fill(out, out + channels, std::numeric_limits<In>::min()); // same codes on both sides
        for (int64_t iy = y0; iy < y1; ++iy)
            for (int64_t ix = x0; ix < x1; ++ix) {
                const In* in = picture + (iy * w.inWidth + ix) * channels;
                for (int64_t c = 0; c < channels; ++c)
                    out[c] = std::max<Out>(out[c], static_cast<Out>(in[c]));
            }
        if (w.relu)
            for (int64_t c = 0; c < channels; ++c)
                out[c] = std::max<Out>(out[c], 0);
        return;
    }
    std::fill(sums, sums + channels, 0);
    for (int64_t iy = y0; iy < y1; ++iy)
        for (int64_t ix = x0; ix < x1; ++ix) {
            const In* in = picture + (iy * w.inWidth + ix) * channels;
            for (int64_t c = 0; c < channels; ++c)
                sums[c] += in[c];
        }
    for (int64_t c = 0; c < channels; ++c)
        out[c] = averaged<Out>(w, sums[c],
                               std::max<int64_t>(0, y1 - y0) * std::max<int64_t>(0, x1 - x0));
}

Prepared preparePool(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const auto& in = operandShape(c, 0);
    const auto kernel = a.integers("kernel_shape");
    const auto strides = a.integers("strides");
    const auto pads = a.integers("pads");
    const size_t axes = kernel.size();
    if (axes < 1 || axes > 2 || in.size() != axes + 2 || strides.size() != axes ||
        pads.size() != 2 * axes)
        return cannotRun(c, "its attributes do not describe one or two spatial axes");
    Window w;
    const bool flat = axes == 1;
    w.inHeight = flat ? 1 : in[2];
    w.inWidth = in.back();
    const auto& out = resultShape(c);
    const bool kept = out.size() == in.size();
    w.outHeight = flat || !kept ? 1 : out[2];
    w.outWidth = kept ? out.back() : 1;
    w.kernelHeight = flat ? 1 : kernel[0];
    w.kernelWidth = kernel.back();
    w.strideY = flat ? 1 : strides[0];
    w.strideX = strides.back();
    w.padTop = flat ? 0 : pads[0];
    w.padLeft = flat ? pads[0] : pads[1];
    w.maximum = a.enumerator("pool_mode") == "Max";
    w.countPadding = a.boolean("count_include_pad");
    w.relu = a.boolean("do_relu");
    w.halfUp = c.graph->attributes.string("module.chip").starts_with("cv");
    w.multiplier = a.integer("multiplier", 1);
    w.shift = static_cast<int>(a.integer("rshift", 0));
    w.scaled = a.has("scale");
    w.scale = static_cast<float>(a.real("scale", 1));
    w.offset = static_cast<float>(a.real("offset", 0));
    if (const auto* quant = operandType(c, 0).uniform()) w.zeroIn = quant->zeroPoint();
    const int64_t planes = in[0] * in[1];
    const bool inSigned = isSignedCode(operandType(c, 0));
    const bool outSigned = isSignedCode(resultType(c));
    const int64_t channels = in[1];
    return makeKernel([=](Inputs input, Outputs output, const kernels::Work& work) {
        if (input[0].layout == Layout::Nhwc) {
            const int64_t rows = planes / std::max<int64_t>(channels, 1) * w.outHeight;
            work.forEach(rows, 1, [&](int64_t begin, int64_t end) {
                std::vector<int64_t> sums(static_cast<size_t>(channels));
                withCode(inSigned, [&](auto i) {
                    withCode(outSigned, [&](auto o) {
                        using In = decltype(i);
                        using Out = decltype(o);
                        for (int64_t row = begin; row < end; ++row) {
                            const In* from = input[0].as<In>() +
                                             row / w.outHeight * w.inHeight * w.inWidth * channels;
                            for (int64_t x = 0; x < w.outWidth; ++x)
                                pooledPixel(w, from, channels, row % w.outHeight, x, sums.data(),
                                            output[0].as<Out>() +
                                                (row * w.outWidth + x) * channels);
                        }
                    });
                });
            });
            return;
        }
        work.forEach(planes, 1, [&](int64_t begin, int64_t end) {
            withCode(inSigned, [&](auto i) {
                withCode(outSigned, [&](auto o) {
                    using In = decltype(i);
                    using Out = decltype(o);
                    for (int64_t p = begin; p < end; ++p) {
                        const In* from = input[0].as<In>() + p * w.inHeight * w.inWidth;
                        Out* to = output[0].as<Out>() + p * w.outHeight * w.outWidth;
                        for (int64_t y = 0; y < w.outHeight; ++y)
                            for (int64_t x = 0; x < w.outWidth; ++x)
                                to[y * w.outWidth + x] = pooled<In, Out>(w, from, y, x);
                    }
                });
            });
        });
    });
}

/// Channels last where the picture stays four-dimensional and a maximum keeps its codes' sign.
std::vector<Layout> poolLayouts(const ir::Graph& graph, const ir::Node& node) {
    const auto& in = graph.value(node.operands[0]).type;
    const auto& out = graph.value(node.results[0]).type;
    if (in.shape.size() != 4 || isSignedCode(in) != isSignedCode(out)) return {Layout::Plain};
    return codeLayouts(graph, node);
}

} // namespace

void integer_pool(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Pool2D", .prepare = preparePool, .layouts = poolLayouts});
}

} // namespace wb::ops
