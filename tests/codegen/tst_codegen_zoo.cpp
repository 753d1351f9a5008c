// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of many kinds, compiled and run on the simulator, against the model of the lowered graph: bit for bit where
// all of it is integers, else as close as the kind of float allows. WB_ZOO=1 runs everything (minutes); without it a
// few of each kind.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/simulate.h"
#include "tests/codegen/networks.h"
#include "tests/codegen/zoo_networks.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cstring>

using namespace wb;
using ops::Precision;
using test::ZooBuilder;
using test::ZooNet;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

const char* nameOf(Precision p, bool asymmetric) {
    return p == Precision::Int8 ? asymmetric ? "int8 with zero points" : "int8" : p == Precision::F16 ? "f16" : p == Precision::BF16 ? "bf16" : "f32";
}

} // namespace

class TestCodegenZoo : public QObject {
    Q_OBJECT

private slots:
    void networks_data() { addRows(test::zooNetworks(), true); }
    void networks() { run(test::zooNetworks()); }
    void families_data() { addRows(test::zooFamilies(), true); }
    void families() { run(test::zooFamilies()); }
    void tokens_data() { addRows(test::zooTokens(), true); }
    void tokens() { run(test::zooTokens()); }
    void sequences_data() { addRows(test::zooSequences(), true); }
    void sequences() { run(test::zooSequences()); }
    void spread_data() { addRows(test::zooSpread(), true); }
    void spread() { run(test::zooSpread()); }
    void limits_data() { addRows(test::zooLimits(), false); }
    void limits() { run(test::zooLimits()); }
    void mixedPrecision();

private:
    void addRows(const std::vector<ZooNet>& nets, bool batches);
    void run(const std::vector<ZooNet>& nets);
    void compare(const std::shared_ptr<const ir::Graph>& graph, double tolerance, const codegen::CompileOptions& options);
};

void TestCodegenZoo::addRows(const std::vector<ZooNet>& nets, bool batches) {
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("precision");
    QTest::addColumn<int>("batch");
    QTest::addColumn<bool>("asymmetric");
    const bool all = qEnvironmentVariableIsSet("WB_ZOO");
    for (size_t i = 0; i < nets.size(); ++i)
        for (const Precision precision : {Precision::Int8, Precision::F16, Precision::BF16, Precision::F32})
            for (const int batch : {1, 4}) {
                if (batch > 1 && (!batches || !all)) continue;
                if (!all && (!nets[i].quick || precision == Precision::BF16 || precision == Precision::F32)) continue;
                for (const bool asymmetric : {false, true}) {
                    if (asymmetric && precision != Precision::Int8) continue;
                    QTest::addRow("%s, %s, batch %d", nets[i].name.c_str(), nameOf(precision, asymmetric), batch)
                        << static_cast<int>(i) << static_cast<int>(precision) << batch << asymmetric;
                }
            }
}

void TestCodegenZoo::compare(const std::shared_ptr<const ir::Graph>& graph, double tolerance,
                             const codegen::CompileOptions& options) {
    JobContext context;
    auto compiled = codegen::compile(*graph, options, context);
    VERIFY_RESULT(compiled);
    const std::string name = graph->value(graph->inputs().front()).name;
    const ir::Tensor input = test::randomTensor(graph->value(graph->inputs().front()).type, 7);
    auto expected = test::runModel(graph, {{name, input}});
    VERIFY_RESULT(expected);
    auto values = codegen::simulate(*compiled, {{name, input}}, {{5}, false}, context);
    VERIFY_RESULT(values);
    QCOMPARE(values->size(), graph->outputs.size());
    for (const auto& [key, value] : *values) {
        const ir::Tensor& wanted = expected->at(key);
        QCOMPARE(value.byteSize(), wanted.byteSize());
        if (tolerance == 0) {
            QVERIFY2(std::memcmp(value.bytes(), wanted.bytes(), value.byteSize()) == 0, key.c_str());
            continue;
        }
        const double far = test::apart(value, wanted);
        QVERIFY2(far <= tolerance, (key + " is " + std::to_string(far) + " away").c_str());
    }
}

void TestCodegenZoo::run(const std::vector<ZooNet>& nets) {
    QFETCH(int, index);
    QFETCH(int, precision);
    QFETCH(int, batch);
    QFETCH(bool, asymmetric);
    const ZooNet& net = nets[static_cast<size_t>(index)];
    const auto kind = static_cast<Precision>(precision);
    ir::Shape shape = net.input;
    shape[0] = batch;
    ZooBuilder builder(shape);
    auto graph = builder.lower(net.build(builder), kind, {}, asymmetric);
    VERIFY_RESULT(graph);
    const bool exact = kind == Precision::Int8 && !test::computesFloats(**graph);
    const double tolerance = exact ? 0 : kind == Precision::F32 ? 1e-9 : kind == Precision::F16 ? 1e-5 : 1e-3;
    compare(*graph, tolerance, {});
    if (batch == 1 && !QTest::currentTestFailed()) compare(*graph, tolerance, {.laneBytes = 160 * 1024});
}

/// A third of the layers in F16, among codes.
void TestCodegenZoo::mixedPrecision() {
    std::vector<ZooNet> nets = test::zooNetworks();
    for (ZooNet& net : test::zooFamilies()) nets.push_back(std::move(net));
    for (const ZooNet& net : nets) {
        if (!net.quick && !qEnvironmentVariableIsSet("WB_ZOO")) continue;
        ZooBuilder builder(net.input);
        const auto outputs = net.build(builder);
        quantise::PrecisionTable table;
        int count = 0;
        for (const std::string& layer : builder.layers())
            if (count++ % 3 == 1) table[layer] = Precision::F16;
        auto graph = builder.lower(outputs, Precision::Int8, table);
        VERIFY_RESULT(graph);
        compare(*graph, 1e-3, {});
    }
}

QTEST_GUILESS_MAIN(TestCodegenZoo)
#include "tst_codegen_zoo.moc"
