// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's own tool given our table and rewritten weights computes what we say: its quantised network is as near
// to the float network as ours, within 1 dB.
#include "compiler/execute/executor.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/jobs/improve_job.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/transform.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/shared_data.h"

#include <cmath>

using namespace wb;
namespace fs = std::filesystem;

namespace {

double sqnr(const ir::Tensor& now, const ir::Tensor& exact) {
    double signal = 0, noise = 0;
    for (int64_t i = 0; i < exact.elementCount(); ++i) {
        const double y = static_cast<double>(exact.data<float>()[i]), d = static_cast<double>(now.data<float>()[i]) - y;
        signal += y * y;
        noise += d * d;
    }
    return 10 * std::log10(signal / noise);
}

} // namespace

class TestImproveInterop : public QObject {
    Q_OBJECT

public:
    static void initMain() { qputenv("QTEST_FUNCTION_TIMEOUT", "580000"); } // the vendor's tool compiles too

private slots:
    void vendorsToolGivesOurNumbers() {
        WB_SHARED_OR_SKIP(model, "models/ultraface_rfb320.onnx");
        WB_SHARED_OR_SKIP(tool, "oracle/run.sh");
        if (qEnvironmentVariableIsEmpty("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT names no tool-chain of the vendor's");
        const fs::path faces = wb::test::sharedFolder() / "images" / "faces";
        QTemporaryDir folder;
        const fs::path dir = folder.path().toStdString();
        JobContext context;

        jobs::TransformRequest import;
        import.modelDef = model;
        import.modelName = "uf";
        import.preprocess.pixelFormat = "rgb";
        import.preprocess.mean = {"127", "127", "127"};
        import.preprocess.scale = {"0.0078125", "0.0078125", "0.0078125"};
        import.testInput = {faces / "face_1.jpg"};
        import.testResult = dir / "top.npz";
        import.mlir = dir / "uf.mlir";
        const auto transformed = jobs::transform(import, context);
        QVERIFY2(transformed, transformed ? "" : toText(transformed.error()).c_str());

        jobs::CalibrateRequest request;
        request.mlir = dir / "uf.mlir";
        request.settings.dataset = faces.string();
        request.settings.inputNum = 6;
        request.settings.tuneNum = 0;
        request.table = dir / "table";
        jobs::ImproveSettings settings;
        settings.recipe = "weights";
        settings.repeats = 1;
        const auto improved = jobs::improve(request, settings, context);
        QVERIFY2(improved, improved ? "" : toText(improved.error()).c_str());
        QCOMPARE(improved->level, std::string("weights"));

        // Its lowering and its interpreter; a bmodel is not needed to know the numbers.
        const QString network = QString::fromStdString(improved->mlir.filename().string());
        const auto vendor = [&](const QStringList& arguments) {
            QProcess process;
            process.setWorkingDirectory(folder.path());
            process.setProcessChannelMode(QProcess::MergedChannels);
            process.start(QString::fromStdString(tool.string()), arguments);
            const bool done = process.waitForFinished(250000) && process.exitCode() == 0;
            return done ? QByteArray() : "it failed: " + process.readAll().right(2000);
        };
        QByteArray failed =
            vendor({"tpuc-opt", network, "--processor-assign=chip=bm1684x mode=INT8 num_device=1 num_core=1 addr_mode=auto",
                    "--import-calibration-table=file=table asymmetric=False", "--processor-top-optimize",
                    "--convert-top-to-tpu=weightFileName=uf_tpu_weights.npz asymmetric=False", "--canonicalize",
                    "--weight-fold", "-o", "uf_tpu.mlir"});
        QVERIFY2(failed.isEmpty(), failed.constData());
        failed = vendor({"model_runner", "--input", "uf_in_f32.npz", "--model", "uf_tpu.mlir", "--output", "out.npz"});
        QVERIFY2(failed.isEmpty(), failed.constData());
        const fs::path outputs = dir / "out.npz";
        const auto theirs = ir::readNpz(outputs), exact = ir::readNpz(dir / "top.npz");
        QVERIFY(theirs && exact);

        const auto top = jobs::openModel(improved->mlir, {}, context);
        const auto table = calibrate::readTable(dir / "table");
        const auto lowered = quantise::lower(*top->graph, jobs::rangesOf(*table), {}, {}, context);
        QVERIFY(lowered);
        const auto executor = execute::Executor::create(lowered->graph, {}, context);
        const auto inputs = jobs::loadInputs(*top->graph, {dir / "uf_in_f32.npz"});
        QVERIFY(inputs);
        const auto ours = (*executor)->run(*inputs, context);
        QVERIFY(ours);
        size_t compared = 0;
        for (const auto& [name, tensor] : *ours) {
            const std::string layer = name.substr(0, name.rfind("_f32"));
            QVERIFY2(exact->contains(layer), layer.c_str());
            QVERIFY2(theirs->contains(name) || theirs->contains(layer), name.c_str());
            const auto other = theirs->contains(name) ? theirs->at(name) : theirs->at(layer);
            const double own = sqnr(tensor, exact->at(layer)), vendors = sqnr(other, exact->at(layer));
            qInfo("%s: ours %.2f dB, the vendor's tool %.2f dB", layer.c_str(), own, vendors);
            QVERIFY(std::fabs(own - vendors) < 1);
            ++compared;
        }
        QCOMPARE(compared, top->graph->outputs.size());
    }
};

QTEST_GUILESS_MAIN(TestImproveInterop)
#include "tst_improve_interop.moc"
