// SPDX-License-Identifier: GPL-3.0-or-later
// Reading what was written; sharing of blobs; combining and extracting; what info says.
#include "compiler/target/bmodel/combine.h"
#include "compiler/target/bmodel/info.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/bmodel/made_file.h"
#include "tests/support/shared_data.h"

#include <nlohmann/json.hpp>
#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::bmodel;
using namespace wb::bmodel::test;

namespace {

File readAgain(const File& file) {
    auto out = bmodel::read(Blob(toBytes(file)));
    if (!out) qFatal("%s", toText(out.error()).c_str());
    return *out;
}

uint64_t number(const std::vector<std::byte>& bytes, size_t at, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; ++i)
        value |= std::to_integer<uint64_t>(bytes[at + static_cast<size_t>(i)]) << (8 * i);
    return value;
}

} // namespace

class TestBmodel : public QObject {
    Q_OBJECT

private slots:
    void everyFieldSurvives() {
        const File file = fullFile();
        const File again = readAgain(file);
        QCOMPARE(difference(file, again), std::string());
        QVERIFY(again.notes.empty());
        QCOMPARE(*again.networks[0].stages[1].coefficients->digest, *file.networks[0].stages[1].coefficients->digest);
        QCOMPARE(toBytes(again), toBytes(file)); // and written again it is the same file
    }

    void layout() {
        const std::vector<std::byte> bytes = toBytes(fileOf("a", 1));
        QCOMPARE(number(bytes, 0, 4), uint64_t{0xff55aaee});
        QCOMPARE(number(bytes, 4, 4), uint64_t{64});
        QCOMPARE((64 + number(bytes, 8, 4)) % 4096, uint64_t{0});
        QCOMPARE(64 + number(bytes, 8, 4) + number(bytes, 12, 8), uint64_t{bytes.size()});
        // Stream of 128, stream of 256, weights of 5000: pages 1, 1, 2, and the tables need one.
        QCOMPARE(bytes.size(), size_t{5 * 4096});
        const auto file = bmodel::read(Blob(bytes));
        QVERIFY(file);
        for (const Blob& blob : {file->networks[0].stages[0].groups[0].tiu, file->networks[0].stages[0].groups[0].gdma,
                                 file->networks[0].stages[0].coefficients->bytes}) {
            const auto& shared = file->networks[0].stages[0].groups[0].tiu;
            QCOMPARE((blob.bytes().data() - shared.bytes().data()) % 4096, std::ptrdiff_t{0});
        }
        // The subnet names the same bytes as the stage.
        QCOMPARE(file->networks[0].stages[0].subnets[0].groups[0].tiu.bytes().data(),
                 file->networks[0].stages[0].groups[0].tiu.bytes().data());
    }

    void digests() {
        File file = fileOf("a", 1);
        file.networks[0].stages[0].coefficients->digest = Digest{}; // a lie that the writer corrects
        const File again = readAgain(file);
        QVERIFY(again.notes.empty());
        QCOMPARE(toHex(*again.networks[0].stages[0].coefficients->digest),
                 toHex(digestOf(file.networks[0].stages[0].coefficients->bytes.bytes())));
        // One byte of the weights changes: still read, with a note that names the network.
        std::vector<std::byte> bytes = toBytes(file);
        bytes[4096 + 17] ^= std::byte{1}; // the weights are the first blob
        const auto damaged = bmodel::read(Blob(bytes));
        QVERIFY(damaged);
        QCOMPARE(damaged->notes.size(), size_t{1});
        QCOMPARE(damaged->notes[0].severity, Severity::Warning);
        QCOMPARE(damaged->notes[0].node, std::string("a"));
        QVERIFY(infoText(*damaged).find("digest of the weights is wrong") != std::string::npos);
    }

    void equalBlobsAreStoredOnce() {
        File twice = fileOf("a", 1);
        twice.networks.push_back(fileOf("b", 1).networks[0]); // equal bytes in other memory
        QCOMPARE(toBytes(twice).size(), toBytes(fileOf("a", 1)).size());
        twice.networks[1].stages[0].coefficients->bytes = blobOf(5000, 99);
        QCOMPARE(toBytes(twice).size(), toBytes(fileOf("a", 1)).size() + 8192);
    }

    void files() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("sub/x.bmodel").toStdString();
        const File file = fullFile();
        QVERIFY(bmodel::write(file, path));
        QCOMPARE(std::filesystem::file_size(path), toBytes(file).size());
        const auto again = bmodel::read(path);
        QVERIFY(again);
        QCOMPARE(difference(file, *again), std::string());
        QVERIFY(bmodel::write(*again, path)); // over the file that is mapped
        QCOMPARE(difference(file, *again), std::string());
        QCOMPARE(bmodel::read(path.parent_path() / "none").error().code, Code::FileNotFound);
        QCOMPARE(bmodel::read(path.parent_path()).error().code, Code::FileUnreadable);
        QCOMPARE(bmodel::write(file, "/proc/none/x").error().code, Code::FileNotWritable);
    }

    void combineAndExtract() {
        const File a = fileOf("a", 1), b = fileOf("b", 2), taller = fileOf("a", 3, 32);
        const auto both = combine({a, b, taller});
        QVERIFY(both);
        QCOMPARE(both->networks.size(), size_t{2});
        QCOMPARE(both->networks[0].stages.size(), size_t{2});
        const File again = readAgain(*both);
        QCOMPARE(difference(*both, again), std::string());
        QCOMPARE(difference(*extract(again, "b"), b), std::string());
        QCOMPARE(difference(*extract(again, "a", 0), a), std::string());
        QCOMPARE(difference(*extract(again, "a", 1), taller), std::string());
        QCOMPARE(extract(again, "c").error().why, std::string("it has a, b"));
        QCOMPARE(extract(again, "a", 2).error().code, Code::UsageError);

        QCOMPARE(combine({a, a}).error().why, std::string("their inputs have the same shapes"));
        File other = taller;
        other.networks[0].stages[0].inputs[0].name = "another";
        QCOMPARE(combine({a, other}).error().code, Code::UsageError);
        other = b;
        other.chip = "BM1688";
        QCOMPARE(combine({a, other}).error().code, Code::BmodelWrongChip);
        QCOMPARE(combine({}).error().code, Code::UsageError);
        other = b;
        other.networks[0].stages[0].ctxSizes = {100'000};
        QCOMPARE(combine({a, other})->neuronSize, uint64_t{100'000});
    }

    void info() {
        const std::string text = infoText(readAgain(fullFile()));
        for (const char* part :
             {"chip BM1684X", "network 0: full, 2 stages",
              "in  [1, 3, 8, 8] int8, scale 0.25, zero point -3, 192 bytes",
              "out  [1, 10] float32", "TIU 3 (128 bytes), GDMA 2 (256 bytes)", "weights: 5000 bytes at 0x100000000",
              "[1, 3, 16, 8] or [2, 3, 16, 8]", "kernel.so: 9000 bytes", "subnet 1: CPU"})
            QVERIFY2(text.find(part) != std::string::npos, (part + ("\n" + text)).c_str());
        const nlohmann::json json = infoJson(readAgain(fullFile()));
        const auto& stage = json.at("networks").at(0).at("stages").at(0);
        QCOMPARE(stage.at("inputs").at(0).at("scale").get<float>(), 0.25F);
        QCOMPARE(stage.at("command_groups").at(0).at("tiu_commands").get<int>(), 3);
        QCOMPARE(stage.at("coefficients").at("sha256").get<std::string>().size(), size_t{64});
        // Names may be any bytes: the result is still text.
        File odd = fileOf("n\x1b[2J\xff\xe9\x9b\xaa", 1);
        QVERIFY(infoText(odd).find("n?[2J\xef\xbf\xbd\xe9\x9b\xaa") != std::string::npos);
        QVERIFY(!infoJson(odd).dump().empty());
    }

    void chips() {
        QVERIFY(mustBeFor(fileOf("a", 1), "bm1684x"));
        QCOMPARE(mustBeFor(fileOf("a", 1), "BM1688").error().code, Code::BmodelWrongChip);
    }
};

QTEST_GUILESS_MAIN(TestBmodel)
#include "tst_bmodel.moc"
