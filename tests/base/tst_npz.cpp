// SPDX-License-Identifier: GPL-3.0-or-later
// npz and npy: round trips, the forms other writers use, and damaged or hostile files.
#include "compiler/base/npz.h"
#include "tests/support/mutation.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <zlib.h>

using namespace wb;
using wb::test::Random;

namespace {

std::vector<std::byte> bytesOf(const std::string& text) {
    std::vector<std::byte> bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

NpzArray floats(std::vector<int64_t> shape, const std::vector<float>& values) {
    NpzArray array;
    array.descr = "<f4";
    array.shape = std::move(shape);
    array.bytes.resize(values.size() * 4);
    if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
    return array;
}

std::string npyText(const std::string& dictionary, const std::string& data) {
    std::string text("\x93NUMPY\x01\x00", 8);
    text += static_cast<char>(dictionary.size() & 0xff);
    text += static_cast<char>(dictionary.size() >> 8);
    return text + dictionary + data;
}

template <class T> std::string le(T value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

struct Entry {
    std::string name, data, packed;
    uint16_t method = 0;
    uint32_t size = 0;
};

/// A zip as other tools write it; `brokenZip64` adds end records as the vendor's native writer does.
std::string zipOf(const std::vector<Entry>& entries, bool brokenZip64 = false) {
    std::string out, directory;
    for (const Entry& e : entries) {
        const std::string& payload = e.method == 0 ? e.data : e.packed;
        const uint32_t size = e.size != 0 ? e.size : static_cast<uint32_t>(e.data.size());
        const auto crc = static_cast<uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(e.data.data()), static_cast<uInt>(e.data.size())));
        const std::string common = le<uint16_t>(0) + le(e.method) + le<uint32_t>(0) + le(crc) +
                                   le(static_cast<uint32_t>(payload.size())) + le(size) +
                                   le(static_cast<uint16_t>(e.name.size()));
        const std::string extra =
            brokenZip64 ? le<uint16_t>(1) + le<uint16_t>(8) + le<uint64_t>(out.size()) : std::string();
        directory += le<uint32_t>(0x02014b50) + le<uint16_t>(20) + le<uint16_t>(20) + common +
                     le(static_cast<uint16_t>(extra.size())) + le<uint16_t>(0) + le<uint16_t>(0) +
                     le<uint16_t>(0) + le<uint32_t>(0) +
                     (brokenZip64 ? le<uint32_t>(0xffffffff) : le(static_cast<uint32_t>(out.size()))) +
                     e.name + extra;
        out += le<uint32_t>(0x04034b50) + le<uint16_t>(20) + common + le<uint16_t>(0) + e.name + payload;
    }
    const uint64_t start = out.size();
    const auto count = static_cast<uint16_t>(entries.size());
    out += directory;
    if (brokenZip64) {
        out += le<uint32_t>(0x06064b50) + le<uint64_t>(68) + le<uint32_t>(0x450045) + le<uint64_t>(0) +
               le<uint64_t>(count) + le<uint64_t>(count) + le<uint64_t>(directory.size()) + le(start);
        out += le<uint32_t>(0x07064b50) + le<uint32_t>(0) + le<uint64_t>(start + 56) + le<uint32_t>(1);
    }
    out += le<uint32_t>(0x06054b50) + le<uint32_t>(0) + le(count) + le(count) +
           le(static_cast<uint32_t>(directory.size())) +
           (brokenZip64 ? le<uint32_t>(0xffffffff) : le(static_cast<uint32_t>(start))) + le<uint16_t>(0);
    return out;
}

std::string deflated(const std::string& data) {
    std::string out(compressBound(static_cast<uLong>(data.size())) + 64, '\0');
    z_stream s{};
    deflateInit2(&s, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    s.avail_in = static_cast<uInt>(data.size());
    s.next_out = reinterpret_cast<Bytef*>(out.data());
    s.avail_out = static_cast<uInt>(out.size());
    deflate(&s, Z_FINISH);
    out.resize(s.total_out);
    deflateEnd(&s);
    return out;
}

} // namespace

class TestNpz : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::filesystem::path file(const char* name) const { return m_dir.filePath(name).toStdString(); }

private slots:
    void headerIsAsNumPyWritesIt() {
        const std::string header = formatNpyHeader({"<f4", {1, 3, 4}});
        QCOMPARE(header.size(), size_t{128});
        QCOMPARE(header.substr(10, 60),
                 std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 4), }").substr(0, 60));
        QVERIFY(formatNpyHeader({"<f4", {7}}).find("'shape': (7,), }") != std::string::npos);
        QVERIFY(formatNpyHeader({"<f4", {}}).find("'shape': (), }") != std::string::npos);
        QCOMPARE(header.back(), '\n');
    }

    void roundTrip() {
        const auto path = file("round.npz");
        const NpzArray a = floats({2, 3}, {1, 2, 3, 4, 5, -0.0F});
        const NpzArray empty = floats({0, 3}, {});
        const NpzArray scalar = floats({}, {42});
        const std::string odd = "/model.24/m.0/Conv_output_0_Conv";
        auto writer = NpzWriter::create(path);
        QVERIFY(writer);
        QVERIFY(writer->add(odd, a, a.bytes));
        QVERIFY(writer->add("../../etc:0", empty, empty.bytes));
        QVERIFY(writer->add("输入", scalar, scalar.bytes));
        QVERIFY(!std::filesystem::exists(path)); // appears only when finished
        QVERIFY(writer->finish());
        const auto reader = NpzReader::open(path);
        QVERIFY(reader);
        QCOMPARE(reader->members().size(), size_t{3});
        QCOMPARE(reader->members()[0].name, odd);
        QCOMPARE(reader->members()[2].name, std::string("输入"));
        QVERIFY(*reader->read(0) == a);
        QVERIFY(*reader->read(1) == empty);
        QVERIFY(*reader->read(2) == scalar);
        QVERIFY(*reader->describe(0) == static_cast<const NpyHeader&>(a));
        QVERIFY(reader->find("nothing") == std::nullopt);
    }

    void equalArraysGiveEqualBytes() {
        const NpzArray a = floats({4}, {1, 2, 3, 4});
        for (const char* name : {"x.npz", "y.npz"}) {
            auto writer = NpzWriter::create(file(name));
            QVERIFY(writer->add("a", a, a.bytes));
            QVERIFY(writer->finish());
        }
        QCOMPARE(wb::test::readAll(file("x.npz")), wb::test::readAll(file("y.npz")));
    }

    void writerRefusesMisuseAndLeavesNothing() {
        const auto path = file("sub/none.npz");
        {
            auto writer = NpzWriter::create(path);
            const NpzArray a = floats({2}, {1, 2});
            QVERIFY(writer->add("a", a, a.bytes));
            QVERIFY(!writer->add("a", a, a.bytes));
            QVERIFY(!writer->add("b", {"<f4", {3}}, a.bytes));
            QVERIFY(!writer->add("c", {"<c8", {1}}, a.bytes));
        }
        QVERIFY(std::filesystem::is_empty(path.parent_path()));
        const auto nowhere = NpzWriter::create("/proc/none/x.npz");
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, Code::FileNotWritable);
    }

    void readsDeflatedAndVendorsEndRecords() {
        const std::string npy = formatNpyHeader({"|u1", {5000}}) + std::string(5000, 'q');
        const Entry packed{"p.npy", npy, deflated(npy), 8, 0};
        const Entry stored{"s.npy", npy, {}, 0, 0};
        for (bool broken : {false, true}) {
            wb::test::writeAll(file("form.npz"), zipOf({packed, stored, {"readme.txt", "hi", {}, 0, 0}}, broken));
            const auto reader = NpzReader::open(file("form.npz"));
            QVERIFY2(reader, reader ? "" : toText(reader.error()).c_str());
            QCOMPARE(reader->members().size(), size_t{2});
            QCOMPARE(reader->read(0)->bytes, std::vector<std::byte>(5000, std::byte{'q'}));
            QVERIFY(*reader->read(0) == *reader->read(1));
            QVERIFY(reader->describe(0)->shape == std::vector<int64_t>{5000});
        }
    }

    void lastOfEqualNamesCounts() {
        const std::string one = formatNpyHeader({"|u1", {1}}) + "1", two = formatNpyHeader({"|u1", {1}}) + "2";
        wb::test::writeAll(file("twice.npz"), zipOf({{"a.npy", one, {}, 0, 0}, {"b.npy", one, {}, 0, 0},
                                                     {"a.npy", two, {}, 0, 0}}));
        const auto reader = NpzReader::open(file("twice.npz"));
        QCOMPARE(reader->members().size(), size_t{2});
        QCOMPARE(reader->read(*reader->find("a"))->bytes[0], std::byte{'2'});
    }

    void foreignOrders() {
        const std::string dict = "{'shape': (2L, 3), 'descr': '>i2', \"fortran_order\": True}";
        const auto array = parseNpy(bytesOf(npyText(dict, std::string("\0\1\0\2\0\3\0\4\0\5\0\6", 12))));
        QVERIFY2(array, array ? "" : toText(array.error()).c_str());
        QCOMPARE(array->descr, std::string("<i2"));
        const int16_t expected[6] = {1, 3, 5, 2, 4, 6}; // columns (1,2) (3,4) (5,6)
        QCOMPARE(std::memcmp(array->bytes.data(), expected, 12), 0);
    }

    void badHeaders_data() {
        QTest::addColumn<QString>("dictionary");
        QTest::addColumn<int>("code");
        const int damaged = int(Code::NpzDamaged), unsupported = int(Code::NpyUnsupported);
        QTest::newRow("too short for shape") << "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }" << damaged;
        QTest::newRow("too long for shape") << "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }" << damaged;
        QTest::newRow("negative") << "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }" << damaged;
        QTest::newRow("huge") << "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }" << damaged;
        QTest::newRow("overflow") << "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }" << damaged;
        QTest::newRow("no shape") << "{'descr': '<f4', 'fortran_order': False}" << damaged;
        QTest::newRow("open") << "{'descr': '<f4', 'fortran_order': False, 'shape': (1" << damaged;
        QTest::newRow("rank") << QString("{'descr': '<f4', 'fortran_order': False, 'shape': (%1)}").arg(QString("1,").repeated(40)) << damaged;
        QTest::newRow("objects") << "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }" << unsupported;
        QTest::newRow("text") << "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }" << unsupported;
        QTest::newRow("records") << "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }" << unsupported;
    }
    void badHeaders() {
        QFETCH(QString, dictionary);
        QFETCH(int, code);
        const auto array = parseNpy(bytesOf(npyText(dictionary.toStdString(), "abcd")));
        QVERIFY(!array);
        QCOMPARE(int(array.error().code), code);
        QVERIFY(!array.error().what.empty());
    }

    void hostileSizesAllocateNothing() {
        // A kilobyte that claims to unpack to four gigabytes.
        wb::test::writeAll(file("bomb.npz"), zipOf({{"a.npy", "x", deflated("x"), 8, 0xfffffff0U}}));
        const auto reader = NpzReader::open(file("bomb.npz"));
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, Code::NpzDamaged);
    }

    void errors() {
        QCOMPARE(NpzReader::open(file("absent.npz")).error().code, Code::FileNotFound);
        QCOMPARE(NpzReader::open(m_dir.path().toStdString()).error().code, Code::FileUnreadable);
        wb::test::writeAll(file("empty.npz"), "");
        QCOMPARE(NpzReader::open(file("empty.npz")).error().code, Code::FileTruncated);
        wb::test::writeAll(file("text.npz"), "this is no zip at all, only words");
        QCOMPARE(NpzReader::open(file("text.npz")).error().code, Code::NpzDamaged);
        const std::string whole = zipOf({{"a.npy", formatNpyHeader({"|u1", {300}}) + std::string(300, 'a'), {}, 0, 0}});
        for (size_t tenth = 1; tenth < 10; ++tenth) {
            wb::test::writeAll(file("cut.npz"), whole.substr(0, whole.size() * tenth / 10));
            const auto cut = NpzReader::open(file("cut.npz"));
            QVERIFY(!cut);
            QCOMPARE(cut.error().code, Code::FileTruncated);
            QVERIFY(!cut.error().file.empty());
        }
        std::string flipped = whole;
        flipped[200] ^= 1; // in the data: only the checksum notices
        wb::test::writeAll(file("flip.npz"), flipped);
        QCOMPARE(NpzReader::open(file("flip.npz"))->read(0).error().code, Code::NpzDamaged);
    }

    void mutationsNeverCrash() {
        const std::string npy = formatNpyHeader({"<f4", {3, 4}}) + std::string(48, '\1');
        const std::string whole = zipOf({{"a.npy", npy, deflated(npy), 8, 0}, {"b.npy", npy, {}, 0, 0}}, true);
        Random random(20261);
        int read = 0, refused = 0;
        for (int i = 0; i < 20'000; ++i) {
            wb::test::writeAll(file("fuzz.npz"), wb::test::damaged(whole, random, i));
            const auto reader = NpzReader::open(file("fuzz.npz"));
            if (!reader) {
                ++refused;
                continue;
            }
            for (size_t m = 0; m < reader->members().size(); ++m)
                if (auto array = reader->read(m)) ++read;
                else ++refused;
        }
        QVERIFY(read > 0 && refused > 5000);
        QVERIFY2(wb::test::peakBytes() < int64_t{1} << 28, "a mutation took more than 256 MB");
    }

    void realFiles() {
        WB_SHARED_OR_SKIP(golden, "golden/yolov5n/bm1684x_f16.outputs.npz");
        const auto reader = NpzReader::open(golden);
        QVERIFY(reader);
        QCOMPARE(reader->members().size(), size_t{6});
        for (size_t i = 0; i < 6; ++i) {
            const auto array = reader->read(i);
            QVERIFY2(array, array ? "" : toText(array.error()).c_str());
            QCOMPARE(array->shape.size(), size_t{4});
        }
    }
};

QTEST_GUILESS_MAIN(TestNpz)
#include "tst_npz.moc"
