// SPDX-License-Identifier: GPL-3.0-or-later
// The text form: every construct, the vendor's files byte for byte, errors with their place, fuzzing.
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/float_format.h"
#include "compiler/ir/text/text.h"
#include "tests/support/graph_equal.h"
#include "tests/support/shared_data.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <map>

using namespace wb;
using namespace wb::ir;

namespace {

/// tests/ir/NAME
std::string sample(const char* name) {
    return wb::test::readAll(std::filesystem::path(WB_SOURCE_DIR) / "tests" / "ir" / name);
}
const std::string kSmall = sample("every_construct.mlir");

Graph parsed(const std::string& text) {
    auto graph = parse(text, "test.mlir");
    if (!graph) qFatal("%s", toText(graph.error()).c_str());
    return std::move(*graph);
}

std::string inFunction(const std::string& body) {
    return "module @m {\n  func.func @main(%arg0: tensor<2xf32>) -> tensor<2xf32> {\n" + body + "  }\n}\n";
}
/// A file of today's vendor tool as that of 2023 wrote it: the network's name an attribute, places written out on the spot.
std::string inOldSpelling(const std::string& text) {
    std::map<std::string, std::string> places; // "#loc7" → loc("…")
    std::string old;
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string line = text.substr(at, end - at);
        at = end;
        const size_t equals = line.find(" = ");
        if (line.starts_with("#loc") && equals != std::string::npos) places[line.substr(0, equals)] = line.substr(equals + 3, line.size() - equals - 4);
        else old += line;
    }
    const std::string before = "loc(#loc";
    std::string result;
    for (size_t at = 0;;) {
        const size_t from = old.find(before, at);
        if (from == std::string::npos) return result + old.substr(at);
        const size_t to = old.find(')', from);
        result += old.substr(at, from - at) + places[old.substr(from + 4, to - from - 4)];
        at = to + 1;
    }
}

const char* const kInput = "    %0 = \"top.Input\"(%arg0) : (tensor<2xf32>) -> tensor<2xf32> loc(\"in\")\n";

} // namespace

class TestText : public QObject {
    Q_OBJECT

private slots:
    void everyConstruct() {
        const Graph g = parsed(kSmall);
        QCOMPARE(g.name, std::string("demo"));
        QCOMPARE(g.attributes.integer("module.FLOPs"), int64_t{1024});
        QCOMPARE(g.nodes().size(), size_t{5});
        const Node& conv = g.nodes()[2];
        QCOMPARE(conv.op, std::string("tpu.Conv2D"));
        QCOMPARE(conv.operands[2], kNoValue);
        QCOMPARE(conv.attributes.enumerator("mode"), std::string("HalfUp"));
        QVERIFY(conv.attributes.integers("pads") == std::vector<int64_t>({1, 1, 1, 1}));
        QVERIFY(conv.attributes.boolean("z"));
        QCOMPARE(conv.attributes.find("x.raw")->as<RawAttr>()->text, std::string("array<i32: 1, 2>"));
        QVERIFY(*conv.attributes.find("axis") == Attribute::si32(1));
        QCOMPARE(g.value(conv.results[0]).name, std::string("out \"q\" \xC3\xA9\\"));
        QCOMPARE(g.value(conv.results[0]).type.uniform()->scale(), 0.017753266274509804);
        QCOMPARE(g.value(conv.results[0]).type.element, ElementType::Ui8);
        const Node& split = g.nodes()[3];
        QCOMPARE(g.value(split.results[1]).name, std::string("right"));
        QCOMPARE(g.value(split.results[1]).type.shape[0], int64_t{-1});
        QVERIFY(!g.value(split.results[0]).type.ranked);
        const UniformQuant* axis = g.value(split.results[1]).type.uniform();
        QVERIFY(axis->axis == 0 && axis->zeroPoints[1] == 3 && axis->storageRange->first == -127);
        QCOMPARE(g.outputs.size(), size_t{2});
        QCOMPARE(g.inputs().size(), size_t{1});
    }

    void printsBackTheSameBytes() { QCOMPARE(QString::fromStdString(print(parsed(kSmall))), QString::fromStdString(kSmall)); }

    void otherSpellings() {
        // Old module name, inline and nested locations, aliases of types and attributes, comments,
        // properties, no locations at all.
        const Graph g = parsed(sample("other_spellings.mlir"));
        QCOMPARE(g.name, std::string("old"));
        QCOMPARE(g.value(g.nodes()[0].results[0]).name, std::string("in"));
        QCOMPARE(g.value(g.nodes()[1].results[0]).name, std::string("%a"));
        QCOMPARE(g.value(g.nodes()[2].results[0]).name, std::string("b"));
        QCOMPARE(g.nodes()[1].attributes.enumerator("mode"), std::string("HalfUp"));
        QVERIFY(g.nodes()[1].attributes.boolean("extra"));
        const std::string text = print(g);
        QVERIFY(text.find("module attributes") != std::string::npos);
        QCOMPARE(wb::test::difference(g, parsed(text)), std::string());
        QCOMPARE(print(parsed(text)), text);
    }

    void numbersAsMlirPrintsThem_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("text");
        const int f64 = int(ElementType::F64), f32 = int(ElementType::F32), f16 = int(ElementType::F16),
                  bf16 = int(ElementType::BF16);
        // Recorded from mlir 18.
        QTest::newRow("one") << 1.0 << f64 << "1.000000e+00";
        QTest::newRow("minus zero") << -0.0 << f64 << "-0.000000e+00";
        QTest::newRow("0.1") << 0.1 << f64 << "1.000000e-01";
        QTest::newRow("0.3 fits") << 0.3 << f64 << "3.000000e-01";
        QTest::newRow("0.7 does not") << 0.7 << f64 << "0.69999999999999996";
        QTest::newRow("float of 0.0039216") << 0.0039216000586748123 << f64 << "0.0039216000586748123";
        QTest::newRow("seven digits") << -0.9921875 << f64 << "-0.9921875";
        QTest::newRow("small") << 1e-5 << f64 << "1.000000e-05";
        QTest::newRow("whole") << 123456789.0 << f64 << "0x419D6F3454000000";
        QTest::newRow("largest") << 1.7976931348623157e308 << f64 << "1.7976931348623157E+308";
        QTest::newRow("infinite") << HUGE_VAL << f64 << "0x7FF0000000000000";
        QTest::newRow("f32 third") << double(-0.399597228F) << f32 << "-0.399597228";
        QTest::newRow("f32 not a number") << std::nan("") << f32 << "0x7FC00000";
        QTest::newRow("f16 0.3") << 0.3 << f16 << "3.000490e-01";
        QTest::newRow("f16 0.7") << 0.7 << f16 << "7.001950e-01";
        QTest::newRow("f16 tiny") << 1e-5 << f16 << "1.001360e-05";
        QTest::newRow("f16 infinite") << HUGE_VAL << f16 << "0x7C00";
        QTest::newRow("bf16 not a number") << std::nan("") << bf16 << "0x7FC0";
    }
    void numbersAsMlirPrintsThem() {
        QFETCH(double, value);
        QFETCH(int, type);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(text::formatFloat(value, ElementType(type))), text);
    }

    void everyNumberIsReadBack() {
        wb::test::Random random(4);
        for (int i = 0; i < 20000; ++i) {
            const uint64_t bits = random.next();
            double value = 0;
            std::memcpy(&value, &bits, sizeof value);
            if (!std::isfinite(value)) continue;
            const std::string text = text::formatFloat(value);
            const auto back = text.starts_with("0x")
                                  ? text::floatFromBits(std::stoull(text, nullptr, 16), ElementType::F64)
                                  : text::parseFloat(text);
            QVERIFY(back);
            // MLIR's seventeen digits are cut, not rounded: the last place may be one unit off.
            QVERIFY(std::abs(*back - value) <= std::abs(std::nextafter(value, HUGE_VAL) - value));
        }
    }

    void wholeRangesAreReadBack() {
        Graph g = parsed(inFunction(std::string(kInput) + "    return %0 : tensor<2xf32>\n"));
        g.value(g.inputs()[0]).type.quant = CalibratedRange{-4096.0, 4916785152.0}; // MLIR prints the second one's bits
        const std::string text = print(g);
        QVERIFY2(text.find("0x41F2510300000000") != std::string::npos, text.c_str());
        const auto back = parse(text, "range.mlir");
        QVERIFY2(back.hasValue(), back ? "" : toText(back.error()).c_str());
        QVERIFY(back->value(back->inputs()[0]).type.quant == g.value(g.inputs()[0]).type.quant);
        for (const char* wrong : {"0x", "0x7FF0000000000000", "0x41F25103000000000", "0xg"}) {
            std::string broken = text;
            broken.replace(broken.find("0x41F2510300000000"), 18, wrong);
            QVERIFY(!parse(broken, "range.mlir"));
        }
    }

    void errorsNameThePlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& text, const char* where, const char* says) {
            QTest::newRow(name) << QString::fromStdString(text) << where << says;
        };
        const std::string in = kInput, ret = "    return %0 : tensor<2xf32>\n";
        row("empty", "", "1:1", "expected 'module'");
        row("not mlir", "hello", "1:1", "expected 'module'");
        row("undefined value", inFunction(in + "    return %9 : tensor<2xf32>\n"), "4:12", "'%9' is not defined");
        row("wrong type", inFunction(in + "    return %0 : tensor<3xf32>\n"), "4:12", "is used as tensor<3xf32>");
        row("redefined", inFunction(in + in + ret), "4:5", "used twice");
        row("same id", inFunction(in + "    %0 = \"a.b\"() : () -> tensor<1xf32> loc(\"z\")\n" + ret), "4:5", "defined twice");
        row("types missing", inFunction(in + "    %1 = \"a.b\"(%0) : () -> tensor<1xf32>\n" + ret), "4:5", "1 values and 0 types");
        row("result count", inFunction(in + "    %1:2 = \"a.b\"(%0) : (tensor<2xf32>) -> tensor<1xf32>\n" + ret), "4:5", "names 2 results");
        row("unknown element", inFunction("    %0 = \"a.b\"() : () -> tensor<1xq9>\n"), "3:35", "an element type");
        row("open string", inFunction("    %0 = \"a.b() : () -> tensor<1xf32>\n"), "3:10", "no end on its line");
        row("region", inFunction("    \"a.b\"() ({\n    }) : () -> ()\n"), "3:13", "layer groups");
        row("two functions", inFunction(in + ret).substr(0, inFunction(in + ret).size() - 2) + "  func.func @b() {\n", "6:3", "several functions");
        row("huge tensor", inFunction("    %0 = \"a.b\"() : () -> tensor<999999999x999999999xf32>\n"), "3:26", "too large");
        row("huge number", inFunction("    %0 = \"a.b\"() : () -> tensor<99999999999999999999xf32>\n"), "3:33", "64 bits");
        row("attribute twice", inFunction("    %0 = \"a.b\"() {a, a} : () -> tensor<1xf32>\n"), "3:22", "given twice");
        row("address", inFunction("    %0 = \"a.b\"() : () -> tensor<1xf32, 4096 : i64>\n"), "3:38", "later stage");
        row("ends early", inFunction(in + ret).substr(0, 140), "3:86", "");
    }
    void errorsNameThePlace() {
        QFETCH(QString, text);
        QFETCH(QString, where);
        QFETCH(QString, says);
        const auto graph = parse(text.toStdString(), "file.mlir");
        QVERIFY(!graph);
        const Error& e = graph.error();
        QCOMPARE(e.code, Code::TextSyntax);
        QCOMPARE(e.file, std::string("file.mlir"));
        QVERIFY2(QString::fromStdString(e.what).contains(says), e.what.c_str());
        if (says.isEmpty()) return;
        QCOMPARE(QString::fromStdString(e.fields.at("line") + ":" + e.fields.at("column")), where);
    }

    void deepNestingIsRefusedNotCrashed() {
        for (const char open : {'[', '{', '<', '('}) {
            const std::string deep = inFunction("    %0 = \"a.b\"() {a = x" + std::string(1000000, open));
            QVERIFY(!parse(deep));
            QVERIFY(!parse(inFunction("    %0 = \"a.b\"() {a = " + std::string(1000000, open))));
        }
        std::string fused = inFunction(std::string(kInput) + "    return %0 : tensor<2xf32>\n");
        QVERIFY(parse(fused));
        std::string nested = "#loc1 = loc(";
        for (int i = 0; i < 100000; ++i)
            nested += "fused[";
        QVERIFY(!parse(nested));
        // A location made of itself has no name, but an end.
        const Graph g = parsed("#loc1 = loc(fused[#loc1, #loc1])\n" +
                               inFunction("    %0 = \"top.Input\"(%arg0) : (tensor<2xf32>) -> tensor<2xf32> loc(#loc1)\n"
                                          "    return %0 : tensor<2xf32>\n"));
        QCOMPARE(g.value(0).name, std::string("%0"));
    }

    void mutationsNeverCrash() {
        wb::test::Random random(20262);
        const std::string& whole = kSmall;
        int accepted = 0;
        for (int i = 0; i < 20000; ++i) {
            const std::string text = wb::test::mutate(whole, random);
            const auto graph = parse(text);
            if (!graph) {
                QVERIFY(!graph.error().what.empty());
                continue;
            }
            ++accepted; // what is accepted must print to a fixed point
            const std::string printed = print(*graph);
            const auto again = parse(printed);
            QVERIFY2(again, (printed + (again ? "" : toText(again.error()))).c_str());
            QCOMPARE(print(*again), printed);
        }
        QVERIFY(accepted > 500 && accepted < 19000);
    }

    void vendorsFiles_data() {
        QTest::addColumn<QString>("path");
        const auto folder = wb::test::sharedFolder() / "golden";
        std::error_code ec;
        int files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ec))
            if (entry.path().extension() == ".mlir" && ++files > 0)
                QTest::newRow(std::filesystem::relative(entry.path(), folder).c_str()) << QString(entry.path().c_str());
        if (files == 0) QTest::newRow("none") << QString();
    }
    void vendorsFiles() {
        QFETCH(QString, path);
        if (path.isEmpty()) QSKIP("the optional folder of reference results is absent (set WB_SHARED)");
        const std::string text = wb::test::readAll(path.toStdString());
        const auto graph = parse(text, path.toStdString());
        QVERIFY2(graph, graph ? "" : toText(graph.error()).c_str());
        const std::string printed = print(*graph);
        size_t same = 0;
        while (same < printed.size() && same < text.size() && printed[same] == text[same])
            ++same;
        const size_t from = same < 80 ? 0 : same - 80;
        QVERIFY2(printed == text, ("ours: " + printed.substr(from, 160) + "\ntheirs: " + text.substr(from, 160)).c_str());
        QCOMPARE(wb::test::difference(*graph, parsed(printed)), std::string());
    }

    void vendorsFilesInOldSpelling_data() { vendorsFiles_data(); }
    void vendorsFilesInOldSpelling() {
        QFETCH(QString, path);
        if (path.isEmpty()) QSKIP("the optional folder of reference results is absent (set WB_SHARED)");
        const std::string text = wb::test::readAll(path.toStdString());
        const auto graph = parse(text, path.toStdString());
        QVERIFY(graph);
        std::string old = inOldSpelling(text);
        const std::string symbol = "module @" + graph->name + " attributes {";
        const size_t at = old.find(symbol);
        QVERIFY(at != std::string::npos && old.find("#loc") == std::string::npos);
        old.replace(at, symbol.size(), "module attributes {module.name = \"" + graph->name + "\", ");
        auto same = parse(old, "old.mlir");
        QVERIFY2(same, same ? "" : toText(same.error()).c_str());
        same->attributes.erase("module.name");
        QCOMPARE(wb::test::difference(*same, *graph), std::string());
    }

    void filesWithWeights() {
        QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("net.mlir").toStdString();
        Graph g;
        g.name = "net";
        const ValueId x = g.add("top.Input", {}, "x", {ElementType::F32, {1, 4}, true, {}});
        const float w[4] = {1, 2, 3, 4};
        const ValueId weight = g.addWeight("w", Tensor::of<float>(ElementType::F32, {4, 1}, w));
        const uint16_t h[2] = {0x3f80, 0x4000};
        const ValueId half = g.addWeight("h", Tensor::of<uint16_t>(ElementType::BF16, {2}, h));
        g.outputs = {g.add("top.MatMul", {x, weight, half}, "y", {ElementType::F32, {1, 1}, true, {}})};
        QVERIFY(writeMlir(g, path));
        auto back = readMlir(path);
        QVERIFY2(back, back ? "" : toText(back.error()).c_str());
        QCOMPARE(back->attributes.string("module.weight_file"), std::string("net_weights.npz"));
        g.attributes.set("module.weight_file", "net_weights.npz");
        QCOMPARE(wb::test::difference(g, *back), std::string());

        // Flattened arrays take the type's shape; what does not fit is named.
        const auto npz = std::filesystem::path(dir.filePath("net_weights.npz").toStdString());
        QVERIFY(writeNpz(npz, {{"w", Tensor::of<float>(ElementType::F32, {4}, w)},
                               {"h", Tensor::of<uint16_t>(ElementType::Ui16, {2}, h)}}));
        QCOMPARE(wb::test::difference(g, *readMlir(path)), std::string());
        QVERIFY(writeNpz(npz, {{"w", Tensor::of<float>(ElementType::F32, {3}, w)}}));
        auto bad = readMlir(path);
        QCOMPARE(bad.error().code, Code::WeightMissing);
        QCOMPARE(bad.error().node, std::string("w"));
        QVERIFY(writeNpz(npz, {{"w", Tensor::of<float>(ElementType::F32, {4}, w)}}));
        QCOMPARE(readMlir(path).error().node, std::string("h"));
        std::filesystem::remove(npz);
        QCOMPARE(readMlir(path).error().code, Code::WeightMissing);
    }

    void throughMlirOpt() {
        const QString tool = QStandardPaths::findExecutable("mlir-opt");
        if (tool.isEmpty()) QSKIP("mlir-opt is not installed");
        QProcess process;
        process.start(tool, {"--allow-unregistered-dialect", "--mlir-print-debuginfo", "-"});
        QVERIFY(process.waitForStarted());
        process.write(kSmall.c_str());
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished());
        const auto back = parse(process.readAllStandardOutput().toStdString());
        QVERIFY2(back, process.readAllStandardError().constData());
        QCOMPARE(wb::test::difference(parsed(kSmall), *back), std::string());
    }
};

QTEST_GUILESS_MAIN(TestText)
#include "tst_text.moc"
