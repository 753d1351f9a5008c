// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions, transposed ones and pooling.
#include "tests/emitters_int8/cases.h"

#include <cmath>

namespace wb::test {

using ir::Attribute;
using ir::ElementType;
using ir::Tensor;

namespace {

int64_t outSize(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pads) {
    return (in + pads - (kernel - 1) * dilation - 1) / stride + 1;
}

std::string nameOf(const ConvShape& s) {
    const auto x = [](int64_t a, int64_t b) { return std::to_string(a) + "x" + std::to_string(b); };
    std::string text = std::to_string(s.n) + "x" + std::to_string(s.ic) + "x" + x(s.h, s.w) + "->" + std::to_string(s.oc) +
                       " k" + x(s.kh, s.kw) + " s" + x(s.sy, s.sx) + " d" + x(s.dy, s.dx) + " g" + std::to_string(s.groups) +
                       " p";
    for (const int64_t p : s.pads) text += std::to_string(p) + ".";
    return text + (s.inSigned ? " i8" : " u8") + (s.filterSigned ? "" : " u8 filter") + (s.outSigned ? " i8" : " u8") +
           (s.relu ? " relu" : "") + (s.bias ? "" : " no bias");
}

void setWindow(OneOp& op, const ConvShape& s, bool flat) {
    auto& a = op.attributes;
    if (flat) {
        a.set("kernel_shape", Attribute::ints({s.kh}));
        a.set("strides", Attribute::ints({s.sy}));
        a.set("dilations", Attribute::ints({s.dy}));
        a.set("pads", Attribute::ints({s.pads[0], s.pads[2]}));
    } else {
        a.set("kernel_shape", Attribute::ints({s.kh, s.kw}));
        a.set("strides", Attribute::ints({s.sy, s.sx}));
        a.set("dilations", Attribute::ints({s.dy, s.dx}));
        a.set("pads", Attribute::ints({s.pads[0], s.pads[1], s.pads[2], s.pads[3]}));
    }
    a.set("group", s.groups);
    a.set("do_relu", s.relu);
}

/// A factor that brings most sums of `terms` random products into the range of codes, and saturates some.
double factorFor(int64_t terms) { return 70.0 / (5400.0 * std::sqrt(static_cast<double>(terms))); }

Tensor biasFor(int64_t channels, int64_t terms, Random& random) {
    std::vector<int32_t> bias;
    const auto spread = static_cast<uint64_t>(5400 * std::sqrt(static_cast<double>(terms)));
    for (int64_t c = 0; c < channels; ++c)
        bias.push_back(static_cast<int32_t>(random.below(2 * spread)) - static_cast<int32_t>(spread));
    return Tensor::of<int32_t>(ElementType::I32, {channels}, bias);
}

} // namespace

OneOp makeConv(const ConvShape& s, Random& random) {
    // One spatial axis where there is nothing along the other.
    const bool flat = s.w == 1 && s.kw == 1 && s.n % 2 == 0;
    OneOp op("tpu.Conv2D", random);
    const int64_t oh = outSize(s.h, s.kh, s.sy, s.dy, s.pads[0] + s.pads[2]);
    const int64_t ow = outSize(s.w, s.kw, s.sx, s.dx, s.pads[1] + s.pads[3]);
    const int64_t terms = s.ic / s.groups * s.kh * s.kw;
    op.input(flat ? ir::Shape{s.n, s.ic, s.h} : ir::Shape{s.n, s.ic, s.h, s.w}, codeElement(s.inSigned));
    op.codes(flat ? ir::Shape{s.oc, s.ic / s.groups, s.kh} : ir::Shape{s.oc, s.ic / s.groups, s.kh, s.kw},
             s.filterSigned ? ElementType::Si8 : ElementType::Ui8);
    if (s.bias)
        op.weight(biasFor(s.oc, terms, random));
    else
        op.absent();
    setWindow(op, s, flat);
    std::vector<int64_t> multipliers, shifts;
    for (int64_t c = 0; c < s.oc; ++c) {
        const auto shift = static_cast<int64_t>(20 + random.below(12));
        shifts.push_back(shift);
        multipliers.push_back(std::llround(std::ldexp(factorFor(terms) * static_cast<double>(random.real(0.5F, 1.5F)),
                                                      static_cast<int>(shift))));
    }
    if (s.oc % 5 == 0) multipliers[1] = 0, shifts[1] = -32; // as channels of zeros are quantised
    op.attributes.set("multiplier", Attribute::ints(multipliers));
    op.attributes.set("rshift", Attribute::ints(shifts));
    return op.result(flat ? ir::Shape{s.n, s.oc, oh} : ir::Shape{s.n, s.oc, oh, ow}, codeElement(s.outSigned)), op;
}

OneOp makeDeconv(const ConvShape& s, Random& random) {
    OneOp op("tpu.Deconv", random);
    const int64_t oh = (s.h - 1) * s.sy + (s.kh - 1) * s.dy + 1 - s.pads[0] - s.pads[2];
    const int64_t ow = (s.w - 1) * s.sx + (s.kw - 1) * s.dx + 1 - s.pads[1] - s.pads[3];
    const int64_t terms = s.ic / s.groups * s.kh * s.kw;
    op.input({s.n, s.ic, s.h, s.w}, codeElement(s.inSigned));
    op.codes({s.oc, s.ic / s.groups, s.kh, s.kw}, s.filterSigned ? ElementType::Si8 : ElementType::Ui8);
    if (s.bias)
        op.weight(biasFor(s.oc, terms, random));
    else
        op.absent();
    setWindow(op, s, false);
    return op.result({s.n, s.oc, oh, ow}, ElementType::I32), op;
}

OneOp makePool(const PoolShape& s, Random& random) {
    OneOp op("tpu.Pool2D", random);
    const int64_t oh = outSize(s.h, s.kh, s.sy, 1, s.pads[0] + s.pads[2]);
    const int64_t ow = outSize(s.w, s.kw, s.sx, 1, s.pads[1] + s.pads[3]);
    op.input({s.n, s.c, s.h, s.w}, codeElement(s.inSigned));
    auto& a = op.attributes;
    a.set("kernel_shape", Attribute::ints({s.kh, s.kw}));
    a.set("strides", Attribute::ints({s.sy, s.sx}));
    a.set("pads", Attribute::ints({s.pads[0], s.pads[1], s.pads[2], s.pads[3]}));
    a.set("pool_mode", mode("pool_mode", s.maximum ? "Max" : "Avg"));
    a.set("count_include_pad", s.countPadding);
    a.set("do_relu", s.relu);
    if (!s.maximum) {
        // 1 / area with a multiplier of seven bits.
        const double factor = 1.3 / static_cast<double>(s.kh * s.kw);
        const int shift = 6 - static_cast<int>(std::ceil(std::log2(factor)));
        a.set("multiplier", Attribute::si32(std::llround(std::ldexp(factor, shift))));
        a.set("rshift", Attribute::si32(shift));
    }
    return op.result({s.n, s.c, oh, ow}, codeElement(s.outSigned)), op;
}

const std::vector<Cutting>& allCuttings() {
    static const std::vector<Cutting> cuttings{
        {}, {.h = 1}, {.n = 1, .c = 64, .h = 3}, {.grown = true}, {.h = 2, .grown = true}, {.loose = true},
        {.c = 64, .h = 5, .grown = true, .loose = true}};
    return cuttings;
}

std::vector<Case> convCases() {
    std::vector<ConvShape> shapes;
    for (const int64_t ic : {1, 3, 63, 64, 65, 130})
        for (const int64_t oc : {1, 3, 63, 64, 65, 130}) shapes.push_back({1, ic, 7, 5, oc, 3, 3, 1, 1, {1, 1, 1, 1}});
    shapes.push_back({4, 17, 9, 11, 67, 3, 3, 2, 2, {1, 1, 1, 1}});
    shapes.push_back({2, 130, 9, 11, 71, 1, 1});
    shapes.push_back({4, 130, 1, 1, 65, 1, 1});                                     // after a global pool
    shapes.push_back({1, 13, 23, 1, 7, 5, 1, 1, 1, {2, 0, 2, 0}});                  // one pixel wide
    shapes.push_back({2, 13, 23, 1, 7, 5, 1, 1, 1, {2, 0, 1, 0}});                  // one spatial axis
    shapes.push_back({1, 13, 1, 23, 7, 1, 5, 1, 1, {0, 2, 0, 2}});
    shapes.push_back({1, 3, 19, 17, 16, 6, 6, 2, 2, {2, 2, 2, 2}});
    shapes.push_back({1, 5, 13, 11, 6, 3, 3, 1, 1, {0, 3, 2, 1}});                  // asymmetric pads
    shapes.push_back({1, 5, 29, 31, 6, 3, 2, 1, 1, {4, 3, 4, 2}, 4, 3});            // dilation
    shapes.push_back({1, 4, 61, 47, 6, 3, 3, 15, 15, {1, 0, 2, 1}});                // longest strides
    shapes.push_back({1, 4, 31, 17, 6, 2, 2, 7, 3, {0, 0, 0, 0}});                  // rows no window touches
    shapes.push_back({1, 2, 5, 5, 3, 2, 2, 1, 1, {15, 15, 15, 15}});                // windows of padding only
    shapes.push_back({1, 3, 5, 6, 4, 2, 2, 1, 1, {7, 0, 0, 9}});
    shapes.push_back({1, 32, 80, 80, 130, 1, 1});                                   // several boxes of sums
    shapes.push_back({3, 8, 90, 61, 9, 3, 3, 1, 1, {1, 1, 1, 1}});
    shapes.push_back({1, 5, 300, 9, 3, 3, 3, 1, 1, {1, 1, 1, 1}});
    std::vector<Case> cases;
    const auto add = [&](ConvShape s, const std::vector<Cutting>& cuttings) {
        cases.push_back({"conv " + nameOf(s), [s](Random& random) { return makeConv(s, random); }, cuttings});
    };
    for (size_t i = 0; i < shapes.size(); ++i) {
        ConvShape s = shapes[i];
        // Kinds of codes change from shape to shape; every combination comes up.
        s.inSigned = i % 2 == 0;
        s.outSigned = i % 3 != 0;
        s.filterSigned = i % 5 != 0;
        s.relu = i % 4 == 0;
        s.bias = i % 7 != 3;
        add(s, allCuttings());
    }
    for (const int64_t c : {2, 3, 63, 64, 65, 130})
        for (const int stride : {1, 2}) {
            ConvShape s{c == 65 ? 4 : 1, c, 9, 11, c, 3, 3, stride, stride, {1, 1, 1, 1}, 1, 1, c};
            s.inSigned = stride == 1;
            s.outSigned = c % 2 == 0;
            s.relu = c % 3 == 0;
            s.bias = c != 63;
            add(s, allCuttings());
        }
    add({1, 130, 60, 70, 130, 5, 3, 1, 1, {2, 2, 2, 2}, 1, 2, 130}, allCuttings());
    add({1, 7, 5, 5, 7, 2, 2, 1, 1, {7, 0, 9, 0}, 1, 1, 7}, allCuttings());          // padding only, depthwise
    add({2, 24, 9, 7, 36, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 12}, allCuttings());       // groups
    add({1, 130, 9, 7, 260, 3, 3, 2, 1, {1, 1, 1, 1}, 1, 1, 130}, allCuttings());    // two filters a channel
    add({2, 192, 5, 7, 96, 1, 1, 1, 1, {}, 1, 1, 3}, allCuttings());
    add({1, 195, 5, 7, 210, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 15}, allCuttings());
    for (ConvShape s : {ConvShape{1, 5, 7, 5, 6, 2, 2, 2, 2}, {2, 67, 5, 4, 66, 4, 4, 2, 2, {1, 1, 1, 1}},
                        {1, 3, 7, 5, 4, 3, 3, 3, 2, {0, 1, 2, 1}, 2, 1}, {1, 3, 7, 5, 4, 2, 2, 5, 4},
                        {1, 66, 9, 7, 66, 4, 4, 2, 2, {1, 1, 1, 1}, 1, 1, 66}, {1, 16, 40, 41, 130, 2, 2, 2, 2}})
        for (const bool bias : {true, false}) {
            s.bias = bias;
            s.relu = !bias;
            s.inSigned = bias;
            cases.push_back({"deconv " + nameOf(s), [s](Random& random) { return makeDeconv(s, random); }, allCuttings()});
        }
    for (const bool outSigned : {true, false})
        for (const int64_t c : {1, 3, 65, 130})
            cases.push_back({"requant axis " + std::to_string(c) + (outSigned ? " i8" : " u8"), [=](Random& random) {
                                 OneOp op("tpu.RequantIntAxis", random);
                                 op.input({2, c, 7, 5}, ElementType::I32);
                                 std::vector<int32_t> table;
                                 for (int64_t i = 0; i < c; ++i)
                                     table.insert(table.end(), {static_cast<int32_t>(random.below(1U << 30)),
                                                                -static_cast<int32_t>(36 + random.below(8)),
                                                                static_cast<int32_t>(random.below(40)) - (outSigned ? 20 : 0)});
                                 op.weight(Tensor::of<int32_t>(ElementType::I32, {1, c, 1, 3}, table));
                                 return op.result({2, c, 7, 5}, codeElement(outSigned)), op;
                             }, allCuttings()});
    return cases;
}

std::vector<Case> poolCases() {
    std::vector<PoolShape> shapes;
    for (const int64_t c : {1, 3, 63, 64, 65, 130})
        for (const bool maximum : {true, false})
            for (const bool count : {true, false}) {
                if (maximum && count) continue;
                shapes.push_back({c == 65 ? 4 : 1, c, 11, 9, 3, 3, 2, 1, {1, 1, 1, 1}, maximum, count});
            }
    shapes.push_back({1, 67, 10, 10, 5, 5, 1, 1, {2, 2, 2, 2}});
    shapes.push_back({1, 5, 19, 19, 13, 13, 1, 1, {6, 6, 6, 6}});
    shapes.push_back({2, 130, 7, 7, 7, 7, 1, 1, {}, false});                        // global mean
    shapes.push_back({1, 5, 31, 29, 31, 29, 15, 15, {}, false});
    shapes.push_back({1, 5, 31, 29, 3, 5, 1, 2, {1, 2, 0, 1}, false, false});
    shapes.push_back({1, 5, 31, 29, 2, 2, 2, 2, {}, false, false});
    shapes.push_back({1, 5, 1, 29, 1, 4, 1, 4, {}, false, false});
    shapes.push_back({1, 3, 17, 16, 4, 4, 15, 15, {0, 1, 2, 3}, false, false});
    shapes.push_back({1, 3, 17, 16, 8, 8, 4, 4, {7, 7, 7, 7}, false, false});
    std::vector<Case> cases;
    for (size_t i = 0; i < shapes.size(); ++i)
        for (const bool inSigned : {true, false}) {
            PoolShape s = shapes[i];
            s.inSigned = inSigned;
            s.outSigned = s.maximum ? inSigned : i % 2 == 0;
            s.relu = i % 3 == 0;
            std::string name = std::string(s.maximum ? "max" : s.countPadding ? "mean with padding" : "mean") + " pool " +
                               std::to_string(s.n) + "x" + std::to_string(s.c) + "x" + std::to_string(s.h) + "x" +
                               std::to_string(s.w) + " k" + std::to_string(s.kh) + "x" + std::to_string(s.kw) +
                               (inSigned ? " i8" : " u8") + (s.outSigned ? " i8" : " u8") + (s.relu ? " relu" : "");
            // The model divides by six before it multiplies by fifteen, which no one multiplier repeats.
            const bool mayRefuse = !s.maximum && s.kw == 5 && s.pads[0] > 0;
            cases.push_back({name, [s](Random& random) { return makePool(s, random); }, allCuttings(), mayRefuse});
        }
    return cases;
}

} // namespace wb::test
