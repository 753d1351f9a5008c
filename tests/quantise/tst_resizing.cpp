// SPDX-License-Identifier: GPL-3.0-or-later
// Linear interpolation on CV18xx: as a transposed convolution where pixel centres and whole factors allow it, as the mean of
// four at half the size, and in F32 on the host otherwise. tests/interop holds the numbers against the vendor's.
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::ElementType;
using ir::Graph;
using ir::Tensor;
using ops::Precision;

class TestResizing : public QObject {
    Q_OBJECT

    static Graph resizing(const ir::Shape& in, const ir::Shape& out, const char* coordinates) {
        Graph g;
        g.name = "net";
        const ir::ValueId x = g.add("top.Input", {}, "x", {ElementType::F32, in, true, {}});
        ir::AttributeMap a;
        a.set("coord_mode", coordinates);
        a.set("mode", "linear");
        a.set("scale_h", static_cast<double>(out[2]) / static_cast<double>(in[2]));
        a.set("scale_w", static_cast<double>(out[3]) / static_cast<double>(in[3]));
        g.outputs = {g.add("top.Interp", {x, ir::kNoValue}, "y", {ElementType::F32, out, true, {}}, std::move(a))};
        return g;
    }
    static Result<execute::TensorMap> run(const Graph& graph, const Tensor& x) {
        WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const Graph>(graph), {}, {}));
        return executor->run({{graph.value(graph.inputs().at(0)).name, x}}, {});
    }

private slots:
    void formsOfCv18xx_data() {
        QTest::addColumn<QByteArray>("coordinates");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<QByteArray>("op");
        QTest::addColumn<int>("edges");
        for (const char* centre : {"half_pixel", "pytorch_half_pixel"}) {
            QTest::addRow("%s 2 2", centre) << QByteArray(centre) << 12 << 16 << QByteArray("tpu.Deconv") << 1;
            QTest::addRow("%s 3 5", centre) << QByteArray(centre) << 18 << 40 << QByteArray("tpu.Deconv") << 1;
            QTest::addRow("%s half", centre) << QByteArray(centre) << 3 << 4 << QByteArray("tpu.Conv2D") << 0;
            QTest::addRow("%s 1 2", centre) << QByteArray(centre) << 6 << 16 << QByteArray("tpu.Interp") << 0;
            QTest::addRow("%s uneven", centre) << QByteArray(centre) << 9 << 20 << QByteArray("tpu.Interp") << 0;
        }
        QTest::addRow("corners") << QByteArray("align_corners") << 12 << 16 << QByteArray("tpu.Interp") << 0;
        QTest::addRow("asymmetric") << QByteArray("asymmetric") << 12 << 16 << QByteArray("tpu.Interp") << 0;
    }
    void formsOfCv18xx() {
        QFETCH(QByteArray, coordinates);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(QByteArray, op);
        QFETCH(int, edges);
        const Graph g = resizing({1, 3, 6, 8}, {1, 3, height, width}, coordinates.constData());
        test::Random random(7);
        Tensor x(ElementType::F32, {1, 3, 6, 8});
        for (int64_t i = 0; i < x.elementCount(); ++i) x.mutableData<float>()[i] = random.real(-1, 1);
        const auto expected = run(g, x);
        QVERIFY(expected.hasValue());
        for (const Precision precision : {Precision::Int8, Precision::BF16}) {
            quantise::LowerOptions options;
            options.target.chip = ops::Chip::CV183X;
            options.target.module = precision;
            JobContext context;
            const auto lowered = quantise::lower(g, {{"x", {1, -1, 1}}, {"y", {1, -1, 1}}}, {}, options, context);
            QVERIFY2(lowered.hasValue(), lowered ? "" : toText(lowered.error()).c_str());
            int pads = 0, found = 0;
            for (const ir::Node& node : lowered->graph->nodes()) {
                pads += node.op == "tpu.Pad" ? 1 : 0;
                found += node.op == op.toStdString() ? 1 : 0;
            }
            QCOMPARE(found, 1);
            QCOMPARE(pads, edges);
            const auto values = run(*lowered->graph, x);
            QVERIFY2(values.hasValue(), values ? "" : toText(values.error()).c_str());
            const std::string name = values->contains("y_f32") ? "y_f32" : "y";
            const Tensor &got = values->at(name), &wanted = expected->at("y");
            QCOMPARE(got.shape(), wanted.shape());
            for (int64_t i = 0; i < wanted.elementCount(); ++i) // a code's step is 1/127, bfloat16 has eight bits
                QVERIFY2(std::fabs(got.data<float>()[i] - wanted.data<float>()[i]) < 0.0125F,
                         qPrintable(QString("%1: %2, not %3").arg(i).arg(got.data<float>()[i]).arg(wanted.data<float>()[i])));
        }
    }
};

QTEST_GUILESS_MAIN(TestResizing)
#include "tst_resizing.moc"
