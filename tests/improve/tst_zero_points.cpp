// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges with zero points in the improved mode: codes over a range, the choice of ranges, activations with codes of
// their own.
#include "compiler/improve/ranges.h"
#include "compiler/improve/reweight.h"
#include "compiler/ir/text/text.h"
#include "compiler/ops/activation/own_codes.h"
#include "compiler/quantise/float_ends.h"
#include "compiler/quantise/sum_activations.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <algorithm>
#include <cmath>

using namespace wb;
using namespace wb::improve;

namespace {

/// Inputs of ±1 and an activation "a" that goes down to -0.1 only.
quantise::RangeTable ranges(std::initializer_list<const char*> names) {
    quantise::RangeTable table;
    for (const char* name : names)
        table[name] = {1, -1, 1, {}};
    table["a"] = {1, -0.1, 1, {}};
    return table;
}

/// Layers that are not INT8.
int floats(const quantise::Lowered& network) {
    return static_cast<int>(std::count_if(network.layers.begin(), network.layers.end(),
                                          [](const auto& layer) { return layer.actual != ops::Precision::Int8; }));
}

} // namespace

class TestZeroPoints : public QObject {
    Q_OBJECT

private slots:
    /// A one-sided tensor spreads over all codes of a range with a zero point, and zero has a code.
    void codesWithZeroPoints() {
        const CodeGrid grid = CodeGrid::spanning(-0.3, 7.35);
        QVERIFY(std::fabs(grid.scale - 0.03) < 1e-12);
        QCOMPARE(grid.zero, -118.0);
        QVERIFY(grid.isSigned);
        QCOMPARE(CodeGrid::spanning(0, 2.55).zero, 0.0);
        QVERIFY(!CodeGrid::spanning(0, 2.55).isSigned);
        QCOMPARE(CodeGrid::spanning(-5, -1).zero, 127.0); // widened to zero
        Spread spread(8);
        std::vector<float> values;
        for (int i = -3; i < 73; ++i)
            values.push_back(0.1F * static_cast<float>(i) + 0.01F);
        spread.add(values, {});
        const Distortion plain(spread, {});
        QVERIFY(plain.of(grid) < 0.4 * plain.of(CodeGrid::symmetric(7.35, true)));
        QCOMPARE(plain.of(CodeGrid{}), 0.0); // nothing can be said of no scale
    }

    /// Boxes in pixels and scores below one side by side: in the marked network each part is cast with its own scale, in
    /// the vendor's form both share one and scores are lost. Behind a permutation, and as integer outputs, nothing changes.
    void outputsMadeOfSeveral() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        const auto scores = maker.op("top.Sigmoid", {maker.conv(x, 2, 1, "s")}, "scores");
        const auto boxes = maker.conv(x, 4, 1, "boxes");
        ir::AttributeMap shape;
        shape.set("shape", ir::Attribute::ints({1, 6, 64}));
        const auto joined = maker.concat({boxes, scores}, "joined");
        maker.graph.outputs = {maker.op("top.Reshape", {joined}, "y", shape)};
        quantise::RangeTable table;
        for (const char* name : {"x", "c", "s", "boxes", "joined", "y"})
            table[name] = {320, -320, 320, {}};
        table["scores"] = {1, 0, 1, {}};
        const auto scaleOfOutput = [&](const quantise::LowerOptions& form) {
            const auto lowered = quantise::lower(maker.graph, table, {}, form, {});
            if (!lowered) return -1.0;
            const ir::ValueId id = lowered->graph->find("joined");
            const auto* quant = id == ir::kNoValue ? nullptr : lowered->graph->value(id).type.uniform();
            return quant == nullptr ? 0.0 : quant->scale();
        };
        quantise::LowerOptions form = int8Options(true);
        QVERIFY(scaleOfOutput(form) > 1); // the vendor's: one code for all of them
        maker.graph.attributes.set(quantise::kOwnSumsModule, true);
        QCOMPARE(scaleOfOutput(form), 0.0); // numbers
        const auto ends = quantise::floatEnds(maker.graph, form);
        QCOMPARE(ends, (quantise::PrecisionTable{{"joined", ops::Precision::F32}, {"y", ops::Precision::F32}}));
        const auto lowered = quantise::lower(maker.graph, table, {}, form, {});
        QVERIFY(lowered);
        for (const auto& layer : lowered->layers)
            QVERIFY2((layer.actual == ops::Precision::Int8) != ends.contains(layer.name), layer.name.c_str());
        form.quantOutput = true;
        QVERIFY(quantise::floatEnds(maker.graph, form).empty());
        form.quantOutput = false;
        ir::AttributeMap order;
        order.set("order", ir::Attribute::ints({0, 2, 1}));
        maker.graph.outputs = {maker.op("top.Permute", {maker.graph.outputs[0]}, "z", order)};
        QVERIFY(quantise::floatEnds(maker.graph, form).empty());
    }

    /// Marked leaky activations that no convolution takes are tables with codes of their own: two lines that meet at
    /// zero, all INT8.
    void leakyActivationsWithCodesOfTheirOwn() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        const auto a = maker.op("top.LeakyRelu", {x}, "a", test::GraphMaker::leaky());
        maker.graph.outputs = {maker.conv(a, 2, 1, "y"), maker.conv(x, 2, 1, "z")}; // two read the convolution
        maker.graph.node(maker.graph.value(a).producer).attributes.set(ops::kOwnCodes, true);
        const auto lowered = quantise::lower(maker.graph, ranges({"x", "c", "y", "z"}), {}, int8Options(true), {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(floats(*lowered), 0);
        const ir::Graph& graph = *lowered->graph;
        const ir::Node* node = graph.producer(graph.find("a"));
        QCOMPARE(node->op, std::string("tpu.Lut"));
        const auto *in = graph.value(node->operands[0]).type.uniform(), *out = graph.value(node->results[0]).type.uniform();
        QVERIFY(out->scale() < 0.6 * in->scale()); // its range is half as wide
        const auto codes = graph.weight(node->operands[1])->span<int8_t>();
        const double alpha = maker.graph.producer(a)->attributes.real("alpha");
        for (int code = -128; code < 128; ++code) {
            const double v = static_cast<double>(code - in->zeroPoint()) * in->scale();
            const double wanted = std::clamp(v >= 0 ? v : alpha * v, -0.1, 1.0);
            const double now = static_cast<double>(codes[static_cast<size_t>(code & 255)] - out->zeroPoint()) * out->scale();
            QVERIFY2(std::fabs(now - wanted) < 1.5 * out->scale(), qPrintable(QString::number(code)));
        }
    }

    /// A convolution of a marked network takes the activation that alone reads it: one layer, under the activation's name,
    /// within one rounding (and the weights') of the float network. With one of the two in another precision it does not.
    void convolutionsTakeActivations_data() {
        QTest::addColumn<QString>("op");
        for (const char* op : {"top.LeakyRelu", "top.PRelu", "top.SiLU", "top.Softplus"})
            for (const bool asymmetric : {true, false})
                QTest::addRow("%s%s", op, asymmetric ? ", zero points" : "") << QString(op);
    }
    void convolutionsTakeActivations() {
        QFETCH(QString, op);
        const bool asymmetric = QString(QTest::currentDataTag()).endsWith("zero points"), smooth = op == "top.SiLU" || op == "top.Softplus";
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        auto attributes = op == "top.LeakyRelu" ? test::GraphMaker::leaky() : ir::AttributeMap();
        std::vector<ir::ValueId> operands{x};
        if (op == "top.PRelu") operands.push_back(maker.graph.addWeight("s", maker.random({1, 4, 1, 1}, -0.2F, 1)));
        const auto a = maker.op(op.toStdString(), operands, "a", attributes);
        maker.graph.outputs = {a};
        auto table = ranges({"x", "c"});
        if (smooth) table["a"] = {6, -0.3, 6, {}};
        const auto plain = quantise::lower(maker.graph, table, {}, int8Options(asymmetric), {});
        QVERIFY(plain);
        QVERIFY(plain->graph->find("c") != ir::kNoValue && !plain->graph->producer(plain->graph->find("c"))->attributes.has("sum_scales"));
        size_t alone = 0;
        const auto marked = quantise::withOwnSums(maker.graph, alone);
        QVERIFY(marked != nullptr && alone == 0);
        const auto lowered = quantise::lower(*marked, table, {}, int8Options(asymmetric), {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(floats(*lowered), 0);
        const ir::Graph& graph = *lowered->graph;
        QVERIFY(graph.find("c") == ir::kNoValue);
        const ir::Node* node = graph.producer(graph.find("a"));
        QCOMPARE(node->op, std::string("tpu.Conv2D"));
        const auto of = std::find_if(lowered->layers.begin(), lowered->layers.end(), [](const auto& l) { return l.name == "c"; });
        QVERIFY(of != lowered->layers.end() && of->reasonCode == "R01");
        const auto again = ir::parse(ir::print(graph)); // to the last bit of a single
        QVERIFY(again);
        const auto& attributesAgain = again->producer(again->find("a"))->attributes;
        for (const char* list : {"sum_scales", "sum_offsets", "sum_lines"}) {
            const auto before = node->attributes.reals(list), after = attributesAgain.reals(list);
            QCOMPARE(std::vector<float>(after.begin(), after.end()), std::vector<float>(before.begin(), before.end()));
        }
        const auto* out = graph.value(graph.find("a")).type.uniform();
        const execute::TensorMap input{{"x", maker.random({1, 3, 8, 8})}};
        const auto exact = execute::Executor::create(std::make_shared<ir::Graph>(maker.graph), {}, {});
        const auto codes = execute::Executor::create(lowered->graph, {}, {});
        QVERIFY(exact && codes);
        const auto wanted = (*exact)->run(input, {}), now = (*codes)->run(input, {});
        QVERIFY(wanted && now);
        const auto& result = graph.value(graph.outputs[0]);
        const ir::Tensor values = execute::toFloat(now->at(result.name), result.type);
        for (int64_t i = 0; i < values.elementCount(); ++i) {
            const float w = std::clamp(wanted->at("a").data<float>()[i], asymmetric && !smooth ? -0.1F : -1.0F, smooth ? 6.0F : 1.0F);
            const float off = std::fabs(values.data<float>()[i] - w);
            QVERIFY2(off < 0.03F + static_cast<float>((smooth ? 1.6 : 1) * out->scale()), qPrintable(QString::number(static_cast<double>(off))));
        }
        const quantise::PrecisionTable half{{"c", ops::Precision::F16}};
        const auto mixed = quantise::lower(*marked, table, half, int8Options(asymmetric), {});
        QVERIFY2(mixed, mixed ? "" : toText(mixed.error()).c_str());
        QVERIFY(mixed->graph->find("c") != ir::kNoValue);
    }

    /// What alone reads a convolution and has no slope above one; outputs that nobody else reads are float32.
    void whatConvolutionsTake() {
        const auto made = [](double alpha, bool relu, bool output) {
            test::GraphMaker maker;
            const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c", 1, 1, relu);
            auto attributes = test::GraphMaker::leaky();
            attributes.set("alpha", alpha);
            const auto a = maker.op("top.LeakyRelu", {x}, "a", attributes);
            maker.graph.outputs = {a};
            if (output) maker.graph.outputs.push_back(x);
            return maker.graph;
        };
        const auto slopesOf = [](const ir::Graph& graph) {
            return quantise::slopesForSums(graph, *graph.producer(graph.find("a")), graph.users());
        };
        QCOMPARE(slopesOf(made(0.25, false, false)), std::vector<double>{0.25});
        QCOMPARE(slopesOf(made(1, false, false)), std::vector<double>{1});
        QVERIFY(slopesOf(made(1.01, false, false)).empty());
        QVERIFY(slopesOf(made(0.25, true, false)).empty());
        QVERIFY(slopesOf(made(0.25, false, true)).empty());
        test::GraphMaker maker;
        maker.graph.outputs = {maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c")};
        size_t alone = 0;
        const auto marked = quantise::withOwnSums(maker.graph, alone);
        QVERIFY(marked != nullptr);
        quantise::LowerOptions form = int8Options(true);
        const auto reals = quantise::lower(*marked, ranges({"x", "c"}), {}, form, {});
        QVERIFY(reals);
        const auto& value = reals->graph->value(reals->graph->outputs[0]);
        QCOMPARE(value.name, std::string("c"));
        QVERIFY(value.type.element == ir::ElementType::F32);
        const execute::TensorMap input{{"x", maker.random({1, 3, 8, 8}, -0.9F, 0.9F)}};
        const auto exact = execute::Executor::create(std::make_shared<ir::Graph>(maker.graph), {}, {}), now = execute::Executor::create(reals->graph, {}, {});
        QVERIFY(exact && now);
        const auto wanted = (*exact)->run(input, {}), got = (*now)->run(input, {});
        QVERIFY(wanted && got);
        for (int64_t i = 0; i < wanted->at("c").elementCount(); ++i)
            QVERIFY(std::fabs(wanted->at("c").data<float>()[i] - got->at("c").data<float>()[i]) < 0.02F); // the input's codes and the weights'
        form.quantOutput = true;
        const auto codes = quantise::lower(*marked, ranges({"x", "c"}), {}, form, {});
        QVERIFY(codes && codes->graph->value(codes->graph->outputs[0]).type.uniform() != nullptr);
    }

    /// Weights are fitted to what follows the sums: activations of both kinds, and an output that is never codes.
    void weightsOfMarkedNetworks() {
        test::GraphMaker maker;
        const auto x = maker.op("top.LeakyRelu", {maker.conv(maker.input("x", {1, 3, 8, 8}), 8, 3, "c")}, "a", test::GraphMaker::leaky());
        const auto b = maker.op("top.SiLU", {maker.conv(x, 8, 3, "d")}, "b");
        maker.graph.outputs = {maker.conv(b, 4, 1, "y")};
        auto table = ranges({"x", "c", "d", "y"});
        table["b"] = {2, -0.3, 2, {}};
        size_t alone = 0;
        const auto marked = quantise::withOwnSums(maker.graph, alone);
        QVERIFY(marked != nullptr);
        Inputs pictures;
        for (int i = 0; i < 4; ++i)
            pictures.push_back({{"x", maker.random({1, 3, 8, 8})}});
        ReweightOptions options;
        options.form = int8Options(true);
        const auto weights = reweight(*marked, table, {}, pictures, options, {});
        QVERIFY2(weights, weights ? "" : toText(weights.error()).c_str());
        QCOMPARE(weights->scales.size(), size_t{3});
        for (const LayerMove& move : weights->layers)
            QVERIFY2(move.kept.empty(), move.kept.c_str());
        const auto fitted = withScales(table, {}, true, *weights);
        QVERIFY(fitted && fitted->at("c").weightScales.size() == 8);
        const auto lowered = quantise::lower(*weights->top, *fitted, {}, int8Options(true), {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        QVERIFY(lowered->graph->find("c") == ir::kNoValue);
        const auto executor = execute::Executor::create(lowered->graph, {}, {});
        QVERIFY(executor && (*executor)->run(pictures[0], {}));
    }

    /// What is free to have a minimum of its own gets one; thresholds stay where the vendor's rules want one.
    void rangesOfLeastCost() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        maker.graph.outputs = {maker.conv(x, 2, 1, "y")};
        quantise::RangeTable table;
        for (const char* name : {"x", "c", "y"})
            table[name] = {1, -1, 1, {}};
        const auto classes = rangeClasses(maker.graph, table, int8Options(true), {});
        QVERIFY(classes);
        const auto own = std::find_if(classes->begin(), classes->end(), [](const RangeClass& c) { return c.owner == "c"; });
        QVERIFY(own != classes->end() && own->members.size() == 1);
        QVERIFY(!own->members[0].fixedShare);
        Spreads spreads;
        Spread spread(1);
        std::vector<float> values;
        for (int i = 0; i < 1000; ++i)
            values.push_back(-0.2F + 0.0012F * static_cast<float>(i)); // nothing below -0.2
        spread.add(values, {});
        spreads.byValue.emplace(own->members[0].value, spread);
        std::vector<PickedRange> picked;
        const auto chosen = pickSpans(table, *classes, spreads, {}, &picked);
        QCOMPARE(picked.size(), size_t{1});
        QVERIFY(picked[0].costAfter < 0.5 * picked[0].costBefore);
        QVERIFY(chosen.at("c").min < -0.15 && chosen.at("c").min > -0.3);
        QVERIFY(chosen.at("c").max > 0.9 && chosen.at("c").max <= 1);
        QCOMPARE(chosen.at("y").min, -1.0); // nothing is known of it
    }

    /// Tensors without any extent, or that are zero wherever a gradient is, keep their rows.
    void degenerateTensors() {
        test::GraphMaker maker;
        maker.graph.outputs = {maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c")};
        quantise::RangeTable table;
        table["x"] = {0, 0, 0, {}};
        table["c"] = {1e-6, -1e-6, 0, {}}; // never above zero
        const auto classes = rangeClasses(maker.graph, table, int8Options(true), {});
        QVERIFY(classes);
        Spreads spreads;
        for (const RangeClass& tensors : *classes)
            for (const ClassMember& member : tensors.members) {
                Spread spread(1e-6F);
                spread.add(std::vector<float>{0, -1e-6F, -5e-7F}, {});
                spreads.byValue.emplace(member.value, spread);
            }
        const auto chosen = pickSpans(table, *classes, spreads, {}, nullptr);
        QCOMPARE(chosen.at("x"), table.at("x"));
        QVERIFY(chosen.at("c").min < 0 && chosen.at("c").max >= 0);
    }
};

QTEST_GUILESS_MAIN(TestZeroPoints)
#include "tst_zero_points.moc"
