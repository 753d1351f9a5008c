// SPDX-License-Identifier: GPL-3.0-or-later
// The three reference networks from the model file to the last layer: the lowered graph equals the
// vendor's text, INT8 results equal its values in every layer, bit for bit; F16, BF16 and F32
// outputs come as near as another order of summation lets them.
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "tests/quantise/golden_network.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace wb;
using namespace wb::test;

namespace {

#define VERIFY_RESULT(result)                                                                      \
    QVERIFY2(result.hasValue(),                                                                    \
             result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

} // namespace

class TestGoldenInt8 : public QObject {
    Q_OBJECT

private slots:
    void everyLayerEqual_data();
    void everyLayerEqual();
    void fastRunGivesTheSameOutputs_data() { everyLayerEqual_data(); }
    void fastRunGivesTheSameOutputs();
    void floatOutputsAreNear_data();
    void floatOutputsAreNear();

private:
    void lowerModel(const QString& name, ops::Precision precision,
                    std::shared_ptr<const ir::Graph>* graph, bool asymmetric = false,
                    ops::Chip chip = ops::Chip::BM1684X);
};

void TestGoldenInt8::lowerModel(const QString& name, ops::Precision precision,
                                std::shared_ptr<const ir::Graph>* graph, bool asymmetric, ops::Chip chip) {
    const Network net = network(name);
    auto top = topOf(net);
    VERIFY_RESULT(top);
    quantise::RangeTable ranges;
    if (precision == ops::Precision::Int8) {
        auto read = rangesOf(net);
        VERIFY_RESULT(read);
        ranges = *read;
    }
    quantise::LowerOptions options;
    options.target.module = precision;
    options.target.asymmetric = asymmetric;
    options.target.chip = chip;
    JobContext context;
    auto lowered = quantise::lower(*top, ranges, {}, options, context);
    VERIFY_RESULT(lowered);
    *graph = lowered->graph;
}

void TestGoldenInt8::everyLayerEqual_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("chip");
    for (const char* name : {"ultraface", "yolo_fastest_xl", "yolov5n"})
        QTest::newRow(name) << QString(name) << QString("sym") << QString("bm1684x");
    QTest::newRow("ultraface asymmetric") << QString("ultraface") << QString("asym") << QString("bm1684x");
    QTest::newRow("ultraface bm1684") << QString("ultraface") << QString("sym") << QString("bm1684");
}

void TestGoldenInt8::everyLayerEqual() {
    QFETCH(QString, name);
    QFETCH(QString, kind);
    QFETCH(QString, chip);
    const std::string prefix = chip.toStdString() + "_int8_" + kind.toStdString();
    WB_SHARED_OR_SKIP(folder, "golden/" + name.toStdString());
    std::shared_ptr<const ir::Graph> graph;
    lowerModel(name, ops::Precision::Int8, &graph, kind == "asym", *ops::chipFromSpelling(chip.toStdString()));
    if (!graph) return;

    auto golden = ir::parse(test::readAll(folder / (prefix + ".tpu.mlir")), "golden");
    VERIFY_RESULT(golden);
    size_t sameNodes = 0;
    QCOMPARE(graph->nodes().size(), golden->nodes().size());
    for (size_t i = 0; i < graph->nodes().size(); ++i) {
        const auto ours = ir::printNode(*graph, static_cast<ir::NodeId>(i));
        const auto theirs = ir::printNode(*golden, static_cast<ir::NodeId>(i));
        if (ours == theirs)
            ++sameNodes;
        else if (i - sameNodes < 3)
            qWarning("ours   %s\nvendor %s", ours.c_str(), theirs.c_str());
    }
    QVERIFY(graph->attributes == golden->attributes);

    auto layers = ir::readNpz(folder / (prefix + ".layers.npz"));
    auto inputs = ir::readNpz(folder / "in_f32.npz");
    VERIFY_RESULT(layers);
    VERIFY_RESULT(inputs);
    JobContext context;
    context.setThreads(2);
    auto executor =
        execute::Executor::create(graph, {.scalar = false, .observable = true}, context);
    VERIFY_RESULT(executor);
    size_t equal = 0, compared = 0;
    auto run =
        (*executor)->run({inputs->begin(), inputs->end()}, context,
                         [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                             const auto& value = graph->value(graph->node(id).results[0]);
                             const auto theirs = layers->find(value.name);
                             if (theirs == layers->end()) return {};
                             ++compared;
                             const auto ours = execute::toFloat(results[0], value.type);
                             const bool same = ours.byteSize() == theirs->second.byteSize() &&
                                               std::equal(ours.data<float>(),
                                                          ours.data<float>() + ours.elementCount(),
                                                          theirs->second.data<float>());
                             if (same)
                                 ++equal;
                             else if (compared - equal < 4)
                                 qWarning("layer %s differs", value.name.c_str());
                             return {};
                         });
    VERIFY_RESULT(run);
    qInfo("%s %s %s: %zu of %zu nodes equal, %zu of %zu layers equal", qPrintable(name), qPrintable(chip), qPrintable(kind), sameNodes,
          golden->nodes().size(), equal, compared);
    QCOMPARE(sameNodes, golden->nodes().size());
    QVERIFY(compared + 2 >= layers->size()); // the file also holds the network's input
    QCOMPARE(equal, compared);
}

/// Without observers layers are fused and lie channels last; the outputs stay the same bits.
void TestGoldenInt8::fastRunGivesTheSameOutputs() {
    QFETCH(QString, name);
    QFETCH(QString, kind);
    QFETCH(QString, chip);
    WB_SHARED_OR_SKIP(folder, "golden/" + name.toStdString());
    std::shared_ptr<const ir::Graph> graph;
    lowerModel(name, ops::Precision::Int8, &graph, kind == "asym", *ops::chipFromSpelling(chip.toStdString()));
    if (!graph) return;
    auto layers = ir::readNpz(folder / (chip.toStdString() + "_int8_" + kind.toStdString() + ".layers.npz"));
    auto inputs = ir::readNpz(folder / "in_f32.npz");
    VERIFY_RESULT(layers);
    VERIFY_RESULT(inputs);
    for (const int threads : {1, 3}) {
        JobContext context;
        context.setThreads(threads);
        auto executor = execute::Executor::create(graph, {}, context);
        VERIFY_RESULT(executor);
        auto outputs = (*executor)->run({inputs->begin(), inputs->end()}, context);
        VERIFY_RESULT(outputs);
        QCOMPARE(outputs->size(), graph->outputs.size());
        for (const auto& [key, tensor] : *outputs) {
            QVERIFY2(layers->contains(key), key.c_str());
            const auto& theirs = layers->at(key);
            QCOMPARE(tensor.byteSize(), theirs.byteSize());
            QVERIFY2(std::equal(tensor.data<float>(), tensor.data<float>() + tensor.elementCount(),
                                theirs.data<float>()),
                     key.c_str());
        }
    }
}

void TestGoldenInt8::floatOutputsAreNear_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("precision");
    QTest::addColumn<double>("leastCosine");
    // Each result is rounded to 11 (8) bits, and a sum in another order may fall on the other side
    // of a tie: errors of one unit in the last place, 2^-11 (2^-8), that grow with the square root
    // of the depth.
    for (const char* name : {"ultraface", "yolo_fastest_xl"}) {
        QTest::addRow("%s F16", name) << QString(name) << QString("F16") << 0.999999;
        QTest::addRow("%s BF16", name) << QString(name) << QString("BF16") << 0.9999;
        QTest::addRow("%s F32", name) << QString(name) << QString("F32") << 0.99999999;
    }
}

void TestGoldenInt8::floatOutputsAreNear() {
    QFETCH(QString, name);
    QFETCH(QString, precision);
    QFETCH(double, leastCosine);
    WB_SHARED_OR_SKIP(folder, "golden/" + name.toStdString());
    std::shared_ptr<const ir::Graph> graph;
    lowerModel(name, *ops::precisionFromSpelling(precision.toStdString()), &graph);
    if (!graph) return;
    auto outputs =
        ir::readNpz(folder / ("bm1684x_" + precision.toLower().toStdString() + ".outputs.npz"));
    auto inputs = ir::readNpz(folder / "in_f32.npz");
    VERIFY_RESULT(outputs);
    VERIFY_RESULT(inputs);
    JobContext context;
    context.setThreads(2);
    auto executor = execute::Executor::create(graph, {}, context);
    VERIFY_RESULT(executor);
    auto ours = (*executor)->run({inputs->begin(), inputs->end()}, context);
    VERIFY_RESULT(ours);
    size_t compared = 0;
    for (const auto& [key, tensor] : *ours) {
        const auto theirs = outputs->find(key);
        if (theirs == outputs->end()) continue;
        ++compared;
        QCOMPARE(tensor.elementCount(), theirs->second.elementCount());
        const double similarity = cosine(tensor, theirs->second);
        QVERIFY2(similarity >= leastCosine,
                 qPrintable(QString("%1: %2").arg(key.c_str()).arg(similarity, 0, 'g', 12)));
    }
    QCOMPARE(compared, ours->size());
}

QTEST_GUILESS_MAIN(TestGoldenInt8)
#include "tst_golden_int8.moc"
