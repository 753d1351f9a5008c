// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of sequences: sound and other signals under windows over one axis.
#include "tests/codegen/zoo_networks.h"

namespace wb::test {
namespace {

using ir::Attribute;
using Id = ir::ValueId;
using Ids = std::vector<Id>;

struct Row {
    int64_t kernel = 3, stride = 1, before = 1, after = 1, dilation = 1, group = 1;
    bool relu = true;
};

Id conv(ZooBuilder& b, Id x, int64_t channels, const Row& w) {
    return b.op("top.Conv", {x, b.weight({channels, b.shape(x)[1] / w.group, w.kernel}, -0.3F, 0.3F), b.weight({channels}, -0.4F, 0.4F)},
                {{"dilations", Attribute::ints({w.dilation})}, {"do_relu", w.relu}, {"dynweight_reorderd", false}, {"group", w.group},
                 {"kernel_shape", Attribute::ints({w.kernel})}, {"pads", Attribute::ints({w.before, w.after})}, {"relu_limit", -1.0},
                 {"strides", Attribute::ints({w.stride})}, {"weight_is_coeff", 1}});
}

Id pool(ZooBuilder& b, Id x, int64_t size) {
    return b.op("top.MaxPool", {x}, {{"kernel_shape", Attribute::ints({size})}, {"strides", Attribute::ints({size})}, {"pads", Attribute::ints({0, 0})},
                                     {"do_relu", false}, {"relu_limit", -1.0}});
}

Id slice(ZooBuilder& b, Id x, int64_t begin, int64_t end) {
    const ir::Shape s = b.shape(x);
    return b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, 0, begin})}, {"steps", Attribute::ints({1, 1, 1})},
                 {"ends", Attribute::ints({s[0], s[1], end})}});
}

Id reduced(ZooBuilder& b, Id x, const char* mode, bool keep) {
    return b.op("top.Reduce", {x}, {{"axes", Attribute::ints({2})}, {"keepdims", keep}, {"mode", mode}, {"is_scalar", false}});
}

/// Raw samples under long kernels: they come in blocks, and so does the result of the first convolution.
Ids sound(ZooBuilder& b) {
    Id x = pool(b, conv(b, b.input(), 32, {80, 4, 38, 38}), 4);
    x = pool(b, conv(b, x, 48, {}), 4);
    return {b.dense(reduced(b, x, "ReduceMean", false), 10), reduced(b, x, "ReduceMax", true)};
}

/// The past only: padded at both ends, and cut off; a skip beside each. Few channels, many places.
Ids causal(ZooBuilder& b) {
    Id x = b.input();
    for (const int64_t d : {1, 4, 20}) {
        const int64_t length = b.shape(x)[2];
        const Id y = slice(b, conv(b, x, 12, {3, 1, 2 * d, 2 * d, d}), 0, length);
        x = b.add(conv(b, x, 12, {1, 1, 0, 0}), y, true);
    }
    const Id wide = conv(b, x, 24, {7, 3, 2, 4, 1, 12, false});
    return {b.op("top.PRelu", {wide, b.weight({1, 24, 1}, 0.1F, 0.3F)}), b.concat({x, conv(b, x, 5, {5, 1, 2, 2})}),
            b.op("top.Sigmoid", {slice(b, x, 3, 90)}, {{"scale", 1.0}, {"bias", 0.0}})};
}

} // namespace

std::vector<ZooNet> zooSequences() {
    return {{"sound", {1, 1, 4000}, sound, true}, {"causal", {1, 3, 100}, causal, true}};
}

} // namespace wb::test
