// SPDX-License-Identifier: GPL-3.0-or-later
// The document against a worker that speaks the protocol: edits, staleness, death, cancel, files.
#include "widgets/document/autosave.h"
#include "widgets/document/document.h"
#include "widgets/document/stage_text.h"
#include "widgets/document/staleness.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

#include <nlohmann/json.hpp>

#include <csignal>

using namespace wb;
using namespace wb::document;
using jobs::Stage;

class TestDocument : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;

    QString path(const QString& name) const { return m_dir.filePath(name); }

    /// A saved project whose model has this name (the fake worker reads it).
    QString makeProject(const QString& name, const QString& model) {
        const QString folder = path(name);
        QDir().mkpath(folder);
        QFile onnx(folder + u'/' + model);
        if (onnx.open(QIODevice::WriteOnly)) onnx.write("not read by the fake worker");
        jobs::Project project;
        project.model.path = model.toStdString();
        const QString file = folder + QStringLiteral("/p.tpuwb");
        [&] { QVERIFY(jobs::saveProject(project, file.toStdString())); }();
        return file;
    }
    static QByteArray bytes(const QString& file) {
        QFile f(file);
        return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
    }
    static void runAll(Document& document, Stage last) {
        QSignalSpy finished(&document, &Document::jobFinished);
        document.runTo(last);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
    }

private slots:
    void initTestCase() {
        QVERIFY(m_dir.isValid());
        qputenv("TPUWB", WB_FAKE_WORKER);
        qputenv("XDG_STATE_HOME", path(QStringLiteral("state")).toUtf8());
        qputenv("XDG_DATA_HOME", path(QStringLiteral("data")).toUtf8());
    }

    void editsAreUndoneAndMerged() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("undo"), QStringLiteral("m.onnx"))));
        QVERIFY(!document.isModified());
        const std::string before = jobs::toJsonText(document.project());
        for (int i = 1; i <= 20; ++i)
            document.edit(QStringLiteral("pad"), [i](jobs::Project& p) { p.preprocess.padValue = i; },
                          QStringLiteral("pad"));
        QCOMPARE(document.undoStack()->count(), 1);
        document.setPrecision({QStringLiteral("a"), QStringLiteral("b")}, QStringLiteral("F16"));
        document.setLocked({QStringLiteral("a")}, true);
        QCOMPARE(document.undoStack()->count(), 3);
        QVERIFY(document.undoStack()->text(1).contains(QStringLiteral("F16")));
        QVERIFY(document.isModified());
        document.edit(QStringLiteral("nothing"), [](jobs::Project&) {});
        QCOMPARE(document.undoStack()->count(), 3);
        while (document.undoStack()->canUndo()) document.undoStack()->undo();
        QCOMPARE(jobs::toJsonText(document.project()), before);
        QVERIFY(!document.isModified());
        while (document.undoStack()->canRedo()) document.undoStack()->redo();
        QCOMPARE(document.project().preprocess.padValue, 20);
        QVERIFY(document.project().layers.at("a").locked);
        // Back to automatic leaves no empty entry behind.
        document.setLocked({QStringLiteral("a")}, false);
        document.setPrecision({QStringLiteral("a"), QStringLiteral("b")}, {});
        QVERIFY(document.project().layers.empty());
    }

    void aThousandRandomEditsUndoToTheSameBytes() {
        Document document;
        const QString file = makeProject(QStringLiteral("monkey"), QStringLiteral("m.onnx"));
        QVERIFY(document.openProject(file));
        const std::string before = jobs::toJsonText(document.project());
        unsigned seed = 1684;
        const auto next = [&seed] { return seed = seed * 1664525u + 1013904223u, seed >> 16; };
        const QStringList precisions{QString(), QStringLiteral("INT8"), QStringLiteral("F16"), QStringLiteral("F32")};
        for (int i = 0; i < 1000; ++i) {
            const QString layer = QStringLiteral("layer%1").arg(next() % 50);
            switch (next() % 4) {
            case 0: document.setPrecision({layer}, precisions[static_cast<int>(next() % 4)]); break;
            case 1: document.setLocked({layer}, next() % 2); break;
            case 2: {
                const int value = static_cast<int>(next() % 255);
                document.edit(QStringLiteral("pad"), [value](jobs::Project& p) { p.preprocess.padValue = value; });
                break;
            }
            default: document.undoStack()->undo();
            }
        }
        while (document.undoStack()->canUndo()) document.undoStack()->undo();
        QCOMPARE(jobs::toJsonText(document.project()), before);
    }

    void savingTwiceGivesTheSameBytes() {
        Document document;
        const QString file = makeProject(QStringLiteral("save"), QStringLiteral("m.onnx"));
        QVERIFY(document.openProject(file));
        document.setPrecision({QStringLiteral("x/y")}, QStringLiteral("F16"));
        QVERIFY(document.save());
        QVERIFY(!document.isModified());
        const QByteArray first = bytes(file);
        Document again;
        QVERIFY(again.openProject(file));
        QVERIFY(again.saveAs(file));
        QCOMPARE(bytes(file), first);
        QVERIFY(first.endsWith('\n'));
    }

    void saveAsWritesPathsRelativeToTheNewPlace() {
        Document document;
        const QString folder = path(QStringLiteral("relative"));
        QDir().mkpath(folder);
        QFile model(folder + QStringLiteral("/net.onnx"));
        QVERIFY(model.open(QIODevice::WriteOnly));
        model.close();
        document.newProject(model.fileName());
        QVERIFY(document.file().isEmpty());
        QVERIFY(document.isModified());
        QVERIFY(!document.save());
        QVERIFY(document.saveAs(folder + QStringLiteral("/net")));
        QCOMPARE(document.project().model.path, std::string("net.onnx"));
        QCOMPARE(QFileInfo(document.file()).fileName(), QStringLiteral("net.tpuwb"));
        QVERIFY(document.saveAs(path(QStringLiteral("elsewhere.tpuwb"))));
        QCOMPARE(document.project().model.path, std::string("relative/net.onnx"));
    }

    void allStagesRunAndFillTheViews() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("run"), QStringLiteral("m.onnx"))));
        QSignalSpy networkChanged(&document, &Document::networkChanged);
        QSignalSpy samples(&document, &Document::samplesChanged);
        runAll(document, Stage::Deploy);
        QCOMPARE(document.network().layers.size(), size_t(142));
        QVERIFY(networkChanged.count() >= 1);
        QCOMPARE(document.samples(jobs::Variant::Int8, false).size(), 142);
        QVERIFY(document.samples(jobs::Variant::Int8, false)[3].compared);
        QVERIFY(!document.samples(jobs::Variant::Int8, false)[12].compared);
        QCOMPARE(document.samples(jobs::Variant::Mixed, true).size(), 142);
        QCOMPARE(document.precisions(jobs::Variant::Int8).size(), 142);
        // Batched: far fewer signals than the 568 samples.
        QVERIFY2(samples.count() < 200, qPrintable(QString::number(samples.count())));
        for (Stage stage : jobs::kStages)
            QTRY_COMPARE(document.stage(stage).state,
                         stage == Stage::Deploy ? StageState::Skipped : StageState::Done);
        QVERIFY(!document.isBusy());
        QCOMPARE(document.layerIndex(QString::fromStdString(document.network().layers[7].name)), 7);
    }

    void aReopenedProjectShowsItsResults() {
        const QString file = path(QStringLiteral("run/p.tpuwb"));
        Document document;
        QVERIFY(document.openProject(file));
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Done);
        QTRY_COMPARE(document.samples(jobs::Variant::Mixed, false).size(), 142);
        QCOMPARE(document.network().layers.size(), size_t(142));
        QCOMPARE(document.workerProcessId(), qint64(0)); // nothing was computed
    }

    void changesMakeExactlyWhatDependsOnThemStale() {
        const QString file = path(QStringLiteral("run/p.tpuwb"));
        Document document;
        QVERIFY(document.openProject(file));
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Done);

        const std::string layer = document.network().layers[5].name;
        document.setPrecision({QString::fromStdString(layer)}, QStringLiteral("F16"));
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Stale);
        QCOMPARE(document.stage(Stage::Quantise).state, StageState::Done);
        QVERIFY2(document.stage(Stage::Mixed).reason.contains(QStringLiteral("precisions changed")),
                 qPrintable(document.stage(Stage::Mixed).reason));
        document.undoStack()->undo();
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Done);

        document.edit(QStringLiteral("scale"), [](jobs::Project& p) { p.preprocess.scale = {"1/255", "1/255", "1/255"}; });
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Stale);
        QCOMPARE(document.stage(Stage::Import).state, StageState::Done);
        QVERIFY(document.stage(Stage::Calibrate).reason.contains(QStringLiteral("scale changed")));
        document.undoStack()->undo();
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Done);

        document.edit(QStringLiteral("chip"), [](jobs::Project& p) { p.target.chip = "bm1684"; });
        QTRY_COMPARE(document.stage(Stage::Quantise).state, StageState::Stale);
        QCOMPARE(document.stage(Stage::Calibrate).state, StageState::Done);
        QVERIFY(document.stage(Stage::Quantise).reason.contains(QStringLiteral("target changed")));
    }

    void theGhostIsTheRunBefore() {
        const QString file = path(QStringLiteral("run/p.tpuwb"));
        Document document;
        QVERIFY(document.openProject(file));
        QTRY_COMPARE(document.samples(jobs::Variant::Mixed, false).size(), 142);
        const double before = document.samples(jobs::Variant::Mixed, false)[3].cosine;
        document.setPrecision({QString::fromStdString(document.network().layers[8].name)}, QStringLiteral("F32"));
        runAll(document, Stage::Mixed);
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Done);
        QCOMPARE(document.previousMixed().size(), 142);
        QCOMPARE(document.previousMixed()[3].cosine, before);
        QCOMPARE(document.samples(jobs::Variant::Mixed, false).size(), 142);
    }

    void aDeadWorkerCostsOneJob() {
        Document document;
        const QString file = makeProject(QStringLiteral("die"), QStringLiteral("die-quantise.onnx"));
        QVERIFY(document.openProject(file));
        QSignalSpy finished(&document, &Document::jobFinished);
        runAll(document, Stage::Deploy);
        QCOMPARE(finished[0][1].toString(), QStringLiteral("died"));
        QCOMPARE(document.problems().size(), 1);
        QCOMPARE(document.problems()[0].code, Code::WorkerDied);
        QVERIFY(errorText(document.problems()[0]).contains(stageName(Stage::Quantise)));
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Done);
        QCOMPARE(document.stage(Stage::Quantise).state, StageState::Failed);
        QVERIFY(!document.isBusy());
        // Retry starts a new process; the finished stages stay.
        document.edit(QStringLiteral("model"), [](jobs::Project& p) { p.model.path = "good.onnx"; });
        QVERIFY(QFile::copy(path(QStringLiteral("die/die-quantise.onnx")), path(QStringLiteral("die/good.onnx"))));
        runAll(document, Stage::Deploy);
        QTRY_COMPARE(document.stage(Stage::Mixed).state, StageState::Done);
        QVERIFY(document.problems().isEmpty());
    }

    void killingTheWorkerFromOutsideIsSaidInWords() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("kill"), QStringLiteral("hang-calibrate.onnx"))));
        QSignalSpy finished(&document, &Document::jobFinished);
        document.runTo(Stage::Deploy);
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Running);
        QVERIFY(document.workerProcessId() > 0);
        ::kill(static_cast<pid_t>(document.workerProcessId()), SIGKILL);
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(finished[0][1].toString(), QStringLiteral("died"));
        QCOMPARE(document.stage(Stage::Calibrate).state, StageState::Failed);
        QVERIFY(document.stage(Stage::Calibrate).reason.contains(QStringLiteral("stopped unexpectedly")));
    }

    void cancelIsAnsweredAndKeepsWhatIsDone() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("cancel"), QStringLiteral("hang-quantise.onnx"))));
        QSignalSpy finished(&document, &Document::jobFinished);
        document.runTo(Stage::Deploy);
        QTRY_COMPARE(document.stage(Stage::Quantise).state, StageState::Running);
        QCOMPARE(document.stage(Stage::Mixed).state, StageState::Queued);
        document.cancel();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(finished[0][1].toString(), QStringLiteral("cancelled"));
        QTRY_COMPARE(document.stage(Stage::Quantise).state, StageState::Cancelled);
        QCOMPARE(document.stage(Stage::Mixed).state, StageState::NotRun);
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Done);
        QVERIFY(document.problems().isEmpty());
    }

    void aDeafWorkerIsKilledAndCountsAsCancelled() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("deaf"), QStringLiteral("deaf-import.onnx"))));
        document.setKillDelay(50);
        QSignalSpy finished(&document, &Document::jobFinished);
        document.runTo(Stage::Import);
        QTRY_COMPARE(document.stage(Stage::Import).state, StageState::Running);
        document.cancel();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(finished[0][1].toString(), QStringLiteral("cancelled"));
    }

    void aFailedStageSaysWhy() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("fail"), QStringLiteral("fail-calibrate.onnx"))));
        runAll(document, Stage::Deploy);
        QTRY_COMPARE(document.stage(Stage::Calibrate).state, StageState::Failed);
        QCOMPARE(document.problems().size(), 1);
        QCOMPARE(errorCode(document.problems()[0]), QStringLiteral("E4003"));
        QVERIFY(document.stage(Stage::Calibrate).reason.contains(QStringLiteral("no pictures")));
    }

    void requestsAnswerAndNewerOnesSupersede() {
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("request"), QStringLiteral("m.onnx"))));
        QObject receiver;
        QVector<int> answers;
        for (int i = 0; i < 5; ++i)
            document.request(QStringLiteral("say"), {{"n", i}}, &receiver,
                             [&](Result<nlohmann::json> r) { if (r) answers << r->value("n", -1); },
                             QStringLiteral("preview"));
        QTRY_VERIFY(!answers.isEmpty());
        QTest::qWait(50);
        QCOMPARE(answers, QVector<int>{4});
        bool failed = false;
        document.request(QStringLiteral("no-such-job"), {}, &receiver,
                         [&](Result<nlohmann::json> r) { failed = !r; });
        QTRY_VERIFY(failed);
    }

    void aMissingWorkerIsAProblemNotACrash() {
        qputenv("TPUWB", "/nonexistent/tpuwb");
        Document document;
        QVERIFY(document.openProject(makeProject(QStringLiteral("missing"), QStringLiteral("m.onnx"))));
        runAll(document, Stage::Import);
        QCOMPARE(document.problems().size(), 1);
        QCOMPARE(document.problems()[0].code, Code::WorkerDied);
        qputenv("TPUWB", WB_FAKE_WORKER);
    }

    void selectionIsSharedOnce() {
        Document document;
        QSignalSpy changed(document.selection(), &LayerSelection::changed);
        document.selection()->set({1, 5}, this);
        document.selection()->set({1, 5}, this);
        QCOMPARE(changed.count(), 1);
        QVERIFY(document.selection()->contains(5));
        QCOMPARE(document.selection()->current(), 5);
        document.selection()->clear();
        QCOMPARE(document.selection()->current(), -1);
    }

    void anAutosavedCopyIsOfferedAfterACrashOnly() {
        const QString file = makeProject(QStringLiteral("recover"), QStringLiteral("m.onnx"));
        const QByteArray untouched = bytes(file);
        const QString copies = stateFolder() + QStringLiteral("/autosave");
        {
            Document document;
            QVERIFY(document.openProject(file));
            document.setPrecision({QStringLiteral("conv1")}, QStringLiteral("F16"));
            QVERIFY(document.autosaveNow());
            QCOMPARE(bytes(file), untouched);
            QVERIFY(Autosave::pending().isEmpty()); // its owner lives
            // A crash leaves the copy and a lock whose process is gone.
            for (const QFileInfo& copy : QDir(copies).entryInfoList({QStringLiteral("*.json")}))
                QVERIFY(QFile::copy(copy.filePath(), copies + QStringLiteral("/crashed.json")));
        }
        const QVector<Recovery> pending = Autosave::pending();
        QCOMPARE(pending.size(), 1);
        QCOMPARE(pending[0].projectFile, file);
        QCOMPARE(pending[0].steps.size(), 1);
        Document document;
        QVERIFY(document.restore(pending[0]));
        QVERIFY(document.isModified());
        QCOMPARE(document.project().layers.at("conv1").precision, std::string("F16"));
        document.undoStack()->undo();
        QVERIFY(document.project().layers.empty());
        QVERIFY(Autosave::pending().isEmpty());
    }

    void damagedProjectsAreRefusedInWords() {
        const QString file = path(QStringLiteral("damaged.tpuwb"));
        QFile f(file);
        QVERIFY(f.open(QIODevice::WriteOnly));
        f.write("{\"schema\": 1, \"model\":");
        f.close();
        Document document;
        const Status status = document.openProject(file);
        QVERIFY(!status);
        QCOMPARE(status.error().code, Code::ProjectDamaged);
        QVERIFY(!document.isOpen());
        QCOMPARE(document.openProject(path(QStringLiteral("none.tpuwb"))).error().code, Code::FileNotFound);
    }

    void reasonsNameWhatChanged() {
        using nlohmann::json;
        const json a{{"preprocess", {{"mean", {"0"}}, {"scale", {"1"}}}}, {"layers", {{"x", "F16"}}}};
        json b = a;
        QVERIFY(changedSettings(a, b).isEmpty());
        b["preprocess"]["mean"] = {"1"};
        QCOMPARE(changedSettings(a, b), QStringList{QStringLiteral("preprocess/mean")});
        b["layers"]["y"] = "F32";
        QCOMPARE(stalenessReason(a, b), QStringLiteral("precisions and mean changed"));
        QVERIFY(!stalenessReason(json(), json()).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"
