// SPDX-License-Identifier: GPL-3.0-or-later
// What commands read and write, against ranges worked out by hand.
#include "compiler/target/bm1684x/isa/footprint.h"
#include "compiler/target/bm1684x/isa/operands.h"

#include <QTest>

#include <algorithm>

using namespace wb::bm1684x;

namespace {

using Local = std::vector<LocalRange>;
using Bytes = std::vector<ByteRange>;
constexpr uint64_t kAll = ~uint64_t{0};

std::string text(const Local& ranges) {
    std::string out;
    for (const LocalRange& r : ranges)
        out += "[" + std::to_string(r.begin) + "," + std::to_string(r.end) + ") lanes " +
               std::to_string(r.lanes) + "; ";
    return out;
}

/// Lanes first … last.
uint64_t lanes(int first, int last) {
    uint64_t mask = 0;
    for (int lane = first; lane <= last; ++lane)
        mask |= uint64_t{1} << lane;
    return mask;
}

template <class C> void setResult(C& c, uint32_t n, uint32_t ch, uint32_t h, uint32_t w) {
    c.res0_n = n;
    c.res0_c = ch;
    c.res0_h = h;
    c.res0_w = w;
}

} // namespace

#define COMPARE_RANGES(actual, ...) QCOMPARE(text(actual), text(Local __VA_ARGS__))

class TestFootprint : public QObject {
    Q_OBJECT

private slots:
    void alignedRowsOfChannels();
    void laneOffsetMovesRows();
    void batchesFollowEachOther();
    void castHasTwoWidths();
    void perChannelAndFreeStrides();
    void constantsTakeNoMemory();
    void convolution_data();
    void convolution();
    void depthwise();
    void requantTable();
    void matrices();
    void lookUpTable();
    void transposeAndBroadcast();
    void transfers();
    void matrixTransfer();
    void linearTransferCrossesLanes();
    void undescribedCommandsTakeEverything();
    void leavingMemoryIsSeen();
};

void TestFootprint::alignedRowsOfChannels() {
    SAr c; // 100 channels of 7 x 5 bytes: rows of 35, padded to 64; the second row has 36 channels
    c.tsk_eu_typ = ArOp::Max;
    c.tsk_opd_num = 2;
    setResult(c, 1, 100, 7, 5);
    c.res0_addr = 1024;
    c.opd0_addr = 2048;
    c.opd1_const = 1;
    const Footprint f = footprint(c);
    COMPARE_RANGES(f.localWrites, {{1024, 1059, kAll}, {1088, 1123, lanes(0, 35)}});
    COMPARE_RANGES(f.localReads, {{2048, 2083, kAll}, {2112, 2147, lanes(0, 35)}});
    QVERIFY(!f.outside && f.globalReads.empty() && f.globalWrites.empty());
}

void TestFootprint::laneOffsetMovesRows() {
    STransBc c; // channel concatenation: 50 channels that begin in lane 40 end in row 1, lane 25
    c.tsk_eu_typ = TransBcOp::LaneCopy;
    setResult(c, 1, 50, 1, 64);
    c.res0_addr = 40 * static_cast<uint32_t>(kLaneBytes) + 128;
    const Footprint f = footprint(c);
    COMPARE_RANGES(f.localWrites, {{128, 192, lanes(40, 63)}, {192, 256, lanes(0, 25)}});
    COMPARE_RANGES(f.localReads, {{0, 64, lanes(0, 49)}});
}

void TestFootprint::batchesFollowEachOther() {
    SAr c; // one row of lanes: four batches are one run
    c.tsk_eu_typ = ArOp::Copy;
    c.tsk_opd_num = 1;
    setResult(c, 4, 64, 1, 512);
    c.res0_prec = c.opd0_prec = code(Precision::F32);
    COMPARE_RANGES(footprint(c).localWrites, {{0, 4 * 2048, kAll}});
    c.tsk_eu_typ = ArOp::CopyBatch; // reads the first one again and again
    COMPARE_RANGES(footprint(c).localReads, {{0, 2048, kAll}});
    // Two rows of lanes: the batches' second rows lie between their first ones.
    setResult(c, 2, 65, 1, 16);
    COMPARE_RANGES(footprint(c).localWrites,
                   {{0, 64, kAll}, {128, 192, kAll}, {64, 128, 1}, {192, 256, 1}});
}

void TestFootprint::castHasTwoWidths() {
    SAr c;
    c.tsk_eu_typ = ArOp::Cast;
    c.tsk_opd_num = 1;
    setResult(c, 1, 64, 4, 10); // 40 elements: f32 160 bytes, i8 40
    c.opd0_prec = code(Precision::F32);
    c.res0_addr = 4096;
    const Footprint f = footprint(c);
    COMPARE_RANGES(f.localReads, {{0, 160, kAll}});
    COMPARE_RANGES(f.localWrites, {{4096, 4136, kAll}});
}

void TestFootprint::perChannelAndFreeStrides() {
    SAr c; // bias of 130 channels, 4 bytes a row; into a window of a wider tensor
    c.tsk_eu_typ = ArOp::AddSaturating;
    c.tsk_opd_num = 2;
    setResult(c, 1, 130, 3, 4);
    c.res0_prec = c.opd0_prec = c.opd1_prec = code(Precision::Int32);
    c.res0_str = code(LayoutCode::Free);
    c.res0_addr = 0x1000;
    c.res0_c_str = 320, c.res0_h_str = 20, c.res0_w_str = 2;
    c.opd0_str = code(LayoutCode::Free);
    c.opd0_addr = 76;
    c.opd0_c_str = 1;
    c.opd1_str = code(LayoutCode::PerChannel);
    c.opd1_addr = 0x2004;
    const Footprint f = footprint(c);
    // (2·20 + 3·2 + 1) elements = 188 bytes; rows 1280 bytes apart; 130 = 64 + 64 + 2
    COMPARE_RANGES(f.localWrites,
                   {{0x1000, 0x10BC, kAll}, {0x1500, 0x15BC, kAll}, {0x1A00, 0x1ABC, lanes(0, 1)}});
    COMPARE_RANGES(f.localReads, {{76, 84, kAll},
                                  {84, 88, lanes(0, 1)},
                                  {0x2004, 0x200C, kAll},
                                  {0x200C, 0x2010, lanes(0, 1)}});
}

void TestFootprint::constantsTakeNoMemory() {
    SAr c;
    c.tsk_opd_num = 3;
    setResult(c, 1, 1, 1, 1);
    c.opd0_const = c.opd1_const = c.opd2_const = 1;
    c.opd0_addr = c.opd1_addr = c.opd2_addr = 0xFFFFFFFF;
    const Footprint f = footprint(c);
    QVERIFY(f.localReads.empty() && !f.outside);
    QCOMPARE(operandsOf(c).size(), size_t{4});
    setResult(c, 1, 0, 1, 1); // nothing at all
    QVERIFY(footprint(c).localWrites.empty());
}

void TestFootprint::convolution_data() {
    QTest::addColumn<uint>("input");
    QTest::addColumn<uint>("output");
    QTest::addColumn<uint>("record"); // bytes of one output channel's weights
    QTest::addColumn<uint>("xRow");   // bytes of an input row of 6 x 8
    QTest::addColumn<uint>("yRow");
    // 70 input channels, kernel 3 x 3
    QTest::newRow("f32") << code(Precision::F32) << code(Precision::F32) << 70u * 9 * 4 << 192u
                         << 192u;
    QTest::newRow("f16") << code(Precision::F16) << code(Precision::F16) << 96u * 9 * 2 << 96u
                         << 96u;
    QTest::newRow("i8") << code(Precision::Int8) << code(Precision::Int32) << 128u * 9 << 48u
                        << 192u;
}

void TestFootprint::convolution() {
    QFETCH(uint, input);
    QFETCH(uint, output);
    QFETCH(uint, record);
    QFETCH(uint, xRow);
    QFETCH(uint, yRow);
    SConv c;
    setResult(c, 1, 96, 6, 8);
    c.opd0_prec = input;
    c.res0_prec = output;
    c.opd0_c = 70, c.opd0_h = 6, c.opd0_w = 8;
    c.opd1_h = c.opd1_w = 3;
    c.res0_addr = 0;
    c.opd0_addr = 0x4000;
    c.opd1_addr = 0x8000;
    c.opd2_const = input == code(Precision::Int8);
    c.opd2_addr = c.opd2_const ? 0 : 0xC004;
    c.opd3_const = 1;
    const Footprint f = footprint(c);
    const auto padded = [](uint32_t bytes) { return (bytes + 63) / 64 * 64; };
    COMPARE_RANGES(f.localWrites,
                   {{0, yRow, kAll}, {padded(yRow), padded(yRow) + yRow, lanes(0, 31)}});
    Local reads{{0x4000, 0x4000 + xRow, kAll},
                {0x4000 + padded(xRow), 0x4000 + padded(xRow) + xRow, lanes(0, 5)},
                {0x8000, 0x8000 + record, kAll},
                {0x8000 + record, 0x8000 + 2 * record, lanes(0, 31)}};
    if (!c.opd2_const) {
        reads.push_back({0xC004, 0xC008, kAll});
        reads.push_back({0xC008, 0xC00C, lanes(0, 31)});
    }
    QCOMPARE(text(f.localReads), text(reads));
    c.res_add = 1; // adds to what is there
    QCOMPARE(footprint(c).localReads.front(), (LocalRange{0, yRow, kAll}));
}

void TestFootprint::depthwise() {
    SPorD c;
    setResult(c, 2, 64, 4, 4);
    c.res0_prec = code(Precision::Int32);
    c.opd0_h = c.opd0_w = 6;
    c.opd1_h = c.opd1_w = 3;
    c.opd0_addr = 0x4000;
    c.opd1_addr = 0x8000;
    c.opd2_addr = 0x8040;
    c.opd3_const = 1;
    Footprint f = footprint(c);
    COMPARE_RANGES(f.localWrites, {{0, 128, kAll}});
    COMPARE_RANGES(f.localReads,
                   {{0x4000, 0x4064, kAll}, {0x8000, 0x8009, kAll}, {0x8040, 0x8044, kAll}});
    c.tsk_eu_typ = PorDOp::MaxPool; // kernel and bias do not exist
    f = footprint(c);
    COMPARE_RANGES(f.localReads, {{0x4000, 0x4064, kAll}});
}

void TestFootprint::requantTable() {
    SRqDq c; // {multiplier, shift, zero point}, one slot of 64 bytes a row of channels
    c.tsk_eu_typ = RqDqOp::RequantInteger;
    c.opd0_prec = code(Precision::Int32);
    setResult(c, 1, 80, 1, 4);
    c.opd0_addr = 0x4000;
    c.opd1_addr = 0x8000;
    COMPARE_RANGES(footprint(c).localReads, {{0x4000, 0x4010, kAll},
                                             {0x4040, 0x4050, lanes(0, 15)},
                                             {0x8000, 0x800C, kAll},
                                             {0x8040, 0x804C, lanes(0, 15)}});
    c.opd1_const = 1;
    QCOMPARE(footprint(c).localReads.size(), size_t{2});
    // Other bit positions, narrower addresses: 27 bits hold any local offset.
    c.res0_addr = 63 * static_cast<uint32_t>(kLaneBytes);
    setResult(c, 1, 1, 1, 4);
    COMPARE_RANGES(footprint(c).localWrites, {{0, 4, lanes(63, 63)}});
}

void TestFootprint::matrices() {
    SMm2 c; // 10 x 70 by 70 x 32 in f16: rows over lanes
    c.tsk_eu_typ = Mm2Op::Nn;
    c.res0_prec = c.opd0_prec = code(Precision::F16);
    c.res0_c = 10, c.res0_w = 32, c.opd1_c = 70, c.opd1_w = 32;
    c.opd0_addr = 0x4000;
    c.opd1_addr = 0x8000;
    c.opd2_const = 1;
    Footprint f = footprint(c);
    COMPARE_RANGES(f.localWrites, {{0, 64, lanes(0, 9)}});
    COMPARE_RANGES(
        f.localReads,
        {{0x4000, 0x408C, lanes(0, 9)}, {0x8000, 0x8040, kAll}, {0x8040, 0x8080, lanes(0, 5)}});
    c.tsk_eu_typ = Mm2Op::Nt; // right matrix as 32 x 70
    c.opd1_c = 32, c.opd1_w = 70;
    COMPARE_RANGES(footprint(c).localReads,
                   {{0x4000, 0x408C, lanes(0, 9)}, {0x8000, 0x808C, lanes(0, 31)}});

    SMm m; // f32, 3 rows of 2 pieces of 16 and a rest of 8: 3 x 40 by 40 x 32
    m.tsk_eu_typ = MmOp::Normal;
    m.res0_prec = m.opd0_prec = code(Precision::F32);
    m.opd0_n = 3, m.opd0_c = 3, m.opd0_w = 16, m.opd1_w = 8;
    m.res0_c = 2, m.res0_w = 16;
    m.opd0_addr = 0x4000;
    m.opd1_addr = 0x8000;
    m.opd2_addr = 0xC000;
    f = footprint(m);
    COMPARE_RANGES(f.localWrites, {{0, 3 * 64, lanes(0, 1)}});
    COMPARE_RANGES(f.localReads, {{0x4000, 0x40C0, lanes(0, 2)},
                                  {0x8000, 0x8000 + 40 * 64, lanes(0, 1)},
                                  {0xC000, 0xC040, lanes(0, 1)}});
}

void TestFootprint::lookUpTable() {
    SSg c;
    c.tsk_eu_typ = SgOp::PeGatherD1;
    setResult(c, 1, 70, 1, 100);
    c.opd0_str = code(LayoutCode::TablePerLane);
    c.opd0_h = 1, c.opd0_w = 256;
    c.opd1_w = 100;
    c.opd0_addr = 0x4000;
    c.opd1_addr = 0x8000;
    COMPARE_RANGES(footprint(c).localReads, {{0x4000, 0x4100, kAll},
                                             {0x4000, 0x4100, lanes(0, 5)},
                                             {0x8000, 0x8064, kAll},
                                             {0x8080, 0x80E4, lanes(0, 5)}});
}

void TestFootprint::transposeAndBroadcast() {
    STransBc c;
    c.tsk_eu_typ = TransBcOp::TransposeCw;
    setResult(c, 1, 20, 3, 10); // from 10 channels of 3 x 20; rows of h padded
    c.opd0_addr = 0x4000;
    COMPARE_RANGES(footprint(c).localReads, {{0x4000, 0x4000 + 3 * 64, lanes(0, 9)}});
    c.tsk_eu_typ = TransBcOp::LaneBroadcast;
    setResult(c, 1, 64, 1, 256);
    c.opd0_addr = 15 * static_cast<uint32_t>(kLaneBytes) + 0x4000;
    const Footprint f = footprint(c);
    COMPARE_RANGES(f.localReads, {{0x4000, 0x4100, lanes(15, 15)}});
    COMPARE_RANGES(f.localWrites, {{0, 256, kAll}});
    c.tsk_eu_typ = TransBcOp::StaticBroadcast;
    c.res0_prec = code(Precision::F32);
    c.res0_w = 10;
    c.opd0_addr = static_cast<uint32_t>(kStaticBase) + 0x400;
    const Footprint s = footprint(c);
    QVERIFY(s.localReads.empty());
    QCOMPARE(s.staticReads, (Bytes{{kStaticBase + 0x400, kStaticBase + 0x428}}));
    COMPARE_RANGES(s.localWrites, {{0, 40, kAll}});
}

void TestFootprint::transfers() {
    DmaTensor c; // 1 x 80 x 5 x 7 bytes from the middle of a 9 pixel wide picture
    c.stride_enable = c.nchw_copy = 1;
    c.src_nsize = 1, c.src_csize = 80, c.src_hsize = 5, c.src_wsize = 7;
    c.src_cstride = 81, c.src_hstride = 9, c.src_wstride = 1;
    c.dst_cstride = 64, c.dst_hstride = 7, c.dst_wstride = 1;
    c.setSource(kGlobalBase + 10);
    c.setDestination(kLocalBase + 0x100);
    Footprint f = footprint(c);
    QCOMPARE(f.globalReads, (Bytes{{kGlobalBase + 10, kGlobalBase + 10 + 79 * 81 + 4 * 9 + 7}}));
    COMPARE_RANGES(f.localWrites, {{0x100, 0x123, kAll}, {0x140, 0x163, lanes(0, 15)}});
    c.fill_constant_en = 1;
    QVERIFY(footprint(c).globalReads.empty());
    c.fill_constant_en = 0;
    c.cmd_special_function = DmaTensorOp::Broadcast;
    c.src_csize = 1;
    c.dst_csize = 64;
    f = footprint(c);
    QCOMPARE(f.globalReads, (Bytes{{kGlobalBase + 10, kGlobalBase + 10 + 43}}));
    COMPARE_RANGES(f.localWrites, {{0x100, 0x123, kAll}});
    std::swap(c.src_start_addr_l32, c.dst_start_addr_l32);
    std::swap(c.src_start_addr_h8, c.dst_start_addr_h8);
    c.cmd_special_function = DmaTensorOp::Copy;
    f = footprint(c);
    QVERIFY(f.localWrites.empty() && f.globalReads.empty() && f.localReads.size() == 1 &&
            f.globalWrites.size() == 1);
}

void TestFootprint::matrixTransfer() {
    DmaMatrix c; // 3 x 40 floats in pieces of 16: lanes 0 … 2
    c.stride_enable = 1;
    c.src_data_format = code(Precision::F32);
    c.src_hsize = 3, c.src_wsize = 40, c.src_hstride = 50;
    c.dst_nsize = 3, c.dst_csize = 3, c.dst_wsize = 16, c.dst_nstride = 16, c.dst_cstride = 16;
    c.setSource(kGlobalBase);
    c.setDestination(kLocalBase);
    const Footprint f = footprint(c);
    QCOMPARE(f.globalReads, (Bytes{{kGlobalBase, kGlobalBase + (2 * 50 + 40) * 4}}));
    COMPARE_RANGES(f.localWrites, {{0, 3 * 64, lanes(0, 2)}});
}

void TestFootprint::linearTransferCrossesLanes() {
    DmaGeneral c;
    c.move_length = 1000;
    c.setSource(kGlobalBase);
    c.setDestination(kLocalBase + static_cast<uint64_t>(kLaneBytes) - 600);
    const auto lane = static_cast<uint32_t>(kLaneBytes);
    COMPARE_RANGES(footprint(c).localWrites, {{lane - 600, lane, 1}, {0, 400, 2}});
    c.cmd_special_function = DmaGeneralOp::Broadcast;
    c.dst_csize = 64;
    c.setDestination(kLocalBase + 128);
    COMPARE_RANGES(footprint(c).localWrites, {{128, 1128, kAll}});
}

void TestFootprint::undescribedCommandsTakeEverything() {
    SSg perW;
    perW.tsk_eu_typ = SgOp::PlGatherPerW;
    for (const Command& command : {Command(Lar{}), Command(LongTiu{}), Command(perW)}) {
        const Footprint f = footprint(command);
        COMPARE_RANGES(f.localReads, {{0, static_cast<uint32_t>(kLaneBytes), kAll}});
        COMPARE_RANGES(f.localWrites, {{0, static_cast<uint32_t>(kLaneBytes), kAll}});
    }
    QVERIFY(footprint(tiuEnd(3)).localReads.empty() && footprint(gdmaEnd(3)).localWrites.empty());
}

void TestFootprint::leavingMemoryIsSeen() {
    SAr c;
    c.tsk_eu_typ = ArOp::Copy;
    c.tsk_opd_num = 1;
    setResult(c, 1, 64, 1, 65);
    c.opd0_addr = static_cast<uint32_t>(kLaneBytes) - 64;
    QCOMPARE(footprint(c).outside, "opd0");
    c.opd0_addr -= 64;
    QVERIFY(!footprint(c).outside);
    c.res0_addr = 0x8000'0000;
    QCOMPARE(footprint(c).outside, "res0");
    DmaTensor move;
    move.src_nsize = move.src_csize = move.src_hsize = move.src_wsize = move.nchw_copy =
        move.stride_enable = 1;
    move.setSource(kGlobalBase - 1);
    move.setDestination(kLocalBase);
    QCOMPARE(footprint(move).outside, "src");
}

QTEST_GUILESS_MAIN(TestFootprint)
#include "tst_isa_footprint.moc"
