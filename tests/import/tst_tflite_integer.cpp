// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of codes: the integer form of every operator is at most a step from the same in numbers, the arithmetic of
// requants by hand, the forms that the vendor's lowering has, and a real classifier.
#include "compiler/base/file.h"
#include "compiler/ir/text/text.h"
#include "compiler/ir/verify.h"
#include "compiler/numeric/multiplier.h"
#include "compiler/passes/pipeline.h"
#include "compiler/preprocess/preprocess.h"
#include "compiler/quantise/lower_quantised.h"
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>

#include <cmath>
#include <map>
#include <sstream>

using namespace wb;
namespace wire = test::wire;

namespace {

int64_t codeAt(const ir::Tensor& tensor, int64_t i) {
    return tensor.type() == ir::ElementType::Ui8 ? int64_t{tensor.data<uint8_t>()[i]} : int64_t{tensor.data<int8_t>()[i]};
}

const ir::Node* nodeOf(const ir::Graph& graph, std::string_view name) {
    const ir::ValueId id = graph.find(name);
    return id == ir::kNoValue ? nullptr : graph.producer(id);
}

} // namespace

class TestTfliteInteger : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::filesystem::path folder() const { return m_dir.path().toStdString(); }

    static Result<execute::TensorMap> run(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs) {
        WB_ASSIGN(auto executor, execute::Executor::create(std::move(graph), {}, {}));
        return executor->run(inputs, {});
    }

private slots:
    void multipliers() {
        using numeric::MultiplierShift;
        // Fractions of 2^31: 0.5 is 2^30, 1 is 2^30 shifted left once; shifts to the right are positive.
        QVERIFY((numeric::quantisedMultiplier(0.5) == MultiplierShift{1 << 30, 0}));
        QVERIFY((numeric::quantisedMultiplier(1.0) == MultiplierShift{1 << 30, -1}));
        QVERIFY((numeric::quantisedMultiplier(0.0078125 * 0.033968925476074219 / 0.023528477177023888) == MultiplierShift{1550200454, 6}));
        QVERIFY((numeric::quantisedMultiplier(0) == MultiplierShift{0, 0}));
        QVERIFY((numeric::quantisedMultiplier(0x1p-40) == MultiplierShift{0, 0}));
        QCOMPARE(numeric::quantisedMultiplier(1e30).multiplier, INT32_MAX);
        // 0.75 · 2 = 1.5 is 2, -1.5 is -2; a quarter of 2 is 0.5, which is 1, and of -2 is -1.
        QCOMPARE(numeric::multiplyQuantised(2, numeric::quantisedMultiplier(0.75)), 2);
        QCOMPARE(numeric::multiplyQuantised(2, numeric::quantisedMultiplier(0.25)), 1);
        QCOMPARE(numeric::multiplyQuantised(-2, numeric::quantisedMultiplier(0.25)), -1);
        QCOMPARE(numeric::multiplyQuantised(1000, numeric::quantisedMultiplier(3.0)), 3000);
        // The shift to the left saturates before the product.
        QCOMPARE(numeric::multiplyQuantised(INT32_MAX, numeric::quantisedMultiplier(8.0)), 1 << 30);
        QCOMPARE(numeric::multiplyQuantised(INT32_MIN, numeric::quantisedMultiplier(8.0)), -(1 << 30));
        test::Random random(20260105);
        for (int i = 0; i < 20000; ++i) {
            const double factor = std::exp2(random.real(-20, 4));
            const auto value = static_cast<int32_t>(random.next() >> 44) - (1 << 19);
            const int32_t got = numeric::multiplyQuantised(value, numeric::quantisedMultiplier(factor));
            QVERIFY(std::abs(static_cast<double>(got) - value * factor) <= 1.0);
        }
    }

    void operators_data() {
        QTest::addColumn<int>("index");
        const auto cases = test::integerTfliteCases();
        for (size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].name.c_str()) << int(i);
    }
    void operators() {
        QFETCH(int, index);
        static const auto cases = test::integerTfliteCases();
        auto model = test::importTflite(cases[static_cast<size_t>(index)].bytes, folder());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto status = passes::optimiseTop(model->origin, {}, {.verify = true});
        QVERIFY2(status, toText(status ? Error{} : status.error()).c_str());
        const ir::Graph& top = model->origin;
        const auto lowered = quantise::lower(top, {}, {}, {}, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto sound = ir::verify(*lowered->graph);
        QVERIFY2(sound, toText(sound ? Error{} : sound.error()).c_str());
        const auto numbers = quantise::withoutCodes(top);
        QVERIFY(numbers);
        execute::TensorMap codes, floats;
        test::Random random(20260106);
        for (const ir::ValueId id : top.inputs()) {
            const ir::Value& value = top.value(id);
            ir::Tensor tensor(value.type.element, value.type.shape);
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                tensor.mutableData<uint8_t>()[i] = static_cast<uint8_t>(random.next());
            floats[value.name] = execute::toFloat(tensor, value.type);
            codes[value.name] = std::move(tensor);
        }
        const auto got = run(lowered->graph, codes);
        QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
        // Given as numbers, the inputs become the same codes.
        const auto again = run(lowered->graph, floats);
        QVERIFY2(again, toText(again ? Error{} : again.error()).c_str());
        const auto expected = run(std::make_shared<const ir::Graph>(*numbers), floats);
        QVERIFY2(expected, toText(expected ? Error{} : expected.error()).c_str());
        for (size_t o = 0; o < top.outputs.size(); ++o) {
            const ir::Value& value = lowered->graph->value(lowered->graph->outputs[o]);
            const ir::Tensor& mine = got->at(value.name);
            const auto& same = again->at(value.name);
            const ir::Tensor& real = expected->at(numbers->value(numbers->outputs[o]).name);
            QCOMPARE(mine.elementCount(), real.elementCount());
            const auto wanted = execute::toCodes(real, value.type);
            QVERIFY(wanted.has_value());
            int64_t unequal = 0;
            for (int64_t i = 0; i < mine.elementCount(); ++i) {
                const int64_t a = codeAt(mine, i), b = codeAt(*wanted, i);
                unequal += a != b ? 1 : 0;
                QCOMPARE(codeAt(same, i), a);
                QVERIFY2(std::abs(a - b) <= 1, qPrintable(QString("element %1: code %2, in numbers %3").arg(i).arg(a).arg(b)));
            }
            // Requants to nearby scales round twice, and then a third is a step off.
            QVERIFY2(unequal * 5 <= mine.elementCount() * 2, qPrintable(QString("%1 of %2 differ").arg(unequal).arg(mine.elementCount())));
        }
        // Through the text and back: the same network.
        QVERIFY(ir::writeMlir(top, folder() / "top.mlir"));
        const auto read = ir::readMlir(folder() / "top.mlir");
        QVERIFY2(read, toText(read ? Error{} : read.error()).c_str());
        const auto twice = quantise::lower(*read, {}, {}, {}, {});
        QVERIFY2(twice, toText(twice ? Error{} : twice.error()).c_str());
        const auto third = run(twice->graph, codes);
        QVERIFY(third);
        for (const auto& [name, tensor] : *got)
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                QCOMPARE(codeAt(third->at(name), i), codeAt(tensor, i));
    }

    /// 32-bit sums, then one requant a tensor or a channel; operands of a sum lifted first. As the vendor's.
    void forms() {
        for (const auto& c : test::integerTfliteCases()) {
            if (c.name != "conv uint8" && c.name != "conv int8" && c.name != "add int8") continue;
            const auto model = test::importTflite(c.bytes, folder());
            QVERIFY(model);
            const std::string name = model->outputNames.front();
            const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
            QVERIFY(lowered);
            const ir::Graph& g = *lowered->graph;
            QVERIFY(g.attributes.boolean("module.asymmetric"));
            if (c.name == "add int8") {
                QVERIFY(nodeOf(g, name + "_dequant_0") != nullptr && nodeOf(g, name + "_add") != nullptr);
                QCOMPARE(nodeOf(g, name)->op, std::string("tpu.RequantInt"));
                QCOMPARE(nodeOf(g, name + "_dequant_0")->attributes.integer("lshift"), int64_t{20});
                continue;
            }
            const ir::Node* conv = nodeOf(g, name + "_int32");
            QVERIFY(conv != nullptr);
            QCOMPARE(conv->op, std::string("tpu.Conv2D"));
            QCOMPARE(g.value(conv->results[0]).type.element, ir::ElementType::I32);
            QCOMPARE(conv->attributes.integer("kernel_zp"), int64_t{c.name == "conv uint8" ? 113 : 0});
            QCOMPARE(nodeOf(g, name)->op, std::string(c.name == "conv uint8" ? "tpu.RequantInt" : "tpu.RequantIntAxis"));
        }
    }

    /// Codes of different scales are compared in whole 256ths, as TensorFlow Lite does: 28 · 0.01072878 is not above
    /// 255 · 0.00117647 there (both 77), 29 times is (80).
    void comparisons_data() {
        QTest::addColumn<bool>("constant");
        QTest::newRow("with a constant") << true;
        QTest::newRow("of two inputs") << false;
    }
    void comparisons() {
        QFETCH(bool, constant);
        test::TfliteBuilder b;
        const test::Quant coarse{{0.01072878111153841F}, {-128}, 0}, fine{{0.0011764706578105688F}, {-128}, 0};
        const int x = b.tensor({1, 4}, wire::Element_Int8, coarse);
        const int limit = constant ? b.constant({}, wire::Element_Int8, std::vector<int8_t>{127}, fine) : b.tensor({1, 4}, wire::Element_Int8, fine);
        const int above = b.tensor({1, 4}, wire::Element_Bool), y = b.tensor({1, 4}, wire::Element_Int8, coarse);
        b.op(wire::Kind_GREATER, {x, limit}, {above});
        b.op(wire::Kind_SELECT_V2, {above, x, b.constant({}, wire::Element_Int8, std::vector<int8_t>{-128}, coarse)}, {y});
        b.ends(constant ? std::vector<int>{x} : std::vector<int>{x, limit}, {y});
        auto model = test::importTflite(b.bytes(), folder());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QVERIFY(passes::optimiseTop(model->origin, {}, {.verify = true}));
        const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        execute::TensorMap inputs;
        for (const ir::ValueId id : model->origin.inputs()) {
            const ir::Value& value = model->origin.value(id);
            ir::Tensor codes(value.type.element, value.type.shape);
            const std::vector<int8_t> numbers = inputs.empty() ? std::vector<int8_t>{-100, -99, -101, 127} : std::vector<int8_t>(4, 127);
            std::copy(numbers.begin(), numbers.end(), codes.mutableData<int8_t>());
            inputs[value.name] = std::move(codes);
        }
        const auto got = run(lowered->graph, inputs);
        QVERIFY2(got, toText(got ? Error{} : got.error()).c_str());
        const ir::Tensor& result = got->at(lowered->graph->value(lowered->graph->outputs.front()).name);
        const std::vector<int64_t> expected{-128, -99, -128, 127};
        for (int64_t i = 0; i < 4; ++i)
            QCOMPARE(codeAt(result, i), expected[static_cast<size_t>(i)]);
    }

    void precisionsOfLayers() {
        const auto cases = test::integerTfliteCases();
        const auto model = test::importTflite(cases.front().bytes, folder());
        QVERIFY(model);
        const std::string name = model->outputNames.front();
        const auto mixed = quantise::lower(model->origin, {}, {{name, ops::Precision::F16}}, {}, {});
        QVERIFY2(mixed, toText(mixed ? Error{} : mixed.error()).c_str());
        QCOMPARE(int(mixed->layers.front().actual), int(ops::Precision::F16));
        quantise::LowerOptions half;
        half.target.module = ops::Precision::F16;
        const auto all = quantise::lower(model->origin, {}, {}, half, {});
        QVERIFY2(all, toText(all ? Error{} : all.error()).c_str());
        for (const ir::Value& value : all->graph->values())
            QVERIFY(value.type.uniform() == nullptr);
    }

    /// The uint8 MobileNet of the optional folder names what is on the pictures.
    void classifier() {
        WB_SHARED_OR_SKIP(file, "models/mobilenet_v2_1.0_224_quant.tflite");
        const auto pictures = test::sharedFolder() / "images" / "imagenet";
        std::vector<std::string> labels;
        std::istringstream text(test::readAll(test::sharedFolder() / "models" / "imagenet_labels.txt"));
        for (std::string line; std::getline(text, line);)
            labels.push_back(line);
        importer::ImportOptions options;
        options.preprocess.pixelFormat = "rgb";
        options.preprocess.mean = {128, 128, 128};
        options.preprocess.scale = {0.0078125, 0.0078125, 0.0078125};
        auto model = importer::importModel(file, options, {});
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QVERIFY(passes::optimiseTop(model->origin, {}, {.verify = true}));
        const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        auto executor = execute::Executor::create(lowered->graph, {}, {});
        QVERIFY(executor);
        const ir::Graph& top = model->origin;
        const auto settings = preprocess::settingsFromAttributes(top.producer(top.inputs().front())->attributes);
        QVERIFY(settings.has_value());
        const std::map<std::string, std::string> wanted{{"bird.bmp", "chickadee"}, {"cat.bmp", "cat"},
                                                        {"dragonfly.bmp", "dragonfly"}, {"hot_dog.jpg", "hotdog"},
                                                        {"parrot.jpg", "macaw"}, {"sunflower.bmp", "daisy"}};
        for (const auto& [picture, word] : wanted) {
            const auto prepared = preprocess::prepareFile(pictures / picture, *settings, {1, 3, 224, 224});
            QVERIFY2(prepared, toText(prepared ? Error{} : prepared.error()).c_str());
            const auto out = (*executor)->run({{"input", prepared->tensor}}, {});
            QVERIFY2(out, toText(out ? Error{} : out.error()).c_str());
            const ir::Tensor& scores = out->begin()->second;
            int64_t best = 0;
            for (int64_t i = 1; i < scores.elementCount(); ++i)
                if (codeAt(scores, i) > codeAt(scores, best)) best = i;
            const std::string label = static_cast<size_t>(best) < labels.size() ? labels[static_cast<size_t>(best)] : "?";
            qInfo("%s: %s (%d of 256)", picture.c_str(), label.c_str(), int(codeAt(scores, best)));
            QVERIFY2(label.find(word) != std::string::npos, (picture + " is called " + label).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestTfliteInteger)
#include "tst_tflite_integer.moc"
