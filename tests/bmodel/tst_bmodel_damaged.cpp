// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes that nobody should trust: cut, flipped, with wrong sizes, and tables that name more than they hold.
#include "compiler/target/bmodel/info.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/bmodel/made_file.h"
#include "tests/support/mutation.h"

#include <nlohmann/json.hpp>
#include <QTest>


using namespace wb;
using namespace wb::bmodel;
using namespace wb::bmodel::test;

namespace {

using Bytes = std::vector<std::byte>;

void put(Bytes& bytes, size_t at, uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
        bytes[at + static_cast<size_t>(i)] = static_cast<std::byte>(value >> (8 * i));
}

uint32_t get32(const Bytes& bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
        value |= std::to_integer<uint32_t>(bytes[at + i]) << (8 * i);
    return value;
}

std::string refused(Bytes bytes) {
    const auto file = bmodel::read(Blob(std::move(bytes)));
    if (file) return "read";
    return file.error().code == Code::BmodelDamaged ? file.error().what : "another error";
}

/// Bits, runs of bytes, whole words that look like offsets and sizes; sometimes the end is missing.
void damage(Bytes& bytes, size_t tableEnd, wb::test::Random& random) {
    for (uint64_t n = 1 + random.below(6); n > 0; --n) {
        const size_t at = random.below(random.below(4) ? tableEnd : bytes.size());
        switch (random.below(6)) {
        case 0: bytes[at] ^= static_cast<std::byte>(1 << random.below(8)); break;
        case 1: bytes[at] = static_cast<std::byte>(random.next()); break;
        case 2:
            if (at + 4 <= bytes.size()) put(bytes, at, random.below(2) ? random.below(256) : random.next(), 4);
            break;
        case 3: // a word of the tables in another place
            if (at + 4 <= bytes.size()) put(bytes, at, get32(bytes, random.below(tableEnd - 4) & ~size_t{3}), 4);
            break;
        case 4: put(bytes, 64 + (random.below(tableEnd - 72) & ~size_t{3}), ~uint64_t{0} >> random.below(60), 8); break;
        default:
            if (random.below(8) == 0) bytes.resize(64 + random.below(bytes.size() - 64));
            tableEnd = std::min(tableEnd, bytes.size());
            if (tableEnd < 100) return;
            break;
        }
    }
}

} // namespace

class TestBmodelDamaged : public QObject {
    Q_OBJECT

private slots:
    void headers() {
        const Bytes good = toBytes(fileOf("a", 1));
        QCOMPARE(refused({}), std::string("this is no bmodel"));
        QCOMPARE(refused(Bytes(good.begin(), good.begin() + 63)), std::string("this is no bmodel"));
        Bytes bad = good;
        bad[0] = std::byte{0};
        QCOMPARE(refused(bad), std::string("this is no bmodel"));
        bad = good;
        put(bad, 4, 72, 4);
        QCOMPARE(refused(bad), std::string("its header says that it has 72 bytes, 64 are known"));
        bad = good;
        put(bad, 8, 0xffffffff, 4);
        QCOMPARE(refused(bad), std::string("the file is cut off"));
        bad = good;
        put(bad, 12, ~uint64_t{0}, 8);
        QCOMPARE(refused(bad), std::string("the file is cut off"));
        bad = good;
        bad.pop_back();
        QCOMPARE(refused(bad), std::string("the file is cut off"));
        bad = good;
        put(bad, 8, 0, 4);
        QCOMPARE(refused(bad), std::string("its tables are not valid"));
        bad = good;
        bad.resize(bad.size() + 5);
        const auto longer = bmodel::read(Blob(bad));
        QVERIFY(longer);
        QCOMPARE(longer->notes.size(), size_t{1});
    }

    void everyCut() {
        const Bytes good = toBytes(fileOf("a", 1));
        for (size_t size = 0; size < good.size(); size += size < 200 ? 1 : 97)
            QVERIFY(refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))) != "read");
    }

    void rangesOutside() {
        // The range of the GDMA stream, behind weights and TIU stream: start 12288, size 256.
        const Bytes good = toBytes(fileOf("a", 1));
        Bytes pattern(16);
        put(pattern, 0, 12288, 8);
        put(pattern, 8, 256, 8);
        const auto found = std::search(good.begin(), good.end(), pattern.begin(), pattern.end());
        QVERIFY(found != good.end());
        const auto at = static_cast<size_t>(found - good.begin());
        for (const auto& [start, size] : {std::pair{~uint64_t{0}, uint64_t{2}}, {uint64_t{4096}, ~uint64_t{0}},
                                          {uint64_t{1} << 40, uint64_t{1}}, {uint64_t{0}, uint64_t{16385}}}) {
            Bytes bad = good;
            put(bad, at, start, 8);
            put(bad, at + 8, size, 8);
            QCOMPARE(refused(bad), std::string("a blob lies outside the file"));
        }
    }

    void tablesNamedManyTimes() {
        // A vector of 6000 networks of which every entry is made to name the first, which has a long name.
        File file = fileOf(std::string(100'000, 'x'), 1);
        file.networks[0].stages.clear();
        for (int i = 1; i < 6000; ++i)
            file.networks.push_back(Network{"n", 0, {}, {}});
        Bytes bytes = toBytes(file);
        size_t vector = 0; // the only vector of 6000 entries
        for (size_t at = 64; at + 4 < bytes.size() && vector == 0; at += 4)
            if (get32(bytes, at) == 6000) vector = at;
        QVERIFY(vector != 0);
        const size_t first = vector + 4 + get32(bytes, vector + 4);
        for (size_t i = 1; i < 6000; ++i)
            put(bytes, vector + 4 + 4 * i, first - (vector + 4 + 4 * i), 4);
        QCOMPARE(refused(bytes), std::string("its tables ask for more memory than a file of this size can need"));
    }

    void mutations() {
        constexpr int kCount = 50'000;
        const uint64_t seed = 20'260'114;
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        wb::test::Random random(seed);
        File file = fullFile();
        file.kernelModule->bytes = blobOf(40, 1); // small blobs: the tables are what is tested
        for (Stage& stage : file.networks[0].stages)
            stage.coefficients->bytes = blobOf(300, 2);
        const Bytes good = toBytes(file);
        const size_t tableEnd = 64 + get32(good, 8);
        const int64_t before = wb::test::peakBytes();
        int read = 0;
        for (int i = 0; i < kCount; ++i) {
            Bytes bytes = good;
            damage(bytes, tableEnd, random);
            const auto again = bmodel::read(Blob(std::move(bytes)));
            if (!again) {
                QVERIFY(again.error().code == Code::BmodelDamaged);
                continue;
            }
            // What is read can be shown and written.
            ++read;
            QVERIFY(!infoText(*again).empty());
            if (i % 50 == 0) QVERIFY(bmodel::read(Blob(toBytes(*again))));
        }
        QVERIFY2(read > kCount / 50 && read < kCount, qPrintable(QString::number(read)));
        QVERIFY2(wb::test::peakBytes() - before < int64_t{64} << 20, qPrintable(QString::number(wb::test::peakBytes() - before)));
    }
};

QTEST_GUILESS_MAIN(TestBmodelDamaged)
#include "tst_bmodel_damaged.moc"
