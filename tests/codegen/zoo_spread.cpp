// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that end in more pixels than they begin with: transposed convolutions, channels that become rows and columns; and
// such that take their channels apart.
#include "tests/codegen/zoo_networks.h"

namespace wb::test {
namespace {

using Id = ir::ValueId;
using Ids = std::vector<Id>;

/// Kernels above, at and below the stride, borders that blocks begin in front of, one channel and more than a row of lanes.
Ids transposed(ZooBuilder& b) {
    const Id x = b.conv(b.input(), 20, {.relu = true});
    const Id wide = b.deconv(x, 70, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
    return {b.deconv(x, 1, {.kernel = {9, 9}, .stride = {2, 2}, .pads = {4, 4, 4, 4}}, {1, 1}),
            b.deconv(x, 24, {.kernel = {4, 4}, .stride = {2, 2}, .pads = {1, 1, 1, 1}, .relu = true}),
            b.deconv(x, 8, {.kernel = {3, 2}, .stride = {2, 3}, .pads = {1, 0, 0, 0}}, {1, 1}),
            b.deconv(x, 5, {.kernel = {3, 3}, .stride = {3, 2}, .pads = {2, 2, 1, 0}, .dilation = {2, 1}}),
            b.one(wide, 6)};
}

/// Behind convolutions, by channels and by places, with functions of one number between; once without a convolution.
Ids shuffled(ZooBuilder& b) {
    const auto shuffle = [&](Id x, int64_t rows, int64_t columns, bool byChannel) {
        return b.op("top.Depth2Space", {x}, {{"block_h", rows}, {"block_w", columns}, {"in_is_NCHW", true}, {"is_CRD", byChannel},
                                             {"is_inversed", false}, {"out_is_NCHW", true}, {"swap_cr", false}});
    };
    const auto sigmoid = [&](Id x) { return b.op("top.Sigmoid", {x}, {{"scale", 1.0}, {"bias", 0.0}}); };
    const Id x = b.conv(b.input(), 24, {.relu = true});
    const Id large = shuffle(b.conv(x, 256), 2, 2, true);
    return {shuffle(sigmoid(b.conv(x, 27)), 3, 3, true), b.one(shuffle(sigmoid(b.conv(x, 120)), 2, 3, false), 7), b.conv(large, 3),
            b.one(shuffle(b.maxPool(x, {.kernel = {2, 2}, .stride = {1, 1}, .pads = {0, 0, 0, 0}}), 2, 2, true), 4)};
}

/// A pool, a product, a norm of what they leave in lanes; channels taken apart, one part by itself, and put together again.
Ids heads(ZooBuilder& b) {
    const Id x = b.conv(b.input(), 100, {.relu = true});
    const auto part = [&](int64_t begin, int64_t end) {
        const ir::Shape s = b.shape(x);
        return b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                    {{"axes", ir::Attribute::ints({})}, {"offset", ir::Attribute::ints({0, begin, 0, 0})}, {"steps", ir::Attribute::ints({1, 1, 1, 1})},
                     {"ends", ir::Attribute::ints({s[0], end, s[2], s[3]})}});
    };
    const Id deep = b.conv(part(30, 70), 40, {.group = 40, .relu = true});
    const Id joined = b.concat({part(0, 30), deep, b.maxPool(part(70, 100), {.kernel = {3, 3}, .stride = {1, 1}, .pads = {1, 1, 1, 1}})});
    const Id row = b.dense(b.reshape(b.globalPool(joined), {b.shape(x)[0], 100}), 96);
    const Id norm = b.op("top.LayerNorm", {row, b.weight({96}, 0.5F, 1.5F), b.weight({96}, -0.2F, 0.2F)},
                         {{"axis", 1}, {"eps", 1e-5}, {"normalized_shape", ir::Attribute::ints({96})}});
    return {b.dense(norm, 10), b.one(part(64, 100), 8), b.conv(part(20, 84), 8)};
}

/// Reflections and edges between convolutions; of one operand in both ways.
Ids reflected(ZooBuilder& b) {
    const auto pad = [&](Id x, std::vector<int64_t> pads, const char* mode) {
        return b.op("top.Pad", {x}, {{"paddings", ir::Attribute::ints(pads)}, {"mode", mode}, {"val", 0.0}});
    };
    const ZooBuilder::Window inside{.kernel = {3, 3}, .stride = {1, 1}, .pads = {0, 0, 0, 0}, .relu = true};
    const Id x = b.conv(b.input(), 72, {.relu = true});
    return {b.conv(pad(x, {0, 0, 1, 3, 0, 0, 2, 0}, "reflect"), 20, inside), b.conv(pad(x, {0, 0, 0, 2, 0, 0, 4, 1}, "edge"), 8, inside)};
}

} // namespace

std::vector<ZooNet> zooSpread() { return {{"reflected", {1, 3, 12, 17}, reflected, true}, {"heads", {1, 3, 12, 14}, heads, true}, {"transposed", {1, 3, 14, 18}, transposed, true}, {"shuffled", {1, 3, 13, 18}, shuffled, true}}; }

} // namespace wb::test
