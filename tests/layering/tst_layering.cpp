// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the source tree and fails on what CMake's links do not catch: forbidden include edges, Qt in
// the compiler, third parties where they do not belong, long files, missing licence lines, colours
// outside of the theme. The rules themselves are tested on made-up files first.
#include "tests/layering/rules.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTest>

using namespace wb::layering;

namespace {

using Rule = QStringList (*)(const QString&, const QString&);

QStringList filesUnder(const QStringList& folders, const QStringList& patterns) {
    const QDir root(WB_SOURCE_DIR);
    QStringList out;
    for (const QString& folder : folders)
        for (QDirIterator it(root.filePath(folder), patterns, QDir::Files, QDirIterator::Subdirectories); it.hasNext();)
            out.append(root.relativeFilePath(it.next()));
    out.sort();
    return out;
}

QStringList problemsIn(const QStringList& files, Rule rule) {
    QStringList out;
    for (const QString& path : files) {
        QFile file(QDir(WB_SOURCE_DIR).filePath(path));
        if (!file.open(QIODevice::ReadOnly)) continue; // gone since it was listed
        out += rule(path, QString::fromUtf8(file.readAll()));
    }
    return out;
}

const QStringList kModules{"app", "widgets", "visualizer", "compiler"};
const QStringList kCode{"*.h", "*.cpp"};

} // namespace

class TestLayering : public QObject {
    Q_OBJECT

    static void expect(const QStringList& files, Rule rule) {
        QVERIFY2(files.size() > 20, "the source tree was not found");
        const QStringList problems = problemsIn(files, rule);
        QVERIFY2(problems.isEmpty(), qPrintable('\n' + problems.join('\n')));
    }

private slots:
    void modules() {
        QCOMPARE(moduleOf("compiler/ir/text/text.h"), QString("compiler/ir"));
        QCOMPARE(moduleOf("visualizer/graph_view/x.h"), QString("visualizer"));
        QCOMPARE(moduleOf("widgets/panels/a/b.cpp"), QString("widgets/panels"));
        QCOMPARE(moduleOf("vector"), QString());
        QCOMPARE(cycleIn(allowedEdges()), QString());
        QCOMPARE(cycleIn({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}}).isEmpty(), false);
    }

    void includeLines() {
        QCOMPARE(includesOf("#include \"a/b.h\"\n  #  include <vector>\n// #include \"no.h\"\nint x; #include <no>\n"),
                 QStringList({"a/b.h", "vector"}));
    }

    void edgesAreCaught_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("include");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char* path, const char* include, bool allowed) {
            QTest::addRow("%s includes %s", path, include) << path << include << allowed;
        };
        row("compiler/ir/graph.h", "compiler/base/result.h", true);
        row("compiler/base/npz.h", "compiler/ir/tensor.h", false);
        row("compiler/import/import.cpp", "compiler/passes/pass.h", false);
        row("compiler/import/import.cpp", "compiler/ops/op_def.h", true);
        row("compiler/calibrate/kl.cpp", "compiler/execute/executor.h", true);
        row("compiler/quantise/lower.cpp", "compiler/calibrate/table.h", false);
        row("compiler/ops/conv/conv.cpp", "compiler/execute/executor.h", false);
        row("compiler/jobs/run.cpp", "widgets/document/document.h", false);
        row("compiler/unknown/a.cpp", "compiler/base/error.h", false);
        row("visualizer/plot/plot.cpp", "widgets/theme/theme.h", true);
        row("visualizer/plot/plot.cpp", "widgets/document/document.h", false);
        row("visualizer/plot/plot.cpp", "compiler/execute/executor.h", false);
        row("widgets/theme/theme.cpp", "widgets/panels/p.h", false);
        row("widgets/panels/p.cpp", "compiler/quantise/lower.h", false);
        row("app/cli/main.cpp", "compiler/quantise/lower.h", true);
        row("app/cli/main.cpp", "widgets/theme/theme.h", false);
        row("compiler/base/file.cpp", "../ir/graph.h", false);
        row("compiler/base/file.cpp", "tests/support/shared_data.h", false);
        // third parties
        row("compiler/base/file.cpp", "QString", false);
        row("compiler/jobs/run.cpp", "QtCore/QObject", false);
        row("app/cli/main.cpp", "QCoreApplication", false);
        row("widgets/theme/theme.cpp", "QColor", true);
        row("compiler/import/onnx/reader.cpp", "onnx/onnx_pb.h", true);
        row("compiler/passes/fold.cpp", "onnx/onnx_pb.h", false);
        row("compiler/evaluate/draw.cpp", "opencv2/imgproc.hpp", true);
        row("compiler/evaluate/draw.h", "opencv2/imgproc.hpp", false);
        row("compiler/ops/conv/conv.cpp", "oneapi/dnnl/dnnl.h", false);
        row("compiler/ops/conv/conv_float.cpp", "oneapi/dnnl/dnnl.h", true);
        row("compiler/execute/executor.cpp", "hwy/highway.h", false);
        row("compiler/ir/text/text.cpp", "zlib.h", false);
        row("compiler/jobs/run.cpp", "CLI/CLI.hpp", false);
        row("compiler/base/file.cpp", "queue", true);
        row("compiler/base/file.cpp", "quick/thing", true);
    }
    void edgesAreCaught() {
        QFETCH(QString, path);
        QFETCH(QString, include);
        QFETCH(bool, allowed);
        const QStringList problems = includeProblems(path, "// a line\n#include \"" + include + "\"\n");
        QVERIFY2(problems.isEmpty() == allowed, qPrintable(problems.join('\n')));
        if (!allowed) QVERIFY2(problems[0].startsWith(path + ":2: "), qPrintable(problems[0]));
    }

    void otherRulesAreCaught() {
        QVERIFY(lengthProblems("a.cpp", QString("x\n").repeated(400)).isEmpty());
        QCOMPARE(lengthProblems("a.cpp", QString("x\n").repeated(401)).size(), 1);
        const QString licence = "// SPDX-License-Identifier: GPL-3.0-or-later\n";
        QVERIFY(headerProblems("a.h", licence + "#pragma once\n").isEmpty());
        QCOMPARE(headerProblems("a.h", licence).size(), 1);
        QCOMPARE(headerProblems("a.h", "int x;\n").size(), 2);
        QCOMPARE(headerProblems("a.cpp", QString("\n").repeated(9) + licence).size(), 1);
        const QString hex = QString("\"#") + "12ab9F\"", rgb = QString("QCo") + "lor(12, 3, 4)";
        QCOMPARE(colourProblems("widgets/panels/a.cpp", hex + '\n' + rgb + '\n').size(), 2);
        QVERIFY(colourProblems("widgets/panels/a.cpp", "QColor c = theme::colour(Role::Text); #define A\n#include <b>\n").isEmpty());
        QVERIFY(colourProblems("widgets/theme/tokens.cpp", hex).isEmpty());
        QCOMPARE(colourProblems("visualizer/a.cpp", QString("QCo") + "lor name{1, 2, 3};").size(), 1);
        QCOMPARE(wordProblems("a.md", QString("see /wo") + "rk/x and an Ag" + "ent\n").size(), 2);
        QVERIFY(wordProblems("a.md", "a network, a framework/part, reagents, pypinfo\n").isEmpty());
        QCOMPARE(wordProblems("a.md", QString("one\ntwo /tm") + "p/x")[0].section(':', 1, 1), QString("2"));
    }

    void treeIncludes() { expect(filesUnder(kModules, kCode), includeProblems); }
    void treeLengths() { expect(filesUnder(kModules + QStringList{"tests"}, kCode), lengthProblems); }
    void treeHeaders() {
        expect(filesUnder(kModules + QStringList{"tests", "resources"},
                          {"*.h", "*.cpp", "*.h.in", "*.cpp.in", "*.py", "*.proto", "CMakeLists.txt", "*.cmake"}),
               headerProblems);
    }
    void treeColours() { expect(filesUnder({"app", "widgets", "visualizer"}, kCode), colourProblems); }
    void treeWords() {
        QStringList files = filesUnder(kModules + QStringList{"tests", "resources", "translations", "installer", ".ci"},
                                       {"*.h", "*.cpp", "*.in", "*.py", "*.txt", "*.cmake", "*.md", "*.json", "*.ts",
                                        "*.mlir", "*.svg", "*.desktop", "*.xml", "run"});
        files += QDir(WB_SOURCE_DIR).entryList(QDir::Files | QDir::Hidden);
        for (const char* own : {"LICENSE", "CMakeUserPresets.json", "compile_commands.json", ".git"})
            files.removeAll(own); // the licence's own text, and what a user's tools leave
        files.removeIf([](const QString& name) { return name.endsWith(".user"); });
        expect(files, wordProblems);
    }
};

QTEST_GUILESS_MAIN(TestLayering)
#include "tst_layering.moc"
