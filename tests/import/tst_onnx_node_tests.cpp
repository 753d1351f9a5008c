// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX's own node tests through importer, passes and FP32 executor: of those with static shapes and tensor
// types at least 85 % must pass (node_tests.cpp says what counts). WB_NODE_TEST=NAME runs one and prints it;
// WB_NODE_TESTS_PAGE=FILE writes the page docs/onnx-node-tests.md.
#include "tests/import/node_tests.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <algorithm>
#include <map>

using wb::test::NodeTest;

class TstOnnxNodeTests : public QObject {
    Q_OBJECT
private slots:
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
