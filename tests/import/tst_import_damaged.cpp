// SPDX-License-Identifier: GPL-3.0-or-later
// Files cut short, mutated and hostile: always an error with a code, never a crash, never much
// memory.
#include "tests/import/onnx_builder.h"

#include "compiler/ir/verify.h"
#include "tests/support/mutation.h"

#include <QTest>

#include <fstream>

using namespace wb;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

namespace {

/// A little of everything: convolution, shapes computed from shapes, resizing, a split, a product.
std::string everything() {
    OnnxBuilder b;
    b.node("Relu", {b.batchNorm(b.conv("x", "c", 4, 6, 3, {{"pads", Ints{1, 1, 1, 1}}}), "n", 6)},
           "r");
    b.nodeMany("Split", {"r"}, {"a", "d"}, {{"axis", int64_t{1}}});
    b.node("Mul", {"a", b.node("Sigmoid", {"d"}, "sg")}, "m");
    b.node("Resize", {"m", "", b.weight({4}, {1, 1, 2, 2})}, "up");
    b.node("MaxPool", {"up"}, "p",
           {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}});
    b.node("Transpose", {"p"}, "t", {{"perm", Ints{0, 2, 3, 1}}});
    b.node("Gather", {b.node("Shape", {"t"}, "s"), b.ints({0, 1})}, "g");
    b.node("Concat", {"g", b.ints({-1})}, "shape", {{"axis", int64_t{0}}});
    b.node("Reshape", {"t", "shape"}, "f");
    b.node("Pad", {"f", b.ints({0, 1, 0, 0, 0, 2})}, "pd");
    b.node("Slice", {"pd", b.ints({1}), b.ints({-1}), b.ints({2})}, "sl");
    b.node("Softmax", {"sl"}, "sm", {{"axis", int64_t{2}}});
    b.node("Expand", {b.scalar(2), b.node("Shape", {"sm"}, "ss")}, "e");
    b.output(b.node("Add", {"sm", "e"}, "y"));
    return b.bytes();
}

/// What onnxruntime's optimiser and quantiser write, and operators of later sets.
std::string everythingElse() {
    OnnxBuilder b(23, {1, 2, 4});
    b.model().add_opset_import()->set_domain("com.microsoft");
    b.model().mutable_opset_import(1)->set_version(1);
    const auto own = [&](const char* kind, std::vector<std::string> inputs, const char* out, const OnnxBuilder::Attributes& attributes = {}) {
        b.node(kind, std::move(inputs), out, attributes);
        b.graph().mutable_node(b.graph().node_size() - 1)->set_domain("com.microsoft");
    };
    auto* codes = b.graph().add_initializer();
    codes->set_name("codes");
    codes->set_data_type(22);
    for (int64_t d : {4, 4})
        codes->add_dims(d);
    codes->set_raw_data("\x21\xf7\x55\xa3\x21\x12\x90\x7f");
    auto* sparse = b.graph().add_sparse_initializer();
    sparse->mutable_values()->set_name("ws");
    sparse->mutable_values()->set_data_type(onnx::TensorProto::FLOAT);
    sparse->mutable_values()->add_dims(1);
    sparse->mutable_values()->add_float_data(2);
    sparse->mutable_indices()->set_data_type(onnx::TensorProto::INT64);
    sparse->mutable_indices()->add_dims(1);
    sparse->mutable_indices()->add_int64_data(3);
    sparse->add_dims(4);
    b.node("DequantizeLinear", {"codes", b.weight({2, 4})}, "w", {{"axis", int64_t{0}}, {"block_size", int64_t{2}}});
    own("FusedMatMul", {"x", "w"}, "f", {{"transB", int64_t{1}}, {"alpha", 0.5}});
    own("SkipLayerNormalization", {"f", "x", b.weight({4}), "ws"}, "n");
    own("Attention", {"n", b.weight({4, 12}), b.weight({12})}, "a", {{"num_heads", int64_t{2}}, {"unidirectional", int64_t{1}}});
    b.node("Attention", {"a", "a", "n"}, "a2", {{"q_num_heads", int64_t{2}}, {"kv_num_heads", int64_t{2}}, {"is_causal", int64_t{1}}});
    b.node("RotaryEmbedding", {"a2", b.weight({1, 2, 1}), b.weight({1, 2, 1})}, "r", {{"num_heads", int64_t{2}}});
    b.nodeMany("DynamicQuantizeLinear", {"r"}, {"q", "s", "z"});
    own("MatMulIntegerToFloat", {"q", "codes", "s", b.scalar(0.1F), "z"}, "m");
    b.node("SplitToSequence", {"m", b.ints({1, 3})}, "parts", {{"axis", int64_t{2}}});
    b.node("SequenceAt", {"parts", b.ints({-1})}, "part");
    b.node("CenterCropPad", {"part", b.ints({1, 4, 4})}, "cc");
    b.node("Pad", {"cc", b.ints({0, 0, 1, 0, 0, 1})}, "wr", {{"mode", std::string("wrap")}});
    b.node("Reshape", {"wr", b.ints({1, 2, 4, 3})}, "pic");
    b.node("LpPool", {"pic"}, "lp", {{"kernel_shape", Ints{2, 2}}});
    b.output(b.node("DeformConv", {"lp", b.weight({1, 2, 1, 1}), b.weight({1, 2, 3, 2})}, "y"));
    return b.bytes();
}

} // namespace

class TstImportDamaged : public QObject {
    Q_OBJECT
private slots:
    void wholeFileWorks() {
        const auto model = OnnxBuilder::importBytes(everything());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QVERIFY(ir::verify(model->origin));
    }

    void truncatedEverywhere() {
        const std::string whole = everything();
        for (size_t percent = 0; percent < 100; percent += 2) {
            const auto model =
                OnnxBuilder::importBytes(whole.substr(0, whole.size() * percent / 100));
            QVERIFY2(!model, qPrintable(QString("cut at %1 %").arg(percent)));
            const Code code = model.error().code;
            QVERIFY2(code == Code::FileTruncated || code == Code::ModelDamaged ||
                         code == Code::ModelEmpty || code == Code::FileUnknownKind,
                     toText(model.error()).c_str());
            if (percent >= 10) QCOMPARE(int(code), int(Code::FileTruncated));
        }
    }

    void mutations_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("count");
        QTest::newRow("layers") << QByteArray::fromStdString(everything()) << 20'000;
        QTest::newRow("of other programs") << QByteArray::fromStdString(everythingElse()) << 8'000;
    }
    void mutations() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, count);
        const std::string whole = bytes.toStdString();
        const auto sane = OnnxBuilder::importBytes(whole);
        QVERIFY2(sane, toText(sane ? Error{} : sane.error()).c_str());
        constexpr uint64_t kSeed = 20260101;
        qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
        test::Random random(kSeed);
        int imported = 0;
        for (int i = 0; i < count; ++i) {
            const auto model = OnnxBuilder::importBytes(test::damaged(whole, random, i));
            if (!model) {
                QVERIFY(!model.error().what.empty());
                continue;
            }
            ++imported;
            const auto sound = ir::verify(model->origin);
            QVERIFY2(sound, toText(sound ? Error{} : sound.error()).c_str());
        }
        qInfo("%d of %d mutations were still networks", imported, count);
        QVERIFY(imported > 0 && imported < count);
        QVERIFY2(test::peakBytes() < int64_t{1} << 30, "a mutation took more than 1 GB");
    }

    void hostileSizes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, OnnxBuilder& b, const std::string& out, Code code) {
            b.output(out);
            const std::string bytes = b.bytes();
            QVERIFY(bytes.size() < 1024);
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                << int(code);
        };
        OnnxBuilder initializer;
        auto* t = initializer.graph().add_initializer();
        t->set_name("w");
        t->set_data_type(onnx::TensorProto::FLOAT);
        for (int64_t d : {1LL << 20, 1LL << 10})
            t->add_dims(d);
        row("weight without data", initializer, initializer.node("Add", {"x", "w"}, "y"),
            Code::ModelDamaged);
        OnnxBuilder overflow;
        auto* u = overflow.graph().add_initializer();
        u->set_name("w");
        u->set_data_type(onnx::TensorProto::FLOAT);
        for (int i = 0; i < 3; ++i)
            u->add_dims(1LL << 40);
        row("overflowing weight", overflow, overflow.node("Add", {"x", "w"}, "y"),
            Code::ModelDamaged);
        OnnxBuilder fill;
        fill.node("ConstantOfShape", {fill.ints({1 << 16, 1 << 16})}, "w");
        row("huge fill", fill, fill.node("Add", {"x", "w"}, "y"), Code::OutOfMemory);
        OnnxBuilder expand;
        expand.node("Expand", {expand.scalar(1), expand.ints({1 << 15, 1 << 15})}, "w");
        row("huge expand", expand, expand.node("Add", {"x", "w"}, "y"), Code::OutOfMemory);
        OnnxBuilder doubling; // each step doubles: 2^40 at the end
        std::string name = doubling.weight({2}, {1, 2});
        for (int i = 0; i < 20; ++i)
            name = doubling.node("Concat", {name, name, name, name}, "d" + std::to_string(i),
                                 {{"axis", int64_t{0}}});
        doubling.output(doubling.node("Add", {"x", name}, "y"));
        const std::string bytes = doubling.bytes();
        QTest::newRow("doubling") << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                  << int(Code::OutOfMemory);
        OnnxBuilder pads;
        row("huge pad", pads,
            pads.node("Pad", {"x", pads.ints({0, 0, 1LL << 40, 0, 0, 0, 1LL << 40, 0})}, "y"),
            Code::ShapeMismatch);
        OnnxBuilder kernel;
        row("huge kernel", kernel,
            kernel.node("MaxPool", {"x"}, "y", {{"kernel_shape", Ints{INT64_MAX, 2}}}),
            Code::UnsupportedAttribute);
        OnnxBuilder tile;
        row("huge tile", tile,
            tile.node("Tile", {"x", tile.ints({1LL << 62, 1LL << 62, 1, 1})}, "y"),
            Code::ShapeMismatch);
    }
    void hostileSizes() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        const int64_t before = test::peakBytes();
        const auto model = OnnxBuilder::importBytes(bytes.toStdString());
        QVERIFY(!model);
        QCOMPARE(int(model.error().code), code);
        QVERIFY2(test::peakBytes() - before < int64_t{1} << 30, "the file made the importer take 1 GB");
    }

    void inconsistentNodes() {
        OnnxBuilder twice;
        twice.node("Relu", {"x"}, "y");
        twice.output(twice.node("Tanh", {"x"}, "y"));
        QCOMPARE(int(twice.import().error().code), int(Code::ModelDamaged));
        OnnxBuilder absent;
        absent.output(absent.node("Relu", {"nowhere"}, "y"));
        QCOMPARE(int(absent.import().error().code), int(Code::ModelDamaged));
        OnnxBuilder few;
        few.output(few.node("Conv", {"x"}, "y"));
        QCOMPARE(int(few.import().error().code), int(Code::ModelDamaged));
        OnnxBuilder channels;
        channels.output(channels.conv("x", "y", 5, 4, 3));
        const auto model = channels.import();
        QCOMPARE(int(model.error().code), int(Code::ShapeMismatch));
        QVERIFY(model.error().what.find("1x4x8x8") != std::string::npos);
        OnnxBuilder empty;
        QCOMPARE(int(empty.import().error().code), int(Code::ModelEmpty));
    }
};

QTEST_GUILESS_MAIN(TstImportDamaged)
#include "tst_import_damaged.moc"
