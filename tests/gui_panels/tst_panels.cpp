// SPDX-License-Identifier: GPL-3.0-or-later
// The panels as a user drives them: keys, selection, undo, small jobs of the worker.
#include "tests/gui_panels/made_project.h"
#include "visualizer/detection_view/detection_view.h"
#include "widgets/models/layer_facts.h"
#include "widgets/panels/panels.h"
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>
#include <QtWidgets>

using namespace wb;
using jobs::Stage;
using jobs::Variant;

class TestPanels : public QObject {
    Q_OBJECT
private:
    template <class T> static T* child(QWidget& parent, const char* name) {
        auto* found = parent.findChild<T*>(QLatin1String(name));
        if (!found) qFatal("no widget %s", name);
        return found;
    }
    static void ready(const test::MadeProject& made, document::Document& document) {
        made.open(document);
        QTRY_VERIFY(!document.samples(Variant::Mixed, false).isEmpty());
        QTRY_VERIFY(!document.precisions(Variant::Mixed).isEmpty());
        QTRY_VERIFY(!document.detections().isEmpty());
    }
    static QString messageOf(QWidget& panel) {
        auto* bar = panel.findChild<QWidget*>(QStringLiteral("messageBar"));
        return bar && !bar->isHidden() ? bar->findChild<QLabel*>(QStringLiteral("messageText"))->text() : QString();
    }

private slots:
    void initTestCase() {
        qputenv("TPUWB", WB_PANELS_WORKER);
        QCoreApplication::setOrganizationName(QStringLiteral("tpu-workbench-test"));
        QCoreApplication::setApplicationName(QStringLiteral("panels"));
        QStandardPaths::setTestModeEnabled(true);
        QSettings().clear();
        theme::install(*qApp, theme::Choice::Dark);
    }

    void everythingHasANameAndSurvivesEmptiness() {
        document::Document document;
        panels::LayerTablePanel table(&document);
        panels::InspectorPanel inspector(&document);
        panels::PreprocessPanel preprocess(&document);
        panels::CalibrationPanel calibration(&document);
        panels::TargetPanel target(&document);
        panels::SearchPanel search(&document);
        panels::ComparePanel compare(&document);
        for (QWidget* panel : {static_cast<QWidget*>(&table), static_cast<QWidget*>(&inspector), static_cast<QWidget*>(&preprocess),
                               static_cast<QWidget*>(&calibration), static_cast<QWidget*>(&target), static_cast<QWidget*>(&search),
                               static_cast<QWidget*>(&compare)}) {
            panel->resize(700, 500);
            panel->show();
            QVERIFY(!panel->objectName().isEmpty());
            for (QWidget* w : panel->findChildren<QWidget*>()) {
                const bool touched = qobject_cast<QAbstractButton*>(w) || qobject_cast<QLineEdit*>(w) || qobject_cast<QComboBox*>(w) ||
                                     qobject_cast<QAbstractSpinBox*>(w) || qobject_cast<QAbstractItemView*>(w);
                // Parts that Qt makes inside its own widgets have names of Qt's.
                const bool inner = qobject_cast<QAbstractSpinBox*>(w->parent()) || qobject_cast<QComboBox*>(w->parent()) ||
                                   qobject_cast<QLineEdit*>(w->parent()) || qobject_cast<QAbstractItemView*>(w->parent()) ||
                                   qobject_cast<QTabBar*>(w->parent()) || w->inherits("QComboBoxListView") || w->inherits("QHeaderView") ||
                                   w->window() != panel;
                if (touched && !inner) QVERIFY2(!w->objectName().isEmpty(), qPrintable(panel->objectName() + u' ' + w->metaObject()->className()));
            }
        }
    }

    void tableKeysEditAndAreUndone() {
        test::MadeProject made;
        document::Document document;
        ready(made, document);
        panels::LayerTablePanel table(&document);
        table.resize(520, 600);
        table.show();
        auto* view = child<QTableView>(table, "layerTable");
        auto* apply = child<QPushButton>(table, "applyTable");
        const models::LayerFacts facts(&document);
        QCOMPARE(table.notHonoured(), 1);
        QVERIFY(!apply->isEnabled());
        document.selection()->set({60, 61, 62});
        QCOMPARE(view->selectionModel()->selectedRows().size(), 3);
        view->setFocus();
        QTest::keyClick(view, Qt::Key_2);
        for (int i : {60, 61, 62}) QCOMPARE(facts.requested(i), QStringLiteral("F16"));
        QCOMPARE(document.undoStack()->count(), 1);
        QVERIFY(document.undoStack()->text(0).contains(u'3'));
        QTRY_VERIFY(apply->isEnabled());
        QVERIFY(apply->property("wbPrimary").toBool());
        QTest::keyClick(view, Qt::Key_L);
        QVERIFY(facts.isLocked(61));
        QTest::keyClick(view, Qt::Key_4);
        QCOMPARE(facts.requested(62), QStringLiteral("F32"));
        QTest::keyClick(view, Qt::Key_0);
        QCOMPARE(facts.requested(62), QStringLiteral("auto"));
        document.undoStack()->setIndex(0);
        QCOMPARE(facts.requested(60), document.precisions(Variant::Mixed)[60].requested == "F16" ? QStringLiteral("F16") : QStringLiteral("auto"));
        QVERIFY(!facts.isLocked(61));
        // Keys of the table are letters in the filter box.
        auto* filter = child<QLineEdit>(table, "layerFilter");
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("sil"));
        QTest::keyClicks(filter, QStringLiteral("u2"));
        QCOMPARE(filter->text(), QStringLiteral("silu2"));
        QCOMPARE(document.undoStack()->index(), 0);
    }

    void tableFilterCopyAndSelection() {
        test::MadeProject made;
        document::Document document;
        ready(made, document);
        panels::LayerTablePanel table(&document);
        table.resize(520, 600);
        table.show();
        auto* view = child<QTableView>(table, "layerTable");
        auto* problem = child<QLabel>(table, "filterProblem");
        table.setFilter(QStringLiteral("type:Conv"));
        const int convs = view->model()->rowCount();
        QVERIFY(convs > 20 && convs < 100);
        table.setFilter(QStringLiteral("type:Conv cos<"));
        QCOMPARE(view->model()->rowCount(), convs); // bad syntax keeps what was there
        QVERIFY(problem->isVisible() && !problem->text().isEmpty());
        table.setFilter(QStringLiteral("worst:10"));
        QVERIFY(problem->isHidden());
        QCOMPARE(view->model()->rowCount(), 10);
        QSignalSpy changed(document.selection(), &document::LayerSelection::changed);
        view->selectRow(3);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(document.selection()->layers().size(), 1);
        QCOMPARE(document.selection()->current(), view->model()->index(3, 0).data().toInt());
        view->setFocus();
        QTest::keyClick(view, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(document.selection()->layers().size(), 10);
        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 11); // with a header
        for (const QString& line : lines) QCOMPARE(line.count(u'\t'), 6);
        // The layout of the columns comes back.
        const QByteArray state = table.saveState();
        view->horizontalHeader()->setSectionHidden(2, true);
        QVERIFY(table.restoreState(state));
        QVERIFY(!view->horizontalHeader()->isSectionHidden(2));
        QVERIFY(!table.restoreState("rubbish"));
    }

    void applyRunsToMixed() {
        test::MadeProject made;
        document::Document document;
        ready(made, document);
        panels::LayerTablePanel table(&document);
        table.show();
        auto* view = child<QTableView>(table, "layerTable");
        document.selection()->set({70});
        view->setFocus();
        QTest::keyClick(view, Qt::Key_4);
        QSignalSpy started(&document, &document::Document::jobStarted);
        QTest::keyClick(view, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(started.count(), 1);
        QTRY_VERIFY(!document.isBusy());
    }

    void inspectorFollowsPinsAndLinks() {
        test::MadeProject made;
        document::Document document;
        ready(made, document);
        panels::InspectorPanel inspector(&document);
        inspector.resize(310, 700);
        inspector.show();
        document.selection()->set({40});
        QCOMPARE(inspector.layer(), 40);
        inspector.setPinned(true);
        document.selection()->set({41});
        QCOMPARE(inspector.layer(), 40);
        inspector.setPinned(false);
        QCOMPARE(inspector.layer(), 41);
        auto* note = child<QPlainTextEdit>(inspector, "inspectorNote");
        note->setPlainText(QStringLiteral("wide range"));
        const std::string name = made.network().layers[41].name;
        QTRY_VERIFY_WITH_TIMEOUT(document.project().layers.contains(name), 3000);
        QCOMPARE(document.project().layers.at(name).note, std::string("wide range"));
        document.selection()->set({40, 41, 42});
        QCOMPARE(inspector.layer(), -1);
        auto* wish = child<QComboBox>(inspector, "inspectorPrecision");
        const int before = document.undoStack()->index();
        wish->setCurrentIndex(wish->findData(QStringLiteral("BF16")));
        emit wish->activated(wish->currentIndex());
        QCOMPARE(document.undoStack()->index(), before + 1);
        const models::LayerFacts facts(&document);
        for (int i : {40, 41, 42}) QCOMPARE(facts.requested(i), QStringLiteral("BF16"));
        // Values of one layer come from the worker.
        inspector.setTab(panels::InspectorPanel::Tensor);
        document.selection()->set({42});
        auto* text = child<QLabel>(inspector, "tensorText");
        QTRY_VERIFY_WITH_TIMEOUT(text->isHidden(), 10000);
    }

    void preprocessAcceptsExpressionsAndPresets() {
        test::MadeProject made;
        document::Document document;
        made.open(document);
        panels::PreprocessPanel panel(&document);
        panel.resize(900, 600);
        panel.show();
        auto* mean = child<QLineEdit>(panel, "mean0");
        auto* formula = child<QLabel>(panel, "preprocessFormula");
        QVERIFY(formula->text().contains(QStringLiteral("0.00392156862745098")));
        mean->setFocus();
        mean->selectAll();
        QTest::keyClicks(mean, QStringLiteral("0.485*255"));
        QTest::keyClick(mean, Qt::Key_Return);
        QCOMPARE(document.project().preprocess.mean[0], std::string("0.485*255")); // as typed
        QVERIFY(formula->text().contains(QStringLiteral("123.675")));
        mean->selectAll();
        QTest::keyClicks(mean, QStringLiteral("1/"));
        QTest::keyClick(mean, Qt::Key_Return);
        QCOMPARE(document.project().preprocess.mean[0], std::string("0.485*255")); // a bad one is not taken
        auto* preset = child<QComboBox>(panel, "preset");
        mean->setText(QStringLiteral("0"));
        mean->setModified(false);
        preset->setCurrentIndex(1);
        emit preset->activated(1);
        QCOMPARE(document.project().preprocess.pixelFormat, std::string("bgr"));
        QCOMPARE(document.project().preprocess.mean[0], std::string("103.94"));
        document.undoStack()->undo();
        QCOMPARE(document.project().preprocess.pixelFormat, std::string("rgb"));
        auto* channels = child<QTableWidget>(panel, "previewChannels");
        QTRY_COMPARE_WITH_TIMEOUT(channels->rowCount(), 3, 10000);
        QCOMPARE(channels->item(0, 2)->text(), QStringLiteral("0.4312"));
    }

    void calibrationListsWhatCannotBeRead() {
        test::MadeProject made;
        document::Document document;
        made.open(document);
        panels::CalibrationPanel panel(&document);
        panel.resize(500, 700);
        panel.show();
        auto* strip = child<QListWidget>(panel, "calibrationStrip");
        QVERIFY(strip->count() >= 2);
        QTRY_VERIFY(strip->item(strip->count() - 1)->data(Qt::UserRole + 1).isValid()); // zz_damaged.jpg
        QVERIFY(!strip->item(0)->data(Qt::UserRole + 1).isValid());
        auto* method = child<QComboBox>(panel, "calibrationMethod");
        method->setCurrentIndex(3);
        emit method->activated(3);
        QCOMPARE(document.project().calibration.method, std::string("max"));
        QVERIFY(!child<QComboBox>(panel, "calibrationBins")->isEnabled());
        auto* recipe = child<QComboBox>(panel, "calibrationRecipe");
        QCOMPARE(recipe->currentIndex(), 0); // off
        recipe->setCurrentIndex(1);
        emit recipe->activated(1);
        QCOMPARE(document.project().calibration.recipe, std::string("auto"));
        document.undoStack()->undo();
        QCOMPARE(recipe->currentIndex(), 0);
        document.edit(QStringLiteral("x"), [](jobs::Project& p) { p.calibration.dataset = "nowhere"; });
        QVERIFY(!child<QPushButton>(panel, "calibrate")->isEnabled());
    }

    void importAsksForFreeSizes() {
        test::MadeProject made(Stage::Import, QStringLiteral("free.onnx"));
        document::Document document;
        made.open(document);
        panels::ImportDialog dialog(&document);
        dialog.show();
        dialog.inspect();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.findChild<QLineEdit*>(QStringLiteral("inputShape0")), 10000);
        auto* accept = child<QPushButton>(dialog, "importAccept");
        QVERIFY(!accept->isEnabled());
        QCOMPARE(child<QLineEdit>(dialog, "inputShape1")->text(), QStringLiteral("1")); // every input, a scalar, too
        child<QLineEdit>(dialog, "inputShape0")->setText(QStringLiteral("1x3x320x320"));
        child<QPushButton>(dialog, "importReadAgain")->click();
        QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 10000);
        child<QPushButton>(dialog, "useYoloHeads")->click();
        dialog.accept();
        const auto& model = document.project().model;
        QCOMPARE(model.inputShapes, (std::vector<ir::Shape>{{1, 3, 320, 320}}));
        QCOMPARE(model.outputNames, (std::vector<std::string>{"/m.0/Conv", "/m.1/Conv", "/m.2/Conv"}));
        QCOMPARE(document.undoStack()->count(), 1);
    }

    void importListsAllUnsupportedOperators() {
        test::MadeProject made(Stage::Import, QStringLiteral("unsupported.onnx"));
        document::Document document;
        made.open(document);
        panels::ImportDialog dialog(&document);
        dialog.show();
        dialog.inspect();
        auto* list = child<QTableWidget>(dialog, "unsupportedList");
        QTRY_COMPARE_WITH_TIMEOUT(list->rowCount(), 2, 10000);
        QCOMPARE(list->item(0, 0)->text(), QStringLiteral("GridSample"));
        QCOMPARE(list->item(0, 1)->text(), QStringLiteral("3"));
        QCOMPARE(list->item(0, 2)->text(), QStringLiteral("/warp/GridSample"));
    }

    void searchKeepsBestInOneStep() {
        test::MadeProject made;
        made.project().search.expectedCosine = 0.99;
        made.save();
        document::Document document;
        made.open(document);
        panels::SearchPanel panel(&document);
        panel.resize(900, 400);
        panel.show();
        panel.start();
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isSearching(), 10000);
        QCOMPARE(child<QTableWidget>(panel, "searchRanked")->rowCount(), 5);
        QVERIFY(messageOf(panel).contains(QStringLiteral("0.998400")));
        QCOMPARE(document.undoStack()->count(), 0); // nothing without the user
        child<QPushButton>(panel, "searchUse")->click();
        QCOMPARE(document.undoStack()->count(), 1);
        QCOMPARE(document.project().layers.at("/model.4/conv/Conv").precision, std::string("F16"));
        document.undoStack()->undo();
        QVERIFY(!document.project().layers.contains("/model.4/conv/Conv"));
        // Stop in the middle.
        document.edit(QStringLiteral("goal"), [](jobs::Project& p) { p.search.expectedCosine = 0.5; });
        panel.start();
        QTRY_VERIFY_WITH_TIMEOUT(child<QTableWidget>(panel, "searchRanked")->rowCount() == 5, 10000);
        panel.stopAndKeepBest();
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isSearching(), 10000);
        QVERIFY(document.project().layers.contains("/model.4/conv/Conv"));
        document.undoStack()->undo();
        panel.start();
        QTRY_VERIFY_WITH_TIMEOUT(child<QTableWidget>(panel, "searchRanked")->rowCount() == 5, 10000);
        panel.discard();
        QTRY_VERIFY_WITH_TIMEOUT(!panel.isSearching(), 10000);
        QVERIFY(!document.project().layers.contains("/model.4/conv/Conv"));
        // Plain INT8 is enough: a success in words, and no table.
        document.edit(QStringLiteral("goal"), [](jobs::Project& p) { p.search.expectedCosine = 0.9; });
        panel.start();
        QTRY_VERIFY_WITH_TIMEOUT(messageOf(panel).contains(QStringLiteral("INT8")), 10000);
        QVERIFY(messageOf(panel).contains(QStringLiteral("0.999300")));
    }

    /// The INT8 boxes are what the page is for: they take the second pane as soon as they are there.
    void comparePanesFollowTheResults() {
        test::MadeProject made(Stage::Reference, QStringLiteral("detector.onnx"), true);
        document::Document document;
        made.open(document);
        QTRY_COMPARE(document.detections().size(), qsizetype(4)); // two pictures, source and FP32
        panels::ComparePanel panel(&document);
        panel.show();
        auto* view = child<detection_view::DetectionView>(panel, "detectionView");
        QTRY_COMPARE(view->panes().size(), size_t(2));
        made.runTo(Stage::Mixed);
        document.setLocked({QString::fromStdString(made.network().layers[3].name)}, true); // an edit looks for results
        QTRY_VERIFY(!document.samples(Variant::Int8, false).isEmpty());
        QTRY_COMPARE(view->panes()[1].variant, QString::number(int(Variant::Int8)));
        QVERIFY(view->panes()[0].isReference);
        child<QToolButton>(panel, "compareAddPane")->click();
        QTRY_COMPARE(view->panes().size(), size_t(3)); // from here on they are the user's
    }

    void compareSlidersAndSelection() {
        test::MadeProject made;
        document::Document document;
        ready(made, document);
        panels::ComparePanel panel(&document);
        panel.resize(1200, 760);
        panel.show();
        auto* table = child<QTableView>(panel, "compareTable");
        auto* view = child<detection_view::DetectionView>(panel, "detectionView");
        QTRY_VERIFY(table->model()->rowCount() > 2);
        QVERIFY(!panel.picture().isEmpty());
        QCOMPARE(view->panes().size(), size_t(2));
        QVERIFY(view->panes()[0].isReference);
        const int rows = table->model()->rowCount();
        table->selectRow(1);
        QVERIFY(view->selectedRow() >= 0);
        auto* slider = child<QSlider>(panel, "scoreLimit");
        slider->setValue(95);
        QTRY_VERIFY(table->model()->rowCount() < rows);
        QCOMPARE(document.project().detect.scoreThreshold, 0.95);
        slider->setValue(90);
        QCOMPARE(document.undoStack()->count(), 1); // one step for one drag
        document.undoStack()->undo();
        QTRY_COMPARE(table->model()->rowCount(), rows);
        auto* totals = child<QTableWidget>(panel, "compareTotals");
        QCOMPARE(totals->rowCount(), 2); // INT8 and mixed against FP32
        QVERIFY(totals->item(1, 1)->text().toDouble() >= totals->item(0, 1)->text().toDouble());
        child<QToolButton>(panel, "compareAddPane")->click();
        QTRY_COMPARE(view->panes().size(), size_t(3));
        QTest::keyClick(&panel, Qt::Key_Space);
        QVERIFY(!view->areBoxesVisible());
    }
};

QTEST_MAIN(TestPanels)
#include "tst_panels.moc"
