// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/interop/chip_cases.h"

namespace wb::test {
namespace {

using Ints = OnnxBuilder::Ints;
constexpr int kSide = kChipCaseSide;

OnnxBuilder::Attributes window(const Ints& kernel, const Ints& strides, const Ints& pads = {0, 0, 0, 0}, int64_t group = 1) {
    OnnxBuilder::Attributes a{{"kernel_shape", kernel}, {"strides", strides}, {"pads", pads}};
    if (group > 1) a.emplace_back("group", group);
    return a;
}

void convolutions(ChipCase& c) {
    c.conv("x", "c1", {6, 4, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}});
    c.relu("Conv", {"x", c.numbers({6, 4, 3, 3}), c.numbers({6})}, "c2", {{"pads", Ints{0, 1, 1, 0}}, {"strides", Ints{2, 2}}});
    c.conv("x", "c3", {4, 1, 3, 3}, {{"group", int64_t{4}}});
    c.add("Conv", {"c2", c.numbers({4, 3, 2, 2})}, "c4", {{"group", int64_t{2}}});
    c.add("Conv", {"x", c.numbers({6, 4, 3, 3}, 0, 1), c.numbers({6})}, "c5", {{"dilations", Ints{2, 2}}});
    c.add("ConvTranspose", {"x", c.numbers({4, 5, 3, 3}), c.numbers({5})}, "d1", window({3, 3}, {2, 2}, {1, 1, 1, 1}));
    c.add("ConvTranspose", {"x", c.numbers({4, 1, 2, 2}), c.numbers({4})}, "d2", window({2, 2}, {2, 2}, {0, 0, 0, 0}, 4));
    c.add("ConvTranspose", {"x", c.numbers({4, 3, 3, 3}), c.numbers({6})}, "d3", window({3, 3}, {2, 2}, {1, 1, 1, 1}, 2));
    c.add("ConvTranspose", {"x", c.numbers({4, 2, 2, 2}), c.numbers({8})}, "d4", window({2, 2}, {2, 2}, {0, 0, 0, 0}, 4));
    // Padding and dilation above 15, which CV18xx takes apart.
    c.conv("x", "o1", {4, 4, 3, 3}, {{"dilations", Ints{16, 16}}, {"pads", Ints{16, 16, 16, 16}}});
    c.add("Conv", {"x", c.numbers({4, 4, 33, 33}, -0.1F, 0.1F), c.numbers({4})}, "o2", {{"pads", Ints{16, 16, 16, 16}}});
    c.conv("x", "o3", {4, 1, 3, 3}, {{"dilations", Ints{18, 18}}, {"pads", Ints{18, 18, 18, 18}}, {"group", int64_t{4}}});
    c.conv("x", "o4", {4, 4, 3, 3}, {{"dilations", Ints{3, 17}}, {"pads", Ints{2, 17, 5, 17}}, {"strides", Ints{2, 2}}});
}

void scales(ChipCase& c) {
    c.smaller("x", "m");
    const auto norm = [&] {
        return std::vector<std::string>{c.numbers({4}), c.numbers({4}), c.numbers({4}), c.numbers({4}, 0.5F, 1)};
    };
    const auto with = [](std::string in, std::vector<std::string> rest) {
        rest.insert(rest.begin(), std::move(in));
        return rest;
    };
    c.add("BatchNormalization", with("m", norm()), "s1");
    c.relu("BatchNormalization", with("m", norm()), "s2");
    c.add("Mul", {"m", c.numbers({1, 4, 1, 1})}, "s3");
    c.add("Add", {"m", c.numbers({1, 4, 1, 1}, -3, 3)}, "s4");
    c.add("Mul", {"m", c.net.weight({1, 4, 1, 1}, {0.001F, 40, 0, -0.3F})}, "s5");
    c.add("Relu", {"x"}, "p");
    c.smaller("p", "q");
    c.add("BatchNormalization", with("q", norm()), "s6");
    c.add("Add", {"q", c.numbers({1, 4, 1, 1}, 20, 30)}, "s7");
}

void numbersOfOne(ChipCase& c) {
    c.smaller("x", "m");
    c.add("Relu", {"m"}, "p");
    int index = 0;
    for (const auto& [kind, in, number] :
         {std::tuple{"Add", "m", 0.7F}, {"Add", "m", -3.2F}, {"Add", "p", 0.3F}, {"Add", "p", -0.9F}, {"Add", "m", 100.0F},
          {"Sub", "m", 0.4F}, {"Mul", "m", 0.37F}, {"Mul", "m", -2.5F}, {"Mul", "p", 17.0F}, {"Mul", "p", -0.2F},
          {"Div", "m", 3.0F}, {"Max", "m", 0.5F}, {"Min", "m", 0.5F}, {"Max", "m", -20.0F}})
        c.add(kind, {in, c.net.scalar(number)}, "k" + std::to_string(index++));
    c.add("Sub", {c.net.scalar(0.4F), "m"}, "u1");
    c.add("Sub", {c.net.scalar(3.0F), "p"}, "u2");
    c.relu("Add", {"m", c.net.scalar(0.2F)}, "r1");
    c.relu("Mul", {"m", c.net.scalar(1.3F)}, "r2");
    c.add("Neg", {"m"}, "n1");
    c.add("Abs", {"m"}, "n2");
}

void pairs(ChipCase& c) {
    c.second();
    c.smaller("x", "a");
    c.smaller("y", "d");
    c.add("Relu", {"a"}, "p");
    c.add("Relu", {"d"}, "q");
    c.add("GlobalMaxPool", {"y"}, "g");
    const auto full = [&] { return c.numbers({1, 4, kSide / 2, kSide / 2}); };
    int index = 0;
    for (const char* kind : {"Add", "Sub", "Mul"}) {
        for (const auto& [one, other] : {std::pair{"a", "d"}, {"p", "q"}, {"a", "q"}, {"q", "a"}, {"a", "g"}, {"g", "a"}})
            c.add(kind, {one, other}, "b" + std::to_string(index++));
        c.add(kind, {"a", full()}, "b" + std::to_string(index++));
        c.relu(kind, {"d", "p"}, "b" + std::to_string(index++));
    }
    c.add("Mul", {"a", "a"}, "square");
    c.add("Sum", {"a", "d", "p"}, "three");
    c.add("Mul", {"a", c.net.node("Sigmoid", {"g"}, "gate_")}, "gated");
    c.add("Div", {"a", c.add("Abs", {"d"}, "size")}, "ratio");
    c.add("Concat", {"a", c.add("Mul", {"d", c.net.scalar(3)}, "d3")}, "joined", {{"axis", int64_t{1}}});
    c.add("Concat", {"a", "d"}, "below", {{"axis", int64_t{2}}});
}

/// Of operands that have other users and other scales; the vendor's tools compare their codes as they are.
void extremes(ChipCase& c) {
    c.second();
    c.smaller("x", "a");
    c.smaller("y", "d");
    c.add("Max", {"a", "d"}, "most");
    c.add("Min", {"a", "d"}, "least");
}

void pools(ChipCase& c) {
    c.conv("x", "a", {4, 4, 1, 1});
    c.add("Relu", {"a"}, "p");
    c.add("AveragePool", {"a"}, "v1", window({2, 2}, {2, 2}));
    auto counted = window({3, 3}, {1, 1}, {1, 1, 1, 1});
    counted.emplace_back("count_include_pad", int64_t{1});
    c.add("AveragePool", {"p"}, "v2", counted);
    c.add("AveragePool", {"a"}, "v3", window({3, 3}, {2, 2}, {1, 1, 1, 1}));
    c.add("AveragePool", {"a"}, "v4", window({3, 2}, {2, 1}, {0, 1, 1, 0}));
    c.add("GlobalAveragePool", {"p"}, "v5");
    c.add("GlobalAveragePool", {"a"}, "v6");
    c.add("ReduceMean", {"v1"}, "v7", {{"axes", Ints{2, 3}}, {"keepdims", int64_t{0}}});
    c.relu("AveragePool", {"a"}, "v8", window({5, 5}, {5, 5}));
    c.add("MaxPool", {"a"}, "x1", window({3, 3}, {2, 2}, {1, 1, 1, 1}));
    c.add("MaxPool", {"p"}, "x2", window({2, 3}, {2, 2}, {0, 1, 1, 0}));
    c.add("GlobalMaxPool", {"a"}, "x3");
    c.add("ReduceMean", {"a"}, "r1", {{"axes", Ints{1}}, {"keepdims", int64_t{1}}});
    c.add("ReduceMean", {"a"}, "r2", {{"axes", Ints{3}}, {"keepdims", int64_t{1}}});
    c.add("ReduceMax", {"a"}, "r3", {{"axes", Ints{1}}, {"keepdims", int64_t{1}}});
    c.add("ReduceSum", {"a", c.net.ints({1})}, "r4", {{"keepdims", int64_t{1}}});
}

void products(ChipCase& c) {
    const std::string rows = c.net.node("Reshape", {"x", c.net.ints({36, 16})}, "rows");
    c.net.output(rows);
    c.add("Gemm", {rows, c.numbers({16, 10}), c.numbers({10})}, "g1");
    c.add("Gemm", {rows, c.numbers({10, 16}), c.numbers({10})}, "g2", {{"transB", int64_t{1}}});
    c.relu("Gemm", {rows, c.numbers({16, 10}), c.numbers({10})}, "g3");
    c.add("MatMul", {rows, c.numbers({16, 10})}, "g4");
    c.add("Gemm", {"g3", c.numbers({10, 4}), c.numbers({4})}, "g5");
    const std::string many = c.net.node("Reshape", {"x", c.net.ints({2, 18, 16})}, "many");
    c.net.output(many);
    c.add("MatMul", {many, c.numbers({16, 6})}, "t1");
    c.add("Add", {c.net.node("MatMul", {many, c.numbers({16, 6})}, "t2_"), c.numbers({6})}, "t2");
    c.add("MatMul", {many, c.net.node("Transpose", {many}, "turned_", {{"perm", Ints{0, 2, 1}}})}, "t3");
}

void functions(ChipCase& c) {
    c.smaller("x", "m");
    c.add("Relu", {"m"}, "p");
    for (const char* kind : {"Sigmoid", "Tanh", "Exp", "Softplus"})
        c.add(kind, {"m"}, std::string("f") + kind);
    c.add("Sqrt", {"p"}, "root");
    c.add("Log", {c.add("Add", {"p", c.net.scalar(1)}, "more")}, "log");
    c.add("Reciprocal", {"more"}, "inverse");
    c.add("Pow", {"p", c.net.scalar(2)}, "square");
    c.add("Pow", {"more", c.net.scalar(1.5F)}, "power");
    c.add("Mul", {"p", c.net.node("Sigmoid", {"p"}, "s_")}, "silu");
    c.add("LeakyRelu", {"m"}, "leaky", {{"alpha", 0.1}});
    c.add("Elu", {"m"}, "elu", {{"alpha", 1.0}}); // said, because the vendor's tool takes 0 where ONNX means 1
    c.add("Elu", {"m"}, "half_elu", {{"alpha", 0.5}});
    c.add("PRelu", {"m", c.numbers({4, 1, 1})}, "slopes");
    c.add("Softmax", {"m"}, "soft", {{"axis", int64_t{1}}});
    c.add("Softmax", {"m"}, "along", {{"axis", int64_t{3}}});
}

void movers(ChipCase& c) {
    c.smaller("x", "m");
    c.add("Transpose", {"m"}, "t1", {{"perm", Ints{0, 2, 3, 1}}});
    c.add("Reshape", {"m", c.net.ints({1, 8, 18})}, "t2");
    c.add("Slice", {"m", c.net.ints({1}), c.net.ints({5}), c.net.ints({2}), c.net.ints({2})}, "t3");
    c.add("Pad", {"m", c.net.ints({0, 0, 1, 2, 0, 0, 2, 1})}, "t4");
    c.add("Pad", {"m", c.net.ints({0, 0, 1, 2, 0, 0, 2, 1})}, "t5", {{"mode", std::string("reflect")}});
    c.add("Pad", {"m", c.net.ints({0, 0, 1, 2, 0, 0, 2, 1})}, "t6", {{"mode", std::string("edge")}});
    c.add("Tile", {"m", c.net.ints({1, 2, 1, 1})}, "t7");
    c.add("Resize", {"m", "", c.net.weight({4}, {1, 1, 2, 2})}, "t8",
          {{"mode", std::string("nearest")}, {"coordinate_transformation_mode", std::string("asymmetric")},
           {"nearest_mode", std::string("floor")}});
    c.add("DepthToSpace", {"m"}, "t9", {{"blocksize", int64_t{2}}});
    c.add("SpaceToDepth", {"m"}, "t10", {{"blocksize", int64_t{2}}});
    c.add("Gather", {"m", c.net.ints({0, 2})}, "t11", {{"axis", int64_t{1}}});
    c.add("Tile", {c.add("GlobalMaxPool", {"m"}, "one"), c.net.ints({1, 1, 6, 6})}, "t12");
    c.add("Tile", {c.add("ReduceMax", {"m"}, "rows", {{"axes", Ints{3}}, {"keepdims", int64_t{1}}}), c.net.ints({1, 1, 1, 6})}, "t13");
}

/// Linear, at pixel centres and otherwise, by whole factors and others.
void resizes(ChipCase& c) {
    // Each of a layer of its own: the vendor's tool names what it adds after the operand.
    const auto by = [&](const std::string& out, const char* coordinates, const std::vector<float>& factors) {
        const std::string in = c.conv("x", out + "_in", {4, 4, 1, 1}, {{"strides", Ints{2, 2}}});
        c.add("Resize", {in, "", c.net.weight({4}, {1, 1, factors[0], factors[1]})}, out,
              {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string(coordinates)}});
    };
    by("l1", "half_pixel", {2, 2});
    by("l2", "pytorch_half_pixel", {3, 3});
    by("l3", "half_pixel", {2, 3});
    by("l4", "half_pixel", {4, 8});
    by("l5", "half_pixel", {0.5F, 0.5F});
    by("l6", "align_corners", {2, 2});
    by("l7", "asymmetric", {2, 2});
    by("l8", "half_pixel", {1.5F, 2.5F});
    by("l9", "half_pixel", {5, 7});
}

/// To the nearest element, by factors that are no whole numbers.
void nearest(ChipCase& c) {
    const auto to = [&](const std::string& out, const char* coordinates, const char* round, const std::vector<float>& factors) {
        const std::string in = c.conv("x", out + "_in", {4, 4, 1, 1}, {{"strides", Ints{2, 2}}});
        c.add("Resize", {in, "", c.net.weight({4}, {1, 1, factors[0], factors[1]})}, out,
              {{"mode", std::string("nearest")}, {"coordinate_transformation_mode", std::string(coordinates)}, {"nearest_mode", std::string(round)}});
    };
    to("n1", "asymmetric", "floor", {1.5F, 1.5F});
    to("n2", "asymmetric", "floor", {2.5F, 1.25F});
    to("n3", "asymmetric", "floor", {0.5F, 0.5F});
    to("n4", "asymmetric", "floor", {0.75F, 3});
    to("n5", "half_pixel", "round_prefer_floor", {1.5F, 2.5F});
}

} // namespace

const std::vector<ChipCaseRow>& chipCaseRows() {
    static const std::vector<ChipCaseRow> kChipCaseRows{
        {"convolutions", convolutions, {}},
        {"scales", scales, {}},
        {"numbers", numbersOfOne, {}},
        {"pairs", pairs, {}},
        {"extremes", extremes, {"most_Max", "least_Min"}},
        {"pools", pools, {}, {}, {"r1_ReduceMean", "r2_ReduceMean", "r4_ReduceSum"}},
        {"products", products, {}},
        {"functions", functions, {}},
        {"movers", movers, {}},
        {"resizes",
         resizes,
         {},
         {"l6_Resize", "l8_Resize"},
         {"l1_Resize", "l2_Resize", "l3_Resize", "l4_Resize", "l5_Resize", "l9_Resize"},
         {"l7_Resize"}},
        // As the model says: the vendor's tool divides the sizes where a scale is given, and has no pixel centres here.
        {"nearest", nearest, {"n2_Resize", "n4_Resize", "n5_Resize"}},
    };
    return kChipCaseRows;
}

} // namespace wb::test
