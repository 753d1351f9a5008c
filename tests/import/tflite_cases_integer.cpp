// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/support/shared_data.h"

#include <functional>
#include <numeric>

namespace wb::test {
namespace {

using B = TfliteBuilder;
using Ints = B::Ints;

/// A network of codes while it is written: int8 with a zero point of 3, or uint8 with one of 120.
struct CodeNet {
    B b;
    Random random{20260103};
    bool isSigned = true;
    std::vector<int> inputs, outputs;
    int x = 0;

    CodeNet(bool s, const Ints& shape) : isSigned(s) { x = input(shape); }

    flatbuffers::FlatBufferBuilder& fb() { return b.fb(); }
    wire::Element element() const { return isSigned ? wire::Element_Int8 : wire::Element_Uint8; }
    Quant quant(float scale, int zero) const { return {{scale}, {isSigned ? zero : zero + 120}, 0}; }
    int input(const Ints& shape, float scale = 0.03F, int zero = 3) {
        inputs.push_back(b.tensor(shape, element(), quant(scale, zero)));
        return inputs.back();
    }
    int inner(const Ints& shape, float scale, int zero) { return b.tensor(shape, element(), quant(scale, zero)); }
    int out(const Ints& shape, float scale = 0.05F, int zero = -7) {
        outputs.push_back(inner(shape, scale, zero));
        return outputs.back();
    }
    static size_t countOf(const Ints& shape) {
        return static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>()));
    }
    /// Signed filters have a zero point of 0, one scale a channel along `axis` unless it is negative.
    int filter(const Ints& shape, int axis, std::vector<float>& scales) {
        const int channels = shape[static_cast<size_t>(axis < 0 ? 0 : axis)];
        scales.clear();
        for (int i = 0; i < (axis < 0 || !isSigned ? 1 : channels); ++i)
            scales.push_back(0.004F + 0.0015F * static_cast<float>(i % 5));
        Quant q{scales, std::vector<int64_t>(scales.size(), isSigned ? 0 : 113), axis < 0 ? 0 : axis};
        if (isSigned) {
            std::vector<int8_t> data(countOf(shape));
            for (int8_t& v : data)
                v = static_cast<int8_t>(static_cast<int>(random.below(255)) - 127);
            return b.constant(shape, wire::Element_Int8, data, q);
        }
        std::vector<uint8_t> data(countOf(shape));
        for (uint8_t& v : data)
            v = static_cast<uint8_t>(random.below(256));
        return b.constant(shape, wire::Element_Uint8, data, q);
    }
    int bias(int channels, const std::vector<float>& scales, float in = 0.03F) {
        std::vector<int32_t> data(static_cast<size_t>(channels));
        for (int32_t& v : data)
            v = static_cast<int32_t>(random.below(8000)) - 4000;
        std::vector<float> products;
        for (const float s : scales)
            products.push_back(s * in);
        return b.constant({channels}, wire::Element_Int32, data, {products, std::vector<int64_t>(products.size(), 0), 0});
    }
    int codes(const Ints& shape, float scale, int zero) {
        std::vector<uint8_t> data(countOf(shape));
        for (uint8_t& v : data)
            v = static_cast<uint8_t>(random.below(256));
        return b.constant(shape, element(), data, quant(scale, zero));
    }
    std::string bytes() {
        b.ends(inputs, outputs);
        return b.bytes();
    }
};

struct CodeList {
    std::vector<TfliteCase> cases;

    void add(const std::string& name, const Ints& shape, int steps, const std::function<void(CodeNet&)>& write, bool signedOnly = false) {
        for (const bool isSigned : {true, false}) {
            if (signedOnly && !isSigned) continue;
            CodeNet net(isSigned, shape);
            write(net);
            cases.push_back({name + (isSigned ? " int8" : " uint8"), net.bytes(), true, steps});
        }
    }
};

void products(CodeList& list) {
    for (const auto& [name, act] : {std::pair("conv", wire::Activation_NONE), {"conv relu", wire::Activation_RELU},
                                    {"conv relu6", wire::Activation_RELU6}, {"conv relu n1 to 1", wire::Activation_RELU_N1_TO_1}})
        list.add(name, {1, 6, 5, 4}, 0, [act = act](CodeNet& n) {
            std::vector<float> scales;
            const int f = n.filter({7, 3, 3, 4}, 0, scales);
            n.b.op(wire::Kind_CONV_2D, {n.x, f, n.bias(7, scales)}, {n.out({1, 3, 3, 7})}, wire::Options_ConvOptions,
                   wire::CreateConvOptions(n.fb(), wire::Border_SAME, 2, 2, act));
        });
    list.add("conv one scale", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        std::vector<float> scales;
        const int f = n.filter({7, 1, 1, 4}, -1, scales);
        n.b.op(wire::Kind_CONV_2D, {n.x, f, n.bias(7, scales)}, {n.out({1, 6, 5, 7}, 0.02F, 11)}, wire::Options_ConvOptions,
               wire::CreateConvOptions(n.fb(), wire::Border_VALID, 1, 1));
    });
    list.add("depthwise", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        std::vector<float> scales;
        const int f = n.filter({1, 3, 3, 4}, 3, scales);
        n.b.op(wire::Kind_DEPTHWISE_CONV_2D, {n.x, f, n.bias(4, scales)}, {n.out({1, 6, 5, 4})}, wire::Options_DepthwiseOptions,
               wire::CreateDepthwiseOptions(n.fb(), wire::Border_SAME, 1, 1, 1, wire::Activation_RELU));
    });
    for (const auto& [border, h, w] : {std::tuple{wire::Border_SAME, 6, 8}, {wire::Border_VALID, 7, 9}})
        list.add("transpose conv " + std::to_string(h), {1, 3, 4, 4}, 0, [border = border, h = h, w = w](CodeNet& n) {
            std::vector<float> scales;
            const int f = n.filter({7, 3, 3, 4}, 0, scales), size = n.b.ints({1, h, w, 7}), bias = n.bias(7, scales);
            n.b.op(wire::Kind_TRANSPOSE_CONV, {size, f, n.x, bias}, {n.out({1, h, w, 7})}, wire::Options_TransposeConvOptions,
                   wire::CreateTransposeConvOptions(n.fb(), border, 2, 2));
        });
    list.add("fully connected", {3, 20}, 0, [](CodeNet& n) {
        std::vector<float> scales;
        const int f = n.filter({6, 20}, -1, scales);
        n.b.op(wire::Kind_FULLY_CONNECTED, {n.x, f, n.bias(6, scales)}, {n.out({3, 6})}, wire::Options_FullyConnectedOptions,
               wire::CreateFullyConnectedOptions(n.fb()));
    });
    // The chip rounds a sum's product twice, the interpreter once here: 86.4984 is 87 by way of 22144 / 256.
    list.add("fully connected, many rows, a scale a column", {1, 20, 12}, 1, [](CodeNet& n) {
        std::vector<float> scales;
        const int f = n.filter({9, 12}, 0, scales);
        n.b.op(wire::Kind_FULLY_CONNECTED, {n.x, f, n.bias(9, scales)}, {n.out({1, 20, 9})}, wire::Options_FullyConnectedOptions,
               wire::CreateFullyConnectedOptions(n.fb(), wire::Activation_RELU, 0, true));
    });
    // Two operands that are computed, with a zero point each: few matrices, wide ones, long ones.
    for (const auto& [batches, rows, inner, columns, transposed] : {std::tuple{2, 3, 40, 5, true}, {3, 7, 40, 70, false}, {1, 70, 130, 90, false}})
        list.add("product of matrices " + std::to_string(rows), {batches, rows, inner}, 0, [=, batches = batches, rows = rows, inner = inner, columns = columns,
                                                                                          transposed = transposed](CodeNet& n) {
            const int y = n.input(transposed ? Ints{batches, columns, inner} : Ints{batches, inner, columns}, 0.02F, -5);
            n.b.op(wire::Kind_BATCH_MATMUL, {n.x, y}, {n.out({batches, rows, columns}, 0.09F)}, wire::Options_BatchMatMulOptions,
                   wire::CreateBatchMatMulOptions(n.fb(), false, transposed));
        }, true);
    list.add("fully connected of what is known", {1, 6}, 0, [](CodeNet& n) { // a recurrent layer's first state
        std::vector<float> scales;
        const int f = n.filter({6, 5}, 0, scales), y = n.inner({1, 6}, 0.05F, 4);
        n.b.op(wire::Kind_FULLY_CONNECTED, {n.codes({1, 5}, 0.03F, 3), f, n.bias(6, scales)}, {y}, wire::Options_FullyConnectedOptions,
               wire::CreateFullyConnectedOptions(n.fb()));
        const int both = n.inner({1, 6}, 0.06F, -3), plain = n.inner({1, 6}, 0.05F, 4);
        n.b.op(wire::Kind_ADD, {n.x, y}, {both}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
        n.b.op(wire::Kind_FULLY_CONNECTED, {n.codes({1, 5}, 0.03F, 3), f, -1}, {plain}, wire::Options_FullyConnectedOptions,
               wire::CreateFullyConnectedOptions(n.fb()));
        n.b.op(wire::Kind_ADD, {both, plain}, {n.out({1, 6})}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb()));
    });
}

void elementwiseCodes(CodeList& list) {
    for (const int kind : {int(wire::Kind_ADD), int(wire::Kind_SUB), int(wire::Kind_MUL)})
        for (const bool relu : {false, true})
            list.add(std::string(kind == wire::Kind_ADD ? "add" : kind == wire::Kind_SUB ? "sub" : "mul") + (relu ? " relu" : ""),
                     {1, 6, 5, 4}, 0, [=](CodeNet& n) {
                         const int y = n.input({1, 6, 5, 4}, 0.021F, -9), out = n.out({1, 6, 5, 4});
                         const auto act = relu ? wire::Activation_RELU : wire::Activation_NONE;
                         if (kind == wire::Kind_ADD)
                             n.b.op(kind, {n.x, y}, {out}, wire::Options_AddOptions, wire::CreateAddOptions(n.fb(), act));
                         else if (kind == wire::Kind_SUB)
                             n.b.op(kind, {n.x, y}, {out}, wire::Options_SubOptions, wire::CreateSubOptions(n.fb(), act));
                         else n.b.op(kind, {n.x, y}, {out}, wire::Options_MulOptions, wire::CreateMulOptions(n.fb(), act));
                     });
    list.add("add constant", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_ADD, {n.x, n.codes({4}, 0.04F, 5)}, {n.out({1, 6, 5, 4})}, wire::Options_AddOptions,
               wire::CreateAddOptions(n.fb()));
    });
    list.add("mul constant", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_MUL, {n.x, n.codes({1, 1, 1, 4}, 0.01F, 5)}, {n.out({1, 6, 5, 4}, 0.03F, 2)}, wire::Options_MulOptions,
               wire::CreateMulOptions(n.fb()));
    });
    for (const auto& [kind, name] : {std::pair(int(wire::Kind_RELU), "relu"), {int(wire::Kind_RELU6), "relu6"},
                                     {int(wire::Kind_RELU_N1_TO_1), "relu n1 to 1"}})
        list.add(name, {1, 6, 5, 4}, 0, [kind = kind](CodeNet& n) { n.b.op(kind, {n.x}, {n.out({1, 6, 5, 4}, 0.026F, -100)}); });
    list.add("leaky relu", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_LEAKY_RELU, {n.x}, {n.out({1, 6, 5, 4}, 0.03F, 3)}, wire::Options_LeakyReluOptions,
               wire::CreateLeakyReluOptions(n.fb(), 0.15F));
    });
    list.add("hard swish", {1, 6, 5, 4}, 1, [](CodeNet& n) { n.b.op(wire::Kind_HARD_SWISH, {n.x}, {n.out({1, 6, 5, 4}, 0.02F, -40)}); });
    // The format fixes the results' scales of these.
    list.add("logistic", {1, 6, 5, 4}, 1, [](CodeNet& n) { n.b.op(wire::Kind_LOGISTIC, {n.x}, {n.out({1, 6, 5, 4}, 1.0F / 256, n.isSigned ? -128 : -120)}); });
    list.add("tanh", {1, 6, 5, 4}, 1, [](CodeNet& n) { n.b.op(wire::Kind_TANH, {n.x}, {n.out({1, 6, 5, 4}, 1.0F / 128, n.isSigned ? 0 : 8)}); });
    list.add("softmax", {3, 11}, 1, [](CodeNet& n) {
        n.b.op(wire::Kind_SOFTMAX, {n.x}, {n.out({3, 11}, 1.0F / 256, n.isSigned ? -128 : -120)}, wire::Options_SoftmaxOptions,
               wire::CreateSoftmaxOptions(n.fb(), 1));
    });
}

void others(CodeList& list) {
    for (const bool mean : {true, false})
        list.add(mean ? "average pool" : "max pool", {1, 6, 5, 4}, 1, [=](CodeNet& n) {
            n.b.op(mean ? wire::Kind_AVERAGE_POOL_2D : wire::Kind_MAX_POOL_2D, {n.x}, {n.out({1, 3, 3, 4}, 0.03F, 3)},
                   wire::Options_PoolOptions, wire::CreatePoolOptions(n.fb(), wire::Border_SAME, 2, 2, 3, 3, wire::Activation_RELU));
        });
    list.add("mean of pixels", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        n.b.op(wire::Kind_MEAN, {n.x, n.b.ints({1, 2})}, {n.out({1, 4}, 0.02F, 6)}, wire::Options_ReducerOptions,
               wire::CreateReducerOptions(n.fb(), false));
    });
    list.add("pad", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        const int border = n.b.constant<int32_t>({4, 2}, wire::Element_Int32, {0, 0, 1, 2, 0, 3, 0, 0});
        n.b.op(wire::Kind_PAD, {n.x, border}, {n.out({1, 9, 8, 4}, 0.03F, 3)});
    });
    list.add("concat of one scale", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_CONCATENATION, {n.x, n.input({1, 6, 5, 3})}, {n.out({1, 6, 5, 7}, 0.03F, 3)},
               wire::Options_ConcatenationOptions, wire::CreateConcatenationOptions(n.fb(), 3));
    });
    list.add("reshape and transpose", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        const int t = n.inner({1, 4, 5, 6}, 0.03F, 3);
        n.b.op(wire::Kind_TRANSPOSE, {n.x, n.b.ints({0, 3, 2, 1})}, {t});
        n.b.op(wire::Kind_RESHAPE, {t, n.b.ints({4, 30})}, {n.out({4, 30}, 0.03F, 3)});
    });
    list.add("nearest", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_RESIZE_NEAREST_NEIGHBOR, {n.x, n.b.ints({12, 10})}, {n.out({1, 12, 10, 4}, 0.03F, 3)},
               wire::Options_NearestOptions, wire::CreateNearestOptions(n.fb(), false, true));
    });
    list.add("bilinear", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        n.b.op(wire::Kind_RESIZE_BILINEAR, {n.x, n.b.ints({9, 11})}, {n.out({1, 9, 11, 4}, 0.03F, 3)}, wire::Options_BilinearOptions,
               wire::CreateBilinearOptions(n.fb(), false, true));
    });
    list.add("squared difference", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        n.b.op(wire::Kind_SQUARED_DIFFERENCE, {n.x, n.input({1, 6, 5, 4}, 0.02F, -4)}, {n.out({1, 6, 5, 4}, 0.1F, -128)});
    }, true);
    list.add("inverse root", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        const int positive = n.inner({1, 6, 5, 4}, 0.03F, -128); // above zero, as the format demands
        n.b.op(wire::Kind_ADD, {n.x, n.input({1, 6, 5, 4}, 0.03F, -128)}, {positive}, wire::Options_AddOptions,
               wire::CreateAddOptions(n.fb(), wire::Activation_RELU));
        n.b.op(wire::Kind_RSQRT, {positive}, {n.out({1, 6, 5, 4}, 0.05F, -128)});
    }, true);
    list.add("other codes", {1, 6, 5, 4}, 0, [](CodeNet& n) { n.b.op(wire::Kind_QUANTIZE, {n.x}, {n.out({1, 6, 5, 4}, 0.07F, 1)}); });
    list.add("slopes of elements", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        n.b.op(wire::Kind_PRELU, {n.x, n.codes({6, 5, 4}, 0.004F, 2)}, {n.out({1, 6, 5, 4}, 0.03F, 3)});
    });
    list.add("maximum", {1, 6, 5, 4}, 0, [](CodeNet& n) {
        n.b.op(wire::Kind_MAXIMUM, {n.x, n.input({1, 6, 5, 4})}, {n.out({1, 6, 5, 4}, 0.03F, 3)});
    });
    list.add("numbers in between", {1, 6, 5, 4}, 1, [](CodeNet& n) {
        const int f = n.b.tensor({1, 6, 5, 4}), e = n.b.tensor({1, 6, 5, 4});
        n.b.op(wire::Kind_DEQUANTIZE, {n.x}, {f});
        n.b.op(wire::Kind_TANH, {f}, {e});
        n.b.op(wire::Kind_QUANTIZE, {e}, {n.out({1, 6, 5, 4}, 0.01F, 0)});
    });
}

} // namespace

std::vector<TfliteCase> integerTfliteCases() {
    CodeList list;
    products(list);
    elementwiseCodes(list);
    others(list);
    return std::move(list.cases);
}

} // namespace wb::test
