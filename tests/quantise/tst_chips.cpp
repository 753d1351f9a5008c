// SPDX-License-Identifier: GPL-3.0-or-later
// Chips other than BM1684X: what becomes of a small network there, worked out again here from the definitions; what a chip
// lacks and how that is said.
#include "compiler/execute/executor.h"
#include "compiler/numeric/chip_multiplier.h"
#include "compiler/ops/support/bf16_tables.h"
#include "compiler/ops/support/chip_rules.h"
#include "compiler/quantise/kept_codes.h"
#include "compiler/quantise/lower.h"
#include "compiler/quantise/lower_quantised.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cmath>
#include <set>

using namespace wb;
using ir::ElementType;
using ir::Graph;
using ir::Tensor;
using ir::ValueId;
using ops::Chip;
using ops::Precision;

namespace {

constexpr int64_t kChannels = 4, kSide = 6;

ir::TensorType f32(ir::Shape shape) { return {ElementType::F32, std::move(shape), true, {}}; }

/// x → conv (1x1) → LeakyRelu → + x → join with the convolution → Sigmoid.
Graph network() {
    Graph g;
    g.name = "net";
    const ir::Shape shape{1, kChannels, kSide, kSide};
    const ValueId x = g.add("top.Input", {}, "x", f32(shape));
    test::Random random(7);
    std::vector<float> weights(kChannels * kChannels), bias(kChannels);
    for (auto& w : weights)
        w = random.real(-1, 1);
    for (auto& b : bias)
        b = random.real(-0.5F, 0.5F);
    const ValueId w = g.addWeight("w", Tensor::of<float>(ElementType::F32, {kChannels, kChannels, 1, 1}, weights));
    const ValueId b = g.addWeight("b", Tensor::of<float>(ElementType::F32, {kChannels}, bias));
    ir::AttributeMap a;
    a.set("dilations", ir::Attribute::ints({1, 1}));
    a.set("do_relu", false);
    a.set("dynweight_reorderd", false);
    a.set("group", 1);
    a.set("kernel_shape", ir::Attribute::ints({1, 1}));
    a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
    a.set("relu_limit", -1.0);
    a.set("strides", ir::Attribute::ints({1, 1}));
    a.set("weight_is_coeff", 1);
    const ValueId conv = g.add("top.Conv", {x, w, b}, "conv", f32(shape), a);
    ir::AttributeMap leaky;
    leaky.set("alpha", 0.1);
    const ValueId bent = g.add("top.LeakyRelu", {conv}, "bent", f32(shape), leaky);
    ir::AttributeMap plain;
    plain.set("do_relu", false);
    plain.set("relu_limit", -1.0);
    const ValueId sum = g.add("top.Add", {bent, x}, "sum", f32(shape), plain);
    ir::AttributeMap join = plain;
    join.set("axis", ir::Attribute::si32(1));
    const ValueId both = g.add("top.Concat", {sum, bent}, "both", f32({1, 2 * kChannels, kSide, kSide}), join);
    const ValueId out = g.add("top.Sigmoid", {both}, "out", f32({1, 2 * kChannels, kSide, kSide}), {});
    g.outputs = {out};
    return g;
}

const quantise::RangeTable kRanges{{"wide", {1, -1, 1, {}}}, {"x", {1, -1, 1, {}}},      {"conv", {2.5, -2.5, 2.5, {}}}, {"bent", {2, -0.3, 2, {}}},
                                   {"sum", {3, -1.2, 3, {}}},  {"both", {2.8, -1.2, 2.8, {}}}, {"out", {1, 0, 1, {}}}};

Result<quantise::Lowered> lowered(const Graph& top, Chip chip, Precision precision, const quantise::PrecisionTable& table = {},
                                  bool asymmetric = false) {
    quantise::LowerOptions options;
    options.target.chip = chip;
    options.target.module = precision;
    options.target.asymmetric = asymmetric;
    JobContext context;
    return quantise::lower(top, precision == Precision::Int8 ? kRanges : quantise::RangeTable{}, table, options, context);
}

/// Every layer's stored numbers: codes for quantised ones, else reals.
std::map<std::string, std::vector<double>> layersOf(const std::shared_ptr<const Graph>& graph) {
    std::map<std::string, std::vector<double>> layers;
    JobContext context;
    auto executor = execute::Executor::create(graph, {.scalar = false, .observable = true}, context);
    if (!executor) return layers;
    Tensor input(ElementType::F32, {1, kChannels, kSide, kSide});
    test::Random random(3);
    for (int64_t i = 0; i < input.elementCount(); ++i)
        input.mutableData<float>()[i] = random.real(-1, 1);
    (void)(*executor)->run({{"x", input}}, context, [&](ir::NodeId id, std::span<const Tensor> results, double) -> Status {
        const auto& value = graph->value(graph->node(id).results[0]);
        const auto reals = execute::toFloat(results[0], value.type);
        auto& layer = layers[value.name];
        for (int64_t i = 0; i < reals.elementCount(); ++i) {
            const double real = static_cast<double>(reals.data<float>()[i]);
            layer.push_back(value.type.uniform() == nullptr ? real : std::round(real / value.type.uniform()->scale()));
        }
        return {};
    });
    return layers;
}

const ir::Node& nodeOf(const Graph& graph, const char* name) { return *graph.producer(graph.find(name)); }

double clampCode(double v) { return std::clamp(v, -128.0, 127.0); }

} // namespace

class TestChips : public QObject {
    Q_OBJECT

private slots:
    void oneShift();
    void twoRoundings();
    void nearestCopiesCodes();
    void bf16Tables();
    void whatAChipLacks();
    void codesOfTheFileAreKept();
    void mixedByTable();
    void ownForms();
    void multipliers();
};

/// BM1684: codes · weights + bias, one shift for all channels, half up.
void TestChips::oneShift() {
    const auto result = lowered(network(), Chip::BM1684, Precision::Int8);
    QVERIFY(result.hasValue());
    const Graph& g = *result->graph;
    const auto& conv = nodeOf(g, "conv");
    QCOMPARE(conv.attributes.enumerator("quant_mode"), std::string("OnlyShift"));
    const auto shift = conv.attributes.integers("rshift").at(0);
    const auto* filter = g.weight(conv.operands[1]);
    const auto* bias = g.weight(conv.operands[2]);
    QVERIFY(filter != nullptr && bias != nullptr && bias->type() == ElementType::I16);
    const auto layers = layersOf(result->graph);
    const auto& in = layers.at(g.value(conv.operands[0]).name);
    const auto& out = layers.at("conv");
    const int64_t plane = kSide * kSide;
    for (int64_t o = 0; o < kChannels; ++o)
        for (int64_t p = 0; p < plane; ++p) {
            double sum = bias->data<int16_t>()[o];
            for (int64_t c = 0; c < kChannels; ++c)
                sum += in[static_cast<size_t>(c * plane + p)] * filter->data<int8_t>()[o * kChannels + c];
            QCOMPARE(out[static_cast<size_t>(o * plane + p)], clampCode(std::floor(sum / std::ldexp(1, static_cast<int>(shift)) + 0.5)));
        }
    QCOMPARE(g.attributes.string("module.chip"), std::string("bm1684"));
    QCOMPARE(nodeOf(g, "out").op, std::string("tpu.Lut"));
}

/// CV18xx: the high half of sum · 2q is rounded half up, then the shift half away from zero; joined codes are scaled by the node.
void TestChips::twoRoundings() {
    for (const Chip chip : {Chip::CV183X, Chip::CV182X, Chip::CV181X, Chip::CV180X}) {
        const auto result = lowered(network(), chip, Precision::Int8);
        QVERIFY(result.hasValue());
        const Graph& g = *result->graph;
        const auto& conv = nodeOf(g, "conv");
        const auto multipliers = conv.attributes.integers("multiplier"), shifts = conv.attributes.integers("rshift");
        const auto* filter = g.weight(conv.operands[1]);
        const auto* bias = g.weight(conv.operands[2]);
        QVERIFY(multipliers.size() == kChannels && filter != nullptr && bias != nullptr);
        const auto layers = layersOf(result->graph);
        const auto& in = layers.at(g.value(conv.operands[0]).name);
        const int64_t plane = kSide * kSide;
        for (int64_t o = 0; o < kChannels; ++o)
            for (int64_t p = 0; p < plane; ++p) {
                int64_t sum = bias->data<int32_t>()[o];
                for (int64_t c = 0; c < kChannels; ++c)
                    sum += static_cast<int64_t>(in[static_cast<size_t>(c * plane + p)]) * filter->data<int8_t>()[o * kChannels + c];
                const int64_t high = (sum * multipliers[static_cast<size_t>(o)] + (int64_t{1} << 30)) >> 31;
                const double expected = std::round(std::ldexp(static_cast<double>(high), static_cast<int>(-shifts[static_cast<size_t>(o)])));
                QCOMPARE(layers.at("conv")[static_cast<size_t>(o * plane + p)], clampCode(expected));
            }
        const auto& both = nodeOf(g, "both");
        const auto factors = both.attributes.integers("multipliers"), down = both.attributes.integers("rshifts");
        QCOMPARE(factors.size(), size_t(2));
        const double scaled = layers.at("sum")[0] * static_cast<double>(factors[0]);
        QCOMPARE(layers.at("both")[0], clampCode(std::floor(std::ldexp(scaled, static_cast<int>(-down[0])) + 0.5)));
        QVERIFY(ir::isSignedInteger(g.value(g.find("out")).type.element)); // all codes are signed there
    }
}

/// CV18xx: a picture resized to the nearest element by 1.5 keeps its codes.
void TestChips::nearestCopiesCodes() {
    Graph top = network();
    ir::AttributeMap a;
    a.set("mode", "nearest");
    a.set("coord_mode", "asymmetric");
    a.set("scale_h", 1.5);
    a.set("scale_w", 1.5);
    top.outputs = {top.add("top.Interp", {top.find("conv"), ir::kNoValue}, "wide", f32({1, kChannels, 9, 9}), a)};
    const auto result = lowered(top, Chip::CV183X, Precision::Int8);
    QVERIFY2(result.hasValue(), result ? "" : toText(result.error()).c_str());
    const auto& wide = nodeOf(*result->graph, "wide");
    QCOMPARE(wide.op, std::string("tpu.Interp"));
    QVERIFY(result->graph->value(wide.results[0]).type.uniform() != nullptr);
    const auto layers = layersOf(result->graph);
    for (int64_t i = 0; i < kChannels * 81; ++i) {
        const int64_t row = i % 81 / 9 * 2 / 3, column = i % 9 * 2 / 3;
        QCOMPARE(layers.at("wide")[static_cast<size_t>(i)], layers.at("conv")[static_cast<size_t>((i / 81 * kSide + row) * kSide + column)]);
    }
}


void TestChips::bf16Tables() {
    const auto result = lowered(network(), Chip::CV183X, Precision::BF16);
    QVERIFY(result.hasValue());
    QCOMPARE(nodeOf(*result->graph, "out").op, std::string("tpu.LutBF16"));
    const auto layers = layersOf(result->graph);
    for (size_t i = 0; i < layers.at("out").size(); ++i)
        QVERIFY(std::fabs(layers.at("out")[i] - 1 / (1 + std::exp(-layers.at("both")[i]))) < 0.01);
    const auto exponential = ops::slopeTables([](double x) { return std::exp(x); }, 15);
    QCOMPARE(ops::throughSlopes(exponential, 15, 0.0F), 1.0F);
    QVERIFY(std::fabs(ops::throughSlopes(exponential, 15, -1.0F) - std::exp(-1.0F)) < 0.004F);
    const auto inverse = ops::powerTables(-1);
    for (const float x : {1.0F, 2.0F, 3.0F, 0.125F, 100.0F})
        QVERIFY(std::fabs(ops::throughPower(inverse, x) * x - 1) < 0.01F);
    QVERIFY(ops::throughPower(inverse, 0.0F) > 1e38F);
}

void TestChips::whatAChipLacks() {
    struct Row {
        Chip chip;
        Precision precision;
        bool asymmetric;
    };
    for (const Row& row : {Row{Chip::BM1684, Precision::F16, false}, Row{Chip::BM1684, Precision::BF16, false},
                           Row{Chip::BM1684, Precision::Int8, true}, Row{Chip::CV183X, Precision::F32, false},
                           Row{Chip::CV180X, Precision::F16, false}, Row{Chip::CV181X, Precision::Int8, true}}) {
        const auto result = lowered(network(), row.chip, row.precision, {}, row.asymmetric);
        QVERIFY(!result.hasValue());
        QCOMPARE(result.error().code, Code::PrecisionUnavailable);
        QVERIFY(!result.error().remedies.empty());
    }
    // A network with codes of its own, which have zero points: said before anything is worked out.
    Graph own = network();
    own.attributes.set("module.state", "TOP_QUANTIZED");
    auto& type = own.value(own.find("x")).type;
    type.element = ElementType::I8;
    type.quant = ir::UniformQuant{{0.01}, {-3}, {}, {}, ElementType::F32};
    const auto refused = lowered(own, Chip::BM1684, Precision::Int8);
    QVERIFY(!refused.hasValue());
    QCOMPARE(refused.error().node, std::string("x"));
    QVERIFY(refused.error().remedies.at(0).find("--requantise") != std::string::npos);
    const auto ranges = quantise::carriedRanges(own);
    QCOMPARE(ranges.size(), size_t(1));
    QCOMPARE(ranges.at("x").max, 1.3);
    QCOMPARE(ranges.at("x").min, -1.25);
}

/// Small channels of a depthwise filter beside a large one: on BM1684 the file's codes or a multiple of them, not others.
void TestChips::codesOfTheFileAreKept() {
    Graph own;
    own.name = "own";
    own.attributes.set("module.state", "TOP_QUANTIZED");
    const auto coded = [](ElementType element, ir::Shape shape, double scale, int64_t zero) {
        ir::TensorType type{element, std::move(shape), true, {}};
        type.quant = ir::UniformQuant{{scale}, {zero}, {}, {}, ElementType::F32};
        return type;
    };
    std::vector<int8_t> codes;
    for (const int greatest : {120, 3, 2, 5})
        for (int i = 0; i < 9; ++i)
            codes.push_back(static_cast<int8_t>(i % 3 == 0 ? greatest : i % 3 == 1 ? -1 : 1));
    const auto x = own.add("top.Input", {}, "x", coded(ElementType::Ui8, {1, 4, 6, 6}, 0.0231, 0));
    const auto w = own.addWeight("w", ir::Tensor::of<int8_t>(ElementType::I8, {4, 1, 3, 3}, codes), coded(ElementType::I8, {4, 1, 3, 3}, 0.0137, 0));
    ir::AttributeMap a;
    for (const char* name : {"dilations", "strides"})
        a.set(name, ir::Attribute::ints({1, 1}));
    a.set("kernel_shape", ir::Attribute::ints({3, 3}));
    a.set("pads", ir::Attribute::ints({1, 1, 1, 1}));
    a.set("group", 4);
    a.set("do_relu", true);
    a.set("relu_limit", -1.0);
    own.outputs = {own.add("top.Conv", {x, w, ir::kNoValue}, "y", coded(ElementType::Ui8, {1, 4, 6, 6}, 0.0291, 0), std::move(a))};
    auto numbers = quantise::withoutCodes(own);
    QVERIFY(numbers.hasValue());
    quantise::LowerOptions options;
    options.target.chip = Chip::BM1684;
    const auto factors = [&](const quantise::RangeTable& ranges) {
        std::set<double> found;
        const auto result = quantise::lower(*numbers, ranges, {}, options, {});
        if (!result.hasValue()) return found;
        for (const ir::Node& node : result->graph->nodes())
            if (node.op == "tpu.Conv2D")
                for (size_t i = 0; i < codes.size(); ++i)
                    found.insert(result->graph->weight(node.operands[1])->data<int8_t>()[i] / double{codes[i] * 1.0});
        return found;
    };
    auto ranges = quantise::carriedRanges(own);
    QVERIFY(factors(ranges).size() > 1); // rounded to another grid
    QVERIFY(quantise::keepFilterCodes(own, *numbers, ranges).hasValue());
    QCOMPARE(factors(ranges), std::set<double>{1});
    QVERIFY(ranges.at("y").max > 0.8 * 255 * 0.0291);
}

/// A layer in F32 among INT8 ones stands between casts; a layer that the chip has no integer form of is wide by itself.
void TestChips::mixedByTable() {
    const auto result = lowered(network(), Chip::BM1684, Precision::Int8, {{"sum", Precision::F32}});
    QVERIFY(result.hasValue());
    QVERIFY(result->graph->value(result->graph->find("sum")).type.uniform() == nullptr);
    QVERIFY(result->graph->value(result->graph->find("both")).type.uniform() != nullptr);
    QCOMPARE(layersOf(result->graph).at("out").size(), size_t(2 * kChannels * kSide * kSide));

    Graph g = network();
    ir::AttributeMap a;
    a.set("min", -1.0);
    a.set("max", 1.0);
    g.outputs = {g.add("top.Clip", {g.find("sum")}, "cut", f32({1, kChannels, kSide, kSide}), a)};
    for (const auto& [chip, wide] : {std::pair{Chip::BM1684, Precision::F32}, std::pair{Chip::CV183X, Precision::BF16}}) {
        const auto cut = lowered(g, chip, Precision::Int8);
        QVERIFY(cut.hasValue());
        QCOMPARE(cut->layers.back().name, std::string("cut"));
        QVERIFY(cut->layers.back().actual == wide);
        QCOMPARE(cut->layers.back().reasonCode, std::string("R03"));
    }
}

/// Operators that a chip computes in a way of its own, number by number.
void TestChips::ownForms() {
    Graph g = network();
    const ir::Shape shape{1, kChannels, kSide, kSide};
    const ValueId sum = g.find("sum"), bent = g.find("bent");
    ir::AttributeMap plain;
    plain.set("do_relu", false);
    plain.set("relu_limit", -1.0);
    ir::AttributeMap mean = plain;
    mean.set("axes", ir::Attribute::ints({1}));
    mean.set("keepdims", true);
    mean.set("mode", "ReduceMean");
    ir::AttributeMap number = plain;
    number.set("const_val", 0.5);
    g.outputs = {g.add("top.Relu", {sum}, "kept", f32(shape), plain), g.add("top.Max", {bent, sum}, "most", f32(shape), plain),
                 g.add("top.Sub", {bent, sum}, "less", f32(shape), plain), g.add("top.Sub", {sum, bent}, "more", f32(shape), plain),
                 g.add("top.MaxConst", {sum}, "floor", f32(shape), number),
                 g.add("top.Reduce", {sum}, "mean", f32({1, 1, kSide, kSide}), mean)};
    auto ranges = kRanges;
    for (const auto& [name, threshold] : {std::pair{"kept", 3.0}, {"most", 2.5}, {"less", 2.0}, {"more", 4.0}, {"floor", 3.0}, {"mean", 1.5}})
        ranges[name] = {threshold, -1.2, threshold, {}};
    const auto on = [&](Chip chip) {
        quantise::LowerOptions options;
        options.target.chip = chip;
        return quantise::lower(g, ranges, {}, options, {});
    };
    const auto cv = on(Chip::CV181X);
    QVERIFY2(cv, cv ? "" : toText(cv.error()).c_str());
    auto layers = layersOf(cv->graph);
    QCOMPARE(layers.size() > 8, true);
    for (size_t i = 0; i < layers.at("sum").size(); ++i) {
        const double a = layers.at("bent")[i], b = layers.at("sum")[i];
        QCOMPARE(layers.at("kept")[i], std::max(b, 0.0));
        // 2 / 2.5 and 3 / 2.5 at the larger one's shift: 0.8 * 2^6 = 51, 1.2 * 2^6 = 76
        QCOMPARE(layers.at("most")[i], clampCode(std::floor((std::max(a * 51, b * 76) + 32) / 64)));
        QCOMPARE(layers.at("floor")[i], std::max(b, 21.0)); // 0.5 / (3 / 127)
    }
    const size_t plane = kSide * kSide;
    for (size_t i = 0; i < plane; ++i) {
        double total = 0;
        for (size_t c = 0; c < kChannels; ++c)
            total += layers.at("sum")[c * plane + i];
        const auto pair = numeric::truncatedMultiplier(2.0 / kChannels);
        QCOMPARE(layers.at("mean")[i], clampCode(std::floor(total * pair.multiplier / std::ldexp(1.0, pair.shift) + 0.5)));
    }

    const auto bm = on(Chip::BM1684);
    QVERIFY2(bm, bm ? "" : toText(bm.error()).c_str());
    QVERIFY(bm->graph->value(bm->graph->find("less")).type.uniform() == nullptr); // smaller than an operand: floats
    QVERIFY(bm->graph->value(bm->graph->find("more")).type.uniform() != nullptr);
    layers = layersOf(bm->graph);
    for (size_t i = 0; i < layers.at("sum").size(); ++i) {
        const double a = layers.at("bent")[i], b = layers.at("sum")[i];
        // 3 / 4 = 96 / 2^7 and 2.5 / 4 = 80 / 2^7 (a leaky one keeps its operand's range), each shifted by itself
        QCOMPARE(layers.at("more")[i], clampCode(std::floor((b * 96 + 64) / 128) - std::floor((a * 80 + 64) / 128)));
        // compared at 64 / 2^6 with 0.5 / (3 / 127) * 2^6 = 1355
        QCOMPARE(layers.at("floor")[i], clampCode(std::floor((std::max(b * 64, 1355.0) + 32) / 64)));
    }
}

void TestChips::multipliers() {
    QCOMPARE(numeric::truncatedMultiplier(0.1), (numeric::MultiplierShift{102, 10}));
    QCOMPARE(numeric::truncatedMultiplier(200), (numeric::MultiplierShift{127, 0}));
    QCOMPARE(numeric::rightShiftBelow(1.0), 6);
    QCOMPARE(numeric::rightShiftBelow(127.5), -1);
    QCOMPARE(numeric::rightShiftOfRatio(1.0), 6);
    const float values[] = {1, -40000, 2};
    const auto bias = numeric::narrowBias(values, 1);
    QCOMPARE(bias.codes, (std::vector<int16_t>{1, -32768, 2}));
    QVERIFY(std::fabs(bias.overflowed - 1.0 / 3) < 1e-9);
}

QTEST_GUILESS_MAIN(TestChips)
#include "tst_chips.moc"
