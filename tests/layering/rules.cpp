// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/layering/rules.h"

#include <QRegularExpression>

#include <functional>

namespace wb::layering {
namespace {

constexpr int kMaxLines = 400;
constexpr const char* kTheme = "widgets/theme/";

int lineOf(const QString& text, qsizetype at) { return static_cast<int>(text.left(at).count('\n')) + 1; }

QString problem(const QString& path, int line, const QString& what) {
    return QString("%1:%2: %3").arg(path).arg(line).arg(what);
}

/// A third party's headers, and who may use them.
struct ThirdParty {
    const char* name;
    QRegularExpression header;
    QRegularExpression users; ///< of the path
    bool inHeaders;           ///< also in .h files
};

const QList<ThirdParty>& thirdParties() {
    const auto re = [](const char* text) { return QRegularExpression(text); };
    static const QList<ThirdParty> list{
        {"Qt", re("^Q[A-Z]\\w+$|^Qt\\w+/|^q\\w+\\.h$"), re("^(app/workbench|widgets|visualizer|tests)/"), true},
        {"protobuf", re("^google/protobuf/|\\.pb\\.h$|^onnx/"), re("^(compiler/import|tests)/"), true},
        {"FlatBuffers", re("^flatbuffers/|_generated\\.h$"), re("^(compiler/(import|target/bmodel)|tests)/"), true},
        {"OpenCV", re("^opencv2/"), re("^(compiler/(evaluate|calibrate|preprocess|jobs)|tests)/"), false},
        {"oneDNN", re("dnnl"), re("^(compiler/kernels/|compiler/ops/.*_(float|int)\\.cpp$|tests/)"), true},
        {"Highway", re("^hwy/"), re("^(compiler/kernels/|compiler/target/bm1684x/simulator/|compiler/ops/.*_(float|int)\\.cpp$|tests/)"), true},
        {"Eigen", re("^Eigen/"), re("^(compiler/improve|tests)/"), false},
        {"zlib or libzip", re("^zlib\\.h$|^zip\\.h$"), re("^(compiler/base|tests)/"), false},
        {"CLI11", re("^CLI/"), re("^(app/cli|tests)/"), true},
        {"QCustomPlot", re("qcustomplot"), re("^(visualizer|widgets|tests)/"), true},
        {"TorchScript", re("^torch/|^c10/"), re("^(compiler/import|tests)/"), false},
    };
    return list;
}

} // namespace

QString moduleOf(const QString& path) {
    const QStringList parts = path.split('/');
    if (parts.size() < 2) return {};
    if (parts[0] == "visualizer") return "visualizer";
    if (parts[0] == "compiler" && parts.size() == 2) return "compiler/jobs"; // compile.h stands above all
    if (parts[0] == "compiler" || parts[0] == "widgets" || parts[0] == "app") return parts[0] + '/' + parts[1];
    return {};
}

const QMap<QString, QSet<QString>>& allowedEdges() {
    static const QMap<QString, QSet<QString>> table = [] {
        const auto compiler = [](std::initializer_list<const char*> names) {
            QSet<QString> out;
            for (const char* name : names)
                out.insert(QString("compiler/") + name);
            return out;
        };
        // An operator folder holds the chip's emitters, so it sees the chip.
        const QSet<QString> ops = compiler({"base", "ir", "numeric", "kernels", "target", "ops"});
        const QSet<QString> values = compiler({"base", "ir", "evaluate", "jobs"}); // what a window may see
        QMap<QString, QSet<QString>> t;
        t["compiler/base"] = {};
        t["compiler/ir"] = t["compiler/numeric"] = compiler({"base"});
        t["compiler/kernels"] = compiler({"base", "ir", "numeric"});
        t["compiler/target"] = compiler({"base", "ir", "numeric", "kernels"});
        t["compiler/ops"] = compiler({"base", "ir", "numeric", "kernels", "target"});
        for (const char* stage : {"preprocess", "import", "passes", "execute", "quantise", "codegen"})
            t[QString("compiler/") + stage] = ops;
        t["compiler/calibrate"] = ops + compiler({"execute", "preprocess"});
        t["compiler/evaluate"] = ops + compiler({"execute"});
        t["compiler/search"] =
            ops + compiler({"execute", "preprocess", "calibrate", "quantise", "evaluate"});
        t["compiler/improve"] =
            ops + compiler({"execute", "preprocess", "calibrate", "quantise", "evaluate", "search"});
        t["compiler/jobs"] = ops + compiler({"preprocess", "import", "passes", "execute", "quantise", "calibrate",
                                             "codegen", "evaluate", "search", "improve"});
        t["widgets/theme"] = {};
        t["widgets/document"] = values;
        t["visualizer"] = values + QSet<QString>{"widgets/theme"};
        t["widgets/common"] = values + QSet<QString>{"widgets/theme"};
        // Models speak of layers in the words that pictures use (visualizer/common).
        t["widgets/models"] =
            values + QSet<QString>{"widgets/theme", "widgets/common", "widgets/document", "visualizer"};
        t["widgets/panels"] = t["widgets/models"] + QSet<QString>{"widgets/models"};
        t["app/workbench"] = t["widgets/panels"] + QSet<QString>{"widgets/panels"};
        t["app/cli"] = t["compiler/jobs"] + QSet<QString>{"compiler/jobs"};
        return t;
    }();
    return table;
}

QString cycleIn(const QMap<QString, QSet<QString>>& edges) {
    QMap<QString, int> state; // 1: on the way, 2: done
    const std::function<QString(const QString&)> visit = [&](const QString& module) -> QString {
        if (state.value(module) == 2) return {};
        if (state.value(module) == 1) return module;
        state[module] = 1;
        for (const QString& next : edges.value(module))
            if (const QString found = visit(next); !found.isEmpty()) return found;
        state[module] = 2;
        return {};
    };
    for (auto it = edges.begin(); it != edges.end(); ++it)
        if (const QString found = visit(it.key()); !found.isEmpty()) return found;
    return {};
}

QStringList includesOf(const QString& text) {
    static const QRegularExpression line("^[ \\t]*#[ \\t]*include[ \\t]*[\"<]([^\">\\n]+)[\">]",
                                         QRegularExpression::MultilineOption);
    QStringList out;
    for (auto it = line.globalMatch(text); it.hasNext();)
        out.append(it.next().captured(1));
    return out;
}

QStringList includeProblems(const QString& path, const QString& text) {
    const QString from = moduleOf(path);
    QStringList out;
    for (const QString& include : includesOf(text)) {
        const auto say = [&](const QString& what) {
            out.append(problem(path, lineOf(text, text.indexOf(include)), what));
        };
        if (include.contains("..")) say("includes are written from the root, not \"" + include + '"');
        if (include.startsWith("tests/") && !from.isEmpty()) say("the program includes a test's header");
        const QString to = moduleOf(include);
        if (!from.isEmpty() && !to.isEmpty() && from != to) {
            if (!allowedEdges().contains(from))
                say("the module " + from + " has no row in the table of layers");
            else if (!allowedEdges()[from].contains(to))
                say(from + " may not include " + to + " (\"" + include + "\")");
        }
        if (!to.isEmpty()) continue;
        for (const ThirdParty& party : thirdParties()) {
            if (from.isEmpty() || !party.header.match(include).hasMatch()) continue;
            if (!party.users.match(path).hasMatch()) say(QString(party.name) + " may not be used here");
            else if (!party.inHeaders && path.endsWith(".h")) say(QString(party.name) + " may not appear in a header");
        }
    }
    return out;
}

QStringList lengthProblems(const QString& path, const QString& text) {
    const auto lines = text.count('\n');
    if (lines <= kMaxLines) return {};
    return {problem(path, kMaxLines + 1, QString("%1 lines, %2 are the limit").arg(lines).arg(kMaxLines))};
}

QStringList headerProblems(const QString& path, const QString& text) {
    QStringList out;
    const QString beginning = text.section('\n', 0, 4);
    if (!beginning.contains("SPDX-License-Identifier: GPL-3.0-or-later"))
        out.append(problem(path, 1, "the licence line (SPDX-License-Identifier) is missing"));
    const bool repeated = path.endsWith("-inl.h"); // compiled once for each instruction set
    if (path.endsWith(".h") && !repeated && !text.contains("#pragma once"))
        out.append(problem(path, 1, "#pragma once is missing"));
    return out;
}

QStringList colourProblems(const QString& path, const QString& text) {
    if (path.startsWith(kTheme)) return {};
    static const QRegularExpression literal(
        "#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?\\b|\\bQColor\\s*[({]\\s*[0-9\"]|\\bqRgba?\\s*\\(\\s*[0-9]|"
        "\\bQColor\\s+\\w+\\s*[({]\\s*[0-9\"]");
    QStringList out;
    for (auto it = literal.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        out.append(problem(path, lineOf(text, match.capturedStart()),
                           "the colour " + match.captured(0) + " belongs into the theme"));
    }
    return out;
}

QStringList wordProblems(const QString& path, const QString& text) {
    // Written in two pieces, so that this file does not name them either.
    static const QStringList patterns{
        QString("/wo") + "rk/", QString("/tm") + "p/", QString("/ro") + "ot/", QString("/ho") + "me/[a-z]",
        QString("cla") + "ude", QString("anthro") + "pic", QString("chat") + "gpt", QString("\\bll") + "ms?\\b",
        QString("\\bag") + "ents?\\b", QString("sub-?ses") + "sion", QString("issu") + "es show",
        QString("py") + "pi\\b", QString("pythonhos") + "ted", QString("deb\\.deb") + "ian",
        QString("artifac") + "tory", QString("crates\\.") + "io",
    };
    static const QRegularExpression words(patterns.join('|'), QRegularExpression::CaseInsensitiveOption);
    QStringList out;
    for (auto it = words.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        out.append(problem(path, lineOf(text, match.capturedStart()), "names '" + match.captured(0) + "'"));
    }
    return out;
}

} // namespace wb::layering
