// SPDX-License-Identifier: GPL-3.0-or-later
// The search for a precision table: on a small network of convolutions, one of which INT8 spoils because a
// single channel is 250 times larger than the others; and on a real detector.
#include "compiler/calibrate/calibrator.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/preprocess/samples.h"
#include "compiler/search/search.h"
#include "tests/support/shared_data.h"

#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace wb::search;
namespace ir = wb::ir;
using wb::Code;
using wb::execute::TensorMap;

namespace {

constexpr int kLayers = 8, kChannels = 8, kSize = 8;

/// c0 → c1 → … → c7, 3x3 convolutions with ReLU; what c2 gives has one huge channel, which c3 hardly reads.
ir::Graph chain() {
    ir::Graph graph;
    graph.name = "chain";
    wb::test::Random random(99);
    const ir::TensorType type{ir::ElementType::F32, {1, kChannels, kSize, kSize}, true, {}};
    ir::ValueId value = graph.add("top.Input", {}, "x", type);
    for (int layer = 0; layer < kLayers; ++layer) {
        ir::Tensor filter(ir::ElementType::F32, {kChannels, kChannels, 3, 3});
        ir::Tensor bias(ir::ElementType::F32, {kChannels});
        for (int64_t i = 0; i < filter.elementCount(); ++i) {
            float weight = random.real(-0.15f, 0.2f);
            if (layer == 2 && i < kChannels * 9) weight *= 250;
            if (layer == 3 && i / 9 % kChannels == 0) weight *= 0.004f;
            filter.mutableData<float>()[i] = weight;
        }
        const std::string name = "c" + std::to_string(layer);
        ir::AttributeMap attributes;
        attributes.set("kernel_shape", ir::Attribute::ints({3, 3}));
        attributes.set("strides", ir::Attribute::ints({1, 1}));
        attributes.set("pads", ir::Attribute::ints({1, 1, 1, 1}));
        attributes.set("dilations", ir::Attribute::ints({1, 1}));
        attributes.set("group", int64_t{1});
        attributes.set("do_relu", true);
        attributes.set("relu_limit", -1.0);
        const auto w = graph.addWeight(name + "_w", filter), b = graph.addWeight(name + "_b", bias);
        value = graph.add("top.Conv", {value, w, b}, name, type, attributes);
    }
    graph.outputs = {value};
    return graph;
}

wb::Result<TensorMap> sample(size_t index) {
    wb::test::Random random(7 + index);
    ir::Tensor x(ir::ElementType::F32, {1, kChannels, kSize, kSize});
    for (int64_t i = 0; i < x.elementCount(); ++i)
        x.mutableData<float>()[i] = random.real(-1, 1);
    return TensorMap{{"x", x}};
}

wb::quantise::RangeTable rangesOf(std::shared_ptr<const ir::Graph> graph, size_t samples,
                                  const wb::calibrate::SampleLoader& load) {
    wb::calibrate::Options options;
    options.method = wb::calibrate::Method::Max;
    const auto found = wb::calibrate::calibrate(std::move(graph), samples, load, options, {});
    wb::quantise::RangeTable table;
    if (found)
        for (const auto& row : found->rows)
            table[row.name] = {row.threshold, row.min, row.max};
    return table;
}

} // namespace

class TestSearch : public QObject {
    Q_OBJECT

    ir::Graph m_top = chain();
    wb::quantise::RangeTable m_ranges;
    double m_int8 = 0;

private slots:
    void initTestCase() {
        m_ranges = rangesOf(std::make_shared<ir::Graph>(m_top), 3, sample);
        QCOMPARE(m_ranges.size(), size_t{kLayers + 1});
    }

    void int8ThatIsEnoughSaysSo() {
        wb::JobContext context;
        std::string line;
        context.setLineSink([&](const std::string& text) { line = text; });
        Options options;
        options.expectedCosine = 0.5;
        const auto result = searchTable(m_top, m_ranges, 3, sample, options, context);
        QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
        QVERIFY(result->int8IsEnough && result->goalReached && result->floatLayers.empty());
        QVERIFY(line.starts_with("job success, current int8 cos:0."));
        QVERIFY(line.ends_with(" is higher than expected_cos:0.5,no need for mix precsion"));
        m_int8 = result->int8Cosine;
        QVERIFY(m_int8 < 0.9999);
    }

    /// What stands behind the chip's last layer has no say: the tensors before it are compared.
    void hostPartIsNotMeasured() {
        ir::Graph net = m_top;
        const ir::TensorType rows{ir::ElementType::F32, {1, 2, kSize, kSize}, true, {}};
        ir::AttributeMap a;
        a.set("K", 2);
        a.set("axis", 1);
        a.set("largest", true);
        a.set("sorted", true);
        const ir::NodeId best = net.addNode("top.TopK", {net.outputs[0]}, {"best", "places"}, {rows, rows}, std::move(a));
        net.outputs = {net.node(best).results[0], net.node(best).results[1]};
        Options options;
        options.expectedCosine = 0.5;
        options.fixed = {{"best", wb::ops::Precision::F32}};
        Options limitOnly;
        limitOnly.expectedCosine = 0.5;
        const auto alone = searchTable(m_top, m_ranges, 3, sample, limitOnly, {});
        const auto result = searchTable(net, m_ranges, 3, sample, options, {});
        QVERIFY2(alone && result, result ? "" : wb::toText(result.error()).c_str());
        QCOMPARE(result->int8Cosine, alone->int8Cosine);
    }

    void bothStrategiesReachAGoal_data() {
        QTest::addColumn<QString>("strategy");
        QTest::newRow("walk") << "walk";
        QTest::newRow("ranked") << "ranked";
        QTest::newRow("knapsack") << "knapsack";
    }
    void bothStrategiesReachAGoal() {
        QFETCH(QString, strategy);
        wb::JobContext context;
        int candidates = 0, best = 0;
        context.setEventSink([&](const char* kind, const nlohmann::json& payload) {
            if (std::string(kind) == "search-candidate") {
                ++candidates;
                best += payload.at("best").get<bool>();
                QVERIFY(payload.at("float_macs_share").get<double>() <= 1);
            }
        });
        Options options;
        options.strategy = *strategyFromSpelling(strategy.toStdString());
        options.expectedCosine = m_int8 + (1 - m_int8) * 0.7;
        options.minLayerCosine = 0.99999;
        options.maxFloatLayers = kLayers;
        const auto result = searchTable(m_top, m_ranges, 3, sample, options, context);
        QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
        QVERIFY(result->goalReached);
        QVERIFY(result->mixedCosine > options.expectedCosine);
        QVERIFY(!result->floatLayers.empty() && result->floatLayers.size() < size_t{kLayers});
        QVERIFY(!result->loss.empty());
        QVERIFY(std::is_sorted(result->loss.begin(), result->loss.end(),
                               [](const auto& a, const auto& b) { return a.similarity < b.similarity; }));
        QCOMPARE(candidates, result->candidates);
        QVERIFY(best >= 2);
    }

    void aGoalOutOfReachKeepsTheBest() {
        wb::JobContext context;
        Options options;
        options.expectedCosine = 1;
        options.minLayerCosine = 1;
        options.maxFloatLayers = 2;
        const auto result = searchTable(m_top, m_ranges, 2, sample, options, context);
        QVERIFY(result.hasValue());
        QVERIFY(!result->goalReached);
        QVERIFY(result->mixedCosine >= result->int8Cosine);
        const auto problems = context.diagnostics().all();
        QVERIFY(std::any_of(problems.begin(), problems.end(),
                            [](const wb::Error& e) { return e.code == Code::SearchGoalNotReached; }));
    }

    void lockedLayersAreLeftAlone() {
        Options options;
        options.expectedCosine = 1;
        options.minLayerCosine = 1;
        options.maxFloatLayers = kLayers;
        options.locked = {"c2", "c3"};
        options.fixed = {{"c5", wb::ops::Precision::F16}};
        for (const Strategy strategy : {Strategy::Walk, Strategy::Sensitivity}) {
            options.strategy = strategy;
            const auto result = searchTable(m_top, m_ranges, 2, sample, options, {});
            QVERIFY(result.hasValue());
            for (const std::string& name : result->floatLayers)
                QVERIFY2(name != "c2" && name != "c3" && name != "c5", name.c_str());
        }
    }

    void aStopKeepsTheBest() {
        std::stop_source stop;
        wb::JobContext context(stop.get_token());
        int candidates = 0;
        context.setEventSink([&](const char* kind, const nlohmann::json&) {
            if (std::string(kind) == "search-candidate" && ++candidates == 3)
                stop.request_stop();
        });
        Options options;
        options.expectedCosine = 1;
        options.minLayerCosine = 1;
        options.maxFloatLayers = kLayers;
        const auto result = searchTable(m_top, m_ranges, 2, sample, options, context);
        QVERIFY(result.hasValue());
        QVERIFY(result->cancelled);
        QCOMPARE(result->candidates, 3);
    }

    void errorsAndWords() {
        QCOMPARE(searchTable(m_top, m_ranges, 0, sample, {}, {}).error().code, Code::DatasetEmpty);
        Options options;
        options.floatType = wb::ops::Precision::Int8;
        QCOMPARE(searchTable(m_top, m_ranges, 1, sample, options, {}).error().code, Code::PrecisionUnavailable);
        QCOMPARE(searchTable(m_top, {}, 1, sample, {}, {}).error().code, Code::NothingToQuantise);
        Outcome outcome;
        outcome.int8Cosine = 0.9991149;
        outcome.mixedCosine = 0.999517;
        outcome.seconds = 44.2;
        QCOMPARE(summaryLines(outcome, "yolov3_qtable"),
                 (std::vector<std::string>{"int8 outputs_cos:0.999115 old", "mix model outputs_cos:0.999517",
                                           "Output mix quantization table to yolov3_qtable",
                                           "total time:44 second"}));
        QVERIFY(floatTypeOf(wb::ops::Chip::BM1684) == wb::ops::Precision::F32);
    }

    /// A real network never ends below its INT8 form; prints what was reached.
    void realDetector() {
        WB_SHARED_OR_SKIP(model, "models/yolo_fastest_xl.onnx");
        const auto shared = wb::test::sharedFolder();
        wb::importer::ImportOptions import;
        import.preprocess.pixelFormat = "rgb";
        import.preprocess.keepAspectRatio = true;
        import.preprocess.scale.assign(3, double(0.0039216f));
        auto imported = wb::importer::importModel(model, import, {});
        QVERIFY(imported.hasValue());
        QVERIFY(wb::passes::optimiseTop(imported->origin, {}).hasValue());
        const ir::Graph top = std::move(imported->origin);
        const auto table = wb::calibrate::readTable(shared / "golden/yolo_fastest_xl/cali_table");
        QVERIFY(table.hasValue());
        wb::quantise::RangeTable ranges;
        for (const auto& row : table->rows)
            ranges[row.name] = {row.threshold, row.min, row.max};
        const auto dataset = wb::preprocess::selectSamples({(shared / "images/coco").string(), "", 3});
        QVERIFY(dataset.hasValue());
        const auto source = wb::preprocess::SampleSource::open(*dataset, wb::preprocess::networkInputs(top), {});
        QVERIFY(source.hasValue());
        double reached[2] = {0, 0};
        for (const Strategy strategy : {Strategy::Walk, Strategy::Sensitivity}) {
            Options options;
            options.strategy = strategy;
            options.expectedCosine = 0.999;
            options.minLayerCosine = 0.99;
            options.maxFloatLayers = 4; // few tables: this test is about the way, not the goal
            const auto result = searchTable(
                top, ranges, source->count(), [&](size_t i) { return source->load(i); }, options, {});
            QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
            qInfo("%s: %f -> %f, %zu float layers, %d candidates, %.1f s", spelling(strategy), result->int8Cosine,
                  result->mixedCosine, result->floatLayers.size(), result->candidates, result->seconds);
            QVERIFY(result->int8Cosine > 0.9);
            QVERIFY(result->mixedCosine >= result->int8Cosine);
            reached[strategy == Strategy::Walk ? 0 : 1] = result->mixedCosine;
        }
        QVERIFY(1 - reached[1] < 0.5 * (1 - reached[0])); // far nearer to the float network with as many layers
    }
};

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"
