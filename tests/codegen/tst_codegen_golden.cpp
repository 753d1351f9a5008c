// SPDX-License-Identifier: GPL-3.0-or-later
// The reference networks, quantised, compiled and run on the simulator in program order and in a random order: outputs
// equal the vendor's layers bit for bit.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/simulate.h"
#include "compiler/ir/npz_tensor.h"
#include "tests/codegen/networks.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cstring>

using namespace wb;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

} // namespace

class TestCodegenGolden : public QObject {
    Q_OBJECT

private slots:
    void outputsEqual_data();
    void outputsEqual();
};

void TestCodegenGolden::outputsEqual_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"ultraface", "yolo_fastest_xl", "yolov5n"})
        QTest::newRow(name) << QString(name);
}

void TestCodegenGolden::outputsEqual() {
    QFETCH(QString, name);
    WB_SHARED_OR_SKIP(folder, "golden/" + name.toStdString());
    auto graph = test::lowerReference(name.toStdString(), ops::Precision::Int8);
    VERIFY_RESULT(graph);
    auto inputs = ir::readNpz(folder / "in_f32.npz");
    auto layers = ir::readNpz(folder / "bm1684x_int8_sym.layers.npz");
    VERIFY_RESULT(inputs);
    VERIFY_RESULT(layers);
    JobContext context;
    context.setThreads(2);
    auto compiled = codegen::compile(**graph, {}, context);
    VERIFY_RESULT(compiled);
    if (qEnvironmentVariableIsSet("WB_FINAL")) test::writeAll(qgetenv("WB_FINAL").toStdString(), compiled->text);
    qInfo("%s: %u TIU, %u GDMA commands, about %lld cycles", qPrintable(name), codegen::tiuCommands(*compiled),
          codegen::gdmaCommands(*compiled), static_cast<long long>(compiled->cycles));
    codegen::Tensors values;
    values.emplace(compiled->inputs.at(0).name, inputs->begin()->second);
    for (const std::optional<uint64_t> seed : {std::optional<uint64_t>(), {5}}) {
        auto outputs = codegen::simulate(*compiled, values, {{seed}, false}, context);
        VERIFY_RESULT(outputs);
        QCOMPARE(outputs->size(), (*graph)->outputs.size());
        for (const auto& [key, value] : *outputs) {
            QVERIFY2(layers->contains(key), key.c_str());
            const ir::Tensor& theirs = layers->at(key);
            QCOMPARE(value.byteSize(), theirs.byteSize());
            QVERIFY2(std::memcmp(value.bytes(), theirs.bytes(), value.byteSize()) == 0, key.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestCodegenGolden)
#include "tst_codegen_golden.moc"
