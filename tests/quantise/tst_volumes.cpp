// SPDX-License-Identifier: GPL-3.0-or-later
// Windows over three axes: a transposed convolution has no integer form and is computed in floats, as a network in INT8, too.
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "tests/support/tensors.h"

#include <QTest>

using namespace wb;

class TestVolumes : public QObject {
    Q_OBJECT

private slots:
    void transposedConvolutionStaysFloat() {
        ir::Graph top;
        top.name = "net";
        const auto x = top.add("top.Input", {}, "x", test::f32({1, 2, 3, 4, 5}));
        const auto filter = top.addWeight("filter", test::randomNumbers({3, 2, 2, 2, 2}, 7));
        ir::AttributeMap a;
        for (const auto& [name, values] : std::map<const char*, std::vector<int64_t>>{
                 {"kernel_shape", {2, 2, 2}}, {"strides", {2, 2, 2}}, {"dilations", {1, 1, 1}}, {"pads", {0, 0, 0, 0, 0, 0}}, {"output_padding", {0, 0, 0}}})
            a.set(name, ir::Attribute::ints(values));
        a.set("group", int64_t{1});
        a.set("do_relu", false);
        a.set("relu_limit", -1.0);
        top.outputs = {top.add("top.Deconv", {x, filter, ir::kNoValue}, "y", test::f32({1, 3, 6, 8, 10}), std::move(a))};
        quantise::LowerOptions options;
        options.target.module = ops::Precision::Int8;
        JobContext context;
        const auto lowered = quantise::lower(top, {{"x", {1, -1, 1}}, {"y", {2, -2, 2}}}, {}, options, context);
        QVERIFY2(lowered.hasValue(), lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(lowered->layers.back().actual, ops::Precision::F32);

        const auto run = [&](std::shared_ptr<const ir::Graph> graph) {
            const auto executor = execute::Executor::create(std::move(graph), {}, context);
            return executor ? (*executor)->run({{"x", test::randomNumbers({1, 2, 3, 4, 5}, 9)}}, context) : Result<execute::TensorMap>(executor.error());
        };
        const auto exact = run(std::make_shared<const ir::Graph>(top)), ours = run(lowered->graph);
        QVERIFY2(exact && ours, !exact ? toText(exact.error()).c_str() : !ours ? toText(ours.error()).c_str() : "");
        const ir::Tensor &e = exact->begin()->second, &o = ours->begin()->second;
        QCOMPARE(o.elementCount(), e.elementCount());
        for (int64_t i = 0; i < e.elementCount(); ++i) QVERIFY(std::abs(e.data<float>()[i] - o.data<float>()[i]) < 0.1F); // codes of the input: 1 / 127
    }
};

QTEST_APPLESS_MAIN(TestVolumes)
#include "tst_volumes.moc"
