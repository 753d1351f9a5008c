// SPDX-License-Identifier: GPL-3.0-or-later
// Rows 1 and 5 of the guide's sequences on real networks, as far as INT8 and mixed models run here.
#include "program.h"
#include "tests/support/shared_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using wb::test::Ran;
using wb::test::runTpuwb;

class TestGuideSequences : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_shared;

    Ran run(const QStringList& arguments) const { return runTpuwb(arguments, m_folder.path()); }
    bool exists(const QString& name) const { return QFile::exists(m_folder.filePath(name)); }

private slots:
    void initTestCase() {
        const auto folder = wb::test::sharedFolder();
        if (folder.empty()) QSKIP("the folder ../shared is not there");
        m_shared = QString::fromStdString(folder.string());
    }

    void yolov5() {
        const QString outputs = "/model.24/m.0/Conv_output_0,/model.24/m.1/Conv_output_0,/model.24/m.2/Conv_output_0";
        Ran ran = run({"model_transform.py", "--model_name", "yolov5n", "--model_def", m_shared + "/models/yolov5n.onnx",
                       "--input_shapes", "[[1,3,640,640]]", "--mean", "0.0,0.0,0.0", "--scale",
                       "0.0039216,0.0039216,0.0039216", "--keep_aspect_ratio", "--pixel_format", "rgb",
                       "--output_names", outputs, "--test_input", m_shared + "/images/coco/dog.jpg", "--test_result",
                       "yolov5n_top_outputs.npz", "--mlir", "yolov5n.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"model_deploy.py", "--mlir", "yolov5n.mlir", "--quantize", "F32", "--chip", "bm1684x", "--test_input",
                   "yolov5n_in_f32.npz", "--test_reference", "yolov5n_top_outputs.npz", "--tolerance", "0.99,0.99",
                   "--model", "yolov5n_1684x_f32.bmodel"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        ran = run({"run_calibration.py", "yolov5n.mlir", "--dataset", m_shared + "/images/coco", "--input_num", "4",
                   "--tune_num", "0", "-o", "yolov5n_cali_table"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"model_deploy.py", "--mlir", "yolov5n.mlir", "--quantize", "INT8", "--calibration_table",
                   "yolov5n_cali_table", "--chip", "bm1684x", "--test_input", "yolov5n_in_f32.npz", "--test_reference",
                   "yolov5n_top_outputs.npz", "--tolerance", "0.85,0.45", "--model", "yolov5n_1684x_int8_sym.bmodel"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        ran = run({"detect_yolov5.py", "--input", m_shared + "/images/coco/dog.jpg", "--model",
                   m_shared + "/models/yolov5n.onnx", "--output", "dog_onnx.jpg"});
        QVERIFY2(ran.status == 0 && ran.out.contains("car:"), ran.said());
        ran = run({"detect_yolov5.py", "--input", m_shared + "/images/coco/dog.jpg", "--model",
                   "yolov5n_bm1684x_int8_sym_tpu.mlir", "--output", "dog_int8_sym.jpg"});
        QVERIFY2(ran.status == 0 && ran.out.contains("car:"), ran.said());
        QVERIFY(exists("dog_int8_sym.jpg"));
    }

    void tinyYolov3() {
        Ran ran = run({"model_transform.py", "--model_name", "xl", "--model_def", m_shared + "/models/yolo_fastest_xl.onnx",
                       "--input_shapes", "[[1,3,320,320]]", "--scale", "0.0039216,0.0039216,0.0039216", "--pixel_format",
                       "rgb", "--keep_aspect_ratio", "--pad_value", "128", "--mlir", "xl.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"run_calibration.py", "xl.mlir", "--dataset", m_shared + "/images/coco", "--input_num", "6",
                   "--tune_num", "0", "-o", "xl_cali_table"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"run_qtable.py", "xl.mlir", "--dataset", m_shared + "/images/coco", "--input_num", "4",
                   "--calibration_table", "xl_cali_table", "--chip", "bm1684x", "--min_layer_cos", "0.999",
                   "--expected_cos", "0.9999", "-o", "xl_qtable"});
        QVERIFY2(ran.status == 0 || ran.status == 9, ran.said());
        QVERIFY(exists("xl_qtable"));
        QVERIFY(exists("full_loss_table.txt"));
        QVERIFY2(ran.out.contains("int8 outputs_cos:") && ran.out.contains("mix model outputs_cos:") &&
                     ran.out.contains("total time:"), ran.said());
        ran = run({"model_deploy.py", "--mlir", "xl.mlir", "--quantize", "INT8", "--quantize_table", "xl_qtable",
                   "--calibration_table", "xl_cali_table", "--chip", "bm1684x", "--model", "xl_mix.bmodel"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"detect_yolov3.py", "--model", "xl_bm1684x_int8_sym_tpu.mlir", "--input",
                   m_shared + "/images/coco/dog.jpg", "--score_thres", "0.4", "--output", "mix.jpg",
                   "--anchors", "12,18,37,49,52,132,115,73,119,199,242,238"});
        QVERIFY2(ran.status == 0, ran.said());
        QVERIFY(exists("mix.jpg"));
    }
};

QTEST_GUILESS_MAIN(TestGuideSequences)
#include "tst_guide_sequences.moc"
