// SPDX-License-Identifier: GPL-3.0-or-later
// Files both ways: our top .mlir, weights and table in the vendor's model_deploy give what our deploy gives, in every byte;
// the vendor's top and lowered .mlir with their weights, opened and run by us, give what the vendor's tools gave.
#include "tests/cli/program.h"
#include "tests/support/shared_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using wb::test::Ran;

class TestVendorFiles : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_shared, m_tool;

    Ran run(const QStringList& arguments) const { return wb::test::runTpuwb(arguments, m_folder.path()); }
    /// One of the vendor's tools; its words where it failed.
    QByteArray vendor(const QStringList& arguments, const QString& result) const {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(m_tool, arguments);
        if (!process.waitForFinished(500000)) {
            process.kill();
            process.waitForFinished();
        }
        return QFile::exists(m_folder.filePath(result)) ? QByteArray() : process.readAll().right(2000) + ' ';
    }
    void needEqual(const QString& a, const QString& b, const char* tolerance) {
        const Ran ran = run({"compare", a, b, "--tolerance", tolerance, "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(ran.json()["compared"].toInt() > 30);
    }

public:
    static void initMain() { qputenv("QTEST_FUNCTION_TIMEOUT", "900000"); } // the vendor's tool compiles too

private slots:
    void initTestCase() {
        WB_SHARED_OR_SKIP(tool, "oracle/run.sh");
        if (qEnvironmentVariableIsEmpty("TPU_MLIR_ROOT")) QSKIP("TPU_MLIR_ROOT names no tool-chain of the vendor's");
        m_tool = QString::fromStdString(tool.string());
        m_shared = QString::fromStdString(wb::test::sharedFolder().string());
    }

    void ourTopInTheirDeploy() {
        Ran ran = run({"transform", "--model_name", "uf", "--model_def", m_shared + "/models/ultraface_rfb320.onnx", "--mean",
                       "127,127,127", "--scale", "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb", "--test_input",
                       m_shared + "/images/faces/face_1.jpg", "--test_result", "uf_top.npz", "--mlir", "uf.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"calibrate", "uf.mlir", "--dataset", m_shared + "/images/faces", "--input_num", "4", "--tune_num", "0", "-o", "table"});
        QVERIFY2(ran.status == 0, ran.said());
        const QByteArray failure =
            vendor({"model_deploy", "--mlir", "uf.mlir", "--quantize", "INT8", "--calibration_table", "table", "--chip", "bm1684x",
                    "--model", "uf.bmodel", "--test_input", "uf_in_f32.npz", "--test_reference", "uf_top.npz", "--tolerance", "0.1,0.0",
                    "--compare_all", "--debug"},
                   "uf_bm1684x_int8_sym_tpu_outputs.npz");
        QVERIFY2(failure.isEmpty(), failure.constData());
        QVERIFY(QDir(m_folder.path()).mkdir("ours"));
        ran = run({"deploy", "--mlir", "uf.mlir", "--quantize", "INT8", "--calibration_table", "table", "--chip", "bm1684x", "--test_input",
                   "uf_in_f32.npz", "--test_reference", "uf_top.npz", "--tolerance", "0.1,0.0", "--compare_all", "--model", "ours/uf.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        needEqual("uf_bm1684x_int8_sym_tpu_outputs.npz", "ours/uf_bm1684x_int8_sym_tpu_outputs.npz", "1.0,1.0");
    }

    void theirLoweredByUs() {
        if (!QFile::exists(m_folder.filePath("uf_bm1684x_int8_sym_tpu.mlir"))) QSKIP("the vendor's tool wrote no lowered network");
        const Ran ran = run({"run", "uf_bm1684x_int8_sym_tpu.mlir", "--input", "uf_in_f32.npz", "--dump_all_tensors", "--output", "lowered.npz"});
        QVERIFY2(ran.status == 0, ran.said());
        needEqual("lowered.npz", "uf_bm1684x_int8_sym_tpu_outputs.npz", "1.0,1.0"); // EQUAL passes any tolerance
    }

    /// With the boxes that their tool appends.
    void theirTopByUs() {
        const QByteArray failure =
            vendor({"model_transform", "--model_name", "xl", "--model_def", m_shared + "/models/yolo_fastest_xl.onnx", "--input_shapes",
                    "[[1,3,320,320]]", "--scale", "0.0039216,0.0039216,0.0039216", "--pixel_format", "rgb", "--keep_aspect_ratio",
                    "--add_postprocess", "yolov3", "--test_input", m_shared + "/images/coco/dog.jpg", "--test_result", "xl_top.npz",
                    "--mlir", "xl.mlir"},
                   "xl_top.npz");
        QVERIFY2(failure.isEmpty(), failure.constData());
        const Ran ran = run({"run", "xl.mlir", "--input", "xl_in_f32.npz", "--dump_all_tensors", "--output", "xl_ours.npz"});
        QVERIFY2(ran.status == 0 && QFile::exists(m_folder.filePath("xl_ours.npz")), ran.said());
        needEqual("xl_ours.npz", "xl_top.npz", "0.99999,0.999");
    }
};

QTEST_GUILESS_MAIN(TestVendorFiles)
#include "tst_vendor_files.moc"
