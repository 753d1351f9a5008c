// SPDX-License-Identifier: GPL-3.0-or-later
// Histogram: clipped share, threshold by mouse and keys, damaged numbers, pictures in both themes.
#include "tests/gui_views/pictures.h"
#include "visualizer/histogram_plot/histogram_canvas.h"
#include "visualizer/histogram_plot/histogram_plot.h"

#include <QCheckBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <cmath>

using namespace wb;
using namespace wb::histogram_plot;

class TestHistogramPlot : public QObject {
    Q_OBJECT

    static jobs::TensorStatistics statistics(bool quantised) {
        jobs::TensorStatistics s;
        s.name = "/model.8/cv2/act/Mul";
        s.count = 51200;
        s.low = -0.28;
        s.high = 8;
        s.bins.assign(512, 0);
        for (int i = 0; i < 512; ++i) {
            const double x = s.low + (i + 0.5) * (s.high - s.low) / 512;
            const double n = 5000 * std::exp(-x * 1.3) + (x < 0 ? 3000 : 0);
            s.bins[i] = quantised ? (i % 3 == 0 && x < 6.9 ? static_cast<int64_t>(3 * n) : 0) : static_cast<int64_t>(n);
        }
        s.min = -0.2785;
        s.max = quantised ? 6.8117 : 7.9891;
        s.mean = 0.0553;
        s.sigma = 0.4931;
        s.zeroShare = quantised ? 0.027 : 0;
        s.nanCount = quantised ? 2 : 0;
        return s;
    }

private slots:
    void initTestCase() { theme::install(*qApp, theme::Choice::Dark); }

    void shares() {
        jobs::TensorStatistics s;
        s.low = -1;
        s.high = 1;
        s.bins = {10, 10, 10, 10};
        QCOMPARE(*clippedShare(s, 2), 0.0);
        QCOMPARE(*clippedShare(s, 1), 0.0);
        QCOMPARE(*clippedShare(s, 0.5), 0.5);
        QCOMPARE(*clippedShare(s, 0.75), 0.25); // half of each outer bin
        QVERIFY(!clippedShare(s, 0));
        QVERIFY(!clippedShare(s, NAN));
        s.bins = {0, 0};
        QVERIFY(!clippedShare(s, 1)); // no values: no share
        s.bins.clear();
        QVERIFY(!clippedShare(s, 1));
    }

    void thresholdByKeysAndMouse() {
        HistogramPlot plot;
        plot.resize(300, 420);
        plot.setStatistics(statistics(false), statistics(true));
        plot.setThreshold(6.8117, 0.053636);
        plot.show();
        auto* canvas = plot.canvas();
        QSignalSpy edited(&plot, &HistogramPlot::thresholdEdited);
        QTest::keyClick(canvas, Qt::Key_Left);
        QCOMPARE(edited.count(), 1);
        QVERIFY(plot.threshold() < 6.8117);
        const auto* label = plot.findChild<QLabel*>(QStringLiteral("histogramClipped"));
        const QString before = label->text();
        const int y = canvas->height() / 2;
        const QPoint from(qRound(canvas->xOf(plot.threshold())), y), to(qRound(canvas->xOf(3.0)), y);
        QTest::mousePress(canvas, Qt::LeftButton, {}, from);
        QMouseEvent move(QEvent::MouseMove, to, canvas->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(canvas, &move);
        QVERIFY(label->text() != before); // the share follows while dragging
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, to);
        QCOMPARE(edited.count(), 2);
        QVERIFY(std::abs(plot.threshold() - 3.0) < 0.1);
        plot.setThresholdEditable(false);
        QTest::keyClick(canvas, Qt::Key_Left);
        QCOMPARE(edited.count(), 2);
    }

    void damagedNumbers() {
        HistogramPlot plot;
        plot.resize(300, 420);
        plot.show();
        test::shot(plot, QStringLiteral("histogram-empty"));
        jobs::TensorStatistics s = statistics(false);
        for (auto [low, high] : {std::pair{1.0, 1.0}, {NAN, 1.0}, {-INFINITY, INFINITY}, {2.0, -2.0}}) {
            s.low = low;
            s.high = high;
            plot.setStatistics(s, std::nullopt);
            plot.setThreshold(NAN, -1);
            QVERIFY(!plot.grab().isNull());
            plot.setThreshold(1e30, 1e-30);
            QVERIFY(!plot.grab().isNull());
        }
        plot.setStatistics(std::nullopt, statistics(true));
        plot.setThreshold(1e-12, 1e-14);
        QVERIFY(!plot.grab().isNull());
    }

    void pictures() {
        for (auto choice : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(choice);
            const QString suffix = choice == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
            HistogramPlot plot;
            plot.setAutoFillBackground(true);
            plot.resize(309, 420);
            plot.setStatistics(statistics(false), statistics(true));
            plot.setThreshold(6.8117, 0.053636);
            plot.setSampled(true);
            plot.show();
            const QImage image = test::shot(plot, QStringLiteral("histogram-") + suffix);
            QVERIFY(test::shareOf(image, theme::color(theme::Token::Int8), 30) > 0.0005);
            plot.findChild<QCheckBox*>(QStringLiteral("histogramLog"))->click();
            QVERIFY(!plot.isLogCount());
            test::shot(plot, QStringLiteral("histogram-linear-") + suffix);
        }
        theme::setChoice(theme::Choice::Dark);
    }
};

QTEST_MAIN(TestHistogramPlot)
#include "tst_histogram_plot.moc"
