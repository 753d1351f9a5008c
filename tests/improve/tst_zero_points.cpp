// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges with zero points in the improved mode: codes over a range, the choice of ranges, activations with codes of
// their own.
#include "compiler/improve/ranges.h"
#include "compiler/ops/activation/own_codes.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <algorithm>
#include <cmath>

using namespace wb;
using namespace wb::improve;

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

    /// Marked leaky activations are tables with codes of their own: two lines that meet at zero, all INT8.
    void leakyActivationsWithCodesOfTheirOwn() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        const auto a = maker.op("top.LeakyRelu", {x}, "a", test::GraphMaker::leaky());
        maker.graph.outputs = {maker.conv(a, 2, 1, "y")};
        quantise::RangeTable table;
        for (const char* name : {"x", "c", "y"})
            table[name] = {1, -1, 1, {}};
        table["a"] = {1, -0.1, 1, {}};
        const auto plain = quantise::lower(maker.graph, table, {}, int8Options(true), {});
        QVERIFY(plain);
        const auto symmetric = quantise::lower(maker.graph, table, {}, int8Options(false), {});
        QVERIFY(symmetric);
        const auto floats = [](const quantise::Lowered& network) {
            return std::count_if(network.layers.begin(), network.layers.end(),
                                 [](const auto& layer) { return layer.actual != ops::Precision::Int8; });
        };
        QVERIFY(floats(*plain) > floats(*symmetric)); // the vendor's form has no zero points
        maker.graph.node(maker.graph.value(a).producer).attributes.set(ops::kOwnCodes, true);
        const auto lowered = quantise::lower(maker.graph, table, {}, int8Options(true), {});
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        QCOMPARE(floats(*lowered), floats(*symmetric));
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
