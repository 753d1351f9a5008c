// SPDX-License-Identifier: GPL-3.0-or-later
// Lowering of small hand-made networks: ranges, casts and their names and order, requants, reasons,
// errors, and that the lowered graph computes what it stands for.
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::ElementType;
using ir::Graph;
using ir::Tensor;
using ir::TensorType;
using ir::ValueId;
using ops::Precision;
using quantise::RangeTable;

namespace {

TensorType f32(ir::Shape shape) {
    return {ElementType::F32, std::move(shape), true, {}};
}

ir::AttributeMap attributes(std::initializer_list<std::pair<const char*, ir::Attribute>> list) {
    ir::AttributeMap a;
    for (const auto& [name, value] : list)
        a.set(name, value);
    return a;
}

ir::AttributeMap convAttributes(bool relu = false) {
    return attributes({{"dilations", ir::Attribute::ints({1, 1})},
                       {"do_relu", relu},
                       {"dynweight_reorderd", false},
                       {"group", 1},
                       {"kernel_shape", ir::Attribute::ints({1, 1})},
                       {"pads", ir::Attribute::ints({0, 0, 0, 0})},
                       {"relu_limit", -1.0},
                       {"strides", ir::Attribute::ints({1, 1})},
                       {"weight_is_coeff", 1}});
}

/// A 1x1 convolution of `channels` channels with random weights.
ValueId conv(Graph& g, ValueId in, const std::string& name, int64_t channels, bool relu = false) {
    test::Random random(std::hash<std::string>()(name));
    const int64_t from = g.value(in).type.shape[1];
    std::vector<float> weights(static_cast<size_t>(channels * from)),
        bias(static_cast<size_t>(channels));
    for (auto& w : weights)
        w = random.real(-1, 1);
    for (auto& b : bias)
        b = random.real(-0.5F, 0.5F);
    const auto w = g.addWeight(
        name + "_w", Tensor::of<float>(ElementType::F32, {channels, from, 1, 1}, weights));
    const auto b = g.addWeight(name + "_b", Tensor::of<float>(ElementType::F32, {channels}, bias));
    auto shape = g.value(in).type.shape;
    shape[1] = channels;
    return g.add("top.Conv", {in, w, b}, name, f32(shape), convAttributes(relu));
}

Graph withInput(int64_t channels = 4) {
    Graph g;
    g.name = "net";
    g.add("top.Input", {}, "x", f32({1, channels, 6, 6}));
    return g;
}

Tensor picture(int64_t channels = 4) {
    test::Random random(3);
    Tensor t(ElementType::F32, {1, channels, 6, 6});
    for (int64_t i = 0; i < t.elementCount(); ++i)
        t.mutableData<float>()[i] = random.real(-1, 1);
    return t;
}

Result<execute::TensorMap> run(const Graph& graph, const Tensor& input) {
    JobContext context;
    WB_ASSIGN(auto executor,
              execute::Executor::create(std::make_shared<const Graph>(graph), {}, context));
    return executor->run({{"x", input}}, context);
}

/// The true range of every layer.
RangeTable rangesOf(const Graph& graph, const Tensor& input) {
    RangeTable ranges;
    const auto note = [&](const std::string& name, const Tensor& t) {
        double low = 0, high = 0;
        for (int64_t i = 0; i < t.elementCount(); ++i) {
            low = std::min<double>(low, t.data<float>()[i]);
            high = std::max<double>(high, t.data<float>()[i]);
        }
        ranges[name] = {std::max(-low, high), low, high};
    };
    note("x", input);
    JobContext context;
    auto executor = execute::Executor::create(std::make_shared<const Graph>(graph),
                                              {.observable = true}, context);
    if (!executor) return ranges;
    const auto& run = *executor;
    (void)run->run({{"x", input}}, context,
                   [&](ir::NodeId id, std::span<const Tensor> results, double) -> Status {
                       note(run->graph().value(run->graph().node(id).results[0]).name, results[0]);
                       return {};
                   });
    return ranges;
}

std::vector<std::string> names(const Graph& graph) {
    std::vector<std::string> list;
    for (const auto& node : graph.nodes())
        if (node.op != "top.Weight" && node.op != "top.Input")
            list.push_back(graph.value(node.results[0]).name);
    return list;
}

double largestDifference(const execute::TensorMap& a, const execute::TensorMap& b) {
    double worst = 0;
    for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end(); ++x, ++y)
        for (int64_t i = 0; i < x->second.elementCount(); ++i)
            worst = std::max(worst, std::fabs(static_cast<double>(x->second.data<float>()[i]) -
                                              static_cast<double>(y->second.data<float>()[i])));
    return worst;
}

#define VERIFY_RESULT(result)                                                                      \
    QVERIFY2(result.hasValue(),                                                                    \
             result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

} // namespace

class TestLowering : public QObject {
    Q_OBJECT

private slots:
    void castsStandBehindTheirValueLastMadeFirst();
    void reshapeFollowsItsInput();
    void concatRequantsAnOperandWithOtherUsers();
    void concatSharesItsRangeWithItsOwnOperands();
    void extremeOfDifferentScalesIsComparedAtOneScale();
    void paddingAfterAPoolKeepsTheScale();
    void scaleDisappearsIntoTheConvolution();
    void scaleOfRowsRuns();
    void unavailablePrecisionsAreRefused();
    void missingThresholdsAreListed();
    void unknownNamesAreWarnedAbout();
    void int8ComesNearFloat();
};

void TestLowering::castsStandBehindTheirValueLastMadeFirst() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto b = conv(g, a, "b", 4);
    const auto c = conv(g, a, "c", 4);
    const auto d = conv(g, a, "d", 4);
    g.outputs = {b, c, d};
    JobContext context;
    auto lowered = quantise::lower(
        g, rangesOf(g, picture()),
        {{"b", Precision::F16}, {"c", Precision::F32}, {"d", Precision::F16}}, {}, context);
    VERIFY_RESULT(lowered);
    const std::vector<std::string> expected{"xa_si8", "a", "ac_f32", "ab_f16", "b",
                                            "b_f32",  "c", "d",      "d_f32"};
    QCOMPARE(names(*lowered->graph), expected);
    VERIFY_RESULT(run(*lowered->graph, picture()));
}

void TestLowering::reshapeFollowsItsInput() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto r =
        g.add("top.Reshape", {a}, "r", f32({1, 4, 36}),
              attributes({{"flatten_start_dim", -1}, {"shape", ir::Attribute::ints({1, 4, 36})}}));
    g.outputs = {r};
    JobContext context;
    auto lowered = quantise::lower(g, rangesOf(g, picture()), {{"r", Precision::F16}}, {}, context);
    VERIFY_RESULT(lowered);
    QCOMPARE(lowered->layers.size(), size_t{2});
    QCOMPARE(lowered->layers[1].reasonCode, std::string("R04"));
    QVERIFY(lowered->layers[1].actual == Precision::Int8);
    QVERIFY(lowered->graph->value(lowered->graph->find("r")).type.uniform() != nullptr);
}

void TestLowering::concatRequantsAnOperandWithOtherUsers() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto b = conv(g, a, "b", 4);
    const auto c = g.add("top.Concat", {a, b}, "c", f32({1, 8, 6, 6}),
                         attributes({{"axis", ir::Attribute::si32(1)},
                                     {"do_relu", false},
                                     {"only_merge", false},
                                     {"relu_limit", -1.0}}));
    g.outputs = {c};
    RangeTable ranges{{"x", {1, -1, 1}}, {"a", {2, -2, 2}}, {"b", {3, -3, 3}}, {"c", {4, -4, 4}}};
    JobContext context;
    auto lowered = quantise::lower(g, ranges, {}, {}, context);
    VERIFY_RESULT(lowered);
    const std::vector<std::string> expected{"xa_si8", "a", "a_to_c", "b", "b_to_c", "c", "c_f32"};
    QCOMPARE(names(*lowered->graph), expected);
    const auto& node = *lowered->graph->producer(lowered->graph->find("a_to_c"));
    QCOMPARE(node.op, std::string("tpu.MulShift"));
    QCOMPARE(node.attributes.integer("multiplier"), int64_t{1}); // 2/4
    QCOMPARE(node.attributes.integer("rshift"), int64_t{1});
}

void TestLowering::concatSharesItsRangeWithItsOwnOperands() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto b = conv(g, 0, "b", 4);
    const auto c = g.add("top.Concat", {a, b}, "c", f32({1, 8, 6, 6}),
                         attributes({{"axis", ir::Attribute::si32(1)},
                                     {"do_relu", false},
                                     {"only_merge", false},
                                     {"relu_limit", -1.0}}));
    g.outputs = {c};
    RangeTable ranges{{"x", {1, -1, 1}}, {"a", {2, -2, 2}}, {"b", {3, -3, 3}}, {"c", {4, -4, 4}}};
    JobContext context;
    auto lowered = quantise::lower(g, ranges, {}, {}, context);
    VERIFY_RESULT(lowered);
    for (const char* name : {"a", "b", "c"})
        QCOMPARE(lowered->graph->value(lowered->graph->find(name)).type.uniform()->scale(),
                 4 / 127.0);
}

/// The vendor compares codes of different scales here.
void TestLowering::extremeOfDifferentScalesIsComparedAtOneScale() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto b = conv(g, 0, "b", 4);
    const auto m = g.add("top.Max", {a, b}, "m", f32({1, 4, 6, 6}));
    g.outputs = {a, b, m};
    const auto ranges = rangesOf(g, picture());
    JobContext context;
    auto lowered = quantise::lower(g, ranges, {}, {}, context);
    VERIFY_RESULT(lowered);
    auto exact = run(g, picture());
    auto ours = run(*lowered->graph, picture());
    VERIFY_RESULT(exact);
    VERIFY_RESULT(ours);
    QVERIFY(largestDifference(*exact, *ours) < 0.08);
}

/// A pool of a signed input whose own range is never negative, then padding: codes and scale must
/// stay a pair (the vendor halves the values).
void TestLowering::paddingAfterAPoolKeepsTheScale() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const auto p = g.add("top.AvgPool", {a}, "p", f32({1, 4, 1, 1}),
                         attributes({{"count_include_pad", true},
                                     {"do_relu", false},
                                     {"is_adaptive", false},
                                     {"keepdims", true},
                                     {"kernel_shape", ir::Attribute::ints({6, 6})},
                                     {"pad_value", 0},
                                     {"pads", ir::Attribute::ints({0, 0, 0, 0})},
                                     {"relu_limit", -1.0},
                                     {"strides", ir::Attribute::ints({1, 1})}}));
    const auto padded =
        g.add("top.Pad", {p}, "padded", f32({1, 4, 3, 3}),
              attributes({{"mode", "constant"},
                          {"paddings", ir::Attribute::ints({0, 0, 1, 1, 0, 0, 1, 1})},
                          {"val", 0.0}}));
    g.outputs = {padded};
    RangeTable ranges{
        {"x", {1, -1, 1}}, {"a", {2, -2, 2}}, {"p", {1, 0, 1}}, {"padded", {1, 0, 1}}};
    JobContext context;
    auto lowered = quantise::lower(g, ranges, {}, {}, context);
    VERIFY_RESULT(lowered);
    const auto& graph = *lowered->graph;
    const auto& pool = graph.value(graph.find("p")).type;
    const auto& pad = graph.value(graph.find("padded")).type;
    QVERIFY(pool.element == ElementType::I8);
    QVERIFY(pad.element == pool.element);
    QCOMPARE(pad.uniform()->scale(), pool.uniform()->scale());
}

void TestLowering::scaleDisappearsIntoTheConvolution() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    const std::vector<float> factor{1, 2, -1, 0.5F}, offset{0.1F, 0, -0.2F, 1};
    const auto f = g.addWeight("f", Tensor::of<float>(ElementType::F32, {1, 4}, factor));
    const auto o = g.addWeight("o", Tensor::of<float>(ElementType::F32, {1, 4}, offset));
    const auto s = g.add("top.Scale", {a, f, o}, "s", f32({1, 4, 6, 6}),
                         attributes({{"do_relu", true}, {"relu_limit", -1.0}}));
    g.outputs = {s};
    JobContext context;
    auto lowered = quantise::lower(g, rangesOf(g, picture()), {}, {}, context);
    VERIFY_RESULT(lowered);
    QCOMPARE(names(*lowered->graph), (std::vector<std::string>{"xs_si8", "s", "s_f32"}));
    QCOMPARE(lowered->layers[0].name, std::string("a"));
    QCOMPARE(lowered->layers[0].reasonCode, std::string("R01"));
    auto exact = run(g, picture());
    auto ours = run(*lowered->graph, picture());
    VERIFY_RESULT(exact);
    VERIFY_RESULT(ours);
    QVERIFY(largestDifference(*exact, *ours) < 0.08);
}

void TestLowering::scaleOfRowsRuns() { // BatchNorm behind a product: there is no picture to convolve
    const std::vector<float> numbers{.1F, -.9F, .5F, .7F};
    for (const auto precision : {Precision::F32, Precision::F16, Precision::Int8}) {
        Graph g;
        const auto x = g.add("top.Input", {}, "x", f32({1, 4}));
        const auto w = g.addWeight("w", Tensor::of<float>(ElementType::F32, {4}, numbers));
        g.outputs = {g.add("top.Scale", {x, w, w}, "y", f32({1, 4}), attributes({{"do_relu", false}, {"relu_limit", -1.0}}))};
        const Tensor data = Tensor::of<float>(ElementType::F32, {1, 4}, numbers);
        const auto lowered = quantise::lower(g, rangesOf(g, data), {{"y", precision}}, {}, JobContext());
        QVERIFY(lowered && largestDifference(*run(g, data), *run(*lowered->graph, data)) < 0.05);
    }
}
void TestLowering::unavailablePrecisionsAreRefused() {
    Graph g = withInput();
    g.outputs = {conv(g, 0, "a", 4)};
    JobContext context;
    quantise::LowerOptions options;
    options.target.chip = ops::Chip::BM1684;
    options.target.module = Precision::F16;
    auto lowered = quantise::lower(g, {}, {}, options, context);
    QVERIFY(!lowered);
    QVERIFY(lowered.error().code == Code::PrecisionUnavailable);
    QVERIFY(!lowered.error().remedies.empty());
    options.target.module = Precision::Int8;
    QVERIFY(quantise::lower(g, {}, {}, options, context).error().code == Code::NothingToQuantise);
    options.target.chip = ops::Chip::BM1684X;
    QVERIFY(quantise::lower(g, {}, {}, options, context).error().code == Code::NothingToQuantise);
    options.target.module = Precision::F16;
    VERIFY_RESULT(quantise::lower(g, {}, {}, options, context));
}

void TestLowering::missingThresholdsAreListed() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 4);
    g.outputs = {conv(g, a, "b", 4)};
    JobContext context;
    auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}}, {}, {}, context);
    QVERIFY(!lowered);
    QVERIFY(lowered.error().code == Code::ThresholdMissing);
    QCOMPARE(lowered.error().fields.at("count"), std::string("2"));
    g.add("top.Unheard", {a}, "u", f32({1, 4, 6, 6}));
    g.outputs = {g.find("u")};
    auto unknown = quantise::lower(g, rangesOf(withInput(), picture()), {}, {}, context);
    QVERIFY(!unknown);
    QVERIFY(toText(unknown.error()).find("top.Unheard") != std::string::npos);
}

void TestLowering::unknownNamesAreWarnedAbout() {
    Graph g = withInput();
    g.outputs = {conv(g, 0, "a", 4)};
    auto ranges = rangesOf(g, picture());
    ranges["stranger"] = {1, -1, 1};
    JobContext context;
    auto lowered = quantise::lower(g, ranges, {{"nobody", Precision::F16}}, {}, context);
    VERIFY_RESULT(lowered);
    bool table = false, precision = false;
    for (const auto& problem : context.diagnostics().all()) {
        table = table || problem.code == Code::TableNamesUnknown;
        precision = precision || problem.code == Code::PrecisionNameUnknown;
    }
    QVERIFY(table);
    QVERIFY(precision);
    QCOMPARE(lowered->layers.back().reasonCode, std::string("R07"));
}

void TestLowering::int8ComesNearFloat() {
    Graph g = withInput();
    const auto a = conv(g, 0, "a", 8);
    const auto silu = g.add("top.SiLU", {a}, "silu", f32({1, 8, 6, 6}));
    const auto b = conv(g, silu, "b", 8);
    const auto leaky =
        g.add("top.LeakyRelu", {b}, "leaky", f32({1, 8, 6, 6}), attributes({{"alpha", 0.1}}));
    const auto sum =
        g.add("top.Add", {silu, leaky}, "sum", f32({1, 8, 6, 6}),
              attributes({{"do_relu", false}, {"is_scalar", false}, {"relu_limit", -1.0}}));
    const auto up = g.add(
        "top.Upsample", {sum}, "up", f32({1, 8, 12, 12}),
        attributes({{"do_relu", false}, {"relu_limit", -1.0}, {"scale_h", 2}, {"scale_w", 2}}));
    g.outputs = {up};
    const auto exact = run(g, picture());
    VERIFY_RESULT(exact);
    const auto ranges = rangesOf(g, picture());
    for (const auto precision :
         {Precision::Int8, Precision::F16, Precision::BF16, Precision::F32}) {
        quantise::LowerOptions options;
        options.target.module = precision;
        JobContext context;
        auto lowered = quantise::lower(g, ranges, {}, options, context);
        VERIFY_RESULT(lowered);
        auto ours = run(*lowered->graph, picture());
        VERIFY_RESULT(ours);
        const double allowed = precision == Precision::Int8   ? 0.15
                               : precision == Precision::BF16 ? 0.06
                                                              : 0.01;
        QVERIFY2(largestDifference(*exact, *ours) < allowed, ops::spelling(precision));
    }
}

QTEST_APPLESS_MAIN(TestLowering)
#include "tst_lowering.moc"
