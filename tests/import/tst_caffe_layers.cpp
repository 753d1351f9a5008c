// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's rarer layers and the forms that users' own networks have: against OpenCV's reader where it reads them the same,
// else against the layer written down in plain loops.
#include "tests/import/caffe_cases.h"

#include <QTest>

#include <cmath>

using namespace wb;
using test::CaffeCase;
using test::input;
using test::kC;
using test::kH;
using test::kPlane;
using test::kW;
using test::Numbers;

namespace {

const std::vector<CaffeCase>& cases() {
    static const std::vector<CaffeCase> list = [] {
        std::vector<CaffeCase> all;
        for (const auto& part : {test::caffeActivations(), test::caffeNorms(), test::caffeShapes(), test::caffeWindows(), test::caffeSequences()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return list;
}

} // namespace

class TestCaffeLayers : public QObject, private test::CaffeFiles {
    Q_OBJECT

    /// The blobs of the layer that has some, as they were written.
    std::vector<Numbers> writtenBlobs() const {
        std::ifstream file(path("net.caffemodel"), std::ios::binary);
        wb::caffe::Net net;
        net.ParseFromIstream(&file);
        std::vector<Numbers> blobs;
        for (const auto& written : net.layer())
            for (const auto& blob : written.blobs()) blobs.emplace_back(blob.data().begin(), blob.data().end());
        return blobs;
    }

private slots:
    void layersEqualTheirDefinition_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(cases().size()); ++i) QTest::newRow(cases()[static_cast<size_t>(i)].name) << i;
    }

    void layersEqualTheirDefinition() {
        QFETCH(int, index);
        const CaffeCase& c = cases()[static_cast<size_t>(index)];
        write(input(test::kPicture) + c.layers, c.blobs);
        const auto graph = imported(path("net.prototxt"));
        QVERIFY2(graph, graph ? "" : (graph.error().what + " at " + graph.error().node).c_str());
        const auto ours = outputs(*graph);
        QCOMPARE(ours.size(), size_t{1});
        if (!c.shape.empty()) QCOMPARE(ours[0].shape(), ir::Shape(c.shape));
        Numbers expected;
        if (c.reference) {
            QRandomGenerator random(7);
            Numbers x(kC * kPlane);
            for (float& v : x) v = static_cast<float>(random.generateDouble() * 2 - 1);
            expected = c.reference(x, writtenBlobs());
        } else {
            auto net = cv::dnn::readNetFromCaffe(path("net.prototxt").string(), path("net.caffemodel").string());
            const cv::Mat theirs = forward(net, {1, kC, kH, kW});
            expected.assign(theirs.ptr<float>(), theirs.ptr<float>() + theirs.total());
        }
        QCOMPARE(ours[0].elementCount(), static_cast<int64_t>(expected.size()));
        float largest = 0;
        for (const float v : expected) largest = std::max(largest, std::abs(v));
        QVERIFY(largest > 0);
        for (size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(ours[0].data<float>()[i] - expected[i]) <= 2e-5F * largest + 1e-6F,
                     qPrintable(QStringLiteral("element %1: %2, expected %3").arg(i).arg(ours[0].data<float>()[i]).arg(expected[i])));
    }

    void trainingDescriptionIsRead() {
        write("layer { name: \"d\" type: \"Data\" top: \"data\" top: \"label\" include { phase: TRAIN } transform_param { crop_size: 9 } }\n"
              "layer { name: \"d\" type: \"Data\" top: \"data\" top: \"label\" include { phase: TEST } transform_param { crop_size: 11 } }\n"
              "layer { name: \"c\" type: \"Convolution\" bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 3 } }\n"
              "layer { name: \"r\" type: \"ReLU\" bottom: \"c\" top: \"c\" }\n"
              "layer { name: \"a\" type: \"Accuracy\" bottom: \"c\" bottom: \"label\" top: \"a\" include { phase: TEST } }\n"
              "layer { name: \"l\" type: \"SoftmaxWithLoss\" bottom: \"c\" bottom: \"label\" top: \"l\" }\n",
              {{"c", {{4, 3, 3, 3}, {4}}}});
        const auto graph = imported(path("net.prototxt"));
        QVERIFY2(graph, graph ? "" : graph.error().what.c_str());
        QCOMPARE(graph->inputs().size(), size_t{1});
        QCOMPARE(graph->value(graph->inputs()[0]).type.shape, ir::Shape({1, 3, 11, 11}));
        QCOMPARE(graph->outputs.size(), size_t{1});
        QCOMPARE(graph->value(graph->outputs[0]).type.shape, ir::Shape({1, 4, 9, 9}));
    }

    void oldFormTakesAllTypes() {
        write("input: \"data\" input_dim: 1 input_dim: 6 input_dim: 13 input_dim: 11\n"
              "layers { name: \"b\" type: BNLL bottom: \"data\" top: \"b\" }\n"
              "layers { name: \"t\" type: THRESHOLD bottom: \"b\" top: \"t\" threshold_param { threshold: 0.75 } }\n"
              "layers { name: \"d\" type: DUMMY_DATA top: \"d\" dummy_data_param { num: 1 channels: 6 height: 13 width: 11 data_filler { value: 2 } } }\n"
              "layers { name: \"e\" type: ELTWISE bottom: \"t\" bottom: \"d\" top: \"e\" eltwise_param { operation: PROD } }\n",
              {});
        const auto graph = imported(path("net.prototxt"));
        QVERIFY2(graph, graph ? "" : graph.error().what.c_str());
        const auto y = outputs(*graph);
        QCOMPARE(y.size(), size_t{1});
        QRandomGenerator random(7);
        for (int64_t i = 0; i < y[0].elementCount(); ++i) {
            const double x = random.generateDouble() * 2 - 1;
            QCOMPARE(y[0].data<float>()[i], std::log1p(std::exp(x)) > 0.75 ? 2.0F : 0.0F);
        }
    }

    void formsThatStayUnsupportedSayWhich_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("kind");
        QTest::newRow("filter") << QByteArray("type: \"Filter\" bottom: \"data\" bottom: \"data\"") << QByteArray("Filter");
        QTest::newRow("python") << QByteArray("type: \"Python\" bottom: \"data\"") << QByteArray("Python");
        QTest::newRow("positions of no pooling") << QByteArray("type: \"Upsample\" bottom: \"data\" bottom: \"data\" upsample_param { scale: 2 }") << QByteArray();
        QTest::newRow("random data") << QByteArray("type: \"DummyData\" dummy_data_param { shape { dim: 3 } data_filler { type: \"gaussian\" } }") << QByteArray("DummyData");
        QTest::newRow("states outside") << QByteArray("type: \"LSTM\" bottom: \"data\" recurrent_param { num_output: 3 expose_hidden: true }") << QByteArray();
    }

    void formsThatStayUnsupportedSayWhich() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, kind);
        write(input(test::kPicture) + "layer { name: \"y\" top: \"y\" " + text.toStdString() + " }\n", {});
        const auto graph = imported(path("net.prototxt"));
        QVERIFY(!graph);
        QCOMPARE(graph.error().node, std::string("y"));
        if (kind.isEmpty()) {
            QCOMPARE(graph.error().code, Code::UnsupportedAttribute);
        } else {
            QCOMPARE(graph.error().code, Code::UnsupportedOperators);
            QVERIFY(graph.error().fields.contains(kind.toStdString()));
        }
    }
};

QTEST_GUILESS_MAIN(TestCaffeLayers)
#include "tst_caffe_layers.moc"
