// SPDX-License-Identifier: GPL-3.0-or-later
// Each rule of the cost model with numbers that the vendor's listings show, and the order of two engines.
#include "compiler/target/bm1684x/cycles/timing.h"

#include <QTest>

using namespace wb;
using namespace wb::bm1684x;

namespace {

constexpr uint32_t kI8 = 0, kF16 = 1, kF32 = 2, kI32 = 4;
constexpr uint32_t kFree = 3;
constexpr uint32_t kBank = kBankBytes;

template <class C> C shaped(uint32_t n, uint32_t c, uint32_t h, uint32_t w) {
    C command;
    command.res0_n = n;
    command.res0_c = c;
    command.res0_h = h;
    command.res0_w = w;
    return command;
}

template <class C> int64_t cyclesOf(const C& command) { return costOf(Command(command)).cycles; }

SAr arith(uint32_t operation, uint32_t precision, uint32_t c, uint32_t h, uint32_t w) {
    SAr a = shaped<SAr>(1, c, h, w);
    a.tsk_eu_typ = operation;
    a.res0_prec = a.opd0_prec = a.opd1_prec = precision;
    a.tsk_opd_num = 2;
    a.opd0_addr = kBank;
    a.opd1_addr = 2 * kBank;
    return a;
}

/// Strides of a row-major tensor.
DmaTensor transfer(uint64_t from, uint64_t to, uint32_t format, std::array<uint32_t, 4> size) {
    DmaTensor d;
    d.stride_enable = d.nchw_copy = 1;
    d.src_data_format = format;
    d.src_nsize = size[0];
    d.src_csize = size[1];
    d.src_hsize = size[2];
    d.src_wsize = size[3];
    d.src_wstride = d.dst_wstride = 1;
    d.src_hstride = d.dst_hstride = size[3];
    d.src_cstride = d.dst_cstride = size[2] * size[3];
    d.src_nstride = d.dst_nstride = size[1] * size[2] * size[3];
    d.setSource(from);
    d.setDestination(to);
    return d;
}
DmaTensor load(uint32_t format, std::array<uint32_t, 4> size) {
    return transfer(kGlobalBase, kLocalBase, format, size);
}
DmaTensor store(uint32_t format, std::array<uint32_t, 4> size) {
    return transfer(kLocalBase, kGlobalBase, format, size);
}

} // namespace

class TestCycles : public QObject {
    Q_OBJECT

private slots:
    void convolution() {
        SConv c = shaped<SConv>(1, 16, 120, 160); // 16 channels of 120x160, 27 channels as 1x1: 4800 in INT8
        c.opd0_c = 27;
        c.opd1_h = c.opd1_w = 1;
        QCOMPARE(cyclesOf(c), int64_t{4800});
        c.opd0_c = 33; // F16 takes 32 channels at a time, F32 one, but 16 pixels
        c.opd0_prec = kF16;
        QCOMPARE(cyclesOf(c), int64_t{9600});
        c.opd0_prec = kF32;
        QCOMPARE(cyclesOf(c), int64_t{1200 * 33});
        c.res0_c = 65;
        c.opd1_h = c.opd1_w = 3;
        QCOMPARE(cyclesOf(c), int64_t{2 * 1200 * 33 * 9});
        c = shaped<SConv>(1, 28, 28, 28); // from lane 56 on, into the next row of lanes: no difference
        c.opd0_prec = kF16;
        c.opd0_c = 28;
        c.opd1_h = c.opd1_w = 1;
        c.res0_addr = 56 * kLaneBytes;
        QCOMPARE(cyclesOf(c), int64_t{196});
    }

    void windows() {
        SPorD p = shaped<SPorD>(1, 128, 15, 20); // 342: INT8 into i32
        p.res0_prec = kI32;
        p.opd1_h = p.opd1_w = 3;
        p.res_op_x_str = p.res_op_y_str = 1;
        QCOMPARE(cyclesOf(p), int64_t{342});
        p.res0_h = 8;
        p.res0_w = 10;
        p.res_op_x_str = p.res_op_y_str = 2;
        QCOMPARE(cyclesOf(p), int64_t{270}); // steps in both directions: three times 90
        p = shaped<SPorD>(1, 18, 54, 640);
        p.opd1_h = 6;
        p.opd1_w = 1;
        p.res_op_y_str = 2;
        p.res_op_x_str = 1;
        QCOMPARE(cyclesOf(p), int64_t{3240}); // in one direction: nothing
        p = shaped<SPorD>(1, 96, 15, 16);     // a window of one row: each row begins a pass
        p.res0_prec = p.opd0_prec = kF16;
        p.opd1_h = p.opd1_w = 1;
        p.res_op_x_str = p.res_op_y_str = 2;
        QCOMPARE(cyclesOf(p), int64_t{90});
        p = shaped<SPorD>(1, 70, 20, 1);
        p.tsk_eu_typ = PorDOp::AveragePool;
        p.res0_prec = p.opd0_prec = kF16;
        p.opd1_h = 1;
        p.opd1_w = 22;
        p.res_op_x_str = p.res_op_y_str = 1;
        QCOMPARE(cyclesOf(p), int64_t{880});
        QVERIFY(costOf(p).observed);
    }

    void arithmetic() {
        SAr a = arith(ArOp::Mul, kF32, 256, 20, 20);
        QCOMPARE(cyclesOf(a), int64_t{100});
        a.opd0_addr = kBank + 6400; // the same bank is free, the same place is not
        a.res0_addr = kBank;
        QCOMPARE(cyclesOf(a), int64_t{100});
        a.opd0_addr = a.res0_addr;
        QCOMPARE(cyclesOf(a), int64_t{200});
        a.tsk_eu_typ = ArOp::Copy; // but for copies
        a.tsk_opd_num = 1;
        QCOMPARE(cyclesOf(a), int64_t{100});
        a.tsk_eu_typ = ArOp::Div;
        a.opd0_const = 1;
        a.opd2_n_str = 2;
        QCOMPARE(cyclesOf(a), int64_t{3100});
        a = arith(ArOp::Add, kF16, 128, 20, 20); // two strided operands
        QCOMPARE(cyclesOf(a), int64_t{26});
        a.opd0_str = a.opd1_str = kFree;
        a.opd0_h_str = a.opd1_h_str = 20;
        a.opd0_w_str = a.opd1_w_str = 1;
        QCOMPARE(cyclesOf(a), int64_t{52});
        a = arith(ArOp::SubSaturating, kI8, 70, 20, 22); // the widest operand counts, also if it is a constant
        a.opd0_const = 1;
        a.opd0_prec = kI32;
        QCOMPARE(cyclesOf(a), int64_t{56});
        QVERIFY(costOf(a).observed);
        a.tsk_eu_typ = ArOp::Mac;
        QVERIFY(costOf(a).observed);
        a.tsk_eu_typ = ArOp::Clamp;
        QVERIFY(!costOf(a).observed);
    }

    void copiesWithStrides() {
        const auto copy = [](uint32_t precision, uint32_t h, uint32_t w, uint32_t resultStride,
                             uint32_t operandStride) {
            SAr a = arith(ArOp::Copy, precision, 60, h, w);
            a.tsk_opd_num = 1;
            a.res0_str = a.opd0_str = kFree;
            a.res0_w_str = resultStride;
            a.res0_h_str = resultStride == 1 ? w : 1;
            a.opd0_w_str = operandStride;
            a.opd0_h_str = operandStride == 1 ? w : 1;
            return cyclesOf(a);
        };
        QCOMPARE(copy(kI8, 20, 12, 1, 20), int64_t{80});
        QCOMPARE(copy(kF16, 20, 12, 1, 20), int64_t{160});
        QCOMPARE(copy(kF32, 20, 12, 1, 20), int64_t{240}); // one element a pass at worst
        QCOMPARE(copy(kF32, 20, 6, 1, 20), int64_t{128});
        QCOMPARE(copy(kI8, 2, 4, 1, 2), int64_t{2});
        QCOMPARE(copy(kI8, 12, 20, 12, 1), int64_t{48});

        SAr a = arith(ArOp::Copy, kF32, 70, 20, 22); // every second row of the operand
        a.tsk_opd_num = 1;
        a.opd0_str = kFree;
        a.opd0_h_str = 44;
        a.opd0_w_str = 1;
        QCOMPARE(cyclesOf(a), int64_t{112});
        a = arith(ArOp::Mul, kF32, 136, 14, 1); // a column in place
        a.opd1_const = 1;
        a.opd0_addr = a.res0_addr;
        a.res0_str = a.opd0_str = kFree;
        a.res0_h_str = a.opd0_h_str = 14;
        a.res0_w_str = a.opd0_w_str = 1;
        QCOMPARE(cyclesOf(a), int64_t{78});
    }

    void requantisation() {
        SRqDq r = shaped<SRqDq>(1, 70, 20, 22);
        r.tsk_eu_typ = RqDqOp::DequantFloat;
        r.res0_prec = kF32;
        r.opd0_addr = kBank;
        QCOMPARE(cyclesOf(r), int64_t{56});
        r.opd0_addr = 0x1c00; // any place in the result's bank
        QCOMPARE(cyclesOf(r), int64_t{112});
    }

    void matrices() {
        SMm2 m;
        m.opd0_prec = kF16;
        m.res0_c = 200;
        m.res0_w = m.opd1_w = 90;
        m.opd1_c = 130;
        m.tsk_eu_typ = Mm2Op::Nn;
        QCOMPARE(cyclesOf(m), int64_t{460});
        m.opd0_prec = kI8;
        QCOMPARE(cyclesOf(m), int64_t{276});
        SMm f;
        f.tsk_eu_typ = MmOp::Normal;
        f.opd0_prec = kF32;
        f.opd0_n = 1;
        f.opd0_c = 5;
        f.opd0_w = 16;
        f.opd1_w = 12;
        f.res0_c = 16;
        f.res0_w = 64;
        QCOMPARE(cyclesOf(f), int64_t{308}); // 76 terms and a bias
        f.res_add = 1;
        QCOMPARE(cyclesOf(f), int64_t{312});
    }

    void movesAndTables() {
        STransBc t = shaped<STransBc>(1, 16, 30, 40);
        t.tsk_eu_typ = TransBcOp::LaneCopy;
        t.res0_addr = 16 * kLaneBytes;
        QCOMPARE(cyclesOf(t), int64_t{304});
        t.res0_prec = kF32;
        QCOMPARE(cyclesOf(t), int64_t{1200});
        t = shaped<STransBc>(1, 48, 20, 20); // into lanes 32 to 63 and, a row further, 0 to 15
        t.tsk_eu_typ = TransBcOp::LaneCopy;
        t.res0_prec = kF16;
        t.res0_addr = 32 * kLaneBytes;
        QCOMPARE(cyclesOf(t), int64_t{1248});
        t = shaped<STransBc>(1, 3, 30, 40);
        t.tsk_eu_typ = TransBcOp::LaneBroadcast;
        t.res0_addr = 21 * kLaneBytes;
        t.opd0_addr = 7 * kLaneBytes;
        QCOMPARE(cyclesOf(t), int64_t{19});
        t.opd0_addr = t.res0_addr;
        QCOMPARE(cyclesOf(t), int64_t{38});
        SSg s = shaped<SSg>(7, 64, 1, 512);
        s.tsk_eu_typ = SgOp::PeGatherD1;
        QCOMPARE(cyclesOf(s), int64_t{3584});
        s = shaped<SSg>(1, 128, 1, 400);
        s.tsk_eu_typ = SgOp::PeGatherHazard;
        QCOMPARE(cyclesOf(s), int64_t{1200});
        SSfu u = shaped<SSfu>(1, 256, 20, 20);
        u.tsk_eu_typ = SfuOp::Taylor4x;
        u.res0_prec = u.opd0_prec = kF32;
        u.opd1_n = 10;
        QCOMPARE(cyclesOf(u), int64_t{1000});
        SCmp c = shaped<SCmp>(1, 70, 20, 22);
        c.tsk_eu_typ = CmpOp::SelectGreater;
        c.opd0_prec = c.opd2_prec = kF16;
        QCOMPARE(cyclesOf(c), int64_t{56});
    }

    void transfers() {
        // Long runs: 58 GiB/s into local memory, 44 out of it.
        QCOMPARE(cyclesOf(load(kF16, {1, 3, 240, 320})), int64_t{8530});
        DmaTensor d = store(kF32, {1, 255, 80, 80});
        d.src_cstride = 6400;
        QCOMPARE(cyclesOf(d), int64_t{159304});
        // Short runs count as 256 bytes; a transfer within 4 KiB of DDR uses one memory channel of four, and so on.
        QCOMPARE(cyclesOf(load(kF32, {1, 255, 1, 1})), int64_t{4834});
        QCOMPARE(cyclesOf(load(kI8, {6, 60, 20, 1})), int64_t{3412});
        QCOMPARE(cyclesOf(load(kI8, {12, 60, 20, 1})), int64_t{3412});
        QCOMPARE(cyclesOf(load(kF32, {1, 256, 1, 9})), int64_t{1617}); // three channels
        d = store(kI8, {1, 16, 27, 160});
        d.src_cstride = 4352;
        d.dst_cstride = 25600;
        d.dst_nstride = 409600;
        QCOMPARE(cyclesOf(d), int64_t{3373}); // two
        d = store(kF16, {1, 8, 15, 20});
        d.src_cstride = 320;
        QCOMPARE(cyclesOf(d), int64_t{234});
        // Transposing n and c goes through all channels.
        d = load(kF16, {1, 70, 40, 1});
        d.cmd_special_function = DmaTensorOp::TransposeNc;
        d.src_cstride = 440;
        d.src_hstride = d.dst_hstride = 1;
        QCOMPARE(cyclesOf(d), int64_t{331});
        // Within DDR.
        d = transfer(kGlobalBase, kGlobalBase + (1 << 20), kF16, {1, 1, 1, 1200});
        QCOMPARE(cyclesOf(d), int64_t{368});
    }

    void otherTransfers() {
        DmaTensor d = load(kI8, {1, 1, 240, 320});
        d.cmd_special_function = DmaTensorOp::Broadcast;
        QCOMPARE(cyclesOf(d), int64_t{1324});
        d = load(kI8, {1, 1, 224, 224});
        d.cmd_special_function = DmaTensorOp::Broadcast;
        d.src_wstride = d.dst_wstride = 0;
        QCOMPARE(cyclesOf(d), int64_t{865});
        d = DmaTensor();
        d.fill_constant_en = d.stride_enable = 1;
        d.src_data_format = kF32;
        d.dst_nsize = 1;
        d.dst_csize = 70;
        d.dst_hsize = 20;
        d.dst_wsize = 2;
        d.dst_wstride = 1;
        d.dst_hstride = 25;
        d.dst_cstride = 600;
        d.setDestination(kGlobalBase);
        QCOMPARE(cyclesOf(d), int64_t{6179});
        DmaMatrix m;
        m.src_data_format = kI8;
        m.src_hsize = 1;
        m.src_wsize = 7200;
        m.dst_wsize = 113;
        m.setSource(kGlobalBase);
        m.setDestination(kLocalBase);
        QCOMPARE(cyclesOf(m), int64_t{281});
        m.src_hsize = 19;
        m.src_wsize = 32768;
        m.dst_wsize = 512;
        m.src_data_format = kF32;
        QCOMPARE(cyclesOf(m), int64_t{42937});
        DmaGather g;
        g.src_data_format = kF32;
        g.src_csize = 2800;
        g.src_wsize = 22;
        g.dst_hsize = 2;
        QCOMPARE(cyclesOf(g), int64_t{7700});
    }

    void twoEngines() {
        // Load, load; add after the first load; store after the add.
        std::vector<Command> tiu, gdma;
        SAr add = arith(ArOp::Add, kF32, 64, 20, 20);
        add.cmd_id = 1;
        add.cmd_id_dep = 1;
        tiu.push_back(add);
        DmaTensor d = load(kF32, {1, 64, 20, 20});
        d.cmd_id = 1;
        gdma.push_back(d);
        d.cmd_id = 2;
        gdma.push_back(d);
        DmaTensor out = store(kF32, {1, 64, 20, 20});
        out.cmd_id = 3;
        out.cmd_id_dep = 1;
        gdma.push_back(out);
        const auto timing = timeOf(tiu, gdma);
        QVERIFY(timing);
        const int64_t loads = 1895, store1 = 2498, sum = 25; // 102,400 bytes; 400 elements in 16s
        QCOMPARE(timing->commands[0].start, loads);
        QCOMPARE(timing->commands[0].end(), loads + sum - 1);
        QCOMPARE(timing->commands[1].start, int64_t{0});
        QCOMPARE(timing->commands[2].start, loads);
        QCOMPARE(timing->commands[3].start, 2 * loads);
        QCOMPARE(timing->total, 2 * loads + store1);
        QCOMPARE(timing->tiu, sum);
        QCOMPARE(timing->gdma, 2 * loads + store1);
        QCOMPARE(timing->notObserved, uint32_t{0});

        std::get<DmaTensor>(gdma[0]).cmd_id_dep = 1; // each waits for the other
        const auto stuck = timeOf(tiu, gdma);
        QVERIFY(!stuck);
        QCOMPARE(stuck.error().code, Code::CommandFault);
    }

    void layers() {
        Program program;
        SAr add = arith(ArOp::Add, kF32, 64, 20, 20);
        DmaTensor d = load(kF32, {1, 64, 20, 20});
        d.cmd_id = 1;
        program.placed.push_back({d, Engine::Gdma, 4});
        add.cmd_id = 1;
        add.cmd_id_dep = 1;
        program.placed.push_back({add, Engine::Tiu, 4});
        add.cmd_id = 2;
        program.placed.push_back({add, Engine::Tiu, 9});
        const auto timing = timeOf(program);
        QVERIFY(timing);
        QCOMPARE(timing->layers.size(), size_t{2});
        QCOMPARE(timing->layers[0].layer, 4);
        QCOMPARE(timing->layers[0].tiu, int64_t{25});
        QCOMPARE(timing->layers[0].gdma, int64_t{1895});
        QCOMPARE(timing->layers[0].end, int64_t{1895 + 24});
        QCOMPARE(timing->layers[1].start, int64_t{1895 + 25});
        QCOMPARE(timing->total, int64_t{1895 + 50});
    }

    void extremes() {
        // Fields as large as they can be: a number, no overflow.
        for (size_t i = 0; i < formats().size(); ++i) {
            Command command = defaultCommand(i);
            for (const FieldSpec& field : formats()[i].fields) {
                if (field.width < 8) continue;
                setFieldValue(command, field, (uint64_t{1} << field.width) - 1);
            }
            const int64_t cycles = costOf(command).cycles;
            QVERIFY2(cycles >= 1 && cycles <= kMostCycles, formats()[i].name);
            QVERIFY(costOf(defaultCommand(i)).cycles >= 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestCycles)
#include "tst_cycles.moc"
