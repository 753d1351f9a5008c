// SPDX-License-Identifier: GPL-3.0-or-later
// Activations, arithmetic of tensors and numbers, casts.
#include "tests/emitters_float/cases.h"

namespace wb::test {
namespace {

using E = ir::ElementType;

ir::Attribute mode(const char* kind, const char* value) { return ir::EnumAttr{"tpu", kind, value}; }

/// Functions of tpu.Active with the range of their arguments.
struct Function {
    const char* mode;
    double scale, offset;
};
constexpr Function kFunctions[] = {
    {"SILU", 12, 0}, {"SIGMOID", 12, 0}, {"TANH", 6, 0},      {"EXP", 20, 0},     {"LN", 50, 50.01},
    {"SQRT", 40, 40}, {"FLOOR", 30, 0},  {"CEIL", 30, 0},     {"ROUND", 30, 0},   {"SIGN", 3, 0},
    {"ERF", 5, 0},   {"GELU", 8, 0},     {"HSIGMOID", 6, 0},  {"HSWISH", 6, 0},   {"ELU", 6, 0},
    {"SOFT_PLUS", 25, 0}, {"MISH", 12, 0}, {"SOFT_SIGN", 20, 0}, {"SIN", 100, 0}, {"COS", 100, 0},
    {"TAN", 1.3, 0}, {"ABSVAL", 5, 0},
};

/// One rounding of F16 or BF16, where float32 results may fall on either side; float32 as formulas_bm1684x.h says.
Case tolerant(std::string name, std::function<OneNode()> make, E element, Placement placement = {}) {
    const double step = element == E::F16 ? 0x1p-10 : element == E::BF16 ? 0x1p-7 : 2e-6;
    const double floor = 1e-6;
    return {std::move(name), std::move(make), floor, step, placement};
}

void addFunctions(std::vector<Case>& cases) {
    for (const Function& f : kFunctions)
        for (const E element : {E::F32, E::F16, E::BF16}) {
            if (element == E::BF16 && std::string(f.mode) != "SILU") continue;
            for (const Placement placement : {Placement{}, Placement{64, 2, 1, true, false}, Placement{0, 0, 0, false, true}})
                cases.push_back(tolerant(
                    std::string(f.mode) + "." + nameOf(element) + (placement.grown ? ".cut" : placement.inPlace ? ".in place" : ""),
                    [=] {
                        OneNode node("tpu.Active");
                        node.input({2, 67, 5, 7}, element, f.scale, f.offset).set("mode", mode("active_mode", f.mode));
                        if (std::string(f.mode) == "HSIGMOID") node.set("coeffs", ir::Attribute::floats({0.5, 0.2}));
                        if (std::string(f.mode) == "ELU") node.set("coeffs", ir::Attribute::floats({0.7}));
                        return node.result({2, 67, 5, 7}, element);
                    },
                    element, placement));
        }
}

void addSimple(std::vector<Case>& cases) {
    for (const E element : {E::F32, E::F16, E::BF16}) {
        const auto add = [&](const std::string& name, std::function<OneNode()> make, bool equal) {
            for (const Placement placement : {Placement{}, Placement{64, 3, 1, true, false}, Placement{0, 0, 0, false, true}}) {
                Case c = tolerant(name + "." + nameOf(element) + (placement.grown ? ".cut" : placement.inPlace ? ".in place" : ""),
                                  make, element, placement);
                if (equal) c.absolute = c.relative = 0;
                cases.push_back(std::move(c));
            }
        };
        const ir::Shape shape{2, 67, 5, 7};
        add("Relu", [=] { return OneNode("tpu.Relu").input(shape, element, 9).set("relu_limit", -1.0).result(shape, element); }, true);
        add("Relu6", [=] { return OneNode("tpu.Relu").input(shape, element, 9).set("relu_limit", 6.0).result(shape, element); }, true);
        add("Clip", [=] { return OneNode("tpu.Clip").input(shape, element, 9).set("min", -1.3).set("max", 2.7).result(shape, element); }, true);
        add("LeakyRelu", [=] { return OneNode("tpu.LeakyRelu").input(shape, element, 9).set("alpha", 0.1).result(shape, element); }, true);
        add("PRelu", [=] { return OneNode("tpu.PReluOp").input(shape, element, 9).weight({1, 67, 1, 1}, element, 0.5).result(shape, element); }, true);
        add("PRelu shared", [=] { return OneNode("tpu.PReluOp").input(shape, element, 9).weight({1, 1, 1, 1}, element, 0.5).result(shape, element); }, true);
        add("AddConst", [=] { return OneNode("tpu.AddConst").input(shape, element, 9).set("const_val", 1.1).set("do_relu", true).set("relu_limit", -1.0).result(shape, element); }, true);
        add("SubConst", [=] { return OneNode("tpu.SubConst").input(shape, element, 9).set("const_val", 1.5).result(shape, element); }, true);
        add("SubConst reverse", [=] { return OneNode("tpu.SubConst").input(shape, element, 9).set("const_val", 1.3).set("is_reverse", true).result(shape, element); }, true);
        add("MulConst", [=] { return OneNode("tpu.MulConst").input(shape, element, 9).set("const_val", 0.3).result(shape, element); }, true);
        add("MaxConst", [=] { return OneNode("tpu.MaxConst").input(shape, element, 9).set("const_val", 0.3).result(shape, element); }, true);
        add("MinConst", [=] { return OneNode("tpu.MinConst").input(shape, element, 9).set("const_val", 0.3).result(shape, element); }, true);
        for (const char* op : {"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Max", "tpu.Min"}) {
            const auto two = [=](ir::Shape left, ir::Shape right, bool constant, bool relu) {
                return [=] {
                    OneNode node(op);
                    node.input(left, element, 9);
                    constant ? node.weight(right, element, 3) : node.input(right, element, 3);
                    return node.set("do_relu", relu).set("relu_limit", -1.0).result(shape, element);
                };
            };
            add(op, two(shape, shape, false, false), true);
            add(std::string(op) + " relu", two(shape, shape, false, true), true);
            add(std::string(op) + " channel", two(shape, {1, 67, 1, 1}, false, false), true);
            add(std::string(op) + " left", two({1, 67, 1, 1}, shape, false, false), true);
            add(std::string(op) + " picture", two(shape, {2, 1, 5, 7}, false, false), true);
            add(std::string(op) + " row", two(shape, {1, 67, 5, 1}, false, false), true);
            add(std::string(op) + " constant", two(shape, {1, 67, 1, 1}, true, false), true);
            add(std::string(op) + " constant picture", two(shape, {5, 7}, true, false), true);
            add(std::string(op) + " constant number", two(shape, {1}, true, false), true);
            add(std::string(op) + " constant all", two(shape, shape, true, false), true);
        }
        // A mask of windows on several heads: repeated along an axis that the chip joins with others.
        add("Add of a mask", [=] { return OneNode("tpu.Add").input({2, 8, 3, 5, 7}, element).weight({1, 8, 1, 5, 7}, element).result({2, 8, 3, 5, 7}, element); }, false);
        add("Add of three", [=] { return OneNode("tpu.Add").input(shape, element).input(shape, element).input(shape, element).result(shape, element); }, element == E::F32);
        add("Add with factors", [=] { return OneNode("tpu.Add").input(shape, element).input(shape, element).set("coeff", ir::Attribute::floats({0.3, -2})).result(shape, element); }, false);
        add("Sub reverse", [=] { return OneNode("tpu.Sub").input(shape, element).input(shape, element).set("is_reverse", true).result(shape, element); }, true);
        if (element != E::F32) continue;
        add("Div", [=] { return OneNode("tpu.Div").input(shape, element).input(shape, element, 1, 2.5).result(shape, element); }, false);
        add("Div by channel", [=] { return OneNode("tpu.Div").input(shape, element).input({1, 67, 1, 1}, element, 1, 2.5).result(shape, element); }, false);
        add("BinaryPow", [=] { return OneNode("tpu.BinaryPow").input(shape, element, 2, 2.01).input(shape, element, 2).result(shape, element); }, false);
        add("Reciprocal", [=] { return OneNode("tpu.Reciprocal").input(shape, element, 1, 2.5).set("const_val", 3.0).result(shape, element); }, false);
        for (const double exponent : {2.0, 0.5, 3.0, -1.5, -2.0, 2.3})
            add("Pow " + std::to_string(exponent), [=] { return OneNode("tpu.Pow").input(shape, element, 2, 2.2).set("exponent", exponent).result(shape, element); }, false);
        add("CompareConst", [=] { return OneNode("tpu.CompareConst").input(shape, element).set("const_val", 0.25).set("mode", std::string("Greater")).set("inversed", false).result(shape, element); }, true);
        add("CompareConst inversed", [=] { return OneNode("tpu.CompareConst").input(shape, element).set("const_val", 0.25).set("mode", std::string("Greater")).set("inversed", true).result(shape, element); }, true);
        add("Mod", [=] { return OneNode("tpu.Mod").repetitive(shape).input({1, 67, 1, 1}, element, 0.4, 3.2).result(shape, element); }, false);
        add("Mod negative", [=] { return OneNode("tpu.Mod").repetitive(shape).input({1, 67, 1, 1}, element, 0.4, -3.2).result(shape, element); }, false);
        for (const char* compare : {"Equal", "NotEqual", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or"})
            add(std::string("Compare ") + compare, [=] { return OneNode("tpu.Compare").input(shape, element).input({1, 67, 1, 1}, element).set("mode", std::string(compare)).result(shape, element); }, true);
    }
}

void addCasts(std::vector<Case>& cases) {
    for (const E from : {E::F32, E::F16, E::BF16})
        for (const E to : {E::F32, E::F16, E::BF16}) {
            if (from == to) continue;
            for (const ir::Shape& shape : {ir::Shape{4, 3, 5, 7}, ir::Shape{1, 130, 1, 1}, ir::Shape{3, 1001}, ir::Shape{7}, ir::Shape{2, 3, 2, 5, 3}})
                for (const bool cut : {false, true})
                    cases.push_back({std::string("Cast ") + nameOf(from) + " to " + nameOf(to) + " " + ir::toText(shape) + (cut ? ".cut" : ""),
                                     [=] { return OneNode("tpu.Cast").input(shape, from, 1000).set("with_scale", true).result(shape, to); },
                                     0, 0, cut ? Placement{64, 2, 1, true, false} : Placement{}});
        }
}

} // namespace

std::vector<Case> elementwiseCases() {
    std::vector<Case> cases;
    addFunctions(cases);
    addSimple(cases);
    addCasts(cases);
    return cases;
}

} // namespace wb::test
