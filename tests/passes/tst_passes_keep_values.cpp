// SPDX-License-Identifier: GPL-3.0-or-later
// Passes change the graph, not what it computes: every pattern's network, and a few deeper ones,
// run before and after them on the same random input with the plain kernels.
#include "compiler/execute/executor.h"
#include "compiler/passes/pipeline.h"
#include "tests/passes/pattern_cases.h"

#include <QTest>

#include <cmath>

using namespace wb;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

namespace {

/// The single output of the graph for numbers in [-2, 2).
Result<ir::Tensor> runOnce(const ir::Graph& graph, uint64_t seed) {
    execute::Options options;
    options.scalar = true;
    WB_ASSIGN(auto executor, execute::Executor::create(std::make_shared<const ir::Graph>(graph),
                                                       options, JobContext()));
    const ir::ValueId in = graph.inputs().front();
    ir::Tensor x(ir::ElementType::F32, graph.value(in).type.shape);
    test::Random random(seed);
    for (int64_t i = 0; i < x.elementCount(); ++i)
        x.mutableData<float>()[i] = random.real(-2, 2);
    WB_ASSIGN(const execute::TensorMap results,
              executor->run({{graph.value(in).name, x}}, JobContext()));
    const auto it = results.find(graph.value(graph.outputs.front()).name);
    if (it == results.end()) return Error{Code::Internal, "the output is missing"};
    return it->second;
}

} // namespace

class TstPassesKeepValues : public QObject {
    Q_OBJECT
    static void compare(const OnnxBuilder& b) {
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        ir::Graph after = model->origin;
        const auto status = passes::optimiseTop(after, JobContext());
        QVERIFY2(status, toText(status ? Error{} : status.error()).c_str());
        constexpr uint64_t kSeed = 11;
        const auto expected = runOnce(model->origin, kSeed), actual = runOnce(after, kSeed);
        QVERIFY2(expected, toText(expected ? Error{} : expected.error()).c_str());
        QVERIFY2(actual, toText(actual ? Error{} : actual.error()).c_str());
        QCOMPARE(actual->shape(), expected->shape());
        double largest = 0, worst = 0;
        for (int64_t i = 0; i < expected->elementCount(); ++i) {
            const double e = expected->data<float>()[i], a = actual->data<float>()[i];
            if (std::isnan(e) && std::isnan(a)) continue;
            largest = std::max(largest, std::fabs(e));
            worst = std::max(worst, std::isfinite(e - a) ? std::fabs(e - a)
                                    : e == a             ? 0.0
                                                         : HUGE_VAL);
        }
        // Folding rounds each weight once more: a few units in the last place of the largest value.
        QVERIFY2(worst <= 2e-5 * std::max(largest, 1.0),
                 qPrintable(QString("off by %1 of %2").arg(worst).arg(largest)));
    }

private slots:
    void patterns_data() {
        QTest::addColumn<int>("index");
        const auto all = test::patternCases();
        for (size_t i = 0; i < all.size(); ++i)
            QTest::newRow(all[i].name) << int(i);
    }
    void patterns() {
        QFETCH(int, index);
        OnnxBuilder b;
        test::patternCases()[static_cast<size_t>(index)].make(b);
        b.output("y");
        compare(b);
    }

    void invertedResidual() {
        OnnxBuilder b;
        const OnnxBuilder::Attributes padded{{"pads", test::kOnes}, {"group", int64_t{8}}};
        b.node("Clip", {b.batchNorm(b.conv("x", "e", 4, 8, 1), "en", 8), b.scalar(0), b.scalar(6)},
               "er");
        b.node("Conv", {"er", b.weight({8, 1, 3, 3})}, "d", padded);
        b.node("Clip", {b.batchNorm("d", "dn", 8), b.scalar(0), b.scalar(6)}, "dr");
        b.batchNorm(b.conv("dr", "p", 8, 4, 1), "pn", 4);
        b.output(b.node("Add", {"x", "pn"}, "y"));
        compare(b);
    }

    void channelShuffleAndSplit() {
        OnnxBuilder b;
        b.nodeMany("Split", {"x"}, {"l", "r"}, {{"axis", int64_t{1}}});
        b.node("Relu", {b.batchNorm(b.conv("r", "c", 2, 2, 1), "n", 2)}, "cr");
        b.node("Concat", {"l", "cr"}, "j", {{"axis", int64_t{1}}});
        b.node("Reshape", {"j", b.ints({1, 2, 2, 8, 8})}, "a");
        b.node("Transpose", {"a"}, "t", {{"perm", Ints{0, 2, 1, 3, 4}}});
        b.output(b.node("Reshape", {"t", b.ints({1, 4, 8, 8})}, "y"));
        compare(b);
    }

    /// Position codes that a convolution makes of constants, resized and added: one weight is left of them.
    void constantBranch() {
        OnnxBuilder b;
        const std::string codes = b.conv(b.weight({1, 3, 4, 4}), "codes", 3, 4, 1);
        b.node("Resize", {codes, "", b.weight({4}, {1, 1, 2, 2})}, "large", {{"mode", std::string("linear")}});
        b.node("Softmax", {"large"}, "even", {{"axis", int64_t{1}}});
        b.output(b.node("Add", {"x", "even"}, "y"));
        compare(b);
        const auto model = b.import();
        QVERIFY(model);
        ir::Graph graph = model->origin;
        QVERIFY(passes::optimiseTop(graph, JobContext()));
        QCOMPARE(test::joined(test::summary(graph)), QString("Add y_Add 1x4x8x8\n"));
    }

    /// Pads count, the rows that only ceil mode adds do not.
    void averageWithCeil() {
        for (const Ints& pads : {Ints{0, 0, 0, 0}, Ints{1, 1, 1, 1}, Ints{0, 1, 1, 0}})
            for (const int64_t counts : {0, 1}) {
                OnnxBuilder b;
                b.output(b.node("AveragePool", {"x"}, "y",
                                {{"kernel_shape", Ints{3, 3}},
                                 {"strides", Ints{2, 4}},
                                 {"pads", pads},
                                 {"ceil_mode", int64_t{1}},
                                 {"count_include_pad", counts}}));
                compare(b);
            }
    }
};

QTEST_GUILESS_MAIN(TstPassesKeepValues)
#include "tst_passes_keep_values.moc"
