// SPDX-License-Identifier: GPL-3.0-or-later
// Sequences as pictures one column wide: what becomes one, what stays, and what it saves. Results: tst_codegen_zoo.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/rewrites/sequences.h"
#include "tests/codegen/lowered_graphs.h"
#include "tests/codegen/zoo_builder.h"

#include <QTest>

#include <algorithm>

using namespace wb;
using ir::Attribute;
using ir::ElementType;
using ir::Shape;
using ir::ValueId;
using test::countOf;
using test::f16;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

} // namespace

class TestCodegenSequences : public QObject {
    Q_OBJECT

private slots:
    void operatorsBesideWindowsFollow();
    void othersStay();
    void samplesComeInBlocks();
};

/// A convolution, a sum with a constant a channel, a slice and a function; the network's ends keep their shapes and names.
void TestCodegenSequences::operatorsBesideWindowsFollow() {
    ir::Graph graph;
    const ValueId x = graph.add("top.Input", {}, "x", f16({1, 4, 50}));
    const ValueId filter = graph.addWeight("filter", ir::Tensor(ElementType::F16, {6, 4, 3}), f16({6, 4, 3}));
    ir::AttributeMap a;
    a.set("kernel_shape", Attribute::ints({3}));
    a.set("pads", Attribute::ints({2, 1}));
    a.set("strides", Attribute::ints({2}));
    const ValueId conv = graph.add("tpu.Conv2D", {x, filter, ir::kNoValue}, "conv", f16({1, 6, 26}), a);
    const ValueId bias = graph.addWeight("bias", ir::Tensor(ElementType::F16, {6, 1}), f16({6, 1}));
    const ValueId sum = graph.add("tpu.Add", {conv, bias}, "sum", f16({1, 6, 26}));
    ir::AttributeMap cut;
    cut.set("offset", Attribute::ints({0, 0, 3}));
    cut.set("steps", Attribute::ints({1, 1, 2}));
    cut.set("ends", Attribute::ints({1, 6, 23}));
    const ValueId part = graph.add("tpu.Slice", {sum}, "part", f16({1, 6, 10}), cut);
    const ValueId rows = graph.add("tpu.Softmax", {part}, "rows", f16({1, 6, 10}));
    graph.outputs = {graph.add("tpu.Active", {part}, "given", f16({1, 6, 10})), rows};
    const ir::Graph done = codegen::picturesOfSequences(graph);
    const auto producer = [&](const char* op) {
        const auto node = std::find_if(done.nodes().begin(), done.nodes().end(), [&](const ir::Node& n) { return n.op == op; });
        return node == done.nodes().end() ? nullptr : &*node;
    };
    const ir::Node* window = producer("tpu.Conv2D");
    QVERIFY(window != nullptr);
    QCOMPARE(window->attributes.integers("kernel_shape"), (std::vector<int64_t>{3, 1}));
    QCOMPARE(window->attributes.integers("pads"), (std::vector<int64_t>{2, 0, 1, 0}));
    QCOMPARE(window->attributes.integers("strides"), (std::vector<int64_t>{2, 1}));
    QCOMPARE(done.weight(window->operands[1])->shape(), (Shape{6, 4, 3, 1}));
    QCOMPARE(done.value(window->results[0]).type.shape, (Shape{1, 6, 26, 1}));
    const ir::Node* add = producer("tpu.Add");
    QCOMPARE(done.value(add->operands[1]).type.shape, (Shape{6, 1, 1}));
    const ir::Node* slice = producer("tpu.Slice");
    QCOMPARE(slice->attributes.integers("ends"), (std::vector<int64_t>{1, 6, 23, 1}));
    QCOMPARE(slice->attributes.integers("steps"), (std::vector<int64_t>{1, 1, 2, 1}));
    QCOMPARE(done.value(producer("tpu.Softmax")->operands[0]).type.shape, (Shape{1, 6, 10})); // rows are no channels
    QCOMPARE(countOf(done, "tpu.Reshape"), 3);
    QCOMPARE(done.value(done.outputs[0]).name, std::string("given"));
    QCOMPARE(done.value(done.outputs[0]).type.shape, (Shape{1, 6, 10}));
    QCOMPARE(done.value(done.inputs()[0]).type.shape, (Shape{1, 4, 50}));
}

void TestCodegenSequences::othersStay() {
    ir::Graph graph;
    const ValueId x = graph.add("top.Input", {}, "x", f16({1, 4, 50}));
    graph.outputs = {graph.add("tpu.Active", {x}, "y", f16({1, 4, 50}))};
    QCOMPARE(countOf(codegen::picturesOfSequences(graph), "tpu.Reshape"), 0);
}

/// A long kernel over a sequence of one channel: samples become lanes in local memory, not by transfers of single ones.
void TestCodegenSequences::samplesComeInBlocks() {
    test::ZooBuilder b({1, 1, 8000});
    const auto x = b.op("top.Conv", {b.input(), b.weight({32, 1, 80}, -0.2F, 0.2F), b.weight({32}, -0.4F, 0.4F)},
                        {{"dilations", ir::Attribute::ints({1})}, {"do_relu", true}, {"dynweight_reorderd", false}, {"group", 1},
                         {"kernel_shape", ir::Attribute::ints({80})}, {"pads", ir::Attribute::ints({38, 38})}, {"relu_limit", -1.0},
                         {"strides", ir::Attribute::ints({4})}, {"weight_is_coeff", 1}});
    for (const auto precision : {ops::Precision::Int8, ops::Precision::F16}) {
        auto graph = b.lower({x}, precision);
        VERIFY_RESULT(graph);
        auto fast = codegen::compile(**graph, {}, JobContext());
        VERIFY_RESULT(fast);
        QVERIFY2(fast->text.find("tpu.SplitColumns") != std::string::npos && fast->text.find("tpu.FoldRows") == std::string::npos, fast->text.c_str());
        auto plain = codegen::compile(**graph, {.observable = true}, JobContext());
        VERIFY_RESULT(plain);
        QVERIFY2(fast->cycles * 3 < plain->cycles, qPrintable(QString("%1 of %2").arg(fast->cycles).arg(plain->cycles)));
    }
}

QTEST_GUILESS_MAIN(TestCodegenSequences)
#include "tst_codegen_sequences.moc"
