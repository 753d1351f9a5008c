// SPDX-License-Identifier: GPL-3.0-or-later
// The main window against the made-up worker: opening, running, language and theme while running, dropped
// files, layout, object names; and pictures of every screen to look at.
#include "app/workbench/drop.h"
#include "app/workbench/language.h"
#include "app/workbench/main_window.h"
#include "app/workbench/message_bar.h"
#include "app/workbench/views.h"
#include "widgets/panels/problems/problem_list.h"
#include "widgets/theme/theme.h"

#include <QTest>
#include <QtWidgets>

using namespace wb;
using namespace wb::workbench;

class TestShell : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;

    QString write(const QString& name, const QByteArray& content) {
        const QString path = m_dir.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return path;
    }
    QString makeProject(const QString& folder, const QString& model) {
        write(folder + u'/' + model, QByteArray("\x08\x07\x12\x07pytorch", 11));
        jobs::Project project;
        project.model.path = model.toStdString();
        project.goals = {{"output", 0.999}, {"layer", 0.97}};
        const QString file = m_dir.filePath(folder + u'/' + folder + QStringLiteral(".tpuwb"));
        [&] { QVERIFY(jobs::saveProject(project, file.toStdString())); }();
        return file;
    }
    static void shoot(QWidget& window, const QString& name) {
        const QString folder = QStringLiteral(WB_BIN_DIR "/../pictures");
        QDir().mkpath(folder);
        for (theme::Choice scheme : {theme::Choice::Dark, theme::Choice::Light})
            for (const QString& lang : {QStringLiteral("en"), QStringLiteral("zh_CN")}) {
                theme::setChoice(scheme);
                setLanguage(lang);
                // New words change sizes: layouts ask for that by events, more than one round of them.
                for (int round = 0; round < 4; ++round) {
                    QTest::qWait(40);
                    QCoreApplication::sendPostedEvents();
                }
                const QPixmap picture = window.grab();
                QVERIFY(!picture.isNull());
                picture.save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, name, scheme == theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light"), lang));
            }
        setLanguage(QStringLiteral("en"));
        theme::setChoice(theme::Choice::Dark);
    }

private slots:
    void initTestCase() {
        QVERIFY(m_dir.isValid());
        qputenv("TPUWB", WB_FAKE_WORKER);
        qputenv("XDG_STATE_HOME", m_dir.filePath(QStringLiteral("state")).toUtf8());
        qputenv("XDG_DATA_HOME", m_dir.filePath(QStringLiteral("data")).toUtf8());
        qputenv("XDG_CONFIG_HOME", m_dir.filePath(QStringLiteral("config")).toUtf8());
        setLanguage(QStringLiteral("en"));
        theme::install(*qApp, theme::Choice::Dark);
    }

    void dropsAreToldFromContent() {
        QCOMPARE(classify({makeProject(QStringLiteral("kinds"), QStringLiteral("m.onnx"))}).kind, DropKind::Project);
        QCOMPARE(classify({m_dir.filePath(QStringLiteral("kinds/m.onnx"))}).kind, DropKind::Model);
        QCOMPARE(classify({write(QStringLiteral("cali"), "# genetated time: 2026\n# histogram number: 2048\n###\n# op_name    threshold    min    max\nimages 1.0 0.0 1.0\n/conv 2.5 -1.25 2.5\n")}).kind,
                 DropKind::CalibrationTable);
        QCOMPARE(classify({write(QStringLiteral("qtable"), "# op_name   quantize_mode\n/conv F16\n/head F32\n")}).kind, DropKind::PrecisionTable);
        QCOMPARE(classify({write(QStringLiteral("letter.txt"), "Dear reader,\nnothing here.\n")}).kind, DropKind::Unknown);
        QCOMPARE(classify({write(QStringLiteral("empty"), "")}).kind, DropKind::Unknown);
        QCOMPARE(classify({m_dir.filePath(QStringLiteral("nothing-there"))}).kind, DropKind::Unknown);
        QCOMPARE(classify({write(QStringLiteral("net.bmodel"), QByteArray("\xee\xaa\x55\xff\0\0\0\0", 8))}).kind, DropKind::Bmodel);
        const QString layers = write(QStringLiteral("net.prototxt"), "name: \"net\"\nlayer {\n  name: \"data\"\n  type: \"Input\"\n}\n");
        const QString weights = write(QStringLiteral("net.caffemodel"), QByteArray("\x0a\x03net\0\1\2", 8));
        QCOMPARE(classify({layers}).kind, DropKind::Model);
        QCOMPARE(classify({weights}).kind, DropKind::Model);
        const Drop caffe = classify({weights, layers});
        QCOMPARE(caffe.kind, DropKind::Model);
        QCOMPARE(caffe.files, (QStringList{layers, weights}));
        QCOMPARE(classify({layers, layers}).kind, DropKind::Unknown);
        QCOMPARE(classify({write(QStringLiteral("net.pt"), QByteArray("PK\3\4\0", 5))}).kind, DropKind::Model);
        for (int i = 0; i < 3; ++i) write(QStringLiteral("pictures/%1.jpg").arg(i), "x");
        const Drop pictures = classify({m_dir.filePath(QStringLiteral("pictures"))});
        QCOMPARE(pictures.kind, DropKind::CalibrationImages);
        QCOMPARE(pictures.images, 3);
        QVERIFY(dropText(pictures).contains(QStringLiteral("(3 files)")));
    }

    void problemsMergeAndResolve() {
        panels::ProblemList list;
        Error a{Code::PrecisionNameUnknown, "the table names a layer that is not there"};
        a.severity = Severity::Warning;
        a.node = "x";
        Error b = a;
        b.node = "y";
        const Error c{Code::DatasetEmpty, "no pictures"};
        list.update({a, b, c});
        QCOMPARE(list.open().size(), 2);
        QCOMPARE(list.open()[0].error.code, Code::DatasetEmpty); // errors first
        QCOMPARE(list.open()[1].count, 2);
        QCOMPARE(list.open()[1].nodes.size(), 2);
        list.update({c});
        QCOMPARE(list.open().size(), 1);
        QCOMPARE(list.resolved().size(), 1);
        list.update({a, c});
        QVERIFY(list.resolved().isEmpty());
    }

    void startPageThenProjectThenResults() {
        MainWindow window({true});
        window.resize(1440, 900);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        shoot(window, QStringLiteral("start"));
        auto* toolBar = window.findChild<QToolBar*>(QStringLiteral("toolBar"));
        QVERIFY(!toolBar->isVisible());

        window.openFile(makeProject(QStringLiteral("detector"), QStringLiteral("m.onnx")));
        QVERIFY(window.document()->isOpen());
        QVERIFY(toolBar->isVisible());
        QVERIFY(window.windowTitle().startsWith(QStringLiteral("detector.tpuwb")));
        shoot(window, QStringLiteral("opened"));

        bool finished = false;
        connect(window.document(), &document::Document::jobFinished, &window, [&] { finished = true; });
        window.document()->runTo(jobs::Stage::Deploy);
        QTRY_VERIFY_WITH_TIMEOUT(finished, 30000);
        QTRY_COMPARE(window.document()->stage(jobs::Stage::Mixed).state, document::StageState::Done);
        const int worst = window.views()->worstLayer(jobs::Variant::Int8);
        QVERIFY(worst >= 0);
        window.document()->selection()->set({worst}, nullptr);
        // One selection for all views (W-5).
        QCOMPARE(window.views()->graph()->selection(), QVector<int>{worst});
        QCOMPARE(window.views()->plot()->selection(), QVector<int>{worst});
        QTRY_VERIFY_WITH_TIMEOUT(window.views()->graph()->isLayoutReady(), 20000);
        QTest::qWait(400);
        shoot(window, QStringLiteral("quantise"));

        QStringList raised{QString::fromStdString(window.document()->network().layers[static_cast<size_t>(worst)].name)};
        window.document()->setPrecision(raised, QStringLiteral("F16"));
        QTRY_VERIFY(window.messages()->current());
        QVERIFY(window.messages()->current()->text.contains(QStringLiteral("out of date")));
        QVERIFY(window.isWindowModified());
        shoot(window, QStringLiteral("stale"));
        window.document()->undoStack()->undo();
        QTRY_VERIFY(!window.messages()->current());
        QVERIFY(!window.isWindowModified());
        for (const char* view : {"jobs", "log", "problems", "search", "compare"}) {
            window.showView(QString::fromLatin1(view));
            QTest::qWait(120);
            shoot(window, QStringLiteral("view-") + QString::fromLatin1(view));
        }
        window.showView(QStringLiteral("start"));
        QVERIFY(!toolBar->isVisible());
        shoot(window, QStringLiteral("recent"));
    }

    void aDeadWorkerIsSaidInTheWindow() {
        MainWindow window({true});
        window.show();
        window.openFile(makeProject(QStringLiteral("dies"), QStringLiteral("die-calibrate.onnx")));
        bool finished = false;
        connect(window.document(), &document::Document::jobFinished, &window, [&] { finished = true; });
        window.document()->runTo(jobs::Stage::Deploy);
        QTRY_VERIFY_WITH_TIMEOUT(finished, 20000);
        QTRY_VERIFY(window.messages()->current());
        QVERIFY(window.messages()->current()->text.contains(QStringLiteral("stopped unexpectedly in Calibrate")));
        window.showView(QStringLiteral("problems"));
        window.resize(1440, 900);
        QTest::qWait(100);
        shoot(window, QStringLiteral("died"));
    }

    void everythingHasANameAndSpeaksBothLanguages() {
        MainWindow window({true});
        window.show();
        window.openFile(makeProject(QStringLiteral("names"), QStringLiteral("m.onnx")));
        QStringList nameless;
        for (QAction* action : window.actions())
            if (action->objectName().isEmpty() || action->text().isEmpty()) nameless << action->text();
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u',')));
        const QString english = window.menuBar()->actions().first()->text();
        setLanguage(QStringLiteral("zh_CN"));
        QTRY_VERIFY(window.menuBar()->actions().first()->text() != english);
        QVERIFY(window.menuBar()->actions().first()->text().contains(QStringLiteral("文件")));
        setLanguage(QStringLiteral("en"));
        QTRY_COMPARE(window.menuBar()->actions().first()->text(), english);
    }

    void noKeyIsGivenTwice() {
        MainWindow window({true});
        QHash<QString, QString> taken;
        for (QAction* action : window.actions())
            for (const QKeySequence& key : action->shortcuts()) {
                const QString text = key.toString();
                QVERIFY2(!taken.contains(text), qPrintable(text + u' ' + action->objectName() + u' ' + taken.value(text)));
                taken.insert(text, action->objectName());
            }
        QVERIFY(taken.contains(QStringLiteral("F5")));
    }

    void theLayoutSurvivesARestart() {
        const QString project = makeProject(QStringLiteral("layout"), QStringLiteral("m.onnx"));
        QApplication::setOrganizationName(QStringLiteral("tpu-workbench"));
        QApplication::setApplicationName(QStringLiteral("tpu-workbench"));
        QSettings().clear();
        {
            MainWindow window;
            window.show();
            window.openFile(project);
            auto* log = window.findChild<QDockWidget*>(QStringLiteral("logDock"));
            log->close();
            QVERIFY(!log->isVisible());
            window.close();
        }
        MainWindow window;
        window.show();
        window.openFile(project);
        QVERIFY(!window.findChild<QDockWidget*>(QStringLiteral("logDock"))->isVisible());
        QVERIFY(window.findChild<QDockWidget*>(QStringLiteral("pipelineDock"))->isVisible());
        window.close();
        QSettings().clear();
    }
};

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
