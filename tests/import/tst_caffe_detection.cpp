// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's single shot detectors, prior boxes to detections, against OpenCV's own reader.
#include "tests/import/caffe_files.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace wb;
using test::BlobSpec;
using test::input;

namespace {

std::vector<std::array<float, 7>> byClassAndScore(const float* data, int64_t rows) {
    std::vector<std::array<float, 7>> list(static_cast<size_t>(rows));
    for (size_t i = 0; i < list.size(); ++i)
        std::copy_n(data + 7 * i, 7, list[i].begin());
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a[1] != b[1] ? a[1] < b[1] : a[2] > b[2]; });
    return list;
}

} // namespace

class TestCaffeDetection : public QObject, private test::CaffeFiles {
    Q_OBJECT
private slots:
    void singleShotDetectorEqualsOpenCv_data();
    void singleShotDetectorEqualsOpenCv();
};

void TestCaffeDetection::singleShotDetectorEqualsOpenCv_data() {
    QTest::addColumn<QByteArray>("priors");
    QTest::addColumn<int>("priorsAPlace");
    QTest::addColumn<QByteArray>("detection");
    QTest::addColumn<bool>("shared");
    const char* const usual = "share_location: true background_label_id: 0 code_type: CENTER_SIZE keep_top_k: 30 "
                              "confidence_threshold: 0.1 nms_param { nms_threshold: 0.45 top_k: 50 }";
    QTest::newRow("one size") << QByteArray("min_size: 4 variance: 0.1 clip: false") << 1 << QByteArray(usual) << true;
    QTest::newRow("ratios, flipped") << QByteArray("min_size: 4 max_size: 7 aspect_ratio: 2 aspect_ratio: 3 flip: true clip: true "
                                                   "variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2")
                                     << 6 << QByteArray(usual) << true;
    QTest::newRow("step, offset") << QByteArray("min_size: 3.5 aspect_ratio: 2 flip: false step: 3 offset: 0.25 variance: 0.2 clip: false") << 2
                                  << QByteArray(usual) << true;
    QTest::newRow("corners") << QByteArray("min_size: 4 max_size: 7 variance: 0.1 clip: false") << 2
                             << QByteArray("share_location: true background_label_id: 0 code_type: CORNER keep_top_k: 12 confidence_threshold: 0.2 nms_param { nms_threshold: 0.3 }") << true;
    QTest::newRow("a set a class") << QByteArray("min_size: 5 max_size: 8 variance: 0.2 clip: false") << 2
                                   << QByteArray("share_location: false background_label_id: 2 code_type: CENTER_SIZE keep_top_k: 40 "
                                                 "confidence_threshold: 0.15 nms_param { nms_threshold: 0.5 top_k: 200 }")
                                   << false;
}

void TestCaffeDetection::singleShotDetectorEqualsOpenCv() {
    QFETCH(QByteArray, priors);
    QFETCH(int, priorsAPlace);
    QFETCH(QByteArray, detection);
    QFETCH(bool, shared);
    constexpr int kClasses = 3;
    // Two maps of different sizes, each with locations, scores and priors, joined as SSD joins them.
    std::string text = input("dim: 1 dim: 6 dim: 13 dim: 11");
    std::vector<BlobSpec> blobs;
    const auto conv = [&](const std::string& name, const std::string& from, int outputs, int stride) {
        text += "layer { name: \"" + name + "\" type: \"Convolution\" bottom: \"" + from + "\" top: \"" + name +
                "\" convolution_param { num_output: " + std::to_string(outputs) + " kernel_size: 1 stride: " + std::to_string(stride) + " } }\n";
        blobs.push_back({name, {{outputs, name == "m1" || name == "m0" ? 6 : 4, 1, 1}, {outputs}}, -1.0F, 1.0F});
    };
    const auto flat = [&](const std::string& name) {
        text += "layer { name: \"" + name + "p\" type: \"Permute\" bottom: \"" + name + "\" top: \"" + name + "p\" permute_param { order: 0 order: 2 order: 3 order: 1 } }\n"
                "layer { name: \"" + name + "f\" type: \"Flatten\" bottom: \"" + name + "p\" top: \"" + name + "f\" flatten_param { axis: 1 } }\n";
    };
    for (const std::string i : {"0", "1"}) {
        conv("m" + i, "data", 4, i == "0" ? 2 : 4);
        conv("loc" + i, "m" + i, priorsAPlace * 4 * (shared ? 1 : kClasses), 1);
        conv("conf" + i, "m" + i, priorsAPlace * kClasses, 1);
        flat("loc" + i);
        flat("conf" + i);
        text += "layer { name: \"prior" + i + "\" type: \"PriorBox\" bottom: \"m" + i + "\" bottom: \"data\" top: \"prior" + i + "\" prior_box_param { " + priors.toStdString() + " } }\n";
    }
    const auto join = [&](const std::string& name, const std::string& part, const std::string& suffix, const char* axis) {
        text += "layer { name: \"" + name + "\" type: \"Concat\" bottom: \"" + part + "0" + suffix + "\" bottom: \"" + part + "1" + suffix + "\" top: \"" + name + "\" concat_param { axis: " + axis + " } }\n";
    };
    join("loc", "loc", "f", "1");
    join("conf", "conf", "f", "1");
    join("prior", "prior", "", "2");
    text += "layer { name: \"cr\" type: \"Reshape\" bottom: \"conf\" top: \"cr\" reshape_param { shape { dim: 0 dim: -1 dim: " + std::to_string(kClasses) + " } } }\n"
            "layer { name: \"cs\" type: \"Softmax\" bottom: \"cr\" top: \"cs\" softmax_param { axis: 2 } }\n"
            "layer { name: \"cf\" type: \"Flatten\" bottom: \"cs\" top: \"cf\" flatten_param { axis: 1 } }\n"
            "layer { name: \"y\" type: \"DetectionOutput\" bottom: \"loc\" bottom: \"cf\" bottom: \"prior\" top: \"y\" detection_output_param { num_classes: " + std::to_string(kClasses) + " " + detection.toStdString() + " } }\n";
    write(text, blobs);
    const auto graph = imported(path("net.prototxt"));
    QVERIFY2(graph, graph ? "" : (graph.error().what + " " + graph.error().node).c_str());
    const auto ours = outputs(*graph);
    QCOMPARE(ours.size(), size_t{1});
    QCOMPARE(ours[0].shape().size(), size_t{4});

    auto net = cv::dnn::readNetFromCaffe(path("net.prototxt").string(), path("net.caffemodel").string());
    const cv::Mat theirs = forward(net, {1, 6, 13, 11});
    const auto rows = static_cast<int64_t>(theirs.total() / 7);
    QVERIFY(rows > 3 && rows <= ours[0].shape()[2]);
    // Where more are found than kept, OpenCV leaves all classes sorted by score; Caffe sorts them by class again, as we do.
    const auto mine = byClassAndScore(ours[0].data<float>(), rows), other = byClassAndScore(theirs.ptr<float>(), rows);
    for (size_t i = 0; i < mine.size(); ++i)
        for (size_t k = 0; k < 7; ++k)
            QVERIFY2(std::abs(mine[i][k] - other[i][k]) < 2e-5F,
                     qPrintable(QString("row %1, field %2: %3 and %4").arg(i).arg(k).arg(mine[i][k]).arg(other[i][k])));
    for (int64_t i = 1; i < rows; ++i)
        QVERIFY(ours[0].data<float>()[i * 7 + 1] >= ours[0].data<float>()[i * 7 - 6]);
    for (int64_t i = rows * 7; i < ours[0].elementCount(); ++i)
        QCOMPARE(ours[0].data<float>()[i], -1.0F);
}

QTEST_GUILESS_MAIN(TestCaffeDetection)
#include "tst_caffe_detection.moc"
