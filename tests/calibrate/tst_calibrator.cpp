// SPDX-License-Identifier: GPL-3.0-or-later
// The whole way from samples to a table: on a small network built here, and on three real ones whose
// reference tables lie in the optional folder.
//
// Tables of two machines agree only as far as their float convolutions do: the vendor's own tool, run on
// another processor, differs from its own tables in the last digits of most lines. So rows are held to a
// relative 1e-5, and tuning may take the neighbouring step where two are equally good within that noise.
#include "compiler/calibrate/calibrator.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/preprocess/samples.h"
#include "tests/support/shared_data.h"

#include <QtTest>
#include <cmath>

using namespace wb::calibrate;
namespace ir = wb::ir;
using wb::Code;
using wb::execute::TensorMap;

namespace {

/// x → LeakyRelu → y, 1x2x4x4.
std::shared_ptr<const ir::Graph> smallNetwork() {
    auto graph = std::make_shared<ir::Graph>();
    graph->name = "small";
    const ir::TensorType type{ir::ElementType::F32, {1, 2, 4, 4}, true, {}};
    const auto x = graph->add("top.Input", {}, "x", type);
    ir::AttributeMap attributes;
    attributes.set("alpha", 0.1);
    graph->outputs = {graph->add("top.LeakyRelu", {x}, "y", type, attributes)};
    return graph;
}

wb::Result<TensorMap> sample(size_t index) {
    ir::Tensor x(ir::ElementType::F32, {1, 2, 4, 4});
    for (int i = 0; i < 32; ++i)
        x.mutableData<float>()[i] = float(i - 16) * 0.125f * float(index + 1);
    return TensorMap{{"x", x}};
}

} // namespace

class TestCalibrator : public QObject {
    Q_OBJECT

private slots:
    void maximaAreTheExtremes() {
        Options options;
        options.method = Method::Max;
        const auto result = calibrate(smallNetwork(), 3, sample, options, {});
        QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
        QCOMPARE(result->rows.size(), size_t{2});
        QCOMPARE(result->rows[0], (TableRow{"x", 6.0, -6.0, 5.625}));
        QCOMPARE(result->rows[1].name, std::string("y"));
        QCOMPARE(result->rows[1].max, 5.625);
        QVERIFY(!result->tuned);
    }

    void tuningOnlyRaises() {
        Options options;
        options.tuneNum = 0;
        const auto start = calibrate(smallNetwork(), 3, sample, options, {});
        options.tuneNum = 5;
        const auto tuned = calibrate(smallNetwork(), 3, sample, options, {});
        QVERIFY(start.hasValue() && tuned.hasValue());
        QVERIFY(tuned->tuned);
        for (size_t i = 0; i < start->rows.size(); ++i) {
            QVERIFY(tuned->rows[i].threshold >= start->rows[i].threshold - 1e-7);
            QVERIFY(tuned->rows[i].threshold <= std::max(std::abs(start->rows[i].min), start->rows[i].max) + 1e-6);
        }
    }

    void aCancelledRunContinues() {
        Options options;
        options.tuneNum = 0;
        const auto whole = calibrate(smallNetwork(), 4, sample, options, {});
        auto calibrator = Calibrator::create(smallNetwork(), 4, options, {});
        QVERIFY(calibrator.hasValue());
        QCOMPARE((*calibrator)->thresholds({}).error().code, Code::DatasetEmpty);
        std::stop_source stop;
        const auto stopping = [&](size_t index) {
            if (index == 2)
                stop.request_stop();
            return sample(index);
        };
        const auto status = (*calibrator)->collect(stopping, wb::JobContext(stop.get_token()));
        QVERIFY(!status);
        QCOMPARE(status.error().code, Code::Cancelled);
        QVERIFY((*calibrator)->runsDone() >= 2 && (*calibrator)->runsDone() < 4);
        QVERIFY((*calibrator)->thresholds({}).hasValue()); // what was finished is of use
        QVERIFY((*calibrator)->collect(sample, {}).hasValue());
        QCOMPARE((*calibrator)->runsDone(), size_t{4});
        QCOMPARE((*calibrator)->thresholds({})->rows, whole->rows);
    }

    void zerosGiveAWarningNotACrash() {
        wb::JobContext context;
        const auto zeros = [](size_t) -> wb::Result<TensorMap> {
            return TensorMap{{"x", ir::Tensor(ir::ElementType::F32, {1, 2, 4, 4})}};
        };
        const auto result = calibrate(smallNetwork(), 2, zeros, {}, context);
        QVERIFY(result.hasValue());
        QCOMPARE(result->rows[0].threshold, 1e-5);
        QVERIFY(!context.diagnostics().empty());
    }

    void optionsAreChecked() {
        Options options;
        options.histogramBins = 1;
        QCOMPARE(Calibrator::create(smallNetwork(), 1, options, {}).error().code, Code::UsageError);
    }

    void referenceTables_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("images");
        QTest::addColumn<bool>("letterbox");
        QTest::newRow("ultraface") << "ultraface" << "ultraface_rfb320.onnx" << "faces" << false;
        QTest::newRow("yolo_fastest_xl") << "yolo_fastest_xl" << "yolo_fastest_xl.onnx" << "coco" << true;
    }
    /// Tuned with five samples, as the references were.
    void referenceTables() {
        QFETCH(QString, folder);
        QFETCH(QString, model);
        QFETCH(QString, images);
        QFETCH(bool, letterbox);
        WB_SHARED_OR_SKIP(golden, "golden/" + folder.toStdString() + "/cali_table");
        wb::importer::ImportOptions import;
        import.preprocess.pixelFormat = "rgb";
        import.preprocess.keepAspectRatio = letterbox;
        const double mean = letterbox ? 0 : 127;
        import.preprocess.mean = {mean, mean, mean};
        const double scale = double(letterbox ? 0.0039216f : 0.0078125f);
        import.preprocess.scale = {scale, scale, scale};
        const auto shared = wb::test::sharedFolder();
        auto imported = wb::importer::importModel(shared / "models" / model.toStdString(), import, {});
        QVERIFY2(imported.hasValue(), imported ? "" : wb::toText(imported.error()).c_str());
        QVERIFY(wb::passes::optimiseTop(imported->origin, {}).hasValue());
        const auto top = std::make_shared<const ir::Graph>(std::move(imported->origin));
        const auto dataset = wb::preprocess::selectSamples({(shared / "images" / images.toStdString()).string(), "", 10});
        QVERIFY(dataset.hasValue());
        const auto source = wb::preprocess::SampleSource::open(*dataset, wb::preprocess::networkInputs(*top), {});
        QVERIFY(source.hasValue());
        const auto result =
            calibrate(top, source->count(), [&](size_t i) { return source->load(i); }, {}, {});
        QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
        const auto expected = readTable(golden);
        QVERIFY(expected.hasValue());
        QCOMPARE(result->rows.size(), expected->rows.size());
        size_t close = 0, step = 0;
        for (size_t i = 0; i < result->rows.size(); ++i) {
            const TableRow& a = result->rows[i];
            const TableRow& b = expected->rows[i];
            QCOMPARE(a.name, b.name);
            const auto near = [&](double x, double y, double most) {
                return std::abs(x - y) <= most * std::max({std::abs(b.min), std::abs(b.max), 1e-5});
            };
            QVERIFY2(near(a.min, b.min, 1e-5) && near(a.max, b.max, 1e-5), a.name.c_str());
            if (near(a.threshold, b.threshold, 1e-5))
                ++close;
            else if (near(a.threshold, b.threshold, 1.0 / 10))
                ++step;
        }
        qInfo("%zu of %zu thresholds equal to the reference within 1e-5, %zu one tuning step away", close,
              result->rows.size(), step);
        QVERIFY(close * 50 >= result->rows.size() * 49); // 98 %
        QCOMPARE(close + step, result->rows.size());
    }
};

QTEST_GUILESS_MAIN(TestCalibrator)
#include "tst_calibrator.moc"
