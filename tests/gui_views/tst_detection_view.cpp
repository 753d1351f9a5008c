// SPDX-License-Identifier: GPL-3.0-or-later
// Picture panes: linked cameras, selection in all panes, keys, labels, film strip, pictures.
#include "tests/gui_views/pictures.h"
#include "visualizer/detection_view/detection_view.h"
#include "visualizer/detection_view/picture_pane.h"

#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace wb;
using namespace wb::detection_view;

class TestDetectionView : public QObject {
    Q_OBJECT

    /// A drawn scene, so that the pictures need no photograph.
    static QImage scene(int width = 500, int height = 375) {
        QImage image(width, height, QImage::Format_RGB32);
        QPainter p(&image);
        QLinearGradient sky(0, 0, 0, height);
        sky.setColorAt(0, Qt::darkCyan);
        sky.setColorAt(1, Qt::darkGray);
        p.fillRect(image.rect(), sky);
        p.setBrush(Qt::darkRed);
        p.drawEllipse(60, 130, 140, 200);
        p.setBrush(Qt::darkGreen);
        p.drawRect(300, 150, 120, 180);
        p.setBrush(Qt::white);
        p.drawEllipse(385, 110, 30, 30);
        return image;
    }

    static PictureBox box(int row, const QRectF& rect, int id, const char* name, double score, BoxState state) {
        PictureBox b;
        b.row = row;
        b.rect = rect;
        b.classId = id;
        b.className = QLatin1String(name);
        b.score = score;
        b.state = state;
        return b;
    }

    static QVector<PaneContent> contents() {
        PaneContent reference;
        reference.variant = QStringLiteral("fp32");
        reference.title = QStringLiteral("FP32");
        reference.isReference = true;
        reference.image = scene();
        reference.boxes = {box(0, {60, 130, 140, 200}, 0, "person", 0.43, BoxState::Plain),
                           box(1, {150, 150, 90, 130}, 0, "person", 0.55, BoxState::Plain),
                           box(2, {300, 150, 120, 180}, 4, "chair", 0.49, BoxState::Plain),
                           box(3, {385, 110, 30, 30}, 5, "clock", 0.43, BoxState::Plain),
                           box(4, {340, 280, 50, 80}, 2, "wine glass", 0.71, BoxState::Plain)};
        PaneContent int8 = reference;
        int8.variant = QStringLiteral("int8");
        int8.title = QStringLiteral("INT8 symmetric");
        int8.precision = QStringLiteral("INT8");
        int8.isReference = false;
        int8.f1 = 0.75;
        int8.boxes = {box(0, {64, 126, 150, 208}, 0, "person", 0.35, BoxState::Shifted),
                      box(1, {150, 150, 90, 130}, 0, "person", 0.53, BoxState::Match),
                      box(2, {302, 152, 116, 176}, 4, "sofa", 0.44, BoxState::ClassChanged),
                      box(3, {385, 110, 30, 30}, 5, "clock", 0.43, BoxState::Missed),
                      box(5, {10, 150, 260, 220}, 0, "person", 0.33, BoxState::Extra),
                      box(6, {340, 290, 48, 70}, 1, "cup", 0.36, BoxState::Extra),
                      box(4, {340, 280, 50, 80}, 2, "wine glass", 0.55, BoxState::Shifted)};
        int8.boxes[2].otherClass = QStringLiteral("chair");
        return {reference, int8};
    }

private slots:
    void initTestCase() { theme::install(*qApp, theme::Choice::Dark); }

    void labels() {
        QCOMPARE(boxLabel(box(0, {}, 0, "cup", 0.359, BoxState::Extra)), QStringLiteral("+ cup 0.36"));
        QCOMPARE(boxLabel(box(0, {}, 0, "clock", 0.4, BoxState::Missed)), QStringLiteral("✕ clock missed"));
        QCOMPARE(boxLabel(box(0, {}, 0, "person", 0.5, BoxState::Match)), QStringLiteral("person 0.50"));
        QCOMPARE(boxColor(box(0, {}, 3, "x", 0.5, BoxState::Extra)), theme::color(theme::Token::Extra));
        QCOMPARE(boxColor(box(0, {}, 3, "x", 0.5, BoxState::Match)), theme::detectionClassColor(3));
    }

    void smallestBoxIsHit() {
        const auto boxes = contents()[1].boxes;
        QCOMPARE(boxes[boxAt(boxes, {400, 125}, 2)].className, QStringLiteral("clock"));
        QCOMPARE(boxAt(boxes, {490, 5}, 2), -1);
    }

    void panesAreLinked() {
        DetectionView view;
        view.resize(900, 400);
        view.setPanes(contents());
        view.show();
        QCOMPARE(view.pane(0)->size(), view.pane(1)->size());
        view.pane(0)->zoomBy(2, view.pane(0)->pictureArea().center() + QPointF(40, 20));
        QCOMPARE(view.pane(1)->camera().zoom, view.pane(0)->camera().zoom);
        QCOMPARE(view.pane(1)->camera().centre, view.pane(0)->camera().centre);
        QTest::keyClick(&view, Qt::Key_S);
        QVERIFY(!view.isLinked());
        view.pane(0)->zoomBy(2, view.pane(0)->pictureArea().center());
        QVERIFY(view.pane(1)->camera().zoom < view.pane(0)->camera().zoom);
        // The place in the picture stays when boxes change, e.g. by a slider.
        const auto camera = view.pane(0)->camera();
        view.setLinked(true);
        view.setPanes(contents());
        QCOMPARE(view.pane(0)->camera().zoom, camera.zoom);
        // Coordinates go both ways.
        const QPointF p(123, 45);
        const QPointF back = view.pane(1)->toPicture(view.pane(1)->toPane(p));
        QVERIFY(std::abs(back.x() - p.x()) < 1e-6 && std::abs(back.y() - p.y()) < 1e-6);
    }

    void selectionRoundTrip() {
        DetectionView view;
        view.resize(900, 400);
        view.setPanes(contents());
        view.show();
        QSignalSpy selected(&view, &DetectionView::rowSelected);
        QTest::mouseClick(view.pane(1), Qt::LeftButton, {}, view.pane(1)->toPane({400, 125}).toPoint());
        QCOMPARE(selected.count(), 1);
        QCOMPARE(selected.front().front().toInt(), 3);
        QCOMPARE(view.selectedRow(), 3);
        view.setSelectedRow(4, true);
        QCOMPARE(selected.count(), 1);
        for (int i : {0, 1}) {
            QVERIFY(view.pane(i)->camera().zoom > 2.5);
            QVERIFY(QRectF(340, 280, 50, 80).contains(view.pane(i)->camera().centre));
        }
        QTest::keyClick(&view, Qt::Key_0, Qt::ControlModifier);
        QVERIFY(view.pane(0)->camera().isFitted);
    }

    void keysHideAndBlink() {
        DetectionView view;
        view.resize(900, 400);
        view.setPanes(contents());
        view.show();
        const QImage with = view.grab().toImage();
        QTest::keyClick(&view, Qt::Key_Space);
        QVERIFY(!view.areBoxesVisible());
        QVERIFY(view.grab().toImage() != with);
        QSignalSpy blinking(&view, &DetectionView::blinkingChanged);
        QTest::keyClick(&view, Qt::Key_B);
        QCOMPARE(blinking.count(), view.isBlinking() ? 1 : 0); // not under reduced motion
        view.setPanes(contents().mid(0, 1));
        view.setBlinking(false);
        view.setBlinking(true); // one pane has nothing to blink with
        QVERIFY(!view.isBlinking());
    }

    void paneCounts() {
        DetectionView view;
        view.resize(901, 601);
        view.show();
        test::shot(view, QStringLiteral("detection-empty"));
        QVector<PaneContent> many;
        for (int i = 0; i < 6; ++i)
            many.append(contents()[i % 2]);
        for (int n = 0; n <= 6; ++n) {
            view.setPanes(many.mid(0, n));
            QCOMPARE(static_cast<int>(view.panes().size()), std::min(n, 4));
            QVERIFY(!view.grab().isNull());
        }
        many[0].image = QImage();
        view.setPanes(many);
        view.setSelectedRow(0, true);
        QVERIFY(!view.grab().isNull());
    }

    void sideBySide() {
        DetectionView view;
        QVERIFY(view.renderSideBySide().isNull());
        view.setPanes(contents());
        const QImage image = view.renderSideBySide();
        QCOMPARE(image.width(), 500 * 2 + 8);
        QVERIFY(image.height() > 375);
        image.save(test::pictureFolder() + QStringLiteral("/detection-stitched.png"));
    }

    void filmStripIsSorted() {
        FilmStrip strip;
        strip.setItems({{QStringLiteral("/a"), QStringLiteral("a.jpg"), scene(), 1.0},
                        {QStringLiteral("/b"), QStringLiteral("b.jpg"), scene(), std::nullopt},
                        {QStringLiteral("/c"), QStringLiteral("c.jpg"), scene(), 0.5}});
        QCOMPARE(strip.model()->index(0, 0).data().toString(), QStringLiteral("c.jpg"));
        QCOMPARE(strip.model()->index(2, 0).data().toString(), QStringLiteral("b.jpg"));
        QSignalSpy selected(&strip, &FilmStrip::pictureSelected);
        strip.setCurrentPath(QStringLiteral("/a"));
        QCOMPARE(selected.count(), 0);
        QCOMPARE(strip.currentPath(), QStringLiteral("/a"));
        QTest::keyClick(&strip, Qt::Key_Up);
        QCOMPARE(selected.count(), 1);
        QCOMPARE(strip.currentPath(), QStringLiteral("/c"));
    }

    void pictures() {
        for (auto choice : {theme::Choice::Dark, theme::Choice::Light}) {
            theme::setChoice(choice);
            const QString suffix = choice == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light");
            DetectionView view;
            view.resize(977, 390);
            view.setPanes(contents());
            view.show();
            view.setSelectedRow(3, false);
            const QImage image = test::shot(view, QStringLiteral("detection-") + suffix);
            QVERIFY(test::shareOf(image, theme::color(theme::Token::Extra), 20) > 0.0005);
            FilmStrip strip;
            strip.resize(196, 300);
            strip.setItems({{QStringLiteral("/a"), QStringLiteral("eagle.jpg"), scene(), 0.667},
                            {QStringLiteral("/b"), QStringLiteral("000181.jpg"), scene(), 0.75},
                            {QStringLiteral("/c"), QStringLiteral("bus.jpg"), scene(), 1.0},
                            {QStringLiteral("/d"), QStringLiteral("dog.jpg"), scene(), std::nullopt}});
            strip.setCurrentPath(QStringLiteral("/b"));
            strip.show();
            test::shot(strip, QStringLiteral("film-") + suffix);
        }
        theme::setChoice(theme::Choice::Dark);
    }
};

QTEST_MAIN(TestDetectionView)
#include "tst_detection_view.moc"
