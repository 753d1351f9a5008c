// SPDX-License-Identifier: GPL-3.0-or-later
// The project file: round trip, equal bytes, damaged and newer files, kill at any moment of a save.
#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"

#include <QTemporaryDir>
#include <QtTest>
#include <limits>
#include <sys/wait.h>
#include <unistd.h>

using namespace wb;
using namespace wb::jobs;

namespace {

Project fullProject() {
    Project p;
    p.model = {"models/a b.onnx", "", "12ab", {{1, 3, 320, 320}}, {"x", "y"}};
    p.preprocess.pixelFormat = "rgb";
    p.preprocess.scale = {"1/255", "0.0039216", "1/57.375"};
    p.preprocess.resizeDims = {352, 320};
    p.preprocess.keepAspectRatio = true;
    p.calibration.dataset = "图片/校准";
    p.calibration.method = "mse";
    p.calibration.recipe = "ranges+weights";
    p.target.floatType = "BF16";
    p.layers["/m/Conv \"1\""] = {"F16", true, "first\nsecond"};
    p.layers["b"] = {"", false, "only a note"};
    p.search.expectedCosine = 0.9999;
    p.detect.anchors = {10, 13, 16.5, 30};
    p.detect.classNames = {"人", "car"};
    p.deploy = {"F16", true, true, true, "BGR_PACKED", "out/x.bmodel", true};
    p.testImages = {"t/1.jpg", "t/2.jpg"};
    p.goals = {{"layer", 0.99}, {"output", 0.999}};
    p.view = {{"zoom", 1.5}};
    return p;
}

} // namespace

class TestProject : public QObject {
    Q_OBJECT
private slots:
    void roundTrip() {
        const Project p = fullProject();
        const std::string text = toJsonText(p);
        const auto read = projectFromJson(text);
        QVERIFY(read);
        QVERIFY(*read == p);
        QCOMPARE(toJsonText(*read), text);
    }

    void emptyChoicesAreNotWritten() {
        Project p;
        p.layers["x"] = {};
        QVERIFY(toJsonText(p).find("\"x\"") == std::string::npos);
        QVERIFY(toJsonText(p).find("recipe") == std::string::npos);
    }

    void theBmodelHasAPlace() {
        Project p;
        QCOMPARE(bmodelFile(p, "/a/net.tpuwb").string(), std::string("/a/net_bm1684x_mixed.bmodel"));
        p.deploy.precision = "F16";
        QCOMPARE(bmodelFile(p, "/a/net.tpuwb").string(), std::string("/a/net_bm1684x_f16.bmodel"));
        p.deploy.file = "out/x.bmodel";
        QCOMPARE(bmodelFile(p, "/a/net.tpuwb").string(), std::string("/a/out/x.bmodel"));
        p.deploy.file = "/b/x.bmodel";
        QCOMPARE(bmodelFile(p, "/a/net.tpuwb").string(), std::string("/b/x.bmodel"));
    }

    void damaged_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("code");
        QTest::newRow("empty") << "" << 8001;
        QTest::newRow("cut") << QString::fromStdString(toJsonText(fullProject()).substr(0, 300)) << 8001;
        QTest::newRow("array") << "[1, 2]" << 8001;
        QTest::newRow("no schema") << "{}" << 8001;
        QTest::newRow("newer") << "{\"schema\": 99}" << 8002;
    }
    void damaged() {
        QFETCH(QString, text);
        QFETCH(int, code);
        const auto read = projectFromJson(text.toStdString());
        QVERIFY(!read);
        QCOMPARE(static_cast<int>(read.error().code), code);
    }

    void wrongTypesKeepDefaults() {
        const auto read = projectFromJson(R"({"schema": 1, "model": 7, "layers": [1], "goals": "x",
            "preprocess": {"pad_value": "many", "pixel_format": "rgb"}, "unknown": {}})");
        QVERIFY(read);
        QCOMPARE(read->preprocess.padValue, 0);
        QCOMPARE(read->preprocess.pixelFormat, std::string("rgb"));
        QVERIFY(read->layers.empty());
    }

    void everyCutIsAnErrorOrAProject() {
        const std::string text = toJsonText(fullProject());
        for (size_t length = 0; length < text.size(); length += 7)
            static_cast<void>(projectFromJson(text.substr(0, length)).hasValue()); // must not throw
        std::string flipped = text;
        for (size_t i = 0; i < text.size(); ++i) {
            flipped[i] = static_cast<char>(flipped[i] ^ 0x15);
            static_cast<void>(projectFromJson(flipped).hasValue());
            flipped[i] = text[i];
        }
    }

    /// A child saves over and over and is killed at a random moment: what is there is always whole.
    void survivesKill() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("p.tpuwb").toStdString();
        Project p = fullProject();
        QVERIFY(saveProject(p, file));
        for (int round = 0; round < 15; ++round) {
            const pid_t child = fork();
            QVERIFY(child >= 0);
            if (child == 0) {
                for (int i = 0;; ++i) {
                    p.layers["b"].note = std::string(static_cast<size_t>(i % 5000), 'x');
                    if (!saveProject(p, file)) _exit(1);
                }
            }
            usleep(static_cast<useconds_t>(2000 + 1700 * round));
            kill(child, SIGKILL);
            int status = 0;
            waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status));
            const auto read = loadProject(file);
            QVERIFY2(read, read ? "" : read.error().what.c_str());
            QCOMPARE(read->testImages.size(), size_t(2));
        }
    }

    void unwritableFolder() {
        const Status status = saveProject({}, "/proc/nowhere/p.tpuwb");
        QVERIFY(!status);
        QCOMPARE(status.error().code, Code::FileNotWritable);
    }

    void noSpaceLeft() {
        const Status status = saveProject({}, "/dev/full/p.tpuwb"); // not a folder: refused, not followed
        QVERIFY(!status);
    }

    void sampleKeepsInfiniteSqnr() {
        LayerSample sample;
        sample.compared = true;
        sample.cosine = 1;
        sample.sqnrDb = std::numeric_limits<double>::infinity();
        const nlohmann::json j = nlohmann::json::parse(nlohmann::json(sample).dump());
        QVERIFY(std::isinf(j.get<LayerSample>().sqnrDb));
        LayerSample gap;
        gap.reason = "folded";
        const auto read = nlohmann::json(gap).get<LayerSample>();
        QVERIFY(!read.compared);
        QCOMPARE(read.reason, std::string("folded"));
    }
};

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
