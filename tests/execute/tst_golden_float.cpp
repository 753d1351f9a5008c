// SPDX-License-Identifier: GPL-3.0-or-later
// Real networks in float: every layer's mean, deviation and extremes against the vendor's, network outputs
// against its arrays, and the classic classifiers against their published outputs.
#include "compiler/execute/executor.h"
#include "compiler/import/import.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/passes/pipeline.h"

#include <QTest>

#include "tests/support/shared_data.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace wb;

namespace {

std::shared_ptr<const ir::Graph> load(const std::filesystem::path& path, std::vector<std::string> outputs,
                                      bool optimise) {
    importer::ImportOptions options;
    options.outputNames = std::move(outputs);
    options.preprocess.pixelFormat = "rgb";
    auto model = importer::importModel(path, options, JobContext());
    if (!model) qFatal("%s", toText(model.error()).c_str());
    auto graph = std::make_shared<ir::Graph>(std::move(model->origin));
    if (optimise)
        if (auto status = passes::optimiseTop(*graph, JobContext()); !status) qFatal("%s", toText(status.error()).c_str());
    return graph;
}

std::unique_ptr<execute::Executor> make(std::shared_ptr<const ir::Graph> graph, execute::Options options) {
    auto executor = execute::Executor::create(std::move(graph), options, JobContext());
    if (!executor) qFatal("%s", toText(executor.error()).c_str());
    return std::move(*executor);
}

execute::TensorMap inputOf(const std::filesystem::path& npz) {
    auto arrays = ir::readNpz(npz);
    if (!arrays) qFatal("%s", toText(arrays.error()).c_str());
    return {arrays->begin(), arrays->end()};
}

struct Model {
    const char* folder;
    const char* file;
    std::vector<std::string> outputs;
};

const std::vector<Model>& models() {
    static const std::vector<Model> all = {
        {"yolov5n", "yolov5n.onnx",
         {"/model.24/m.0/Conv_output_0", "/model.24/m.1/Conv_output_0", "/model.24/m.2/Conv_output_0"}},
        {"yolo_fastest_xl", "yolo_fastest_xl.onnx", {}},
        {"ultraface", "ultraface_rfb320.onnx", {}}};
    return all;
}

/// The tensor of a serialised ONNX TensorProto: raw_data (field 9) or float_data (field 4).
std::vector<float> readPb(const std::filesystem::path& path) {
    const std::string bytes = test::readAll(path);
    size_t at = 0;
    auto varint = [&] {
        uint64_t value = 0;
        for (int shift = 0; at < bytes.size() && shift < 64; shift += 7) {
            const auto b = static_cast<unsigned char>(bytes[at++]);
            value |= uint64_t{b & 0x7fU} << shift;
            if ((b & 0x80U) == 0) break;
        }
        return value;
    };
    while (at < bytes.size()) {
        const uint64_t tag = varint();
        if ((tag & 7) == 0) {
            varint();
        } else if ((tag & 7) == 2) {
            const uint64_t length = varint();
            if (tag >> 3 == 9 || tag >> 3 == 4) {
                std::vector<float> values(length / 4);
                std::memcpy(values.data(), bytes.data() + at, values.size() * 4);
                return values;
            }
            at += length;
        } else {
            break;
        }
    }
    return {};
}

} // namespace

class TestGoldenFloat : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyLayer_data() {
        QTest::addColumn<int>("model");
        for (size_t i = 0; i < models().size(); ++i)
            QTest::newRow(models()[i].folder) << static_cast<int>(i);
    }
    void everyLayer() {
        QFETCH(int, model);
        const Model& m = models()[static_cast<size_t>(model)];
        WB_SHARED_OR_SKIP(golden, std::filesystem::path("golden") / m.folder);
        WB_SHARED_OR_SKIP(file, std::filesystem::path("models") / m.file);
        const auto graph = load(file, m.outputs, true);
        const auto executor = make(graph, {.observable = true});
        const auto layers = nlohmann::json::parse(test::readAll(golden / "top_layers.json"));
        int compared = 0;
        int equal = 0;
        std::string worst;
        double worstError = 0;
        auto result = executor->run(inputOf(golden / "in_f32.npz"), JobContext(),
                                    [&](ir::NodeId id, std::span<const ir::Tensor> results, double) {
            const std::string& name = graph->value(graph->node(id).results[0]).name;
            const auto it = layers.find(name);
            if (it == layers.end()) return Status();
            double sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
            for (float v : results[0].span<float>()) {
                sum += v;
                squares += double(v) * v;
                low = std::min(low, double(v));
                high = std::max(high, double(v));
            }
            const auto n = static_cast<double>(results[0].elementCount());
            const double mean = sum / n;
            const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
            // Sums are taken in another order than the vendor's: 1e-4 of the layer's range is float noise
            // after some sixty convolutions.
            const double range = std::max(1e-6, (*it)["max"].get<double>() - (*it)["min"].get<double>());
            const double error = std::max({std::fabs(mean - (*it)["mean"].get<double>()),
                                           std::fabs(deviation - (*it)["std"].get<double>()),
                                           std::fabs(low - (*it)["min"].get<double>()),
                                           std::fabs(high - (*it)["max"].get<double>())}) / range;
            ++compared;
            if (error < 1e-4) ++equal;
            if (!(error <= worstError)) {
                worstError = error;
                worst = name;
            }
            return Status();
        });
        if (!result) qFatal("%s", toText(result.error()).c_str());
        qInfo("%s: %d of %d layers agree, %zu in the reference; largest error %.2e of the range at %s", m.folder,
              equal, compared, layers.size(), worstError, worst.c_str());
        QCOMPARE(equal, compared);
        QCOMPARE(static_cast<size_t>(compared), layers.size());
    }

    void outputs_data() { everyLayer_data(); }
    void outputs() {
        QFETCH(int, model);
        const Model& m = models()[static_cast<size_t>(model)];
        WB_SHARED_OR_SKIP(expected, std::filesystem::path("golden") / m.folder / "bm1684x_f32.outputs.npz");
        WB_SHARED_OR_SKIP(file, std::filesystem::path("models") / m.file);
        const auto graph = load(file, m.outputs, true);
        const auto executor = make(graph, {});
        const auto result = executor->run(inputOf(expected.parent_path() / "in_f32.npz"), JobContext());
        QVERIFY(result.hasValue());
        const auto wanted = inputOf(expected);
        QCOMPARE(wanted.size(), result->size());
        for (const auto& [name, tensor] : wanted) {
            const auto it = result->find(name);
            QVERIFY2(it != result->end(), name.c_str());
            double dot = 0, a = 0, b = 0, most = 0;
            for (int64_t i = 0; i < tensor.elementCount(); ++i) {
                const double x = tensor.data<float>()[i], y = it->second.data<float>()[i];
                dot += x * y;
                a += x * x;
                b += y * y;
                most = std::max(most, std::fabs(x - y));
            }
            const double cosine = dot / std::sqrt(a * b);
            qInfo("%s %s: cosine 1 - %.1e, largest difference %.2e", m.folder, name.c_str(), 1 - cosine, most);
            QVERIFY(cosine > 1 - 1e-9);
        }
    }

    void classifiers_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
                                 "squeezenet", "vgg19", "zfnet512"})
            QTest::newRow(name) << QString(name);
    }
    void classifiers() {
        QFETCH(QString, name);
        const std::string base = "light_" + name.toStdString();
        WB_SHARED_OR_SKIP(file, std::filesystem::path("models/light") / (base + ".onnx"));
        const std::vector<float> expected = readPb(file.parent_path() / (base + "_output_0.pb"));
        for (bool optimise : {false, true}) {
            const auto graph = load(file, {}, optimise);
            execute::TensorMap in;
            for (ir::ValueId id : graph->inputs()) {
                ir::Tensor tensor(ir::ElementType::F32, graph->value(id).type.shape);
                for (int64_t i = 0; i < tensor.elementCount(); ++i)
                    tensor.mutableData<float>()[i] = static_cast<float>(i) / static_cast<float>(tensor.elementCount());
                in[graph->value(id).name] = tensor;
            }
            const auto result = make(graph, {})->run(in, JobContext());
            QVERIFY(result.hasValue());
            const ir::Tensor& got = result->begin()->second;
            QCOMPARE(static_cast<size_t>(got.elementCount()), expected.size());
            for (size_t i = 0; i < expected.size(); ++i)
                QVERIFY2(std::fabs(got.data<float>()[i] - expected[i]) <= 1e-4f * std::max(1.0f, std::fabs(expected[i])),
                         qPrintable(QString("%1: %2 instead of %3").arg(i).arg(got.data<float>()[i]).arg(expected[i])));
        }
    }
};

QTEST_APPLESS_MAIN(TestGoldenFloat)
#include "tst_golden_float.moc"
