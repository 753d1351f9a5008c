// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite files cut short, mutated and hostile: always an error with a code, never a crash, never much memory.
#include "compiler/ir/verify.h"
#include "compiler/passes/pipeline.h"
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_run.h"
#include "tests/support/mutation.h"

#include <QTemporaryDir>

#include <functional>

using namespace wb;
using test::TfliteBuilder;
namespace wire = test::wire;
using Ints = TfliteBuilder::Ints;

class TestTfliteDamaged : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    Result<importer::ImportedModel> import(const std::string& bytes) const {
        return test::importTflite(bytes, m_dir.path().toStdString());
    }
    Code codeOf(const std::string& bytes) const {
        const auto model = import(bytes);
        return model ? Code::Internal : model.error().code;
    }

private slots:
    void errors() {
        QCOMPARE(int(codeOf(TfliteBuilder().bytes())), int(Code::ModelEmpty));
        {
            TfliteBuilder old;
            const int x = old.tensor({1, 4}), y = old.tensor({1, 4});
            old.op(wire::Kind_TANH, {x}, {y});
            old.ends({x}, {y});
            QCOMPARE(int(codeOf(old.bytes(2))), int(Code::OpsetUnsupported));
        }
        const auto withOp = [&](const std::function<void(TfliteBuilder&, int, int)>& write) {
            TfliteBuilder b;
            const int x = b.tensor({1, 4, 4, 2}), y = b.tensor({1, 4, 4, 2});
            write(b, x, y);
            b.ends({x}, {y});
            return codeOf(b.bytes());
        };
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { b.op(wire::Kind_TANH, {x + 99}, {y}); })), int(Code::ModelDamaged));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int, int y) { b.op(wire::Kind_TANH, {}, {y}); })), int(Code::ModelDamaged));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int) { b.op(wire::Kind_TANH, {x}, {}); })), int(Code::ModelDamaged));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) {
                     b.op(wire::Kind_TANH, {x}, {y});
                     b.op(wire::Kind_RELU, {x}, {y});
                 })),
                 int(Code::ModelDamaged));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { // a loop
                     const int z = b.tensor({1, 4, 4, 2});
                     b.op(wire::Kind_ADD, {x, y}, {z});
                     b.op(wire::Kind_TANH, {z}, {y});
                 })),
                 int(Code::GraphCycle));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { // a filter for other channels
                     b.op(wire::Kind_CONV_2D, {x, b.floats({2, 1, 1, 3}, std::vector<float>(6)), -1}, {y}, wire::Options_ConvOptions,
                          wire::CreateConvOptions(b.fb(), wire::Border_SAME, 1, 1));
                 })),
                 int(Code::ShapeMismatch));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { // no stride
                     b.op(wire::Kind_MAX_POOL_2D, {x}, {y}, wire::Options_PoolOptions,
                          wire::CreatePoolOptions(b.fb(), wire::Border_SAME, 0, 0, 2, 2));
                 })),
                 int(Code::UnsupportedAttribute));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { // options of another operator
                     b.op(wire::Kind_MAX_POOL_2D, {x}, {y}, wire::Options_SoftmaxOptions, wire::CreateSoftmaxOptions(b.fb(), 1));
                 })),
                 int(Code::UnsupportedAttribute));
        QCOMPARE(int(withOp([](TfliteBuilder& b, int x, int y) { b.op(wire::Kind_TRANSPOSE, {x, x}, {y}); })),
                 int(Code::UnsupportedAttribute));
    }

    void hostileSizes() {
        const auto hostile = [&](Code code, const std::function<void(TfliteBuilder&, int, int)>& write) {
            TfliteBuilder b;
            const int x = b.tensor({1, 4, 4, 2}), y = b.tensor({1, 4, 4, 2});
            write(b, x, y);
            b.ends({x}, {y});
            const std::string bytes = b.bytes();
            QVERIFY(bytes.size() < 2048);
            const int64_t before = test::peakBytes();
            QCOMPARE(int(codeOf(bytes)), int(code));
            QVERIFY2(test::peakBytes() - before < int64_t{1} << 28, "the file made the importer take 256 MB");
        };
        hostile(Code::ModelDamaged, [](TfliteBuilder& b, int x, int y) { // a constant far larger than its bytes
            b.op(wire::Kind_ADD, {x, b.constant<float>({1 << 30, 1 << 30, 1 << 30}, wire::Element_Float32, {1})}, {y});
        });
        hostile(Code::ModelDamaged, [](TfliteBuilder& b, int x, int y) {
            b.op(wire::Kind_ADD, {x, b.constant<float>({-4}, wire::Element_Float32, {1})}, {y});
        });
        hostile(Code::OutOfMemory, [](TfliteBuilder& b, int x, int y) {
            const int f = b.tensor({1});
            b.op(wire::Kind_FILL, {b.ints({1 << 16, 1 << 16}), b.floats({}, {1})}, {f});
            b.op(wire::Kind_ADD, {x, f}, {y});
        });
        hostile(Code::OutOfMemory, [](TfliteBuilder& b, int x, int y) { // each step is sixteen times the one before
            int last = b.floats({2}, {1, 2});
            for (int i = 0; i < 8; ++i) {
                const int next = b.tensor({1});
                b.op(wire::Kind_CONCATENATION, Ints(16, last), {next}, wire::Options_ConcatenationOptions,
                     wire::CreateConcatenationOptions(b.fb(), 0));
                last = next;
            }
            b.op(wire::Kind_ADD, {x, last}, {y});
        });
        hostile(Code::ShapeMismatch, [](TfliteBuilder& b, int x, int y) {
            b.op(wire::Kind_PAD, {x, b.constant<int32_t>({4, 2}, wire::Element_Int32, std::vector<int32_t>(8, INT32_MAX))}, {y});
        });
        hostile(Code::UnsupportedAttribute, [](TfliteBuilder& b, int x, int y) {
            b.op(wire::Kind_RESIZE_BILINEAR, {x, b.ints({INT32_MAX, INT32_MAX})}, {y}, wire::Options_BilinearOptions,
                 wire::CreateBilinearOptions(b.fb()));
        });
        hostile(Code::ShapeMismatch, [](TfliteBuilder& b, int x, int y) {
            b.op(wire::Kind_TILE, {x, b.ints({1 << 21, 1 << 21, 1 << 21, 1 << 21})}, {y});
        });
        hostile(Code::ModelDamaged, [](TfliteBuilder& b, int x, int y) { // a scale that is none
            const int c = b.constant<int8_t>({2}, wire::Element_Int8, {1, 2}, {{-1.0F}, {0}, 0});
            b.op(wire::Kind_ADD, {x, c}, {y});
        });
        hostile(Code::ModelDamaged, [](TfliteBuilder& b, int x, int y) { // scales along an axis that is not there
            const int c = b.constant<int8_t>({2}, wire::Element_Int8, {1, 2}, {{1, 1, 1}, {0, 0, 0}, 7});
            b.op(wire::Kind_ADD, {x, c}, {y});
        });
    }

    void truncatedEverywhere() {
        const std::string whole = test::everyTable();
        for (size_t percent = 0; percent < 100; percent += 2) {
            const auto model = import(whole.substr(0, whole.size() * percent / 100));
            QVERIFY2(!model, qPrintable(QString("cut at %1 %").arg(percent)));
            const Code code = model.error().code;
            QVERIFY2(code == Code::FileTruncated || code == Code::ModelDamaged || code == Code::ModelEmpty ||
                         code == Code::FileUnknownKind,
                     toText(model.error()).c_str());
        }
    }

    void mutations_data() {
        QTest::addColumn<QByteArray>("whole");
        const auto row = [](const char* name, const std::string& bytes) { QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())); };
        row("numbers", test::everyTable(false));
        row("codes", test::everyTable(true));
        for (const auto& c : test::floatTfliteCases())
            if (c.name == "loop over rows" || c.name == "branch of a number") row(c.name.c_str(), c.bytes);
    }
    void mutations() {
        QFETCH(QByteArray, whole);
        constexpr uint64_t kSeed = 20260102;
        qInfo("seed %llu", static_cast<unsigned long long>(kSeed));
        test::Random random(kSeed);
        const int kCount = test::mutationCount(4000);
        int imported = 0;
        for (int i = 0; i < kCount; ++i) {
            auto model = import(test::damaged(whole.toStdString(), random, i, 8));
            if (!model) {
                QVERIFY(!model.error().what.empty());
                continue;
            }
            ++imported;
            const auto sound = ir::verify(model->origin);
            QVERIFY2(sound, toText(sound ? Error{} : sound.error()).c_str());
            (void)passes::optimiseTop(model->origin, {}, {.verify = false});
        }
        qInfo("%d of %d mutations were still networks", imported, kCount);
        QVERIFY(imported > 0 && imported < kCount);
        QVERIFY2(test::peakBytes() < int64_t{1} << 30, "a mutation took more than 1 GB");
    }
};

QTEST_GUILESS_MAIN(TestTfliteDamaged)
#include "tst_tflite_damaged.moc"
