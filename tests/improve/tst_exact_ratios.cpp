// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges under which sums add without an error of gain.
#include "compiler/improve/exact_ratios.h"

#include <QTest>

#include "tests/improve/made_network.h"

#include <cmath>

using namespace wb;
using namespace wb::improve;

namespace {

/// By how much the multipliers of a network's sums are off, the worst of them; -1 without sums of codes.
double worstGain(const ir::Graph& top, const quantise::RangeTable& ranges, bool asymmetric) {
    const auto lowered = quantise::lower(top, ranges, {}, int8Options(asymmetric), {});
    if (!lowered) qFatal("%s", toText(lowered.error()).c_str());
    const ir::Graph& graph = *lowered->graph;
    double worst = -1;
    for (const ir::Node& node : graph.nodes()) {
        const auto multipliers = node.attributes.integers("multipliers"), shifts = node.attributes.integers("rshifts");
        if (node.op != "tpu.Add" || multipliers.size() != node.operands.size()) continue;
        const double scale = graph.value(node.results[0]).type.uniform()->scales[0];
        for (size_t i = 0; i < multipliers.size(); ++i) {
            const double ratio = graph.value(node.operands[i]).type.uniform()->scales[0] / scale;
            const double used = std::ldexp(static_cast<double>(multipliers[i]), -static_cast<int>(shifts[i]));
            worst = std::max(worst, std::fabs(used / ratio - 1));
        }
    }
    return worst;
}

/// Two sums in a row, the second of three; one convolution is read by both.
test::MadeNetwork residual() {
    test::GraphMaker maker(5);
    const auto x = maker.input("x", {1, 3, 12, 12});
    const auto a = maker.conv(x, 6, 3, "a"), b = maker.conv(x, 6, 1, "b");
    const auto s = maker.op("top.Add", {a, b}, "s"), c = maker.conv(s, 6, 3, "c"), d = maker.conv(s, 6, 1, "d");
    const auto t = maker.op("top.Add", {s, c, d}, "t");
    maker.graph.outputs = {maker.conv(t, 4, 1, "y")};
    return test::made(maker, 2, 0.937);
}

} // namespace

class TestExactRatios : public QObject {
    Q_OBJECT

private slots:
    void sumsBecomeExact_data() {
        QTest::addColumn<bool>("asymmetric");
        QTest::newRow("symmetric") << false;
        QTest::newRow("with zero points") << true;
    }
    void sumsBecomeExact() {
        QFETCH(bool, asymmetric);
        const test::MadeNetwork net = residual();
        const quantise::LowerOptions form = int8Options(asymmetric);
        const auto classes = rangeClasses(*net.graph, net.table, form, {});
        QVERIFY(classes);
        QVERIFY(worstGain(*net.graph, net.table, asymmetric) > 1e-3);
        const auto exact = withExactRatios(*net.graph, net.table, *classes, form, {});
        QVERIFY(exact);
        QVERIFY(worstGain(*net.graph, exact->ranges, asymmetric) < 1e-6);
        QCOMPARE(exact->moved, size_t{5}); // a, b, s, c, d: t stays
        QVERIFY(exact->furthest < 0.008);  // half a step of 63
        QCOMPARE(exact->ranges.at("t").threshold, net.table.at("t").threshold);
        QCOMPARE(exact->ranges.at("x").max, net.table.at("x").max);
        QVERIFY(exact->ranges.at("a").min < 0); // whether codes have a sign stays
    }

    /// Nothing to settle: the table stays as it is.
    void withoutSums() {
        test::GraphMaker maker(6);
        maker.graph.outputs = {maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 3, "y")};
        const test::MadeNetwork net = test::made(maker, 1);
        const auto classes = rangeClasses(*net.graph, net.table, int8Options(), {});
        const auto exact = withExactRatios(*net.graph, net.table, *classes, int8Options(), {});
        QVERIFY(exact);
        QCOMPARE(exact->moved, size_t{0});
        QVERIFY(exact->ranges == net.table);
    }
};

QTEST_GUILESS_MAIN(TestExactRatios)
#include "tst_exact_ratios.moc"
