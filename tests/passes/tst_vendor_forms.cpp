// SPDX-License-Identifier: GPL-3.0-or-later
// What the vendor's files write in another way: results of the type none, several names before one operation, windows over
// one axis with a second one of 1.
#include "compiler/ir/text/text.h"
#include "compiler/passes/check_types.h"
#include "compiler/passes/vendor_forms.h"

#include <QTest>

using namespace wb;

namespace {

std::string module(const std::string& body, const std::string& results, const std::string& types, const std::string& input) {
    return "module @net {\n  func.func @main(%arg0: " + input + ") -> " + types + " {\n    %0 = \"top.None\"() : () -> none\n"
           "    %1 = \"top.Input\"(%arg0) : (" + input + ") -> " + input + " loc(\"x\")\n" + body + "    return " + results + " : " + types +
           "\n  }\n}\n";
}

const std::string kRecurrent = module(
    "    %2 = \"top.Weight\"() : () -> tensor<1x8x3xf32> loc(\"w\")\n    %3 = \"top.Weight\"() : () -> tensor<1x8x2xf32> loc(\"r\")\n"
    "    %Y, %Y_h, %Y_c = \"top.LSTM\"(%1, %2, %3, %0, %0, %0, %0) {hidden_size = 2 : i64} : (tensor<4x1x3xf32>, tensor<1x8x3xf32>, "
    "tensor<1x8x2xf32>, none, none, none, none) -> (tensor<4x1x1x2xf32>, none, none) loc(fused[\"y\", \"h\", \"c\"])\n",
    "%Y", "tensor<4x1x1x2xf32>", "tensor<4x1x3xf32>");

const std::string kRow = module(
    "    %2 = \"top.Weight\"() : () -> tensor<2x3x3x1xf32> loc(\"w\")\n"
    "    %3 = \"top.Conv\"(%1, %2, %0) {dilations = [1, 1], group = 1 : i64, kernel_shape = [3, 1], pads = [1, 0, 1, 0], strides = [2, 1]} : "
    "(tensor<1x3x8xf32>, tensor<2x3x3x1xf32>, none) -> tensor<1x2x4xf32> loc(\"y\")\n"
    "    %i, %v = \"top.Arg\"(%3) {axis = 2 : i64, keepdims = true, mode = \"ArgMax\"} : (tensor<1x2x4xf32>) -> (tensor<1x2x1xf32>, none) "
    "loc(\"best\")\n",
    "%i", "tensor<1x2x1xf32>", "tensor<1x3x8xf32>");

} // namespace

class TestVendorForms : public QObject {
    Q_OBJECT
private slots:
    void absentResults() {
        auto graph = ir::parse(kRecurrent);
        QVERIFY2(graph, graph ? "" : toText(graph.error()).c_str());
        const ir::Node& lstm = graph->node(graph->value(graph->outputs[0]).producer);
        QCOMPARE(lstm.results.size(), size_t{3});
        QCOMPARE(graph->value(lstm.results[2]).name, std::string("c"));
        QCOMPARE(graph->value(lstm.results[1]).type.element, ir::ElementType::None);
        QVERIFY(!passes::checkTypes(*graph));
        QVERIFY(passes::fromVendorForms(*graph));
        QCOMPARE(ir::toText(graph->value(lstm.results[1]).type.shape), std::string("1x1x2"));
        const auto sound = passes::checkTypes(*graph);
        QVERIFY2(sound, sound ? "" : toText(sound.error()).c_str());
    }

    void rowsAndLastResults() {
        auto graph = ir::parse(kRow);
        QVERIFY2(graph, graph ? "" : toText(graph.error()).c_str());
        graph->weights.emplace("w", ir::Tensor(ir::ElementType::F32, {2, 3, 3, 1}));
        QVERIFY(passes::fromVendorForms(*graph));
        const auto sound = passes::checkTypes(*graph);
        QVERIFY2(sound, sound ? "" : toText(sound.error()).c_str());
        QCOMPARE(ir::toText(graph->weights.at("w").shape()), std::string("2x3x3"));
        const ir::Node& best = graph->node(graph->value(graph->outputs[0]).producer);
        QCOMPARE(best.results.size(), size_t{1});
        const std::string text = ir::print(*graph); // the vendor's reader wants both results
        QVERIFY2(text.find("-> (tensor<1x2x1xf32>, none)") != std::string::npos, text.c_str());
        auto back = ir::parse(text);
        QVERIFY2(back, back ? "" : toText(back.error()).c_str());
        QCOMPARE(ir::print(*back), text);
    }

    void whatIsNotThere() {
        std::string text = kRecurrent; // one result more than the operator has
        text.replace(text.find("%Y_c ="), 6, "%Y_c, %z =");
        text.replace(text.find("none, none) loc"), 15, "none, none, none) loc");
        auto graph = ir::parse(text);
        QVERIFY(graph);
        QCOMPARE(passes::fromVendorForms(*graph).error().code, Code::GraphInvalid);
        text = kRecurrent;
        text.replace(text.find("%Y_h"), 4, "%Y");
        QCOMPARE(ir::parse(text).error().code, Code::TextSyntax);
        text = kRecurrent;
        text.replace(text.find("%Y, %Y_h, %Y_c"), 14, "%Y:99999999999");
        QCOMPARE(ir::parse(text).error().code, Code::TextSyntax);
    }
};

QTEST_GUILESS_MAIN(TestVendorForms)
#include "tst_vendor_forms.moc"
