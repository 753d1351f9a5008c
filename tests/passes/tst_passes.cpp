// SPDX-License-Identifier: GPL-3.0-or-later
// What each pattern becomes: ops, names and shapes, as the vendor's 1.30.2 gave them for the same
// networks.
#include "compiler/ir/verify.h"
#include "compiler/passes/check_types.h"
#include "compiler/passes/pipeline.h"
#include "tests/passes/pattern_cases.h"

#include <QTest>

using namespace wb;
using wb::test::kOnes;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

class TstPasses : public QObject {
    Q_OBJECT
private slots:
    void patterns_data() {
        QTest::addColumn<int>("index");
        const auto all = test::patternCases();
        for (size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].name) << int(i);
    }
    void patterns() {
        QFETCH(int, index);
        const test::PatternCase c = test::patternCases()[static_cast<size_t>(index)];
        OnnxBuilder b;
        c.make(b);
        b.output("y");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        ir::Graph graph = model->origin;
        passes::PipelineOptions options;
        options.verify = true;
        const auto status = passes::optimiseTop(graph, JobContext(), options);
        QVERIFY2(status, toText(status ? Error{} : status.error()).c_str());
        QCOMPARE(test::joined(test::summary(graph)), QString(c.expected));
        QCOMPARE(graph.outputs.size(), size_t{1});
    }

    void ceilModeBecomesPads() {
        OnnxBuilder b;
        b.output(b.node(
            "MaxPool", {"x"}, "y",
            {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}}));
        ir::Graph graph = b.import()->origin;
        QVERIFY(passes::optimiseTop(graph, JobContext()));
        const ir::Node& pool = graph.nodes().back();
        QCOMPARE(pool.attributes.integers("pads"), (std::vector<int64_t>{0, 0, 1, 1}));
        QVERIFY(!pool.attributes.has("ceil_mode"));
        QCOMPARE(graph.value(pool.results[0]).type.shape, (ir::Shape{1, 4, 4, 4}));
    }

    /// A convolution that took in a BatchNorm keeps its name; the imported graph follows, or a comparison by name would
    /// hold what comes before the BatchNorm against what comes after it.
    void namesOfFoldedNorms() {
        OnnxBuilder b;
        b.node("Sigmoid", {b.batchNorm(b.conv("x", "c", 4, 4, 3), "n", 4)}, "s");
        b.output(b.batchNorm(b.conv("s", "d", 4, 4, 1), "y", 4));
        auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        ir::Graph top = model->origin;
        QVERIFY(passes::optimiseTop(top, JobContext()));
        passes::nameFoldedNorms(model->origin, top);
        for (const char* name : {"c_Conv", "y_Conv"}) {
            const ir::ValueId now = top.find(name), source = model->origin.find(name);
            QVERIFY2(now != ir::kNoValue && source != ir::kNoValue, name);
            QCOMPARE(top.producer(now)->op, std::string("top.Conv"));
            QCOMPARE(model->origin.producer(source)->op, std::string("top.BatchNorm"));
        }
    }

    void flops() {
        OnnxBuilder b;
        b.output(b.node("Relu", {b.conv("x", "c", 4, 6, 3, {{"pads", kOnes}})}, "y"));
        ir::Graph graph = b.import()->origin;
        QVERIFY(passes::optimiseTop(graph, JobContext()));
        QCOMPARE(graph.attributes.integer("module.FLOPs"),
                 int64_t{6 * 8 * 8 * (2 * 4 * 9 + 1 + 1)});
    }

    void verificationNamesThePass() {
        OnnxBuilder b;
        b.output(b.node("Relu", {"x"}, "y"));
        ir::Graph graph = b.import()->origin;
        const passes::Pass breaks{"breaks-shapes", "For this test.",
                                  [](ir::Graph& g, const JobContext&) -> Result<bool> {
                                      g.value(g.outputs[0]).type.shape = {7};
                                      return true;
                                  }};
        passes::PipelineOptions options;
        options.verify = true;
        const auto status = passes::runPasses(graph, {&breaks, 1}, JobContext(), options);
        QVERIFY(!status);
        QCOMPARE(int(status.error().code), int(Code::GraphInvalid));
        QVERIFY(status.error().why.find("breaks-shapes") != std::string::npos);
    }

    void stops() {
        OnnxBuilder b;
        b.output(b.node("Relu", {"x"}, "y"));
        ir::Graph graph = b.import()->origin;
        std::stop_source source;
        source.request_stop();
        const auto status = passes::optimiseTop(graph, JobContext(source.get_token()));
        QCOMPARE(int(status.error().code), int(Code::Cancelled));
    }

    void structureErrorsAreFound() {
        ir::Graph g;
        const ir::TensorType type{ir::ElementType::F32, {1, 2}, true, {}};
        const ir::ValueId x = g.add("top.Input", {}, "x", type);
        g.outputs.push_back(g.add("top.Relu", {x}, "x", type)); // the name is taken
        QCOMPARE(int(ir::verify(g).error().code), int(Code::GraphInvalid));
        g.value(g.outputs[0]).name = "y";
        QVERIFY(ir::verify(g));
        g.node(1).operands[0] = g.outputs[0]; // reads itself
        QVERIFY(!ir::verify(g));
        g.node(1).operands[0] = 99;
        QVERIFY(!ir::verify(g));
        ir::Graph w;
        w.outputs.push_back(w.addWeight("w", ir::Tensor(ir::ElementType::F32, {3})));
        QVERIFY(ir::verify(w));
        w.weights.clear();
        QCOMPARE(int(ir::verify(w).error().code), int(Code::WeightMissing));
    }
};

QTEST_GUILESS_MAIN(TstPasses)
#include "tst_passes.moc"
