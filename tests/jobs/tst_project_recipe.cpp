// SPDX-License-Identifier: GPL-3.0-or-later
// A project whose recipe rewrites weights: INT8 has those of the calibration, a precision plan gets its own, the network
// that they all come from stays.
#include "compiler/calibrate/table.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/improved_network.h"
#include "compiler/jobs/sample.h"
#include "compiler/jobs/stage_run.h"
#include "compiler/jobs/stages.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace wb;
using namespace wb::jobs;
namespace fs = std::filesystem;

class TstProjectRecipe : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path m_file;
    Project m_project;
    JobContext m_context;

    fs::path folder(Stage stage) const {
        return stageFolder(m_file, stage, stageKeys(m_project, m_file)[static_cast<size_t>(stage)]);
    }
    static std::string planOf(const fs::path& mlir) {
        const auto graph = ir::readMlir(mlir);
        return graph ? graph->attributes.string(kPlanAttribute) : toText(graph.error());
    }
    void run(Stage last) {
        const Status done = runStages(m_project, m_file, last, m_context);
        QVERIFY2(done, done ? "" : toText(done.error()).c_str());
    }

private slots:
    void initTestCase() {
        const auto file = writeSample(m_dir.path().toStdString());
        QVERIFY(file);
        m_file = *file;
        const auto project = loadProject(m_file);
        QVERIFY(project);
        m_project = *project;
        m_project.calibration.recipe = "weights";
        m_project.calibration.tuneNum = 0;
        m_project.layers.clear();
        run(Stage::Quantise);
        QVERIFY2(fs::exists(folder(Stage::Calibrate) / kImprovedNetwork), "the recipe keeps the network's own weights");
    }

    void anotherPlanHasItsOwnWeights() {
        const fs::path calibrated = folder(Stage::Calibrate);
        const std::string key = stageKeys(m_project, m_file)[static_cast<size_t>(Stage::Calibrate)];
        QVERIFY(!fs::exists(calibrated / kPlanNetwork)); // INT8 throughout has the recipe's
        const auto network = ir::readMlir(calibrated / kBaseNetwork);
        QVERIFY(network);
        size_t seen = 0;
        for (const ir::Node& node : network->nodes())
            if (node.op == "top.Conv" && ++seen == 3) m_project.layers[network->value(node.results[0]).name].precision = "F16";
        QCOMPARE(m_project.layers.size(), size_t{1});
        QCOMPARE(stageKeys(m_project, m_file)[static_cast<size_t>(Stage::Calibrate)], key); // not stale
        run(Stage::Deploy);
        const std::string plain = planOf(calibrated / kImprovedNetwork), mixed = planOf(calibrated / kPlanNetwork);
        QVERIFY(!plain.empty() && !mixed.empty());
        QVERIFY(plain != mixed);
        QVERIFY(planOf(calibrated / kBaseNetwork).empty());
        for (const Error& problem : m_context.diagnostics().all()) // nothing fell back to the network's own weights
            QVERIFY2(problem.code != Code::ProjectModelChanged, toText(problem).c_str());

        // The layer in float takes no rewritten weights and has no scales.
        const auto table = calibrate::readTable(calibrated / kPlanTable), before = calibrate::readTable(calibrated / kCalibrationTable);
        QVERIFY(table && before);
        QCOMPARE(table->rows.size(), before->rows.size());
        QVERIFY(table->weightScales.size() + 1 == before->weightScales.size());
        const auto deployed = loadStage(m_file, Stage::Deploy, stageKeys(m_project, m_file)[static_cast<size_t>(Stage::Deploy)]);
        QVERIFY(deployed && deployed->done);
    }

    /// The same plan is not fitted twice; without the pictures the network's own weights are used, and it is said.
    void keptAndFallenBack() {
        const fs::path calibrated = folder(Stage::Calibrate);
        const auto when = fs::last_write_time(calibrated / kPlanNetwork);
        fs::remove_all(folder(Stage::Mixed));
        run(Stage::Mixed);
        QCOMPARE(fs::last_write_time(calibrated / kPlanNetwork), when);

        for (const char* name : {kPlanNetwork, kPlanTable})
            fs::remove(calibrated / name);
        std::ofstream(calibrated / kBaseNetwork, std::ios::trunc) << "cut";
        fs::remove_all(folder(Stage::Mixed));
        run(Stage::Mixed);
        const auto problems = m_context.diagnostics().all();
        QVERIFY(std::any_of(problems.begin(), problems.end(), [](const Error& e) { return e.code == Code::ProjectModelChanged; }));
        QVERIFY(!fs::exists(calibrated / kPlanNetwork));
    }
};

QTEST_GUILESS_MAIN(TstProjectRecipe)
#include "tst_project_recipe.moc"
