// SPDX-License-Identifier: GPL-3.0-or-later
// Timeline: what a point of it is, zoom and pan, one selection, keys, export, big networks, pictures in both themes.
#include "tests/gui_views/pictures.h"
#include "visualizer/timeline/layer_time_list.h"
#include "visualizer/timeline/timeline_view.h"

#include <QFile>
#include <QPainter>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>
#include <ctime>

using namespace wb;
using namespace wb::timeline;
using jobs::CommandClass;

namespace {

/// Layers that load, compute in `slices` pieces and store, with the ping-pong of two places in memory.
jobs::Timeline madeTimeline(int layers, int slices) {
    jobs::Timeline t;
    t.network = "made";
    t.laneBytes = 256 * 1024;
    t.bankBytes = 16 * 1024;
    t.kinds = {"DMA_tensor Copy", "sCONV Requant", "sAR Add"};
    int64_t tiu = 0, gdma = 0;
    for (int layer = 0; layer < layers; ++layer) {
        t.layers.push_back("/model." + std::to_string(layer) + "/conv/Conv_output_0_Conv");
        for (int slice = 0; slice < slices; ++slice) {
            const auto add = [&](bool transfer, CommandClass type, int64_t start, int64_t cycles, int32_t waits) {
                jobs::TimelineCommand c;
                c.transfer = transfer;
                c.type = type;
                c.layer = layer;
                c.kind = transfer ? 0 : 1;
                c.id = static_cast<uint32_t>(t.commands.size() + 1);
                c.start = start;
                c.end = start + cycles;
                c.cycles = cycles;
                c.bytes = cycles * 58;
                c.waitsFor = waits;
                t.commands.push_back(c);
                (transfer ? t.gdma : t.tiu) += cycles;
                return static_cast<int32_t>(t.commands.size()) - 1;
            };
            const int64_t load = 40 + 7 * (layer % 5), work = 60 + 11 * (layer % 7);
            const int32_t loaded = add(true, CommandClass::Load, gdma, load, -1);
            gdma += load;
            const bool waited = gdma > tiu;
            tiu = std::max(tiu, gdma);
            const int32_t worked = add(false, layer % 6 == 5 ? CommandClass::Arithmetic : CommandClass::Convolution, tiu, work, waited ? loaded : -1);
            tiu += work;
            const auto place = static_cast<uint32_t>((slice % 2) * 32768 + (layer % 3) * 65536);
            t.memory.push_back({place, place + 30000, t.commands[static_cast<size_t>(loaded)].start, tiu, layer, loaded});
            const bool held = tiu > gdma;
            gdma = std::max(gdma, tiu);
            add(true, CommandClass::Store, gdma, 30, held ? worked : -1);
            gdma += 30;
        }
    }
    t.cycles = std::max(tiu, gdma);
    t.tiuCommands = static_cast<uint32_t>(layers * slices);
    t.gdmaCommands = 2 * t.tiuCommands;
    return t;
}

/// Time that this thread was at work.
qint64 cpuMicroseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
}

QVector<int> allRows(int layers) {
    QVector<int> rows;
    for (int i = 0; i < layers; ++i) rows << i;
    return rows;
}

} // namespace

class TestTimeline : public QObject {
    Q_OBJECT

    static void show(TimelineView& view, int layers = 24, int slices = 6) {
        view.resize(1000, 240);
        view.setTimeline(madeTimeline(layers, slices), allRows(layers));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
    }

private slots:
    void initTestCase() { theme::install(*qApp, theme::Choice::Dark); }

    void sceneFindsWhatIsThere() {
        const TimelineScene scene(madeTimeline(10, 3), allRows(10));
        QCOMPARE(scene.track(0).size() + scene.track(1).size(), static_cast<qsizetype>(scene.data().commands.size()));
        for (int engine = 0; engine < 2; ++engine)
            for (int index : scene.track(engine)) {
                const auto& c = scene.command(index);
                QCOMPARE(scene.commandAt(engine, (static_cast<double>(c.start) + static_cast<double>(c.end)) / 2, 0), index);
            }
        // A gap holds no command, unless one is near enough to be meant.
        int waiting = -1;
        for (int index : scene.track(0))
            if (scene.waitBefore(index) > 20 && index > 3) waiting = index;
        QVERIFY(waiting >= 0);
        const double middle = static_cast<double>(scene.command(waiting).start) - 10;
        QCOMPARE(scene.commandAt(0, middle, 5), -1);
        QCOMPARE(scene.commandAt(0, middle, 10), waiting);
        const auto& stay = scene.data().memory[4];
        QCOMPARE(scene.memoryAt(stay.begin + 5.0, static_cast<double>(stay.from) + 1), 4);
        QCOMPARE(scene.memoryAt(250'000, static_cast<double>(stay.from) + 1), -1);
        QCOMPARE(scene.longestWaits(3).size(), 3);
        QVERIFY(scene.waitBefore(scene.longestWaits(2)[0]) >= scene.waitBefore(scene.longestWaits(2)[1]));
        int64_t work = 0;
        for (const LayerTime& time : scene.layerTimes()) work += time.work();
        QCOMPARE(work, scene.data().tiu + scene.data().gdma);
        QVERIFY(scene.layerTimes().front().work() >= scene.layerTimes().back().work());
    }

    void wheelZoomsAtThePointer() {
        TimelineView view;
        show(view);
        const double whole = view.viewTo() - view.viewFrom();
        const QPointF at(600, 60);
        const QRectF tracks = view.memoryRect();
        const double share = (at.x() - tracks.left()) / tracks.width();
        const double under = view.viewFrom() + share * whole;
        QWheelEvent wheel(at, view.mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &wheel);
        const double near = view.viewTo() - view.viewFrom();
        QVERIFY(near < whole * 0.7);
        QVERIFY(std::abs(view.viewFrom() + share * near - under) < whole * 1e-6);
        // Dragging moves by what the pointer moves; a double click shows all.
        const double before = view.viewFrom();
        QTest::mousePress(&view, Qt::LeftButton, {}, {600, 60});
        QMouseEvent move(QEvent::MouseMove, QPointF(550, 60), view.mapToGlobal(QPointF(550, 60)), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(&view, &move);
        QTest::mouseRelease(&view, Qt::LeftButton, {}, {550, 60});
        QVERIFY(std::abs(view.viewFrom() - before - 50 / tracks.width() * near) < 1e-6 * whole);
        QTest::mouseDClick(&view, Qt::LeftButton, {}, {550, 60});
        QCOMPARE(view.viewTo() - view.viewFrom(), whole);
    }

    void clickSelectsItsLayer() {
        TimelineView view;
        show(view, 8, 2);
        QSignalSpy chosen(&view, &TimelineView::selectionChanged);
        const int command = view.scene().track(0)[7];
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.rectOf(command).center().toPoint());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(view.selection(), QVector<int>{view.scene().command(command).layer});
        QCOMPARE(view.currentCommand(), command);
        const int other = view.scene().track(1)[1];
        QTest::mouseClick(&view, Qt::LeftButton, Qt::ControlModifier, view.rectOf(other).center().toPoint());
        QCOMPARE(view.selection().size(), 2);
        // From outside it makes no sound, and comes into view only if it is outside.
        chosen.clear();
        view.setSelection({2}, true);
        QCOMPARE(chosen.size(), 0);
        const double from = view.viewFrom();
        view.setSelection({3}, true);
        QCOMPARE(view.viewFrom(), from);
        view.showLayer(0);
        view.frameSelection();
        const double to = view.viewTo();
        view.setSelection({7}, true);
        QVERIFY(view.viewFrom() > 0 && view.viewTo() > to);
    }

    void layersOfTheCompilerSelectNothing() {
        TimelineView view;
        view.resize(1000, 240);
        view.setTimeline(madeTimeline(4, 2), {0, -1, 1, 2});
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.setSelection({0}, false);
        QSignalSpy chosen(&view, &TimelineView::selectionChanged);
        for (int index : view.scene().track(0))
            if (view.scene().command(index).layer == 1) view.setCurrentCommand(index);
        QCOMPARE(chosen.size(), 0);
        QCOMPARE(view.selection(), QVector<int>{0});
    }

    void keys() {
        TimelineView view;
        show(view);
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.currentCommand(), view.scene().track(0).front());
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.currentCommand(), view.scene().track(0)[1]);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("TIU")));
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(view.scene().command(view.currentCommand()).transfer);
        QTest::keyClick(&view, Qt::Key_N);
        QVERIFY(view.scene().command(view.currentCommand()).waitsFor >= 0);
        const int wait = view.currentCommand();
        QTest::keyClick(&view, Qt::Key_N);
        QVERIFY(view.currentCommand() > wait);
        QTest::keyClick(&view, Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(view.currentCommand(), wait);
        QTest::keyClick(&view, Qt::Key_W);
        QCOMPARE(view.currentCommand(), view.scene().longestWaits(1).front());
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.currentCommand(), static_cast<int>(view.scene().data().commands.size()) - 1);
        QSignalSpy graph(&view, &TimelineView::layerActivated);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(graph.size(), 1);
        const double span = view.viewTo() - view.viewFrom();
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(view.viewTo() - view.viewFrom() < span);
    }

    void cardSaysWhatItWaitedFor() {
        TimelineView view;
        show(view, 8, 2);
        auto* card = view.findChild<QWidget*>(QStringLiteral("timelineHoverCard"));
        QVERIFY(card && !card->isVisible());
        view.longestWait();
        QVERIFY(card->isVisible());
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("waited")));
        QVERIFY(view.rect().contains(card->geometry()));
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(!card->isVisible());
    }

    void exports() {
        TimelineView view;
        show(view, 8, 2);
        QTemporaryDir folder;
        const auto path = [&](const char* name) { return folder.filePath(QLatin1String(name)); };
        for (const char* name : {"t.png", "t.svg", "t.csv"}) QCOMPARE(view.exportTo(path(name)), QString());
        QVERIFY(!view.exportTo(path("t.doc")).isEmpty());
        QVERIFY(!view.exportTo(QStringLiteral("/nowhere/at/all/t.png")).isEmpty());
        const QImage image(path("t.png"));
        QCOMPARE(image.width(), 2000);
        QVERIFY(test::shareOf(image, colorOf(CommandClass::Convolution)) > 0.005);
        QFile svg(path("t.svg"));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(&svg);
        while (!xml.atEnd()) xml.readNext();
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QFile csv(path("t.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = csv.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), static_cast<qsizetype>(view.scene().data().commands.size()) + 1);
        for (const QByteArray& line : lines) QCOMPARE(line.count(','), lines.front().count(','));
    }

    void manyCommandsStayQuick() {
        TimelineView view;
        show(view, 1000, 34); // 102,000 commands
        QCOMPARE(view.scene().data().commands.size(), size_t{102'000});
        QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
        for (double zoom : {1.0, 0.1, 0.001}) {
            view.fit();
            view.zoomBy(zoom);
            qint64 best = 1'000'000;
            for (int i = 0; i < 5; ++i) { // the fastest, and time at work: what else the machine does is not measured
                QWheelEvent pan({500, 60}, view.mapToGlobal(QPointF(500, 60)), {}, {0, i % 2 ? 12 : -12}, Qt::NoButton, Qt::ShiftModifier,
                                Qt::NoScrollPhase, false);
                const qint64 before = cpuMicroseconds();
                QApplication::sendEvent(&view, &pan);
                view.render(&image);
                best = std::min(best, cpuMicroseconds() - before);
            }
            qInfo("pan over 102,000 commands at %g: %.1f ms", zoom, static_cast<double>(best) / 1000);
            QVERIFY2(best < 40'000, "slower than 25 pictures a second");
        }
    }

    void emptyAndOdd() {
        TimelineView view;
        view.resize(600, 200);
        view.setTimeline({}, {});
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        for (int key : {Qt::Key_Right, Qt::Key_N, Qt::Key_W, Qt::Key_F, Qt::Key_Return, Qt::Key_Home, Qt::Key_Plus}) QTest::keyClick(&view, static_cast<Qt::Key>(key));
        QCOMPARE(view.currentCommand(), -1);
        QVERIFY(!view.toImage(1).isNull());
        // One command without layer, kind or length.
        jobs::Timeline one;
        one.laneBytes = 1;
        one.commands.push_back({});
        view.setTimeline(one, {});
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.currentCommand(), 0);
        QVERIFY(!view.toImage(1).isNull());
        view.resize(60, 40);
        QVERIFY(!view.grab().isNull());
    }

    void listOfLayers() {
        LayerTimeList list;
        const TimelineScene scene(madeTimeline(40, 2), allRows(40));
        list.setScene(&scene);
        list.resize(256, 200);
        list.show();
        QVERIFY(QTest::qWaitForWindowExposed(&list));
        QCOMPARE(list.shown(), 40);
        QSignalSpy chosen(&list, &LayerTimeList::layerChosen);
        QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, {60, 26 + 13});
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.front().front().toInt(), scene.layerTimes().front().layer);
        QTest::keyClick(&list, Qt::Key_Down);
        QCOMPARE(chosen.back().front().toInt(), scene.layerTimes()[1].layer);
        QVERIFY(list.textAt(0).contains(u'%'));
    }

    void pictures() {
        for (theme::Choice choice : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(choice);
            const QString name = choice == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
            TimelineView view;
            show(view);
            const QImage all = test::shot(view, QStringLiteral("timeline-") + name);
            QVERIFY(test::shareOf(all, colorOf(CommandClass::Load)) > 0.002);
            view.zoomBy(0.1);
            view.setSelection({11, 12}, false);
            view.nextWait(false);
            test::shot(view, QStringLiteral("timeline-near-") + name);
            view.resize(1000, 420);
            view.setColouring(Colouring::Layer);
            test::shot(view, QStringLiteral("timeline-tall-") + name);
        }
        theme::setChoice(theme::Choice::Dark);
    }
};

QTEST_MAIN(TestTimeline)
#include "tst_timeline.moc"
