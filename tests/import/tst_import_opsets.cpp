// SPDX-License-Identifier: GPL-3.0-or-later
// The same computation in the spellings of several operator sets gives the same graph.
#include "tests/import/onnx_builder.h"

#include <QTest>

using namespace wb;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

namespace {

constexpr int64_t kEnd = INT64_MAX;

QString summaryOf(OnnxBuilder& b, const std::string& output) {
    b.output(output);
    const auto model = b.import();
    return model ? test::joined(test::summary(model->origin))
                 : QString::fromStdString(toText(model.error()));
}

const ir::Node& last(const ir::Graph& graph) {
    return graph.nodes().back();
}

} // namespace

class TstImportOpsets : public QObject {
    Q_OBJECT
private slots:
    /// 5 · 1.8F is 9 in single precision, though 1.8F is less than 1.8: tf2onnx writes such scales.
    void sizesOfScales() {
        OnnxBuilder b(13, {1, 3, 5, 4});
        b.node("Resize", {"x", "", b.weight({4}, {1, 1, 1.8F, 1.75F})}, "y",
               {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
        QCOMPARE(summaryOf(b, "y"), QString("Interp y_Resize 1x3x9x7\n"));
    }

    /// What tf2onnx writes for Keras' GELU, and its PReLU of one slope an element.
    void formsOfKeras() {
        OnnxBuilder gelu(13, {2, 5});
        gelu.node("Erfc", {"x"}, "y");
        QVERIFY(summaryOf(gelu, "y").startsWith(QStringLiteral("Erf ")));
        OnnxBuilder slopes(13, {1, 2, 2, 2});
        slopes.node("PRelu", {"x", slopes.weight({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})}, "y");
        QVERIFY(!summaryOf(slopes, "y").contains(QStringLiteral("PRelu")));
        OnnxBuilder channels(13, {1, 2, 2, 2});
        channels.node("PRelu", {"x", channels.weight({2, 1, 1}, {1, 2})}, "y");
        QVERIFY(summaryOf(channels, "y").contains(QStringLiteral("PRelu")));
    }

    void slice() {
        for (int opset : {9, 10, 13, 21}) {
            OnnxBuilder b(opset);
            if (opset < 10)
                b.node("Slice", {"x"}, "y",
                       {{"starts", Ints{1, -3}}, {"ends", Ints{kEnd, kEnd}}, {"axes", Ints{2, 3}}});
            else
                b.node("Slice", {"x", b.ints({1, -3}), b.ints({kEnd, kEnd}), b.ints({2, -1})}, "y");
            QCOMPARE(summaryOf(b, "y"), QString("Slice y_Slice 1x4x7x3\n"));
        }
        OnnxBuilder steps(13);
        steps.node("Slice",
                   {"x", steps.ints({-1, 0}), steps.ints({-kEnd, 7}), steps.ints({2, 3}),
                    steps.ints({-2, 3})},
                   "y");
        QCOMPARE(summaryOf(steps, "y"), QString("Slice y_Slice 1x4x4x3\n"));
    }

    void softmax() {
        for (int opset : {9, 11, 13, 21}) { // one axis with nothing after it: the same in all
            OnnxBuilder b(opset, {2, 5});
            b.node("Softmax", {"x"}, "y", {{"axis", int64_t{1}}});
            QCOMPARE(summaryOf(b, "y"), QString("Softmax y_Softmax 2x5\n"));
        }
        OnnxBuilder flat(11); // before 13, axis 1 of four means: over all of 4·8·8
        flat.node("Softmax", {"x"}, "y", {{"axis", int64_t{1}}});
        QCOMPARE(summaryOf(flat, "y"),
                 QString("Reshape y_Softmax_flat 1x256\nSoftmax y_Softmax_softmax 1x256\nReshape "
                         "y_Softmax 1x4x8x8\n"));
        OnnxBuilder single(13);
        single.node("Softmax", {"x"}, "y", {{"axis", int64_t{1}}});
        QCOMPARE(summaryOf(single, "y"), QString("Softmax y_Softmax 1x4x8x8\n"));
    }

    void clip() {
        for (int opset : {7, 11, 13}) {
            OnnxBuilder b(opset);
            if (opset < 11)
                b.node("Clip", {"x"}, "y", {{"min", 0.0}, {"max", 6.0}});
            else
                b.node("Clip", {"x", b.scalar(0), b.scalar(6)}, "y");
            b.output("y");
            const auto model = b.import();
            QVERIFY(model);
            QCOMPARE(last(model->origin).op, std::string("top.Relu"));
            QCOMPARE(last(model->origin).attributes.real("relu_limit"), 6.0);
        }
        OnnxBuilder open(13);
        open.output(open.node("Clip", {"x", "", open.scalar(1)}, "y"));
        const auto model = open.import();
        QVERIFY(model);
        QCOMPARE(last(model->origin).op, std::string("top.Clip"));
        QCOMPARE(last(model->origin).attributes.real("max"), 1.0);
    }

    void squeezeAndReduce() {
        for (int opset : {9, 13, 18}) {
            OnnxBuilder b(opset);
            if (opset < 18)
                b.node("ReduceMean", {"x"}, "m", {{"axes", Ints{2, -1}}, {"keepdims", int64_t{1}}});
            else
                b.node("ReduceMean", {"x", b.ints({2, -1})}, "m");
            if (opset < 13)
                b.node("Squeeze", {"m"}, "y", {{"axes", Ints{2, 3}}});
            else
                b.node("Squeeze", {"m", b.ints({2, 3})}, "y");
            QCOMPARE(summaryOf(b, "y"),
                     QString("Reduce m_ReduceMean 1x4x1x1\nSqueeze y_Squeeze 1x4\n"));
        }
    }

    void pad() {
        for (int opset : {10, 11, 18}) {
            OnnxBuilder b(opset);
            if (opset < 11)
                b.node("Pad", {"x"}, "y", {{"pads", Ints{0, 0, 1, 2, 0, 0, 3, 4}}});
            else if (opset < 18)
                b.node("Pad", {"x", b.ints({0, 0, 1, 2, 0, 0, 3, 4})}, "y");
            else
                b.node("Pad", {"x", b.ints({1, 2, 3, 4}), "", b.ints({2, 3})}, "y");
            QCOMPARE(summaryOf(b, "y"), QString("Pad y_Pad 1x4x12x14\n"));
        }
    }

    void resize() {
        const auto scales = [](OnnxBuilder& b) { return b.weight({4}, {1, 1, 2, 3}); };
        OnnxBuilder nine(9);
        nine.node("Upsample", {"x", scales(nine)}, "y", {{"mode", std::string("nearest")}});
        QCOMPARE(summaryOf(nine, "y"), QString("Interp y_Upsample 1x4x16x24\n"));
        OnnxBuilder ten(10);
        ten.node("Resize", {"x", scales(ten)}, "y");
        QCOMPARE(summaryOf(ten, "y"), QString("Interp y_Resize 1x4x16x24\n"));
        OnnxBuilder thirteen(13);
        thirteen.node("Resize", {"x", "", scales(thirteen)}, "y",
                      {{"coordinate_transformation_mode", std::string("asymmetric")},
                       {"nearest_mode", std::string("floor")}});
        QCOMPARE(summaryOf(thirteen, "y"), QString("Interp y_Resize 1x4x16x24\n"));
        OnnxBuilder sized(13);
        sized.node("Resize", {"x", "", "", sized.ints({1, 4, 12, 20})}, "y",
                   {{"mode", std::string("linear")}});
        QCOMPARE(summaryOf(sized, "y"), QString("Interp y_Resize 1x4x12x20\n"));
        OnnxBuilder axes(18);
        axes.node("Resize", {"x", "", axes.weight({2}, {2, 3})}, "y",
                  {{"axes", Ints{2, 3}}, {"mode", std::string("linear")}});
        QCOMPARE(summaryOf(axes, "y"), QString("Interp y_Resize 1x4x16x24\n"));
        OnnxBuilder cubic(13);
        cubic.output(
            cubic.node("Resize", {"x", "", scales(cubic)}, "y", {{"mode", std::string("cubic")}}));
        const auto resampled = cubic.import();
        QVERIFY(resampled);
        QCOMPARE(test::joined(test::summary(resampled->origin)), QString("Resample y_Resize 1x4x16x24\n"));
    }

    void split() {
        for (int opset : {9, 13, 18}) {
            OnnxBuilder b(opset);
            if (opset < 13)
                b.nodeMany("Split", {"x"}, {"a", "c"},
                           {{"axis", int64_t{1}}, {"split", Ints{1, 3}}});
            else
                b.nodeMany("Split", {"x", b.ints({1, 3})}, {"a", "c"}, {{"axis", int64_t{1}}});
            b.output("a");
            QCOMPARE(summaryOf(b, "c"), QString("Slice a_Split 1x1x8x8\nSlice c_Split 1x3x8x8\n"));
        }
        OnnxBuilder equal(11);
        equal.nodeMany("Split", {"x"}, {"a", "c"}, {{"axis", int64_t{2}}});
        equal.output("a");
        QCOMPARE(summaryOf(equal, "c"), QString("Slice a_Split 1x4x4x8\nSlice c_Split 1x4x4x8\n"));
    }

    void autoPad_data() {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("pads");
        QTest::newRow("upper") << "SAME_UPPER"
                               << "0,0,1,1";
        QTest::newRow("lower") << "SAME_LOWER"
                               << "1,1,0,0";
        QTest::newRow("valid") << "VALID"
                               << "0,0,0,0";
    }
    void autoPad() {
        QFETCH(QString, mode);
        QFETCH(QString, pads);
        OnnxBuilder b;
        b.output(
            b.conv("x", "y", 4, 4, 3, {{"auto_pad", mode.toStdString()}, {"strides", Ints{2, 2}}}));
        const auto model = b.import();
        QVERIFY(model);
        QStringList list;
        for (int64_t p : last(model->origin).attributes.integers("pads"))
            list << QString::number(p);
        QCOMPARE(list.join(','), pads);
    }

    void operators_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("op");
        const char* plain[][2] = {{"Relu", "Relu"},
                                  {"LeakyRelu", "LeakyRelu"},
                                  {"Sigmoid", "Sigmoid"},
                                  {"Tanh", "Tanh"},
                                  {"HardSwish", "HardSwish"},
                                  {"HardSigmoid", "HardSigmoid"},
                                  {"Elu", "Elu"},
                                  {"Softplus", "Softplus"},
                                  {"Abs", "Abs"},
                                  {"Exp", "Exp"},
                                  {"Log", "Log"},
                                  {"Sqrt", "Sqrt"},
                                  {"Neg", "MulConst"},
                                  {"Floor", "Floor"},
                                  {"Ceil", "Ceil"},
                                  {"Round", "Round"},
                                  {"Erf", "Erf"},
                                  {"Mish", "Mish"},
                                  {"GlobalAveragePool", "AvgPool"},
                                  {"GlobalMaxPool", "MaxPool"},
                                  {"Flatten", "Flatten"},
                                  {"Reciprocal", "Reciprocal"},
                                  {"ArgMax", "Arg"}};
        for (const auto& row : plain)
            QTest::newRow(row[0]) << row[0] << row[1];
    }
    void operators() {
        QFETCH(QString, kind);
        QFETCH(QString, op);
        OnnxBuilder b(20);
        b.output(b.node(kind.toStdString(), {"x"}, "y"));
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(QString::fromStdString(last(model->origin).op), "top." + op);
    }

    void transposedConvolution() {
        OnnxBuilder b;
        b.node("ConvTranspose", {"x", b.weight({4, 3, 2, 2}, {}, "w")}, "y",
               {{"strides", Ints{2, 2}}});
        b.output("y");
        const auto model = b.import();
        QVERIFY(model);
        QCOMPARE(test::summary(model->origin).front(),
                 std::string("Deconv y_ConvTranspose 1x3x16x16"));
        const ir::Tensor& w = model->origin.weights.at("w");
        QCOMPARE(w.shape(), (ir::Shape{3, 4, 2, 2}));
        const auto& source = b.graph().initializer(0).float_data();
        QCOMPARE(w.data<float>()[(2 * 4 + 1) * 4 + 3],
                 source.Get((1 * 3 + 2) * 4 + 3)); // [o=2][i=1] from [i=1][o=2]
    }

    void gemm() {
        OnnxBuilder b(13, {2, 3});
        b.node("Gemm", {"x", b.weight({5, 3}, {}, "w"), b.weight({5}, {}, "c")}, "y",
               {{"transB", int64_t{1}}, {"alpha", 2.0}, {"beta", 0.5}});
        b.output("y");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(test::summary(model->origin).front(), std::string("MatMul y_Gemm 2x5"));
        QCOMPARE(model->origin.weights.at("w_fix").data<float>()[1 * 5 + 2],
                 2 * b.graph().initializer(0).float_data(2 * 3 + 1));
        QCOMPARE(model->origin.weights.at("c_fix").data<float>()[4],
                 0.5F * b.graph().initializer(1).float_data(4));
    }

    /// Quantised operators of onnxruntime's own: real arithmetic on codes, and codes again.
    void operatorsOfAnotherDomain() {
        OnnxBuilder b;
        auto* domain = b.model().add_opset_import();
        domain->set_domain("com.microsoft");
        domain->set_version(1);
        auto* zero = b.graph().add_initializer();
        zero->set_name("zero");
        zero->set_data_type(onnx::TensorProto::UINT8);
        zero->add_int32_data(3);
        b.node("QuantizeLinear", {"x", b.scalar(0.1F), "zero"}, "q");
        b.node("QLinearAdd", {"q", b.scalar(0.1F), "zero", "q", b.scalar(0.1F), "zero", b.scalar(0.2F), "zero"}, "s");
        b.graph().mutable_node(1)->set_domain("com.microsoft");
        b.output(b.node("QLinearNothing", {"s"}, "y"));
        b.graph().mutable_node(2)->set_domain("com.microsoft");
        const auto refused = b.import();
        QVERIFY(!refused);
        QVERIFY2(refused.error().fields.contains("com.microsoft.QLinearNothing") && refused.error().fields.size() == 1, toText(refused.error()).c_str());
        b.graph().mutable_node(2)->set_domain("");
        b.graph().mutable_node(2)->set_op_type("Relu");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto lines = wb::test::summary(model->origin);
        QVERIFY(!lines.empty() && lines.size() > 8);
        QCOMPARE(lines[lines.size() - 2], std::string("Clip s_QLinearAdd 1x4x8x8"));
    }
};

QTEST_GUILESS_MAIN(TstImportOpsets)
#include "tst_import_opsets.moc"
