// SPDX-License-Identifier: GPL-3.0-or-later
// Cosine plot: scales, gaps, selection, keys, goals, export, and pictures in both themes.
#include "tests/gui_views/made_network.h"
#include "tests/gui_views/pictures.h"
#include "visualizer/cosine_plot/cosine_plot.h"
#include "visualizer/cosine_plot/plot_parts.h"
#include "visualizer/cosine_plot/plot_surface.h"

#include <QFile>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::cosine_plot;

class TestCosinePlot : public QObject {
    Q_OBJECT

    static void fillPlot(CosinePlot& plot, const jobs::NetworkSnapshot& network) {
        plot.setNetwork(network);
        plot.setSeries(jobs::Variant::Fp32, false, test::samples(network, jobs::Variant::Fp32, 3.2, 3));
        plot.setSeries(jobs::Variant::Int8, false, test::samples(network, jobs::Variant::Int8, 1.75));
        plot.setSeries(jobs::Variant::Mixed, false, test::samples(network, jobs::Variant::Mixed, 2.5, 15));
        plot.setSeries(jobs::Variant::Int8, true, test::samples(network, jobs::Variant::Int8, 3.0));
        plot.setSeries(jobs::Variant::Mixed, true, test::samples(network, jobs::Variant::Mixed, 3.5));
        plot.setGhost(test::samples(network, jobs::Variant::Mixed, 2.2, 12));
        plot.setGoals(0.999, 0.97);
        plot.setPrecisions(test::precisions(network));
        QTest::qWait(150);
    }

private slots:
    void initTestCase() { theme::install(*qApp, theme::Choice::Dark); }

    void heights() {
        QCOMPARE(heightOf(Scale::Nines, 0.99, 0, 5), 2.0);
        QCOMPARE(heightOf(Scale::Nines, 1.0, 0, 5), 5.0); // on the top line, not at infinity
        QCOMPARE(heightOf(Scale::Linear, 0.5, 0, 1), 0.5);
        QCOMPARE(heightOf(Scale::Sqnr, 0.5, 21.5, 60), 21.5);
        QCOMPARE(heightOf(Scale::Sqnr, 1, INFINITY, 60), 60.0);
        QVERIFY(std::isnan(heightOf(Scale::Nines, NAN, 0, 5)));
        QVERIFY(std::isnan(heightOf(Scale::Linear, NAN, 0, 5)));
        QCOMPARE(cosineAt(Scale::Nines, 2, 5), 0.99);
    }

    void ranges() {
        for (Scale scale : {Scale::Nines, Scale::Linear, Scale::Sqnr}) {
            const ScaleRange empty = rangeFor(scale, {}, {}, {});
            QVERIFY(empty.low < empty.top && empty.top < empty.high);
            const ScaleRange r = rangeFor(scale, {0.9, NAN, 0.99999}, {10, NAN, 50}, {0.8});
            QVERIFY(r.low < r.top && r.top < r.high);
            QVERIFY(!ticksFor(scale, r, (r.high - r.low) / 10).isEmpty());
        }
        // A finite value never reaches the line of exact agreement, and the goal is in view.
        const ScaleRange r = rangeFor(Scale::Nines, {0.9, 0.99999}, {0, 0}, {0.5});
        QVERIFY(r.top > 5);
        QVERIFY(r.low < heightOf(Scale::Nines, 0.5, 0, 9));
    }

    void ticksKeepTheirDistance() {
        const ScaleRange r = rangeFor(Scale::Nines, {0.5, 0.99999}, {0, 0}, {});
        const double gap = 0.3;
        const auto ticks = ticksFor(Scale::Nines, r, gap);
        QCOMPARE(ticks.front().label, QStringLiteral("1"));
        for (int i = 0; i < ticks.size(); ++i)
            for (int j = i + 1; j < ticks.size(); ++j)
                QVERIFY(std::abs(ticks[i].height - ticks[j].height) >= gap);
    }

    void gapsStayGaps() {
        CosinePlot plot;
        plot.resize(1100, 226);
        const auto network = test::detector();
        fillPlot(plot, network);
        // Every layer that was not compared is a NaN in the data of the curve: nothing joins over it.
        const auto samples = test::samples(network, jobs::Variant::Int8, 1.75);
        const auto data = plot.surface()->graph(static_cast<int>(SeriesKind::Int8))->data();
        QCOMPARE(data->size(), static_cast<int>(network.layers.size()));
        int gaps = 0;
        for (const auto& s : samples) {
            const double value = (data->constBegin() + s.index)->value;
            QCOMPARE(std::isnan(value), !s.compared);
            gaps += !s.compared;
        }
        QVERIFY(gaps > 2);
        QVERIFY(plot.findChild<QLabel*>(QStringLiteral("cosineCount"))->text()
                    .startsWith(QStringLiteral("%1 of %2 compared").arg(samples.size() - gaps).arg(samples.size())));
        QVERIFY(!plot.state().gapReason(33).isEmpty());
        QVERIFY(plot.state().gapReason(34).isEmpty());
    }

    void gapIsNotPainted() {
        CosinePlot plot;
        plot.resize(900, 226);
        const auto network = test::chain(12);
        plot.setNetwork(network);
        QVector<jobs::LayerSample> samples;
        for (int i = 0; i < 12; ++i) {
            jobs::LayerSample s;
            s.index = i;
            s.compared = i < 4 || i > 8;
            s.reason = s.compared ? "" : "folded";
            s.cosine = 0.99;
            samples.append(s);
        }
        plot.setSeries(jobs::Variant::Int8, false, samples);
        QTest::qWait(150);
        plot.show();
        const QImage image = test::shot(plot, QStringLiteral("cosine-gap"));
        const auto* surface = plot.surface();
        const int y = qRound(surface->yAxis->coordToPixel(2)) + surface->y();
        const QColor ink = theme::variantPen(QStringLiteral("int8")).color();
        const auto inked = [&](double layer) {
            const int x = qRound(surface->xAxis->coordToPixel(layer)) + surface->x();
            for (int dy = -2; dy <= 2; ++dy) {
                const QColor c = image.pixelColor(x, y + dy);
                if (std::abs(c.red() - ink.red()) + std::abs(c.green() - ink.green()) +
                        std::abs(c.blue() - ink.blue()) < 90)
                    return true;
            }
            return false;
        };
        QVERIFY(inked(1.5));
        QVERIFY(inked(10.5));
        for (double layer : {4.5, 5.0, 6.0, 7.5})
            QVERIFY(!inked(layer));
    }

    void redrawIsLimited() {
        CosinePlot plot;
        plot.resize(900, 226);
        const auto network = test::detector();
        plot.setNetwork(network);
        QSignalSpy drawn(plot.surface(), &QCustomPlot::afterReplot);
        for (int i = 0; i < 300; ++i) { // a burst of events is one redraw
            plot.setSeries(jobs::Variant::Int8, false, test::samples(network, jobs::Variant::Int8, 1.75));
            plot.setRunning(i / 300.0);
        }
        QTest::qWait(150);
        QVERIFY(drawn.count() >= 1);
        QVERIFY(drawn.count() < 30);
    }

    void selectionRoundTrip() {
        CosinePlot plot;
        plot.resize(1100, 226);
        fillPlot(plot, test::detector());
        plot.show();
        QSignalSpy selected(&plot, &CosinePlot::selectionChanged);
        plot.setSelection({70, -1, 9999}, true);
        QCOMPARE(plot.selection(), QVector<int>{70});
        QCOMPARE(selected.count(), 0);
        auto* surface = plot.surface();
        const auto at = [&](int layer) {
            return QPoint(qRound(surface->xAxis->coordToPixel(layer)), surface->axisRect()->rect().center().y());
        };
        QTest::mouseClick(surface, Qt::LeftButton, {}, at(20));
        QCOMPARE(plot.selection(), QVector<int>{20});
        QTest::mouseClick(surface, Qt::LeftButton, Qt::ControlModifier, at(30));
        QCOMPARE(plot.selection(), (QVector<int>{20, 30}));
        QTest::mousePress(surface, Qt::LeftButton, Qt::ShiftModifier, at(40));
        QMouseEvent move(QEvent::MouseMove, at(45), surface->mapToGlobal(at(45)), Qt::NoButton, Qt::LeftButton,
                         Qt::ShiftModifier);
        QApplication::sendEvent(surface, &move);
        QTest::mouseRelease(surface, Qt::LeftButton, Qt::ShiftModifier, at(45));
        QCOMPARE(plot.selection().size(), 6);
        QCOMPARE(selected.count(), 3);
    }

    void worstPictureIsALink() {
        CosinePlot plot;
        plot.resize(1100, 226);
        const auto network = test::detector();
        plot.setNetwork(network);
        auto samples = test::samples(network, jobs::Variant::Int8, 1.75);
        auto* count = plot.findChild<QLabel*>(QStringLiteral("cosineCount"));
        for (auto& sample : samples) sample.cosineMin = sample.cosineMax = sample.cosine;
        plot.setSeries(jobs::Variant::Int8, false, samples);
        QTest::qWait(150);
        QVERIFY(!count->text().contains(QStringLiteral("worst picture"))); // one picture is no spread
        for (auto& sample : samples) {
            sample.cosineMin = sample.cosine - 0.01;
            sample.cosineMax = sample.cosine;
            sample.worstImage = sample.index % 4;
        }
        plot.setSeries(jobs::Variant::Int8, false, samples);
        QTest::qWait(150);
        QVERIFY(count->text().contains(QStringLiteral("worst picture")));
        QSignalSpy asked(&plot, &CosinePlot::pictureRequested);
        int layer = 10;
        while (!samples[layer].compared) ++layer;
        plot.setSelection({layer}, false);
        emit count->linkActivated(QStringLiteral("picture"));
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked.front().front().toInt(), layer % 4);
    }

    void keys() {
        CosinePlot plot;
        plot.resize(1100, 226);
        const auto network = test::detector();
        fillPlot(plot, network);
        plot.show();
        QTest::keyClick(&plot, Qt::Key_W);
        int worst = -1;
        const auto mixed = test::samples(network, jobs::Variant::Mixed, 2.5, 15);
        for (const auto& s : mixed)
            if (s.compared && (worst < 0 || s.cosine < mixed[worst].cosine))
                worst = s.index;
        QCOMPARE(plot.selection(), QVector<int>{worst});
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.selection().front(), worst + 1);
        QTest::keyClick(&plot, Qt::Key_D);
        QCOMPARE(plot.selection().front(), plot.state().largestDrop());
        plot.setGoals(0.999, 0.995);
        QTest::keyClick(&plot, Qt::Key_Home);
        QTest::keyClick(&plot, Qt::Key_N);
        const int below = plot.selection().front();
        QVERIFY(plot.state().active()->cosine(below) < 0.995);
        QTest::keyClick(&plot, Qt::Key_N);
        QVERIFY(plot.selection().front() > below);
        QTest::keyClick(&plot, Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(plot.selection().front(), below);
        QTest::keyClick(&plot, Qt::Key_Y);
        QCOMPARE(plot.scale(), Scale::Linear);
        QTest::keyClick(&plot, Qt::Key_I);
        QVERIFY(plot.isIsolated());
    }

    void zoomKeepsLimits() {
        CosinePlot plot;
        plot.resize(1100, 226);
        fillPlot(plot, test::detector());
        plot.show();
        auto* surface = plot.surface();
        const QPointF centre = surface->axisRect()->rect().center();
        const auto wheel = [&](int steps) {
            QWheelEvent e(centre, surface->mapToGlobal(centre), {}, {0, 120 * steps}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
            QApplication::sendEvent(surface, &e);
        };
        const double all = surface->xAxis->range().size();
        wheel(5);
        QVERIFY(surface->xAxis->range().size() < all / 2);
        plot.setSelection({2}, true); // outside: scrolls
        QVERIFY(surface->xAxis->range().contains(2));
        wheel(-40);
        QVERIFY(surface->xAxis->range().size() <= all + 0.01);
    }

    void goalTags() {
        CosinePlot plot;
        plot.resize(1100, 226);
        fillPlot(plot, test::detector());
        plot.show();
        auto* tag = plot.findChild<GoalTag*>(QStringLiteral("layerGoalTag"));
        QVERIFY(tag->isVisible());
        QSignalSpy edited(&plot, &CosinePlot::goalsEdited);
        QTest::keyClick(tag, Qt::Key_Up);
        QCOMPARE(edited.count(), 1);
        QVERIFY(*plot.state().layerGoal > 0.97);
        QTest::mousePress(tag, Qt::LeftButton);
        QMouseEvent move(QEvent::MouseMove, QPointF(20, -20), tag->mapToGlobal(QPointF(20, -20)), Qt::NoButton,
                         Qt::LeftButton, {});
        QApplication::sendEvent(tag, &move);
        QTest::mouseRelease(tag, Qt::LeftButton);
        QCOMPARE(edited.count(), 2);
        QVERIFY(*plot.state().layerGoal > 0.975);
        QCOMPARE(*plot.state().outputGoal, 0.999);
    }

    void exports() {
        QTemporaryDir folder;
        CosinePlot plot;
        plot.resize(1100, 226);
        const auto network = test::detector();
        fillPlot(plot, network);
        plot.setExportInfo({QStringLiteral("Cosine"), QStringLiteral("detector"), QStringLiteral("BM1684X"), {}});
        for (const char* name : {"a.png", "a.pdf", "a.csv"}) {
            const QString file = folder.filePath(QLatin1String(name));
            QCOMPARE(plot.exportTo(file), QString());
            QVERIFY(QFileInfo(file).size() > 500);
        }
        QFile pdf(folder.filePath(QStringLiteral("a.pdf")));
        QVERIFY(pdf.open(QIODevice::ReadOnly) && pdf.read(5) == "%PDF-");
        const QList<QByteArray> lines = plot.toCsv().trimmed().split('\n');
        QCOMPARE(lines.size(), static_cast<int>(network.layers.size()) + 1);
        QVERIFY(lines.front().startsWith("index,name,type,requested,actual,fp32_cosine"));
        QVERIFY(lines[1 + 33].contains(",,")); // not compared: empty, no number
        const int column = lines.front().split(',').indexOf("int8_cosine");
        QCOMPARE(lines[1 + 20].split(',')[column].toDouble(),
                 test::samples(network, jobs::Variant::Int8, 1.75)[20].cosine);
        QVERIFY(!plot.exportTo(folder.filePath(QStringLiteral("a.doc"))).isEmpty());
        QVERIFY(!plot.exportTo(QStringLiteral("/nonexistent/folder/a.png")).isEmpty());
    }

    void pictures() {
        const auto network = test::detector();
        for (auto choice : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(choice);
            const QString suffix = choice == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
            CosinePlot plot;
            plot.resize(1215, 226);
            fillPlot(plot, network);
            plot.show();
            const int middle = static_cast<int>(network.layers.size()) / 2;
            plot.setSelection({middle}, true);
            plot.setFocus();
            auto* surface = plot.surface();
            QTest::mouseMove(surface, QPoint(qRound(surface->xAxis->coordToPixel(middle)), 60));
            emit surface->hovered(middle, QPoint(qRound(surface->xAxis->coordToPixel(middle)), 60));
            const QImage image = test::shot(plot, QStringLiteral("cosine-") + suffix);
            QVERIFY(test::shareOf(image, theme::color(theme::Token::Accent), 60) > 0.0005);
            emit surface->hovered(-1, {});
            plot.setScale(Scale::Linear);
            plot.setTogether(true);
            test::shot(plot, QStringLiteral("cosine-linear-") + suffix);
            plot.setTogether(false);
            plot.setScale(Scale::Sqnr);
            test::shot(plot, QStringLiteral("cosine-sqnr-") + suffix);
            plot.setScale(Scale::Nines);
            plot.setIsolated(true);
            test::shot(plot, QStringLiteral("cosine-isolated-") + suffix);
            plot.setIsolated(false);
            auto part = test::samples(network, jobs::Variant::Mixed, 2.5, 15);
            for (int i = 60; i < part.size(); ++i)
                part[i] = {};
            plot.setSeries(jobs::Variant::Mixed, false, part);
            plot.setRunning(0.43);
            plot.setSelection({20, 21, 22, 23, 24}, false);
            QTest::qWait(150);
            test::shot(plot, QStringLiteral("cosine-running-") + suffix);
            plot.toImage(1).save(test::pictureFolder() + QStringLiteral("/cosine-export-%1.png").arg(suffix));
            CosinePlot empty;
            empty.resize(700, 200);
            empty.show();
            test::shot(empty, QStringLiteral("cosine-empty-") + suffix);
        }
        theme::setChoice(theme::Choice::Dark);
    }
};

QTEST_MAIN(TestCosinePlot)
#include "tst_cosine_plot.moc"
