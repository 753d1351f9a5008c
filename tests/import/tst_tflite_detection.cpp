// SPDX-License-Identifier: GPL-3.0-or-later
// The end of TensorFlow's detectors, an operator of its own making: what it computes by hand, its place on the host behind
// the chip's layers (of numbers and of codes), and damaged options.
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/lower_quantised.h"
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>

#include <cmath>
#include <cstring>

using namespace wb;
using test::TfliteBuilder;
namespace wire = test::wire;

namespace {

constexpr const char* kKind = "TFLite_Detection_PostProcess";

/// Anchors (y, x, h, w): 0 and 1 cover each other by 0.6, 2 stands alone.
const std::vector<float> kAnchors{0.5F, 0.5F, 0.4F, 0.4F, 0.5F, 0.6F, 0.4F, 0.4F, 2, 2, 1, 1};

/// Offsets and scores are inputs; a background and two classes.
std::string detector(const std::vector<uint8_t>& options, int rows) {
    TfliteBuilder b;
    const int offsets = b.tensor({1, 3, 4}), scores = b.tensor({1, 3, 3});
    const int boxes = b.tensor({1, rows, 4}), labels = b.tensor({1, rows}), best = b.tensor({1, rows}), count = b.tensor({1});
    b.custom(kKind, {offsets, scores, b.floats({3, 4}, kAnchors)}, {boxes, labels, best, count}, options);
    b.ends({offsets, scores}, {boxes, labels, best, count});
    return b.bytes();
}

/// Codes: both inputs are added to themselves first, which is work for the chip; anchors are codes as well.
std::string detectorOfCodes() {
    TfliteBuilder b;
    const test::Quant q{{0.04F}, {128}, 0}, s{{0.0039F}, {0}, 0}, a{{0.01F}, {3}, 0};
    const int x = b.tensor({1, 3, 4}, wire::Element_Uint8, q), p = b.tensor({1, 3, 3}, wire::Element_Uint8, s);
    const int offsets = b.tensor({1, 3, 4}, wire::Element_Uint8, q), scores = b.tensor({1, 3, 3}, wire::Element_Uint8, s);
    const int anchors = b.constant<uint8_t>({3, 4}, wire::Element_Uint8, {53, 53, 43, 43, 53, 63, 43, 43, 203, 203, 103, 103}, a);
    const int boxes = b.tensor({1, 4, 4}), labels = b.tensor({1, 4}), best = b.tensor({1, 4}), count = b.tensor({1});
    b.op(wire::Kind_ADD, {x, x}, {offsets}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
    b.op(wire::Kind_ADD, {p, p}, {scores}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
    b.custom(kKind, {offsets, scores, anchors}, {boxes, labels, best, count}, test::detectionOptions(4, 1, 2, false));
    b.ends({x, p}, {boxes, labels, best, count});
    return b.bytes();
}

Result<std::vector<ir::Tensor>> run(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs) {
    WB_ASSIGN(const auto executor, execute::Executor::create(graph, {}, {}));
    WB_ASSIGN(const auto results, executor->run(inputs, {}));
    std::vector<ir::Tensor> list;
    for (const ir::ValueId id : graph->outputs)
        list.push_back(results.at(graph->value(id).name));
    return list;
}

std::vector<float> numbers(const ir::Tensor& tensor) { return {tensor.data<float>(), tensor.data<float>() + tensor.elementCount()}; }

bool near(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (std::abs(a[i] - b[i]) > 1e-6F) return false;
    return true;
}

} // namespace

class TestTfliteDetection : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::filesystem::path folder() const { return m_dir.path().toStdString(); }

    /// Results of the network of numbers for no offsets but one: the third box twice as high.
    Result<std::vector<ir::Tensor>> find(const std::vector<uint8_t>& options, int rows, const std::vector<float>& scores) const {
        WB_ASSIGN(auto model, test::importTflite(detector(options, rows), folder()));
        WB_TRY(passes::optimiseTop(model.origin, {}));
        std::vector<float> offsets(12, 0);
        offsets[10] = 5 * std::log(2.0F);
        const auto names = model.origin.inputs();
        execute::TensorMap inputs;
        inputs[model.origin.value(names[0]).name] = ir::Tensor::of<float>(ir::ElementType::F32, {1, 3, 4}, offsets);
        inputs[model.origin.value(names[1]).name] = ir::Tensor::of<float>(ir::ElementType::F32, {1, 3, 3}, scores);
        return run(std::make_shared<const ir::Graph>(model.origin), inputs);
    }

private slots:
    /// The second box is covered by the first, which is better; each box with its best class, the background left out.
    void boxesWithoutRegardToClasses() {
        const auto found = find(test::detectionOptions(4, 1, 2, false), 4, {9, 0.9F, 0.1F, 9, 0.1F, 0.8F, 0, 0.3F, 0.4F});
        QVERIFY2(found, toText(found ? Error{} : found.error()).c_str());
        QVERIFY(near(numbers((*found)[0]), {0.3F, 0.3F, 0.7F, 0.7F, 1, 1.5F, 3, 2.5F, 0, 0, 0, 0, 0, 0, 0, 0}));
        QVERIFY(near(numbers((*found)[1]), {0, 1, 0, 0}));
        QVERIFY(near(numbers((*found)[2]), {0.9F, 0.4F, 0, 0}));
        QVERIFY(near(numbers((*found)[3]), {2}));
    }

    /// Boxes of different classes do not cover each other; the best four of all.
    void boxesByClass() {
        const auto found = find(test::detectionOptions(4, 1, 2, true), 4, {9, 0.9F, 0.1F, 9, 0.1F, 0.8F, 0, 0.3F, 0.4F});
        QVERIFY2(found, toText(found ? Error{} : found.error()).c_str());
        QVERIFY(near(numbers((*found)[1]), {0, 1, 1, 0}));
        QVERIFY(near(numbers((*found)[2]), {0.9F, 0.8F, 0.4F, 0.3F}));
        QVERIFY(near(numbers((*found)[3]), {4}));
    }

    /// Each kept box with two labels, in rows of its own; a score that is the limit counts.
    void severalLabels() {
        const auto found = find(test::detectionOptions(2, 2, 2, false, 0.4F), 4, {9, 0.9F, 0.1F, 9, 0.1F, 0.8F, 0, 0.3F, 0.4F});
        QVERIFY2(found, toText(found ? Error{} : found.error()).c_str());
        QVERIFY(near(numbers((*found)[1]), {0, 1, 1, 0}));
        QVERIFY(near(numbers((*found)[2]), {0.9F, 0.1F, 0.4F, 0.3F}));
        QVERIFY(near(numbers((*found)[3]), {2}));
    }

    /// The chip ends with the codes' sums, the host has the rest; together they are the whole.
    void codesEndOnTheHost() {
        auto model = test::importTflite(detectorOfCodes(), folder());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QVERIFY(passes::optimiseTop(model->origin, {}));
        const auto lowered = quantise::lower(model->origin, {}, {}, {}, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto split = quantise::splitHost(lowered->graph);
        QVERIFY(split.host != nullptr);
        QCOMPARE(split.layers.size(), size_t{1});
        QCOMPARE(split.chip->outputs.size(), size_t{2});
        execute::TensorMap inputs;
        const auto ids = model->origin.inputs();
        inputs[model->origin.value(ids[0]).name] =
            ir::Tensor::of<uint8_t>(ir::ElementType::Ui8, {1, 3, 4},
                                    std::vector<uint8_t>{128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 171, 128});
        inputs[model->origin.value(ids[1]).name] =
            ir::Tensor::of<uint8_t>(ir::ElementType::Ui8, {1, 3, 3}, std::vector<uint8_t>{255, 115, 13, 255, 13, 102, 0, 38, 51});
        const auto whole = run(lowered->graph, inputs);
        QVERIFY2(whole, toText(whole ? Error{} : whole.error()).c_str());
        QVERIFY(near(numbers((*whole)[1]), {0, 1, 0, 0}));
        QVERIFY(near(numbers((*whole)[2]), {230 * 0.0039F, 102 * 0.0039F, 0, 0}));
        QVERIFY(std::abs(numbers((*whole)[0])[4] - 1) < 0.02F); // 171: 86 · 0.04 / 5 = 0.69, twice as high
        const auto handed = run(split.chip, inputs);
        QVERIFY(handed);
        execute::TensorMap given;
        for (size_t i = 0; i < handed->size(); ++i)
            given[split.chip->value(split.chip->outputs[i]).name] = (*handed)[i];
        const auto behind = run(split.host, given);
        QVERIFY2(behind, toText(behind ? Error{} : behind.error()).c_str());
        for (size_t i = 0; i < whole->size(); ++i)
            QVERIFY(numbers((*behind)[i]) == numbers((*whole)[i]));
    }

    /// Options cut short or with other bytes are refused or read, never more.
    void damagedOptions() {
        const std::vector<uint8_t> sound = test::detectionOptions(4, 1, 2, false);
        size_t refused = 0;
        for (size_t length = 0; length < sound.size(); ++length)
            refused += find({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(length)}, 4, std::vector<float>(9, 0.5F)) ? 0 : 1;
        QCOMPARE(refused, sound.size());
        test::Random random(20261123);
        for (int round = 0; round < 3000; ++round) {
            std::vector<uint8_t> bytes = sound;
            for (uint64_t k = 0; k <= random.below(3); ++k)
                bytes[random.below(bytes.size())] = static_cast<uint8_t>(random.next());
            (void)find(bytes, 4, std::vector<float>(9, 0.5F));
        }
    }
};

QTEST_GUILESS_MAIN(TestTfliteDetection)
#include "tst_tflite_detection.moc"
