// SPDX-License-Identifier: GPL-3.0-or-later
// Top files both ways, operator by operator where weights have an order of their own (groups, gates, transposed operands) or
// results may be absent: ours run by the vendor's tool, the vendor's run by ours; every layer of one name is the same.
#include "tests/cli/program.h"
#include "tests/import/onnx_builder.h"
#include "tests/interop/chip_cases.h"

#include "compiler/ir/npz_tensor.h"

#include <QFile>
#include <QTest>

#include <cmath>

using namespace wb;
using namespace wb::test;
using Ints = OnnxBuilder::Ints;

namespace {

const Ints kPicture{1, 12, 6, 6};

/// With the kernel's shape, which the vendor's tool wants to be said.
void conv(ChipCase& c, const char* kind, const std::string& in, const std::string& out, const Ints& filter, int64_t groups, int64_t bias,
          OnnxBuilder::Attributes rest = {}) {
    rest.emplace_back("group", groups);
    rest.emplace_back("kernel_shape", Ints(filter.begin() + 2, filter.end()));
    std::vector<std::string> operands{in, c.numbers(filter)};
    if (bias > 0) operands.push_back(c.numbers({bias}));
    c.add(kind, operands, out, rest);
}

void convolutions(ChipCase& c) {
    conv(c, "ConvTranspose", "x", "d1", {12, 3, 3, 3}, 2, 6, {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}, {"output_padding", Ints{1, 1}}});
    conv(c, "ConvTranspose", "x", "d2", {12, 1, 2, 2}, 12, 0, {{"strides", Ints{2, 2}}});
    conv(c, "ConvTranspose", "x", "d3", {12, 1, 3, 3}, 4, 4, {{"pads", Ints{1, 1, 1, 1}}});
    conv(c, "ConvTranspose", "x", "d4", {12, 2, 3, 3}, 12, 24, {{"strides", Ints{2, 2}}});
    conv(c, "ConvTranspose", "x", "d5", {12, 5, 3, 3}, 1, 5, {{"strides", Ints{2, 2}}});
    const std::string row = c.net.node("Reshape", {"x", c.net.ints({1, 12, 36})}, "row");
    conv(c, "ConvTranspose", row, "d6", {12, 2, 3}, 2, 4, {{"strides", Ints{2}}, {"pads", Ints{1, 1}}});
    conv(c, "Conv", row, "c1", {8, 3, 3}, 4, 8, {{"pads", Ints{1, 1}}});
    c.add("MaxPool", {row}, "m1", {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}});
    c.add("AveragePool", {row}, "a1", {{"kernel_shape", Ints{3}}, {"strides", Ints{2}}});
    const std::string volume = c.net.node("Reshape", {"x", c.net.ints({1, 4, 3, 6, 6})}, "volume");
    conv(c, "Conv", volume, "c2", {5, 4, 2, 3, 3}, 1, 5, {{"pads", Ints{0, 1, 1, 0, 1, 1}}});
    conv(c, "Conv", "x", "c3", {8, 3, 3, 3}, 4, 8, {{"pads", Ints{1, 1, 1, 1}}});
    conv(c, "Conv", "x", "c4", {12, 1, 3, 3}, 12, 12, {{"pads", Ints{1, 1, 1, 1}}});
    c.add("PRelu", {"x", c.numbers({12, 1, 1}, 0, 0.5F)}, "p1");
    c.add("PRelu", {"c3", c.numbers({1, 1, 1}, 0, 0.5F)}, "p2");
}

void products(ChipCase& c) {
    const std::string rows = c.net.node("Reshape", {"x", c.net.ints({12, 36})}, "rows");
    c.add("Gemm", {rows, c.numbers({10, 36}), c.numbers({10})}, "g1", {{"transB", int64_t{1}}});
    c.add("Gemm", {rows, c.numbers({36, 10}), c.numbers({10})}, "g2");
    c.add("MatMul", {rows, c.numbers({36, 7})}, "g3");
    const std::string many = c.net.node("Reshape", {"x", c.net.ints({3, 4, 36})}, "many");
    c.add("MatMul", {many, c.net.node("Transpose", {many}, "turned", {{"perm", Ints{0, 2, 1}}})}, "g4");
    c.add("MatMul", {many, c.numbers({36, 5})}, "g5");
    c.add("LayerNormalization", {"x", c.numbers({6}), c.numbers({6})}, "l1", {{"axis", int64_t{-1}}});
    c.add("InstanceNormalization", {"x", c.numbers({12}), c.numbers({12})}, "n1");
    const std::string grouped = c.net.node("Reshape", {"x", c.net.ints({1, 3, 144})}, "grouped");
    const std::string normal = c.net.node("InstanceNormalization", {grouped, c.numbers({3}, 1, 1), c.numbers({3}, 0, 0)}, "normal");
    const std::string back = c.net.node("Reshape", {normal, c.net.ints({1, 12, 6, 6})}, "back");
    c.add("Add", {c.net.node("Mul", {back, c.numbers({12, 1, 1})}, "scaled"), c.numbers({12, 1, 1})}, "n2");
    c.add("ArgMax", {"x"}, "best", {{"axis", int64_t{1}}, {"keepdims", int64_t{1}}});
    c.net.nodeMany("TopK", {"x", c.net.ints({3})}, {"top", "where"}, {{"axis", int64_t{-1}}});
    c.net.output("top");
}

void recurrent(ChipCase& c) {
    const std::string steps = c.net.node("Reshape", {"x", c.net.ints({6, 2, 36})}, "steps");
    const auto layer = [&](const char* kind, const char* direction, int64_t ways, int64_t gates, const std::string& out) {
        const int64_t hidden = 5, rows = gates * hidden;
        OnnxBuilder::Attributes a{{"hidden_size", hidden}, {"direction", std::string(direction)}};
        if (gates == 3) a.emplace_back("linear_before_reset", int64_t{1});
        c.add(kind, {steps, c.numbers({ways, rows, 36}), c.numbers({ways, rows, hidden}), c.numbers({ways, 2 * rows})}, out, a);
    };
    layer("LSTM", "forward", 1, 4, "l1");
    layer("LSTM", "bidirectional", 2, 4, "l2");
    layer("GRU", "forward", 1, 3, "g1");
    layer("GRU", "bidirectional", 2, 3, "g2");
}

} // namespace

class TestVendorExchange : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    QByteArray vendor(const QString& folder, const QStringList& arguments, const char* result) const {
        QProcess process;
        process.setWorkingDirectory(folder);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QString::fromStdString((sharedFolder() / "oracle" / "run.sh").string()), arguments);
        if (!process.waitForFinished(300000)) {
            process.kill();
            process.waitForFinished();
        }
        return QFile::exists(folder + '/' + result) ? QByteArray() : process.readAll().right(1200) + ' ';
    }

    static void compareLayers(const QString& a, const QString& b, int least) {
        const auto ours = ir::readNpz(a.toStdString()), theirs = ir::readNpz(b.toStdString());
        QVERIFY(ours && theirs);
        const std::map<std::string, ir::Tensor> known(ours->begin(), ours->end());
        int compared = 0;
        for (const auto& [name, tensor] : *theirs) {
            const auto found = known.find(name);
            if (found == known.end()) continue;
            QVERIFY2(found->second.elementCount() == tensor.elementCount(), name.c_str());
            ++compared;
            for (int64_t i = 0; i < tensor.elementCount(); ++i) {
                const float x = found->second.data<float>()[i], y = tensor.data<float>()[i];
                QVERIFY2(std::fabs(x - y) <= 1e-4F * std::max(1.0F, std::fabs(y)),
                         qPrintable(QString("%1[%2]: %3 and %4").arg(name.c_str()).arg(i).arg(x).arg(y)));
            }
        }
        QVERIFY2(compared >= least, qPrintable(QString("%1 compared").arg(compared)));
    }

private slots:
    void initTestCase() {
        if (sharedFolder().empty()) QSKIP("the folder ../shared is not there");
        if (!qEnvironmentVariableIsSet("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT is not set");
    }

    void bothWays_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("layers");
        QTest::newRow("convolutions") << 0 << 14;
        QTest::newRow("products") << 1 << 10;
        QTest::newRow("recurrent") << 2 << 4;
    }
    void bothWays() {
        QFETCH(int, kind);
        QFETCH(int, layers);
        ChipCase c;
        c.net = OnnxBuilder(17, kPicture);
        (kind == 0 ? convolutions : kind == 1 ? products : recurrent)(c);
        std::vector<float> numbers;
        for (int i = 0; i < 12 * 36; ++i) numbers.push_back(c.random.real(-2, 3));
        const QString ours = m_folder.filePath(QString("ours%1").arg(kind)), theirs = m_folder.filePath(QString("theirs%1").arg(kind));
        for (const QString& folder : {ours, theirs}) {
            QVERIFY(QDir().mkpath(folder));
            writeAll((folder + "/net.onnx").toStdString(), c.net.bytes());
            QVERIFY(ir::writeNpz((folder + "/in.npz").toStdString(), {{"x", ir::Tensor::of<float>(ir::ElementType::F32, kPicture, numbers)}}));
        }
        const QStringList transform{"--model_name", "net", "--model_def", "net.onnx", "--mlir", "net.mlir"};
        const QStringList run{"--input", "in.npz", "--dump_all_tensors", "--output", "out.npz"};
        Ran ran = runTpuwb(QStringList{"transform"} + transform + QStringList{"--test_input", "in.npz", "--test_result", "top.npz"}, ours);
        QVERIFY2(ran.status == 0, ran.said());
        QByteArray failed = vendor(ours, QStringList{"model_runner", "--model", "net.mlir"} + run, "out.npz");
        QVERIFY2(failed.isEmpty(), failed.constData());
        compareLayers(ours + "/top.npz", ours + "/out.npz", layers);
        failed = vendor(theirs, QStringList{"model_transform"} + transform, "net.mlir");
        QVERIFY2(failed.isEmpty(), failed.constData());
        ran = runTpuwb(QStringList{"run", "net.mlir"} + run, theirs);
        QVERIFY2(ran.status == 0 && QFile::exists(theirs + "/out.npz"), ran.said());
        compareLayers(theirs + "/out.npz", ours + "/top.npz", layers);
    }
};

QTEST_GUILESS_MAIN(TestVendorExchange)
#include "tst_vendor_exchange.moc"
