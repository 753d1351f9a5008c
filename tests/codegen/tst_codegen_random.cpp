// SPDX-License-Identifier: GPL-3.0-or-later
// Random networks (random_network.h) all the way: the passes keep what the network computes, the lowered graph runs, and
// the compiled one does on the simulator what the lowered graph's model says: bit for bit where all of it is integers.
// WB_RANDOM=N runs N networks instead of a few; WB_RANDOM_FIRST is the first seed, WB_RANDOM_FOLDER keeps the files.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/simulate.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "tests/codegen/networks.h"
#include "tests/codegen/random_network.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace wb;
using ops::Precision;

namespace {

struct Form {
    const char* name;
    Precision precision;
    bool asymmetric;
    double tolerance; ///< of 1 - cosine between the simulator and the model, where floats are computed
};
// Both round to the same halves at the same places; orders of sums and the chip's own functions differ. Where they meet a
// rounding to codes, the difference is a code, which a norm of rows that hardly vary makes much of.
constexpr Form kForms[]{{"INT8", Precision::Int8, false, 5e-2},
                        {"INT8 with zero points", Precision::Int8, true, 5e-2},
                        {"F16", Precision::F16, false, 5e-3},
                        {"BF16", Precision::BF16, false, 2e-2},
                        {"F32", Precision::F32, false, 1e-6}};

} // namespace

class TestCodegenRandom : public QObject {
    Q_OBJECT
private slots:
    void networks_data();
    void networks();

private:
    void blame(const ir::Graph& graph, const execute::TensorMap& input, const execute::TensorMap& expected, uint64_t seed);
    void lowered(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::PrecisionTable& table, const Form& form, uint64_t seed);
};

void TestCodegenRandom::networks_data() {
    QTest::addColumn<qulonglong>("seed");
    const int wanted = qEnvironmentVariableIntValue("WB_RANDOM"), first = qEnvironmentVariableIntValue("WB_RANDOM_FIRST");
    std::vector<int> seeds(static_cast<size_t>(wanted > 0 ? wanted : 12));
    std::iota(seeds.begin(), seeds.end(), first);
    if (wanted <= 0) seeds.push_back(335); // a size that is nearly a factor
    for (const int seed : seeds) QTest::addRow("%d", seed) << static_cast<qulonglong>(seed);
}

/// Says which layers differ when each goes through DDR; where none does, what failed is how they are put together.
void TestCodegenRandom::blame(const ir::Graph& graph, const execute::TensorMap& input, const execute::TensorMap& expected, uint64_t seed) {
    JobContext context;
    const auto compiled = codegen::compile(graph, {.fuse = false, .observable = true}, context);
    if (!compiled) return;
    const auto values = codegen::simulate(*compiled, input, {{seed}, true}, context);
    if (!values) return;
    int differ = 0;
    for (const auto& [key, value] : *values) {
        const auto wanted = expected.find(key);
        if (wanted == expected.end() || wanted->second.byteSize() != value.byteSize() ||
            std::memcmp(value.bytes(), wanted->second.bytes(), value.byteSize()) == 0)
            continue;
        const ir::Node* node = graph.producer(graph.find(key));
        qWarning("layer by layer, %s (%s) differs", key.c_str(), node != nullptr ? node->op.c_str() : "");
        ++differ;
    }
    if (differ == 0) qWarning("layer by layer nothing differs");
}

void TestCodegenRandom::lowered(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::PrecisionTable& table, const Form& form,
                                uint64_t seed) {
    JobContext context;
    quantise::LowerOptions options;
    options.target.module = form.precision;
    options.target.asymmetric = form.asymmetric;
    auto lowered = quantise::lower(top, ranges, table, options, context);
    QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
    const auto graph = lowered->graph;
    const std::string name = graph->value(graph->inputs().front()).name;
    const ir::Tensor input = test::randomTensor(graph->value(graph->inputs().front()).type, seed);
    auto expected = test::runModel(graph, {{name, input}});
    QVERIFY2(expected, toText(expected ? Error{} : expected.error()).c_str());
    auto compiled = codegen::compile(*graph, {}, context);
    QVERIFY2(compiled, toText(compiled ? Error{} : compiled.error()).c_str());
    auto values = codegen::simulate(*compiled, {{name, input}}, {{seed}, false}, context);
    QVERIFY2(values, toText(values ? Error{} : values.error()).c_str());
    const bool exact = !test::computesFloats(*graph);
    for (const auto& [key, value] : *values) {
        const ir::Tensor& wanted = expected->at(key);
        QCOMPARE(value.byteSize(), wanted.byteSize());
        const double far = value.type() == ir::ElementType::F32 ? test::apart(value, wanted) : 0;
        const bool same = exact ? std::memcmp(value.bytes(), wanted.bytes(), value.byteSize()) == 0 : far <= form.tolerance;
        if (!same) blame(*graph, {{name, input}}, *expected, seed);
        QVERIFY2(same, (key + " is " + std::to_string(far) + " away").c_str());
    }
}

void TestCodegenRandom::networks() {
    QFETCH(qulonglong, seed);
    test::Random random(seed);
    const test::RandomNetwork network(seed, static_cast<int>(3 + random.below(14)));
    if (const QByteArray folder = qgetenv("WB_RANDOM_FOLDER"); !folder.isEmpty())
        test::writeAll(folder.toStdString() + "/" + std::to_string(seed) + ".onnx", network.builder().bytes());
    const auto imported = network.builder().import();
    QVERIFY2(imported, toText(imported ? Error{} : imported.error()).c_str());

    JobContext context;
    ir::Graph top = imported->origin;
    const auto passed = passes::optimiseTop(top, context);
    QVERIFY2(passed, toText(passed ? Error{} : passed.error()).c_str());
    const std::string name = top.value(top.inputs().front()).name;
    const execute::TensorMap input{{name, test::randomTensor(top.value(top.inputs().front()).type, seed)}};
    const auto before = test::runModel(std::make_shared<const ir::Graph>(imported->origin), input);
    const auto after = test::runModel(std::make_shared<const ir::Graph>(top), input);
    QVERIFY2(before, toText(before ? Error{} : before.error()).c_str());
    QVERIFY2(after, toText(after ? Error{} : after.error()).c_str());
    if (const QByteArray folder = qgetenv("WB_RANDOM_FOLDER"); !folder.isEmpty()) { // for other runtimes
        std::vector<std::pair<std::string, ir::Tensor>> values(before->begin(), before->end());
        (void)ir::writeNpz(folder.toStdString() + "/" + std::to_string(seed) + ".npz", values);
    }
    for (size_t i = 0; i < top.outputs.size(); ++i) {
        const double far = test::apart(after->at(top.value(top.outputs[i]).name), before->at(imported->origin.value(imported->origin.outputs[i]).name));
        if (!(far < 1e-6))
            for (const auto& [key, value] : *after)
                if (before->contains(key) && !(test::apart(value, before->at(key)) < 1e-7)) qWarning("the passes change %s", key.c_str());
        QVERIFY2(far < 1e-6, (top.value(top.outputs[i]).name + " is " + std::to_string(far) + " away after the passes").c_str());
    }

    quantise::RangeTable ranges;
    for (const auto& [value, tensor] : *after) {
        if (tensor.type() != ir::ElementType::F32) continue;
        const auto [low, high] = std::minmax_element(tensor.data<float>(), tensor.data<float>() + tensor.elementCount());
        const double least = std::min(0.0, static_cast<double>(*low));
        const double most = std::max(least < 0 ? 0.0 : 1e-5, static_cast<double>(*high)); // as calibration has it of zeros
        ranges[value] = {std::max(-least, most), least, most, {}};
    }
    for (const Form& form : kForms) {
        lowered(top, ranges, {}, form, seed);
        if (QTest::currentTestFailed()) {
            qWarning("as %s", form.name);
            return;
        }
    }
    quantise::PrecisionTable table; // a third of the layers in floats, among codes
    for (const ir::Node& node : top.nodes())
        if (node.op != "top.Input" && node.op != "top.Weight" && random.below(3) == 0)
            table[top.value(node.results[0]).name] = random.below(2) == 0 ? Precision::F16 : Precision::F32;
    lowered(top, ranges, table, kForms[0], seed);
    if (QTest::currentTestFailed()) qWarning("as a mixture");
}

QTEST_GUILESS_MAIN(TestCodegenRandom)
#include "tst_codegen_random.moc"
