// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, pictures and the way to the network's tensor: by hand-made pictures whose result is known, and
// against the reference tensors of three networks where the optional folder of references is there.
#include "compiler/base/file.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/preprocess/number.h"
#include "compiler/preprocess/preprocess.h"
#include "tests/support/shared_data.h"

#include <QtTest>
#include <cstring>
#include <filesystem>

namespace pre = wb::preprocess;
namespace ir = wb::ir;
using wb::Code;

namespace {

/// Red counts columns, green rows, blue is their sum.
ir::Tensor ramp(int64_t height, int64_t width, int64_t channels = 3) {
    ir::Tensor picture(ir::ElementType::Ui8, {height, width, channels});
    auto* out = picture.mutableData<uint8_t>();
    for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x)
            for (int64_t c = 0; c < channels; ++c)
                *out++ = static_cast<uint8_t>(c == 0 ? x : c == 1 ? y : x + y);
    return picture;
}

bool sameBytes(const ir::Tensor& a, const ir::Tensor& b) {
    return a.shape() == b.shape() && a.type() == b.type() &&
           std::memcmp(a.bytes(), b.bytes(), a.byteSize()) == 0;
}

std::vector<std::byte> bytesOf(const char* text, size_t size) {
    const auto* data = reinterpret_cast<const std::byte*>(text);
    return {data, data + size};
}

} // namespace

class TestPreprocess : public QObject {
    Q_OBJECT

private slots:
    void numbers_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::newRow("decimal") << "0.0039216" << 0.0039216;
        QTest::newRow("fraction") << "1/255" << 1.0 / 255;
        QTest::newRow("odd fraction") << " 1 / 57.375 " << 1 / 57.375;
        QTest::newRow("negative") << "-123.675" << -123.675;
        QTest::newRow("plus") << "+2" << 2.0;
        QTest::newRow("product") << "0.485*255" << 0.485 * 255;
        QTest::newRow("parentheses") << "-2*(3+1)/4" << -2.0;
        QTest::newRow("left to right") << "8-4-2" << 2.0;
        QTest::newRow("exponent") << "1e-3" << 1e-3;
    }
    void numbers() {
        QFETCH(QString, text);
        QFETCH(double, value);
        const auto result = pre::parseNumber(text.toStdString());
        QVERIFY2(result.hasValue(), result ? "" : wb::toText(result.error()).c_str());
        QCOMPARE(*result, value);
    }

    void badNumbers_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << "" << "expected a number";
        QTest::newRow("word") << "scale" << "position 1";
        QTest::newRow("by zero") << "1/0" << "division by zero";
        QTest::newRow("left over") << "1/255;" << "position 6";
        QTest::newRow("open") << "(1" << "expected ')'";
        QTest::newRow("infinite") << "1e308*10" << "not finite";
        QTest::newRow("nan") << "nan" << "expected a number";
        QTest::newRow("huge") << "1e999" << "out of range";
        QTest::newRow("nested") << QString(100, '(') + "1" << "nested";
        QTest::newRow("long") << QString(1000, '1') << "at most";
    }
    void badNumbers() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto result = pre::parseNumber(text.toStdString());
        QVERIFY(!result);
        QCOMPARE(result.error().code, Code::PreprocessInvalid);
        QVERIFY2(QString::fromStdString(wb::toText(result.error())).contains(says),
                 wb::toText(result.error()).c_str());
    }

    void numberLists() {
        const auto list = pre::parseNumberList("0.485*255,1/2, 3");
        QVERIFY(list.hasValue());
        QCOMPARE(*list, (std::vector<double>{0.485 * 255, 0.5, 3}));
        QVERIFY(!pre::parseNumberList("1,,2"));
    }

    void colourOrderMeanAndScale() {
        pre::Settings settings;
        settings.mean = {1, 2, 3};
        settings.scale = {0.5f, 0.25f, 2};
        const auto bgr = pre::prepare(ramp(4, 6), settings, {1, 3, 4, 6});
        QVERIFY(bgr.hasValue());
        const auto* t = bgr->tensor.data<float>();
        const int at = 2 * 6 + 5; // row 2, column 5: R 5, G 2, B 7
        QCOMPARE(t[at], (7.0f - 1) * 0.5f);
        QCOMPARE(t[24 + at], (2.0f - 2) * 0.25f);
        QCOMPARE(t[48 + at], (5.0f - 3) * 2);
        settings.pixelFormat = "rgb";
        settings.channelFormat = "nhwc";
        const auto rgb = pre::prepare(ramp(4, 6), settings, {1, 4, 6, 3});
        QVERIFY(rgb.hasValue());
        const auto* u = rgb->tensor.data<float>() + at * 3;
        QCOMPARE(u[0], (5.0f - 1) * 0.5f);
        QCOMPARE(u[1], 0.0f);
        QCOMPARE(u[2], (7.0f - 3) * 2);
    }

    void letterboxPlacesThePicture_data() {
        QTest::addColumn<QString>("padType");
        QTest::addColumn<int>("top");
        QTest::newRow("center") << "center" << 5; // 20 − 9 rows, the odd one goes below
        QTest::newRow("normal") << "normal" << 0;
    }
    void letterboxPlacesThePicture() {
        QFETCH(QString, padType);
        QFETCH(int, top);
        pre::Settings settings;
        settings.pixelFormat = "rgb";
        settings.keepAspectRatio = true;
        settings.padValue = 114;
        settings.padType = padType.toStdString();
        const auto result = pre::prepare(ramp(9, 20), settings, {1, 3, 20, 20});
        QVERIFY(result.hasValue());
        const auto* red = result->tensor.data<float>();
        for (int y = 0; y < 20; ++y)
            QCOMPARE(red[y * 20 + 7], y >= top && y < top + 9 ? 7.0f : 114.0f);
        QCOMPARE(result->placement.offsetY, double(top));
        QCOMPARE(result->placement.offsetX, 0.0);
        QCOMPARE(result->placement.scaleX, 1.0);
    }

    void shortSideAndCropCutTheMiddle() {
        pre::Settings settings;
        settings.pixelFormat = "rgb";
        settings.keepAspectRatio = true;
        settings.keepRatioMode = "short_side_scale";
        const auto side = pre::prepare(ramp(8, 15), settings, {1, 3, 8, 8});
        QVERIFY(side.hasValue());
        QCOMPARE(side->tensor.data<float>()[0], 3.0f); // (15 − 8) / 2 columns go at the left
        QCOMPARE(side->placement.offsetX, -3.0);
        settings = {};
        settings.pixelFormat = "rgb";
        settings.resizeHeight = 9;
        settings.resizeWidth = 12;
        const auto crop = pre::prepare(ramp(9, 12), settings, {1, 3, 4, 5});
        QVERIFY(crop.hasValue());
        QCOMPARE(crop->tensor.data<float>()[0], 4.0f);      // 12/2 − 5/2
        QCOMPARE(crop->tensor.data<float>()[4 * 5], 2.0f);  // 9/2 − 4/2
    }

    void batchRepeatsOnePicture() {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "ramp.png";
        QVERIFY(pre::writePicture(file, ramp(4, 6)).hasValue());
        pre::Settings settings;
        const auto batch = pre::prepareBatch({file}, settings, {3, 3, 4, 6});
        QVERIFY(batch.hasValue());
        const auto* t = batch->data<float>();
        QCOMPARE(std::memcmp(t, t + 2 * 72, 72 * sizeof(float)), 0);
        const auto wrong = pre::prepareBatch({file, file}, settings, {3, 3, 4, 6});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, Code::InputShapeWrong);
    }

    void previewsAndStatistics() {
        pre::Settings settings;
        settings.pixelFormat = "rgb";
        settings.mean = {1, 1, 1};
        settings.scale = {2, 2, 2};
        const auto result = pre::prepare(ramp(2, 4), settings, {1, 3, 2, 4});
        QVERIFY(result.hasValue());
        const auto rows = pre::channelStatistics(result->tensor, settings);
        QCOMPARE(rows.size(), size_t{3});
        QCOMPARE(rows[0].name, std::string("R"));
        QCOMPARE(rows[0].min, -2.0);
        QCOMPARE(rows[0].max, 4.0);
        QCOMPARE(rows[0].mean, 1.0);
        QCOMPARE(rows[0].std, std::sqrt(5.0));
        QCOMPARE(pre::formula(settings), std::string("(x - 1) * 2"));
        settings.scale[1] = 1;
        QCOMPARE(pre::formula(settings), std::string("(x - 1) * 2; (x - 1); (x - 1) * 2"));
        const auto view = pre::tensorPreview(result->tensor, settings);
        QVERIFY(view.hasValue());
        QCOMPARE(view->shape(), (ir::Shape{2, 4, 3}));
        QCOMPARE(int(view->data<uint8_t>()[0]), 0);
        QCOMPARE(int(view->data<uint8_t>()[23]), 255); // blue of the last pixel: 3 + 1, the largest
    }

    void badSettings_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("says");
        QTest::newRow("pixel format") << 0 << "pixel format";
        QTest::newRow("gray on colour") << 1 << "has 3";
        QTest::newRow("means") << 2 << "means";
        QTest::newRow("small resize") << 3 << "smaller";
        QTest::newRow("tensor input") << 4 << "npz";
        QTest::newRow("pad") << 5 << "pad value";
    }
    void badSettings() {
        QFETCH(int, which);
        QFETCH(QString, says);
        pre::Settings settings;
        if (which == 0) settings.pixelFormat = "yuv";
        if (which == 1) settings.pixelFormat = "gray";
        if (which == 2) settings.mean = {0};
        if (which == 3) settings.resizeHeight = settings.resizeWidth = 3;
        if (which == 4) settings.channelFormat = "none";
        if (which == 5) settings.padValue = 256;
        const auto status = pre::validate(settings, {1, 3, 4, 6});
        QVERIFY(!status);
        QCOMPARE(status.error().code, Code::PreprocessInvalid);
        QVERIFY2(QString::fromStdString(wb::toText(status.error())).contains(says),
                 wb::toText(status.error()).c_str());
        QVERIFY(!pre::validate({}, {1, 1000}));
    }

    void unreadablePicturesAreRefused() {
        QTemporaryDir folder;
        const std::filesystem::path base = folder.path().toStdString();
        for (const char* name : {"a.png", "a.jpg", "a.bmp"}) {
            QVERIFY(pre::writePicture(base / name, ramp(40, 60)).hasValue());
            const auto whole = *wb::readFile(base / name);
            const auto picture = pre::decodePicture(whole);
            QVERIFY2(picture.hasValue(), name);
            QCOMPARE(picture->shape(), (ir::Shape{40, 60, 3}));
            if (std::string(name) != "a.jpg")
                QVERIFY(sameBytes(*picture, ramp(40, 60)));
            for (size_t tenth = 0; tenth < 10; ++tenth) {
                const auto cut = pre::decodePicture(std::span(whole).first(whole.size() * tenth / 10));
                QVERIFY2(!cut, name);
                QCOMPARE(cut.error().code, Code::PictureUnreadable);
            }
        }
        QCOMPARE(pre::readPicture(base / "none.png").error().code, Code::FileNotFound);
        const auto text = bytesOf("this is no picture", 18);
        QCOMPARE(pre::decodePicture(text).error().code, Code::PictureUnreadable);
        QCOMPARE(pre::writePicture(base / "a.txt", ramp(2, 2)).error().code, Code::UsageError);
    }

    void hugePicturesAreRefusedBeforeDecoding() {
        // A PNG header of 2^30 x 2^30 pixels, a BMP of 2^31 − 1 rows.
        const auto png = bytesOf("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x40\0\0\0\x40\0\0\0\x08\x02\0\0\0IEND", 33);
        const auto result = pre::decodePicture(png);
        QVERIFY(!result);
        QVERIFY(QString::fromStdString(wb::toText(result.error())).contains("1073741824 x 1073741824"));
        auto most = png; // a product beyond 64 bits
        std::fill(most.begin() + 16, most.begin() + 24, std::byte{0xff});
        QVERIFY(QString::fromStdString(wb::toText(pre::decodePicture(most).error())).contains("4294967295 x 4294967295"));
        std::vector<std::byte> bmp(64);
        std::memcpy(bmp.data(), "BM", 2);
        bmp[14] = std::byte{40};
        for (int i = 18; i < 26; ++i)
            bmp[size_t(i)] = i == 21 || i == 25 ? std::byte{0x7f} : std::byte{0xff};
        QCOMPARE(pre::decodePicture(bmp).error().code, Code::PictureUnreadable);
    }

    void mutatedPicturesNeverCrash() {
        QTemporaryDir folder;
        const std::filesystem::path base = folder.path().toStdString();
        uint32_t state = 20260;
        const auto random = [&] { return state = state * 1664525u + 1013904223u, state >> 8; };
        for (const char* name : {"m.png", "m.jpg", "m.bmp"}) {
            QVERIFY(pre::writePicture(base / name, ramp(16, 16)).hasValue());
            const auto whole = *wb::readFile(base / name);
            for (int round = 0; round < 500; ++round) {
                auto bytes = whole;
                for (uint32_t n = 1 + random() % 4; n > 0; --n)
                    bytes[random() % bytes.size()] = std::byte(random() & 0xff);
                const auto result = pre::decodePicture(bytes);
                if (!result)
                    QCOMPARE(result.error().code, Code::PictureUnreadable);
            }
        }
    }

    void grayAndAlpha() {
        QTemporaryDir folder;
        const std::filesystem::path base = folder.path().toStdString();
        QVERIFY(pre::writePicture(base / "g.png", ramp(5, 7, 1)).hasValue());
        const auto gray = pre::readPicture(base / "g.png", pre::Channels::Gray);
        QVERIFY(gray.hasValue());
        QVERIFY(sameBytes(*gray, ramp(5, 7, 1)));
        QVERIFY(pre::writePicture(base / "rgba.png", ramp(5, 7, 4)).hasValue());
        const auto rgba = pre::readPicture(base / "rgba.png", pre::Channels::Rgba);
        QVERIFY(rgba.hasValue());
        QVERIFY(sameBytes(*rgba, ramp(5, 7, 4)));
        const auto opaque = pre::readPicture(base / "g.png", pre::Channels::Rgba);
        QVERIFY(opaque.hasValue());
        QCOMPARE(int(opaque->data<uint8_t>()[3]), 255);
    }

    void exifOrientationIsApplied() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/turned.jpg";
        QVERIFY(pre::writePicture(file, ramp(24, 40)).hasValue());
        auto bytes = *wb::readFile(file);
        // An APP1 segment with one tag, orientation 6: turn by 90 degrees clockwise.
        const auto exif = bytesOf("\xff\xe1\0\x22"
                                  "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", 36);
        bytes.insert(bytes.begin() + 2, exif.begin(), exif.end());
        const auto picture = pre::decodePicture(bytes);
        QVERIFY(picture.hasValue());
        QCOMPARE(picture->shape(), (ir::Shape{40, 24, 3}));
    }

    /// The reference tensors, from the JPEG and from the same pixels as PNG and BMP.
    void referenceTensors_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("picture");
        QTest::addColumn<bool>("letterbox");
        QTest::addColumn<float>("mean");
        QTest::addColumn<float>("scale");
        QTest::newRow("yolov5n") << "yolov5n" << "coco/bus.jpg" << true << 0.0f << 0.0039216f;
        QTest::newRow("yolo_fastest_xl") << "yolo_fastest_xl" << "coco/dog.jpg" << true << 0.0f << 0.0039216f;
        QTest::newRow("ultraface") << "ultraface" << "faces/face_1.jpg" << false << 127.0f << 0.0078125f;
    }
    void referenceTensors() {
        QFETCH(QString, folder);
        QFETCH(QString, picture);
        QFETCH(bool, letterbox);
        QFETCH(float, mean);
        QFETCH(float, scale);
        WB_SHARED_OR_SKIP(npz, "golden/" + folder.toStdString() + "/in_f32.npz");
        const auto tensors = ir::readNpz(npz);
        QVERIFY(tensors.hasValue());
        QCOMPARE(tensors->size(), size_t{1});
        const ir::Tensor& expected = tensors->begin()->second;
        pre::Settings settings;
        settings.pixelFormat = "rgb";
        settings.keepAspectRatio = letterbox;
        settings.mean.assign(3, mean);
        settings.scale.assign(3, scale);
        const auto jpeg = wb::test::sharedFolder() / "images" / picture.toStdString();
        const auto prepared = pre::prepareFile(jpeg, settings, expected.shape());
        QVERIFY2(prepared.hasValue(), prepared ? "" : wb::toText(prepared.error()).c_str());
        QVERIFY(sameBytes(prepared->tensor, expected));
        QTemporaryDir scratch;
        for (const char* name : {"same.png", "same.bmp"}) {
            const std::filesystem::path file = scratch.path().toStdString() + "/" + name;
            QVERIFY(pre::writePicture(file, *pre::readPicture(jpeg)).hasValue());
            const auto other = pre::prepareFile(file, settings, expected.shape());
            QVERIFY(other.hasValue());
            QVERIFY2(sameBytes(other->tensor, expected), name);
        }
    }
};

QTEST_GUILESS_MAIN(TestPreprocess)
#include "tst_preprocess.moc"
