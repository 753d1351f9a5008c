// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling that chips have no command for: windows of three axes as two of fewer, and means of codes over the edge whose
// sums no multiplier takes to the whole window's, which are worked out in F32.
#include "compiler/codegen/compile.h"
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "tests/support/tensors.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::Graph;
using ir::Tensor;
using ops::Precision;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

Graph pooling(const char* op, const ir::Shape& x, const ir::Shape& y, const std::vector<int64_t>& kernel, const std::vector<int64_t>& strides,
              const std::vector<int64_t>& pads, bool countPads) {
    Graph g;
    g.name = "net";
    const ir::ValueId in = g.add("top.Input", {}, "x", test::f32(x));
    ir::AttributeMap a;
    a.set("kernel_shape", ir::Attribute::ints(kernel));
    a.set("strides", ir::Attribute::ints(strides));
    a.set("pads", ir::Attribute::ints(pads));
    a.set("count_include_pad", countPads);
    a.set("keepdims", true);
    a.set("do_relu", false);
    a.set("relu_limit", -1.0);
    a.set("pad_value", 0);
    a.set("is_adaptive", false);
    g.outputs = {g.add(op, {in}, "y", test::f32(y), std::move(a))};
    return g;
}

Result<execute::TensorMap> run(const Graph& graph, const Tensor& x) {
    WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const Graph>(graph), {}, {}));
    return executor->run({{graph.value(graph.inputs().at(0)).name, x}}, {});
}

} // namespace

class TestPooling : public QObject {
    Q_OBJECT

private slots:
    void volumesComputeTheLayer_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<int>("precision");
        QTest::addColumn<bool>("countPads");
        QTest::addColumn<double>("tolerance");
        for (const char* op : {"top.MaxPool", "top.AvgPool"})
            for (const bool counts : {false, true}) {
                QTest::addRow("%s F32 %d", op, counts) << op << static_cast<int>(Precision::F32) << counts << 1e-6;
                QTest::addRow("%s F16 %d", op, counts) << op << static_cast<int>(Precision::F16) << counts << 1e-3;
                QTest::addRow("%s INT8 %d", op, counts) << op << static_cast<int>(Precision::Int8) << counts << 0.009; // a step is 1/127
            }
    }
    void volumesComputeTheLayer() {
        QFETCH(QString, op);
        QFETCH(int, precision);
        QFETCH(bool, countPads);
        QFETCH(double, tolerance);
        const Graph g = pooling(qPrintable(op), {1, 5, 7, 9, 8}, {1, 5, 4, 4, 3}, {3, 2, 4}, {2, 2, 2}, {1, 0, 1, 1, 0, 0}, countPads);
        const Tensor x = test::randomNumbers({1, 5, 7, 9, 8}, 4);
        const auto expected = run(g, x);
        VERIFY_RESULT(expected);
        quantise::LowerOptions options;
        options.target.module = static_cast<Precision>(precision);
        JobContext context;
        const auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}, {"y", {1, -1, 1}}}, {}, options, context);
        VERIFY_RESULT(lowered);
        const auto values = run(*lowered->graph, x);
        VERIFY_RESULT(values);
        const std::string name = values->contains("y_f32") ? "y_f32" : "y";
        const Tensor &got = values->at(name), &wanted = expected->at("y");
        QCOMPARE(got.shape(), wanted.shape());
        for (int64_t i = 0; i < wanted.elementCount(); ++i)
            QVERIFY2(std::fabs(got.data<float>()[i] - wanted.data<float>()[i]) <= tolerance,
                     qPrintable(QString("%1: %2, not %3").arg(i).arg(got.data<float>()[i]).arg(wanted.data<float>()[i])));
        const auto compiled = codegen::compile(*lowered->graph, {}, context);
        VERIFY_RESULT(compiled);
    }

    /// Every size of a picture under windows of five: what is lowered compiles, in codes where a multiplier exists.
    void edgesWithoutMultiplierAreFloat() {
        int codes = 0, floats = 0;
        for (int64_t size = 6; size < 16; ++size) {
            const int64_t out = (size - 5 + 4) / 5 + 1, behind = (out - 1) * 5 + 5 - size;
            const Graph g = pooling("top.AvgPool", {1, 4, size, size}, {1, 4, out, out}, {5, 5}, {5, 5}, {0, 0, behind, behind}, behind == 0);
            quantise::LowerOptions options;
            options.target.module = Precision::Int8;
            JobContext context;
            const auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}, {"y", {0.8, -0.8, 0.8}}}, {}, options, context);
            VERIFY_RESULT(lowered);
            for (const ir::Node& node : lowered->graph->nodes())
                if (node.op == "tpu.Pool2D") ++(lowered->graph->value(node.results[0]).type.uniform() ? codes : floats);
            const auto compiled = codegen::compile(*lowered->graph, {}, context);
            QVERIFY2(compiled.hasValue(), qPrintable(QString("%1: %2").arg(size).arg(compiled ? "" : toText(compiled.error()).c_str())));
        }
        QVERIFY2(codes > 0 && floats > 0, qPrintable(QString("%1 and %2").arg(codes).arg(floats)));
    }
};

QTEST_GUILESS_MAIN(TestPooling)
#include "tst_pooling.moc"
