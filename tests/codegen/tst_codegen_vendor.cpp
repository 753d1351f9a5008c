// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled networks on the vendor's C model: every layer that lies in DDR equals the integer model, bit for bit.
#include "compiler/codegen/compile.h"
#include "compiler/ir/npz_tensor.h"
#include "tests/codegen/networks.h"
#include "tests/interop/vendor_cmodel.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cstring>

using namespace wb;
using bm1684x::kGlobalBase;
using interop::VendorCModel;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

/// Runs the commands in program order; the reason of a failure.
std::string runCommands(VendorCModel& model, const codegen::CompiledModel& compiled) {
    std::vector<std::byte> words;
    for (const bm1684x::Program& group : compiled.groups) {
        for (const bm1684x::Placed& placed : group.placed) {
            words.resize(bm1684x::encodedBytes(placed.command));
            if (const auto done = bm1684x::encode(placed.command, words); !done) return toText(done.error());
            if (const auto fault = model.execute(placed.engine, words); !fault.empty())
                return (placed.layer < 0 ? std::string() : compiled.layers[static_cast<size_t>(placed.layer)]) + ": " +
                       bm1684x::formatOf(placed.command).name + ' ' + bm1684x::operationName(placed.command) + ": " + fault;
        }
    }
    return {};
}

} // namespace

class TestCodegenVendor : public QObject {
    Q_OBJECT

private slots:
    void layersEqual_data();
    void layersEqual();
};

void TestCodegenVendor::layersEqual_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("observable");
    QTest::addColumn<bool>("asymmetric");
    for (const char* name : {"ultraface", "yolo_fastest_xl", "yolov5n"})
        for (const bool asymmetric : {false, true})
            for (const bool observable : {true, false})
                QTest::addRow("%s%s%s", name, asymmetric ? " asymmetric" : "", observable ? " every layer" : "")
                    << QString(name) << observable << asymmetric;
    for (const bool observable : {true, false})
        QTest::addRow("mobilenet, its own scales%s", observable ? " every layer" : "")
            << "mobilenet_v2_1.0_224_quant" << observable << false;
}

void TestCodegenVendor::layersEqual() {
    QFETCH(QString, name);
    QFETCH(bool, observable);
    QFETCH(bool, asymmetric);
    const bool ownScales = name.endsWith("_quant");
    WB_SHARED_OR_SKIP(folder, ownScales ? "models/" + name.toStdString() + ".tflite" : "golden/" + name.toStdString());
    VendorCModel model(256 << 20);
    if (const auto reason = model.start(); !reason.empty()) QSKIP(qPrintable(QString::fromStdString(reason)));
    auto graph = test::lowerReference(name.toStdString(), ops::Precision::Int8, asymmetric);
    VERIFY_RESULT(graph);
    Result<std::map<std::string, ir::Tensor>> inputs = std::map<std::string, ir::Tensor>{};
    if (ownScales) {
        const ir::Value& value = (*graph)->value((*graph)->inputs().front());
        ir::Tensor codes(value.type.element, value.type.shape);
        test::Random random(7);
        for (size_t i = 0; i < codes.byteSize(); ++i) codes.mutableBytes()[i] = static_cast<std::byte>(random.next());
        inputs->emplace(value.name, std::move(codes));
    } else {
        auto read = ir::readNpz(folder / "in_f32.npz");
        VERIFY_RESULT(read);
        inputs = std::map<std::string, ir::Tensor>(read->begin(), read->end());
    }
    JobContext context;
    auto compiled = codegen::compile(**graph, {.observable = observable}, context);
    VERIFY_RESULT(compiled);
    if (qEnvironmentVariableIsSet("WB_FINAL")) test::writeAll(qgetenv("WB_FINAL").toStdString(), compiled->text);
    qInfo("%u TIU, %u GDMA commands, %lld cycles, %zu bytes of coefficients, %llu of context",
          codegen::tiuCommands(*compiled), codegen::gdmaCommands(*compiled), static_cast<long long>(compiled->cycles),
          compiled->coefficients.size(), static_cast<unsigned long long>(compiled->contextBytes));

    QCOMPARE(model.write(VendorCModel::Global, compiled->coefficientAddress - kGlobalBase, compiled->coefficients),
             std::string());
    QCOMPARE(compiled->inputs.size(), size_t(1));
    const ir::Tensor& input = inputs->begin()->second;
    QCOMPARE(input.byteSize(), static_cast<size_t>(compiled->inputs[0].bytes));
    QCOMPARE(model.write(VendorCModel::Global, compiled->inputs[0].address - kGlobalBase,
                         {input.bytes(), input.byteSize()}),
             std::string());
    const std::string fault = runCommands(model, *compiled);
    QVERIFY2(fault.empty(), fault.c_str());

    auto expected = test::runModel(*graph, {inputs->begin(), inputs->end()});
    VERIFY_RESULT(expected);
    std::vector<codegen::PlacedTensor> compare = compiled->outputs;
    if (observable) compare.insert(compare.end(), compiled->stored.begin(), compiled->stored.end());
    size_t equal = 0;
    for (const auto& placed : compare) {
        const ir::Tensor& wanted = expected->at(placed.name);
        std::vector<std::byte> bytes(placed.bytes);
        QCOMPARE(bytes.size(), wanted.byteSize());
        QCOMPARE(model.read(VendorCModel::Global, placed.address - kGlobalBase, bytes), std::string());
        size_t differing = 0;
        for (size_t i = 0; i < bytes.size(); ++i)
            differing += bytes[i] != wanted.bytes()[i];
        if (differing == 0) ++equal;
        else if (compare.size() < 10 || equal > 0)
            qWarning("%s %s: %zu of %zu bytes differ", placed.name.c_str(), ir::toText(placed.type.shape).c_str(),
                     differing, bytes.size());
    }
    qInfo("%zu of %zu tensors equal", equal, compare.size());
    QCOMPARE(equal, compare.size());
}

QTEST_GUILESS_MAIN(TestCodegenVendor)
#include "tst_codegen_vendor.moc"
