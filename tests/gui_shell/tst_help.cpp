// SPDX-License-Identifier: GPL-3.0-or-later
// Finding one's way in the window: command palette, stored layouts, tips, what is hidden when (rules H-2, W-2, W-3, S-3).
#include "app/workbench/command_palette.h"
#include "app/workbench/fuzzy.h"
#include "app/workbench/language.h"
#include "app/workbench/main_window.h"
#include "app/workbench/tips.h"
#include "app/workbench/views.h"
#include "widgets/theme/theme.h"

#include <QSignalSpy>
#include <QTest>
#include <QtWidgets>
#include <nlohmann/json.hpp>

using namespace wb;
using namespace wb::workbench;

class TestHelp : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;

    QString makeProject(const QString& folder, const QString& name = QStringLiteral("m.onnx")) {
        QDir().mkpath(m_dir.filePath(folder));
        QFile model(m_dir.filePath(folder + u'/' + name));
        if (model.open(QIODevice::WriteOnly)) model.write(QByteArray("\x08\x07\x12\x07pytorch", 11));
        jobs::Project project;
        project.model.path = name.toStdString();
        const QString file = m_dir.filePath(folder + QStringLiteral("/p.tpuwb"));
        [&] { QVERIFY(jobs::saveProject(project, file.toStdString())); }();
        return file;
    }
    void openAndRun(MainWindow& window, const QString& folder) {
        window.resize(1440, 900);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.openFile(makeProject(folder));
        bool finished = false;
        connect(window.document(), &document::Document::jobFinished, &window, [&] { finished = true; });
        window.document()->runTo(jobs::Stage::Mixed);
        QTRY_VERIFY_WITH_TIMEOUT(finished, 30000);
        QTRY_VERIFY(!window.document()->samples(jobs::Variant::Int8, false).isEmpty());
    }

private slots:
    void initTestCase() {
        QVERIFY(m_dir.isValid());
        qputenv("TPUWB", WB_FAKE_WORKER);
        qputenv("XDG_STATE_HOME", m_dir.filePath(QStringLiteral("state")).toUtf8());
        qputenv("XDG_DATA_HOME", m_dir.filePath(QStringLiteral("data")).toUtf8());
        qputenv("XDG_CONFIG_HOME", m_dir.filePath(QStringLiteral("config")).toUtf8());
        QApplication::setOrganizationName(QStringLiteral("tpu-workbench"));
        QApplication::setApplicationName(QStringLiteral("tpu-workbench-help"));
        setLanguage(QStringLiteral("en"));
        theme::install(*qApp, theme::Choice::Dark);
    }

    void fewLettersFindAName() {
        QVERIFY(fuzzyScore(QStringLiteral("expt"), QStringLiteral("Export precision table")) > 0);
        QCOMPARE(fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Export precision table")), -1);
        QVERIFY(fuzzyScore(QString(), QStringLiteral("Anything")) >= 0);
        // Whole words before scattered letters, starts of words before middles, short names before long ones.
        const auto better = [](const char* pattern, const char* good, const char* bad) {
            return fuzzyScore(QString::fromUtf8(pattern), QString::fromUtf8(good)) > fuzzyScore(QString::fromUtf8(pattern), QString::fromUtf8(bad));
        };
        QVERIFY(better("run", "Run all", "Return unseen"));
        QVERIFY(better("ptab", "Precision table", "Script"));
        QVERIFY(better("fit", "Fit graph", "Fit the graph into the window that is there"));
        QVERIFY(fuzzyScore(QStringLiteral("all run"), QStringLiteral("Run all")) > 0); // words in any order
    }

    void thePaletteFindsActionsLayersAndStages() {
        MainWindow window({true});
        openAndRun(window, QStringLiteral("palette"));
        auto* palette = window.findChild<CommandPalette*>();
        QElapsedTimer clock;
        clock.start();
        window.openPalette(QStringLiteral("run all"));
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed()))); // the rule's 100 ms, with room for a busy machine
        QVERIFY(palette->isVisible());
        QCOMPARE(palette->titleAt(0), QStringLiteral("Run all"));
        // In Chinese the English words are found too.
        setLanguage(QStringLiteral("zh_CN"));
        QCoreApplication::processEvents();
        window.openPalette(QStringLiteral("run all"));
        QVERIFY(palette->shown() > 0);
        QVERIFY(palette->titleAt(0) != QStringLiteral("Run all"));
        setLanguage(QStringLiteral("en"));
        QCoreApplication::processEvents();

        const QString layer = QString::fromStdString(window.document()->network().layers[3].name);
        window.openPalette(u'@' + layer);
        QVERIFY(palette->shown() > 0);
        QCOMPARE(palette->titleAt(0), layer);
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(window.document()->selection()->current(), 3);

        window.openPalette(QStringLiteral(">"));
        QCOMPARE(palette->shown(), 8);
        window.openPalette(QStringLiteral("#theme"));
        QVERIFY(palette->recent().isEmpty()); // layers are not remembered
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
    }

    void everyActionIsInThePalette() {
        MainWindow window({true});
        openAndRun(window, QStringLiteral("all"));
        window.openPalette();
        auto* palette = window.findChild<CommandPalette*>();
        for (QAction* action : window.actions()) {
            if (!action->isEnabled() || action->objectName() == u"action_palette" || action->objectName() == u"action_goToLayer") continue;
            QString text = action->text();
            palette->findChild<QLineEdit*>()->setText(text.remove(u'&'));
            bool found = false;
            for (int i = 0; i < palette->shown(); ++i) found = found || palette->titleAt(i) == text;
            QVERIFY2(found, qPrintable(text));
        }
    }

    void formsAndPicturesTakeTheWholeWidth() {
        MainWindow window({true});
        openAndRun(window, QStringLiteral("width"));
        QVERIFY(window.views()->table()->isVisible());
        QTRY_VERIFY2(window.views()->table()->width() >= 440, qPrintable(QString::number(window.views()->table()->width())));
        window.showView(QStringLiteral("compare"));
        QVERIFY(window.views()->compare()->isVisible());
        QVERIFY(!window.views()->table()->isVisible());
        window.showView(QStringLiteral("table")); // beside the graph again
        QVERIFY(window.views()->table()->isVisible());
        QVERIFY(window.views()->graph()->isVisible());
        window.showStageForm(jobs::Stage::Deploy);
        QVERIFY(!window.views()->table()->isVisible());
        window.showView(QStringLiteral("graph"));
        QVERIFY(window.views()->table()->isVisible());
    }

    void layoutsAreKept() {
        QSettings().clear();
        {
            MainWindow window;
            openAndRun(window, QStringLiteral("layouts"));
            window.showLayout(QStringLiteral("explore"));
            QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("plotDock"))->isVisible());
            QVERIFY(window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"))->isVisible());
            window.showLayout(QStringLiteral("judge"));
            QVERIFY(window.views()->compare()->isVisible());
            QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"))->isVisible());
            window.showLayout(QStringLiteral("quantise"));
            window.findChild<QDockWidget*>(QStringLiteral("filesDock"))->close();
            auto* header = window.views()->table()->findChild<QHeaderView*>(QStringLiteral("layerTableHeader"));
            header->resizeSection(2, 91);
            window.saveLayout(QStringLiteral("my / layout"));
            window.showLayout(QStringLiteral("explore"));
            window.close();
        }
        QCOMPARE(MainWindow::userLayouts(), QStringList{QStringLiteral("my / layout")});
        MainWindow window;
        window.resize(1440, 900);
        window.show();
        window.openFile(makeProject(QStringLiteral("layouts")));
        // As it was left: the layout Explore, and the column's width.
        QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("plotDock"))->isVisible());
        window.showLayout(QStringLiteral("my / layout"));
        QVERIFY(window.findChild<QDockWidget*>(QStringLiteral("plotDock"))->isVisible());
        QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("filesDock"))->isVisible());
        QCOMPARE(window.views()->table()->findChild<QHeaderView*>(QStringLiteral("layerTableHeader"))->sectionSize(2), 91);
        window.showLayout(QStringLiteral("no such layout"));
        QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("filesDock"))->isVisible());
        window.close();
        QSettings().clear();
    }

    void theInspectorGoesBelowInANarrowWindow() {
        MainWindow window({true});
        openAndRun(window, QStringLiteral("narrow"));
        auto* inspector = window.findChild<QDockWidget*>(QStringLiteral("inspectorDock"));
        QCOMPARE(window.dockWidgetArea(inspector), Qt::RightDockWidgetArea);
        window.resize(1100, 700);
        QTRY_COMPARE(window.dockWidgetArea(inspector), Qt::BottomDockWidgetArea);
        window.resize(1440, 900);
        QTRY_COMPARE(window.dockWidgetArea(inspector), Qt::RightDockWidgetArea);
    }

    void tipsPointAndEnd() {
        MainWindow window({true});
        openAndRun(window, QStringLiteral("tips"));
        auto* tips = window.findChild<Tips*>();
        QVERIFY(!tips->isVisible()); // only the sample shows them by itself
        window.showTips(true);
        QTRY_VERIFY(tips->isVisible());
        QVERIFY(tips->current() >= int(Tips::Stages)); // the end of the run may have brought the next one already
        // Results are there: the worst layer, as soon as the plot has drawn it.
        QTRY_VERIFY((tips->advance(), tips->current() == int(Tips::Worst)));
        QVERIFY(window.rect().contains(tips->geometry()));
        auto* next = tips->findChild<QPushButton*>(QStringLiteral("tipNext"));
        next->click();
        QCOMPARE(tips->current(), int(Tips::Precision));
        next->click();
        QCOMPARE(tips->current(), int(Tips::Compare));
        QVERIFY(tips->isVisible());
        next->click();
        QCOMPARE(tips->current(), -1);
        QVERIFY(!tips->isVisible());
        window.showTips(true);
        QTRY_VERIFY(tips->isVisible());
        tips->findChild<QPushButton*>(QStringLiteral("tipNever"))->click();
        QVERIFY(!tips->isVisible());
    }

    /// Stages and previews have a process each: what is looked at answers while a stage works, and lives on when
    /// the stage's process must be killed.
    void previewsAnswerWhileAStageRuns() {
        document::Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("both"), QStringLiteral("deaf-import.onnx"))));
        document.setKillDelay(50);
        QSignalSpy finished(&document, &document::Document::jobFinished);
        document.runTo(jobs::Stage::Import);
        QTRY_COMPARE(document.stage(jobs::Stage::Import).state, document::StageState::Running);
        QObject receiver;
        int answer = 0;
        const auto ask = [&](int n) {
            document.request(QStringLiteral("say"), {{"n", n}}, &receiver,
                             [&](Result<nlohmann::json> r) { if (r) answer = r->value("n", -1); });
        };
        ask(1);
        QTRY_COMPARE(answer, 1);
        QCOMPARE(finished.count(), 0);
        document.cancel();
        ask(2);
        QTRY_COMPARE(finished.count(), 1);
        QTRY_COMPARE(answer, 2);
    }

    void theSampleNoteSpeaksTheNewLanguage() {
        MainWindow window({true});
        window.show();
        window.openSample();
        auto* note = window.findChild<QFrame*>(QStringLiteral("messageBar"));
        QTRY_VERIFY(note->isVisible());
        setLanguage(QStringLiteral("zh_CN"));
        QTRY_VERIFY(note->isVisible());
        setLanguage(QStringLiteral("en"));
    }
};

QTEST_MAIN(TestHelp)
#include "tst_help.moc"
