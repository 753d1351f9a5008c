// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions, transposed ones, pools; factors and offsets a channel.
#include "tests/emitters_random/trial.h"

#include <algorithm>
#include <cmath>

namespace wb::test {
namespace {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;
using ir::Tensor;

constexpr int64_t kMostProducts = 3'000'000; ///< of a node, so that thousands take minutes on the vendor's C model

struct Window {
    int64_t n = 1, ic = 1, oc = 1, h = 1, w = 1, kh = 1, kw = 1, sy = 1, sx = 1, dy = 1, dx = 1, groups = 1;
    std::array<int64_t, 4> pads{}; ///< top, left, bottom, right
    int64_t oh = 1, ow = 1;
    bool flat = false;             ///< one spatial axis
    int64_t terms() const { return ic / groups * kh * kw; }
};

void setWindow(OneNode& node, const Window& w) {
    if (w.flat)
        node.ints("kernel_shape", {w.kh}).ints("strides", {w.sy}).ints("dilations", {w.dy}).ints("pads", {w.pads[0], w.pads[2]});
    else
        node.ints("kernel_shape", {w.kh, w.kw}).ints("strides", {w.sy, w.sx}).ints("dilations", {w.dy, w.dx})
            .ints("pads", {w.pads[0], w.pads[1], w.pads[2], w.pads[3]});
    node.set("group", w.groups);
}

Shape onAxes(const Window& w, Shape shape) {
    if (w.flat) shape.pop_back();
    return shape;
}

int64_t stride(Draw& draw) { return draw.between(1, draw.oneIn(4) ? 15 : 3); }

Window anyConv(Draw& draw, bool transposed) {
    for (;;) {
        Window s;
        s.n = draw.between(1, draw.coin() ? 1 : 4);
        s.ic = draw.channels();
        s.oc = draw.channels();
        switch (draw.between(0, 5)) {
        case 0: s.groups = s.oc = s.ic; break;
        case 1: // several filters a channel, or the other way round
            s.groups = draw.between(2, 20);
            s.ic = s.groups * draw.between(1, 12);
            s.oc = s.groups * draw.between(1, 12);
            break;
        default: break;
        }
        s.h = draw.between(1, 26);
        s.w = draw.between(1, 26);
        s.kh = draw.between(1, draw.oneIn(8) ? 17 : 5);
        s.kw = draw.between(1, draw.oneIn(8) ? 17 : 5);
        if (draw.oneIn(4)) s.kh = s.kw = 1;
        s.sy = stride(draw);
        s.sx = stride(draw);
        s.dy = draw.between(1, draw.oneIn(3) ? 5 : 1);
        s.dx = draw.between(1, draw.oneIn(3) ? 5 : 1);
        for (auto& pad : s.pads)
            pad = draw.between(0, draw.oneIn(5) ? 15 : 2);
        s.flat = draw.oneIn(6);
        if (s.flat) {
            s.w = s.kw = s.sx = s.dx = 1;
            s.pads[1] = s.pads[3] = 0;
        }
        if (draw.oneIn(5)) s.h = s.w = 1; // behind a global pool
        const int64_t high = (s.kh - 1) * s.dy + 1, wide = (s.kw - 1) * s.dx + 1;
        if (transposed) {
            if (s.pads[0] >= high || s.pads[2] >= high || s.pads[1] >= wide || s.pads[3] >= wide) continue;
            s.oh = (s.h - 1) * s.sy + high - s.pads[0] - s.pads[2];
            s.ow = (s.w - 1) * s.sx + wide - s.pads[1] - s.pads[3];
        } else {
            if (s.h + s.pads[0] + s.pads[2] < high || s.w + s.pads[1] + s.pads[3] < wide) continue;
            s.oh = (s.h + s.pads[0] + s.pads[2] - high) / s.sy + 1;
            s.ow = (s.w + s.pads[1] + s.pads[3] - wide) / s.sx + 1;
        }
        if (s.oh < 1 || s.ow < 1 || s.n * s.oc * s.oh * s.ow > 200'000 || s.n * s.oc * s.oh * s.ow * s.terms() > kMostProducts) continue;
        return s;
    }
}

/// A number that brings most sums of random products into the range of codes, and saturates some.
double factorFor(int64_t terms) { return 70.0 / (5400.0 * std::sqrt(static_cast<double>(terms))); }

void addCodeFilter(OneNode& node, Draw& draw, const Window& s, bool transposed) {
    const Shape filter = onAxes(s, {s.oc, s.ic / s.groups, s.kh, s.kw});
    node.weight(draw.codes(filter, draw.oneIn(4) ? ElementType::Ui8 : ElementType::Si8));
    if (draw.oneIn(4)) {
        node.absent();
    } else {
        const auto spread = static_cast<int64_t>(5400 * std::sqrt(static_cast<double>(s.terms())));
        std::vector<int32_t> bias;
        for (int64_t c = 0; c < s.oc; ++c)
            bias.push_back(static_cast<int32_t>(draw.between(-spread, spread)));
        node.weight(Tensor::of<int32_t>(ElementType::I32, {s.oc}, bias));
    }
    node.set("do_relu", draw.coin());
    if (transposed) return;
    std::vector<int64_t> multipliers, shifts;
    for (int64_t c = 0; c < s.oc; ++c) {
        shifts.push_back(draw.between(20, 31));
        multipliers.push_back(std::llround(std::ldexp(factorFor(s.terms()) * draw.real(0.5, 1.5), static_cast<int>(shifts.back()))));
    }
    node.ints("multiplier", multipliers).ints("rshift", shifts);
}

/// Sums to results in float32, the bias included (kernels/sum_form.h); whether these are real numbers.
bool addSumForm(OneNode& node, Draw& draw, const Window& s) {
    const Shape filter = onAxes(s, {s.oc, s.ic / s.groups, s.kh, s.kw});
    node.weight(draw.codes(filter, draw.oneIn(4) ? ElementType::Ui8 : ElementType::Si8));
    const int64_t kind = draw.between(0, 3); // one pair, two, lines, real numbers
    const double wide = kind >= 2 ? 200 : 1;
    std::vector<double> scales, offsets, lines;
    for (int64_t i = 0; i < s.oc * (kind == 1 ? 2 : 1); ++i) {
        scales.push_back(static_cast<float>(wide * factorFor(s.terms()) * (i < s.oc ? draw.real(0.5, 1.5) : draw.real(-0.3, 1))));
        offsets.push_back(static_cast<float>(wide * draw.real(-40, 40)));
    }
    node.set("sum_scales", Attribute::floats(scales)).set("sum_offsets", Attribute::floats(offsets));
    node.set("do_relu", kind == 0 && draw.coin());
    if (kind == 3) node.set("sum_unit", static_cast<double>(static_cast<float>(draw.real(1e-4, 0.1))));
    if (kind != 2) return kind == 3;
    const bool left = draw.coin(), right = draw.coin();
    const auto add = [&](double slope, double offset, int64_t part) {
        lines.insert(lines.end(), {static_cast<float>(slope / wide), static_cast<float>(offset), static_cast<double>(part)});
    };
    if (left) add(0, 3, 3), add(-0.1, draw.real(-3, 3), 3);
    if (right) add(draw.real(1, 1.2), draw.real(-9, 9), 4);
    for (int64_t i = draw.between(1, 6); i > 0; --i)
        add(draw.real(-0.1, 1), draw.real(-40, 9), left && draw.oneIn(3) ? 1 : right && draw.oneIn(3) ? 2 : 0);
    node.set("sum_lines", Attribute::floats(lines));
    return false;
}

Trial conv(Draw& draw, ElementType element, bool transposed) {
    OneNode node(transposed ? "tpu.Deconv" : "tpu.Conv2D", draw.seed());
    Window s = anyConv(draw, transposed);
    if (transposed && s.flat && !isCodes(element)) s.flat = false; // its float form has two axes
    addInput(node, draw, element, onAxes(s, {s.n, s.ic, s.h, s.w}), 1);
    setWindow(node, s);
    const Shape result = onAxes(s, {s.n, s.oc, s.oh, s.ow});
    if (isCodes(element)) {
        if (!transposed && draw.oneIn(3)) {
            addResult(node, addSumForm(node, draw, s) ? ElementType::F32 : draw.code(), result);
            return {std::move(node), 0, 0, anyPlacement(draw, element)};
        }
        addCodeFilter(node, draw, s, transposed);
        addResult(node, transposed ? ElementType::I32 : draw.code(), result);
        return {std::move(node), 0, 0, anyPlacement(draw, element)};
    }
    if (transposed) node.weight({s.oc / s.groups, s.ic, s.kh, s.kw}, element).ints("output_padding", {0, 0});
    else node.weight(onAxes(s, {s.oc, s.ic / s.groups, s.kh, s.kw}), element);
    draw.oneIn(4) ? node.absent() : node.weight(onAxes(s, {1, s.oc, 1, 1}), ElementType::F32);
    node.set("do_relu", draw.coin()).set("relu_limit", draw.oneIn(4) ? 1.5 : -1.0);
    addResult(node, element, result);
    // Sums of products below 1 in any order: float32 keeps 2^-24 of each, and F16 and BF16 one rounding.
    return {std::move(node), 1e-7 * static_cast<double>(s.terms()) + 1e-6, element == ElementType::F32 ? 2e-6 : stepOf(element), anyPlacement(draw, element)};
}

Trial pool(Draw& draw, ElementType element) {
    OneNode node("tpu.Pool2D", draw.seed());
    Window s;
    for (;;) {
        s = {};
        s.n = draw.between(1, 4);
        s.ic = s.oc = draw.channels();
        s.h = draw.between(1, 40);
        s.w = draw.between(1, 40);
        s.kh = draw.between(1, 9);
        s.kw = draw.between(1, 9);
        if (draw.oneIn(5)) s.kh = s.h, s.kw = s.w;
        s.sy = stride(draw);
        s.sx = stride(draw);
        s.flat = draw.oneIn(6);
        if (s.flat) s.w = s.kw = s.sx = 1;
        for (size_t i = 0; i < 4; ++i)
            s.pads[i] = draw.between(0, std::min<int64_t>(15, (i % 2 == 0 ? s.kh : s.kw) - 1));
        if (draw.coin()) s.pads = {};
        s.oh = (s.h + s.pads[0] + s.pads[2] - s.kh) / s.sy + 1;
        s.ow = (s.w + s.pads[1] + s.pads[3] - s.kw) / s.sx + 1;
        const bool fits = s.h + s.pads[0] + s.pads[2] >= s.kh && s.w + s.pads[1] + s.pads[3] >= s.kw;
        if (fits && s.n * s.ic * s.oh * s.ow * s.kh * s.kw <= kMostProducts && s.n * s.ic * s.h * s.w < 60'000) break;
    }
    const bool maximum = draw.coin();
    const auto kind = addInput(node, draw, element, onAxes(s, {s.n, s.ic, s.h, s.w}));
    setWindow(node, s);
    node.set("pool_mode", tpuEnum("pool_mode", maximum ? "Max" : "Avg")).set("count_include_pad", draw.coin());
    node.set("do_relu", draw.oneIn(3)).set("relu_limit", -1.0);
    ElementType to = kind;
    if (isCodes(element) && !maximum) {
        // 1 / area with a multiplier of seven bits.
        const double factor = draw.real(0.8, 1.4) / static_cast<double>(s.kh * s.kw);
        const int shift = 6 - static_cast<int>(std::ceil(std::log2(factor)));
        node.set("multiplier", Attribute::si32(std::min<int64_t>(127, std::llround(std::ldexp(factor, shift))))).set("rshift", Attribute::si32(shift));
        to = draw.code();
    }
    addResult(node, to, onAxes(s, {s.n, s.ic, s.oh, s.ow}));
    if (maximum || isCodes(element)) return {std::move(node), 0, 0, anyPlacement(draw, element)};
    const double terms = static_cast<double>(s.kh * s.kw);
    return {std::move(node), 3e-7 * std::sqrt(terms) + 1e-6, element == ElementType::F32 ? 2e-6 : stepOf(element), anyPlacement(draw, element)};
}

Trial affine(Draw& draw, ElementType element, bool batchNorm) {
    OneNode node(batchNorm ? "tpu.BatchNorm" : "tpu.Scale", draw.seed());
    const Shape shape = draw.shape(static_cast<size_t>(draw.between(2, 5)));
    node.input(shape, element, 3);
    const Shape one{shape[1]};
    if (batchNorm) {
        for (int i = 0; i < 4; ++i)
            node.weight(one, element, 0.5, 1);
        node.set("epsilon", 1e-5);
    } else {
        node.weight(one, element, 2).weight(one, element, 1);
        node.set("do_relu", draw.coin()).set("relu_limit", draw.oneIn(3) ? 1.5 : -1.0);
    }
    addResult(node, element, shape);
    return {std::move(node), 4e-6, stepOf(element), anyPlacement(draw, element)};
}

Trial lrn(Draw& draw, ElementType element) {
    OneNode node("tpu.LRN", draw.seed());
    const Shape shape = draw.picture(3000);
    node.input(shape, element, 30).absent().absent();
    node.set("size", draw.between(1, 9)).set("alpha", draw.real(0.0001, 0.02)).set("beta", draw.of({0.75, 0.5, 1.0, 0.6})).set("bias", draw.of({1.0, 2.0}));
    addResult(node, element, shape);
    return {std::move(node), 1e-5, 6e-6, anyPlacement(draw, element)};
}

} // namespace

void addWindows(Generators& table) {
    table["tpu.Conv2D"] = {[](Draw& d, ElementType e) { return conv(d, e, false); }, true, true, true, 8};
    table["tpu.Deconv"] = {[](Draw& d, ElementType e) { return conv(d, e, true); }, true, true, true, 4};
    table["tpu.Pool2D"] = {pool, true, true, true, 6};
    table["tpu.Scale"] = {[](Draw& d, ElementType e) { return affine(d, e, false); }, false};
    table["tpu.BatchNorm"] = {[](Draw& d, ElementType e) { return affine(d, e, true); }, false};
    table["tpu.LRN"] = {lrn, false, true, false};
}

} // namespace wb::test
