// SPDX-License-Identifier: GPL-3.0-or-later
// Which edits make which stages stale (rule F-1), and that undoing brings the old key back (F-2).
#include "compiler/jobs/stage_keys.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>

using namespace wb;
using namespace wb::jobs;

class TestStageKeys : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::filesystem::path m_file;
    Project m_project;

    void write(const QString& name, const QByteArray& bytes) {
        QDir(m_folder.path()).mkpath(QFileInfo(name).path());
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

private slots:
    void initTestCase() {
        write("m.onnx", "model");
        write("t/1.jpg", "picture");
        write("c/a.jpg", "one");
        m_file = m_folder.filePath("p.tpuwb").toStdString();
        m_project.model.path = "m.onnx";
        m_project.calibration.dataset = "c";
        m_project.testImages = {"t/1.jpg"};
    }

    void stale_data() {
        using Edit = std::function<void(Project&)>;
        QTest::addColumn<QString>("changed"); // one digit a stage, 1: another key
        QTest::addColumn<Edit>("edit");
        const auto row = [](const char* name, const char* changed, Edit edit) {
            QTest::newRow(name) << QString(changed) << edit;
        };
        row("nothing", "00000000", [](Project&) {});
        row("scale", "01111011", [](Project& p) { p.preprocess.scale[1] = "1/255"; });
        row("precision of a layer", "00000111", [](Project& p) { p.layers["x"].precision = "F16"; });
        row("note of a layer", "00000000", [](Project& p) { p.layers["x"].note = "hello"; });
        row("lock of a layer", "00000000", [](Project& p) { p.layers["x"].locked = true; });
        row("target", "00001011", [](Project& p) { p.target.asymmetric = true; });
        row("tolerance", "00000001", [](Project& p) { p.target.toleranceCosine = 0.5; });
        row("deployed precision", "00000001", [](Project& p) { p.deploy.precision = "INT8"; });
        row("integer inputs", "00000001", [](Project& p) { p.deploy.quantInput = true; });
        row("name of the bmodel", "00000000", [](Project& p) { p.deploy.file = "other.bmodel"; });
        row("method", "00011011", [](Project& p) { p.calibration.method = "max"; });
        row("outputs", "11111111", [](Project& p) { p.model.outputNames = {"y"}; });
        row("score slider", "00000000", [](Project& p) { p.detect.scoreThreshold = 0.1; });
        row("view", "00000000", [](Project& p) { p.view["zoom"] = 3; });
    }
    void stale() {
        QFETCH(QString, changed);
        QFETCH(std::function<void(Project&)>, edit);
        const auto before = stageKeys(m_project, m_file);
        Project edited = m_project;
        edit(edited);
        const auto after = stageKeys(edited, m_file);
        QString seen;
        for (size_t i = 0; i < before.size(); ++i)
            seen += before[i] == after[i] ? '0' : '1';
        QCOMPARE(seen, changed);
        QCOMPARE(stageKeys(m_project, m_file), before);
    }

    void contentCounts() {
        const auto before = stageKeys(m_project, m_file);
        write("c/b.jpg", "two");
        const auto more = stageKeys(m_project, m_file);
        QVERIFY(before[3] != more[3]);
        QCOMPARE(before[0], more[0]);
        QVERIFY(QFile::remove(m_folder.filePath("c/b.jpg")));
        QCOMPARE(stageKeys(m_project, m_file), before);
        write("m.onnx", "another model");
        QVERIFY(stageKeys(m_project, m_file)[0] != before[0]);
        write("m.onnx", "model");
        QCOMPARE(stageKeys(m_project, m_file)[0], before[0]);
    }

    /// *Save as* writes the paths anew: the same pictures in another place are the same results.
    void placesDoNotCount() {
        Project moved = m_project;
        moved.model.path = m_folder.filePath("m.onnx").toStdString();
        moved.calibration.dataset = m_folder.filePath("c").toStdString();
        moved.testImages = {m_folder.filePath("t/1.jpg").toStdString()};
        QCOMPARE(stageKeys(moved, m_folder.filePath("elsewhere/q.tpuwb").toStdString()), stageKeys(m_project, m_file));
        write("t/2.jpg", "another picture");
        moved.testImages = {m_folder.filePath("t/2.jpg").toStdString()};
        QVERIFY(stageKeys(moved, m_file)[1] != stageKeys(m_project, m_file)[1]);
    }

    void missingFilesHaveKeysToo() {
        Project p;
        p.model.path = "nowhere.onnx";
        p.testImages = {"no.jpg"};
        QVERIFY(!stageKeys(p, m_file)[0].empty());
    }

    void halfResultsDoNotCount() {
        const auto folder = stageFolder(m_file, Stage::Import, "k");
        std::filesystem::create_directories(folder);
        QVERIFY(!loadStage(m_file, Stage::Import, "k"));
        write("p.tpuwb.d/import-k/stage.json", "{\"stage\": \"import\", \"key\":");
        QVERIFY(!loadStage(m_file, Stage::Import, "k"));
        write("p.tpuwb.d/import-k/stage.json", R"({"stage": "import", "key": "other", "done": true})");
        QVERIFY(!loadStage(m_file, Stage::Import, "k"));
        write("p.tpuwb.d/import-k/stage.json", R"({"stage": "import", "key": "k", "done": true})");
        QVERIFY(loadStage(m_file, Stage::Import, "k")->done);
    }
};

QTEST_GUILESS_MAIN(TestStageKeys)
#include "tst_stage_keys.moc"
