// SPDX-License-Identifier: GPL-3.0-or-later
// Small members of well-known families, each with what makes the family special for a code generator.
#include "tests/codegen/zoo_networks.h"

namespace wb::test {
namespace {

using ir::Attribute;
using Id = ir::ValueId;
using Ids = std::vector<Id>;
using Window = ZooBuilder::Window;

Window window(int64_t kernel, int64_t stride = 1, bool relu = false) {
    return {.kernel = {kernel, kernel}, .stride = {stride, stride}, .relu = relu};
}
Window depthwise(int64_t channels, int64_t stride) {
    Window w = window(3, stride);
    w.group = channels;
    return w;
}
Id rows(ZooBuilder& b, Id x) { return b.reshape(x, {b.shape(x)[0], b.shape(x)[1] * b.shape(x)[2] * b.shape(x)[3]}); }
Id twice(ZooBuilder& b, Id x) {
    return b.op("top.Upsample", {x}, {{"scale_h", 2}, {"scale_w", 2}, {"do_relu", false}, {"relu_limit", -1.0}});
}
Id channels(ZooBuilder& b, Id x, int64_t begin, int64_t end) {
    const ir::Shape shape = b.shape(x);
    return b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, begin, 0, 0})}, {"steps", Attribute::ints({1, 1, 1, 1})},
                 {"ends", Attribute::ints({shape[0], end, shape[2], shape[3]})}});
}
Id silu(ZooBuilder& b, Id x) { return b.op("top.SiLU", {x}); }

/// Inverted residuals: wide in the middle, a linear bottleneck, ReLU6.
Ids mobileNet2(ZooBuilder& b) {
    const auto relu6 = [&](Id x) { return b.op("top.Clip", {x}, {{"min", 0.0}, {"max", 6.0}}); };
    Id x = relu6(b.conv(b.input(), 16, window(3, 2)));
    x = b.one(relu6(b.conv(x, 16, depthwise(16, 1))), 8);
    for (const auto& [out, stride] : {std::pair<int64_t, int64_t>{12, 2}, {12, 1}, {16, 2}, {16, 1}, {24, 1}}) {
        const int64_t wide = 6 * b.shape(x)[1];
        const Id y = b.one(relu6(b.conv(relu6(b.one(x, wide)), wide, depthwise(wide, stride))), out);
        x = b.shape(x) == b.shape(y) ? b.add(x, y) : y;
    }
    return {b.dense(rows(b, b.globalPool(relu6(b.one(x, 80)))), 19)};
}

/// Channels of two branches mixed by a transpose between groups.
Ids shuffleNet(ZooBuilder& b) {
    const auto shuffle = [&](Id x, int64_t groups) {
        const ir::Shape s = b.shape(x);
        const Id split = b.reshape(x, {s[0], groups, s[1] / groups, s[2], s[3]});
        return b.reshape(b.permute(split, {0, 2, 1, 3, 4}), s);
    };
    Id x = b.maxPool(b.conv(b.input(), 24, window(3, 2, true)), {.kernel = {3, 3}, .stride = {2, 2}, .pads = {1, 1, 1, 1}});
    for (int unit = 0; unit < 3; ++unit) {
        const int64_t half = b.shape(x)[1] / 2;
        const Id left = channels(b, x, 0, half);
        Id right = b.one(channels(b, x, half, 2 * half), half, true);
        right = b.one(b.conv(right, half, depthwise(half, 1)), half, true);
        x = shuffle(b.concat({left, right}), 2);
    }
    Window grouped = window(1);
    grouped.group = 3;
    x = shuffle(b.conv(x, 48, grouped), 3);
    x = b.concat({b.averagePool(x, window(3, 2)), b.conv(x, 40, window(3, 2))});
    return {b.dense(rows(b, b.globalPool(x)), 10)};
}

/// Plain stacks between pools, large products at the end.
Ids vgg(ZooBuilder& b) {
    Id x = b.input();
    for (const int64_t out : {16, 32, 70}) {
        x = b.conv(b.conv(x, out, window(3, 1, true)), out, window(3, 1, true));
        x = b.maxPool(x, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
    }
    return {b.dense(b.op("top.Relu", {b.dense(rows(b, x), 130)}, {{"relu_limit", -1.0}}), 21)};
}

/// A focus of pixels, cross-stage blocks, pools one after another, three heads.
Ids yolo5(ZooBuilder& b) {
    const auto conv = [&](Id x, int64_t out, int64_t kernel = 1, int64_t stride = 1) { return silu(b, b.conv(x, out, window(kernel, stride))); };
    const auto stage = [&](Id x, int64_t out, bool shortcut) {
        Id left = conv(x, out / 2);
        const Id right = conv(x, out / 2), inner = conv(conv(left, out / 2), out / 2, 3);
        left = shortcut ? b.add(left, inner) : inner;
        return conv(b.concat({left, right}), out);
    };
    Id x = silu(b, b.conv(b.input(), 16, {.kernel = {6, 6}, .stride = {2, 2}, .pads = {2, 2, 2, 2}}));
    const Id fine = stage(conv(x, 32, 3, 2), 32, true), middle = stage(conv(fine, 48, 3, 2), 48, true);
    x = conv(stage(conv(middle, 64, 3, 2), 64, true), 32);
    Ids pooled{x};
    for (int i = 0; i < 3; ++i) pooled.push_back(b.maxPool(pooled.back(), window(5)));
    const Id coarse = conv(b.concat(pooled), 64), top = conv(coarse, 48);
    const Id between = stage(b.concat({twice(b, top), middle}), 48, false), low = conv(between, 32);
    const Id down = stage(b.concat({conv(between, 48, 3, 2), top}), 64, false);
    return {b.one(stage(b.concat({twice(b, low), fine}), 32, false), 27), b.one(between, 27), b.one(down, 27)};
}

/// Halves that each feed the next and the end; boxes as expectations over sixteen bins.
Ids yolo8(ZooBuilder& b) {
    const auto conv = [&](Id x, int64_t out, int64_t kernel, int64_t stride = 1) { return silu(b, b.conv(x, out, window(kernel, stride))); };
    const auto split = [&](Id x, int64_t out) {
        const Id both = conv(x, out, 1);
        Ids parts{channels(b, both, 0, out / 2), channels(b, both, out / 2, out)};
        for (int i = 0; i < 2; ++i) parts.push_back(b.add(parts.back(), conv(conv(parts.back(), out / 2, 3), out / 2, 3)));
        return conv(b.concat(parts), out, 1);
    };
    const Id fine = split(conv(conv(b.input(), 16, 3, 2), 32, 3, 2), 32), coarse = split(conv(fine, 48, 3, 2), 48);
    const int64_t n = b.shape(fine)[0];
    Ids boxes, scores;
    for (const Id x : {fine, coarse}) {
        const int64_t cells = b.shape(x)[2] * b.shape(x)[3];
        boxes.push_back(b.reshape(b.one(conv(x, 32, 3), 64), {n, 64, cells}));
        scores.push_back(b.reshape(b.one(conv(x, 24, 3), 5), {n, 5, cells}));
    }
    const Id box = b.concat(boxes, 2), score = b.concat(scores, 2);
    const Id bins = b.permute(b.reshape(box, {n, 4, 16, b.shape(box)[2]}), {0, 2, 1, 3});
    const Id chance = b.op("top.Softmax", {bins}, {{"axis", 1}, {"beta", 1.0}, {"log", false}});
    return {b.reshape(b.one(chance, 1), {n, 4, b.shape(box)[2]}), b.op("top.Sigmoid", {score}, {{"scale", 1.0}, {"bias", 0.0}})};
}

/// Down and up again over transposed convolutions, joined with what was there on the way down.
Ids uNet(ZooBuilder& b) {
    Ids kept;
    Id x = b.input();
    for (const int64_t out : {8, 16, 32}) {
        x = b.conv(b.conv(x, out, window(3, 1, true)), out, window(3, 1, true));
        kept.push_back(x);
        x = b.maxPool(x, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
    }
    x = b.conv(x, 48, window(3, 1, true));
    while (!kept.empty()) {
        const int64_t out = b.shape(kept.back())[1];
        x = b.deconv(x, out, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
        x = b.conv(b.concat({kept.back(), x}), out, window(3, 1, true));
        kept.pop_back();
    }
    return {b.one(x, 2)};
}

/// Two branches under kernels of several sizes, of which each channel takes its share; then two of one convolution.
Ids selectiveKernels(ZooBuilder& b) {
    const auto sum = [&](Id stack) {
        return b.op("top.Reduce", {stack}, {{"axes", Attribute::ints({1})}, {"keepdims", false}, {"mode", "ReduceSum"}, {"is_scalar", false}});
    };
    const auto select = [&](Id stack, int64_t channels) {
        const int64_t n = b.shape(stack)[0];
        const Id shares = b.reshape(b.one(b.globalPool(sum(stack)), 2 * channels), {n, 2, channels, 1, 1});
        return sum(b.mul(stack, b.op("top.Softmax", {shares}, {{"axis", 1}, {"beta", 1.0}, {"log", false}})));
    };
    const Id x = b.conv(b.input(), 40, window(3, 2, true));
    const ir::Shape s = b.shape(x);
    Ids branches;
    for (const int64_t dilation : {1, 2})
        branches.push_back(b.reshape(b.conv(x, 40, {.kernel = {3, 3}, .pads = {dilation, dilation, dilation, dilation}, .dilation = {dilation, dilation}, .relu = true}),
                                     {s[0], 1, 40, s[2], s[3]}));
    const Id y = select(b.concat(branches), 40);
    return {select(b.reshape(b.conv(y, 48, window(3, 1, true)), {s[0], 2, 24, s[2], s[3]}), 24)};
}

/// A whole picture under a dense layer.
Ids embedding(ZooBuilder& b) {
    const Id x = b.conv(b.conv(b.input(), 32, window(3, 2, true)), 48, window(3, 2, true));
    const ir::Shape s = b.shape(x);
    return {b.dense(b.reshape(x, {s[0], s[1] * s[2] * s[3]}), 20)};
}

} // namespace

std::vector<ZooNet> zooFamilies() {
    return {{"embedding", {1, 3, 26, 30}, embedding, true}, {"selective kernels", {1, 3, 22, 26}, selectiveKernels, true}, {"mobilenet 2", {1, 3, 48, 40}, mobileNet2, true}, {"shufflenet", {1, 3, 56, 56}, shuffleNet},
            {"vgg", {1, 3, 32, 40}, vgg},                      {"yolo 5", {1, 3, 96, 64}, yolo5},
            {"yolo 8", {1, 3, 64, 64}, yolo8, true},           {"unet", {1, 3, 40, 48}, uNet},
            {"yolo 5, odd", {1, 3, 64, 160}, yolo5},           {"mobilenet 2, odd", {1, 3, 17, 31}, mobileNet2},
            {"vgg, narrow", {1, 1, 64, 9}, vgg}};
}

} // namespace wb::test
