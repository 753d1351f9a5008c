// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one element and of several, casts between floats; in the forms that exist for codes too.
#include "compiler/ops/activation/activation_functions.h"
#include "tests/emitters_random/trial.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace wb::test {
namespace {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;

/// Elements equal, or as far as one rounding and the chip's functions go.
Trial exact(OneNode& node, Draw& draw, ElementType element) { return {std::move(node), 0, 0, anyPlacement(draw, element)}; }
Trial close(OneNode& node, Draw& draw, ElementType element) {
    return {std::move(node), 1e-6, stepOf(element), anyPlacement(draw, element)};
}

void maybeRelu(OneNode& node, Draw& draw) {
    const bool relu = draw.oneIn(3);
    node.set("do_relu", relu).set("relu_limit", relu && draw.coin() ? 1.5 : -1.0);
}

/// tpu.Active with the range of the argument.
Trial active(Draw& draw, ElementType element) {
    if (isCodes(element)) return codeFunction(draw, "tpu.Active");
    struct Function {
        const char* mode;
        double scale, offset;
    };
    const auto any = [&] {
        return draw.of<Function>({{"SILU", 12, 0}, {"SIGMOID", 12, 0}, {"TANH", 6, 0}, {"EXP", 20, 0}, {"LN", 50, 50.01},
                                      {"SQRT", 40, 40}, {"FLOOR", 30, 0}, {"CEIL", 30, 0}, {"ROUND", 30, 0}, {"SIGN", 3, 0},
                                      {"ERF", 5, 0}, {"GELU", 8, 0}, {"HSIGMOID", 6, 0}, {"HSWISH", 6, 0}, {"ELU", 6, 0},
                                      {"SOFT_PLUS", 25, 0}, {"MISH", 12, 0}, {"SOFT_SIGN", 20, 0}, {"SIN", 100, 0},
                                      {"COS", 100, 0}, {"TAN", 1.3, 0}, {"ABSVAL", 5, 0}});
    };
    Function f = any();
    // Functions that networks of F16 and BF16 compute in F32 are never lowered to them.
    const auto staysF32 = [&] {
        const auto* row = ops::activationRowOfMode(f.mode);
        return row != nullptr && row->staysF32;
    };
    while (element != ElementType::F32 && staysF32())
        f = any();
    OneNode node("tpu.Active", draw.seed());
    const Shape shape = anyShape(draw);
    node.input(shape, element, element == ElementType::F16 && std::string(f.mode) == "EXP" ? 10 : f.scale, f.offset);
    node.set("mode", tpuEnum("active_mode", f.mode));
    if (std::string(f.mode) == "HSIGMOID") node.set("coeffs", Attribute::floats({0.5, 0.2}));
    if (std::string(f.mode) == "ELU") node.set("coeffs", Attribute::floats({draw.real(0.2, 1.5)}));
    addResult(node, element, shape);
    return close(node, draw, element);
}

Trial function(Draw& draw, ElementType element, const char* name) {
    if (isCodes(element)) return codeFunction(draw, name);
    OneNode node(name, draw.seed());
    const std::string op = name;
    const Shape shape = anyShape(draw);
    if (op == "tpu.Reciprocal") node.input(shape, element, 1, draw.coin() ? 2.5 : -2.5).set("const_val", draw.real(-3, 3));
    else if (op == "tpu.Pow") node.input(shape, element, 2, 2.2).set("exponent", draw.of({2.0, 0.5, 3.0, -1.5, -2.0, 2.3, 1.0}));
    else node.input(shape, element, 9);
    if (op == "tpu.Relu") node.set("relu_limit", draw.coin() ? -1.0 : 6.0);
    if (op == "tpu.Clip") node.set("min", draw.real(-5, 0)).set("max", draw.real(0.1, 5));
    if (op == "tpu.LeakyRelu") node.set("alpha", draw.of({0.1, 0.01, 0.3, 1.5}));
    if (op == "tpu.PReluOp") {
        Shape slopes(shape.size(), 1);
        if (shape.size() > 1 && !draw.oneIn(4)) slopes[1] = shape[1];
        node.weight(slopes, element, 0.5);
    }
    if (op == "tpu.AddConst" || op == "tpu.SubConst" || op == "tpu.MulConst" || op == "tpu.MaxConst" || op == "tpu.MinConst") {
        node.set("const_val", draw.of({1.1, 0.3, -2.7, 0.0, 100.5}));
        if (op == "tpu.SubConst") node.set("is_reverse", draw.coin());
        maybeRelu(node, draw);
    }
    if (op == "tpu.CompareConst")
        node.set("const_val", 0.25).set("mode", std::string(draw.of({"Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal", "NotEqual"})))
            .set("inversed", draw.coin());
    addResult(node, element, shape);
    // One rounding of the same numbers is equal; more than one is close.
    const bool several = op == "tpu.Reciprocal" || op == "tpu.Pow" || (element != ElementType::F32 && op.ends_with("Const"));
    return several ? close(node, draw, element) : exact(node, draw, element);
}

/// Operands of a result: whole, thinned, of fewer axes, constant.
struct Sides {
    Shape result;
    std::vector<Shape> shapes;
    std::vector<bool> constant;
};

Sides anySides(Draw& draw, size_t count) {
    Sides s;
    const Shape whole = anyShape(draw);
    s.result.assign(whole.size(), 1);
    for (size_t i = 0; i < count; ++i) {
        Shape own = draw.coin() ? whole : draw.thinned(whole);
        bool constant = i > 0 && count == 2 && draw.oneIn(4);
        for (size_t axis = 0; axis < own.size(); ++axis)
            s.result[axis] = std::max(s.result[axis], own[axis]);
        s.shapes.push_back(own);
        s.constant.push_back(constant);
    }
    for (size_t i = 0; i < count; ++i) // constants may lack leading axes
        while (s.constant[i] && s.shapes[i].size() > 1 && s.shapes[i][0] == 1 && draw.coin())
            s.shapes[i].erase(s.shapes[i].begin());
    return s;
}

Trial binaryOfCodes(Draw& draw, const char* name) {
    OneNode node(name, draw.seed());
    const std::string op = name;
    const bool extreme = op == "tpu.Max" || op == "tpu.Min";
    const Sides sides = anySides(draw, op == "tpu.Sub" || op == "tpu.Mul" || !draw.oneIn(6) ? 2 : 3);
    std::vector<int64_t> multipliers, shifts;
    ElementType kind = draw.code();
    for (size_t i = 0; i < sides.shapes.size(); ++i) {
        if (!extreme) kind = draw.code(); // lowering makes those of a comparison alike
        if (sides.constant[i]) node.weight(draw.codes(sides.shapes[i], kind == ElementType::I8 ? ElementType::Si8 : kind));
        else node.input(draw.codes(sides.shapes[i], kind)).quantised(0.05);
        const bool unit = draw.oneIn(4);
        multipliers.push_back(unit ? 1 : draw.between(1, 127));
        shifts.push_back(unit ? 0 : draw.between(4, 10));
    }
    node.ints("multipliers", multipliers).ints("rshifts", shifts);
    node.set("multiplier", Attribute::si32(multipliers[0])).set("rshift", Attribute::si32(op != "tpu.Mul" ? shifts[0] : draw.oneIn(5) ? draw.of<int64_t>({-1, -3, -12, -32}) : shifts[0] + 6));
    node.set("do_relu", draw.oneIn(3)).set("is_reverse", draw.oneIn(3));
    addResult(node, draw.code(), sides.result);
    return exact(node, draw, ElementType::I8);
}

Trial binary(Draw& draw, ElementType element, const char* name) {
    if (isCodes(element)) return binaryOfCodes(draw, name);
    OneNode node(name, draw.seed());
    const std::string op = name;
    const size_t count = op == "tpu.Add" && draw.oneIn(6) ? 3 : 2;
    const Sides sides = anySides(draw, count);
    for (size_t i = 0; i < count; ++i) {
        const bool divisor = i == 1 && op == "tpu.Div", base = i == 0 && op == "tpu.BinaryPow";
        const double scale = base ? 2 : i > 0 && op == "tpu.BinaryPow" ? 2 : divisor ? 1 : 5;
        const double offset = base ? 2.1 : divisor ? (draw.coin() ? 2.5 : -2.5) : 0;
        sides.constant[i] ? node.weight(sides.shapes[i], element, scale, offset) : node.input(sides.shapes[i], element, scale, offset);
    }
    if (op == "tpu.Compare")
        node.set("mode", std::string(draw.of({"Equal", "NotEqual", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor"})));
    const bool factors = (op == "tpu.Add" || op == "tpu.Sub") && draw.oneIn(4) && count == 2;
    if (factors) node.set("coeff", Attribute::floats({draw.real(-2, 2), draw.real(-2, 2)}));
    if (op == "tpu.Sub") node.set("is_reverse", !factors && draw.oneIn(4));
    if (op != "tpu.Compare" && op != "tpu.BinaryPow") maybeRelu(node, draw);
    addResult(node, element, sides.result);
    const bool oneRounding = op != "tpu.Div" && op != "tpu.BinaryPow" && !factors && (count == 2 || element == ElementType::F32);
    Trial trial = oneRounding ? exact(node, draw, element) : close(node, draw, element);
    // Terms of up to 5 · 2 may cancel, after float32 rounded each; powers grow the logarithm's error (up to 4.1^2.3).
    if (factors || count == 3) trial.absolute = 4e-6;
    if (op == "tpu.BinaryPow") trial.relative += 3e-6;
    return trial;
}

/// Whole numbers, so that quotients are not a rounding away from the next whole number.
Trial mod(Draw& draw, ElementType element) {
    OneNode node("tpu.Mod", draw.seed());
    const Sides sides = anySides(draw, 2);
    for (size_t i = 0; i < 2; ++i) {
        ir::Tensor numbers(ElementType::F32, sides.shapes[i]);
        const bool negative = draw.coin();
        for (int64_t k = 0; k < numbers.elementCount(); ++k)
            numbers.mutableData<float>()[k] = static_cast<float>(i == 0 ? draw.between(-60, 60) : draw.between(1, 9) * (negative ? -1 : 1));
        sides.constant[i] ? node.weight(std::move(numbers)) : node.input(std::move(numbers));
    }
    addResult(node, element, sides.result);
    return exact(node, draw, element);
}

Trial where(Draw& draw, ElementType element) {
    OneNode node("tpu.Where", draw.seed());
    const Shape shape = anyShape(draw);
    ir::Tensor truth(ElementType::F32, draw.oneIn(3) ? draw.thinned(shape) : shape);
    for (int64_t i = 0; i < truth.elementCount(); ++i)
        truth.mutableData<float>()[i] = draw.coin() ? 1.0F : 0.0F;
    node.input(std::move(truth));
    const int numbers = static_cast<int>(draw.between(0, 2)); // of the two, which is one number: none, x, y
    for (int i = 0; i < 2; ++i) {
        const bool number = numbers == i + 1;
        number ? node.absent() : node.input(shape, element, 3);
        node.set(i == 0 ? "x_is_const" : "y_is_const", number).set(i == 0 ? "x_const_val" : "y_const_val", draw.real(-3, 3));
    }
    addResult(node, element, shape);
    return exact(node, draw, element);
}

/// Between floats; for codes, between them and any float.
Trial cast(Draw& draw, ElementType element) {
    OneNode node("tpu.Cast", draw.seed());
    const Shape shape = anyShape(draw);
    node.set("with_scale", true).set("round_mode", tpuEnum("round_mode", "HalfAwayFromZero"));
    const auto number = draw.of({ElementType::F32, ElementType::F16, ElementType::BF16});
    if (!isCodes(element)) {
        const auto from = number == element ? (element == ElementType::F32 ? ElementType::F16 : ElementType::F32) : number;
        node.input(shape, from, 1000);
        addResult(node, element, shape);
        return exact(node, draw, element);
    }
    const ElementType code = draw.code();
    const int64_t zero = draw.coin() ? 0 : code == ElementType::I8 ? draw.between(-128, 127) : draw.between(0, 255);
    const double scale = std::exp2(draw.real(-9, 1));
    if (draw.coin()) {
        node.input(shape, number, scale * 300);
        node.result(shape, code).quantised(scale, zero);
    } else {
        node.input(draw.codes(shape, code)).quantised(scale, zero);
        node.result(shape, number);
    }
    return exact(node, draw, element);
}

} // namespace

void addElementwise(Generators& table) {
    table["tpu.Active"] = {active, true, true, true, 4};
#define WB_FUNCTION(op, codes) table[op] = {[](Draw& d, ElementType e) { return function(d, e, op); }, codes}
    WB_FUNCTION("tpu.Relu", true);
    WB_FUNCTION("tpu.LeakyRelu", true);
    WB_FUNCTION("tpu.PReluOp", true);
    WB_FUNCTION("tpu.Clip", false);
    WB_FUNCTION("tpu.AddConst", true);
    WB_FUNCTION("tpu.MaxConst", true);
    WB_FUNCTION("tpu.MinConst", true);
    WB_FUNCTION("tpu.SubConst", false);
    WB_FUNCTION("tpu.MulConst", false);
    WB_FUNCTION("tpu.Reciprocal", false);
    WB_FUNCTION("tpu.Pow", false);
    WB_FUNCTION("tpu.CompareConst", false);
#undef WB_FUNCTION
#define WB_BINARY(op, codes) table[op] = {[](Draw& d, ElementType e) { return binary(d, e, op); }, codes, true, true, 2}
    WB_BINARY("tpu.Add", true);
    WB_BINARY("tpu.Sub", true);
    WB_BINARY("tpu.Mul", true);
    WB_BINARY("tpu.Max", true);
    WB_BINARY("tpu.Min", true);
    WB_BINARY("tpu.Div", false);
    WB_BINARY("tpu.BinaryPow", false);
    WB_BINARY("tpu.Compare", false);
#undef WB_BINARY
    table["tpu.Mod"] = {mod, false, true, false};
    table["tpu.Where"] = {where, false, true, false};
    table["tpu.Cast"] = {cast, true, true, true, 2};
}

} // namespace wb::test
