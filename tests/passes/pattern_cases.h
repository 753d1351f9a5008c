// SPDX-License-Identifier: GPL-3.0-or-later
// Small networks, one a pattern, with what the vendor's 1.30.2 makes of them: ops, names and
// shapes. Where it would change the numbers (strided pointwise convolutions, zero borders before
// signed maxima) the pattern is expected to stay.
#pragma once

#include "tests/import/onnx_builder.h"

#include <functional>

namespace wb::test {

struct PatternCase {
    const char* name;
    std::function<void(OnnxBuilder&)> make; ///< the last node's first output is returned
    const char* expected;
};

using Ints = OnnxBuilder::Ints;

inline const Ints kOnes{1, 1, 1, 1};

/// (x - mean) / √(mean((x - mean)²) + ε)
inline std::string writtenNorm(OnnxBuilder& b, const Ints& axes, const char* name) {
    const auto c = b.node("Sub", {"x", b.node("ReduceMean", {"x"}, "m", {{"axes", axes}})}, "c");
    const auto v = b.node("ReduceMean", {b.node("Pow", {c, b.scalar(2)}, "p")}, "v", {{"axes", axes}});
    return b.node("Div", {c, b.node("Sqrt", {b.node("Add", {v, b.scalar(1e-5F)}, "e")}, "s")}, name);
}

inline std::vector<PatternCase> patternCases() {
    const auto pc = [](OnnxBuilder& b) { return b.weight({1, 4, 1, 1}); };
    return {
        {"conv-bn",
         [](auto& b) { b.node("Sigmoid", {b.batchNorm(b.conv("x", "c", 4, 4, 1), "n", 4)}, "y"); },
         "Conv c_Conv 1x4x8x8\nSigmoid y_Sigmoid 1x4x8x8\n"},
        {"conv-bn-returned",
         [](auto& b) { b.batchNorm(b.conv("x", "c", 4, 4, 1, {}, false), "y", 4); },
         "Conv y_Conv 1x4x8x8\n"},
        {"conv-bn-relu",
         [](auto& b) { b.node("Relu", {b.batchNorm(b.conv("x", "c", 4, 4, 1), "n", 4)}, "y"); },
         "Conv y_Relu 1x4x8x8 relu\n"},
        {"relu-relu6",
         [](auto& b) {
             b.node("Clip",
                    {b.node("Relu", {b.conv("x", "c", 4, 4, 1)}, "r"), b.scalar(0), b.scalar(6)},
                    "y");
         },
         "Conv y_Clip 1x4x8x8 relu\n"},
        {"pointwise-then-3x3", [](auto& b) { b.conv(b.conv("x", "a", 4, 4, 1), "y", 4, 4, 3); },
         "Conv y_Conv 1x4x6x6\n"},
        {"pointwise-then-padded",
         [](auto& b) {
             b.conv(b.conv("x", "a", 4, 4, 1), "y", 4, 4, 3, {{"pads", kOnes}});
         },
         "Conv a_Conv 1x4x8x8\nConv y_Conv 1x4x8x8\n"},
        {"strided-pointwise-stays",
         [](auto& b) {
             b.conv(b.conv("x", "a", 4, 4, 1, {{"strides", Ints{2, 2}}}), "y", 4, 4, 3);
         },
         "Conv a_Conv 1x4x4x4\nConv y_Conv 1x4x2x2\n"},
        {"conv-times-number",
         [](auto& b) {
             b.node("Mul", {b.conv("x", "c", 4, 4, 1), b.scalar(3)}, "y");
         },
         "Conv y_Mul 1x4x8x8\n"},
        {"conv-plus-number",
         [](auto& b) {
             b.node("Add", {b.conv("x", "c", 4, 4, 1), b.scalar(3)}, "y");
         },
         "Conv c_Conv 1x4x8x8\nAddConst y_Add 1x4x8x8\n"},
        {"const-relu",
         [](auto& b) {
             b.node("Relu", {b.node("Add", {b.node("Tanh", {"x"}, "t"), b.scalar(-0.2F)}, "a")},
                    "y");
         },
         "Tanh t_Tanh 1x4x8x8\nAddConst y_Relu 1x4x8x8 relu\n"},
        {"neutral",
         [](auto& b) {
             b.node("Tanh",
                    {b.node("Add", {b.node("Mul", {"x", b.scalar(1)}, "m"), b.scalar(0)}, "a")},
                    "y");
         },
         "Tanh y_Tanh 1x4x8x8\n"},
        {"weight-first",
         [](auto& b) {
             b.node("Sub", {b.scalar(2), "x"}, "y");
         },
         "SubConst y_Sub 1x4x8x8\n"},
        {"scale",
         [pc](auto& b) {
             b.node("Mul", {"x", pc(b)}, "y");
         },
         "Scale y_Mul 1x4x8x8\n"},
        {"scale-3d",
         [](auto& b) {
             b.node("Mul", {"x", b.weight({4, 1, 1})}, "y");
         },
         "Scale y_Mul 1x4x8x8\n"},
        {"row-weights-stay",
         [](auto& b) {
             b.node("Mul", {"x", b.weight({8, 1})}, "y");
         },
         "Mul y_Mul 1x4x8x8\n"},
        {"scale-scale-relu",
         [pc](auto& b) {
             b.node("Relu", {b.node("Add", {b.node("Mul", {"x", pc(b)}, "m"), pc(b)}, "a")}, "y");
         },
         "Scale y_Relu 1x4x8x8 relu\n"},
        {"bn-alone", [](auto& b) { b.batchNorm("x", "y", 4); },
         "Scale y_BatchNormalization 1x4x8x8\n"},
        {"conv-scale-stays",
         [pc](auto& b) {
             b.node("Mul", {b.conv("x", "c", 4, 4, 1), pc(b)}, "y");
         },
         "Conv c_Conv 1x4x8x8\nScale y_Mul 1x4x8x8\n"},
        {"silu",
         [](auto& b) {
             b.node("Mul", {"x", b.node("Sigmoid", {"x"}, "s")}, "y");
         },
         "SiLU y_Mul 1x4x8x8\n"},
        {"silu-shared-sigmoid",
         [](auto& b) {
             b.node("Add", {b.node("Mul", {"x", b.node("Sigmoid", {"x"}, "s")}, "m"), "s"}, "y");
         },
         "Sigmoid s_Sigmoid 1x4x8x8\nMul m_Mul 1x4x8x8\nAdd y_Add 1x4x8x8\n"},
        {"hard-swish",
         [](auto& b) {
             b.node("Clip", {b.node("Add", {"x", b.scalar(3)}, "a"), b.scalar(0), b.scalar(6)},
                    "c");
             b.node("Div", {b.node("Mul", {"x", "c"}, "m"), b.scalar(6)}, "y");
         },
         "HardSwish y_HardSwish 1x4x8x8\n"},
        {"hard-sigmoid",
         [](auto& b) {
             b.node("Clip", {b.node("Add", {"x", b.scalar(3)}, "a"), b.scalar(0), b.scalar(6)},
                    "c");
             b.node("Div", {"c", b.scalar(6)}, "y");
         },
         "HardSigmoid y_HardSigmoid 1x4x8x8\n"},
        {"hard-swish-native-sigmoid",
         [](auto& b) {
             b.node("Mul", {"x", b.node("HardSigmoid", {"x"}, "h", {{"alpha", 1.0 / 6}})}, "y");
         },
         "HardSwish y_HardSwish 1x4x8x8\n"},
        {"gelu",
         [](auto& b) {
             b.node("Add",
                    {b.node("Erf", {b.node("Div", {"x", b.scalar(1.4142135F)}, "d")}, "e"),
                     b.scalar(1)},
                    "a");
             b.node("Mul", {b.node("Mul", {"x", "a"}, "m"), b.scalar(0.5F)}, "y");
         },
         "GELU y_GELU 1x4x8x8\n"},
        {"concat-relu",
         [](auto& b) {
             b.node("Relu",
                    {b.node("Concat", {b.conv("x", "a", 4, 4, 1), b.conv("x", "c", 4, 4, 1)}, "j",
                            {{"axis", int64_t{1}}})},
                    "y");
         },
         "Conv a_Conv_move_ahead_relu 1x4x8x8 relu\nConv c_Conv_move_ahead_relu 1x4x8x8 "
         "relu\nConcat j_Concat_relu 1x8x8x8\n"},
        {"concat-tanh-relu",
         [](auto& b) {
             b.node("Relu",
                    {b.node("Concat", {b.conv("x", "a", 4, 4, 1), b.node("Tanh", {"x"}, "t")}, "j",
                            {{"axis", int64_t{1}}})},
                    "y");
         },
         "Conv a_Conv 1x4x8x8\nTanh t_Tanh 1x4x8x8\nConcat j_Concat 1x8x8x8\nRelu y_Relu "
         "1x8x8x8\n"},
        {"div-relu-stays",
         [](auto& b) {
             b.node("Relu", {b.node("Div", {"x", b.node("Exp", {"x"}, "e")}, "d")}, "y");
         },
         "Exp e_Exp 1x4x8x8\nDiv d_Div 1x4x8x8\nRelu y_Relu 1x4x8x8\n"},
        {"pad-conv",
         [](auto& b) {
             b.conv(b.node("Pad", {"x", b.ints({0, 0, 1, 2, 0, 0, 1, 2})}, "p"), "y", 4, 4, 3);
         },
         "Conv y_Conv 1x4x8x10\n"},
        {"pad-maxpool-signed-stays",
         [](auto& b) {
             b.node("MaxPool", {b.node("Pad", {"x", b.ints({0, 0, 1, 1, 0, 0, 1, 1})}, "p")}, "y",
                    {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}});
         },
         "Pad p_Pad 1x4x10x10\nMaxPool y_MaxPool 1x4x4x4\n"},
        {"pad-maxpool-after-relu",
         [](auto& b) {
             b.node("MaxPool",
                    {b.node("Pad", {b.node("Relu", {"x"}, "r"), b.ints({0, 0, 1, 1, 0, 0, 1, 1})},
                            "p")},
                    "y", {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}});
         },
         "Relu r_Relu 1x4x8x8\nMaxPool y_MaxPool 1x4x4x4\n"},
        {"reshapes",
         [](auto& b) {
             b.node("Reshape",
                    {b.node("Reshape", {"x", b.ints({1, 4, 64})}, "a"), b.ints({0, 8, -1})}, "y");
         },
         "Reshape y_Reshape 1x8x32\n"},
        {"reshape-nothing",
         [](auto& b) {
             b.node("Tanh", {b.node("Reshape", {"x", b.ints({1, 4, 8, 8})}, "a")}, "y");
         },
         "Tanh y_Tanh 1x4x8x8\n"},
        {"layer-norm",
         [](auto& b) {
             const auto q = writtenNorm(b, {-1}, "q");
             b.node("Add", {b.node("Mul", {q, b.weight({8})}, "t"), b.weight({8})}, "y");
         },
         "LayerNorm y_LayerNormalization 1x4x8x8\n"},
        {"layer-norm-plain", [](auto& b) { b.node("Sigmoid", {writtenNorm(b, {-2, -1}, "q")}, "y"); },
         "LayerNorm q_LayerNormalization 1x4x8x8\nSigmoid y_Sigmoid 1x4x8x8\n"},
        {"layer-norm-without-offset",
         [](auto& b) {
             b.node("Mul", {writtenNorm(b, {-1}, "q"), b.weight({8})}, "y");
         },
         "LayerNorm q_LayerNormalization 1x4x8x8\nMul y_Mul 1x4x8x8\n"},
        {"permutes",
         [](auto& b) {
             b.node("Transpose", {b.node("Transpose", {"x"}, "a", {{"perm", Ints{0, 2, 3, 1}}})},
                    "y", {{"perm", Ints{0, 2, 1, 3}}});
         },
         "Permute y_Transpose 1x8x8x4\n"},
        {"pixel-shuffle",
         [](auto& b) {
             b.node("Reshape", {"x", b.ints({1, 1, 2, 2, 8, 8})}, "a");
             b.node("Transpose", {"a"}, "t", {{"perm", Ints{0, 1, 4, 2, 5, 3}}});
             b.node("Reshape", {"t", b.ints({1, 1, 16, 16})}, "y");
         },
         "Depth2Space y_Reshape 1x1x16x16\n"},
        {"channel-shuffle-stays",
         [](auto& b) {
             b.node("Reshape", {"x", b.ints({1, 2, 2, 8, 8})}, "a");
             b.node("Transpose", {"a"}, "t", {{"perm", Ints{0, 2, 1, 3, 4}}});
             b.node("Reshape", {"t", b.ints({1, 4, 8, 8})}, "y");
         },
         "Reshape a_Reshape 1x2x2x8x8\nPermute t_Transpose 1x2x2x8x8\nReshape y_Reshape 1x4x8x8\n"},
        {"focus",
         [](auto& b) {
             const auto part = [&](int64_t r, int64_t c, const char* name) {
                 return b.node("Slice",
                               {"x", b.ints({r, c}), b.ints({INT64_MAX, INT64_MAX}), b.ints({2, 3}),
                                b.ints({2, 2})},
                               name);
             };
             b.node("Concat", {part(0, 0, "p"), part(1, 0, "q"), part(0, 1, "r"), part(1, 1, "s")},
                    "j", {{"axis", int64_t{1}}});
             b.conv("j", "y", 16, 2, 3);
         },
         "Depth2Space j_Concat_r_Depth2Space 1x16x4x4\nConv y_Conv 1x2x2x2\n"},
        {"global-pool", [](auto& b) { b.node("GlobalAveragePool", {"x"}, "y"); },
         "AvgPool y_GlobalAveragePool 1x4x1x1\n"},
        {"mean-hw",
         [](auto& b) {
             b.node("ReduceMean", {"x"}, "y", {{"axes", Ints{2, 3}}, {"keepdims", int64_t{0}}});
         },
         "AvgPool y_ReduceMean 1x4\n"},
        {"mean-c-stays",
         [](auto& b) {
             b.node("ReduceMean", {"x"}, "y", {{"axes", Ints{1}}});
         },
         "Reduce y_ReduceMean 1x1x8x8\n"},
        {"max-hw",
         [](auto& b) {
             b.node("ReduceMax", {"x"}, "y", {{"axes", Ints{2, 3}}});
         },
         "MaxPool y_ReduceMax 1x4x1x1\n"},
        {"upsample",
         [](auto& b) {
             b.node("Resize", {"x", "", b.weight({4}, {1, 1, 2, 2})}, "y");
         },
         "Upsample y_Resize 1x4x16x16\n"},
        {"sized-nearest",
         [](auto& b) {
             b.node("Resize", {"x", "", "", b.ints({1, 4, 16, 16})}, "y",
                    {{"coordinate_transformation_mode", std::string("asymmetric")},
                     {"nearest_mode", std::string("floor")}});
         },
         "Upsample y_Resize 1x4x16x16\n"},
        {"unequal-nearest-stays",
         [](auto& b) {
             b.node("Resize", {"x", "", b.weight({4}, {1, 1, 2, 3})}, "y");
         },
         "Interp y_Resize 1x4x16x24\n"},
        {"slices",
         [](auto& b) {
             b.node("Slice", {"x", b.ints({1}), b.ints({7}), b.ints({2})}, "a");
             b.node("Slice", {"a", b.ints({2, -3}), b.ints({5, 100}), b.ints({2, 3})}, "y");
         },
         "Slice y_Slice 1x4x3x3\n"},
        {"expand",
         [](auto& b) {
             b.node("Expand", {"x", b.ints({2, 4, 8, 8})}, "y");
         },
         "Tile y_Expand 2x4x8x8\n"},
        {"gather-one",
         [](auto& b) {
             b.node("Constant", {}, "i", {{"value_int", int64_t{1}}});
             b.node("Gather", {"x", "i"}, "y", {{"axis", int64_t{1}}});
         },
         "Slice y_Gather_slice 1x1x8x8\nSqueeze y_Gather 1x8x8\n"},
        {"gather-strided",
         [](auto& b) {
             b.node("Gather", {"x", b.ints({0, 2})}, "y", {{"axis", int64_t{1}}});
         },
         "Slice y_Gather 1x2x8x8\n"},
        {"gather-any-stays",
         [](auto& b) {
             b.node("Gather", {"x", b.ints({2, 0, 3})}, "y", {{"axis", int64_t{1}}});
         },
         "Gather y_Gather 1x3x8x8\n"},
        {"matmul-add",
         [](auto& b) {
             b.node("Flatten", {"x"}, "f");
             b.node("Add", {b.node("MatMul", {"f", b.weight({256, 6})}, "m"), b.weight({6})}, "y");
         },
         "Reshape f_Flatten 1x256\nMatMul y_Gemm 1x6\n"},
        {"matmul-add-4d",
         [](auto& b) {
             b.node("Add", {b.node("MatMul", {"x", b.weight({8, 5})}, "m"), b.weight({5})}, "y");
         },
         "MatMul y_Add 1x4x8x5\n"},
    };
}

} // namespace wb::test
