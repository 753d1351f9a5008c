// SPDX-License-Identifier: GPL-3.0-or-later
// Rows 1, 2, 4, 5, 6 and 10 of the guide's sequences on real networks.
#include "program.h"
#include "tests/support/shared_data.h"

#include <QFile>
#include <QJsonArray>
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
        ran = run({"model_deploy.py", "--mlir", "yolov5n.mlir", "--quantize", "INT8", "--asymmetric", "--calibration_table",
                   "yolov5n_cali_table", "--chip", "bm1684x", "--test_input", "yolov5n_in_f32.npz", "--test_reference",
                   "yolov5n_top_outputs.npz", "--tolerance", "0.90,0.55", "--model", "yolov5n_1684x_int8_asym.bmodel"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        QVERIFY2(ran.out.contains("3 of 3 outputs equal the quantised model's in every byte"), ran.said());
        ran = run({"detect_yolov5.py", "--input", m_shared + "/images/coco/dog.jpg", "--model",
                   "yolov5n_1684x_int8_asym.bmodel", "--output", "dog_int8_asym.jpg"});
        QVERIFY2(ran.status == 0 && ran.out.contains("car:"), ran.said());
        QVERIFY(exists("dog_int8_asym.jpg"));
    }

    /// A Caffe network, symmetric and asymmetric, at the guide's tolerances.
    void caffe() {
        Ran ran = run({"model_transform.py", "--model_name", "faces", "--model_def", m_shared + "/models/ultraface_rfb320.prototxt",
                       "--model_data", m_shared + "/models/ultraface_rfb320.caffemodel", "--input_shapes", "[[1,3,240,320]]",
                       "--mean", "127,127,127", "--scale", "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb",
                       "--test_input", m_shared + "/images/faces/face_1.jpg", "--test_result", "faces_top_outputs.npz",
                       "--mlir", "faces.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"run_calibration.py", "faces.mlir", "--dataset", m_shared + "/images/faces", "--input_num", "4",
                   "--tune_num", "0", "-o", "faces_cali_table"});
        QVERIFY2(ran.status == 0, ran.said());
        for (const bool asymmetric : {false, true}) {
            QStringList words{"model_deploy.py", "--mlir", "faces.mlir", "--quantize", "INT8", "--calibration_table",
                              "faces_cali_table", "--chip", "bm1684x", "--test_input", "faces_in_f32.npz", "--test_reference",
                              "faces_top_outputs.npz", "--tolerance", asymmetric ? "0.95,0.69" : "0.96,0.70", "--model",
                              asymmetric ? "faces_asym.bmodel" : "faces_sym.bmodel"};
            if (asymmetric) words << "--asymmetric";
            ran = run(words);
            QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
            QVERIFY2(ran.out.contains("2 of 2 outputs equal the quantised model's in every byte"), ran.said());
        }
        QVERIFY(exists("faces_bm1684x_int8_asym_tpu.mlir"));
    }

    /// Row 2: in the guide the comparison dies of the shapes.
    void postprocessingIsComparedByItsHeads() {
        const QString picture = m_shared + "/images/coco/dog.jpg";
        const auto transform = [&](const QString& name, const QStringList& more) {
            return run(QStringList{"model_transform.py", "--model_name", name, "--model_def", m_shared + "/models/yolo_fastest_xl.onnx",
                                   "--input_shapes", "[[1,3,320,320]]", "--scale", "0.0039216,0.0039216,0.0039216",
                                   "--keep_aspect_ratio", "--pixel_format", "rgb", "--test_input", picture,
                                   "--test_result", name + "_top_outputs.npz", "--mlir", name + ".mlir"} + more);
        };
        Ran ran = transform("heads", {});
        QVERIFY2(ran.status == 0, ran.said());
        ran = transform("boxes", {"--post_handle_type", "yolo"});
        QVERIFY2(ran.status == 0 && (ran.out + ran.err).contains("appended as 'yolo_post'"), ran.said());
        for (const QString reference : {"boxes_top_outputs.npz", "heads_top_outputs.npz"}) {
            ran = run({"model_deploy.py", "--mlir", "boxes.mlir", "--quantize", "F16", "--chip", "bm1684x", "--test_input",
                       "boxes_in_f32.npz", "--test_reference", reference, "--tolerance", "0.99,0.90", "--model", "boxes.bmodel"});
            QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
            QVERIFY2(ran.out.contains("yolo_post (YoloDetection)") && ran.out.contains("boxes_host.mlir"), ran.said());
        }
        ran = run({"model_runner.py", "--input", "boxes_in_f32.npz", "--model", "boxes.bmodel", "--output", "boxes_outputs.npz", "--json"});
        QVERIFY2(ran.status == 0, ran.said());
        QCOMPARE(ran.json()["outputs"].toArray().size(), 3); // two heads and what the host makes of them
        // Boxes alone against a network without them: said, not died of.
        ran = run({"model_runner.py", "--input", "boxes_in_f32.npz", "--model", "boxes.mlir", "--output", "only_boxes.npz"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"npz_tool.py", "compare", "only_boxes.npz", "heads_top_outputs.npz"});
        QVERIFY2(ran.status != 0 && ran.err.contains("E7006") && ran.err.contains("yolo_post"), ran.said());
        ran = transform("none", {"--post_handle_type", "rainbow"});
        QVERIFY2(ran.status == 2 && ran.err.contains("yolov5"), ran.said());
    }

    /// BM1684: symmetric INT8 and F32 as on BM1684X, no bmodel; what aborts in the guide is explained, with a way that works.
    void bm1684() {
        Ran ran = run({"model_transform.py", "--model_name", "face", "--model_def", m_shared + "/models/ultraface_rfb320.onnx",
                       "--mean", "127,127,127", "--scale", "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb",
                       "--test_input", m_shared + "/images/faces/face_1.jpg", "--test_result", "face_top_outputs.npz", "--mlir",
                       "face.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        const QString table = m_shared + "/golden/ultraface/cali_table";
        const QStringList deploy{"model_deploy.py", "--mlir", "face.mlir", "--chip", "bm1684", "--test_input",
                                 "face_in_f32.npz", "--test_reference", "face_top_outputs.npz", "--model", "face.bmodel"};
        ran = run(deploy + QStringList{"--quantize", "INT8", "--calibration_table", table, "--tolerance", "0.85,0.45"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        QVERIFY2(ran.out.contains("no bmodel is written for bm1684"), ran.said());
        QVERIFY(exists("face_bm1684_int8_sym_tpu.mlir") && !exists("face.bmodel"));
        ran = run(deploy + QStringList{"--quantize", "F32", "--tolerance", "0.99,0.99"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        ran = run(deploy + QStringList{"--quantize", "INT8", "--calibration_table", table, "--asymmetric"});
        QCOMPARE(ran.status, 7);
        QVERIFY2(ran.err.contains("E5007") && ran.err.contains("symmetric"), ran.said());
        ran = run(deploy + QStringList{"--quantize", "F16"});
        QCOMPARE(ran.status, 7);

        ran = run({"model_transform.py", "--model_name", "mobile", "--model_def",
                   m_shared + "/models/mobilenet_v2_1.0_224_quant.tflite", "--input_shapes", "[[1,3,224,224]]", "--mean",
                   "127.5,127.5,127.5", "--scale", "0.0078431,0.0078431,0.0078431", "--pixel_format", "rgb", "--test_input",
                   m_shared + "/images/imagenet/cat.bmp", "--test_result", "mobile_top_outputs.npz", "--mlir", "mobile.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        const QStringList integer{"model_deploy.py", "--mlir", "mobile.mlir", "--quantize", "INT8", "--chip", "bm1684",
                                  "--test_input", "mobile_in_f32.npz", "--test_reference", "mobile_top_outputs.npz",
                                  "--tolerance", "0.8,0.3", "--model", "mobile.bmodel"};
        ran = run(integer);
        QCOMPARE(ran.status, 7);
        QVERIFY2(ran.err.contains("E5007") && ran.err.contains("--requantise"), ran.said());
        // One shift for a whole depthwise filter would leave little of this network; the file's own codes are kept.
        ran = run(integer + QStringList{"--requantise"});
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        QVERIFY(exists("mobile_bm1684_int8_sym_tpu.mlir"));
        QStringList words = integer;
        words[words.indexOf("INT8")] = "F32";
        ran = run(words);
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
        words = integer + QStringList{"--requantise"};
        words[words.indexOf("bm1684")] = "cv183x"; // a factor for each channel
        ran = run(words);
        QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
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

    /// The bmodel takes the picture itself; its results are those of host preprocessing within a step.
    void fusedPreprocessing() {
        const QString picture = m_shared + "/images/faces/face_1.jpg";
        Ran ran = run({"model_transform.py", "--model_name", "face", "--model_def", m_shared + "/models/ultraface_rfb320.prototxt",
                       "--model_data", m_shared + "/models/ultraface_rfb320.caffemodel", "--mean", "127,127,127", "--scale",
                       "0.0078125,0.0078125,0.0078125", "--pixel_format", "rgb", "--test_input", picture, "--test_result",
                       "face_top_outputs.npz", "--mlir", "face.mlir"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"run_calibration.py", "face.mlir", "--dataset", m_shared + "/images/faces", "--input_num", "4", "--tune_num",
                   "0", "-o", "face_cali_table"});
        QVERIFY2(ran.status == 0, ran.said());
        ran = run({"model_deploy.py", "--mlir", "face.mlir", "--quantize", "INT8", "--calibration_table", "face_cali_table",
                   "--chip", "bm1684x", "--test_input", picture, "--test_reference", "face_top_outputs.npz", "--tolerance",
                   "0.85,0.45", "--customization_format", "BGR_PACKED", "--model", "no.bmodel"});
        QCOMPARE(ran.status, 2); // a raw format without a raw input
        for (const QString format : {"", "BGR_PACKED"}) {
            const QString bmodel = "face_fused_" + format + ".bmodel";
            QStringList words{"model_deploy.py", "--mlir", "face.mlir", "--quantize", "INT8", "--calibration_table", "face_cali_table",
                              "--chip", "bm1684x", "--test_input", picture, "--test_reference", "face_top_outputs.npz",
                              "--tolerance", "0.85,0.45", "--fuse_preprocess", "--model", bmodel};
            if (!format.isEmpty()) words << "--customization_format" << format;
            ran = run(words);
            QVERIFY2(ran.status == 0 && ran.out.contains("npz compare PASSED"), ran.said());
            QVERIFY2(ran.out.contains("2 of 2 outputs equal"), ran.said());
            QVERIFY(exists("face_in_ori.npz"));
            ran = run({"model_runner.py", "--input", "face_in_ori.npz", "--model", bmodel, "--output", "face_fused_outputs.npz"});
            QVERIFY2(ran.status == 0, ran.said());
            ran = run({"npz_tool.py", "compare", "face_fused_outputs.npz", "face_bm1684x_int8_sym_model_outputs.npz", "--tolerance",
                       "0.999,0.999"});
            QVERIFY2(ran.status == 0, ran.said());
            // What a bmodel's numbers mean as a picture, the file does not say.
            ran = run({"model_runner.py", "--input", picture, "--model", bmodel, "--output", "face_fused_outputs.npz"});
            QVERIFY2(ran.status == 2 && ran.err.contains("_in_ori.npz"), ran.said());
        }
        ran = run({"model_deploy.py", "--mlir", "face.mlir", "--quantize", "INT8", "--calibration_table", "face_cali_table",
                   "--chip", "bm1684x", "--test_input", picture, "--fuse_preprocess", "--customization_format", "YUV_NV12",
                   "--model", "yuv.bmodel"});
        QCOMPARE(ran.status, 7); // not on this chip
    }
};

QTEST_GUILESS_MAIN(TestGuideSequences)
#include "tst_guide_sequences.moc"
