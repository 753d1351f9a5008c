// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX's own node tests through importer, passes and FP32 executor: of those with static shapes and tensor
// types at least 85 % must pass (node_tests.cpp says what counts). WB_NODE_TEST=NAME runs one and prints it;
// WB_NODE_TESTS_PAGE=FILE writes the page docs/onnx-node-tests.md.
#include "tests/import/node_tests.h"

#include "compiler/import/import.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <map>
#include <sys/resource.h>

using wb::test::NodeTest;

class TstOnnxNodeTests : public QObject {
    Q_OBJECT
private slots:
    /// Damaged models give an error or a graph, never a crash; small files take little memory.
    void damaged() {
        const std::filesystem::path folder = wb::test::nodeTestFolder();
        if (folder.empty()) QSKIP("ONNX's node tests are not installed (package libonnx-testdata)");
        std::vector<std::filesystem::path> models;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            models.push_back(entry.path() / "model.onnx");
        std::sort(models.begin(), models.end());
        const QTemporaryDir scratch;
        const std::filesystem::path file = scratch.filePath("model.onnx").toStdString();
        wb::test::Random random(11);
        size_t read = 0, refused = 0;
        for (const auto& model : models) {
            const std::string whole = wb::test::readAll(model);
            for (int i = 0; i < 3; ++i) {
                wb::test::writeAll(file, i < 1 ? wb::test::mutate(whole, random)
                                               : wb::test::extremeModel(model.parent_path(), random));
                const auto imported = wb::importer::importModel(file, {}, {});
                ++(imported ? read : refused);
            }
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        qInfo("%zu read, %zu refused, %ld MB at most", read, refused, usage.ru_maxrss / 1024);
        QVERIFY(read > 100 && refused > 100);
        QVERIFY(usage.ru_maxrss < (1L << 20)); // kilobytes
    }

    void share() {
        const std::filesystem::path folder = wb::test::nodeTestFolder();
        if (folder.empty()) QSKIP("ONNX's node tests are not installed (package libonnx-testdata)");
        const std::string only = qgetenv("WB_NODE_TEST").toStdString();
        std::vector<std::filesystem::path> folders;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.is_directory() && (only.empty() || entry.path().filename().string().starts_with(only)))
                folders.push_back(entry.path());
        std::sort(folders.begin(), folders.end());
        std::vector<NodeTest> tests;
        size_t passed = 0, eligible = 0;
        std::map<std::string, std::string> reasons;
        for (const auto& path : folders) {
            tests.push_back(wb::test::runNodeTest(path));
            const NodeTest& test = tests.back();
            passed += test.state == NodeTest::State::Passed ? 1 : 0;
            eligible += test.state == NodeTest::State::NotEligible ? 0 : 1;
            if (test.state == NodeTest::State::Failed)
                reasons[test.reason] += "\n    " + test.name + (test.detail.empty() ? "" : ": " + test.detail);
        }
        for (const auto& [reason, names] : reasons)
            qInfo("%s%s", reason.c_str(), names.c_str());
        qInfo("%zu of %zu eligible tests pass (%zu in all)", passed, eligible, tests.size());
        if (const QByteArray page = qgetenv("WB_NODE_TESTS_PAGE"); !page.isEmpty())
            wb::test::writeAll(page.toStdString(), wb::test::nodeTestPage(tests));
        QVERIFY(only.empty() ? tests.size() > 500 : !tests.empty());
        QVERIFY2(static_cast<double>(passed) >= 0.85 * static_cast<double>(eligible),
                 qPrintable(QString("%1 of %2").arg(passed).arg(eligible)));
    }
};

QTEST_GUILESS_MAIN(TstOnnxNodeTests)
#include "tst_onnx_node_tests.moc"
