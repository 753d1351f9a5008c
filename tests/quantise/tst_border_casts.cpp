// SPDX-License-Identifier: GPL-3.0-or-later
// Which inputs and outputs of a quantised network stay codes: all, none, or those that are named by place.
#include "compiler/quantise/lower.h"

#include <QTest>

using namespace wb;

namespace {

/// Two inputs, each through an activation to an output of its own.
ir::Graph twoPaths() {
    ir::Graph graph;
    graph.name = "net";
    const ir::TensorType type{ir::ElementType::F32, {1, 4, 6, 6}, true, {}};
    const auto a = graph.add("top.Input", {}, "a", type), b = graph.add("top.Input", {}, "b", type);
    graph.outputs = {graph.add("top.Sigmoid", {a}, "first", type), graph.add("top.Sigmoid", {b}, "second", type)};
    return graph;
}

QString codes(const ir::Graph& graph, const std::vector<ir::ValueId>& values) {
    QString places;
    for (size_t i = 0; i < values.size(); ++i)
        if (graph.value(values[i]).type.uniform() != nullptr) places += QString::number(i + 1);
    return places;
}

} // namespace

class TestBorderCasts : public QObject {
    Q_OBJECT

private slots:
    void places_data() {
        QTest::addColumn<quantise::LowerOptions>("options");
        QTest::addColumn<QString>("inputs");
        QTest::addColumn<QString>("outputs");
        const auto row = [](const char* name, bool in, std::set<size_t> ins, bool out, std::set<size_t> outs, const char* inputs, const char* outputs) {
            quantise::LowerOptions o;
            o.target.module = ops::Precision::Int8;
            o.quantInput = in;
            o.quantInputs = std::move(ins);
            o.quantOutput = out;
            o.quantOutputs = std::move(outs);
            QTest::newRow(name) << o << QString(inputs) << QString(outputs);
        };
        row("none", false, {}, false, {}, "", "");
        row("all", true, {}, true, {}, "12", "12");
        row("first input", true, {1}, false, {}, "1", "");
        row("second input", true, {2}, false, {}, "2", "");
        row("second output", false, {}, true, {2}, "", "2");
        row("one of each", true, {2}, true, {1}, "2", "1");
        row("a list without the option", false, {1}, false, {2}, "", "");
    }

    void places() {
        QFETCH(quantise::LowerOptions, options);
        QFETCH(QString, inputs);
        QFETCH(QString, outputs);
        const quantise::RangeTable ranges{{"a", {3, -3, 3}}, {"b", {2, -2, 2}}, {"first", {1, 0, 1}}, {"second", {1, 0, 1}}};
        JobContext context;
        const auto lowered = quantise::lower(twoPaths(), ranges, {}, options, context);
        QVERIFY2(lowered.hasValue(), lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(codes(*lowered->graph, lowered->graph->inputs()), inputs);
        QCOMPARE(codes(*lowered->graph, lowered->graph->outputs), outputs);
    }
};

QTEST_APPLESS_MAIN(TestBorderCasts)
#include "tst_border_casts.moc"
