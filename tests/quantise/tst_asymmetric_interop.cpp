// SPDX-License-Identifier: GPL-3.0-or-later
// Asymmetric INT8 beside the vendor's tool: given our imported network and the same calibration table, its quantised
// network is ours, node by node, and so is every layer's result, bit for bit.
#include "compiler/calibrate/table.h"
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/calibrate_job.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/transform.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace wb;
namespace fs = std::filesystem;

class TestAsymmetricInterop : public QObject {
    Q_OBJECT

public:
    static void initMain() { qputenv("QTEST_FUNCTION_TIMEOUT", "880000"); } // the vendor's tool compiles too

private slots:
    void everyLayerAsTheVendors_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("outputs");
        QTest::newRow("yolo_fastest_xl") << "yolo_fastest_xl" << "";
        QTest::newRow("yolov5n") << "yolov5n"
                                 << "/model.24/m.0/Conv_output_0,/model.24/m.1/Conv_output_0,/model.24/m.2/Conv_output_0";
    }

    void everyLayerAsTheVendors() {
        QFETCH(QString, name);
        QFETCH(QString, outputs);
        const std::string own = name.toStdString();
        WB_SHARED_OR_SKIP(model, "models/" + own + ".onnx");
        WB_SHARED_OR_SKIP(golden, "golden/" + own);
        WB_SHARED_OR_SKIP(tool, "oracle/run.sh");
        if (qEnvironmentVariableIsEmpty("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT names no tool-chain of the vendor's");
        QTemporaryDir folder;
        const fs::path dir = folder.path().toStdString();
        JobContext context;
        context.setThreads(2);

        jobs::TransformRequest import;
        import.modelDef = model;
        import.modelName = own;
        for (const auto& output : outputs.split(',', Qt::SkipEmptyParts)) import.outputNames.push_back(output.toStdString());
        import.preprocess.pixelFormat = "rgb";
        import.preprocess.keepAspectRatio = true;
        import.preprocess.scale = {"0.0039216", "0.0039216", "0.0039216"};
        import.mlir = dir / (own + ".mlir");
        const auto transformed = jobs::transform(import, context);
        QVERIFY2(transformed, transformed ? "" : toText(transformed.error()).c_str());

        QByteArray said;
        const auto vendor = [&](const QStringList& words) {
            QProcess process;
            process.setWorkingDirectory(folder.path());
            process.setProcessChannelMode(QProcess::MergedChannels);
            process.start(QString::fromStdString(tool.string()), words);
            const bool done = process.waitForFinished(800000) && process.exitCode() == 0;
            said = process.readAll().right(2000);
            return done;
        };
        const fs::path prefix = dir / (own + "_bm1684x_int8_asym_tpu");
        const QString quantised = QString::fromStdString(prefix.string()), input = QString::fromStdString((golden / "in_f32.npz").string());
        // Without a bmodel it compares nothing either: its interpreter is asked for all layers.
        QVERIFY2(vendor({"model_deploy", "--mlir", name + ".mlir", "--quantize", "INT8", "--asymmetric", "--calibration_table",
                         QString::fromStdString((golden / "cali_table").string()), "--chip", "bm1684x", "--model", "v.bmodel",
                         "--skip_validation", "--debug", "--not_gen_bmodel"}),
                 said.constData());
        QVERIFY2(vendor({"model_runner", "--input", input, "--model", quantised + ".mlir", "--output", quantised + "_outputs.npz",
                         "--dump_all_tensors"}),
                 said.constData());
        QVERIFY2(fs::exists(prefix.string() + "_outputs.npz"), said.constData());

        const auto top = jobs::openModel(dir / (own + ".mlir"), {}, context);
        const auto table = calibrate::readTable(golden / "cali_table");
        QVERIFY(top && table);
        quantise::LowerOptions options;
        options.target.asymmetric = true;
        const auto lowered = quantise::lower(*top->graph, jobs::rangesOf(*table), {}, options, context);
        QVERIFY2(lowered, lowered ? "" : toText(lowered.error()).c_str());
        const ir::Graph& graph = *lowered->graph;
        const auto theirs = ir::parse(test::readAll(prefix.string() + ".mlir"), "the vendor's");
        QVERIFY(theirs);
        QCOMPARE(graph.nodes().size(), theirs->nodes().size());
        for (size_t i = 0; i < graph.nodes().size(); ++i)
            QCOMPARE(ir::printNode(graph, static_cast<ir::NodeId>(i)), ir::printNode(*theirs, static_cast<ir::NodeId>(i)));

        const auto layers = ir::readNpz(prefix.string() + "_outputs.npz"), inputs = ir::readNpz(golden / "in_f32.npz");
        QVERIFY(layers && inputs);
        const auto executor = execute::Executor::create(lowered->graph, {.scalar = false, .observable = true}, context);
        QVERIFY(executor);
        size_t equal = 0, compared = 0;
        const auto run = (*executor)->run({inputs->begin(), inputs->end()}, context,
                                          [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                                              const auto& value = graph.value(graph.node(id).results[0]);
                                              const auto expected = layers->find(value.name);
                                              if (expected == layers->end()) return {};
                                              ++compared;
                                              const auto ours = execute::toFloat(results[0], value.type);
                                              const bool same = ours.byteSize() == expected->second.byteSize() &&
                                                                std::equal(ours.data<float>(), ours.data<float>() + ours.elementCount(),
                                                                           expected->second.data<float>());
                                              equal += same ? 1 : 0;
                                              if (!same) qWarning("layer %s differs", value.name.c_str());
                                              return {};
                                          });
        QVERIFY2(run, run ? "" : toText(run.error()).c_str());
        qInfo("%s asym: %zu of %zu layers equal", qPrintable(name), equal, compared);
        QVERIFY(compared > 100);
        QCOMPARE(equal, compared);
    }
};

QTEST_GUILESS_MAIN(TestAsymmetricInterop)
#include "tst_asymmetric_interop.moc"
