// SPDX-License-Identifier: GPL-3.0-or-later
// Unpooling where the windows do not overlap: no operator of its own is left, and what chips compute is the layer, inputs that
// they round and equal numbers (the zeros of a ReLU) included.
#include "compiler/execute/executor.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "tests/import/onnx_builder.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::Tensor;
using ops::Precision;

class TestImportUnpool : public QObject {
    Q_OBJECT

    static Result<execute::TensorMap> run(const ir::Graph& graph, const Tensor& x) {
        WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {}));
        return executor->run({{graph.value(graph.inputs().at(0)).name, x}}, {});
    }

private slots:
    void chipsComputeTheLayer() {
        QTemporaryDir folder;
        test::OnnxBuilder b(13, {1, 4, 8, 10});
        using Ints = test::OnnxBuilder::Ints;
        b.nodeMany("MaxPool", {"x"}, {"p", "i"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
        b.node("MaxUnpool", {"p", "i"}, "u", {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
        b.output("u");
        const auto path = std::filesystem::path(folder.path().toStdString()) / "net.onnx";
        test::writeAll(path, b.bytes());
        JobContext context;
        auto model = importer::importModel(path, {}, context);
        QVERIFY2(model.hasValue(), model ? "" : toText(model.error()).c_str());
        ir::Graph graph = model->origin;
        QVERIFY(passes::optimiseTop(graph, context));
        for (const ir::Node& node : graph.nodes()) QVERIFY2(node.op.find("Mask") == std::string::npos && node.op.find("Unpool") == std::string::npos, node.op.c_str());
        test::Random random(3);
        Tensor x(ir::ElementType::F32, {1, 4, 8, 10});
        for (int64_t i = 0; i < x.elementCount(); ++i) x.mutableData<float>()[i] = std::max(0.0F, random.real(-1, 1));
        Tensor wanted(ir::ElementType::F32, x.shape());
        std::fill_n(wanted.mutableData<float>(), wanted.elementCount(), 0.0F);
        for (int64_t w = 0; w < 4 * 4 * 5; ++w) {
            const int64_t corner = w / 5 * 20 + w % 5 * 2;
            int64_t best = corner;
            for (const int64_t at : {corner + 1, corner + 10, corner + 11})
                if (x.data<float>()[at] > x.data<float>()[best]) best = at;
            wanted.mutableData<float>()[best] = x.data<float>()[best];
        }
        const std::string name = graph.value(graph.outputs[0]).name;
        const auto top = run(graph, x);
        QVERIFY(top.hasValue());
        for (int64_t i = 0; i < wanted.elementCount(); ++i) QCOMPARE(top->at(name).data<float>()[i], wanted.data<float>()[i]);
        quantise::RangeTable ranges;
        for (size_t v = 0; v < graph.values().size(); ++v)
            ranges[graph.value(static_cast<ir::ValueId>(v)).name] = {1, -1, 1, {}};
        for (const Precision precision : {Precision::F32, Precision::F16, Precision::Int8}) {
            quantise::LowerOptions options;
            options.target.module = precision;
            const auto lowered = quantise::lower(graph, ranges, {}, options, context);
            QVERIFY2(lowered.hasValue(), lowered ? "" : toText(lowered.error()).c_str());
            const auto values = run(*lowered->graph, x);
            QVERIFY2(values.hasValue(), values ? "" : toText(values.error()).c_str());
            const Tensor& got = values->at(values->contains(name + "_f32") ? name + "_f32" : name);
            int off = 0; // codes may find two pixels equal that are not, and are rounded twice
            for (int64_t i = 0; i < wanted.elementCount(); ++i)
                off += std::fabs(got.data<float>()[i] - wanted.data<float>()[i]) > (precision == Precision::Int8 ? 0.0125F : 1e-3F) ? 1 : 0;
            QVERIFY2(off <= (precision == Precision::Int8 ? 4 : 0), qPrintable(QString("%1 at %2").arg(off).arg(static_cast<int>(precision))));
        }
    }
};

QTEST_GUILESS_MAIN(TestImportUnpool)
#include "tst_import_unpool.moc"
