// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/codegen/zoo_networks.h"

namespace wb::test {
namespace {

using ir::Attribute;
using Id = ir::ValueId;
using Ids = std::vector<Id>;
using Window = ZooBuilder::Window;

Id flat(ZooBuilder& b, Id x) { return b.reshape(x, {b.shape(x)[0], b.shape(x)[1] * b.shape(x)[2] * b.shape(x)[3]}); }
Id softmax(ZooBuilder& b, Id x, int64_t axis) { return b.op("top.Softmax", {x}, {{"axis", axis}, {"beta", 1.0}, {"log", false}}); }
Window square(int64_t kernel, int64_t stride = 1, bool relu = false) {
    return {.kernel = {kernel, kernel}, .stride = {stride, stride}, .relu = relu};
}

/// Darknet's small detector: leaky ReLU, pools down to stride 1, two heads, one of them over an enlargement.
Ids tinyYolo(ZooBuilder& b) {
    const auto leaky = [&](Id x) { return b.op("top.LeakyRelu", {x}, {{"alpha", 0.1}}); };
    Id x = b.input(), kept = x;
    for (const int64_t channels : {8, 16, 32, 64}) {
        x = leaky(b.conv(x, channels));
        kept = x;
        x = b.maxPool(x, {.kernel = {2, 2}, .stride = {2, 2}, .pads = {0, 0, 0, 0}});
    }
    x = leaky(b.conv(x, 128));
    x = b.maxPool(x, {.kernel = {2, 2}, .pads = {0, 0, 1, 1}});
    x = leaky(b.one(x, 64));
    const Id coarse = b.one(leaky(b.conv(x, 96)), 27);
    x = b.op("top.Upsample", {leaky(b.one(x, 32))}, {{"scale_h", 2}, {"scale_w", 2}, {"do_relu", false}, {"relu_limit", -1.0}});
    x = b.concat({x, kept});
    return {coarse, b.one(leaky(b.conv(x, 48)), 27)};
}

Ids mobileNet1(ZooBuilder& b) {
    Id x = b.conv(b.input(), 16, square(3, 2, true));
    for (const auto& [channels, stride] : {std::pair<int64_t, int64_t>{24, 1}, {40, 2}, {72, 2}, {130, 1}}) {
        Window depthwise = square(3, stride, true);
        depthwise.group = b.shape(x)[1];
        x = b.one(b.conv(x, depthwise.group, depthwise), channels, true);
    }
    return {softmax(b, b.dense(flat(b, b.globalPool(x)), 37), 1)};
}

/// Hard swish, and blocks that scale channels by what a global pool says.
Ids mobileNet3(ZooBuilder& b) {
    const auto swish = [&](Id x) { return b.op("top.HardSwish", {x}); };
    Id x = swish(b.conv(b.input(), 16, square(3, 2)));
    for (const auto& [wide, channels, kernel, stride] : {std::array<int64_t, 4>{16, 16, 3, 1}, {70, 24, 5, 2}, {80, 24, 3, 1}}) {
        Window depthwise = square(kernel, stride);
        depthwise.group = wide;
        Id y = swish(b.conv(swish(b.one(x, wide)), wide, depthwise));
        Id scale = b.one(b.one(b.globalPool(y), 12, true), wide);
        scale = b.op("top.HardSigmoid", {scale}, {{"alpha", 0.1666667}, {"beta", 0.5}});
        y = b.one(b.mul(y, scale), channels);
        x = b.shape(x) == b.shape(y) ? b.add(x, y) : y;
    }
    return {b.dense(flat(b, b.globalPool(x)), 10)};
}

/// ReLU6, one-sided paddings of strided layers.
Ids efficientLite(ZooBuilder& b) {
    const auto relu6 = [&](Id x) { return b.op("top.Clip", {x}, {{"min", 0.0}, {"max", 6.0}}); };
    Id x = relu6(b.conv(b.input(), 24, {.stride = {2, 2}, .pads = {0, 0, 1, 1}}));
    for (const auto& [channels, kernel, stride] : {std::array<int64_t, 3>{16, 3, 1}, {24, 3, 2}, {24, 5, 1}, {40, 5, 2}}) {
        Window depthwise = square(kernel, stride);
        depthwise.group = 6 * b.shape(x)[1];
        if (stride == 2) depthwise.pads = {kernel / 2 - 1, kernel / 2 - 1, kernel / 2, kernel / 2};
        Id y = relu6(b.one(x, depthwise.group));
        y = b.one(relu6(b.conv(y, depthwise.group, depthwise)), channels);
        x = b.shape(x) == b.shape(y) ? b.add(x, y) : y;
    }
    return {b.dense(flat(b, b.globalPool(x)), 11)};
}

Ids resNet(ZooBuilder& b) {
    Id x = b.conv(b.input(), 32, square(7, 2, true));
    x = b.maxPool(x, {.kernel = {3, 3}, .stride = {2, 2}, .pads = {1, 1, 1, 1}});
    for (const auto& [channels, stride] : {std::pair<int64_t, int64_t>{32, 1}, {67, 2}, {128, 2}}) {
        const Id y = b.conv(b.conv(x, channels, square(3, stride, true)), channels);
        const Id side = b.shape(x) == b.shape(y) ? x : b.conv(x, channels, square(1, stride));
        x = b.add(y, side, true);
    }
    return {b.dense(flat(b, b.globalPool(x)), 100)};
}

/// Two heads of attention over pixels, layer norms, gelu.
Ids transformer(ZooBuilder& b) {
    const int64_t n = b.shape(b.input())[0];
    Id x = b.conv(b.input(), 48, {.kernel = {8, 8}, .stride = {8, 8}, .pads = {0, 0, 0, 0}});
    const int64_t tokens = b.shape(x)[2] * b.shape(x)[3];
    x = b.permute(b.reshape(x, {n, 48, tokens}), {0, 2, 1});
    const auto norm = [&](Id in) {
        return b.op("top.LayerNorm", {in, b.weight({48}, 0.5F, 1.5F), b.weight({48}, -0.2F, 0.2F)},
                    {{"axis", 2}, {"eps", 1e-5}, {"normalized_shape", Attribute::ints({48})}});
    };
    const auto product = [&](Id left, Id right) {
        return b.op("top.MatMul", {left, right, ir::kNoValue}, {{"do_relu", false}, {"relu_limit", -1.0}});
    };
    const Id y = norm(x);
    Ids parts;
    for (int i = 0; i < 3; ++i)
        parts.push_back(b.permute(b.reshape(b.dense(y, 48), {n, tokens, 2, 24}), i == 1 ? std::vector<int64_t>{0, 2, 3, 1}
                                                                                       : std::vector<int64_t>{0, 2, 1, 3}));
    Id a = b.op("top.MulConst", {product(parts[0], parts[1])}, {{"const_val", 0.204}, {"do_relu", false}, {"relu_limit", -1.0}});
    a = product(softmax(b, a, 3), parts[2]);
    a = b.dense(b.reshape(b.permute(a, {0, 2, 1, 3}), {n, tokens, 48}), 48);
    x = b.add(x, a);
    return {b.add(x, b.dense(b.op("top.GELU", {b.dense(norm(x), 96)}, {{"approx_mode", "normal"}}), 48))};
}

/// A decoder: linear enlargement, transposed convolution, dilated branches joined.
Ids segmentation(ZooBuilder& b) {
    Id x = b.conv(b.conv(b.input(), 16, square(3, 2, true)), 24, square(3, 2, true));
    Ids branches{b.one(x, 8, true)};
    for (const int64_t rate : {6, 12, 18})
        branches.push_back(b.conv(x, 8, {.dilation = {rate, rate}, .relu = true}));
    x = b.one(b.concat(branches), 16, true);
    x = b.op("top.Interp", {x, ir::kNoValue}, {{"scale_h", 2.0}, {"scale_w", 2.0}, {"mode", "linear"}, {"coord_mode", "half_pixel"}});
    return {b.deconv(x, 5, {.kernel = {4, 4}, .stride = {2, 2}, .pads = {1, 1, 1, 1}})};
}

/// conv → f → conv.
ZooNet around(std::string name, ir::Shape in, int64_t channels, std::function<Id(ZooBuilder&, Id)> f, bool quick = false) {
    return {std::move(name), std::move(in), [=](ZooBuilder& b) -> Ids { return {b.one(f(b, b.conv(b.input(), channels)), 8)}; }, quick};
}

} // namespace

std::vector<ZooNet> zooNetworks() {
    return {{"tiny yolo", {1, 3, 64, 96}, tinyYolo, true},      {"mobilenet 1", {1, 3, 48, 48}, mobileNet1, true},
            {"mobilenet 3", {1, 3, 49, 33}, mobileNet3, true},  {"efficientnet lite", {1, 3, 40, 40}, efficientLite},
            {"resnet", {1, 3, 63, 65}, resNet},                 {"transformer", {1, 3, 40, 32}, transformer},
            {"segmentation", {1, 3, 72, 64}, segmentation}};
}

std::vector<ZooNet> zooLimits() {
    std::vector<ZooNet> nets;
    const auto add = [&](std::string name, ir::Shape in, Window window, int64_t channels, bool quick = false) {
        nets.push_back(around(std::move(name), {1, 3, in[1], in[2]}, in[0],
                              [=](ZooBuilder& b, Id x) { return b.conv(x, channels, window); }, quick));
    };
    add("stride 17", {8, 60, 60}, {.kernel = {19, 19}, .stride = {17, 17}, .pads = {2, 3, 4, 1}}, 16, true);
    add("stride 2 by 20", {8, 30, 90}, {.kernel = {3, 5}, .stride = {2, 20}, .pads = {1, 2, 1, 2}}, 16);
    add("stride 15", {8, 64, 64}, {.kernel = {15, 15}, .stride = {15, 15}, .pads = {0, 0, 0, 0}}, 16);
    add("stride 16 depthwise", {16, 50, 50}, {.kernel = {16, 16}, .stride = {16, 16}, .pads = {0, 0, 0, 0}, .group = 16}, 16);
    add("padding 18", {8, 20, 20}, {.kernel = {37, 37}, .pads = {18, 18, 18, 18}}, 16);
    add("dilation 18", {8, 50, 50}, {.dilation = {18, 18}}, 16, true);
    add("dilation 20 by 3", {8, 50, 20}, {.pads = {20, 3, 20, 3}, .dilation = {20, 3}}, 16);
    add("dilation 24, its middle alone", {8, 17, 17}, {.dilation = {24, 24}}, 16, true);
    add("dilation 18 by 40", {8, 33, 35}, {.dilation = {18, 40}}, 16, true);
    add("dilation 3, padded on one side", {8, 6, 5}, {.kernel = {4, 3}, .pads = {9, 0, 1, 6}, .dilation = {3, 3}}, 16, true);
    add("dilation 5 around a row", {8, 3, 40}, {.stride = {1, 2}, .pads = {4, 17, 4, 17}, .dilation = {5, 17}}, 16, true);
    add("dilation 17, stride 2", {16, 40, 41}, {.stride = {2, 2}, .pads = {17, 17, 17, 17}, .dilation = {17, 17}, .group = 4}, 32, true);
    add("dilation 19 depthwise", {16, 45, 30}, {.dilation = {19, 19}, .group = 16}, 16, true);
    add("dilation 17, many taps", {4, 130, 120}, {.kernel = {8, 7}, .pads = {60, 51, 59, 51}, .dilation = {17, 17}}, 6);
    add("dilation 1, taps on nothing", {70, 1, 1}, {.kernel = {5, 3}}, 67, true);
    add("kernel 31 depthwise", {16, 20, 20}, {.kernel = {31, 31}, .group = 16}, 16);
    add("five groups", {60, 19, 21}, {.group = 5}, 90);
    add("results of padding only", {8, 9, 10}, {.kernel = {2, 3}, .pads = {4, 1, 3, 5}}, 16, true);
    add("one-sided padding", {16, 20, 21}, {.kernel = {5, 3}, .stride = {3, 2}, .pads = {0, 2, 4, 0}}, 67);
    add("prime channels", {67, 17, 19}, {.stride = {2, 1}}, 131);
    for (const auto& [name, in] : {std::pair<const char*, ir::Shape>{"one column", {1, 5, 97, 1}}, {"one row", {1, 5, 1, 97}}, {"one pixel", {1, 70, 1, 1}}})
        nets.push_back({name, in, [](ZooBuilder& b) -> Ids { return {b.one(b.conv(b.conv(b.input(), 33), 65, {.stride = {2, 2}, .relu = true}), 9)}; }});
    const auto transposed = [&](std::string name, int64_t kernel, int64_t stride, std::vector<int64_t> pads, std::vector<int64_t> more = {}, bool quick = false) {
        nets.push_back(around(std::move(name), {1, 3, 7, 6}, 12, [=](ZooBuilder& b, Id x) {
            return b.deconv(x, 10, {.kernel = {kernel, kernel}, .stride = {stride, stride}, .pads = pads}, more);
        }, quick));
    };
    transposed("transposed 2", 2, 2, {0, 0, 0, 0});
    transposed("transposed 3, wider", 3, 2, {1, 1, 1, 1}, {1, 1});
    transposed("transposed, cut", 2, 2, {2, 1, 2, 1}, {}, true);
    transposed("transposed 16", 16, 8, {4, 4, 4, 4});
    transposed("transposed 40", 40, 20, {10, 10, 10, 10}, {}, true);
    const auto one = [&](std::string name, int64_t channels, std::function<Id(ZooBuilder&, Id)> f, bool quick = false) {
        nets.push_back(around(std::move(name), {1, 3, 18, 20}, channels, std::move(f), quick));
    };
    for (const char* mode : {"reflect", "edge", "constant"})
        one(std::string("pad ") + mode, 16, [=](ZooBuilder& b, Id x) {
            return b.op("top.Pad", {x}, {{"paddings", Attribute::ints({0, 0, 3, 2, 0, 0, 1, 4})}, {"mode", mode}, {"val", 0.25}});
        }, true);
    for (const auto& [mode, coordinates, h, w] : {std::tuple<const char*, const char*, double, double>{"linear", "half_pixel", 2, 2},
                                                  {"linear", "align_corners", 2, 3}, {"linear", "asymmetric", 1.5, 2.5},
                                                  {"linear", "half_pixel", 0.5, 0.5}, {"nearest", "asymmetric", 1.5, 0.5},
                                                  {"nearest", "half_pixel", 3, 2}})
        one(std::string("resize ") + mode + " " + coordinates + " " + std::to_string(h), 16, [=, m = mode, c = coordinates, h = h, w = w](ZooBuilder& b, Id x) {
            return b.op("top.Interp", {x, ir::kNoValue}, {{"scale_h", h}, {"scale_w", w}, {"mode", m}, {"coord_mode", c}});
        });
    one("cubic", 16, [](ZooBuilder& b, Id x) {
        return b.op("top.Resample", {x}, {{"sizes", Attribute::ints({b.shape(x)[0], 16, 15, 21})}, {"scales", Attribute::floats({1, 1, 15.0 / static_cast<double>(b.shape(x)[2]), 21.0 / static_cast<double>(b.shape(x)[3])})},
                                          {"mode", "cubic"}, {"coord_mode", "half_pixel"}, {"cubic_coeff_a", -0.75}});
    }, true);
    one("running sums", 16, [](ZooBuilder& b, Id x) {
        const auto sums = [&](int64_t axis, bool exclusive, bool reverse) { return b.op("top.CumSum", {x}, {{"axis", axis}, {"exclusive", exclusive}, {"reverse", reverse}}); };
        return b.add(b.add(sums(1, false, false), sums(2, true, false)), b.add(sums(3, false, true), sums(-1, true, true)));
    }, true);
    one("where", 16, [](ZooBuilder& b, Id x) {
        const Id positive = b.op("top.CompareConst", {x}, {{"const_val", 0.1}, {"mode", "Greater"}, {"inversed", false}});
        return b.op("top.Where", {positive, x, ir::kNoValue}, {{"x_is_const", false}, {"y_is_const", true}, {"x_const_val", 0.0}, {"y_const_val", -0.5}});
    }, true);
    one("gather", 16, [](ZooBuilder& b, Id x) {
        ir::Tensor picks = ir::Tensor::of<float>(ir::ElementType::F32, {6}, std::vector<float>{3, 4, 5, 0, 0, 15});
        return b.op("top.Gather", {x, b.constant(std::move(picks))}, {{"axis", 1}, {"keepdims", true}});
    });
    one("pool 20 apart", 16, [](ZooBuilder& b, Id x) {
        const Id y = b.op("top.Upsample", {x}, {{"scale_h", 3}, {"scale_w", 3}, {"do_relu", false}, {"relu_limit", -1.0}});
        return b.concat({b.averagePool(y, {.kernel = {20, 20}, .stride = {20, 20}, .pads = {0, 0, 0, 0}}),
                         b.maxPool(y, {.kernel = {18, 20}, .stride = {20, 20}, .pads = {0, 0, 0, 0}})});
    });
    one("constants of every pixel", 33, [](ZooBuilder& b, Id x) { // cut in rows, and so are they
        const Id sum = b.add(x, b.weight({1, 33, b.shape(x)[2], b.shape(x)[3]}, -1, 1));
        return b.mul(sum, b.weight({1, 1, b.shape(x)[2], 1}, -1, 1));
    }, true);
    one("ReLU of repeated pixels", 16, [](ZooBuilder& b, Id x) {
        return b.op("top.Upsample", {x}, {{"scale_h", 2}, {"scale_w", 2}, {"do_relu", true}, {"relu_limit", -1.0}});
    }, true);
    one("axes apart", 20, [](ZooBuilder& b, Id x) {
        const Id mean = b.op("top.Reduce", {x}, {{"axes", Attribute::ints({1, 3})}, {"keepdims", false}, {"mode", "ReduceMean"}, {"is_scalar", false}});
        return b.add(x, b.reshape(mean, {b.shape(x)[0], 1, b.shape(x)[2], 1}));
    }, true);
    nets.push_back({"rows of constants, channels in pieces", {1, 72, 6, 46}, [](ZooBuilder& b) -> Ids { // 432 rows in 128, 128 and 176
        return {b.add(b.op("top.Sigmoid", {b.input()}, {{"scale", 1.0}, {"bias", 0.0}}), b.weight({46}, -1, 1))};
    }, true});
    nets.push_back({"long rows", {1, 30, 40, 50}, [](ZooBuilder& b) {
        Ids out;
        for (const char* mode : {"ReduceMean", "ReduceMax", "ReduceSum"})
            out.push_back(b.op("top.Reduce", {b.input()}, {{"axes", Attribute::ints({1, 2, 3})}, {"keepdims", false}, {"mode", mode}, {"is_scalar", false}}));
        return out;
    }, true});
    one("fewer axes", 20, [](ZooBuilder& b, Id x) {
        const Id row = b.op("top.Reduce", {x}, {{"axes", Attribute::ints({1, 2})}, {"keepdims", true}, {"mode", "ReduceMax"}, {"is_scalar", false}});
        return b.mul(x, b.reshape(row, {1, b.shape(x)[3]}));
    }, true);
    one("five axes, repeated here and there", 24, [](ZooBuilder& b, Id x) {
        const int64_t h = b.shape(x)[2], w = b.shape(x)[3];
        const Id five = b.reshape(x, {1, 2, 12, h, w});
        const Id some = b.op("top.Reduce", {five}, {{"axes", Attribute::ints({2})}, {"keepdims", true}, {"mode", "ReduceMean"}, {"is_scalar", false}});
        const Id alternate = b.op("top.Reduce", {b.mul(five, some)}, {{"axes", Attribute::ints({1, 3})}, {"keepdims", true}, {"mode", "ReduceMax"}, {"is_scalar", false}});
        return b.reshape(b.add(b.add(five, alternate), b.weight({1, 2, 1, 1, 1}, -1, 1)), {1, 24, h, w});
    }, true);
    one("columns picked from a join", 31, [](ZooBuilder& b, Id x) {
        const Id rows = b.concat({x, x, x}, 2);
        const int64_t h = b.shape(rows)[2], w = b.shape(rows)[3];
        std::vector<Id> columns;
        for (const int64_t at : {15, 19, 7, 7, 6, 10})
            columns.push_back(b.op("top.Slice", {rows, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                                   {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, 0, 0, at % w})}, {"steps", Attribute::ints({1, 1, 1, 1})},
                                    {"ends", Attribute::ints({1, 31, h, at % w + 1})}, {"hasparamConvert_axes", Attribute::ints({})}}));
        return b.concat(columns, 3);
    }, true);
    one("large pools", 16, [](ZooBuilder& b, Id x) {
        return b.concat({b.maxPool(x, square(5)), b.maxPool(x, square(13)), b.averagePool(x, square(3), true), b.averagePool(x, square(3))});
    });
    for (const char* name : {"Sigmoid", "Tanh", "SiLU", "Mish", "Softplus", "Elu", "Erf", "Exp", "HardSwish", "Softsign", "Abs"})
        one(std::string("function ") + name, 16, [=](ZooBuilder& b, Id x) { return b.op(std::string("top.") + name, {x}, {{"alpha", 0.8}}); });
    one("softmax over each axis", 20, [](ZooBuilder& b, Id x) {
        return b.add(b.add(softmax(b, x, 1), softmax(b, x, 2)), softmax(b, x, 3));
    });
    nets.push_back({"reductions", {1, 20, 17, 19}, [](ZooBuilder& b) {
        Ids out;
        for (const auto& axes : {std::vector<int64_t>{1}, {2, 3}, {3}, {2}})
            for (const char* mode : {"ReduceMean", "ReduceMax", "ReduceSum"})
                out.push_back(b.op("top.Reduce", {b.input()}, {{"axes", Attribute::ints(axes)}, {"keepdims", true}, {"mode", mode}, {"is_scalar", false}}));
        return out;
    }});
    nets.push_back({"permutations", {1, 20, 17, 19}, [](ZooBuilder& b) {
        Ids out;
        for (const auto& order : {std::vector<int64_t>{0, 2, 3, 1}, {0, 3, 2, 1}, {3, 2, 1, 0}, {0, 1, 3, 2}, {0, 2, 1, 3}})
            out.push_back(b.permute(b.input(), order));
        return out;
    }});
    nets.push_back({"large product", {1, 1, 300, 900}, [](ZooBuilder& b) -> Ids { return {b.dense(b.input(), 700)}; }});
    nets.push_back({"large classifier", {1, 512, 5, 5}, [](ZooBuilder& b) -> Ids { return {b.dense(b.dense(flat(b, b.input()), 520), 70)}; }});
    for (const auto& [kind, gates, direction] : {std::tuple<const char*, int64_t, const char*>{"LSTM", 4, "bidirectional"}, {"GRU", 3, "bidirectional"},
                                                {"LSTM", 4, "forward"}, {"RNN", 1, "reverse"}})
        nets.push_back({std::string(kind) + " " + direction, {1, 3, 16, 48}, [kind = kind, gates = gates, direction = direction](ZooBuilder& b) -> Ids {
            const int64_t ways = std::string(direction) == "bidirectional" ? 2 : 1;
            const Id x = b.conv(b.input(), 24, {.kernel = {16, 3}, .stride = {16, 3}, .pads = {0, 0, 0, 0}, .relu = true}); // [n, 24, 1, 16]
            const Id rows = b.reshape(b.permute(x, {3, 0, 1, 2}), {16, b.shape(x)[0], 24});
            const Id y = b.op(std::string("top.") + kind,
                              {rows, b.weight({ways, gates * 20, 24}, -0.5F, 0.5F), b.weight({ways, gates * 20, 20}, -0.5F, 0.5F),
                               b.weight({ways, 2 * gates * 20}, -0.3F, 0.3F), ir::kNoValue, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                              {{"hidden_size", 20}, {"direction", direction}, {"linear_before_reset", true}});
            return {b.dense(b.reshape(b.permute(y, {0, 2, 1, 3}), {16, b.shape(x)[0], ways * 20}), 11)};
        }, std::string(direction) == "bidirectional"});
    for (const auto& [name, kernel, stride] : {std::tuple<const char*, std::vector<int64_t>, std::vector<int64_t>>{"volume 3x3x3", {3, 3, 3}, {1, 1, 1}},
                                               {"volume 5x4x1", {5, 4, 1}, {1, 1, 1}}, {"volume 3x2x4", {3, 2, 4}, {2, 2, 1}}})
        nets.push_back({name, {1, 3, 18, 20}, [kernel = kernel, stride = stride](ZooBuilder& b) -> Ids {
            const Id x = b.reshape(b.conv(b.input(), 12), {b.shape(b.input())[0], 4, 3 * 6, 3, 20});
            return {b.op("top.Conv", {x, b.weight({6, 2, kernel[0], kernel[1], kernel[2]}, -0.3F, 0.3F), b.weight({6}, -0.4F, 0.4F)},
                         {{"dilations", Attribute::ints({1, 1, 1})}, {"do_relu", true}, {"dynweight_reorderd", false}, {"group", 2},
                          {"kernel_shape", Attribute::ints(kernel)}, {"pads", Attribute::ints({1, 1, 0, 2, 1, 1})}, {"relu_limit", -1.0},
                          {"strides", Attribute::ints(stride)}, {"weight_is_coeff", 1}})};
        }, kernel.back() == 3});
    for (const auto& [name, kernel, stride, dilation, group] : {std::tuple<const char*, std::vector<int64_t>, std::vector<int64_t>, int64_t, int64_t>
             {"transposed volume 2x2x2", {2, 2, 2}, {2, 2, 2}, 1, 1}, {"transposed volume 3x4x3", {3, 4, 3}, {2, 3, 1}, 1, 2}, {"transposed volume 4x3x2", {4, 3, 2}, {1, 2, 3}, 2, 1}})
        nets.push_back({name, {1, 3, 6, 30}, [kernel = kernel, stride = stride, dilation = dilation, group = group](ZooBuilder& b) -> Ids {
            const Id x = b.reshape(b.conv(b.input(), 8), {b.shape(b.input())[0], 8, 6, 6, 5});
            return {b.op("top.Deconv", {x, b.weight({6 / group, 8, kernel[0], kernel[1], kernel[2]}, -0.3F, 0.3F), b.weight({6}, -0.4F, 0.4F)},
                         {{"dilations", Attribute::ints({dilation, 1, dilation})}, {"do_relu", true}, {"dynweight_reorderd", false}, {"group", group},
                          {"kernel_shape", Attribute::ints(kernel)}, {"output_padding", Attribute::ints({0, 0, 0})}, {"pads", Attribute::ints({1, 1, 0, 1, 0, 1})},
                          {"relu_limit", -1.0}, {"strides", Attribute::ints(stride)}})};
        }, group == 2});
    nets.push_back({"split attention", {1, 3, 14, 10}, [](ZooBuilder& b) -> Ids { // repeats along axes the chip would join
        const Id x = b.conv(b.input(), 24, square(3, 1, true));
        const int64_t n = b.shape(x)[0];
        const Id weights = b.reshape(b.one(b.globalPool(x), 24), {n, 2, 12, 1, 1});
        const Id halves = b.mul(b.reshape(x, {n, 2, 12, 14, 10}), weights);
        return {b.conv(b.reshape(halves, {n, 24, 14, 10}), 8), b.add(halves, b.reshape(b.globalPool(b.one(x, 12)), {n, 1, 12, 1, 1}))};
    }});
    nets.push_back({"repeated norms", {1, 3, 12, 20}, [](ZooBuilder& b) -> Ids { // divided by a sum that an Expand repeats
        const Id x = b.op("top.Softplus", {b.conv(b.input(), 24)});
        const auto sum = [&](int64_t axis) {
            return b.op("top.Reduce", {x}, {{"axes", Attribute::ints({axis})}, {"keepdims", true}, {"mode", "ReduceSum"}, {"is_scalar", false}});
        };
        const auto repeat = [&](Id in, std::vector<int64_t> times) { return b.op("top.Tile", {in}, {{"tile", Attribute::ints(times)}}); };
        const auto divide = [&](Id a, Id c) { return b.op("top.Div", {a, c}, {{"do_relu", false}, {"relu_limit", -1.0}, {"is_reverse", false}}); };
        const Id wide = repeat(sum(3), {1, 1, 1, 20}), rows = repeat(sum(2), {1, 1, 12, 1}), deep = repeat(sum(1), {1, 24, 1, 1});
        return {divide(x, wide), b.add(x, b.op("top.Sigmoid", {rows}, {{"scale", 1.0}, {"bias", 0.0}})), b.mul(deep, x), b.concat({wide, x}),
                b.add(wide, rows)};
    }, true});
    nets.push_back({"wide rows", {1, 3, 12, 200}, [](ZooBuilder& b) -> Ids { // sound: windows over one axis, beyond the fields of commands
        const int64_t n = b.shape(b.input())[0];
        const auto conv = [&](Id x, const char* op, ir::Shape filter, std::vector<int64_t> lists) {
            const int64_t out = filter[0], kernel = filter[2];
            return b.op(op, {x, b.weight(std::move(filter), -0.2F, 0.2F), b.weight({out}, -0.4F, 0.4F)},
                        {{"dilations", Attribute::ints({lists[2]})}, {"do_relu", true}, {"dynweight_reorderd", false}, {"group", 1},
                         {"kernel_shape", Attribute::ints({kernel})}, {"pads", Attribute::ints({lists[1], lists[1]})}, {"relu_limit", -1.0},
                         {"strides", Attribute::ints({lists[0]})}, {"weight_is_coeff", 1}, {"output_padding", Attribute::ints({0})}});
        };
        const Id x = conv(b.reshape(b.conv(b.input(), 4), {n, 4, 2400}), "top.Conv", {16, 4, 80}, {4, 38, 1});
        return {conv(x, "top.Conv", {8, 16, 3}, {1, 20, 20}), conv(x, "top.Deconv", {8, 16, 40}, {20, 10, 1}), conv(x, "top.Conv", {8, 16, 20}, {20, 0, 1})};
    }, true});
    nets.push_back({"talking heads", {1, 4, 48, 40}, [](ZooBuilder& b) -> Ids { // many rows of a few elements by a small matrix
        const Id mixed = b.permute(b.dense(b.permute(b.op("top.Sigmoid", {b.input()}, {{"scale", 1.0}, {"bias", 0.0}}), {0, 2, 3, 1}), 6), {0, 3, 1, 2});
        const Id rows = b.reshape(b.input(), {b.shape(b.input())[0], 1920, 4});
        return {softmax(b, mixed, 3), b.dense(rows, 3)};
    }, true});
    nets.push_back({"rotary", {1, 3, 12, 20}, [](ZooBuilder& b) -> Ids { // even and odd columns, halves, and both put together again
        const Id x = b.reshape(b.permute(b.conv(b.input(), 24), {0, 2, 3, 1}), {b.shape(b.input())[0], 12, 20, 24});
        const auto part = [&](int64_t begin, int64_t end, int64_t step) {
            return b.op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue},
                        {{"axes", Attribute::ints({})}, {"offset", Attribute::ints({0, 0, 0, begin})}, {"steps", Attribute::ints({1, 1, 1, step})},
                         {"ends", Attribute::ints({b.shape(x)[0], 12, 20, end})}});
        };
        const auto column = [&](Id in) { return b.reshape(in, {b.shape(x)[0], 12, 20, 12, 1}); };
        const Id even = part(0, 24, 2), odd = part(1, 24, 2), low = part(0, 12, 1), high = part(12, 24, 1);
        const Id turned = b.reshape(b.concat({column(odd), column(even)}, 4), {b.shape(x)[0], 12, 20, 24});
        return {b.add(x, turned), b.mul(x, b.concat({high, low}, 3)), b.op("top.Sigmoid", {part(8, 16, 1)}, {{"scale", 1.0}, {"bias", 0.0}})};
    }, true});
    nets.push_back({"wide picture", {1, 3, 12, 2000}, [](ZooBuilder& b) -> Ids { return {b.conv(b.conv(b.input(), 16, square(3, 1, true)), 8)}; }});
    return nets;
}

} // namespace wb::test
