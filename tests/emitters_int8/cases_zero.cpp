// SPDX-License-Identifier: GPL-3.0-or-later
// Codes with zero points: asymmetric INT8, and networks that bring their own scales.
#include "tests/emitters_int8/cases.h"

#include <cmath>

namespace wb::test {

using ir::Attribute;
using ir::ElementType;
using ir::Shape;
using ir::Tensor;

namespace {

int64_t zeroFor(bool isSigned, Random& random) {
    return static_cast<int64_t>(random.below(256)) - (isSigned ? 128 : 0);
}

/// How a window lies over a picture.
struct Slide {
    int64_t n, ic, h, w, oc, k, stride, pad, dilation, groups;
};

enum class Kind { Shifted, Sums, Leaky, Lines, Reals, Tflite, TfliteSums };
bool hasForm(Kind kind) { return kind >= Kind::Sums && kind <= Kind::Reals; }

/// Weights of a filter with a zero point: a few lie far from it, as in files of TensorFlow Lite.
Tensor filterWithZero(const Shape& shape, int64_t zero, Random& random) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    std::vector<uint8_t> codes(static_cast<size_t>(count));
    const bool any = random.below(3) == 0; // or many do
    for (auto& code : codes)
        code = any ? static_cast<uint8_t>(random.below(256))
                   : static_cast<uint8_t>(std::min<int64_t>(255, std::max<int64_t>(0, zero + static_cast<int64_t>(random.below(200)) - 100)));
    codes.front() = 0;
    codes.back() = 255;
    return Tensor::of<uint8_t>(ElementType::Ui8, shape, codes);
}

/// Sums to results in float32 (kernels/sum_form.h), of random numbers: one pair, two, lines of every part, real numbers.
void setForm(ir::AttributeMap& a, Kind kind, int64_t channels, int64_t terms, Random& random) {
    const auto real = [&](double low, double high) { return static_cast<double>(random.real(static_cast<float>(low), static_cast<float>(high))); };
    const bool wide = kind == Kind::Lines || kind == Kind::Reals;
    const double scale = (wide ? 20000.0 : 100.0) / (6000.0 * std::sqrt(static_cast<double>(terms)));
    std::vector<double> scales, offsets;
    for (int64_t i = 0; i < channels * (kind == Kind::Leaky ? 2 : 1); ++i) {
        scales.push_back(static_cast<float>(scale * (i < channels ? real(0.6, 1.4) : real(-0.3, 0.6))));
        offsets.push_back(static_cast<float>(real(-1, 1) * (wide ? 3000 : 60)));
    }
    a.set("sum_scales", Attribute::floats(scales));
    a.set("sum_offsets", Attribute::floats(offsets));
    if (kind == Kind::Reals) a.set("sum_unit", static_cast<double>(static_cast<float>(real(0.0001, 0.1))));
    if (kind != Kind::Lines) return;
    std::vector<double> lines;
    const auto add = [&](double slope, double offset, int part) {
        lines.insert(lines.end(), {static_cast<float>(slope), static_cast<float>(offset), static_cast<double>(part)});
    };
    const bool left = random.below(3) != 0, right = random.below(3) != 0;
    if (left && random.below(2) != 0) add(0, std::round(real(-60, 60)), 3);
    if (left) add(real(-0.002, 0), real(-60, 60), 3);
    for (uint64_t i = right ? 1 + random.below(2) : 0; i > 0; --i)
        add(real(0.003, 0.008), real(-60, 60), 4);
    for (uint64_t i = 1 + random.below(5); i > 0; --i)
        add(real(-0.003, 0.008), real(-90, 40), left && random.below(3) == 0 ? 1 : right && random.below(3) == 0 ? 2 : 0);
    if (random.below(4) == 0) add(0, real(-90, 40), 0);
    a.set("sum_lines", Attribute::floats(lines));
}

OneOp makeZeroConv(const Slide& s, Kind kind, bool inSigned, bool outSigned, bool relu, Random& random) {
    OneOp op("tpu.Conv2D", random);
    const int64_t oh = (s.h + 2 * s.pad - (s.k - 1) * s.dilation - 1) / s.stride + 1;
    const int64_t ow = (s.w + 2 * s.pad - (s.k - 1) * s.dilation - 1) / s.stride + 1;
    const bool tflite = kind == Kind::Tflite || kind == Kind::TfliteSums;
    const int64_t zeroIn = random.below(3) == 0 ? 0 : zeroFor(inSigned, random);
    op.input({s.n, s.ic, s.h, s.w}, codeElement(inSigned), 0.05, zeroIn);
    const Shape filter{s.oc, s.ic / s.groups, s.k, s.k};
    const auto kernelZero = static_cast<int64_t>(100 + random.below(60));
    if (tflite)
        op.weight(filterWithZero(filter, kernelZero, random));
    else
        op.codes(filter, ElementType::Si8);
    const int64_t terms = s.ic / s.groups * s.k * s.k;
    std::vector<int32_t> bias;
    for (int64_t c = 0; c < s.oc; ++c)
        bias.push_back(static_cast<int32_t>(random.below(20000 * static_cast<uint64_t>(terms))) - static_cast<int32_t>(10000 * terms));
    if (hasForm(kind))
        op.absent();
    else
        op.weight(Tensor::of<int32_t>(ElementType::I32, {s.oc}, bias));
    auto& a = op.attributes;
    a.set("kernel_shape", Attribute::ints({s.k, s.k}));
    a.set("strides", Attribute::ints({s.stride, s.stride}));
    a.set("dilations", Attribute::ints({s.dilation, s.dilation}));
    a.set("pads", Attribute::ints({s.pad, s.pad, s.pad, s.pad}));
    a.set("group", s.groups);
    a.set("do_relu", relu);
    if (tflite) a.set("kernel_zp", kernelZero);
    if (kind == Kind::TfliteSums) return op.result({s.n, s.oc, oh, ow}, ElementType::I32), op;
    if (hasForm(kind)) {
        setForm(a, kind, s.oc, terms, random);
        if (kind == Kind::Reals) return op.result({s.n, s.oc, oh, ow}, ElementType::F32), op;
        a.set("do_relu", relu && kind == Kind::Sums);
        return op.result({s.n, s.oc, oh, ow}, codeElement(outSigned), 0.05, zeroFor(outSigned, random)), op;
    }
    std::vector<int64_t> multipliers, shifts;
    const double factor = 100.0 / (6000.0 * static_cast<double>(terms));
    const bool each = random.below(2) != 0; // a scale a channel
    for (int64_t c = 0; c < s.oc; ++c) {
        const double own = factor * static_cast<double>(random.real(0.6F, 1.4F));
        if (c > 0 && !each) {
            multipliers.push_back(multipliers[0]);
            shifts.push_back(shifts[0]);
            continue;
        }
        int exponent = 0;
        const double mantissa = std::frexp(own, &exponent);
        multipliers.push_back(tflite ? std::llround(std::ldexp(mantissa, 31)) : std::llround(std::ldexp(own, 30)));
        shifts.push_back(tflite ? -exponent : 30);
    }
    a.set("multiplier", Attribute::ints(multipliers));
    a.set("rshift", Attribute::ints(shifts));
    a.set("quant_mode", mode("rq_mode", tflite ? "TFLite_LShift" : "MultiplierShift"));
    return op.result({s.n, s.oc, oh, ow}, codeElement(outSigned), 0.05, zeroFor(outSigned, random)), op;
}

OneOp makeZeroMean(const Slide& s, bool inSigned, bool outSigned, bool counts, Random& random) {
    OneOp op("tpu.Pool2D", random);
    const int64_t zeroIn = zeroFor(inSigned, random), zeroOut = zeroFor(outSigned, random);
    op.input({s.n, s.ic, s.h, s.w}, codeElement(inSigned), 0.05, zeroIn);
    auto& a = op.attributes;
    a.set("kernel_shape", Attribute::ints({s.k, s.k}));
    a.set("strides", Attribute::ints({s.stride, s.stride}));
    a.set("pads", Attribute::ints({s.pad, s.pad, s.pad, s.pad}));
    a.set("pool_mode", mode("pool_mode", "Avg"));
    a.set("count_include_pad", counts);
    const double ratio = random.below(2) == 0 ? 0.5 : static_cast<double>(random.real(0.4F, 1.6F));
    a.set("scale", ratio / static_cast<double>(s.k * s.k));
    a.set("offset", static_cast<double>(zeroOut) - static_cast<double>(zeroIn) * ratio);
    const int64_t oh = (s.h + 2 * s.pad - s.k) / s.stride + 1, ow = (s.w + 2 * s.pad - s.k) / s.stride + 1;
    return op.result({s.n, s.ic, oh, ow}, codeElement(outSigned), 0.05, zeroOut), op;
}

OneOp makeZeroBinary(const std::string& name, const std::vector<Shape>& shapes, bool aSigned, bool bSigned, bool outSigned,
                     bool relu, Random& random) {
    OneOp op(name, random);
    for (size_t i = 0; i < shapes.size(); ++i) {
        const bool isSigned = i == 1 ? bSigned : aSigned;
        op.input(shapes[i], codeElement(isSigned), 0.05, random.below(4) == 0 ? 0 : zeroFor(isSigned, random));
    }
    auto& a = op.attributes;
    a.set("do_relu", relu);
    std::vector<int64_t> multipliers, shifts;
    for (size_t i = 0; i < shapes.size(); ++i) {
        multipliers.push_back(static_cast<int64_t>(1 + random.below(127)));
        shifts.push_back(static_cast<int64_t>(random.below(8)));
    }
    if (name == "tpu.Add") {
        a.set("multipliers", Attribute::ints(multipliers));
        a.set("rshifts", Attribute::ints(shifts));
    } else {
        a.set("multiplier", Attribute::si32(multipliers[0]));
        a.set("rshift", Attribute::si32(8 + shifts[0]));
        a.set("quant_mode", mode("rq_mode", "MultiplierShift"));
    }
    return op.result(shapes[0], codeElement(outSigned), 0.05, random.below(4) == 0 ? 0 : zeroFor(outSigned, random)), op;
}

OneOp makeRequant(const Shape& shape, ElementType from, bool tflite, bool inSigned, bool outSigned, Random& random) {
    OneOp op("tpu.RequantInt", random);
    const bool codes = from != ElementType::I32;
    op.input(shape, codes ? codeElement(inSigned) : from, 0.05, codes ? zeroFor(inSigned, random) : 0);
    auto& a = op.attributes;
    a.set("multiplier", Attribute::si32(tflite ? (int64_t{1} << 30) + static_cast<int64_t>(random.below(1 << 30))
                                               : static_cast<int64_t>(1 + random.below(127))));
    a.set("rshift", Attribute::si32(static_cast<int64_t>(codes ? random.below(tflite ? 3 : 8) : random.below(20))));
    a.set("quant_mode", mode("rq_mode", tflite ? "TFLite_LShift" : "MultiplierShift"));
    return op.result(shape, codeElement(outSigned), 0.05, zeroFor(outSigned, random)), op;
}

OneOp makeDequant(const Shape& shape, bool inSigned, Random& random) {
    OneOp op("tpu.DequantInt", random);
    op.input(shape, codeElement(inSigned), 0.05, zeroFor(inSigned, random));
    auto& a = op.attributes;
    a.set("lshift", 20);
    a.set("multiplier", Attribute::si32((int64_t{1} << 30) + static_cast<int64_t>(random.below(1 << 30))));
    a.set("shift", -static_cast<int64_t>(random.below(6)));
    a.set("quant_mode", mode("dq_mode", "TFLite"));
    return op.result(shape, ElementType::I32), op;
}

/// What TensorFlow Lite's sums are made of: 32-bit numbers, of which one side may be constant or repeat.
OneOp makeWideSum(bool minus, const Shape& shape, const Shape& other, bool constant, bool relu, Random& random) {
    OneOp op(minus ? "tpu.Sub" : "tpu.Add", random);
    op.input(shape, ElementType::I32);
    if (constant) {
        int64_t count = 1;
        for (const int64_t size : other) count *= size;
        std::vector<int32_t> numbers(static_cast<size_t>(count));
        for (int32_t& n : numbers) n = static_cast<int32_t>(random.below(1 << 28)) - (1 << 27);
        op.weight(Tensor::of<int32_t>(ElementType::I32, other, numbers));
    } else {
        op.input(other, ElementType::I32);
    }
    op.attributes.set("do_relu", relu);
    return op.result(shape, ElementType::I32), op;
}

/// (a - zero) · (b - zero) by a factor of 31 bits, rounded twice.
OneOp makeTfliteProduct(const Shape& shape, const Shape& other, int signs, Random& random) {
    OneOp op("tpu.Mul", random);
    op.input(shape, codeElement((signs & 1) != 0), 0.05, zeroFor((signs & 1) != 0, random));
    op.input(other, codeElement((signs & 2) != 0), 0.05, zeroFor((signs & 2) != 0, random));
    op.attributes.set("do_relu", false);
    op.attributes.set("multiplier", Attribute::si32((int64_t{1} << 30) + static_cast<int64_t>(random.below(1 << 30))));
    op.attributes.set("rshift", Attribute::si32(static_cast<int64_t>(random.below(13)) - 1));
    op.attributes.set("quant_mode", mode("rq_mode", "TFLite_LShift"));
    return op.result(shape, codeElement((signs & 4) != 0), 0.05, zeroFor((signs & 4) != 0, random)), op;
}

} // namespace

std::vector<Case> zeroCases() {
    std::vector<Case> cases;
    for (const auto& [shape, other] : {std::pair(Shape{1, 66, 7, 5}, Shape{1, 66, 7, 5}), {Shape{1, 66, 7, 5}, Shape{1, 66, 1, 1}}, {Shape{2, 70, 5, 4}, Shape{1, 1, 5, 4}}}) {
        for (int form = 0; form < 8; ++form)
            cases.push_back({"sum of 32 bits " + text(other) + " " + std::to_string(form),
                             [shape = shape, other = other, form](Random& r) { return makeWideSum((form & 1) != 0, shape, other, (form & 2) != 0, (form & 4) != 0, r); },
                             allCuttings()});
        for (int signs = 0; signs < 8; ++signs)
            cases.push_back({"tflite product " + text(other) + " " + std::to_string(signs),
                             [shape = shape, other = other, signs](Random& r) { return makeTfliteProduct(shape, other, signs, r); }, allCuttings()});
    }
    const std::vector<Slide> slides{{1, 3, 9, 11, 16, 3, 2, 1, 1, 1},  {1, 65, 7, 5, 70, 3, 1, 1, 1, 1}, {2, 17, 9, 8, 9, 1, 1, 0, 1, 1},
                                    {1, 70, 9, 11, 70, 3, 1, 1, 1, 70}, {1, 66, 9, 8, 66, 3, 2, 1, 1, 66}, {1, 12, 9, 8, 8, 3, 1, 2, 2, 4}};
    for (size_t i = 0; i < slides.size(); ++i)
        for (const Kind kind : {Kind::Shifted, Kind::Sums, Kind::Leaky, Kind::Lines, Kind::Reals, Kind::Tflite, Kind::TfliteSums})
            for (int signs = 0; signs < 4; ++signs) {
                const bool tflite = kind == Kind::Tflite || kind == Kind::TfliteSums;
                const bool inSigned = !tflite && (signs & 1) != 0, outSigned = (signs & 2) != 0;
                if (tflite && (signs & 1) != 0) continue;
                const std::string name = std::string(kind == Kind::Shifted  ? "conv "
                                                     : kind == Kind::Sums   ? "conv in floats "
                                                     : kind == Kind::Leaky  ? "leaky conv "
                                                     : kind == Kind::Lines  ? "conv and lines "
                                                     : kind == Kind::Reals  ? "conv to reals "
                                                     : kind == Kind::Tflite ? "tflite conv "
                                                                            : "tflite sums ") +
                                         std::to_string(i) + (inSigned ? " i8" : " u8") + (outSigned ? " i8" : " u8");
                cases.push_back({name, [=](Random& r) { return makeZeroConv(slides[i], kind, inSigned, outSigned, signs == 1, r); },
                                 allCuttings()});
            }
    for (const bool counts : {false, true})
        for (int signs = 0; signs < 4; ++signs) {
            const Slide s{1, 66, 9, 11, 66, 3, 2, counts ? 1 : 0, 1, 1}, all{2, 5, 7, 7, 5, 7, 1, 0, 1, 1},
                even{2, 65, 8, 6, 65, 4, 2, 1, 1, 1}; // sums of 16 codes meet halves exactly; some windows lie over the edge
            const std::string name = std::string(counts ? "mean with padding " : "mean ") + std::to_string(signs);
            cases.push_back({name, [=](Random& r) { return makeZeroMean(s, (signs & 1) != 0, (signs & 2) != 0, counts, r); }, allCuttings()});
            cases.push_back({name + " of all", [=](Random& r) { return makeZeroMean(all, (signs & 1) != 0, (signs & 2) != 0, counts, r); },
                             {{}, {.loose = true}}});
            cases.push_back({name + " of 16", [=](Random& r) { return makeZeroMean(even, (signs & 1) != 0, (signs & 2) != 0, counts, r); }, allCuttings()});
        }
    const std::vector<std::vector<Shape>> operands{{{1, 66, 7, 5}, {1, 66, 7, 5}}, {{2, 3, 5, 9}, {2, 3, 1, 1}}, {{1, 70, 5, 4}, {1, 1, 5, 4}},
                                                   {{1, 3, 70}, {1, 3, 70}}};
    for (const auto& shapes : operands)
        for (const char* op : {"tpu.Add", "tpu.Mul"})
            for (int signs = 0; signs < 8; ++signs)
                cases.push_back({std::string(op) + " " + text(shapes[0]) + " " + text(shapes[1]) + " " + std::to_string(signs),
                                 [=](Random& r) {
                                     return makeZeroBinary(op, shapes, (signs & 1) != 0, (signs & 2) != 0, (signs & 4) != 0, signs == 5, r);
                                 },
                                 allCuttings()});
    cases.push_back({"three terms", [](Random& r) {
                         const Shape s{1, 66, 7, 5};
                         return makeZeroBinary("tpu.Add", {s, s, s}, true, false, true, false, r);
                     }, allCuttings()});
    for (const auto& shape : {Shape{1, 66, 7, 5}, Shape{2, 3, 13, 1}})
        for (const bool tflite : {false, true})
            for (int signs = 0; signs < 4; ++signs) {
                const bool inSigned = (signs & 1) != 0, outSigned = (signs & 2) != 0;
                const std::string end = std::string(tflite ? " tflite " : " ") + text(shape) + " " + std::to_string(signs);
                cases.push_back({"codes to codes" + end,
                                 [=](Random& r) { return makeRequant(shape, ElementType::I8, tflite, inSigned, outSigned, r); },
                                 allCuttings()});
                cases.push_back({"sums to codes" + end,
                                 [=](Random& r) { return makeRequant(shape, ElementType::I32, tflite, inSigned, outSigned, r); },
                                 allCuttings()});
                if (tflite)
                    cases.push_back({"codes to numbers" + end, [=](Random& r) { return makeDequant(shape, inSigned, r); }, allCuttings()});
            }
    return cases;
}

} // namespace wb::test
