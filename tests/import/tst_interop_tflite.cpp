// SPDX-License-Identifier: GPL-3.0-or-later
// The same networks here and in TensorFlow Lite's own interpreter: WB_LITERT names a Python that has ai-edge-litert (or
// tflite-runtime). Numbers within single precision, codes equal or, where the case says so, a step apart.
#include "compiler/passes/pipeline.h"
#include "compiler/preprocess/preprocess.h"
#include "compiler/quantise/lower_quantised.h"
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_run.h"

#include <QProcess>
#include <QTemporaryDir>

#include <cmath>

using namespace wb;
namespace wire = test::wire;
namespace fs = std::filesystem;

namespace {

size_t elements(const flatbuffers::Vector<int32_t>* dims) {
    size_t count = 1;
    for (const int32_t d : *dims)
        count *= static_cast<size_t>(d);
    return count;
}

ir::Shape shapeOf(const flatbuffers::Vector<int32_t>* dims) { return {dims->begin(), dims->end()}; }

template <class T> std::vector<T> readRaw(const fs::path& path) {
    const std::string bytes = test::readAll(path);
    std::vector<T> data(bytes.size() / sizeof(T));
    std::memcpy(data.data(), bytes.data(), data.size() * sizeof(T));
    return data;
}

} // namespace

class TestInteropTflite : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::vector<test::TfliteCase> m_cases;

    fs::path folder() const { return m_dir.path().toStdString(); }
    fs::path stem(size_t i) const { return folder() / ("case" + std::to_string(i)); }

    static const wire::SubGraph& graphOf(const std::string& bytes) { return *wire::GetModel(bytes.data())->graphs()->Get(0); }
    static const wire::Tensor& tensorAt(const wire::SubGraph& g, int32_t i) { return *g.tensors()->Get(static_cast<uint32_t>(i)); }

    bool interpret() {
        const QString python = qEnvironmentVariable("WB_LITERT");
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(python, {QStringLiteral(WB_SOURCE_DIR "/tests/import/run_litert.py"), m_dir.path()});
        return process.waitForFinished(120000) && process.exitCode() == 0;
    }

    /// 224 × 224 bytes, red, green, blue.
    static std::string picture(const fs::path& file) {
        preprocess::Settings settings;
        settings.pixelFormat = "rgb";
        settings.resizeHeight = settings.resizeWidth = 224;
        const auto prepared = preprocess::prepareFile(file, settings, {1, 3, 224, 224});
        std::string raw(size_t{224} * 224 * 3, '\0');
        if (!prepared) return raw;
        for (size_t p = 0; p < size_t{224} * 224; ++p)
            for (size_t c = 0; c < 3; ++c)
                raw[p * 3 + c] = static_cast<char>(static_cast<uint8_t>(prepared->tensor.data<float>()[c * 224 * 224 + p]));
        return raw;
    }

private slots:
    void initTestCase() {
        if (qEnvironmentVariableIsEmpty("WB_LITERT")) QSKIP("WB_LITERT names no Python with TensorFlow Lite's interpreter");
        m_cases = test::floatTfliteCases();
        for (auto& c : test::integerTfliteCases())
            m_cases.push_back(std::move(c));
        const fs::path shared = test::sharedFolder();
        const auto real = [&](const char* name, const char* file, bool integer) {
            if (shared.empty() || !fs::exists(shared / "models" / file)) return;
            m_cases.push_back({name, test::readAll(shared / "models" / file), integer, 0});
        };
        real("mobilenet", "mobilenet_v2_1.0_224_quant.tflite", true);
        real("ultraface", "ultraface_rfb320.tflite", false);
        test::Random random(20260104);
        for (size_t i = 0; i < m_cases.size(); ++i) {
            test::writeAll(stem(i).string() + ".tflite", m_cases[i].bytes);
            const wire::SubGraph& graph = graphOf(m_cases[i].bytes);
            for (uint32_t k = 0; k < graph.inputs()->size(); ++k) {
                const wire::Tensor& tensor = tensorAt(graph, graph.inputs()->Get(k));
                std::string raw;
                for (size_t e = 0; e < elements(tensor.shape()); ++e) {
                    if (tensor.element() != wire::Element_Float32) {
                        raw.push_back(static_cast<char>(random.below(256)));
                        continue;
                    }
                    const float value = random.real(-4, 4);
                    raw.append(reinterpret_cast<const char*>(&value), sizeof value);
                }
                if (m_cases[i].name == "mobilenet") raw = picture(shared / "images" / "imagenet" / "cat.bmp");
                test::writeAll(stem(i).string() + ".in" + std::to_string(k), raw);
            }
        }
        QVERIFY2(interpret(), "the interpreter does not run");
    }

    void equal_data() {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < m_cases.size(); ++i)
            QTest::newRow(m_cases[i].name.c_str()) << int(i);
    }
    void equal() {
        QFETCH(int, index);
        const auto i = static_cast<size_t>(index);
        const test::TfliteCase& c = m_cases[i];
        if (c.name == "lstm both ways, joined") QSKIP("the interpreter gives other numbers in every run: it joins what it has not yet cleared");
        if (fs::exists(stem(i).string() + ".error"))
            QFAIL(("the interpreter refuses it: " + test::readAll(stem(i).string() + ".error")).c_str());
        auto model = test::importTflite(c.bytes, folder());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto optimised = passes::optimiseTop(model->origin, {}, {.verify = true});
        QVERIFY2(optimised, toText(optimised ? Error{} : optimised.error()).c_str());
        auto runs = std::make_shared<const ir::Graph>(model->origin);
        if (c.integer) {
            const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
            QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
            runs = lowered->graph;
        }
        const wire::SubGraph& graph = graphOf(c.bytes);
        execute::TensorMap inputs;
        for (uint32_t k = 0; k < graph.inputs()->size(); ++k) {
            const wire::Tensor& tensor = tensorAt(graph, graph.inputs()->Get(k));
            const ir::Shape shape = shapeOf(tensor.shape());
            const ir::Value& value = model->origin.value(model->origin.inputs()[k]);
            const fs::path file = stem(i).string() + ".in" + std::to_string(k);
            if (value.type.element == ir::ElementType::F32)
                inputs[value.name] = ir::Tensor::of<float>(ir::ElementType::F32, value.type.shape,
                                                           test::moved(readRaw<float>(file), shape, true));
            else
                inputs[value.name] = ir::Tensor::of<uint8_t>(value.type.element, value.type.shape,
                                                             test::moved(readRaw<uint8_t>(file), shape, true));
        }
        const auto executor = execute::Executor::create(runs, {}, {});
        QVERIFY2(executor, toText(executor ? Error{} : executor.error()).c_str());
        const auto results = (*executor)->run(inputs, {});
        QVERIFY2(results, toText(results ? Error{} : results.error()).c_str());
        for (uint32_t k = 0; k < graph.outputs()->size(); ++k) {
            const ir::Value& value = runs->value(runs->outputs[k]);
            const ir::Tensor& got = results->at(value.name);
            // As it ran: files may leave sizes open.
            const ir::Shape shape = test::channelsLast(got.shape());
            const fs::path file = stem(i).string() + ".out" + std::to_string(k);
            if (value.type.element == ir::ElementType::F32) {
                const auto expected = test::moved(readRaw<float>(file), shape, true);
                QCOMPARE(static_cast<size_t>(got.elementCount()), expected.size());
                for (size_t e = 0; e < expected.size(); ++e)
                    QVERIFY2(std::abs(got.data<float>()[e] - expected[e]) <= (expected.size() > 4000 ? 1e-4F : 2e-5F) * std::max(1.0F, std::abs(expected[e])),
                             qPrintable(QString("element %1: %2, the interpreter has %3").arg(e).arg(got.data<float>()[e]).arg(expected[e])));
                continue;
            }
            const auto expected = test::moved(readRaw<uint8_t>(file), shape, true);
            QCOMPARE(static_cast<size_t>(got.elementCount()), expected.size());
            const bool isSigned = value.type.element != ir::ElementType::Ui8;
            for (size_t e = 0; e < expected.size(); ++e) {
                const int a = isSigned ? got.data<int8_t>()[e] : got.data<uint8_t>()[e];
                const int b = isSigned ? static_cast<int8_t>(expected[e]) : expected[e];
                QVERIFY2(std::abs(a - b) <= c.steps,
                         qPrintable(QString("element %1: %2, the interpreter has %3").arg(e).arg(a).arg(b)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestInteropTflite)
#include "tst_interop_tflite.moc"
