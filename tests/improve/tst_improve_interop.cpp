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

        QProcess vendor;
        vendor.setWorkingDirectory(folder.path());
        vendor.setProcessChannelMode(QProcess::MergedChannels);
        vendor.start(QString::fromStdString(tool.string()),
                     {"model_deploy", "--mlir", QString::fromStdString(improved->mlir.filename().string()), "--quantize", "INT8",
                      "--calibration_table", "table", "--chip", "bm1684x", "--model", "uf.bmodel", "--test_input", "uf_in_f32.npz",
                      "--test_reference", "top.npz", "--tolerance", "0.1,0.0", "--compare_all", "--debug"});
        QVERIFY(vendor.waitForFinished(400000));
        const fs::path outputs = dir / "uf_bm1684x_int8_sym_tpu_outputs.npz";
        QVERIFY2(fs::exists(outputs), vendor.readAll().right(2000).constData());
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
        for (const auto& [name, tensor] : *ours) {
            const std::string layer = name.substr(0, name.rfind("_f32"));
            QVERIFY2(exact->contains(layer), layer.c_str());
            const auto other = theirs->contains(name) ? theirs->at(name) : theirs->at(layer);
            const double own = sqnr(tensor, exact->at(layer)), vendors = sqnr(other, exact->at(layer));
            qInfo("%s: ours %.2f dB, the vendor's tool %.2f dB", layer.c_str(), own, vendors);
            QVERIFY(std::fabs(own - vendors) < 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestImproveInterop)
#include "tst_improve_interop.moc"
