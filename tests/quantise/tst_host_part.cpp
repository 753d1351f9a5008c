// SPDX-License-Identifier: GPL-3.0-or-later
// What stays on the host behind the chip's last layer: kept in float, cut off cleanly, refused in the middle; and scales
// of weights that a calibration table of quantisation-aware training brings.
#include "compiler/execute/executor.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/lower.h"
#include "tests/support/tensors.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace wb;
using ir::ElementType;
using ir::Graph;
using ir::Tensor;
using ir::ValueId;
using ops::Precision;

namespace {

ValueId conv(Graph& g, ValueId in, const std::string& name, int64_t channels) {
    const ir::Shape x = g.value(in).type.shape;
    const ValueId w = g.addWeight(name + "_w", test::randomNumbers({channels, x[1], 1, 1}, 5));
    const ValueId b = g.addWeight(name + "_b", test::randomNumbers({channels}, 6));
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
    return g.add("top.Conv", {in, w, b}, name, test::f32({x[0], channels, x[2], x[3]}), std::move(a));
}

/// The greatest three along the channels, and a ReLU of them: behind TopK all is the host's.
void topK(Graph& g, ValueId in, std::vector<ValueId>& outputs) {
    ir::Shape shape = g.value(in).type.shape;
    shape[1] = 3;
    ir::AttributeMap a;
    a.set("K", 3);
    a.set("axis", 1);
    a.set("largest", true);
    a.set("sorted", true);
    const ir::NodeId node = g.addNode("top.TopK", {in}, {"best", "places"}, {test::f32(shape), test::f32(shape)}, std::move(a));
    const ValueId best = g.node(node).results[0], places = g.node(node).results[1];
    ir::AttributeMap relu;
    relu.set("relu_limit", -1.0);
    outputs = {g.add("top.Relu", {best}, "positive", test::f32(shape), std::move(relu)), places};
}

Graph detector() {
    Graph g;
    g.name = "net";
    const ValueId x = g.add("top.Input", {}, "x", test::f32({1, 4, 6, 6}));
    topK(g, conv(g, x, "c", 8), g.outputs);
    return g;
}

const quantise::RangeTable kRanges{{"x", {1, -1, 1}}, {"c", {4, -4, 4}}};

Result<execute::TensorMap> run(std::shared_ptr<const Graph> graph, const execute::TensorMap& inputs) {
    WB_ASSIGN(const auto executor, execute::Executor::create(std::move(graph), {}, {}));
    return executor->run(inputs, {});
}

bool same(const Tensor& a, const Tensor& b) {
    return a.byteSize() == b.byteSize() && std::memcmp(a.bytes(), b.bytes(), a.byteSize()) == 0;
}

} // namespace

class TestHostPart : public QObject {
    Q_OBJECT
private slots:
    void staysFloatAndIsCutOff_data() {
        QTest::addColumn<int>("precision");
        QTest::newRow("int8") << int(Precision::Int8);
        QTest::newRow("f16") << int(Precision::F16);
        QTest::newRow("f32") << int(Precision::F32);
    }
    void staysFloatAndIsCutOff() {
        QFETCH(int, precision);
        quantise::LowerOptions options;
        options.target.module = static_cast<Precision>(precision);
        const auto lowered = quantise::lower(detector(), kRanges, {}, options, {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        for (const char* name : {"best", "places", "positive"}) {
            const ValueId id = lowered->graph->find(name);
            QVERIFY2(id != ir::kNoValue && quantise::runsOnHost(*lowered->graph->producer(id)), name);
            QCOMPARE(lowered->graph->value(id).type.element, ElementType::F32);
        }
        const auto split = quantise::splitHost(lowered->graph);
        QVERIFY(split.host != nullptr);
        QCOMPARE(split.layers, (std::vector<std::string>{"best (TopK)", "positive (Relu)"}));
        QCOMPARE(split.chip->outputs.size(), size_t{1});
        const std::string end = split.chip->value(split.chip->outputs[0]).name;
        QCOMPARE(end, std::string(options.target.module == Precision::F32 ? "c" : "c_f32"));
        for (const ir::Node& node : split.chip->nodes())
            QVERIFY(!quantise::runsOnHost(node));

        const execute::TensorMap inputs{{"x", test::randomNumbers({1, 4, 6, 6}, 9)}};
        const auto whole = run(lowered->graph, inputs);
        QVERIFY2(whole, whole ? "" : toText(whole.error()).c_str());
        const auto chip = run(split.chip, inputs);
        QVERIFY(chip);
        const auto host = run(split.host, *chip);
        QVERIFY2(host, host ? "" : toText(host.error()).c_str());
        QCOMPARE(host->size(), whole->size());
        for (const auto& [name, tensor] : *whole)
            QVERIFY2(same(tensor, host->at(name)), name.c_str());
    }

    void whatNobodyBeginsHasNoHostPart() {
        Graph g;
        g.name = "net";
        g.outputs = {conv(g, g.add("top.Input", {}, "x", test::f32({1, 4, 6, 6})), "c", 8)};
        QVERIFY(quantise::hostNodes(g).empty());
        const auto lowered = quantise::lower(g, kRanges, {}, {}, {});
        QVERIFY(lowered);
        const auto split = quantise::splitHost(lowered->graph);
        QVERIFY(split.host == nullptr && split.layers.empty());
        QCOMPARE(split.chip.get(), lowered->graph.get());
    }

    void layersOfTheChipBehindItAreRefused() {
        Graph g = detector();
        g.outputs = {conv(g, g.find("positive"), "behind", 4)};
        quantise::RangeTable ranges = kRanges;
        for (const char* name : {"best", "places", "positive", "behind"})
            ranges.insert_or_assign(name, quantise::Range{4, -4, 4});
        const auto lowered = quantise::lower(g, ranges, {}, {}, {});
        QVERIFY(!lowered);
        QCOMPARE(lowered.error().code, Code::OperatorNotLowered);
        QCOMPARE(lowered.error().node, std::string("best"));
        QVERIFY(!lowered.error().remedies.empty());
        QVERIFY2(lowered.error().remedies.front().find("--output_names c") != std::string::npos, lowered.error().remedies.front().c_str());
    }

    /// Scales that training fixed are taken as they are, not made of the largest weight.
    void scalesOfTheTableAreTheWeights() {
        Graph g;
        g.name = "net";
        g.outputs = {conv(g, g.add("top.Input", {}, "x", test::f32({1, 4, 6, 6})), "c", 8)};
        quantise::RangeTable ranges = kRanges;
        std::vector<double> scales;
        for (int i = 0; i < 8; ++i)
            scales.push_back(0.009 + 0.001 * i);
        ranges.at("c").weightScales = scales;
        const auto lowered = quantise::lower(g, ranges, {}, {}, {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        const ir::Node* node = nullptr;
        for (const ir::Node& n : lowered->graph->nodes())
            if (n.op == "tpu.Conv2D") node = &n;
        QVERIFY(node != nullptr);
        const Tensor* codes = lowered->graph->weight(node->operands[1]);
        const Tensor* weights = g.weight(g.find("c_w"));
        QVERIFY(codes != nullptr && ir::isSignedInteger(codes->type()) && codes->elementCount() == weights->elementCount());
        for (int64_t i = 0; i < codes->elementCount(); ++i) {
            const double code = static_cast<double>(weights->data<float>()[i]) / scales[static_cast<size_t>(i / 4)];
            QVERIFY(std::abs(std::clamp(std::round(code), -128.0, 127.0) - codes->data<int8_t>()[i]) <= (std::abs(code - std::floor(code) - 0.5) < 1e-4 ? 1 : 0));
        }
    }
};

QTEST_GUILESS_MAIN(TestHostPart)
#include "tst_host_part.moc"
