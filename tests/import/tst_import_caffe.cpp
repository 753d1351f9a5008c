// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe networks: every layer kind against OpenCV's own reader on random weights, names and errors, the old form.
#include "tests/import/caffe_files.h"
#include "tests/import/conformance.h"
#include "tests/support/mutation.h"

#include <QTest>
#include <QVariantMap>

#include <cmath>

namespace fs = std::filesystem;
using namespace wb;
using test::BlobSpec;
using test::input;

namespace {

struct Case {
    const char* name;
    std::string layers;
    std::vector<BlobSpec> blobs;
    bool opencv = true; ///< false: OpenCV reads it otherwise; then only that it imports and runs
};

const std::vector<Case>& cases() {
    static const std::vector<Case> list{
        {"conv pad stride", "layer { name: \"y\" type: \"Convolution\" bottom: \"data\" top: \"y\" convolution_param { num_output: 8 kernel_size: 3 pad: 1 stride: 2 } }\n", {{"y", {{8, 6, 3, 3}, {8}}}}, true},
        {"conv group h w", "layer { name: \"y\" type: \"Convolution\" bottom: \"data\" top: \"y\" convolution_param { num_output: 6 kernel_h: 3 kernel_w: 1 pad_h: 1 pad_w: 0 group: 3 bias_term: false } }\n", {{"y", {{6, 2, 3, 1}}}}, true},
        {"conv dilation", "layer { name: \"y\" type: \"Convolution\" bottom: \"data\" top: \"y\" convolution_param { num_output: 4 kernel_size: 3 pad: 2 dilation: 2 } }\n", {{"y", {{4, 6, 3, 3}, {4}}}}, true},
        {"depthwise", "layer { name: \"y\" type: \"Convolution\" bottom: \"data\" top: \"y\" convolution_param { num_output: 6 kernel_size: 3 pad: 1 group: 6 } }\n", {{"y", {{6, 1, 3, 3}, {6}}}}, true},
        {"deconvolution", "layer { name: \"y\" type: \"Deconvolution\" bottom: \"data\" top: \"y\" convolution_param { num_output: 4 kernel_size: 4 pad: 1 stride: 2 } }\n", {{"y", {{6, 4, 4, 4}, {4}}}}, true},
        {"inner product", "layer { name: \"y\" type: \"InnerProduct\" bottom: \"data\" top: \"y\" inner_product_param { num_output: 5 } }\n", {{"y", {{5, 858}, {5}}}}, true},
        {"pool MAX ceil", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: MAX kernel_size: 3 stride: 2 } }\n", {}, true},
        {"pool MAX pad", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 } }\n", {}, true},
        {"pool MAX pad beyond", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: MAX kernel_size: 4 stride: 3 pad: 1 } }\n", {}, true},
        {"pool MAX global", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: MAX global_pooling: true } }\n", {}, true},
        {"pool AVE ceil", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: AVE kernel_size: 3 stride: 2 } }\n", {}, true},
        {"pool AVE pad", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }\n", {}, true},
        {"pool AVE pad beyond", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: AVE kernel_size: 4 stride: 3 pad: 1 } }\n", {}, true},
        {"pool AVE global", "layer { name: \"y\" type: \"Pooling\" bottom: \"data\" top: \"y\" pooling_param { pool: AVE global_pooling: true } }\n", {}, true},
        {"batch norm and scale", "layer { name: \"b\" type: \"BatchNorm\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"s\" type: \"Scale\" bottom: \"b\" top: \"s\" scale_param { bias_term: true } }\n", {{"b", {{6}, {6}, {1}}, 0.5F, 2.0F}, {"s", {{6}, {6}}}}, true},
        {"scale without bias", "layer { name: \"y\" type: \"Scale\" bottom: \"data\" top: \"y\"  }\n", {{"y", {{6}}}}, true},
        {"relu", "layer { name: \"y\" type: \"ReLU\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"leaky relu", "layer { name: \"y\" type: \"ReLU\" bottom: \"data\" top: \"y\" relu_param { negative_slope: 0.1 } }\n", {}, true},
        {"prelu", "layer { name: \"y\" type: \"PReLU\" bottom: \"data\" top: \"y\"  }\n", {{"y", {{6}}}}, true},
        {"sigmoid", "layer { name: \"y\" type: \"Sigmoid\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"tanh", "layer { name: \"y\" type: \"TanH\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"elu", "layer { name: \"y\" type: \"ELU\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"abs", "layer { name: \"y\" type: \"AbsVal\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"eltwise sum", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"y\" type: \"Eltwise\" bottom: \"a\" bottom: \"b\" top: \"y\"  }\n", {}, true},
        {"eltwise coefficients", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"y\" type: \"Eltwise\" bottom: \"a\" bottom: \"b\" top: \"y\" eltwise_param { operation: SUM coeff: 0.5 coeff: -1 } }\n", {}, true},
        {"eltwise product", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"y\" type: \"Eltwise\" bottom: \"a\" bottom: \"b\" top: \"y\" eltwise_param { operation: PROD } }\n", {}, true},
        {"eltwise maximum", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"y\" type: \"Eltwise\" bottom: \"a\" bottom: \"b\" top: \"y\" eltwise_param { operation: MAX } }\n", {}, true},
        {"power", "layer { name: \"y\" type: \"Power\" bottom: \"data\" top: \"y\" power_param { power: 2 scale: 0.5 shift: 3 } }\n", {}, true},
        {"lrn", "layer { name: \"y\" type: \"LRN\" bottom: \"data\" top: \"y\" lrn_param { local_size: 3 alpha: 0.1 beta: 0.75 } }\n", {}, true},
        {"concat", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"b\" type: \"TanH\" bottom: \"data\" top: \"b\"  }\nlayer { name: \"y\" type: \"Concat\" bottom: \"a\" bottom: \"b\" top: \"y\"  }\n", {}, true},
        {"permute", "layer { name: \"y\" type: \"Permute\" bottom: \"data\" top: \"y\" permute_param { order: 0 order: 2 order: 3 order: 1 } }\n", {}, true},
        {"reshape", "layer { name: \"y\" type: \"Reshape\" bottom: \"data\" top: \"y\" reshape_param { shape { dim: 0 dim: -1 dim: 3 dim: 11 } } }\n", {}, true},
        {"flatten", "layer { name: \"y\" type: \"Flatten\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"softmax", "layer { name: \"y\" type: \"Softmax\" bottom: \"data\" top: \"y\"  }\n", {}, true},
        {"shuffle channel", "layer { name: \"y\" type: \"ShuffleChannel\" bottom: \"data\" top: \"y\" shuffle_channel_param { group: 2 } }\n", {}, false},
        {"dropout", "layer { name: \"a\" type: \"Sigmoid\" bottom: \"data\" top: \"a\"  }\nlayer { name: \"d\" type: \"Dropout\" bottom: \"a\" top: \"d\"  }\nlayer { name: \"y\" type: \"TanH\" bottom: \"d\" top: \"y\"  }\n", {}, true},
        {"bias", "layer { name: \"y\" type: \"Bias\" bottom: \"data\" top: \"y\"  }\n", {{"y", {{6}}}}, false},
        {"normalize a pixel", "layer { name: \"y\" type: \"Normalize\" bottom: \"data\" top: \"y\" norm_param { across_spatial: false channel_shared: false } }\n", {{"y", {{6}}}}, true},
        {"normalize a picture", "layer { name: \"y\" type: \"Normalize\" bottom: \"data\" top: \"y\" norm_param { across_spatial: true channel_shared: true } }\n", {{"y", {{1}}}}, true},
        {"relu6", "layer { name: \"y\" type: \"ReLU6\" bottom: \"data\" top: \"y\" }\n", {}, false},
        {"slice and crop",
         "layer { name: \"s\" type: \"Slice\" bottom: \"data\" top: \"a\" top: \"b\" slice_param { slice_point: 2 } }\n"
         "layer { name: \"c\" type: \"Crop\" bottom: \"b\" bottom: \"a\" top: \"c\" crop_param { offset: 0 } }\n",
         {}, false},
    };
    return list;
}

} // namespace

class TestImportCaffe : public QObject, private test::CaffeFiles {
    Q_OBJECT

    test::Conformance m_conformance;

private slots:
    void cleanup() { m_conformance.count({"layersEqualOpenCv", "layersWithoutReaderEqualOpenCvs"}); }
    /// Layers of the authors' Caffe that a trained network runs through; data, losses and measures are none of these.
    void cleanupTestCase() {
        m_conformance.tell("Caffe",
                           {"AbsVal", "ArgMax", "BatchNorm", "BatchReindex", "Bias", "BNLL", "Clip", "Concat", "Convolution", "Crop",
                            "Deconvolution", "Dropout", "Eltwise", "ELU", "Embed", "Exp", "Filter", "Flatten", "Im2col", "InnerProduct",
                            "Input", "Log", "LRN", "LSTM", "MVN", "Parameter", "Pooling", "Power", "PReLU", "Python", "Reduction",
                            "ReLU", "Reshape", "RNN", "Scale", "Sigmoid", "Silence", "Slice", "Softmax", "Split", "SPP", "Swish",
                            "TanH", "Threshold", "Tile"},
                           [](const std::string& kind) {
                               return kind == "Input" || ops::importTable().find(ops::Framework::Caffe, kind) != nullptr;
                           });
    }

    void layersEqualOpenCv_data();
    void layersEqualOpenCv();

    void layersWithoutReaderEqualOpenCvs_data();
    void layersWithoutReaderEqualOpenCvs();

    void inPlaceResultsHaveNamesOfTheirOwn() {
        write(input(test::kPicture) +
                  "layer { name: \"c\" type: \"Convolution\" bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 1 } }\n"
                  "layer { name: \"t\" type: \"TanH\" bottom: \"c\" top: \"c\" }\n"
                  "layer { name: \"p\" type: \"Pooling\" bottom: \"c\" top: \"p\" pooling_param { kernel_size: 2 stride: 2 } }\n",
              {{"c", {{4, 6, 1, 1}, {4}}}});
        const auto graph = imported(path("net.prototxt"));
        QVERIFY2(graph, graph ? "" : graph.error().what.c_str());
        for (const char* name : {"data", "c", "t", "p"})
            QVERIFY2(graph->find(name) != ir::kNoValue, name);
        QCOMPARE(graph->outputs.size(), size_t{1});
        QCOMPARE(graph->value(graph->outputs[0]).name, std::string("p"));
        QCOMPARE(graph->attributes.string("module.platform"), std::string("CAFFE"));
    }

    void oldFormIsTheSameNetwork() {
        const std::string now =
            input(test::kPicture) +
            "layer { name: \"c\" type: \"Convolution\" bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }\n"
            "layer { name: \"r\" type: \"ReLU\" bottom: \"c\" top: \"c\" }\n";
        const std::string then = "input: \"data\" input_dim: 1 input_dim: 6 input_dim: 13 input_dim: 11\n"
                                 "layers { name: \"c\" type: CONVOLUTION bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }\n"
                                 "layers { name: \"r\" type: RELU bottom: \"c\" top: \"c\" }\n";
        write(now, {{"c", {{4, 6, 3, 3}, {4}}}});
        const auto a = imported(path("net.prototxt"));
        std::ofstream(path("net.prototxt")) << then;
        const auto b = imported(path("net.prototxt"));
        QVERIFY2(a, a ? "" : a.error().what.c_str());
        QVERIFY2(b, b ? "" : b.error().what.c_str());
        QCOMPARE(b->nodes().size(), a->nodes().size());
        for (size_t i = 0; i < a->nodes().size(); ++i)
            QCOMPARE(b->nodes()[i].op, a->nodes()[i].op);
    }

    void errorsSayWhereAndWhatToDo() {
        write("layer { name: \"a\" type: ", {});
        auto graph = imported(path("net.prototxt"));
        QVERIFY(!graph);
        QCOMPARE(graph.error().code, Code::TextSyntax);
        QVERIFY(graph.error().what.find("line 1") != std::string::npos);

        const std::string conv = "layer { name: \"c\" type: \"Convolution\" bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 3 } }\n";
        write(input(test::kPicture) + conv, {});
        fs::remove(path("net.caffemodel"));
        graph = imported(path("net.prototxt"));
        QVERIFY(!graph);
        QCOMPARE(graph.error().code, Code::WeightMissing);
        QVERIFY(!graph.error().remedies.empty());

        write(input(test::kPicture) + conv, {{"c", {{4, 5, 3, 3}, {4}}}});
        graph = imported(path("net.prototxt"));
        QVERIFY(!graph);
        QCOMPARE(graph.error().code, Code::ModelDamaged);
        QCOMPARE(graph.error().node, std::string("c"));

        write(input(test::kPicture) + "layer { name: \"w\" type: \"Wonder\" bottom: \"data\" top: \"w\" }\n"
                                "layer { name: \"m\" type: \"Marvel\" bottom: \"w\" top: \"m\" }\n", {});
        graph = imported(path("net.prototxt"));
        QVERIFY(!graph);
        QCOMPARE(graph.error().code, Code::UnsupportedOperators);
        QVERIFY(graph.error().fields.contains("Wonder") && graph.error().fields.contains("Marvel"));
    }

    void damagedFilesAreRefused() {
        const std::string text = input(test::kPicture) +
            "layer { name: \"c\" type: \"Convolution\" bottom: \"data\" top: \"c\" convolution_param { num_output: 4 kernel_size: 3 stride: 2 } }\n"
            "layer { name: \"q\" type: \"Pooling\" bottom: \"c\" top: \"q\" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }\n"
            "layer { name: \"f\" type: \"InnerProduct\" bottom: \"q\" top: \"f\" inner_product_param { num_output: 3 } }\n";
        write(text, {{"c", {{4, 6, 3, 3}, {4}}}, {"f", {{3, 36}, {3}}}});
        const std::string good = test::readAll(path("net.caffemodel"));
        test::Random random(20260103);
        const int count = test::mutationCount(1000);
        int refused = 0;
        for (int round = 0; round < 2 * count; ++round) { // each of the two files
            const bool inText = round % 2 == 0;
            test::writeAll(path("net.prototxt"), inText ? test::damaged(text, random, round / 2) : text);
            test::writeAll(path("net.caffemodel"), inText ? good : test::damaged(good, random, round / 2));
            const auto graph = imported(path("net.prototxt"));
            refused += graph ? 0 : 1;
            if (!graph) QVERIFY(!graph.error().what.empty());
        }
        QVERIFY(refused > count / 3 && refused < 2 * count);
        QVERIFY2(test::peakBytes() < int64_t{1} << 30, "a mutation took more than 1 GB");
    }

    void ultrafaceEqualsItsOnnxTwin() {
        const fs::path models = fs::path(WB_SOURCE_DIR) / "../shared/models";
        if (!fs::exists(models / "ultraface_rfb320.prototxt")) QSKIP("../shared/models is not there");
        const auto caffe = imported(models / "ultraface_rfb320.prototxt");
        const auto onnx = imported(models / "ultraface_rfb320.onnx");
        QVERIFY2(caffe, caffe ? "" : caffe.error().what.c_str());
        QVERIFY(onnx);
        const auto a = outputs(*caffe), b = outputs(*onnx);
        QCOMPARE(a.size(), b.size());
        QVERIFY(!a.empty());
        // Caffe's outputs stand in the order of the layers, the twin's in that of its file.
        for (const ir::Tensor& x : a) {
            const auto twin = std::find_if(b.begin(), b.end(), [&](const ir::Tensor& y) { return y.shape() == x.shape(); });
            QVERIFY(twin != b.end());
            for (int64_t k = 0; k < x.elementCount(); ++k)
                QVERIFY(std::abs(x.data<float>()[k] - twin->data<float>()[k]) < 1e-4F);
        }
    }
};

void TestImportCaffe::layersEqualOpenCv_data() {
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(cases().size()); ++i)
        QTest::newRow(cases()[static_cast<size_t>(i)].name) << i;
}

void TestImportCaffe::layersEqualOpenCv() {
    QFETCH(int, index);
    const Case& c = cases()[static_cast<size_t>(index)];
    write(input(test::kPicture) + c.layers, c.blobs);
    const auto graph = imported(path("net.prototxt"));
    QVERIFY2(graph, graph ? "" : graph.error().what.c_str());
    const auto ours = outputs(*graph);
    QVERIFY(!ours.empty());
    if (!c.opencv) return;

    auto net = cv::dnn::readNetFromCaffe(path("net.prototxt").string(), path("net.caffemodel").string());
    const cv::Mat theirs = forward(net, {1, 6, 13, 11});
    QCOMPARE(static_cast<int64_t>(theirs.total()), ours.back().elementCount());
    double worst = 0, largest = 0;
    for (size_t i = 0; i < theirs.total(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(theirs.ptr<float>()[i] - ours.back().data<float>()[i])));
        largest = std::max(largest, static_cast<double>(std::abs(theirs.ptr<float>()[i])));
    }
    QVERIFY(largest > 0);
    // Sums of at most 216 products in another order, in single precision.
    QVERIFY2(worst <= 1e-5 * largest + 1e-6, qPrintable(QStringLiteral("%1 of %2").arg(worst).arg(largest)));
}

/// OpenCV has these layers but its Caffe reader not their parameters: its layers are made by hand.
void TestImportCaffe::layersWithoutReaderEqualOpenCvs_data() {
    QTest::addColumn<QString>("layer");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QVariantMap>("parameters");
    const auto row = [](const char* name, const char* layer, const char* type, const QVariantMap& parameters) {
        QTest::newRow(name) << QString::fromLatin1(layer) << QString::fromLatin1(type) << parameters;
    };
    row("reorg", "type: \"Reorg\" reorg_param { stride: 2 }", "Reorg", {{"reorg_stride", 2}});
    row("upsample", "type: \"Upsample\" upsample_param { scale: 2 }", "Resize", {{"interpolation", "nearest"}, {"width", 24}, {"height", 20}});
    row("interp zoom", "type: \"Interp\" interp_param { zoom_factor: 3 }", "Interp", {{"zoom_factor", 3}});
    row("interp size", "type: \"Interp\" interp_param { height: 7 width: 31 }", "Interp", {{"height", 7}, {"width", 31}});
    row("interp shrink", "type: \"Interp\" interp_param { shrink_factor: 2 }", "Interp", {{"height", 5}, {"width", 6}});
}

void TestImportCaffe::layersWithoutReaderEqualOpenCvs() {
    QFETCH(QString, layer);
    QFETCH(QString, type);
    QFETCH(QVariantMap, parameters);
    write(input("dim: 1 dim: 8 dim: 10 dim: 12") + "layer { name: \"y\" bottom: \"data\" top: \"y\" " + layer.toStdString() + " }\n", {});
    const auto graph = imported(path("net.prototxt"));
    QVERIFY2(graph, graph ? "" : graph.error().what.c_str());
    const auto ours = outputs(*graph);
    QVERIFY(!ours.empty());

    cv::dnn::LayerParams params;
    params.name = "y";
    params.type = type.toStdString();
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        if (it->typeId() == QMetaType::Int) params.set(it.key().toStdString(), it->toInt());
        else params.set(it.key().toStdString(), cv::String(it->toString().toStdString()));
    cv::dnn::Net net;
    net.addLayerToPrev(params.name, params.type, params);
    const cv::Mat theirs = forward(net, {1, 8, 10, 12});
    QCOMPARE(static_cast<int64_t>(theirs.total()), ours.back().elementCount());
    for (int d = 0; d < 4; ++d)
        QCOMPARE(static_cast<int64_t>(theirs.size[d]), ours.back().shape()[static_cast<size_t>(d)]);
    for (size_t i = 0; i < theirs.total(); ++i)
        QVERIFY(std::abs(theirs.ptr<float>()[i] - ours.back().data<float>()[i]) < 1e-5F);
}

QTEST_GUILESS_MAIN(TestImportCaffe)
#include "tst_import_caffe.moc"
