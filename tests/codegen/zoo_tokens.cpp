// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of tokens: what stays in lanes from the projections through the heads to the next block.
#include "tests/codegen/zoo_networks.h"

namespace wb::test {
namespace {

using ir::Attribute;
using Id = ir::ValueId;
using Ids = std::vector<Id>;

Id product(ZooBuilder& b, Id left, Id right) { return b.op("top.MatMul", {left, right, ir::kNoValue}, {{"do_relu", false}, {"relu_limit", -1.0}}); }
Id softmax(ZooBuilder& b, Id x) { return b.op("top.Softmax", {x}, {{"axis", 3}, {"beta", 1.0}, {"log", false}}); }
Id norm(ZooBuilder& b, Id x) {
    const ir::Shape shape = b.shape(x);
    return b.op("top.LayerNorm", {x, b.weight({shape.back()}, 0.5F, 1.5F), b.weight({shape.back()}, -0.2F, 0.2F)},
                {{"axis", static_cast<int64_t>(shape.size()) - 1}, {"eps", 1e-5}, {"normalized_shape", Attribute::ints({shape.back()})}});
}
Id gelu(ZooBuilder& b, Id x) { return b.op("top.GELU", {x}, {{"approx_mode", "normal"}}); }

/// Element `i` of the first axis, which has `count`, as the rest of the shape.
Id taken(ZooBuilder& b, Id x, int64_t i) {
    const ir::Shape shape = b.shape(x);
    std::vector<int64_t> offset(shape.size(), 0), steps(shape.size(), 1), ends(shape.begin(), shape.end());
    offset[0] = i;
    ends[0] = i + 1;
    const Id part = b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                         {{"axes", Attribute::ints({})}, {"offset", Attribute::ints(offset)}, {"steps", Attribute::ints(steps)}, {"ends", Attribute::ints(ends)}});
    return b.reshape(part, {shape.begin() + 1, shape.end()});
}

/// One projection to queries, keys and values of all heads; [n, tokens, heads · size].
Id attention(ZooBuilder& b, Id x, int64_t heads, bool offsets) {
    const ir::Shape s = b.shape(x);
    const int64_t size = s[2] / heads;
    const Id all = b.permute(b.reshape(b.dense(x, 3 * s[2]), {s[0], s[1], 3, heads, size}), {2, 0, 3, 1, 4});
    const Id query = b.op("top.MulConst", {taken(b, all, 0)}, {{"const_val", 0.25}, {"do_relu", false}, {"relu_limit", -1.0}});
    Id a = product(b, query, b.permute(taken(b, all, 1), {0, 1, 3, 2}));
    if (offsets) a = b.add(a, b.weight({1, heads, s[1], s[1]}, -0.5F, 0.5F));
    a = product(b, softmax(b, a), taken(b, all, 2));
    return b.dense(b.reshape(b.permute(a, {0, 2, 1, 3}), s), s[2]);
}

/// A class token's worth of an odd number of tokens: several rows of lanes, the last one ragged.
Ids vision(ZooBuilder& b) {
    Id x = b.conv(b.input(), 48, {.kernel = {4, 4}, .stride = {4, 4}, .pads = {0, 0, 0, 0}});
    x = b.permute(b.reshape(x, {b.shape(x)[0], 48, b.shape(x)[2] * b.shape(x)[3]}), {0, 2, 1});
    for (int block = 0; block < 2; ++block) {
        x = b.add(x, attention(b, norm(b, x), 3, false));
        x = b.add(x, b.dense(gelu(b, b.dense(norm(b, x), 144)), 48));
    }
    return {norm(b, x)};
}

/// Windows as batches, with an offset for each pair of places.
Ids windows(ZooBuilder& b) {
    Id x = b.conv(b.input(), 32, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
    const int64_t n = b.shape(x)[0], h = b.shape(x)[2], w = b.shape(x)[3];
    x = b.reshape(b.permute(x, {0, 2, 3, 1}), {n, h / 7, 7, w / 7, 7, 32});
    x = b.reshape(b.permute(x, {0, 1, 3, 2, 4, 5}), {n * h * w / 49, 49, 32});
    x = b.add(x, attention(b, norm(b, x), 2, true));
    x = b.reshape(b.permute(b.reshape(x, {n, h / 7, w / 7, 7, 7, 32}), {0, 1, 3, 2, 4, 5}), {n, h, w, 32});
    return {b.permute(b.dense(gelu(b, b.dense(norm(b, x), 64)), 32), {0, 3, 1, 2})};
}

/// Norms of features behind products: the network makes tables of its tokens for them.
Ids tables(ZooBuilder& b) {
    Id x = b.conv(b.input(), 64, {.kernel = {4, 4}, .stride = {4, 4}, .pads = {0, 0, 0, 0}});
    x = b.permute(b.reshape(x, {b.shape(x)[0], 64, b.shape(x)[2] * b.shape(x)[3]}), {0, 2, 1});
    const auto scaled = [&](Id in, int64_t columns, bool relu) {
        const Id y = b.dense(in, columns);
        const ir::Shape s = b.shape(y);
        const Id table = b.op("top.Scale", {b.reshape(y, {s[0] * s[1], columns}), b.weight({1, columns}, 0.5F, 1.5F), b.weight({1, columns}, -0.3F, 0.3F)},
                              {{"do_relu", relu}, {"relu_limit", -1.0}});
        return b.reshape(table, s);
    };
    for (int block = 0; block < 2; ++block)
        x = b.add(x, scaled(gelu(b, scaled(x, 96, block == 1)), 64, false));
    return {x};
}

/// Halves of the last axis change places, the second with another sign, beside a table of places.
Id turned(ZooBuilder& b, Id x) {
    const ir::Shape shape = b.shape(x);
    const int64_t half = shape[3] / 2;
    const auto part = [&](int64_t begin) {
        return b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                    {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, 0, 0, begin})}, {"steps", Attribute::ints({1, 1, 1, 1})},
                     {"ends", Attribute::ints({shape[0], shape[1], shape[2], begin + half})}});
    };
    const Id minus = b.op("top.MulConst", {part(half)}, {{"const_val", -1.0}, {"do_relu", false}, {"relu_limit", -1.0}});
    const auto times = [&](Id y) { return b.mul(y, b.weight({shape[2], shape[3]}, -1, 1)); };
    return b.add(times(x), times(b.concat({minus, part(0)}, 3)));
}

/// Queries of which `shared` have one key and value, behind an embedding of their places.
Id groupedAttention(ZooBuilder& b, Id x, int64_t heads, int64_t shared, int64_t size) {
    const ir::Shape s = b.shape(x);
    const auto project = [&](int64_t count) { return b.permute(b.reshape(b.dense(x, count * size), {s[0], s[1], count, size}), {0, 2, 1, 3}); };
    const auto repeated = [&](Id y) {
        const int64_t groups = heads / shared;
        const Id five = b.op("top.Tile", {b.reshape(y, {s[0], groups, 1, s[1], size}), ir::kNoValue}, {{"tile", Attribute::ints({1, 1, shared, 1, 1})}});
        return b.reshape(five, {s[0], heads, s[1], size});
    };
    const Id keys = repeated(turned(b, project(heads / shared))), values = repeated(project(heads / shared));
    const Id a = product(b, softmax(b, product(b, turned(b, project(heads)), b.permute(keys, {0, 1, 3, 2}))), values);
    return b.dense(b.reshape(b.permute(a, {0, 2, 1, 3}), {s[0], s[1], heads * size}), s[2]);
}

Ids language(ZooBuilder& b) {
    Id x = b.conv(b.input(), 48, {.kernel = {4, 4}, .stride = {4, 4}, .pads = {0, 0, 0, 0}});
    x = b.permute(b.reshape(x, {b.shape(x)[0], 48, b.shape(x)[2] * b.shape(x)[3]}), {0, 2, 1});
    x = b.add(x, groupedAttention(b, norm(b, x), 6, 3, 16));
    return {b.add(x, groupedAttention(b, norm(b, x), 4, 4, 10))};
}

/// Pictures with their channels last: one part of each row is a gate, another goes under a depthwise kernel.
Ids gated(ZooBuilder& b) {
    Id x = b.permute(b.conv(b.input(), 52, {.kernel = {3, 3}, .stride = {2, 2}}), {0, 2, 3, 1});
    const ir::Shape s = b.shape(x);
    for (int block = 0; block < 2; ++block) {
        const Id all = b.dense(norm(b, x), 160);
        const auto part = [&](int64_t begin, int64_t end) {
            return b.op("top.Slice", {all, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                        {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, 0, 0, begin})}, {"steps", Attribute::ints({1, 1, 1, 1})},
                         {"ends", Attribute::ints({s[0], s[1], s[2], end})}});
        };
        const Id under = b.permute(b.conv(b.permute(part(130, 160), {0, 3, 1, 2}), 30, {.kernel = {5, 5}, .group = 30}), {0, 2, 3, 1});
        const Id value = b.concat({part(80, 130), under}, 3);
        x = b.add(x, b.dense(b.mul(gelu(b, part(0, 80)), value), 52));
    }
    return {b.permute(x, {0, 3, 1, 2})};
}

/// Attention as one exporter writes it: tokens first, the batch behind them, projections of tables.
Ids tokensFirst(ZooBuilder& b) {
    Id x = b.conv(b.input(), 48, {.kernel = {4, 4}, .stride = {4, 4}, .pads = {0, 0, 0, 0}});
    const int64_t n = b.shape(x)[0], tokens = b.shape(x)[2] * b.shape(x)[3], heads = 3, size = 16;
    x = b.permute(b.reshape(x, {n, 48, tokens}), {0, 2, 1});
    for (int block = 0; block < 2; ++block) {
        const Id all = b.reshape(b.dense(b.permute(norm(b, x), {1, 0, 2}), 144), {1, tokens, n, 3, 48});
        const Id three = b.reshape(b.permute(all, {3, 1, 2, 0, 4}), {3, tokens, n, 48});
        const auto part = [&](int64_t i) { return b.reshape(b.permute(b.reshape(taken(b, three, i), {tokens, n * heads, size}), {1, 0, 2}), {n, heads, tokens, size}); };
        const Id a = product(b, softmax(b, product(b, part(0), b.permute(part(1), {0, 1, 3, 2}))), part(2));
        const Id back = b.dense(b.reshape(b.permute(a, {2, 0, 1, 3}), {tokens * n, 48}), 48);
        x = b.add(x, b.permute(b.reshape(back, {tokens, n, 48}), {1, 0, 2}));
    }
    return {x};
}

} // namespace

std::vector<ZooNet> zooTokens() {
    return {{"tokens first", {1, 3, 36, 60}, tokensFirst, true}, {"tokens first, a batch", {2, 3, 24, 20}, tokensFirst, true}, {"gated pictures", {1, 3, 20, 26}, gated, true}, {"grouped queries", {1, 3, 36, 60}, language, true}, {"norms of tables", {2, 3, 36, 60}, tables, true}, {"vision transformer", {1, 3, 36, 60}, vision, true}, {"windows", {1, 3, 28, 42}, windows, true}};
}

} // namespace wb::test
