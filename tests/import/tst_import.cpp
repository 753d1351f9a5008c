// SPDX-License-Identifier: GPL-3.0-or-later
// Import as a user meets it: real classifiers, names, cut outputs, free dimensions, what is not
// supported.
#include "tests/import/onnx_builder.h"

#include "compiler/ir/verify.h"

#include <QTest>

#include <fstream>

using namespace wb;
using wb::test::OnnxBuilder;

namespace {

OnnxBuilder twoLayers() {
    OnnxBuilder b;
    b.node("Relu", {b.conv("x", "c", 4, 8, 3, {{"pads", OnnxBuilder::Ints{1, 1, 1, 1}}})}, "r");
    b.node("Sigmoid", {"r"}, "s");
    b.output("s");
    return b;
}

} // namespace

class TstImport : public QObject {
    Q_OBJECT
private slots:
    void names() {
        const auto model = twoLayers().import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(test::joined(test::summary(model->origin)),
                 QString("Conv c_Conv 1x8x8x8\nRelu r_Relu 1x8x8x8\nSigmoid s_Sigmoid 1x8x8x8\n"));
        QVERIFY(ir::verify(model->origin));
        QCOMPARE(model->format, std::string("ONNX"));
        QCOMPARE(model->opset, 14);
        QCOMPARE(model->outputNames, std::vector<std::string>{"s"});
    }

    void preprocessAttributes() {
        importer::ImportOptions options;
        options.preprocess.pixelFormat = "rgb";
        options.preprocess.scale = {0.0039216000586748123, 0.0039216000586748123,
                                    0.0039216000586748123};
        const auto model = twoLayers().import(options);
        QVERIFY(model);
        const auto& input = model->origin.nodes().front();
        QCOMPARE(input.op, std::string("top.Input"));
        QCOMPARE(input.attributes.string("pixel_format"), std::string("rgb"));
        QCOMPARE(input.attributes.integers("resize_dims"), (std::vector<int64_t>{8, 8}));
        QCOMPARE(input.attributes.reals("scale").front(), 0.0039216000586748123);
    }

    void outputsAsTyped() {
        importer::ImportOptions options;
        options.outputNames = {"r", "c"};
        const auto model = twoLayers().import(options);
        QVERIFY(model);
        QCOMPARE(model->origin.outputs.size(), size_t{2});
        QCOMPARE(model->origin.value(model->origin.outputs[0]).name, std::string("r_Relu"));
        QCOMPARE(model->origin.value(model->origin.outputs[1]).name, std::string("c_Conv"));
        QCOMPARE(test::summary(model->origin).size(), size_t{2}); // what only feeds "s" is gone
    }

    void outputNotFound() {
        importer::ImportOptions options;
        options.outputNames = {"r_Relu"};
        const auto model = twoLayers().import(options);
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::OutputNotFound);
        QVERIFY(model.error().remedies.front().find("'r'") != std::string::npos);
    }

    /// More pictures at a time than a reshape of the file names: said so, with ways out.
    void batchInAReshape() {
        OnnxBuilder b(14, {1, 4, 6, 8});
        b.output(b.node("Reshape", {"x", b.ints({1, 192})}, "r"));
        QVERIFY(b.import());
        importer::ImportOptions options;
        options.inputShapes = {{4, 4, 6, 8}};
        const auto batch = b.import(options);
        QCOMPARE(batch.error().code, Code::ShapeMismatch);
        QVERIFY2(batch.error().why.find("one picture at a time") != std::string::npos, batch.error().why.c_str());
        QVERIFY(!batch.error().remedies.empty());
        options.inputShapes = {{1, 4, 6, 9}}; // that is something else
        QVERIFY(b.import(options).error().why.find("one picture") == std::string::npos);
    }

    void freeDimensions() {
        OnnxBuilder b(14, {-1, 4, -1, 8});
        b.output(b.node("Relu", {"x"}, "r"));
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::FreeDimensions);
        QCOMPARE(model.error().fields.at("inputs"), std::string("x"));
        QCOMPARE(model.error().fields.at("shapes"), std::string("[d0,4,d2,8]"));
        QCOMPARE(model.error().fields.at("proposals"), std::string("[1,4,640,8]"));
        OnnxBuilder several(14, {3, -1});
        *several.graph().add_input() = several.graph().input(0);
        several.graph().mutable_input(1)->set_name("tokens");
        auto* first = several.graph().mutable_input(1)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0);
        first->set_dim_param("d1"); // as the second one of x: a name has one number
        several.output(several.node("Relu", {"x"}, "r"));
        const Error all = several.import().error();
        QCOMPARE(all.fields.at("inputs"), std::string("x\ntokens"));
        QCOMPARE(all.fields.at("shapes"), std::string("[3,d1]\n[d1,d1]"));
        QVERIFY2(toText(all).find("--input_shapes [[3,128],[128,128]]") != std::string::npos, toText(all).c_str());
        importer::ImportOptions options;
        options.inputShapes = {{2, 4, 6, 8}};
        const auto given = b.import(options);
        QVERIFY(given);
        QCOMPARE(test::summary(given->origin).front(), std::string("Relu r_Relu 2x4x6x8"));
        options.inputShapes = {{2, 4, 6}};
        QCOMPARE(b.import(options).error().code, Code::InputShapeWrong);
        options.inputShapes = {{2, 4, 6, 8}, {1}};
        QCOMPARE(b.import(options).error().code, Code::InputShapeWrong);
    }

    void allUnsupportedAtOnce() {
        OnnxBuilder b;
        b.node("FancyOne", {"x"}, "a");
        b.node("FancyTwo", {"a"}, "b");
        b.output(b.node("FancyOne", {"b"}, "c"));
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::UnsupportedOperators);
        QCOMPARE(model.error().fields.size(), size_t{2});
        QVERIFY(model.error().fields.at("FancyOne").find("2") != std::string::npos);
        QVERIFY(model.error().fields.at("FancyOne").find("a_node") != std::string::npos);
        for (const char* part : {"3 nodes", "FancyOne (2 × first at 'a_node')", "FancyTwo (1 ×"})
            QVERIFY2(model.error().what.find(part) != std::string::npos, model.error().what.c_str());
    }

    void cutBeforeUnsupported() {
        OnnxBuilder b;
        b.node("Relu", {"x"}, "a");
        b.output(b.node("FancyOne", {"a"}, "b"));
        importer::ImportOptions options;
        options.outputNames = {"a"};
        QVERIFY(b.import(options));
    }

    void shapeArithmetic() {
        // What PyTorch writes for x.view(x.size(0), -1, x.size(2) * 2).
        OnnxBuilder b;
        const auto dim = [&](int64_t i, const std::string& name) {
            return b.node(
                "Unsqueeze",
                {b.node("Gather", {b.node("Shape", {"x"}, name + "_shape"), b.ints({i})}, name),
                 b.ints({0})},
                name + "u");
        };
        b.node("Squeeze", {dim(2, "h")}, "hs");
        b.node("Mul", {"hs", b.ints({2})}, "h2");
        b.node("Reshape", {b.node("Squeeze", {dim(0, "n")}, "ns"), b.ints({1})}, "n1");
        b.node("Concat", {"n1", b.ints({-1}), "h2"}, "shape", {{"axis", int64_t{0}}});
        b.output(b.node("Reshape", {"x", "shape"}, "y"));
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(test::joined(test::summary(model->origin)),
                 QString("Reshape y_Reshape 1x16x16\n"));
    }

    void rangeExpandWhere() {
        OnnxBuilder b;
        auto constant = [&](const std::string& name, int64_t v) {
            return b.node("Constant", {}, name, {{"value_int", v}});
        };
        b.node("Range", {constant("zero", 0), constant("three", 3), constant("one", 1)},
               "r"); // 0 1 2
        b.node("Equal", {"r", b.ints({1})}, "eq");
        b.node("Where", {"eq", b.ints({16}), b.ints({4})}, "shape"); // 4 16 4
        b.output(b.node("Reshape", {"x", "shape"}, "y"));
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(test::joined(test::summary(model->origin)), QString("Reshape y_Reshape 4x16x4\n"));
    }

    void cycle() {
        OnnxBuilder b;
        b.node("Add", {"x", "c"}, "a");
        b.node("Relu", {"a"}, "b");
        b.node("Relu", {"b"}, "c");
        b.output("c");
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::GraphCycle);
        QVERIFY(!model.error().node.empty());
    }

    void unsortedNodesAreSorted() {
        OnnxBuilder b;
        b.node("Relu", {"a"}, "b");
        b.node("Sigmoid", {"x"}, "a");
        b.output("b");
        const auto model = b.import();
        QVERIFY(model);
        QCOMPARE(test::summary(model->origin).front(), std::string("Sigmoid a_Sigmoid 1x4x8x8"));
    }

    void externalData() {
        const QTemporaryDir folder;
        const std::filesystem::path dir = folder.path().toStdString();
        OnnxBuilder b;
        b.node("Add", {"x", "far"}, "y");
        b.output("y");
        auto* t = b.graph().add_initializer();
        t->set_name("far");
        t->set_data_type(onnx::TensorProto::FLOAT);
        t->add_dims(2);
        t->add_dims(4);
        t->set_data_location(onnx::TensorProto::EXTERNAL);
        const auto entry = [&](const char* key, const std::string& value) {
            auto* e = t->add_external_data();
            e->set_key(key);
            e->set_value(value);
        };
        entry("location", "weights.bin");
        entry("offset", "8");
        test::writeAll(dir / "net.onnx", b.bytes());
        const auto missing = importer::importModel(dir / "net.onnx", {}, JobContext());
        QCOMPARE(missing.error().code, Code::FileNotFound);
        std::string bytes(8 + 32, '\0');
        const float seven = 7;
        std::memcpy(bytes.data() + 8 + 4 * 5, &seven, 4);
        test::writeAll(dir / "weights.bin", bytes);
        // [2,4] does not broadcast with 8×8: the shape rule must say so, after the data was read.
        QCOMPARE(importer::importModel(dir / "net.onnx", {}, JobContext()).error().code,
                 Code::ShapeMismatch);
        t->set_dims(0, 1);
        t->set_dims(1, 8);
        test::writeAll(dir / "net.onnx", b.bytes());
        const auto model = importer::importModel(dir / "net.onnx", {}, JobContext());
        QVERIFY(model);
        QCOMPARE(model->origin.weights.at("far").data<float>()[5], 7.0F);
        t->mutable_external_data(0)->set_value("../weights.bin");
        test::writeAll(dir / "net.onnx", b.bytes());
        QCOMPARE(importer::importModel(dir / "net.onnx", {}, JobContext()).error().code,
                 Code::ModelDamaged);
    }

    void kinds_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("tflite") << QByteArray("\x1c\0\0\0TFL3\0\0\0\0", 12)
                                << int(Code::ModelDamaged);
        QTest::newRow("prototxt") << QByteArray("name: \"n\"\nlayer {\n type: \"Input\"\n}\n")
                                  << int(Code::ModelEmpty);
        QTest::newRow("pickle") << QByteArray("\x80\x02}q\x00.", 6) << int(Code::NotTorchScript);
        QTest::newRow("checkpoint")
            << QByteArray("PK\x03\x04\x14\0\0\0archive/data.pkl", 24) << int(Code::NotTorchScript);
        QTest::newRow("torchscript")
            << QByteArray("PK\x03\x04\x14\0\0\0m/constants.pkl m/code/", 31)
            << int(Code::FileTruncated);
        QTest::newRow("text") << QByteArray("hello, this is no network")
                              << int(Code::FileUnknownKind);
        QTest::newRow("empty") << QByteArray() << int(Code::FileTruncated);
    }
    void kinds() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        const auto model = OnnxBuilder::importBytes(bytes.toStdString());
        QVERIFY(!model);
        QCOMPARE(int(model.error().code), code);
        QVERIFY(!model.error().file.empty());
    }

    void missingFile() {
        const auto model = importer::importModel("no-such-file.onnx", {}, JobContext());
        QCOMPARE(model.error().code, Code::FileNotFound);
    }

    void cancelled() {
        std::stop_source source;
        source.request_stop();
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("n.onnx").toStdString();
        test::writeAll(file, twoLayers().bytes());
        QCOMPARE(importer::importModel(file, {}, JobContext(source.get_token())).error().code,
                 Code::Cancelled);
    }

    void oldOpsetRefused() {
        OnnxBuilder b(0);
        b.output(b.node("Relu", {"x"}, "r"));
        QCOMPARE(b.import().error().code, Code::OpsetUnsupported);
    }

    void classifiers_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"bvlc_alexnet", "densenet121", "inception_v1", "inception_v2",
                                 "resnet50", "shufflenet", "squeezenet", "vgg19", "zfnet512"})
            QTest::newRow(name) << QString(name);
    }
    void classifiers() {
        QFETCH(QString, name);
        WB_SHARED_OR_SKIP(file, "models/light/light_" + name.toStdString() + ".onnx");
        const auto model = importer::importModel(file, {}, JobContext());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QVERIFY(ir::verify(model->origin));
        std::ifstream stream(file.parent_path() / ("light_" + name.toStdString() + "_output_0.pb"),
                             std::ios::binary);
        onnx::TensorProto expected;
        QVERIFY(expected.ParseFromIstream(&stream));
        QCOMPARE(model->origin.outputs.size(), size_t{1});
        QCOMPARE(model->origin.value(model->origin.outputs[0]).type.shape,
                 ir::Shape(expected.dims().begin(), expected.dims().end()));
    }
};

QTEST_GUILESS_MAIN(TstImport)
#include "tst_import.moc"
