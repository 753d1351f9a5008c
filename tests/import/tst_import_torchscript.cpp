// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript networks: operators against libtorch's own results (torch_cases.cpp), names, archives that are damaged,
// hostile or no networks, and yolov5n against its ONNX twin.
#include "compiler/base/file.h"
#include "compiler/base/npz.h"
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/import/torchscript/archive.h"
#include "compiler/import/torchscript/plugin_process.h"
#include "compiler/passes/pipeline.h"
#include "tests/import/conformance.h"
#include "tests/support/mutation.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using namespace wb;

namespace {

ir::Tensor tensorOf(const NpzArray& array) {
    return ir::Tensor::of<float>(ir::ElementType::F32, array.shape,
                                 std::span(reinterpret_cast<const float*>(array.bytes.data()), array.bytes.size() / sizeof(float)));
}

/// Inputs "in0" … or outputs "out0" … of a case.
std::vector<ir::Tensor> arrays(const fs::path& file, const std::string& prefix) {
    std::vector<ir::Tensor> found;
    const auto npz = NpzReader::open(file);
    for (int i = 0; npz; ++i) {
        const auto index = npz->find(prefix + std::to_string(i));
        if (!index) break;
        const auto array = npz->read(*index);
        if (!array) break;
        found.push_back(tensorOf(*array));
    }
    return found;
}

Result<std::vector<ir::Tensor>> run(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
    std::map<std::string, ir::Tensor, std::less<>> named;
    const auto ids = graph.inputs();
    for (size_t i = 0; i < ids.size() && i < inputs.size(); ++i)
        named.insert_or_assign(graph.value(ids[i]).name, inputs[i]);
    WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {}));
    WB_ASSIGN(const auto results, executor->run(named, {}));
    std::vector<ir::Tensor> list;
    for (const ir::ValueId id : graph.outputs)
        list.push_back(results.at(graph.value(id).name));
    return list;
}

/// Empty when every output has the same numbers up to `bound` of its largest.
QString difference(const std::vector<ir::Tensor>& ours, const std::vector<ir::Tensor>& theirs, double bound) {
    if (ours.size() != theirs.size()) return QStringLiteral("%1 outputs, %2 expected").arg(ours.size()).arg(theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) {
        const ir::Shape expected = theirs[i].shape().empty() ? ir::Shape{1} : theirs[i].shape();
        const ir::Shape found = ours[i].shape().empty() ? ir::Shape{1} : ours[i].shape();
        if (found != expected) return QString::fromStdString("shape " + ir::toText(found) + ", expected " + ir::toText(expected));
        double largest = 0, worst = 0;
        for (int64_t k = 0; k < ours[i].elementCount(); ++k) {
            const double a = ours[i].data<float>()[k], b = theirs[i].data<float>()[k];
            if (!std::isfinite(a) || !std::isfinite(b)) return QStringLiteral("output %1 has numbers that are none").arg(i);
            largest = std::max(largest, std::abs(b));
            worst = std::max(worst, std::abs(a - b));
        }
        if (worst > bound * largest + 1e-6) return QStringLiteral("output %1 differs by %2 of %3").arg(i).arg(worst).arg(largest);
    }
    return {};
}

std::vector<std::byte> bytesOf(const QByteArray& data) {
    const auto* begin = reinterpret_cast<const std::byte*>(data.constData());
    return {begin, begin + data.size()};
}

/// A zip of stored entries without content; names as given.
QByteArray zipOf(const QList<QByteArray>& names, uint32_t claimed = 0, uint16_t flags = 0) {
    QByteArray zip, directory;
    const auto put16 = [](QByteArray& to, uint16_t v) { to.append(reinterpret_cast<const char*>(&v), 2); };
    const auto put32 = [](QByteArray& to, uint32_t v) { to.append(reinterpret_cast<const char*>(&v), 4); };
    for (const QByteArray& name : names) {
        const auto offset = static_cast<uint32_t>(zip.size());
        put32(zip, 0x04034b50);
        for (uint16_t v : {uint16_t{20}, flags, uint16_t{0}, uint16_t{0}, uint16_t{0}})
            put16(zip, v);
        for (uint32_t v : {0U, claimed, claimed})
            put32(zip, v);
        put16(zip, static_cast<uint16_t>(name.size()));
        put16(zip, 0);
        zip += name;
        put32(directory, 0x02014b50);
        for (uint16_t v : {uint16_t{20}, uint16_t{20}, flags, uint16_t{0}, uint16_t{0}, uint16_t{0}})
            put16(directory, v);
        for (uint32_t v : {0U, claimed, claimed})
            put32(directory, v);
        put16(directory, static_cast<uint16_t>(name.size()));
        for (int i = 0; i < 4; ++i)
            put16(directory, 0);
        put32(directory, 0);
        put32(directory, offset);
        directory += name;
    }
    const auto begin = static_cast<uint32_t>(zip.size());
    zip += directory;
    put32(zip, 0x06054b50);
    put16(zip, 0);
    put16(zip, 0);
    put16(zip, static_cast<uint16_t>(names.size()));
    put16(zip, static_cast<uint16_t>(names.size()));
    put32(zip, static_cast<uint32_t>(directory.size()));
    put32(zip, begin);
    put16(zip, 0);
    return zip;
}

} // namespace

class TestImportTorchScript : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    QStringList m_cases; ///< "name number-of-outputs"
    QString m_failure;
    std::vector<ir::Tensor> m_expected, m_origin, m_optimised;

    fs::path path(const std::string& name) const { return fs::path(m_dir.path().toStdString()) / name; }

    Result<importer::ImportedModel> import(const std::string& name, importer::ImportOptions options = {}) const {
        if (options.inputShapes.empty())
            for (const ir::Tensor& x : arrays(path(name + ".npz"), "in"))
                options.inputShapes.push_back(x.shape());
        options.preprocess.channelFormat = "none";
        return importer::importModel(path(name + ".pt"), options, {});
    }
    Result<importer::ImportedModel> importBytes(const QByteArray& bytes) const {
        std::ofstream(path("bytes.pt"), std::ios::binary).write(bytes.constData(), bytes.size());
        return importer::importModel(path("bytes.pt"), {}, {});
    }
    /// The network of all cases, as imported and as optimised; why not, or nothing.
    QString runAll() {
        const auto model = import("all");
        if (!model) return QString::fromStdString(toText(model.error()));
        const auto inputs = arrays(path("all.npz"), "in");
        m_expected = arrays(path("all.npz"), "out");
        ir::Graph graph = model->origin;
        if (const auto status = passes::optimiseTop(graph, {}); !status) return QString::fromStdString(toText(status.error()));
        const auto origin = run(model->origin, inputs), optimised = run(graph, inputs);
        if (!origin) return QString::fromStdString(toText(origin.error()));
        if (!optimised) return QString::fromStdString("optimised: " + toText(optimised.error()));
        m_origin = *origin;
        m_optimised = *optimised;
        if (m_origin.size() != m_expected.size() || m_optimised.size() != m_expected.size()) return "another number of outputs";
        return model->origin.attributes.string("module.platform") == "TORCH" ? QString() : "another platform";
    }
    static QByteArray read(const fs::path& file) {
        QFile opened(QString::fromStdString(file.string()));
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }

    test::Conformance m_conformance;

private slots:
    void cleanup() { m_conformance.count({"operatorsEqualLibtorch"}); }
    void cleanupTestCase() { m_conformance.tell("TorchScript", {}, {}, test::rulesOf(ops::Framework::Torch)); }

    void initTestCase() {
#ifdef WB_TORCH_CASES
        QProcess maker;
        maker.start(QStringLiteral(WB_TORCH_CASES), {m_dir.path()});
        QVERIFY2(maker.waitForFinished(100'000) && maker.exitCode() == 0, maker.readAllStandardError().constData());
        m_cases = QString::fromUtf8(read(path("cases.txt"))).split('\n', Qt::SkipEmptyParts);
        QVERIFY(m_cases.size() > 50);
        m_failure = runAll();
#endif
    }

    void operatorsEqualLibtorch_data() {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("count");
        int first = 0;
        for (const QString& row : std::as_const(m_cases)) {
            const QStringList words = row.split(' ');
            const int count = words.value(1).toInt();
            QTest::newRow(qPrintable(words[0])) << first << count;
            first += count;
        }
        if (m_cases.isEmpty()) QTest::newRow("none") << -1 << 0;
    }
    void operatorsEqualLibtorch() {
        QFETCH(int, first);
        QFETCH(int, count);
        if (first < 0) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        QVERIFY2(m_failure.isEmpty(), qPrintable(m_failure));
        QVERIFY(count > 0);
        const auto part = [&](const std::vector<ir::Tensor>& all) {
            return std::vector<ir::Tensor>(all.begin() + first, all.begin() + first + count);
        };
        const QString asImported = difference(part(m_origin), part(m_expected), 2e-5);
        QVERIFY2(asImported.isEmpty(), qPrintable(asImported));
        const QString asOptimised = difference(part(m_optimised), part(m_expected), 2e-5);
        QVERIFY2(asOptimised.isEmpty(), qPrintable("optimised: " + asOptimised));
    }

    void refusalsSayWhy() {
        if (m_cases.isEmpty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        auto model = import("refused_operators");
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::UnsupportedOperators);
        for (const char* kind : {"aten::digamma", "aten::fft_fft", "aten::i0"})
            QVERIFY2(model.error().fields.contains(kind), toText(model.error()).c_str());
        model = import("refused_numbers");
        QVERIFY2(!model && model.error().fields.contains("prim::If"), "a branch that numbers decide");
        for (const char* name : {"refused_part_changed", "refused_part_older", "refused_bits"}) {
            model = import(name);
            QVERIFY(!model);
            QCOMPARE(model.error().code, Code::UnsupportedAttribute);
        }
        model = import("refused_quantised");
        QVERIFY2(!model && model.error().what.find("aten::quantize_per_tensor") != std::string::npos, "quantised numbers");
        model = import("refused_training");
        QVERIFY(!model);
        QVERIFY2(!model.error().remedies.empty(), toText(model.error()).c_str());
    }

    void shapesAreAskedFor() {
        if (m_cases.isEmpty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        auto model = importer::importModel(path("mul.pt"), {}, {});
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::FreeDimensions);
        importer::ImportOptions options;
        options.inputShapes = {{1, 6, 13, 11}};
        model = import("mul", options);
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::InputShapeWrong);
        options.inputShapes = {{1, 5, 13, 11}};
        model = import("conv2d", options);
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::ShapeMismatch);
        options.inputShapes = {{1, 6, 13, -11}};
        QCOMPARE(import("conv2d", options).error().code, Code::InputShapeWrong);
    }

    void outputsAreChosenByName() {
        if (m_cases.isEmpty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        importer::ImportOptions options;
        options.outputNames = {"z.1"};
        const auto missing = import("tuple", options);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, Code::OutputNotFound);
        const auto whole = import("tuple");
        QVERIFY(whole);
        QCOMPARE(whole->outputNames.size(), size_t{3});
        options.outputNames = {whole->outputNames[1]};
        const auto one = import("tuple", options);
        QVERIFY2(one, one ? "" : toText(one.error()).c_str());
        QCOMPARE(one->origin.outputs.size(), size_t{1});
        QCOMPARE(one->origin.value(one->origin.outputs[0]).name, whole->outputNames[1]);
    }

    void picklesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("checkpoint") << zipOf({"net/data.pkl", "net/version", "net/data/0"}) << int(Code::NotTorchScript);
        QTest::newRow("checkpoint with a path in it")
            << zipOf({"net/data.pkl", "net/version", "net/data/code/0"}) << int(Code::NotTorchScript);
        QTest::newRow("old checkpoint") << QByteArray("\x80\x02}q\x00.", 6) << int(Code::NotTorchScript);
        QTest::newRow("zip of something") << zipOf({"a.txt"}) << int(Code::FileUnknownKind);
    }
    void picklesAreRefused() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        const auto model = importBytes(bytes);
        QVERIFY(!model);
        QCOMPARE(int(model.error().code), code);
        if (code != int(Code::NotTorchScript)) return;
        QCOMPARE(model.error().what, std::string("this file holds Python objects, not a traced network"));
        QCOMPARE(model.error().remedies.front(), std::string("export it with torch.jit.trace or to ONNX"));
    }

    void hostileArchivesStayOutside_data() {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray code = "net/code/a.py", pickle = "net/constants.pkl";
        QTest::newRow("leads out") << zipOf({pickle, code, "net/../../etc/x"});
        QTest::newRow("absolute") << zipOf({pickle, code, "/etc/x"});
        QTest::newRow("backslash") << zipOf({pickle, code, "net\\..\\x"});
        QTest::newRow("other folder") << zipOf({pickle, code, "other/x"});
        QTest::newRow("twice") << zipOf({pickle, code, code});
        QTest::newRow("encrypted") << zipOf({pickle, code}, 0, 1);
        QTest::newRow("beyond its end") << zipOf({pickle, code}, 1 << 20);
        QTest::newRow("overlapping") << zipOf({pickle, code}, 40);
        QTest::newRow("bytes after it") << zipOf({pickle, code}) + "more";
        QTest::newRow("bytes before it") << "PK\x03\x04" + zipOf({pickle, code});
    }
    void hostileArchivesStayOutside() {
        QFETCH(QByteArray, bytes);
        const auto status = importer::checkArchive(bytesOf(bytes));
        QVERIFY(!status);
        QVERIFY2(status.error().code == Code::ModelDamaged || status.error().code == Code::FileTruncated, toText(status.error()).c_str());
        QVERIFY(!importBytes(bytes));
    }
    void mutatedArchivesNeverCrash() {
        const QByteArray zip = zipOf({"net/constants.pkl", "net/code/a.py", "net/code/b.py"});
        const std::string whole(zip.constData(), static_cast<size_t>(zip.size()));
        test::Random random(20260104);
        constexpr int kCount = 20'000;
        int passed = 0;
        for (int i = 0; i < kCount; ++i) {
            const std::string bytes = test::damaged(whole, random, i);
            const auto span = std::as_bytes(std::span(bytes));
            const auto status = importer::checkArchive(span);
            passed += status ? 1 : 0;
            if (!status) QVERIFY(!status.error().what.empty());
        }
        QVERIFY2(passed > 0 && passed < kCount / 2, qPrintable(QString::number(passed)));
        QVERIFY2(test::peakBytes() < int64_t{1} << 30, "a mutation took more than 1 GB");
    }
    void plainArchivesPass() {
        const QByteArray zip = zipOf({"net/constants.pkl", "net/code/a.py"});
        const auto status = importer::checkArchive(bytesOf(zip));
        QVERIFY2(status, status ? "" : toText(status.error()).c_str());
    }

    void withoutPluginItSaysSo() {
        if (!importer::torchPlugin().empty()) QSKIP("the TorchScript plug-in is there");
        const auto model = importBytes(zipOf({"net/constants.pkl", "net/code/a.py"}));
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::FileUnknownKind);
        QVERIFY(toText(model.error()).find("libtorch-dev") != std::string::npos);
    }

    /// libtorch may break down over these; the importer has to come back with an error or a network.
    void damagedArchivesAreSurvived() {
        if (m_cases.isEmpty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        const QByteArray good = read(path("attention.pt"));
        QVERIFY(!good.isEmpty());
        QRandomGenerator random(20260102);
        int refused = 0;
        for (int round = 0; round < 8; ++round) {
            QByteArray bytes = good;
            if (round % 4 == 0) {
                bytes.truncate(random.bounded(static_cast<int>(bytes.size())));
            } else { // inside of the entries: what the table of contents says stays true
                for (int k = 0; k < 12; ++k)
                    bytes[random.bounded(static_cast<int>(bytes.size() * 3 / 4))] = static_cast<char>(random.bounded(256));
            }
            std::ofstream(path("damaged.pt"), std::ios::binary).write(bytes.constData(), bytes.size());
            importer::ImportOptions options;
            options.inputShapes = {{2, 5, 8}};
            const auto model = importer::importModel(path("damaged.pt"), options, {});
            refused += model ? 0 : 1;
            if (!model) QVERIFY2(!model.error().what.empty(), "an error without words");
        }
        QVERIFY(refused >= 2);
    }

    void cancelStopsIt() {
        if (m_cases.isEmpty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        std::stop_source source;
        source.request_stop();
        importer::ImportOptions options;
        options.inputShapes = {{1, 6, 13, 11}};
        const auto model = importer::importModel(path("conv2d.pt"), options, JobContext(source.get_token()));
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::Cancelled);
    }

    void yolov5nEqualsItsOnnxTwin() {
        if (importer::torchPlugin().empty()) QSKIP("the TorchScript plug-in is not built: there is no libtorch-dev");
        WB_SHARED_OR_SKIP(torch, "models/yolov5n.torchscript.pt");
        WB_SHARED_OR_SKIP(onnx, "models/yolov5n.onnx");
        importer::ImportOptions options;
        options.inputShapes = {{1, 3, 640, 640}};
        const auto a = importer::importModel(torch, options, {});
        QVERIFY2(a, a ? "" : toText(a.error()).c_str());
        for (const char* name : {"x.1", "input.33", "1039"}) // names of the scripted graph
            QVERIFY2(a->origin.find(name) != ir::kNoValue, name);
        const auto b = importer::importModel(onnx, options, {});
        QVERIFY2(a && b, "both must open");
        ir::Tensor x(ir::ElementType::F32, {1, 3, 640, 640});
        QRandomGenerator random(3);
        for (int64_t i = 0; i < x.elementCount(); ++i)
            x.mutableData<float>()[i] = static_cast<float>(random.generateDouble());
        const auto ours = run(a->origin, {x}), theirs = run(b->origin, {x});
        QVERIFY(ours && theirs);
        const QString text = difference({ours->front()}, {theirs->front()}, 1e-4);
        QVERIFY2(text.isEmpty(), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestImportTorchScript)
#include "tst_import_torchscript.moc"
