// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one code, casts, operators of several tensors.
#include "tests/emitters_int8/cases.h"

#include <algorithm>
#include <cmath>

namespace wb::test {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;

namespace {

std::vector<Cutting> withInPlace() {
    auto cuttings = allCuttings();
    cuttings.push_back({.inPlace = true});
    cuttings.push_back({.c = 64, .h = 2, .inPlace = true});
    return cuttings;
}

const std::vector<Shape>& elementShapes() {
    static const std::vector<Shape> shapes{{1, 1, 1, 1}, {1, 3, 7, 5},  {4, 63, 1, 1}, {1, 64, 13, 1}, {2, 65, 3, 7},
                                           {1, 130, 1, 11}, {1, 1, 37, 41}, {3, 70},      {2, 5, 11},     {1, 2, 3, 4, 5}};
    return shapes;
}

} // namespace

OneOp makeFunction(const std::string& name, const Shape& shape, bool inSigned, bool outSigned, Random& random) {
    OneOp op(name, random);
    op.input(shape, codeElement(inSigned));
    auto& a = op.attributes;
    if (name == "tpu.Lut") op.codes({1, 1, 1, 256}, outSigned ? ElementType::Si8 : ElementType::Ui8);
    if (name == "tpu.Active") a.set("mode", mode("active_mode", "ABSVAL"));
    if (name == "tpu.PReluOp") {
        const int64_t channels = shape.size() > 1 ? shape[1] : 1;
        op.codes({1, random.below(4) == 0 ? 1 : channels, 1, 1}, ElementType::I8);
        a.set("rshift", Attribute::si32(static_cast<int64_t>(random.below(9))));
    }
    if (name != "tpu.Relu" && name != "tpu.Lut" && name != "tpu.Active" && name != "tpu.PReluOp") {
        const bool unit = random.below(5) == 0;
        int64_t multiplier = unit ? 1 : static_cast<int64_t>(1 + random.below(126));
        if (name == "tpu.MulShift" && random.below(5) == 0) multiplier = -multiplier;
        const int64_t shift = unit ? 0 : static_cast<int64_t>(4 + random.below(6));
        a.set("multiplier", Attribute::si32(multiplier));
        a.set("rshift", Attribute::si32(shift));
        const auto code = static_cast<double>(static_cast<int64_t>(random.below(201)) - 100);
        a.set("const_val", name == "tpu.AddConst" ? std::ldexp(code, static_cast<int>(shift)) +
                                                        (random.below(4) == 0 ? 1 : 0)
                                                  : code);
        a.set("do_relu", name != "tpu.LeakyRelu" && random.below(3) == 0);
    }
    return op.result(shape, codeElement(outSigned)), op;
}

namespace {

/// A table of a smooth function: x · sigmoid(x), sigmoid, tanh or a bump, of codes with a random scale.
OneOp makeCurve(const Shape& shape, bool inSigned, bool outSigned, Random& random) {
    OneOp op("tpu.Lut", random);
    op.input(shape, codeElement(inSigned));
    const double scale = std::exp2(static_cast<double>(random.real(-7, -3)));
    const uint64_t kind = random.below(4);
    const auto curve = [&](double x) {
        const double sigmoid = 1 / (1 + std::exp(-x));
        return kind == 0 ? x * sigmoid : kind == 1 ? sigmoid : kind == 2 ? std::tanh(x) : std::exp(-x * x);
    };
    const double most = std::max(std::fabs(curve(128 * scale)), 0.3), result = most / (outSigned ? 127 : 255);
    ir::Tensor table = op.random({1, 1, 1, 256}, outSigned ? ElementType::Si8 : ElementType::Ui8);
    for (int byte = 0; byte < 256; ++byte) {
        const double y = std::round(curve(scale * (inSigned ? static_cast<int8_t>(byte) : byte)) / result);
        table.mutableData<uint8_t>()[byte] = static_cast<uint8_t>(
            static_cast<int>(std::clamp(y, outSigned ? -128.0 : 0.0, outSigned ? 127.0 : 255.0)));
    }
    op.weight(std::move(table));
    return op.result(shape, codeElement(outSigned)), op;
}

} // namespace

std::vector<Case> activationCases() {
    std::vector<Case> cases;
    for (const char* name : {"tpu.Lut", "tpu.LeakyRelu", "tpu.Relu", "tpu.Active", "tpu.MulShift", "tpu.AddConst",
                             "tpu.MaxConst", "tpu.MinConst", "tpu.PReluOp"})
        for (const bool inSigned : {true, false})
            for (const bool outSigned : {true, false}) {
                // Movers keep the kind of code; slopes need a sign.
                const std::string op = name;
                const bool mover = op == "tpu.LeakyRelu" || op == "tpu.PReluOp";
                if (mover && inSigned != outSigned) continue;
                for (size_t i = 0; i < elementShapes().size(); ++i)
                    cases.push_back({op + " " + text(elementShapes()[i]) + (inSigned ? " i8" : " u8") +
                                         (outSigned ? " i8" : " u8"),
                                     [=](Random& random) {
                                         return makeFunction(op, elementShapes()[i], inSigned, outSigned, random);
                                     },
                                     withInPlace()});
            }
    for (const bool inSigned : {true, false})
        for (const bool outSigned : {true, false})
            for (const Shape& shape : {Shape{2, 65, 3, 7}, Shape{1, 64, 13, 1}, Shape{1, 3, 37, 301}, Shape{1, 130, 65, 63}, Shape{3, 70}})
                for (const char* kind : {"", " again", " once more"})
                    cases.push_back({"curve " + text(shape) + (inSigned ? " i8" : " u8") + (outSigned ? " i8" : " u8") + kind,
                                     [=](Random& random) { return makeCurve(shape, inSigned, outSigned, random); },
                                     withInPlace()});
    cases.push_back({"tpu.Lut of more than 65535 pixels",
                     [](Random& random) { return makeFunction("tpu.Lut", {1, 3, 260, 257}, true, true, random); },
                     {{}, {.h = 90}}});
    return cases;
}

OneOp makeCast(const Shape& shape, ElementType from, ElementType to, int64_t zero, Random& random) {
    OneOp op("tpu.Cast", random);
    const double scale = std::exp2(static_cast<double>(random.real(-9, 1)));
    op.input(shape, from, scale, zero);
    op.attributes.set("with_scale", true);
    op.attributes.set("round_mode", mode("round_mode", "HalfAwayFromZero"));
    return op.result(shape, to, scale, zero), op;
}

std::vector<Case> castCases() {
    using E = ElementType;
    std::vector<Case> cases;
    for (const E number : {E::F32, E::F16, E::BF16})
        for (const E code : {E::I8, E::Ui8})
            for (const bool toCode : {true, false})
                for (const int64_t zero : {0, 7})
                    for (const Shape& shape : elementShapes())
                        cases.push_back({"cast " + text(shape) + " " + ir::spelling(toCode ? number : code) + " to " +
                                             ir::spelling(toCode ? code : number) + " zero " + std::to_string(zero),
                                         [=](Random& random) {
                                             return makeCast(shape, toCode ? number : code, toCode ? code : number,
                                                             code == E::I8 ? -zero : zero * 17, random);
                                         },
                                         allCuttings()});
    return cases;
}

OneOp makeBinary(const std::string& name, const std::vector<Shape>& operands, const std::vector<bool>& isSigned,
                 uint32_t constants, const Shape& result, bool outSigned, Random& random) {
    OneOp op(name, random);
    std::vector<int64_t> multipliers, shifts;
    for (size_t i = 0; i < operands.size(); ++i) {
        if ((constants >> i & 1U) != 0)
            op.codes(operands[i], isSigned[i] ? ElementType::Si8 : ElementType::Ui8);
        else
            op.input(operands[i], codeElement(isSigned[i]));
        const bool unit = random.below(4) == 0;
        multipliers.push_back(unit ? 1 : static_cast<int64_t>(1 + random.below(126)));
        shifts.push_back(unit ? 0 : static_cast<int64_t>(5 + random.below(5)));
    }
    auto& a = op.attributes;
    a.set("multipliers", Attribute::ints(multipliers));
    a.set("rshifts", Attribute::ints(shifts));
    a.set("multiplier", Attribute::si32(multipliers[0]));
    a.set("rshift", Attribute::si32(shifts[0] + 6));
    a.set("do_relu", random.below(3) == 0);
    a.set("is_reverse", random.below(3) == 0);
    return op.result(result, codeElement(outSigned)), op;
}

std::vector<Case> binaryCases() {
    struct Form {
        std::vector<Shape> operands;
        uint32_t constants;
        Shape result;
    };
    std::vector<Form> forms;
    for (const Shape& shape : elementShapes()) forms.push_back({{shape, shape}, 0, shape});
    forms.push_back({{{2, 65, 3, 7}, {1, 65, 1, 1}}, 0, {2, 65, 3, 7}});    // a number a channel
    forms.push_back({{{2, 65, 3, 7}, {1, 65, 1, 1}}, 2, {2, 65, 3, 7}});
    forms.push_back({{{1, 130, 3, 7}, {130, 1, 1}}, 2, {1, 130, 3, 7}});
    forms.push_back({{{1, 130, 3, 7}, {1, 1, 3, 7}}, 0, {1, 130, 3, 7}});   // one channel for all
    forms.push_back({{{2, 1, 5, 7}, {2, 67, 5, 7}}, 0, {2, 67, 5, 7}});
    forms.push_back({{{2, 67, 5, 7}, {7}}, 2, {2, 67, 5, 7}});
    forms.push_back({{{2, 67, 5, 7}, {5, 1}}, 2, {2, 67, 5, 7}});
    forms.push_back({{{2, 67, 5, 7}, {2, 67, 5, 7}}, 2, {2, 67, 5, 7}});
    forms.push_back({{{2, 67, 5, 7}, {1, 1, 1, 1}}, 0, {2, 67, 5, 7}});
    forms.push_back({{{2, 67, 1, 7}, {2, 67, 5, 1}}, 0, {2, 67, 5, 7}});    // each repeats
    forms.push_back({{{1, 67, 5, 7}, {3, 67, 5, 7}}, 0, {3, 67, 5, 7}});
    std::vector<Case> cases;
    for (const char* name : {"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Max", "tpu.Min"})
        for (size_t f = 0; f < forms.size(); ++f)
            for (uint32_t kinds = 0; kinds < 8; ++kinds) {
                const std::string op = name;
                const bool a = (kinds & 1U) != 0, b = (kinds & 2U) != 0, out = (kinds & 4U) != 0;
                if ((op == "tpu.Max" || op == "tpu.Min") && a != b) continue; // lowering makes them alike
                cases.push_back({op + " " + text(forms[f].operands[0]) + (a ? " i8, " : " u8, ") +
                                     text(forms[f].operands[1]) + (b ? " i8" : " u8") +
                                     (forms[f].constants != 0 ? " constant" : "") + (out ? " to i8" : " to u8"),
                                 [=, form = forms[f]](Random& random) {
                                     return makeBinary(op, form.operands, {a, b}, form.constants, form.result, out, random);
                                 },
                                 withInPlace()});
            }
    for (const char* name : {"tpu.Add", "tpu.Max"})
        cases.push_back({std::string(name) + " of three", [=](Random& random) {
                             const Shape s{2, 65, 5, 3};
                             return makeBinary(name, {s, s, s}, {true, true, true}, 0, s, true, random);
                         }, allCuttings()});
    return cases;
}

} // namespace wb::test
