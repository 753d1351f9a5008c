// SPDX-License-Identifier: GPL-3.0-or-later
// The Deploy page: settings that are undoable, what the card says of a result, of a failed check and of a version
// without code generation; cycles in the layer table.
#include "compiler/quantise/fuse_preprocess.h"
#include "tests/gui_panels/made_project.h"
#include "widgets/models/chips.h"
#include "widgets/models/layer_table_model.h"
#include "widgets/panels/common/form.h"
#include "visualizer/timeline/timeline_view.h"
#include "widgets/panels/panels.h"
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>
#include <QtWidgets>

using namespace wb;

class TestPanelDeploy : public QObject {
    Q_OBJECT
private:
    template <class T> static T* child(QWidget& parent, const char* name) {
        auto* found = parent.findChild<T*>(QLatin1String(name));
        if (!found) qFatal("no widget %s", name);
        return found;
    }
    static QString allFacts(QWidget& panel) {
        QString text;
        for (QLabel* label : child<QWidget>(panel, "deployFacts")->findChildren<QLabel*>())
            if (!label->isHidden()) text += label->text() + u'\n';
        return text;
    }
    static nlohmann::json report(const test::MadeProject& made, bool passed) {
        const std::string first = made.network().layers[1].name, second = made.network().layers[2].name;
        return {{"passed", passed},
                {"comparison", {{"compared", 3}, {"failed", passed ? 0 : 1}, {"min_cosine", passed ? 0.9912 : 0.71}, {"min_euclid", 0.87}}},
                {"bmodel",
                 {{"file_bytes", 2097152}, {"coefficient_bytes", 1048576}, {"neuron_bytes", 4096}, {"tiu_commands", 77}, {"gdma_commands", 55},
                  {"total_cycles", 1234567}, {"simulated", true}, {"outputs", 3}, {"equal_outputs", 3}, {"passed", true},
                  {"comparison", {{"compared", 3}, {"failed", 0}, {"min_cosine", 1.0}, {"min_euclid", 1.0}}},
                  {"layers", {{{"layer", first}, {"begin", 100}, {"end", 400}, {"tiu", 200}, {"gdma", 90}},
                              {{"layer", second}, {"begin", 400}, {"end", 1400}, {"tiu", 900}, {"gdma", 300}},
                              {{"layer", "a cast of lowering"}, {"begin", 1400}, {"end", 1410}, {"tiu", 9}, {"gdma", 0}}}}}}};
    }

private slots:
    void initTestCase() {
        qputenv("TPUWB", WB_PANELS_WORKER);
        QStandardPaths::setTestModeEnabled(true);
        theme::install(*qApp, theme::Choice::Dark);
    }

    void emptyAndWithoutCodeGeneration() {
        document::Document document;
        panels::DeployPanel panel(&document);
        panel.show();
        for (QWidget* part : panel.findChildren<QWidget*>())
            if (qobject_cast<QAbstractButton*>(part) || qobject_cast<QComboBox*>(part)) QVERIFY2(!part->objectName().isEmpty(), part->metaObject()->className());
        test::MadeProject made;
        made.storeDeploy({{"passed", true}, {"bmodel", nullptr}, {"comparison", {{"compared", 3}, {"failed", 0}, {"min_cosine", 0.99}, {"min_euclid", 0.9}}}});
        made.open(document);
        QTRY_VERIFY(document.deployReport());
        QVERIFY(child<QLabel>(panel, "deployVerdict")->text().startsWith(QStringLiteral("Passed")));
        QVERIFY(child<QLabel>(panel, "deployDetail")->text().contains(QStringLiteral("writes none for this chip")));
        QVERIFY(allFacts(panel).count(QStringLiteral("not available in this version")) >= 4); // file, sizes, time: said, not empty
        QVERIFY(!child<QPushButton>(panel, "deployFolder")->isVisible());
        QVERIFY(document.layerCycles().isEmpty());
    }

    void timelineOfTheResult() {
        test::MadeProject made;
        const QString layer = QString::fromStdString(made.network().layers[3].name);
        made.storeDeploy(report(made, true), layer.toUtf8());
        document::Document document;
        panels::TimelinePanel panel(&document);
        panel.resize(1100, 260);
        QVERIFY(!panel.hasFile());
        made.open(document);
        QTRY_VERIFY(panel.hasFile());
        // Nobody looks yet: nothing is computed.
        QVERIFY(!panel.isReady());
        panel.show();
        QTRY_VERIFY(panel.isReady());
        timeline::TimelineView* view = panel.view();
        QCOMPARE(view->scene().data().commands.size(), size_t{3});
        QVERIFY(child<QLabel>(panel, "timelineSummary")->text().contains(QStringLiteral("0.001 ms")));
        // One selection for all views, both ways; what the compiler put in has no row in the table.
        view->setCurrentCommand(1);
        QCOMPARE(document.selection()->layers(), QVector<int>{3});
        view->setCurrentCommand(2);
        QCOMPARE(document.selection()->layers(), QVector<int>{3});
        document.selection()->set({}, nullptr);
        QVERIFY(view->selection().isEmpty());
        document.selection()->set({3}, nullptr);
        QCOMPARE(view->selection(), QVector<int>{3});
        QSignalSpy graph(&panel, &panels::TimelinePanel::layerRequested);
        view->setCurrentCommand(0);
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(graph.size(), 1);
        QCOMPARE(graph.front().front().toInt(), 3);
        auto* colouring = child<QTabBar>(panel, "timelineColouring");
        colouring->setCurrentIndex(1);
        QCOMPARE(view->colouring(), timeline::Colouring::Layer);
        for (QWidget* part : panel.findChildren<QWidget*>())
            if (qobject_cast<QAbstractButton*>(part) && part->parentWidget() == &panel) QVERIFY2(!part->accessibleName().isEmpty(), qPrintable(part->objectName()));
    }

    void timelineOfAFile() {
        QTemporaryDir folder;
        const auto write = [&](const char* name, const char* text) {
            QFile file(folder.filePath(QLatin1String(name)));
            if (file.open(QIODevice::WriteOnly)) file.write(text);
            return file.fileName();
        };
        // Without a project; then another file, which cannot be timed.
        document::Document document;
        panels::TimelinePanel panel(&document);
        panel.resize(1000, 300);
        panel.setFile(write("a.bmodel", "/some/layer"));
        panel.show();
        QTRY_VERIFY(panel.isReady());
        panel.view()->setCurrentCommand(1);
        QVERIFY(document.selection()->layers().isEmpty());
        panel.setFile(write("b.bmodel", "damaged"));
        QTRY_VERIFY(child<QWidget>(panel, "messageBar")->isVisible());
        QVERIFY(!panel.isReady());
    }

    void settingsAreStepsOfUndo() {
        test::MadeProject made;
        document::Document document;
        panels::DeployPanel panel(&document);
        made.open(document);
        auto* precision = child<QComboBox>(panel, "deployPrecision");
        precision->setCurrentIndex(1);
        emit precision->activated(1);
        QCOMPARE(document.project().deploy.precision, std::string("INT8"));
        child<QCheckBox>(panel, "deployQuantInput")->click();
        QVERIFY(document.project().deploy.quantInput);
        child<QDoubleSpinBox>(panel, "toleranceCosine")->setValue(0.95);
        QCOMPARE(document.project().target.toleranceCosine, 0.95);
        emit precision->activated(4);
        QCOMPARE(document.project().deploy.precision, std::string("F32"));
        QVERIFY(!child<QCheckBox>(panel, "deployQuantInput")->isEnabled()); // nothing to quantise
        while (document.undoStack()->canUndo()) document.undoStack()->undo();
        QVERIFY(document.project().deploy == jobs::DeploySettings{});
        QCOMPARE(precision->currentIndex(), 0);
        // Chips whose arithmetic is not there are listed, cannot be chosen, and say so.
        auto* chip = child<QComboBox>(panel, "deployChip");
        int greyed = 0;
        for (int i = 0; i < chip->count(); ++i) {
            const bool there = chip->model()->index(i, 0).flags() & Qt::ItemIsEnabled;
            QCOMPARE(there, models::chipQuantises(chip->itemData(i).toString()));
            QCOMPARE(chip->itemData(i, Qt::ToolTipRole).toString().isEmpty(), there);
            greyed += there ? 0 : 1;
        }
        QVERIFY(greyed > 0 && greyed < chip->count());
    }

    /// As on the command line: --fuse_preprocess, --customization_format.
    void picturesAsInputs() {
        test::MadeProject made;
        document::Document document;
        panels::DeployPanel panel(&document);
        made.open(document);
        auto* raw = child<QCheckBox>(panel, "deployRawInput");
        auto* format = child<QComboBox>(panel, "deployRawFormat");
        QVERIFY(!raw->isChecked() && !format->isEnabled());
        raw->click();
        QVERIFY(document.project().deploy.fusePreprocess);
        QVERIFY(format->isEnabled());
        const int packed = format->findData(QStringLiteral("BGR_PACKED"));
        emit format->activated(packed);
        QCOMPARE(document.project().deploy.customizationFormat, std::string("BGR_PACKED"));
        QCOMPARE(format->currentIndex(), packed);
        // All formats that the compiler knows; those that it refuses are greyed, with the reason.
        QCOMPARE(format->count(), static_cast<int>(quantise::rawFormats().size()) + 1);
        for (const quantise::RawFormat& known : quantise::rawFormats()) {
            const int i = format->findData(QString::fromLatin1(known.name));
            QVERIFY2(i > 0, known.name);
            const bool there = format->model()->index(i, 0).flags() & Qt::ItemIsEnabled;
            QCOMPARE(there, known.onBm168x && std::string_view(known.pixelFormat) != "gray"); // the network has colours
            QCOMPARE(format->itemData(i, Qt::ToolTipRole).toString().isEmpty(), there);
        }
        QString words;
        for (const QLabel* label : panel.findChildren<QLabel*>()) words += label->text();
        QVERIFY(words.contains(QStringLiteral("resizing stays with the host")));
        while (document.undoStack()->canUndo()) document.undoStack()->undo();
        QVERIFY(document.project().deploy == jobs::DeploySettings{});
        QCOMPARE(format->currentIndex(), 0);
        QVERIFY(!raw->isChecked());
    }

    void aResultIsShownWithItsNumbers() {
        test::MadeProject made;
        document::Document document;
        panels::DeployPanel panel(&document);
        panel.show();
        made.storeDeploy(report(made, true), "bytes of a bmodel");
        made.open(document);
        QTRY_VERIFY(document.deployReport());
        QTRY_COMPARE(document.stage(jobs::Stage::Deploy).state, document::StageState::Done);
        const QString facts = allFacts(panel);
        for (const char* part : {"2.00 MiB", "1.00 MiB", "4.0 KiB", "1.235 ms", "77 compute, 55 transfer", "0.991200", "byte for byte"})
            QVERIFY2(facts.contains(QString::fromUtf8(part)), part);
        QVERIFY(child<QPushButton>(panel, "deployFolder")->isVisible());
        QVERIFY(!child<QPushButton>(panel, "deployRaise")->isVisible());
        // Cycles of layers, not of what lowering put between them.
        QCOMPARE(document.layerCycles().size(), static_cast<qsizetype>(made.network().layers.size()));
        QCOMPARE(document.layerCycles()[1], qint64(290));
        QCOMPARE(document.layerCycles()[2], qint64(1200));
        QCOMPARE(document.layerCycles()[3], qint64(-1));
        models::LayerTableModel table(&document);
        using Column = models::LayerTableModel::Column;
        QCOMPARE(table.index(2, Column::Cycles).data().toString(), QStringLiteral("1200"));
        QCOMPARE(table.index(3, Column::Cycles).data().toString(), QStringLiteral("–"));
        QSignalSpy asked(&panel, &panels::DeployPanel::layerRequested);
        emit child<panels::FactList>(panel, "deployFacts")->linkActivated(QStringLiteral("layer:2"));
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toInt(), 2);
    }

    void belowTheToleranceIsAResult() {
        test::MadeProject made;
        document::Document document;
        panels::DeployPanel panel(&document);
        panel.show();
        made.storeDeploy(report(made, false), "bytes");
        made.open(document);
        QTRY_VERIFY(document.deployReport());
        QVERIFY(child<QLabel>(panel, "deployVerdict")->text().startsWith(QStringLiteral("Below the tolerance")));
        auto* raise = child<QPushButton>(panel, "deployRaise");
        QVERIFY(raise->isVisible());
        const int before = document.undoStack()->count();
        QTRY_VERIFY(!document.samples(jobs::Variant::Mixed, false).isEmpty());
        raise->click();
        QCOMPARE(document.undoStack()->count(), before + 1);
        QTRY_COMPARE(document.stage(jobs::Stage::Deploy).state, document::StageState::Stale);
        QTRY_VERIFY(child<QLabel>(panel, "deployVerdict")->text().startsWith(QStringLiteral("Out of date")));
    }
};

QTEST_MAIN(TestPanelDeploy)
#include "tst_panel_deploy.moc"
