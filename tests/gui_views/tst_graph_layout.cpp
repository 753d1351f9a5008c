// SPDX-License-Identifier: GPL-3.0-or-later
// Layout of the graph: dot's text both ways, damaged answers, the layout of our own, fallbacks, cancel.
#include "tests/gui_views/made_network.h"
#include "visualizer/graph_view/display_graph.h"
#include "visualizer/graph_view/dot_text.h"
#include "visualizer/graph_view/layout_job.h"

#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <cmath>

using namespace wb;
using namespace wb::graph_view;

class TestGraphLayout : public QObject {
    Q_OBJECT

    static DisplayGraph graphOf(const jobs::NetworkSnapshot& network, BlockTree& tree) {
        tree = BlockTree(network);
        const auto width = [](const QString& t) { return 7.0 * t.size(); };
        return displayGraph(network, tree, {}, {width, width});
    }

    static void checkSane(const LayoutInput& input, const GraphLayout& layout) {
        QCOMPARE(layout.nodes.size(), input.nodes.size());
        QCOMPARE(layout.edges.size(), input.edges.size());
        for (int i = 0; i < layout.nodes.size(); ++i)
            for (int j = i + 1; j < layout.nodes.size(); ++j)
                QVERIFY2(!layout.nodes[i].intersects(layout.nodes[j]),
                         qPrintable(QStringLiteral("nodes %1 and %2 overlap").arg(i).arg(j)));
        for (int e = 0; e < layout.edges.size(); ++e) {
            const QPolygonF& p = layout.edges[e];
            QVERIFY(p.size() >= 2);
            for (int k = 1; k < p.size(); ++k) // orthogonal
                QVERIFY(std::abs(p[k].x() - p[k - 1].x()) < 0.02 || std::abs(p[k].y() - p[k - 1].y()) < 0.02);
            QVERIFY(layout.nodes[input.edges[e].from].adjusted(-1, -1, 1, 1).contains(p.front()));
            QVERIFY(layout.nodes[input.edges[e].to].adjusted(-1, -1, 1, 1).contains(p.back()));
        }
    }

private slots:
    void dotRoundTrip() {
        BlockTree tree;
        const LayoutInput input = graphOf(test::chain(6), tree).layoutInput(false);
        const QByteArray dot = toDot(input);
        QVERIFY(dot.contains("n0 -> n1"));
        QCOMPARE(dot, toDot(input));
        QByteArray plain = "graph 1 4 8\n";
        for (int i = 0; i < input.nodes.size(); ++i)
            plain += "node n" + QByteArray::number(i) + " 2 " + QByteArray::number(8 - i) +
                     " 2.6 0.58 \"\" solid box black lightgrey\n";
        plain += "edge n0 n4 4 2 8 2.5 7 2.5 6 2 4 solid black\nstop\n";
        const auto placed = parseDotPlain(plain, input);
        QVERIFY(placed.hasValue());
        QCOMPARE(placed->rank[0], 0);
        QCOMPARE(placed->rank[5], 5);
        QCOMPARE(placed->x[3], 144.0);
    }

    void dotDamaged_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut short") << QByteArray("graph 1 4 8\nnode n0 1 1 1 1 \"\" s b b l\n");
        QTest::newRow("node missing") << QByteArray("graph 1 4 8\nnode n0 1 1 1 1 a s b b l\nstop\n");
        QTest::newRow("unknown node") << QByteArray("graph 1 4 8\nnode n99 1 1 1 1 a s b b l\nstop\n");
        QTest::newRow("negative node") << QByteArray("graph 1 4 8\nnode n-1 1 1 1 1 a s b b l\nstop\n");
        QTest::newRow("not a number") << QByteArray("graph 1 4 8\nnode n0 x 1 1 1 a s b b l\nstop\n");
        QTest::newRow("nan") << QByteArray("graph 1 4 8\nnode n0 nan 1 1 1 a s b b l\nstop\n");
        QTest::newRow("huge") << QByteArray("graph 1 4 8\nnode n0 1e300 1 1 1 a s b b l\nstop\n");
        QTest::newRow("edge without points") << QByteArray("graph 1 4 8\nedge n0 n1 9 1 1\nstop\n");
        QTest::newRow("edge point count") << QByteArray("graph 1 4 8\nedge n0 n1 4000000000 1 1\nstop\n");
        QTest::newRow("other program") << QByteArray("<html>not found</html>\n");
        QTest::newRow("binary") << QByteArray("\0\1\2\xff\n\n\0", 7);
    }

    void dotDamaged() {
        QFETCH(QByteArray, text);
        BlockTree tree;
        const LayoutInput input = graphOf(test::chain(4), tree).layoutInput(false);
        QVERIFY(!parseDotPlain(text, input).hasValue());
    }

    void ownLayout_data() {
        QTest::addColumn<bool>("sideways");
        QTest::newRow("down") << false;
        QTest::newRow("right") << true;
    }

    void ownLayout() {
        QFETCH(bool, sideways);
        BlockTree tree;
        const LayoutInput input = graphOf(test::detector(), tree).layoutInput(sideways);
        const GraphLayout layout = assemble(input, placeSimply(input));
        checkSane(input, layout);
        QCOMPARE(layout.edges, assemble(input, placeSimply(input)).edges); // deterministic
    }

    void dotLayout() {
        if (QStandardPaths::findExecutable(QStringLiteral("dot")).isEmpty())
            QSKIP("Graphviz is not installed");
        LayoutJob::clearCache();
        BlockTree tree;
        const LayoutInput input = graphOf(test::detector(), tree).layoutInput(false);
        LayoutJob job;
        GraphLayout layout;
        connect(&job, &LayoutJob::finished, this, [&](const GraphLayout& l) { layout = l; });
        job.start(input);
        QTRY_VERIFY_WITH_TIMEOUT(!job.isRunning(), 20000);
        QVERIFY(!layout.simple);
        checkSane(input, layout);
        job.start(input);
        QVERIFY(!job.isRunning()); // known by its hash
    }

    void layoutWithoutDot() {
        LayoutJob::clearCache();
        BlockTree tree;
        const LayoutInput input = graphOf(test::chain(40), tree).layoutInput(false);
        for (const char* program : {"", "/nonexistent/dot", "/bin/false", "/bin/cat"}) {
            LayoutJob::clearCache();
            LayoutJob job;
            job.setDotProgram(QLatin1String(program));
            GraphLayout layout;
            connect(&job, &LayoutJob::finished, this, [&](const GraphLayout& l) { layout = l; });
            job.start(input);
            QTRY_VERIFY_WITH_TIMEOUT(!job.isRunning(), 20000);
            QVERIFY2(layout.simple, program);
            checkSane(input, layout);
        }
    }

    void cancelGivesTheSimpleLayout() {
        LayoutJob::clearCache();
        BlockTree tree;
        const LayoutInput input = graphOf(test::chain(60), tree).layoutInput(false);
        LayoutJob job;
        job.setDotProgram(QStringLiteral("/bin/sleep")); // a dot that never answers in time
        QSignalSpy finished(&job, &LayoutJob::finished);
        job.start(input);
        job.cancelToSimple();
        QVERIFY(finished.count() == 1 || finished.wait(20000));
        QVERIFY(finished.front().front().value<GraphLayout>().simple);
    }

    void largeGraphUsesOwnLayout() {
        LayoutJob::clearCache();
        BlockTree tree;
        const LayoutInput input = graphOf(test::chain(20000), tree).layoutInput(false);
        LayoutJob job;
        QSignalSpy finished(&job, &LayoutJob::finished);
        job.start(input);
        QVERIFY(finished.wait(60000));
        const auto layout = finished.front().front().value<GraphLayout>();
        QVERIFY(layout.simple);
        QCOMPARE(layout.nodes.size(), input.nodes.size());
    }
};

QTEST_GUILESS_MAIN(TestGraphLayout)
#include "tst_graph_layout.moc"
