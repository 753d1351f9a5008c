// SPDX-License-Identifier: GPL-3.0-or-later
// Windows over three axes: convolutions in INT8 are sums of codes as of pictures; a transposed one has no integer form and is
// computed in floats.
#include "compiler/execute/executor.h"
#include "compiler/numeric/rounding.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"
#include "tests/support/tensors.h"

#include <QTest>

#include <algorithm>

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

    /// Against the sums written out, with and without zero points.
    void convolutionOfCodes_data() {
        QTest::addColumn<bool>("asymmetric");
        QTest::newRow("symmetric") << false;
        QTest::newRow("with zero points") << true;
    }
    void convolutionOfCodes() {
        QFETCH(bool, asymmetric);
        const int64_t kernel[3] = {3, 2, 3}, stride[3] = {2, 1, 2}, dilation[3] = {1, 2, 1}, pad[3] = {1, 1, 0}, in[3] = {5, 6, 7}, out[3] = {3, 6, 3};
        ir::Graph top;
        top.name = "net";
        const auto x = top.add("top.Input", {}, "x", test::f32({2, 4, 5, 6, 7}));
        const auto filter = top.addWeight("filter", test::randomNumbers({6, 2, 3, 2, 3}, 7)), bias = top.addWeight("bias", test::randomNumbers({6}, 8));
        ir::AttributeMap a;
        for (const auto& [name, values] : std::map<const char*, std::vector<int64_t>>{
                 {"kernel_shape", {3, 2, 3}}, {"strides", {2, 1, 2}}, {"dilations", {1, 2, 1}}, {"pads", {1, 1, 0, 1, 1, 0}}})
            a.set(name, ir::Attribute::ints(values));
        a.set("group", int64_t{2});
        a.set("do_relu", true);
        a.set("relu_limit", -1.0);
        top.outputs = {top.add("top.Conv", {x, filter, bias}, "y", test::f32({2, 6, 3, 6, 3}), std::move(a))};
        quantise::LowerOptions options;
        options.target.module = ops::Precision::Int8;
        options.target.asymmetric = asymmetric;
        options.quantInput = options.quantOutput = true;
        JobContext context;
        const auto lowered = quantise::lower(top, {{"x", {1, -0.4, 1}}, {"y", {3, -1, 3}}}, {}, options, context);
        QVERIFY2(lowered.hasValue(), lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(lowered->layers.back().actual, ops::Precision::Int8);
        const ir::Graph& graph = *lowered->graph;
        const auto conv = std::find_if(graph.nodes().begin(), graph.nodes().end(), [](const ir::Node& n) { return n.op == "tpu.Conv2D"; });
        QVERIFY(conv != graph.nodes().end());
        const ir::TensorType &from = graph.value(conv->operands[0]).type, &to = graph.value(conv->results[0]).type;
        QCOMPARE(from.uniform()->zeroPoint() != 0, asymmetric);
        ir::Tensor codes(from.element, from.shape);
        test::Random random(9);
        for (int64_t e = 0; e < codes.elementCount(); ++e) codes.mutableData<uint8_t>()[e] = static_cast<uint8_t>(random.below(256));
        const auto executor = execute::Executor::create(lowered->graph, {}, context);
        QVERIFY2(executor.hasValue(), executor ? "" : toText(executor.error()).c_str());
        const auto ran = (*executor)->run({{graph.value(graph.inputs().front()).name, codes}}, context);
        QVERIFY2(ran.hasValue(), ran ? "" : toText(ran.error()).c_str());
        const ir::Tensor& got = ran->begin()->second;
        const auto codeAt = [](const ir::Tensor& t, int64_t i) {
            return ir::isSignedInteger(t.type()) ? int64_t{t.data<int8_t>()[i]} : int64_t{t.data<uint8_t>()[i]};
        };
        const ir::Tensor &w = *graph.weight(conv->operands[1]), &b = *graph.weight(conv->operands[2]);
        const auto multipliers = conv->attributes.integers("multiplier"), shifts = conv->attributes.integers("rshift");
        const int64_t zeroIn = from.uniform()->zeroPoint(), zeroOut = to.uniform()->zeroPoint();
        const int64_t least = ir::isSignedInteger(to.element) ? -128 : 0;
        int64_t i = 0;
        for (int64_t n = 0; n < 2; ++n)
            for (int64_t o = 0; o < 6; ++o)
                for (int64_t p = 0; p < out[0] * out[1] * out[2]; ++p, ++i) {
                    const int64_t at[3] = {p / (out[1] * out[2]), p / out[2] % out[1], p % out[2]};
                    int64_t sum = b.data<int32_t>()[o];
                    for (int64_t c = 0; c < 2; ++c)
                        for (int64_t k = 0; k < kernel[0] * kernel[1] * kernel[2]; ++k) {
                            const int64_t tap[3] = {k / (kernel[1] * kernel[2]), k / kernel[2] % kernel[1], k % kernel[2]};
                            int64_t place[3], inside = 1;
                            for (int d = 0; d < 3; ++d) {
                                place[d] = at[d] * stride[d] - pad[d] + tap[d] * dilation[d];
                                inside = inside != 0 && place[d] >= 0 && place[d] < in[d];
                            }
                            const int64_t source = (((n * 4 + o / 3 * 2 + c) * in[0] + place[0]) * in[1] + place[1]) * in[2] + place[2];
                            sum += (inside != 0 ? codeAt(codes, source) : zeroIn) * codeAt(w, (o * 2 + c) * 18 + k);
                        }
                    const int64_t scaled = std::max<int64_t>(0, numeric::shiftRightHalfUp(sum * multipliers[static_cast<size_t>(o)], static_cast<int>(shifts[static_cast<size_t>(o)])));
                    QCOMPARE(codeAt(got, i), std::clamp(scaled + zeroOut, least, least + 255));
                }
    }
};

QTEST_APPLESS_MAIN(TestVolumes)
#include "tst_volumes.moc"
