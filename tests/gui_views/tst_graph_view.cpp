// SPDX-License-Identifier: GPL-3.0-or-later
// Graph view: blocks, selection, search, keys, legend, and pictures in both themes.
#include "tests/gui_views/made_network.h"
#include "tests/gui_views/pictures.h"
#include "visualizer/graph_view/graph_canvas.h"
#include "visualizer/graph_view/graph_export.h"
#include "visualizer/graph_view/graph_view.h"
#include "visualizer/graph_view/layout_job.h"
#include "visualizer/graph_view/legend_bar.h"
#include "visualizer/graph_view/minimap.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::graph_view;

class TestGraphView : public QObject {
    Q_OBJECT

    static DisplayGraph graphOf(const jobs::NetworkSnapshot& network, BlockTree& tree) {
        tree = BlockTree(network);
        const auto width = [](const QString& t) { return 7.0 * t.size(); };
        return displayGraph(network, tree, {}, {width, width});
    }

    static void load(GraphView& view, const jobs::NetworkSnapshot& network) {
        QSignalSpy ready(&view, &GraphView::layoutReady);
        view.setNetwork(network);
        if (!view.isLayoutReady())
            QVERIFY(ready.wait(20000));
    }

private slots:
    void initTestCase() {
        theme::install(*qApp, theme::Choice::Dark);
    }

    void blocksFollowNames() {
        const auto network = test::detector();
        const BlockTree tree(network);
        const int model8 = tree.indexOf(QStringLiteral("/model.8"));
        QVERIFY(model8 >= 0);
        const int inner = tree.indexOf(QStringLiteral("/model.8/m.0"));
        QVERIFY(inner > model8);
        QCOMPARE(tree.blocks()[inner].parent, model8);
        QCOMPARE(tree.blocks()[inner].title, QStringLiteral("m.0"));
        QCOMPARE(tree.blocks()[inner].layers.size(), 5);
        // Two layers hide nothing: no block.
        QCOMPARE(tree.indexOf(QStringLiteral("/model.8/cv1")), -1);
        QCOMPARE(BlockTree(test::chain(50)).blocks().size(), 0);
    }

    void closedBlocksJoinTheirEdges() {
        const auto network = test::detector();
        const BlockTree tree(network);
        const auto width = [](const QString& t) { return 7.0 * t.size(); };
        const DisplayGraph open = displayGraph(network, tree, {}, {width, width});
        const DisplayGraph shut =
            displayGraph(network, tree, {QStringLiteral("/model.8")}, {width, width});
        const int hidden = static_cast<int>(tree.blocks()[tree.indexOf(QStringLiteral("/model.8"))].layers.size());
        QCOMPARE(shut.nodes.size(), open.nodes.size() - hidden + 1);
        for (const LayoutEdge& e : shut.edges)
            QVERIFY(e.from != e.to);
    }

    void selectionRoundTrip() {
        GraphView view;
        view.resize(600, 500);
        load(view, test::detector());
        view.show();
        QSignalSpy selected(&view, &GraphView::selectionChanged);
        view.setSelection({70}, true);
        QCOMPARE(selected.count(), 0); // what comes from outside is not sent back
        QCOMPARE(view.selection(), QVector<int>{70});
        GraphCanvas* canvas = view.canvas();
        canvas->setAnimated(false);
        canvas->setZoom(1);
        canvas->centerOn(canvas->graphLayout().nodes[canvas->graph().nodeOfLayer[40]].center());
        QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->rect().center());
        QCOMPARE(selected.count(), 1);
        QCOMPARE(view.selection(), QVector<int>{40});
        QTest::mouseClick(canvas, Qt::LeftButton, Qt::ControlModifier, canvas->rect().center());
        QCOMPARE(view.selection(), QVector<int>());
        view.setSelection({-3, 100000, 5}, false);
        QCOMPARE(view.selection(), QVector<int>{5});
    }

    void keysFollowEdges() {
        GraphView view;
        view.resize(600, 500);
        const auto network = test::detector();
        load(view, network);
        view.show();
        GraphCanvas* canvas = view.canvas();
        canvas->setAnimated(false);
        view.setSelection({1}, true);
        QTest::keyClick(canvas, Qt::Key_Down);
        QCOMPARE(view.selection(), QVector<int>{network.layers[1].outputs.front()});
        QTest::keyClick(canvas, Qt::Key_Up);
        QCOMPARE(view.selection(), QVector<int>{1});
        QTest::keyClick(canvas, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(view.selection(), QVector<int>{2});
        QSignalSpy precision(&view, &GraphView::precisionRequested);
        QTest::keyClick(canvas, Qt::Key_2);
        QCOMPARE(precision.count(), 1);
        QCOMPARE(precision.front()[1].toString(), QStringLiteral("F16"));
        const double before = canvas->zoom();
        QTest::keyClick(canvas, Qt::Key_Plus);
        QVERIFY(canvas->zoom() > before);
        QTest::keyClick(canvas, Qt::Key_0, Qt::ControlModifier);
        QVERIFY(canvas->visibleScene().contains(canvas->graphLayout().bounds));
    }

    void blocksOpenAndClose() {
        GraphView view;
        view.resize(600, 500);
        load(view, test::detector());
        GraphCanvas* canvas = view.canvas();
        const auto all = canvas->graph().nodes.size();
        view.setSelection({70}, false);
        QSignalSpy ready(&view, &GraphView::layoutReady);
        QTest::keyClick(canvas, Qt::Key_Backspace);
        QVERIFY(view.isLayoutReady() || ready.wait(20000));
        QVERIFY(canvas->graph().nodes.size() < all);
        QTest::keyClick(canvas, Qt::Key_Asterisk);
        QTRY_VERIFY_WITH_TIMEOUT(view.isLayoutReady(), 20000);
        QCOMPARE(canvas->graph().nodes.size(), all);
    }

    void searchWalks() {
        GraphView view;
        view.resize(600, 500);
        load(view, test::detector());
        view.show();
        QTest::keyClick(view.canvas(), Qt::Key_F, Qt::ControlModifier);
        auto* field = view.findChild<QLineEdit*>(QStringLiteral("graphSearchField"));
        auto* count = view.findChild<QLabel*>(QStringLiteral("graphSearchCount"));
        QVERIFY(field->isVisible());
        QTest::keyClicks(field, QStringLiteral("maxpool"));
        QCOMPARE(view.searchMatches().size(), 3);
        QCOMPARE(count->text(), QStringLiteral("1 / 3"));
        QSignalSpy selected(&view, &GraphView::selectionChanged);
        QTest::keyClick(field, Qt::Key_F3);
        QTest::keyClick(field, Qt::Key_F3);
        QCOMPARE(count->text(), QStringLiteral("2 / 3"));
        QCOMPARE(view.selection(), QVector<int>{view.searchMatches()[1]});
        QTest::keyClick(field, Qt::Key_F3, Qt::ShiftModifier);
        QTest::keyClick(field, Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(count->text(), QStringLiteral("3 / 3"));
        QTest::keyClick(field, Qt::Key_Return, Qt::ControlModifier); // all hits
        QCOMPARE(view.selection(), view.searchMatches());
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->isVisible());
        QVERIFY(view.searchMatches().isEmpty());
    }

    void legendCountsAndSelects() {
        GraphView view;
        view.resize(600, 500);
        const auto network = test::detector();
        load(view, network);
        view.setSamples(test::samples(network, jobs::Variant::Int8, 1.7));
        auto* legend = view.findChild<LegendBar*>();
        int total = 0;
        for (const auto& entry : legend->entries())
            total += static_cast<int>(entry.layers.size());
        QCOMPARE(total, static_cast<int>(network.layers.size()));
        QVERIFY(legend->entries().back().hatched); // what was not compared is counted as that
        QSignalSpy selected(&view, &GraphView::selectionChanged);
        emit legend->entryClicked(1, false);
        QCOMPARE(selected.count(), 1);
        QCOMPARE(view.selection(), legend->entries()[1].layers);
        view.setColouring(Colouring::Precision);
        view.setPrecisions(test::precisions(network));
        QCOMPARE(legend->entries()[0].label, QStringLiteral("INT8"));
        view.cycleColouring();
        QCOMPARE(view.colouring(), Colouring::Type);
        QCOMPARE(legend->entries()[0].label, QStringLiteral("Conv"));
        // Time on the chip: bands of the share of all work, the rest without colour.
        view.cycleColouring();
        QCOMPARE(view.colouring(), Colouring::Time);
        QVERIFY(std::all_of(legend->entries().begin(), legend->entries().end(), [](const auto& e) { return e.layers.isEmpty(); }));
        QVector<qint64> cycles(static_cast<qsizetype>(network.layers.size()), -1);
        cycles[3] = 900;
        cycles[5] = 60;
        cycles[7] = 40;
        view.setCycles(cycles);
        QCOMPARE(legend->entries()[0].layers, QVector<int>{3});
        QCOMPARE(legend->entries()[1].layers, QVector<int>{5});
        QCOMPARE(legend->entries()[2].layers, QVector<int>{7});
        QVERIFY(legend->entries()[4].layers.isEmpty());
        emit legend->entryClicked(0, false);
        QCOMPARE(view.selection(), QVector<int>{3});
    }

    void nothingIsDrawnWithoutMeasurement() {
        BlockTree tree;
        const auto network = test::detector();
        const DisplayGraph graph = graphOf(network, tree);
        LayerData data;
        data.network = &network;
        data.samples.resize(static_cast<int>(network.layers.size()));
        data.precisions.resize(static_cast<int>(network.layers.size()));
        for (const NodeLook& look : nodeLooks(graph, tree, data, Colouring::Cosine)) {
            QVERIFY(!look.hasColor);
            QVERIFY(look.value.isEmpty());
        }
        data.samples[7].compared = true;
        data.samples[7].cosine = std::nan("");
        data.hasSamples = true;
        const auto looks = nodeLooks(graph, tree, data, Colouring::Cosine);
        QCOMPARE(looks[graph.nodeOfLayer[7]].value, QStringLiteral("NaN"));
    }

    void panningIsMeasured() {
        GraphView view;
        view.resize(1000, 700);
        load(view, test::chain(1000));
        view.setSamples(test::samples(view.canvas()->network(), jobs::Variant::Int8, 1.7));
        view.canvas()->setAnimated(false);
        for (double zoom : {0.1, 0.4, 1.0}) {
            view.canvas()->setZoom(zoom);
            QImage image(view.canvas()->size(), QImage::Format_ARGB32_Premultiplied);
            QElapsedTimer timer;
            timer.start();
            const int frames = 20;
            for (int i = 0; i < frames; ++i) {
                view.canvas()->centerOn(view.canvas()->graphLayout().bounds.center() + QPointF(0, 7 * i));
                view.canvas()->render(&image);
            }
            // Printed for people (limit 16 ms); a shared machine's time is no verdict.
            qInfo("1,000 nodes at %.0f %%: %.1f ms a frame", zoom * 100, timer.nsecsElapsed() / 1e6 / frames);
            QVERIFY(!image.isNull());
        }
    }

    void exportsAreFilesOfTheirKind() {
        GraphView view;
        view.resize(700, 500);
        QTemporaryDir folder;
        QVERIFY(!exportGraph(*view.canvas(), folder.filePath(QStringLiteral("none.svg")), GraphPart::Whole).isEmpty());
        load(view, test::detector());
        const auto write = [&](const char* name, GraphPart part) {
            const QString problem = exportGraph(*view.canvas(), folder.filePath(QLatin1String(name)), part, 1);
            if (!problem.isEmpty()) qWarning("%s", qPrintable(problem));
            QFile file(folder.filePath(QLatin1String(name)));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray svg = write("whole.svg", GraphPart::Whole);
        QVERIFY(svg.contains("<svg") && svg.count("<path") > 100); // words and shapes, no picture inside
        QVERIFY(!svg.contains("<image"));
        QVERIFY(write("whole.pdf", GraphPart::Whole).startsWith("%PDF"));
        QVERIFY(QImage::fromData(write("view.png", GraphPart::Visible)).size() == view.canvas()->size());
        QVERIFY(write("whole.gif", GraphPart::Whole).isEmpty()); // refused in words
    }

    void pictures() {
        const auto network = test::detector();
        for (auto choice : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(choice);
            const QString suffix = choice == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
            GraphView view;
            view.resize(420, 502);
            load(view, network);
            view.setSamples(test::samples(network, jobs::Variant::Int8, 1.7, 6));
            view.setPrecisions(test::precisions(network));
            view.show();
            view.canvas()->setAnimated(false);
            view.canvas()->closeBlock(QStringLiteral("/model.8/m.0"));
            QTRY_VERIFY_WITH_TIMEOUT(view.isLayoutReady(), 20000);
            const int middle = static_cast<int>(network.layers.size()) / 2;
            view.setSelection({middle}, true);
            view.canvas()->setZoom(1);
            view.canvas()->centerOn(view.canvas()->graphLayout()
                                        .nodes[view.canvas()->graph().nodeOfLayer[middle]].center());
            const QImage full = test::shot(view, QStringLiteral("graph-full-") + suffix);
            QVERIFY(test::shareOf(full, theme::color(theme::Token::Accent)) > 0.001);
            view.canvas()->setZoom(0.5);
            test::shot(view, QStringLiteral("graph-types-") + suffix);
            view.resize(900, 1100);
            view.fit();
            test::shot(view, QStringLiteral("graph-fit-") + suffix);
            view.canvas()->setZoom(0.6);
            test::shot(view, QStringLiteral("graph-wide-") + suffix);
            view.canvas()->setLeftToRight(true);
            QTRY_VERIFY_WITH_TIMEOUT(view.isLayoutReady(), 20000);
            view.canvas()->setZoom(0.45);
            test::shot(view, QStringLiteral("graph-right-") + suffix);
            view.canvas()->setLeftToRight(false);
            QTRY_VERIFY_WITH_TIMEOUT(view.isLayoutReady(), 20000);
            view.resize(900, 700);
            view.canvas()->setZoom(0.8);
            view.showSearch();
            view.setSearch(QStringLiteral("concat"));
            test::shot(view, QStringLiteral("graph-search-") + suffix);
            view.canvas()->collapseAll();
            view.setSearch({});
            QTRY_VERIFY_WITH_TIMEOUT(view.isLayoutReady(), 20000);
            view.fit();
            test::shot(view, QStringLiteral("graph-collapsed-") + suffix);
            const QImage card = renderThumbnail(network, test::samples(network, jobs::Variant::Int8, 1.7), {240, 60});
            QVERIFY(test::shareOf(card, theme::color(theme::Token::Band095), 40) > 0.0);
            card.save(test::pictureFolder() + QStringLiteral("/thumbnail-%1.png").arg(suffix));
        }
        theme::setChoice(theme::Choice::Dark);
    }
};

QTEST_MAIN(TestGraphView)
#include "tst_graph_view.moc"
