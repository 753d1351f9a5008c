// SPDX-License-Identifier: GPL-3.0-or-later
// Estimated cycles of small networks against what their bytes alone take: a way that became slow shows here.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/simulate.h"
#include "compiler/target/bm1684x/cycles/timing.h"
#include "tests/codegen/networks.h"

#include <QTest>

#include <cstring>

using namespace wb;
using ir::Attribute;
using ir::Shape;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

using Attributes = std::initializer_list<std::pair<const char*, Attribute>>;

/// One operator of floats of 16 bits, or codes.
Result<std::shared_ptr<const ir::Graph>> one(const char* op, Shape in, Shape out, Attributes attributes, ops::Precision precision) {
    test::NetBuilder b(std::move(in));
    return b.lower({b.add(op, {b.input()}, std::move(out), attributes)}, precision);
}

/// From the first command of a layer to its last. What is repeated is repeated after the cast behind it.
int64_t cyclesOf(const codegen::CompiledModel& model, const ir::Graph& graph, std::string op) {
    if (op == "tpu.Tile") op = "tpu.Cast";
    const auto timing = bm1684x::timeOf(model.groups);
    if (!timing) return -1;
    int64_t cycles = -1;
    for (const auto& layer : timing->layers)
        for (const ir::Node& node : graph.nodes())
            if (node.op == op && layer.layer >= 0 && model.layers[static_cast<size_t>(layer.layer)] == graph.value(node.results[0]).name)
                cycles = layer.end - layer.start + 1; // the last such node
    return cycles;
}

} // namespace

class TestCodegenCosts : public QObject {
    Q_OBJECT

private slots:
    void moves_data();
    void moves();
    void manySmallProducts();
};

void TestCodegenCosts::moves_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<QList<qint64>>("in");
    QTest::addColumn<QList<qint64>>("argument");
    QTest::addColumn<double>("most"); ///< times what bytes take in both directions
    using List = QList<qint64>;
    QTest::newRow("heads of tokens") << "Permute" << List{1, 197, 3, 3, 64} << List{2, 0, 3, 1, 4} << 4.5;
    QTest::newRow("keys") << "Permute" << List{1, 3, 197, 64} << List{0, 1, 3, 2} << 8.0;
    QTest::newRow("windows of a picture") << "Permute" << List{1, 8, 7, 8, 7, 96} << List{0, 1, 3, 2, 4, 5} << 2.0;
    QTest::newRow("narrow heads in windows") << "Permute" << List{64, 49, 3, 3, 32} << List{2, 0, 3, 1, 4} << 2.5;
    QTest::newRow("patches") << "Permute" << List{1, 3, 14, 16, 14, 16} << List{0, 1, 3, 5, 2, 4} << 2.0;
    QTest::newRow("channels last") << "Permute" << List{1, 96, 56, 56} << List{0, 2, 3, 1} << 3.5;
    QTest::newRow("channels first") << "Permute" << List{1, 56, 56, 96} << List{0, 3, 1, 2} << 3.5;
    QTest::newRow("norms of rows") << "Tile" << List{1, 4, 32, 1} << List{1, 1, 1, 196} << 10.0;
    QTest::newRow("relative positions") << "Tile" << List{4, 64, 1, 128} << List{1, 1, 8, 1} << 10.0;
}

void TestCodegenCosts::moves() {
    QFETCH(QString, op);
    QFETCH(QList<qint64>, in);
    QFETCH(QList<qint64>, argument);
    QFETCH(double, most);
    const Shape from(in.begin(), in.end());
    const std::vector<int64_t> values(argument.begin(), argument.end());
    Shape to;
    for (size_t i = 0; i < from.size(); ++i)
        to.push_back(op == "Tile" ? from[i] * values[i] : from[static_cast<size_t>(values[i])]);
    const char* name = op == "Tile" ? "tile" : "order";
    for (const auto precision : {ops::Precision::F16, ops::Precision::Int8}) {
        auto graph = one(("top." + op.toStdString()).c_str(), from, to, {{name, Attribute::ints(values)}}, precision);
        VERIFY_RESULT(graph);
        JobContext context;
        auto compiled = codegen::compile(**graph, {}, context);
        VERIFY_RESULT(compiled);
        const std::string input = (*graph)->value((*graph)->inputs().front()).name;
        const ir::Tensor data = test::randomTensor((*graph)->value((*graph)->inputs().front()).type, 3);
        auto expected = test::runModel(*graph, {{input, data}});
        VERIFY_RESULT(expected);
        auto values2 = codegen::simulate(*compiled, {{input, data}}, {{5}, false}, context);
        VERIFY_RESULT(values2);
        for (const auto& [key, value] : *values2)
            QVERIFY(std::memcmp(value.bytes(), expected->at(key).bytes(), value.byteSize()) == 0);
        constexpr double kBytesACycle = 26;
        const double bytes = static_cast<double>((*graph)->value((*graph)->outputs[0]).type.elementCount()) *
                             (precision == ops::Precision::F16 ? 2 : 1);
        const int64_t cycles = cyclesOf(*compiled, **graph, "tpu." + op.toStdString());
        const double times = static_cast<double>(cycles) / (bytes / kBytesACycle);
        qInfo("%s: %lld cycles, %.2f", precision == ops::Precision::F16 ? "F16" : "INT8", static_cast<long long>(cycles), times);
        QVERIFY(cycles > 0);
        QVERIFY2(times < most, qPrintable(QString::number(times)));
    }
}

/// Windows of attention: single matrices would be short transfers, each of them charged as four.
void TestCodegenCosts::manySmallProducts() {
    test::NetBuilder b({192, 32, 32});
    auto graph = b.lower({b.add("top.MatMul", {b.input(), b.input(), ir::kNoValue}, {192, 32, 32}, {{"do_relu", false}, {"relu_limit", -1.0}})},
                         ops::Precision::F16);
    VERIFY_RESULT(graph);
    JobContext context;
    auto compiled = codegen::compile(**graph, {}, context);
    VERIFY_RESULT(compiled);
    const int64_t cycles = cyclesOf(*compiled, **graph, "tpu.MatMul");
    qInfo("%lld cycles", static_cast<long long>(cycles));
    // Rows of 64 bytes count as 256: loads of both operands and the store, at 62 and 47 bytes a cycle.
    QVERIFY(cycles > 0 && cycles < 192 * 32 * 256 * 2 / 62 + 192 * 32 * 256 / 47 + 16000);
}

QTEST_GUILESS_MAIN(TestCodegenCosts)
#include "tst_codegen_costs.moc"
