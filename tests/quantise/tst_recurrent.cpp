// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers written as nodes that a chip has: what they compute is what the layer computes, whatever its
// directions, states and gates; what they do not know is refused by name.
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "tests/support/tensors.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::Attribute;
using ir::Graph;
using ir::Tensor;
using ir::TensorType;
using ir::ValueId;
using ops::Precision;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

struct Kind {
    std::string op, direction;
    int64_t batch = 1;
    bool bias = true, states = false, linear = true;
    std::vector<std::string> functions;
};

constexpr int64_t kSteps = 7, kIn = 5, kHidden = 6;

Graph layer(const Kind& k) {
    const int64_t gates = k.op == "top.LSTM" ? 4 : k.op == "top.GRU" ? 3 : 1, ways = k.direction == "bidirectional" ? 2 : 1;
    Graph g;
    g.name = "net";
    std::vector<ValueId> operands(gates == 4 ? 7 : 5, ir::kNoValue);
    operands[0] = g.add("top.Input", {}, "x", test::f32({kSteps, k.batch, kIn}));
    operands[1] = g.addWeight("w", test::randomNumbers({ways, gates * kHidden, kIn}, 1, 0.8F));
    operands[2] = g.addWeight("r", test::randomNumbers({ways, gates * kHidden, kHidden}, 2, 0.8F));
    if (k.bias) operands[3] = g.addWeight("bias", test::randomNumbers({ways, 2 * gates * kHidden}, 3, 0.5F));
    const TensorType state = test::f32({ways, k.batch, kHidden});
    if (k.states) operands[4] = g.add("top.Input", {}, "h", state);
    if (k.states && gates == 4) operands[5] = g.add("top.Input", {}, "c", state);
    ir::AttributeMap a;
    a.set("hidden_size", kHidden);
    a.set("bidirectional", k.direction == "bidirectional");
    if (k.direction == "reverse") a.set("direction", k.direction);
    a.set("linear_before_reset", k.linear);
    if (!k.functions.empty()) {
        ir::AttributeList list;
        for (const std::string& name : k.functions) list.emplace_back(name);
        a.set("activations", list);
    }
    std::vector<std::string> names{"y", "last_h"};
    std::vector<TensorType> types{test::f32({kSteps, ways, k.batch, kHidden}), state};
    if (gates == 4) names.push_back("last_c"), types.push_back(state);
    const ir::NodeId node = g.addNode(k.op, operands, names, types, std::move(a));
    g.outputs = g.node(node).results;
    return g;
}

Result<execute::TensorMap> run(const Graph& graph, const execute::TensorMap& inputs) {
    WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const Graph>(graph), {}, {}));
    return executor->run(inputs, {});
}

} // namespace

class TestRecurrent : public QObject {
    Q_OBJECT

private slots:
    void stepsComputeTheLayer_data();
    void stepsComputeTheLayer();
    void cellsAreClipped();
    void unreadResultsAreNotMade();
    void unknownPartsAreRefused();
};

void TestRecurrent::stepsComputeTheLayer_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<QString>("direction");
    QTest::addColumn<int>("batch");
    QTest::addColumn<int>("way"); ///< without bias, with states, linear before reset; Relu
    for (const char* op : {"top.LSTM", "top.GRU", "top.RNN"})
        for (const char* direction : {"forward", "reverse", "bidirectional"})
            for (const int batch : {1, 3})
                for (const int way : {0, 1, 2, 3}) QTest::addRow("%s %s, batch %d, %d", op, direction, batch, way) << op << direction << batch << way;
}

void TestRecurrent::stepsComputeTheLayer() {
    QFETCH(QString, op);
    QFETCH(QString, direction);
    QFETCH(int, batch);
    QFETCH(int, way);
    Kind k{op.toStdString(), direction.toStdString(), batch, way != 1, way >= 2, way % 2 == 0, {}};
    if (k.op == "top.RNN" && way == 3) k.functions.assign(k.direction == "bidirectional" ? 2 : 1, "Relu");
    const Graph g = layer(k);
    execute::TensorMap inputs{{"x", test::randomNumbers({kSteps, batch, kIn}, 11, 1)}};
    for (const ValueId id : g.inputs())
        if (g.value(id).name != "x") inputs.emplace(g.value(id).name, test::randomNumbers(g.value(id).type.shape, static_cast<uint64_t>(id), 1));
    auto expected = run(g, inputs);
    VERIFY_RESULT(expected);
    for (const Precision precision : {Precision::F32, Precision::F16, Precision::Int8}) {
        quantise::LowerOptions options;
        options.target.module = precision;
        const double tolerance = precision == Precision::F32 ? 2e-6 : 0.01;
        JobContext context;
        auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}}, {}, options, context);
        VERIFY_RESULT(lowered);
        auto values = run(*lowered->graph, inputs);
        VERIFY_RESULT(values);
        for (const ValueId id : g.outputs) {
            const std::string& name = g.value(id).name;
            const bool cast = values->contains(name + "_f32");
            QVERIFY2(cast || values->contains(name), name.c_str());
            const Tensor &got = values->at(cast ? name + "_f32" : name), &wanted = expected->at(name);
            QCOMPARE(got.shape(), wanted.shape());
            for (int64_t i = 0; i < wanted.elementCount(); ++i)
                QVERIFY2(std::fabs(got.data<float>()[i] - wanted.data<float>()[i]) <= tolerance,
                         qPrintable(QString("%1[%2]: %3, not %4").arg(name.c_str()).arg(i).arg(got.data<float>()[i]).arg(wanted.data<float>()[i])));
        }
    }
}

/// TensorFlow Lite's bound on the state c.
void TestRecurrent::cellsAreClipped() {
    Graph g = layer({"top.LSTM", "forward", 2, true, true, true, {}});
    const execute::TensorMap inputs{{"x", test::randomNumbers({kSteps, 2, kIn}, 11, 1)}, {"h", test::randomNumbers({1, 2, kHidden}, 5, 1)}, {"c", test::randomNumbers({1, 2, kHidden}, 6, 1)}};
    const auto open = run(g, inputs);
    VERIFY_RESULT(open);
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(g.nodes().size()); ++n)
        if (g.node(n).op == "top.LSTM") g.node(n).attributes.set("cell_clip", 0.125);
    const auto clipped = run(g, inputs);
    VERIFY_RESULT(clipped);
    const auto most = [](const Tensor& t) {
        float m = 0;
        for (int64_t i = 0; i < t.elementCount(); ++i) m = std::max(m, std::fabs(t.data<float>()[i]));
        return m;
    };
    QVERIFY(most(open->at("last_c")) > 0.2F);
    QCOMPARE(most(clipped->at("last_c")), 0.125F);
    quantise::LowerOptions options;
    options.target.module = Precision::F32;
    JobContext context;
    const auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}}, {}, options, context);
    VERIFY_RESULT(lowered);
    const auto values = run(*lowered->graph, inputs);
    VERIFY_RESULT(values);
    for (const char* name : {"y", "last_c"})
        for (int64_t i = 0; i < clipped->at(name).elementCount(); ++i)
            QVERIFY(std::fabs(values->at(name).data<float>()[i] - clipped->at(name).data<float>()[i]) < 2e-6F);
}

/// A classifier of sequences reads the last state: nothing joins those of all steps.
void TestRecurrent::unreadResultsAreNotMade() {
    Graph g = layer({"top.GRU", "forward", 1, true, false, true, {}});
    g.outputs.erase(g.outputs.begin());
    quantise::LowerOptions options;
    options.target.module = Precision::F16;
    JobContext context;
    auto lowered = quantise::lower(g, {}, {}, options, context);
    VERIFY_RESULT(lowered);
    for (const ir::Node& node : lowered->graph->nodes()) QVERIFY(node.op != "tpu.Concat");
}

void TestRecurrent::unknownPartsAreRefused() {
    quantise::LowerOptions options;
    options.target.module = Precision::F16;
    JobContext context;
    const auto reason = [&](const Graph& g) {
        auto lowered = quantise::lower(g, {}, {}, options, context);
        return lowered ? std::string() : lowered.error().what;
    };
    Graph g = layer({"top.LSTM", "forward", 1, true, false, true, {}});
    QCOMPARE(reason(g), std::string());
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(g.nodes().size()); ++id)
        if (g.node(id).op == "top.LSTM") g.node(id).attributes.set("clip", 0.5);
    QVERIFY2(reason(g).find("clipped") != std::string::npos, reason(g).c_str());
    g = layer({"top.LSTM", "forward", 1, true, false, true, {"Sigmoid", "Tanh", "Softsign"}});
    QVERIFY2(reason(g).find("Softsign") != std::string::npos, reason(g).c_str());
}

QTEST_GUILESS_MAIN(TestRecurrent)
#include "tst_recurrent.moc"
