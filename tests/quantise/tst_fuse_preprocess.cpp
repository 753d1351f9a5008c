// SPDX-License-Identifier: GPL-3.0-or-later
// Preprocessing inside the model: a network fed with raw pictures gives what it gives when the host prepares them, in
// every format, precision and size; and inputs that stay quantised.
#include "compiler/execute/executor.h"
#include "compiler/preprocess/preprocess.h"
#include "compiler/quantise/fuse_preprocess.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <cmath>

using namespace wb;
using ir::Attribute;
using ir::ElementType;
using ir::Graph;
using ir::Tensor;
using ops::Precision;

namespace {

constexpr int64_t kSide = 8;

struct Network {
    Graph graph;
    quantise::RangeTable ranges;
};

/// Input (with preprocessing) → 3×3 convolution, or its negative where filters cannot take a swap → output "y".
Network network(const std::string& pixelFormat, const std::string& channelFormat, int64_t resized, bool convolution = true,
                std::vector<double> mean = {123.675, 116.28, 103.53}, std::vector<double> scale = {0.0171, 0.0175, 0.0174}) {
    const bool gray = pixelFormat == "gray", last = channelFormat == "nhwc";
    const int64_t channels = gray ? 1 : 3;
    Network n;
    Graph& g = n.graph;
    g.name = "net";
    ir::AttributeMap a;
    a.set("pixel_format", pixelFormat);
    a.set("channel_format", channelFormat);
    a.set("resize_dims", Attribute::ints({resized, resized}));
    a.set("mean", Attribute::floats(mean));
    a.set("scale", Attribute::floats(scale));
    const ir::Shape planes{1, channels, kSide, kSide}, pixels{1, kSide, kSide, channels};
    auto x = g.add("top.Input", {}, "x", {ElementType::F32, last ? pixels : planes, true, {}}, std::move(a));
    double most = 0;
    for (size_t c = 0; c < mean.size(); ++c) most = std::max(most, std::max(mean[c], 255 - mean[c]) * scale[c]);
    const bool positive = std::all_of(mean.begin(), mean.end(), [](double m) { return m == 0; });
    n.ranges["x"] = {most, positive ? 0 : -most, most};
    if (last) {
        ir::AttributeMap order;
        order.set("order", Attribute::ints({0, 3, 1, 2}));
        x = g.add("top.Permute", {x}, "planes", {ElementType::F32, planes, true, {}}, std::move(order));
        n.ranges["planes"] = n.ranges["x"];
    }
    if (convolution) {
        test::Random random(11);
        std::vector<float> filter(static_cast<size_t>(4 * channels * 9));
        for (float& w : filter) w = random.real(-1, 1);
        const auto w = g.addWeight("w", Tensor::of<float>(ElementType::F32, {4, channels, 3, 3}, filter));
        ir::AttributeMap c;
        c.set("dilations", Attribute::ints({1, 1}));
        c.set("do_relu", false);
        c.set("group", 1);
        c.set("kernel_shape", Attribute::ints({3, 3}));
        c.set("pads", Attribute::ints({1, 1, 1, 1}));
        c.set("relu_limit", -1.0);
        c.set("strides", Attribute::ints({1, 1}));
        g.outputs = {g.add("top.Conv", {x, w, ir::kNoValue}, "y", {ElementType::F32, {1, 4, kSide, kSide}, true, {}}, std::move(c))};
        n.ranges["y"] = {12, -12, 12};
    } else {
        ir::AttributeMap pool;
        for (const char* name : {"kernel_shape", "strides"}) pool.set(name, Attribute::ints({1, 1}));
        pool.set("pads", Attribute::ints({0, 0, 0, 0}));
        pool.set("do_relu", false);
        g.outputs = {g.add("top.MaxPool", {x}, "y", {ElementType::F32, planes, true, {}}, std::move(pool))};
        n.ranges["y"] = n.ranges["x"];
    }
    return n;
}

/// Red first, as readPicture gives it.
Tensor picture(int64_t side, bool gray) {
    test::Random random(5);
    Tensor t(ElementType::Ui8, {side, side, gray ? 1 : 3});
    for (int64_t i = 0; i < t.elementCount(); ++i) t.mutableData<uint8_t>()[i] = static_cast<uint8_t>(random.below(256));
    return t;
}

quantise::LowerOptions options(Precision precision, std::optional<std::string> fuse) {
    quantise::LowerOptions o;
    o.target.module = precision;
    o.fusePreprocess = std::move(fuse);
    return o;
}

Result<Graph> lowered(const Network& n, const quantise::LowerOptions& o) {
    JobContext context;
    WB_ASSIGN(const auto result, quantise::lower(n.graph, n.ranges, {}, o, context));
    return *result.graph;
}

/// The output as floats; the input prepared as its attributes say.
Result<std::vector<float>> run(const Graph& graph, const Tensor& shown) {
    const auto input = graph.inputs().front();
    const auto& type = graph.value(input).type;
    const auto settings = preprocess::settingsFromAttributes(graph.producer(input)->attributes);
    WB_ASSIGN(const auto prepared, preprocess::prepare(shown, *settings, type.shape));
    Tensor values = prepared.tensor;
    if (type.element == ElementType::Ui8) {
        values = Tensor(ElementType::Ui8, type.shape);
        for (int64_t i = 0; i < values.elementCount(); ++i)
            values.mutableData<uint8_t>()[i] = static_cast<uint8_t>(prepared.tensor.data<float>()[i]);
    }
    JobContext context;
    WB_ASSIGN(const auto executor, execute::Executor::create(std::make_shared<const Graph>(graph), {}, context));
    WB_ASSIGN(const auto outputs, executor->run({{graph.value(input).name, values}}, context));
    const Tensor y = execute::toFloat(outputs.begin()->second, graph.value(graph.outputs.front()).type);
    return std::vector<float>(y.data<float>(), y.data<float>() + y.elementCount());
}

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

} // namespace

class TestFusePreprocess : public QObject {
    Q_OBJECT
private slots:
    void rawEqualsPrepared_data();
    void rawEqualsPrepared();
    void swapsWithoutConvolution();
    void codesPassUntouched();
    void namesAndTypes();
    void wrongFormatsAreExplained();
    void inputsStayQuantised();
};

void TestFusePreprocess::rawEqualsPrepared_data() {
    QTest::addColumn<QString>("pixelFormat");
    QTest::addColumn<QString>("channelFormat");
    QTest::addColumn<QString>("raw");
    QTest::addColumn<int>("resized");
    QTest::addColumn<int>("precision");
    for (const auto precision : {Precision::Int8, Precision::F16, Precision::BF16, Precision::F32})
        for (const int resized : {8, 11})
            for (const char* raw : {"", "RGB_PLANAR", "RGB_PACKED", "BGR_PLANAR", "BGR_PACKED"})
                for (const char* own : {"rgb nchw", "bgr nchw", "rgb nhwc"})
                    QTest::addRow("%s as %s, %d, %s", own, raw, resized, ops::spelling(precision))
                        << QString(own).section(' ', 0, 0) << QString(own).section(' ', 1, 1) << QString(raw) << resized << int(precision);
    QTest::addRow("gray") << "gray" << "nchw" << "GRAYSCALE" << 8 << int(Precision::Int8);
}

void TestFusePreprocess::rawEqualsPrepared() {
    QFETCH(QString, pixelFormat);
    QFETCH(QString, channelFormat);
    QFETCH(QString, raw);
    QFETCH(int, resized);
    QFETCH(int, precision);
    const auto kind = static_cast<Precision>(precision);
    const bool gray = pixelFormat == "gray";
    const Network n = gray ? network("gray", "nchw", resized, true, {127}, {0.0078125})
                           : network(pixelFormat.toStdString(), channelFormat.toStdString(), resized);
    const auto host = lowered(n, options(kind, {}));
    VERIFY_RESULT(host);
    const auto fused = lowered(n, options(kind, raw.toStdString()));
    VERIFY_RESULT(fused);
    const Tensor shown = picture(resized, gray);
    const auto expected = run(*host, shown), got = run(*fused, shown);
    VERIFY_RESULT(expected);
    VERIFY_RESULT(got);
    QCOMPARE(got->size(), expected->size());
    // In codes a table entry may be one step off where the host's float32 rounds to the other side of a half.
    const double allowed = kind == Precision::Int8 ? 12.0 / 127 * 1.01 : kind == Precision::F32 ? 1e-4 : kind == Precision::F16 ? 0.05 : 0.4;
    double spread = 0;
    for (size_t i = 0; i < got->size(); ++i) {
        QVERIFY2(std::fabs((*got)[i] - (*expected)[i]) <= allowed, qPrintable(QString("%1: %2, %3").arg(i).arg((*got)[i]).arg((*expected)[i])));
        spread = std::max(spread, std::fabs(static_cast<double>((*expected)[i])));
    }
    QVERIFY(spread > 1); // the network computes something
}

void TestFusePreprocess::swapsWithoutConvolution() {
    const Network n = network("bgr", "nchw", kSide, false);
    for (const auto precision : {Precision::Int8, Precision::F32}) {
        const auto host = lowered(n, options(precision, {}));
        const auto fused = lowered(n, options(precision, "RGB_PLANAR"));
        VERIFY_RESULT(fused);
        const auto expected = run(*host, picture(kSide, false)), got = run(*fused, picture(kSide, false));
        VERIFY_RESULT(got);
        const double step = n.ranges.at("x").threshold / 127 * 1.01;
        for (size_t i = 0; i < got->size(); ++i) QVERIFY(std::fabs((*got)[i] - (*expected)[i]) <= (precision == Precision::Int8 ? step : 1e-5));
    }
}

/// x/255 with a range of 0 … 1 is the picture itself: no table, the input's scale says it all.
void TestFusePreprocess::codesPassUntouched() {
    const Network n = network("rgb", "nchw", kSide, true, {0, 0, 0}, {1.0 / 255, 1.0 / 255, 1.0 / 255});
    const auto fused = lowered(n, options(Precision::Int8, "RGB_PLANAR"));
    VERIFY_RESULT(fused);
    for (const auto& node : fused->nodes()) QVERIFY(node.op != "tpu.ScaleLut" && !(node.op == "tpu.Cast" && node.operands[0] == fused->inputs().front()));
    const auto& type = fused->value(fused->inputs().front()).type;
    QVERIFY(type.uniform() != nullptr && type.element == ElementType::Ui8);
    QCOMPARE(type.uniform()->scale(), 1.0 / 255);
}

void TestFusePreprocess::namesAndTypes() {
    const auto fused = lowered(network("rgb", "nchw", 11), options(Precision::Int8, "BGR_PACKED"));
    VERIFY_RESULT(fused);
    QStringList names;
    for (const auto& node : fused->nodes())
        if (node.op != "top.Weight") names << QString::fromStdString(node.op + " " + fused->value(node.results[0]).name);
    QCOMPARE(names.mid(0, 4), QStringList({"top.Input x_raw", "tpu.Permute x_preprocess_transpose", "tpu.Slice x_preprocess_slice",
                                           "tpu.ScaleLut x_preprocess_scale_lut"}));
    const auto& raw = fused->value(fused->inputs().front()).type;
    QCOMPARE(raw.shape, (ir::Shape{1, 11, 11, 3}));
    QCOMPARE(raw.uniform()->scale(), 1.0);
    const auto* table = fused->weight(fused->find("x_preprocess_scale_lut_table"));
    QVERIFY(table != nullptr);
    QCOMPARE(table->shape(), (ir::Shape{1, 3, 16, 16}));
    QVERIFY(fused->find("w_swap_channel") == ir::kNoValue); // the filter of the lowered graph is codes
}

void TestFusePreprocess::wrongFormatsAreExplained() {
    const Network n = network("rgb", "nchw", kSide);
    for (const char* format : {"YUV_NV12", "RGBA_PLANAR", "PLANAR"}) {
        const auto fused = lowered(n, options(Precision::Int8, format));
        QVERIFY(!fused);
        QCOMPARE(fused.error().code, Code::CodegenUnsupported);
        QVERIFY(!fused.error().remedies.empty());
    }
    QCOMPARE(lowered(n, options(Precision::Int8, "GRAYSCALE")).error().code, Code::PreprocessInvalid);
    Network plain = n;
    plain.graph.node(0).attributes = {};
    QCOMPARE(lowered(plain, options(Precision::Int8, "")).error().code, Code::PreprocessInvalid);
}

void TestFusePreprocess::inputsStayQuantised() {
    const Network n = network("rgb", "nchw", kSide);
    auto o = options(Precision::Int8, {});
    o.quantInput = true;
    const auto graph = lowered(n, o);
    VERIFY_RESULT(graph);
    const auto& type = graph->value(graph->inputs().front()).type;
    QVERIFY(type.uniform() != nullptr && type.element == ElementType::I8);
    for (const auto& node : graph->nodes()) QVERIFY(node.op != "tpu.Cast" || node.operands[0] != graph->inputs().front());
    o.target.module = Precision::F16;
    const auto half = lowered(n, o);
    VERIFY_RESULT(half);
    QCOMPARE(half->value(half->inputs().front()).type.element, ElementType::F16);
}

QTEST_APPLESS_MAIN(TestFusePreprocess)
#include "tst_fuse_preprocess.moc"
