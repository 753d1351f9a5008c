// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/import/tflite_net.h"

#include <tuple>

namespace wb::test {
namespace {

using Ints = TfliteBuilder::Ints;

void convolutions(List& list) {
    const auto conv = [&](const char* name, wire::Border border, int stride, int dilation, wire::Activation act, Ints out) {
        list.add(name, {1, 6, 5, 4}, [=](Net& n) {
            n.b.op(wire::Kind_CONV_2D, {n.x, n.weight({7, 3, 2, 4}), n.weight({7})}, {n.out(out)}, wire::Options_ConvOptions,
                   wire::CreateConvOptions(n.fb(), border, stride, stride, act, dilation, dilation));
        });
    };
    conv("conv same", wire::Border_SAME, 1, 1, wire::Activation_NONE, {1, 6, 5, 7});
    conv("conv valid relu", wire::Border_VALID, 1, 1, wire::Activation_RELU, {1, 4, 4, 7});
    conv("conv stride same relu6", wire::Border_SAME, 2, 1, wire::Activation_RELU6, {1, 3, 3, 7});
    conv("conv dilation", wire::Border_SAME, 1, 2, wire::Activation_NONE, {1, 6, 5, 7});
    conv("conv relu n1 to 1", wire::Border_SAME, 1, 1, wire::Activation_RELU_N1_TO_1, {1, 6, 5, 7});
    conv("conv stride 3 valid", wire::Border_VALID, 3, 1, wire::Activation_NONE, {1, 2, 2, 7});
    for (const int multiplier : {1, 2})
        list.add("depthwise " + std::to_string(multiplier), {1, 6, 5, 4}, [=](Net& n) {
            const int c = 4 * multiplier;
            n.b.op(wire::Kind_DEPTHWISE_CONV_2D, {n.x, n.weight({1, 3, 3, c}), n.weight({c})}, {n.out({1, 3, 3, c})},
                   wire::Options_DepthwiseOptions,
                   wire::CreateDepthwiseOptions(n.fb(), wire::Border_SAME, 2, 2, multiplier, wire::Activation_RELU6));
        });
    list.add("transpose conv same", {1, 3, 4, 4}, [](Net& n) {
        n.b.op(wire::Kind_TRANSPOSE_CONV, {n.b.ints({1, 6, 8, 3}), n.weight({3, 3, 3, 4}), n.x}, {n.out({1, 6, 8, 3})},
               wire::Options_TransposeConvOptions, wire::CreateTransposeConvOptions(n.fb(), wire::Border_SAME, 2, 2));
    });
    list.add("transpose conv valid", {1, 3, 4, 4}, [](Net& n) {
        n.b.op(wire::Kind_TRANSPOSE_CONV, {n.b.ints({1, 7, 9, 3}), n.weight({3, 3, 3, 4}), n.x, n.weight({3})}, {n.out({1, 7, 9, 3})},
               wire::Options_TransposeConvOptions, wire::CreateTransposeConvOptions(n.fb(), wire::Border_VALID, 2, 2));
    });
    // 8 filters of 4 channels: single elements, and pairs of channels walked before the filters.
    const auto pointwise = [](Net& n, int stored) {
        const int filter = n.b.tensor({8, 1, 1, 4});
        n.b.op(wire::Kind_DENSIFY, {stored}, {filter});
        n.b.op(wire::Kind_CONV_2D, {n.x, filter, n.weight({8})}, {n.out({1, 6, 5, 8})}, wire::Options_ConvOptions,
               wire::CreateConvOptions(n.fb(), wire::Border_SAME, 1, 1));
    };
    list.add("sparse filter", {1, 6, 5, 4}, [=](Net& n) {
        pointwise(n, n.b.sparse({8, 1, 1, 4}, {1, -2, 3, 0.5F, 4, -1}, {0, 1, 2, 3}, {},
                                {{8}, {1}, {1}, {0, {0, 1, 1, 3, 3, 3, 5, 6, 6}, {3, 0, 2, 1, 3, 0}}}));
    });
    list.add("sparse filter in blocks", {1, 6, 5, 4}, [=](Net& n) {
        pointwise(n, n.b.sparse({8, 1, 1, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, 2, 3, 4}, {3},
                                {{8}, {1}, {1}, {0, {0, 1, 1, 2, 2, 2, 3, 4, 4}, {1, 0, 1, 0}}, {2}}));
    });
    list.add("space to batch around conv", {1, 6, 6, 4}, [](Net& n) {
        const int blocks = n.b.ints({2, 2}), border = n.b.constant<int32_t>({2, 2}, wire::Element_Int32, {2, 2, 2, 2});
        const int crop = n.b.constant<int32_t>({2, 2}, wire::Element_Int32, {0, 0, 0, 0});
        const int a = n.b.tensor({4, 5, 5, 4}), c = n.b.tensor({4, 3, 3, 5});
        n.b.op(wire::Kind_SPACE_TO_BATCH_ND, {n.x, blocks, border}, {a});
        n.b.op(wire::Kind_CONV_2D, {a, n.weight({5, 3, 3, 4}), n.weight({5})}, {c}, wire::Options_ConvOptions,
               wire::CreateConvOptions(n.fb(), wire::Border_VALID, 1, 1));
        n.b.op(wire::Kind_BATCH_TO_SPACE_ND, {c, blocks, crop}, {n.out({1, 6, 6, 5})});
    });
    list.add("space to batch and back", {1, 6, 5, 4}, [](Net& n) {
        const int blocks = n.b.ints({2, 3}), border = n.b.constant<int32_t>({2, 2}, wire::Element_Int32, {1, 1, 0, 1});
        const int crop = n.b.constant<int32_t>({2, 2}, wire::Element_Int32, {0, 1, 1, 0});
        const int a = n.b.tensor({6, 4, 2, 4}), c = n.b.tensor({6, 4, 2, 4});
        n.b.op(wire::Kind_SPACE_TO_BATCH_ND, {n.x, blocks, border}, {a});
        n.b.op(wire::Kind_TANH, {a}, {c});
        n.b.op(wire::Kind_BATCH_TO_SPACE_ND, {c, blocks, crop}, {n.out({1, 7, 5, 4})});
    });
    list.add("fully connected on a picture", {2, 3, 2, 4}, [](Net& n) {
        const int p = n.b.tensor({2, 3, 2, 4});
        n.b.op(wire::Kind_AVERAGE_POOL_2D, {n.x}, {p}, wire::Options_PoolOptions,
               wire::CreatePoolOptions(n.fb(), wire::Border_SAME, 1, 1, 2, 2));
        n.b.op(wire::Kind_FULLY_CONNECTED, {p, n.weight({5, 24}), n.weight({5})}, {n.out({2, 5})},
               wire::Options_FullyConnectedOptions, wire::CreateFullyConnectedOptions(n.fb(), wire::Activation_RELU));
    });
    list.add("fully connected keeps axes", {2, 3, 4}, [](Net& n) {
        n.b.op(wire::Kind_FULLY_CONNECTED, {n.x, n.weight({5, 4}), -1}, {n.out({2, 3, 5})}, wire::Options_FullyConnectedOptions,
               wire::CreateFullyConnectedOptions(n.fb(), wire::Activation_NONE, 0, true));
    });
    list.add("batch matmul", {2, 3, 4}, [](Net& n) {
        const int y = n.input({2, 5, 4});
        n.b.op(wire::Kind_BATCH_MATMUL, {n.x, y}, {n.out({2, 3, 5})}, wire::Options_BatchMatMulOptions,
               wire::CreateBatchMatMulOptions(n.fb(), false, true));
    });
}

void elementwise(List& list) {
    const std::pair<int, const char*> functions[] = {
        {wire::Kind_LOGISTIC, "logistic"}, {wire::Kind_TANH, "tanh"}, {wire::Kind_RELU, "relu"}, {wire::Kind_RELU6, "relu6"},
        {wire::Kind_RELU_N1_TO_1, "relu n1 to 1"}, {wire::Kind_HARD_SWISH, "hard swish"}, {wire::Kind_ABS, "abs"},
        {wire::Kind_EXP, "exp"}, {wire::Kind_NEG, "neg"}, {wire::Kind_SQUARE, "square"}, {wire::Kind_FLOOR, "floor"},
        {wire::Kind_CEIL, "ceil"}, {wire::Kind_SIN, "sin"}, {wire::Kind_COS, "cos"}, {wire::Kind_ELU, "elu"},
        {wire::Kind_ROUND, "round"}};
    for (const auto& [kind, name] : functions)
        list.add(name, {1, 6, 5, 4}, [kind = kind](Net& n) { n.b.op(kind, {n.x}, {n.out({1, 6, 5, 4})}); });
    list.add("leaky relu", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_LEAKY_RELU, {n.x}, {n.out({1, 6, 5, 4})}, wire::Options_LeakyReluOptions,
               wire::CreateLeakyReluOptions(n.fb(), 0.2F));
    });
    list.add("prelu", {1, 6, 5, 4}, [](Net& n) { n.b.op(wire::Kind_PRELU, {n.x, n.weight({1, 1, 4})}, {n.out({1, 6, 5, 4})}); });
    list.add("add pictures relu", {1, 6, 5, 4}, [](Net& n) {
        const int y = n.input({1, 6, 5, 4});
        n.b.op(wire::Kind_ADD, {n.x, y}, {n.out({1, 6, 5, 4})}, wire::Options_AddOptions,
               wire::CreateAddOptions(n.fb(), wire::Activation_RELU));
    });
    list.add("mul channels", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_MUL, {n.x, n.weight({4})}, {n.out({1, 6, 5, 4})}, wire::Options_MulOptions, wire::CreateMulOptions(n.fb()));
    });
    list.add("sub from number", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_SUB, {n.b.floats({}, {0.75F}), n.x}, {n.out({1, 6, 5, 4})}, wire::Options_SubOptions,
               wire::CreateSubOptions(n.fb(), wire::Activation_RELU6));
    });
    list.add("div rows", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_DIV, {n.x, n.b.floats({5, 1}, {1, 2, 3, 4, 5})}, {n.out({1, 6, 5, 4})}, wire::Options_DivOptions,
               wire::CreateDivOptions(n.fb()));
    });
    list.add("mul computed channels", {1, 6, 5, 4}, [](Net& n) {
        const int y = n.input({4}), z = n.b.tensor({1, 6, 5, 4});
        n.b.op(wire::Kind_TANH, {n.x}, {z});
        n.b.op(wire::Kind_MUL, {z, y}, {n.out({1, 6, 5, 4})}, wire::Options_MulOptions, wire::CreateMulOptions(n.fb()));
    });
    list.add("maximum", {2, 3}, [](Net& n) { n.b.op(wire::Kind_MAXIMUM, {n.x, n.input({2, 3})}, {n.out({2, 3})}); });
    list.add("squared difference", {2, 3}, [](Net& n) {
        n.b.op(wire::Kind_SQUARED_DIFFERENCE, {n.x, n.input({2, 3})}, {n.out({2, 3})});
    });
    list.add("select by comparison", {1, 6, 5, 4}, [](Net& n) {
        const int y = n.input({1, 6, 5, 4}), less = n.b.tensor({1, 6, 5, 4}, wire::Element_Bool);
        n.b.op(wire::Kind_LESS, {n.x, y}, {less});
        n.b.op(wire::Kind_SELECT_V2, {less, n.x, n.b.floats({}, {0.25F})}, {n.out({1, 6, 5, 4})});
    });
    list.add("softmax of a picture", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_SOFTMAX, {n.x}, {n.out({1, 6, 5, 4})}, wire::Options_SoftmaxOptions, wire::CreateSoftmaxOptions(n.fb(), 1.5F));
    });
    list.add("log softmax", {3, 7}, [](Net& n) { n.b.op(wire::Kind_LOG_SOFTMAX, {n.x}, {n.out({3, 7})}); });
}

void windowsAndSizes(List& list) {
    const auto pool = [&](const char* name, int kind, wire::Border border, int filter, int stride, Ints out) {
        list.add(name, {1, 6, 5, 4}, [=](Net& n) {
            n.b.op(kind, {n.x}, {n.out(out)}, wire::Options_PoolOptions,
                   wire::CreatePoolOptions(n.fb(), border, stride, stride, filter, filter));
        });
    };
    pool("average pool same", wire::Kind_AVERAGE_POOL_2D, wire::Border_SAME, 3, 2, {1, 3, 3, 4});
    pool("average pool valid", wire::Kind_AVERAGE_POOL_2D, wire::Border_VALID, 2, 2, {1, 3, 2, 4});
    pool("max pool same", wire::Kind_MAX_POOL_2D, wire::Border_SAME, 3, 2, {1, 3, 3, 4});
    pool("max pool valid", wire::Kind_MAX_POOL_2D, wire::Border_VALID, 3, 1, {1, 4, 3, 4});
    const auto reduce = [&](const char* name, int kind, Ints axes, bool keep, Ints out) {
        list.add(name, {1, 6, 5, 4}, [=](Net& n) {
            n.b.op(kind, {n.x, n.b.ints(axes)}, {n.out(out)}, wire::Options_ReducerOptions, wire::CreateReducerOptions(n.fb(), keep));
        });
    };
    reduce("mean of pixels", wire::Kind_MEAN, {1, 2}, false, {1, 4});
    reduce("mean of pixels kept", wire::Kind_MEAN, {1, 2}, true, {1, 1, 1, 4});
    reduce("sum of channels", wire::Kind_SUM, {-1}, false, {1, 6, 5});
    reduce("max of rows", wire::Kind_REDUCE_MAX, {1}, false, {1, 5, 4});
    reduce("min of everything", wire::Kind_REDUCE_MIN, {0, 1, 2, 3}, false, {});
    for (const bool nearest : {false, true})
        for (int corners = 0; corners < 3; ++corners)
            for (const Ints& size : {Ints{12, 10}, Ints{9, 7}, Ints{3, 4}}) {
                const std::string name = std::string(nearest ? "nearest " : "bilinear ") +
                                         (corners == 0 ? "plain " : corners == 1 ? "aligned " : "half ") +
                                         std::to_string(size[0]) + "x" + std::to_string(size[1]);
                list.add(name, {1, 6, 5, 4}, [=](Net& n) {
                    const int out = n.out({1, size[0], size[1], 4});
                    if (nearest)
                        n.b.op(wire::Kind_RESIZE_NEAREST_NEIGHBOR, {n.x, n.b.ints(size)}, {out}, wire::Options_NearestOptions,
                               wire::CreateNearestOptions(n.fb(), corners == 1, corners == 2));
                    else
                        n.b.op(wire::Kind_RESIZE_BILINEAR, {n.x, n.b.ints(size)}, {out}, wire::Options_BilinearOptions,
                               wire::CreateBilinearOptions(n.fb(), corners == 1, corners == 2));
                });
            }
    const auto border = [](Net& n, const Ints& rows) { return n.b.constant<int32_t>({static_cast<int>(rows.size()) / 2, 2}, wire::Element_Int32, rows); };
    list.add("pad", {1, 6, 5, 4}, [=](Net& n) {
        n.b.op(wire::Kind_PAD, {n.x, border(n, {0, 0, 1, 2, 0, 3, 1, 0})}, {n.out({1, 9, 8, 5})});
    });
    list.add("padv2", {2, 3}, [=](Net& n) {
        n.b.op(wire::Kind_PADV2, {n.x, border(n, {1, 0, 0, 2}), n.b.floats({1}, {-2.5F})}, {n.out({3, 5})});
    });
    list.add("mirror pad reflect", {1, 6, 5, 4}, [=](Net& n) {
        n.b.op(wire::Kind_MIRROR_PAD, {n.x, border(n, {0, 0, 2, 1, 3, 0, 0, 0})}, {n.out({1, 9, 8, 4})}, wire::Options_MirrorPadOptions,
               wire::CreateMirrorPadOptions(n.fb(), wire::Mirror_REFLECT));
    });
    list.add("mirror pad symmetric", {1, 6, 5, 4}, [=](Net& n) {
        n.b.op(wire::Kind_MIRROR_PAD, {n.x, border(n, {0, 0, 2, 1, 3, 0, 0, 0})}, {n.out({1, 9, 8, 4})}, wire::Options_MirrorPadOptions,
               wire::CreateMirrorPadOptions(n.fb(), wire::Mirror_SYMMETRIC));
    });
}

void movement(List& list) {
    list.add("reshape a picture", {1, 6, 5, 4}, [](Net& n) {
        const int y = n.b.tensor({1, 6, 5, 4});
        n.b.op(wire::Kind_TANH, {n.x}, {y});
        n.b.op(wire::Kind_RESHAPE, {y, n.b.ints({1, -1, 2})}, {n.out({1, 60, 2})});
    });
    list.add("reshape by options", {2, 6}, [](Net& n) {
        const auto shape = n.fb().CreateVector(std::vector<int32_t>{3, 4});
        n.b.op(wire::Kind_RESHAPE, {n.x}, {n.out({3, 4})}, wire::Options_ReshapeOptions, wire::CreateReshapeOptions(n.fb(), shape));
    });
    list.add("reshape computed from a shape", {1, 6, 5, 4}, [](Net& n) {
        const int shape = n.b.tensor({4}, wire::Element_Int32), batch = n.b.tensor({}, wire::Element_Int32),
                  wanted = n.b.tensor({2}, wire::Element_Int32);
        n.b.op(wire::Kind_SHAPE, {n.x}, {shape}, wire::Options_ShapeOptions, wire::CreateShapeOptions(n.fb(), wire::Element_Int32));
        n.b.op(wire::Kind_STRIDED_SLICE, {shape, n.b.ints({0}), n.b.ints({1}), n.b.ints({1})}, {batch}, wire::Options_StridedSliceOptions,
               wire::CreateStridedSliceOptions(n.fb(), 0, 0, 0, 0, 1));
        n.b.op(wire::Kind_PACK, {batch, n.b.scalar(-1)}, {wanted}, wire::Options_PackOptions, wire::CreatePackOptions(n.fb(), 2, 0));
        n.b.op(wire::Kind_RESHAPE, {n.x, wanted}, {n.out({1, 120})});
    });
    list.add("squeeze", {1, 6, 1, 4}, [](Net& n) {
        const auto axes = n.fb().CreateVector(std::vector<int32_t>{2});
        n.b.op(wire::Kind_SQUEEZE, {n.x}, {n.out({1, 6, 4})}, wire::Options_SqueezeOptions, wire::CreateSqueezeOptions(n.fb(), axes));
    });
    list.add("expand dims", {2, 3}, [](Net& n) { n.b.op(wire::Kind_EXPAND_DIMS, {n.x, n.b.scalar(-1)}, {n.out({2, 3, 1})}); });
    for (const Ints& order : {Ints{0, 3, 1, 2}, Ints{0, 2, 1, 3}, Ints{3, 2, 1, 0}, Ints{0, 1, 2, 3}}) {
        const Ints x{1, 6, 5, 4};
        Ints out;
        for (const int axis : order)
            out.push_back(x[static_cast<size_t>(axis)]);
        list.add("transpose " + std::to_string(order[1]) + std::to_string(order[2]) + std::to_string(order[3]), x, [=](Net& n) {
            const int t = n.b.tensor(out);
            n.b.op(wire::Kind_TRANSPOSE, {n.x, n.b.ints(order)}, {t});
            n.b.op(wire::Kind_TANH, {t}, {n.out(out)});
        });
    }
    list.add("concat channels", {1, 6, 5, 4}, [](Net& n) {
        const int y = n.input({1, 6, 5, 3});
        n.b.op(wire::Kind_CONCATENATION, {n.x, y}, {n.out({1, 6, 5, 7})}, wire::Options_ConcatenationOptions,
               wire::CreateConcatenationOptions(n.fb(), 3));
    });
    list.add("concat rows", {2, 3, 4}, [](Net& n) {
        n.b.op(wire::Kind_CONCATENATION, {n.x, n.input({2, 1, 4})}, {n.out({2, 4, 4})}, wire::Options_ConcatenationOptions,
               wire::CreateConcatenationOptions(n.fb(), -2));
    });
    list.add("pack", {2, 3}, [](Net& n) {
        n.b.op(wire::Kind_PACK, {n.x, n.input({2, 3})}, {n.out({2, 2, 3})}, wire::Options_PackOptions, wire::CreatePackOptions(n.fb(), 2, 1));
    });
    list.add("unpack", {2, 3, 4}, [](Net& n) {
        const int a = n.out({2, 4}), b = n.out({2, 4}), c = n.out({2, 4});
        n.b.op(wire::Kind_UNPACK, {n.x}, {a, b, c}, wire::Options_UnpackOptions, wire::CreateUnpackOptions(n.fb(), 3, 1));
    });
    list.add("split channels", {1, 6, 5, 4}, [](Net& n) {
        const int a = n.out({1, 6, 5, 2}), b = n.out({1, 6, 5, 2});
        n.b.op(wire::Kind_SPLIT, {n.b.scalar(3), n.x}, {a, b}, wire::Options_SplitOptions, wire::CreateSplitOptions(n.fb(), 2));
    });
    list.add("split v", {1, 6, 5, 4}, [](Net& n) {
        const int a = n.out({1, 1, 5, 4}), b = n.out({1, 5, 5, 4});
        n.b.op(wire::Kind_SPLIT_V, {n.x, n.b.ints({1, -1}), n.b.scalar(1)}, {a, b}, wire::Options_SplitVOptions,
               wire::CreateSplitOptions(n.fb(), 2).Union());
    });
    list.add("slice", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_SLICE, {n.x, n.b.ints({0, 1, 0, 2}), n.b.ints({1, 3, -1, 1})}, {n.out({1, 3, 5, 1})});
    });
    list.add("strided slice", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_STRIDED_SLICE, {n.x, n.b.ints({0, -1, 0, 1}), n.b.ints({1, 0, 5, 4}), n.b.ints({1, -2, 1, 2})},
               {n.out({1, 3, 5, 2})}, wire::Options_StridedSliceOptions, wire::CreateStridedSliceOptions(n.fb(), 1, 1 | 2));
    });
    list.add("strided slice drops an axis", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_STRIDED_SLICE, {n.x, n.b.ints({0, 2, 0, 0}), n.b.ints({1, 3, 5, 4}), n.b.ints({1, 1, 1, 1})},
               {n.out({1, 5, 4})}, wire::Options_StridedSliceOptions, wire::CreateStridedSliceOptions(n.fb(), 0, 0, 0, 0, 2));
    });
    list.add("reverse", {1, 6, 5, 4}, [](Net& n) { n.b.op(wire::Kind_REVERSE_V2, {n.x, n.b.ints({1})}, {n.out({1, 6, 5, 4})}); });
    list.add("reverse the last of three axes", {6, 5, 4}, [](Net& n) { n.b.op(wire::Kind_REVERSE_V2, {n.x, n.b.ints({-1})}, {n.out({6, 5, 4})}); });
    list.add("gather channels", {1, 6, 5, 4}, [](Net& n) {
        n.b.op(wire::Kind_GATHER, {n.x, n.b.ints({3, 0, 3})}, {n.out({1, 6, 5, 3})}, wire::Options_GatherOptions,
               wire::CreateGatherOptions(n.fb(), 3));
    });
    list.add("tile", {2, 3}, [](Net& n) { n.b.op(wire::Kind_TILE, {n.x, n.b.ints({2, 1})}, {n.out({4, 3})}); });
    list.add("depth to space", {1, 3, 2, 8}, [](Net& n) {
        n.b.op(wire::Kind_DEPTH_TO_SPACE, {n.x}, {n.out({1, 6, 4, 2})}, wire::Options_DepthToSpaceOptions,
               wire::CreateBlockOptions(n.fb(), 2).Union());
    });
    list.add("space to depth", {1, 6, 4, 2}, [](Net& n) {
        n.b.op(wire::Kind_SPACE_TO_DEPTH, {n.x}, {n.out({1, 3, 2, 8})}, wire::Options_SpaceToDepthOptions,
               wire::CreateBlockOptions(n.fb(), 2).Union());
    });
}

/// Boxes at anchors; more of them than are kept, so that every row of the result is used.
void detections(List& list) {
    for (const auto& [name, labels, byClass] :
         {std::tuple("detection", 1, false), std::tuple("detection two labels", 2, false), std::tuple("detection by class", 1, true)})
        list.add(name, {1, 12, 4}, [labels = labels, byClass = byClass](Net& n) {
            std::vector<float> anchors;
            for (int i = 0; i < 12; ++i)
                for (const float v : {0.1F * static_cast<float>(i % 4), 0.3F * static_cast<float>(i / 4), 0.11F + 0.01F * static_cast<float>(i), 0.2F})
                    anchors.push_back(v);
            const int scores = n.input({1, 12, 4}), kept = 3 * labels;
            n.b.custom("TFLite_Detection_PostProcess", {n.x, scores, n.b.floats({12, 4}, anchors)},
                       {n.out({1, kept, 4}), n.out({1, kept}), n.out({1, kept}), n.out({1})}, detectionOptions(3, labels, 3, byClass));
        });
}

} // namespace

std::vector<TfliteCase> floatTfliteCases() {
    List list;
    convolutions(list);
    elementwise(list);
    windowsAndSizes(list);
    movement(list);
    detections(list);
    addSequences(list);
    addControl(list);
    return std::move(list.cases);
}

} // namespace wb::test
