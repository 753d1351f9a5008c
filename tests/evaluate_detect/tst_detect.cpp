// SPDX-License-Identifier: GPL-3.0-or-later
// Heads found from shapes, boxes decoded from values written into chosen cells, drawing, names; and the
// reference outputs of a real detector where the optional folder is there.
#include "compiler/evaluate/detect.h"
#include "compiler/evaluate/detect_names.h"
#include "compiler/evaluate/draw.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/preprocess/preprocess.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <limits>
#include <set>

using namespace wb::evaluate;
namespace ir = wb::ir;
using wb::Code;

namespace {

ir::Tensor filled(ir::Shape shape, float value) {
    ir::Tensor tensor(ir::ElementType::F32, std::move(shape));
    auto* data = tensor.mutableData<float>();
    std::fill(data, data + tensor.elementCount(), value);
    return tensor;
}

constexpr int kClasses = 2, kFields = 7;

/// A head for a 32 x 64 input with stride 16: grid 2 x 4. Everything says "nothing" but one cell: anchor 1,
/// row 1, column 2 holds `fields`.
struct Case {
    const char* name;
    ir::Shape shape;
};
const std::vector<Case> kLayouts{{"raw nchw", {1, 3 * kFields, 2, 4}},
                                 {"5-D", {1, 3, 2, 4, kFields}},
                                 {"raw nhwc", {1, 2, 4, 3 * kFields}},
                                 {"flat rows", {1, 3, 2, 4 * kFields}}};

ir::Tensor headWith(const ir::Shape& shape, const std::vector<float>& fields) {
    ir::Tensor tensor = filled(shape, -20);
    for (int64_t k = 0; k < kFields; ++k) {
        int64_t at = 0;
        if (shape.size() == 5)
            at = ((1 * 2 + 1) * 4 + 2) * kFields + k;
        else if (shape[1] == 3 * kFields)
            at = ((kFields + k) * 2 + 1) * 4 + 2;
        else if (shape[1] == 2)
            at = (1 * 4 + 2) * 3 * kFields + kFields + k;
        else
            at = (1 * 2 + 1) * 4 * kFields + 2 * kFields + k;
        tensor.mutableData<float>()[at] = fields[static_cast<size_t>(k)];
    }
    return tensor;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
bool near(double a, double b) { return std::abs(a - b) < 1e-6 * std::max(1.0, std::abs(b)); }

std::string textOf(const wb::Error& e) { return wb::toText(e); }

} // namespace

class TestDetect : public QObject {
    Q_OBJECT

private slots:
    void rawLayouts_data() {
        QTest::addColumn<int>("layout");
        QTest::addColumn<int>("family");
        for (int f : {int(Family::Yolov5), int(Family::Yolov3)})
            for (int i = 0; i < int(kLayouts.size()); ++i)
                QTest::addRow("%s %s", spelling(Family(f)), kLayouts[size_t(i)].name) << i << f;
    }
    void rawLayouts() {
        QFETCH(int, layout);
        QFETCH(int, family);
        const auto& shape = kLayouts[size_t(layout)].shape;
        DetectOptions options;
        options.family = Family(family);
        options.anchors = {10, 20, 30, 40, 50, 60};
        const auto plan = planDetection({{"head", shape}}, 32, 64, options);
        QVERIFY2(plan.hasValue(), plan ? "" : textOf(plan.error()).c_str());
        QCOMPARE(plan->classes, kClasses);
        QCOMPARE(plan->heads.size(), size_t{1});
        QCOMPARE(plan->heads[0].stride, 16.0);
        const std::vector<float> fields{0.3f, -0.2f, 0.5f, -0.4f, 3, -1, 2};
        const auto boxes = decodeCandidates(*plan, {{"head", headWith(shape, fields)}}, options);
        QVERIFY(boxes.hasValue());
        QCOMPARE(boxes->size(), size_t{1});
        const Box& box = boxes->front();
        QCOMPARE(box.classId, 1);
        QVERIFY(near(box.score, sigmoid(3) * sigmoid(2)));
        double cx, cy, w, h;
        if (family == int(Family::Yolov5)) {
            cx = (2 * sigmoid(0.3f) - 0.5 + 2) * 16, cy = (2 * sigmoid(-0.2f) - 0.5 + 1) * 16;
            w = std::pow(2 * sigmoid(0.5f), 2) * 30, h = std::pow(2 * sigmoid(-0.4f), 2) * 40;
        } else {
            cx = (sigmoid(0.3f) + 2) * 16, cy = (sigmoid(-0.2f) + 1) * 16;
            w = std::exp(0.5f) * 30, h = std::exp(-0.4f) * 40;
        }
        QVERIFY(near(box.w, w) && near(box.h, h));
        QVERIFY(near(box.x, cx - w / 2) && near(box.y, cy - h / 2));
    }

    void familiesAreGuessed() {
        const auto five = planDetection({{"c", {1, 255, 20, 20}}, {"a", {1, 255, 80, 80}}, {"b", {1, 255, 40, 40}}},
                                        640, 640);
        QVERIFY(five.hasValue());
        QCOMPARE(five->family, Family::Yolov5);
        QCOMPARE(five->heads[0].name, std::string("a")); // finest first, whatever the order
        QCOMPARE(five->heads[2].anchors.back(), 326.0);
        const auto tiny = planDetection({{"a", {1, 255, 13, 13}}, {"b", {1, 255, 26, 26}}}, 416, 416);
        QVERIFY(tiny.hasValue());
        QCOMPARE(tiny->family, Family::Yolov3);
        QCOMPARE(tiny->heads[0].anchors[0], 23.0);
        QCOMPARE(tiny->heads[1].anchors[0], 81.0);
        const auto fastest = planDetection({{"a", {1, 255, 10, 10}}, {"b", {1, 255, 20, 20}}}, 320, 320);
        QVERIFY(fastest.hasValue());
        QCOMPARE(fastest->heads[1].anchors[0], 115.0);
        QVERIFY(fastest->note.find("YOLO-Fastest") != std::string::npos);
        const auto decoded = planDetection({{"out", {1, 25200, 85}}}, 640, 640);
        QVERIFY(decoded.hasValue());
        QCOMPARE(decoded->classes, 80);
        QCOMPARE(decoded->decoded, std::string("out"));
        const auto eight = planDetection({{"out", {1, 84, 8400}}}, 640, 640);
        QVERIFY(eight.hasValue());
        QCOMPARE(eight->family, Family::Yolov8);
        const auto faces = planDetection({{"s", {1, 4420, 2}}, {"b", {1, 4420, 4}}}, 240, 320);
        QVERIFY(faces.hasValue());
        QCOMPARE(faces->family, Family::BoxesScores);
        QCOMPARE(faces->classes, 1);
    }

    void unknownHeadsSayTheirShapes() {
        const auto unknown = planDetection({{"a", {1, 1000}}, {"b", {1, 7, 13, 17}}}, 224, 224);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, Code::DetectHeadUnknown);
        QVERIFY(textOf(unknown.error()).find("b 1x7x13x17") != std::string::npos);
        QVERIFY(!planDetection({}, 224, 224));
        DetectOptions none;
        none.family = Family::None;
        QVERIFY(!planDetection({{"out", {1, 25200, 85}}}, 640, 640, none));
        // One head whose anchors nobody can know.
        const auto single = planDetection({{"a", {1, 255, 20, 20}}}, 640, 640);
        QVERIFY(!single);
        QVERIFY(textOf(single.error()).find("anchors") != std::string::npos);
        DetectOptions wrong;
        wrong.anchors = {1, 2, 3};
        QCOMPARE(planDetection({{"a", {1, 255, 20, 20}}}, 640, 640, wrong).error().code, Code::UsageError);
        wrong.anchors = {1, 2, 3, 4, 5, -6};
        QCOMPARE(planDetection({{"a", {1, 255, 20, 20}}}, 640, 640, wrong).error().code, Code::UsageError);
    }

    void hostileShapesAreHarmless() {
        for (const ir::Shape& shape : {ir::Shape{}, {0}, {-1, -1, -1, -1}, {1, 3, 0, 0, 0}, {1, 255, 0, 5},
                                       {1, 0, 0}, {1LL << 40, 1LL << 40, 85}, {1, 3, 7, 1}})
            QVERIFY(!planDetection({{"x", shape}}, 640, 640));
        QVERIFY(!planDetection({{"x", {1, 255, 20, 20}}}, 0, -5));
    }

    void wrongOutputsAreRefused() {
        DetectOptions options;
        options.anchors = {10, 20, 30, 40, 50, 60};
        const auto plan = planDetection({{"head", kLayouts[0].shape}}, 32, 64, options);
        QVERIFY(plan.hasValue());
        QCOMPARE(decodeCandidates(*plan, {}, options).error().code, Code::InputShapeWrong);
        QCOMPARE(decodeCandidates(*plan, {{"head", filled({1, 3, 2, 4}, 0)}}, options).error().code,
                 Code::InputShapeWrong);
        const auto decoded = planDetection({{"out", {1, 25200, 85}}}, 640, 640);
        QVERIFY(!decodeCandidates(*decoded, {{"out", filled({1, 100, 80}, 0)}}));
    }

    void numbersThatAreNoneGiveNoBox() {
        DetectOptions options;
        options.family = Family::Yolov3;
        options.anchors = {10, 20, 30, 40, 50, 60};
        const auto plan = planDetection({{"head", kLayouts[0].shape}}, 32, 64, options);
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (const auto& fields : std::vector<std::vector<float>>{{nan, 0, 0, 0, 9, 9, 0},
                                                                  {0, 0, 1000, 0, 9, 9, 0},
                                                                  {0, 0, 0, 0, nan, 9, 0},
                                                                  {0, 0, 0, 0, 9, nan, nan}}) {
            const auto boxes = decodeCandidates(*plan, {{"head", headWith(kLayouts[0].shape, fields)}}, options);
            QVERIFY(boxes.hasValue());
            QCOMPARE(boxes->size(), size_t{0});
        }
    }

    void decodedTensors() {
        ir::Tensor rows = filled({1, 25200, 7}, 0);
        const float row[7] = {100, 50, 20, 10, 0.8f, 0.1f, 0.5f};
        std::copy(row, row + 7, rows.mutableData<float>() + 777 * 7);
        auto plan = planDetection({{"out", rows.shape()}}, 640, 640);
        QVERIFY(plan.hasValue());
        auto boxes = decodeCandidates(*plan, {{"out", rows}});
        QCOMPARE(boxes->size(), size_t{1});
        QVERIFY(near(boxes->front().x, 90) && near(boxes->front().h, 10));
        QCOMPARE(boxes->front().classId, 1);
        QVERIFY(near(boxes->front().score, double(0.8f) * double(0.5f)));

        ir::Tensor columns = filled({1, 6, 8400}, 0);
        const float column[6] = {100, 50, 20, 10, 0.1f, 0.7f};
        for (int k = 0; k < 6; ++k)
            columns.mutableData<float>()[k * 8400 + 4000] = column[k];
        plan = planDetection({{"out", columns.shape()}}, 640, 640);
        QVERIFY(plan.hasValue());
        boxes = decodeCandidates(*plan, {{"out", columns}});
        QCOMPARE(boxes->size(), size_t{1});
        QCOMPARE(boxes->front().classId, 1);
        QVERIFY(near(boxes->front().y, 45));

        ir::Tensor corners = filled({1, 20, 4}, 0), scores = filled({1, 20, 2}, 0);
        const float corner[4] = {0.25f, 0.5f, 0.75f, 1.0f};
        std::copy(corner, corner + 4, corners.mutableData<float>() + 5 * 4);
        scores.mutableData<float>()[5 * 2 + 1] = 0.9f;
        plan = planDetection({{"b", corners.shape()}, {"s", scores.shape()}}, 100, 200);
        QVERIFY(plan.hasValue());
        boxes = decodeCandidates(*plan, {{"b", corners}, {"s", scores}});
        QCOMPARE(boxes->size(), size_t{1});
        QCOMPARE(boxes->front().x, 50.0);
        QCOMPARE(boxes->front().w, 100.0);
        QCOMPARE(boxes->front().h, 50.0);
    }

    void classification() {
        QCOMPARE(guessTask({{"p", {1, 1000}}}, 224, 224), Task::Classification);
        QCOMPARE(guessTask({{"p", {1, 1000, 1, 1}}}, 224, 224), Task::Classification);
        QCOMPARE(guessTask({{"p", {1, 64, 56, 56}}}, 224, 224), Task::Tensors);
        QCOMPARE(guessTask({{"p", {1, 25200, 85}}}, 640, 640), Task::Detection);
        ir::Tensor logits = filled({1, 10}, 0);
        logits.mutableData<float>()[3] = 5;
        logits.mutableData<float>()[7] = 4;
        const auto top = topClasses(logits, 2);
        QCOMPARE(top.size(), size_t{2});
        QCOMPARE(top[0].classId, 3);
        QCOMPARE(top[1].classId, 7);
        QVERIFY(near(top[0].score, std::exp(5) / (std::exp(5) + std::exp(4) + 8)));
        ir::Tensor probabilities = filled({1, 4}, 0.25f);
        QCOMPARE(topClasses(probabilities, 9).size(), size_t{4});
        QCOMPARE(topClasses(probabilities, 1)[0].score, 0.25);
        QVERIFY(topClasses({}).empty());
    }

    void names() {
        QCOMPARE(className(0, 80), std::string("person"));
        QCOMPARE(className(79, 80), std::string("toothbrush"));
        QCOMPARE(className(3, 5), std::string("3"));
        QCOMPARE(className(1, 2, {"nut", "bolt"}), std::string("bolt"));
        QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/my.names";
        wb::test::writeAll(file, "nut\r\n wing nut \n\n");
        const auto read = readClassNames(file);
        QVERIFY(read.hasValue());
        QCOMPARE(*read, (std::vector<std::string>{"nut", "wing nut"}));
        wb::test::writeAll(file, "\n \n");
        QCOMPARE(readClassNames(file).error().code, Code::FileDamaged);
    }

    void drawing() {
        ir::Tensor picture(ir::ElementType::Ui8, {60, 80, 3});
        const std::vector<Box> boxes{{0, 0.607, 5, 20, 50, 30}, {1, 0.2, 0, 0, 79, 59}, {5, 0.9, -1e9, 5, 4e9, 7}};
        DrawOptions options;
        QCOMPARE(boxLabel(boxes[0], options), std::string("person:60.7%"));
        const auto drawn = drawBoxes(picture, boxes, options);
        QVERIFY(drawn.hasValue());
        const auto at = [&](int x, int y) { return drawn->data<uint8_t>() + (y * 80 + x) * 3; };
        const auto colour = classColour(0);
        // The vendor's first colour is (0, .447, .741) as blue, green, red.
        QCOMPARE(int(colour[0]), 188);
        QCOMPARE(int(colour[1]), 113);
        QCOMPARE(int(colour[2]), 0);
        QVERIFY(std::equal(colour.begin(), colour.end(), at(55, 50))); // right bottom corner
        QCOMPARE(int(at(79, 59)[0]), 0);                               // the weak box is not drawn
        QVERIFY(!drawBoxes(ir::Tensor(ir::ElementType::Ui8, {4, 4, 1}), boxes));
        const std::vector<Captioned> panes{{"FP32", *drawn}, {"INT8", *drawn}};
        const auto both = sideBySide(panes);
        QVERIFY(both.hasValue());
        QCOMPARE(both->shape(), (ir::Shape{88, 168, 3}));
        QCOMPARE(sideBySide({}).error().code, Code::UsageError);
    }

    /// The reference's F16 outputs of a real detector show what is in the picture.
    void realDetector() {
        WB_SHARED_OR_SKIP(npz, "golden/yolo_fastest_xl/bm1684x_f16.outputs.npz");
        const auto tensors = ir::readNpz(npz);
        QVERIFY(tensors.hasValue());
        std::vector<Output> outputs;
        Outputs values;
        for (const auto& [name, tensor] : *tensors)
            if (tensor.type() == ir::ElementType::F32 && tensor.shape().size() == 4 && tensor.shape()[1] == 255 &&
                name.find("_f32") == std::string::npos) {
                outputs.push_back({name, tensor.shape()});
                values.emplace(name, tensor);
            }
        const auto plan = planDetection(outputs, 320, 320);
        QVERIFY2(plan.hasValue(), plan ? "" : textOf(plan.error()).c_str());
        const auto candidates = decodeCandidates(*plan, values);
        QVERIFY(candidates.hasValue());
        const auto picture = wb::preprocess::readPicture(wb::test::sharedFolder() / "images/coco/dog.jpg");
        QVERIFY(picture.hasValue());
        // 768 x 576 in 320 x 320: scaled to 320 x 240, 40 rows above.
        const auto boxes =
            toPicture(nonMaximumSuppression(*candidates, 0.5, 0.5), {320.0 / 768, 240.0 / 576, 0, 40});
        std::set<std::string> seen;
        for (const Box& box : boxes)
            seen.insert(className(box.classId, 80));
        QVERIFY2(seen.contains("dog") && seen.contains("bicycle"), "a dog and a bicycle");
        const Box known{16, 1, 128, 222, 186, 320}; // where the dog sits
        QVERIFY(std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
            return box.classId == 16 && iou(known, box) > 0.8;
        }));
    }
};

QTEST_GUILESS_MAIN(TestDetect)
#include "tst_detect.moc"
