// SPDX-License-Identifier: GPL-3.0-or-later
// The simulator on numbers worked out by hand, on orders of streams, and on commands that make no sense.
#include "compiler/target/bm1684x/simulator/simulator.h"
#include "tests/bm1684x_simulator/shapes.h"

#include <QElapsedTimer>
#include <QTest>

#include <cstring>
#include <thread>

using namespace wb;
using namespace wb::bm1684x;
using namespace wb::test;

namespace {

template <class T> void put(Machine& m, uint64_t address, std::initializer_list<T> values) {
    std::byte* at = m.memory().find(address, values.size() * sizeof(T));
    QVERIFY(at != nullptr);
    std::memcpy(at, values.begin(), values.size() * sizeof(T));
}

template <class T> std::vector<T> get(Machine& m, uint64_t address, size_t count) {
    std::vector<T> out(count);
    std::memcpy(out.data(), m.memory().find(address, count * sizeof(T)), count * sizeof(T));
    return out;
}

constexpr uint64_t lane(int64_t index, int64_t offset) { return kLocalBase + static_cast<uint64_t>(index * kLaneBytes + offset); }

SAr arithmetic(uint32_t op, uint32_t width) {
    SAr c;
    c.tsk_eu_typ = op;
    c.tsk_opd_num = 2;
    c.opd0_sign = c.opd1_sign = 1;
    setResult(c, {1, 1, 1, width});
    c.opd1_addr = 0x4000;
    c.res0_addr = 0x8000;
    return c;
}

DmaTensor transfer(uint64_t from, uint64_t to, uint32_t width) {
    DmaTensor c;
    c.stride_enable = c.nchw_copy = 1;
    c.src_nsize = c.src_csize = c.src_hsize = 1;
    c.src_wsize = width;
    c.src_nstride = c.src_cstride = c.src_hstride = c.dst_nstride = c.dst_cstride = c.dst_hstride = width;
    c.src_wstride = c.dst_wstride = 1;
    c.setSource(from);
    c.setDestination(to);
    return c;
}

template <class C> Command numbered(C c, uint32_t id, uint32_t dependency) {
    c.cmd_id = id;
    c.cmd_id_dep = dependency;
    return c;
}

/// Two tiles through one buffer: load, double, store, twice. The second load must wait for the first sum, each store
/// for its sum, the second sum for the first store.
struct Pipeline {
    std::vector<Command> tiu, gdma;
    static constexpr uint64_t kIn = kGlobalBase, kOut = kGlobalBase + 0x100;
    Pipeline() {
        SAr add = arithmetic(ArOp::AddSaturating, 4);
        add.opd1_addr = 0;
        tiu = {numbered(add, 1, 1), numbered(add, 2, 3), tiuEnd(3)};
        gdma = {numbered(transfer(kIn, lane(0, 0), 4), 1, 0), numbered(transfer(lane(0, 0x8000), kOut, 4), 2, 1),
                numbered(transfer(kIn + 4, lane(0, 0), 4), 3, 1), numbered(transfer(lane(0, 0x8000), kOut + 4, 4), 4, 2),
                gdmaEnd(5)};
    }
    Result<std::vector<int8_t>> run(const RunOrder& order) const {
        Machine m;
        WB_TRY(m.memory().map(kGlobalBase, 0x1000));
        put<int8_t>(m, kIn, {1, 2, 3, 4, 50, 60, -70, 80});
        WB_TRY(bm1684x::run(m, tiu, gdma, order));
        return get<int8_t>(m, kOut, 8);
    }
};

} // namespace

class TestSimulator : public QObject {
    Q_OBJECT

private slots:
    void saturatingSum() {
        Machine m;
        put<int8_t>(m, lane(0, 0), {100, -100, 7, -128});
        put<int8_t>(m, lane(0, 0x4000), {100, -100, -9, -1});
        QVERIFY(m.execute(arithmetic(ArOp::AddSaturating, 4)));
        QCOMPARE(get<int8_t>(m, lane(0, 0x8000), 4), (std::vector<int8_t>{127, -128, -2, -128}));
        QVERIFY(m.execute(arithmetic(ArOp::Add, 4)));
        QCOMPARE(get<int8_t>(m, lane(0, 0x8000), 4), (std::vector<int8_t>{-56, 56, -2, 127}));
    }

    void roundingOfShifts() {
        // 5 / 4 = 1.25, 6 / 4 = 1.5, -6 / 4 = -1.5, 10 / 4 = 2.5
        const struct { Rounding round; std::vector<int8_t> expected; } rows[] = {
            {Rounding::HalfToEven, {1, 2, -2, 2}},       {Rounding::HalfAwayFromZero, {1, 2, -2, 3}},
            {Rounding::TowardZero, {1, 1, -1, 2}},       {Rounding::Down, {1, 1, -2, 2}},
            {Rounding::Up, {2, 2, -1, 3}},               {Rounding::HalfUp, {1, 2, -1, 3}},
            {Rounding::HalfDown, {1, 1, -2, 2}}};
        for (const auto& row : rows) {
            Machine m;
            put<int8_t>(m, lane(0, 0), {5, 6, -6, 10});
            SAr c = arithmetic(ArOp::ArithmeticShift, 4);
            c.opd1_const = 1;
            c.opd1_addr = 0xfe; // -2
            c.opd2_n_str = code(row.round);
            QVERIFY(m.execute(c));
            QCOMPARE(get<int8_t>(m, lane(0, 0x8000), 4), row.expected);
        }
    }

    void convolutionByHand() {
        // One channel 3x3 of 1…9, kernel 2x2 of 1, 2, 3, 4, padded by 1 with 5 above.
        Machine m;
        put<int8_t>(m, lane(0, 0), {1, 2, 3, 4, 5, 6, 7, 8, 9});
        for (int tap = 0; tap < 4; ++tap) put<int8_t>(m, lane(0, 0x4000 + tap * 64), {static_cast<int8_t>(tap + 1)});
        SConv c;
        setResult(c, {1, 1, 3, 2});
        c.opd0_sign = c.opd1_sign = 1;
        c.res0_prec = kI32;
        c.opd0_c = 1;
        c.opd0_h = c.opd0_w = 3;
        c.opd1_h = c.opd1_w = 2;
        c.res_op_x_str = c.res_op_y_str = 1;
        c.opd0_up_pad = 1;
        c.opd2_const = c.opd3_const = 1;
        c.opd3_addr = 5;
        c.opd1_addr = 0x4000;
        c.res0_addr = 0x8000;
        QVERIFY(m.execute(c));
        // 5·1 + 5·2 + 1·3 + 2·4 = 26 …
        QCOMPARE(get<int32_t>(m, lane(0, 0x8000), 6), (std::vector<int32_t>{26, 33, 37, 47, 67, 77}));
        c.res_add = 1;
        m.setScalar(true);
        QVERIFY(m.execute(c));
        QCOMPARE(get<int32_t>(m, lane(0, 0x8000), 6), (std::vector<int32_t>{52, 66, 74, 94, 134, 154}));
    }

    void fastConvolutionEqualsScalar() {
        Dice dice(7);
        const auto groups = integerGroups();
        for (const Group& group : groups) {
            if (group.name != "sCONV int8") continue;
            for (int i = 0; i < 12; ++i) {
                const Command c = group.make(dice);
                Machine fast, scalar;
                scalar.setScalar(true);
                for (auto& b : fast.memory().local().first(0x30000)) b = static_cast<std::byte>(dice.bits());
                for (int64_t l = 1; l < kLanes; ++l)
                    std::memcpy(fast.memory().local().data() + l * kLaneBytes, fast.memory().local().data() + l, 0x30000);
                std::memcpy(scalar.memory().local().data(), fast.memory().local().data(), kLocalBytes);
                QVERIFY(fast.execute(c));
                QVERIFY(scalar.execute(c));
                QVERIFY(std::memcmp(fast.memory().local().data(), scalar.memory().local().data(), kLocalBytes) == 0);
            }
        }
    }

    void requantRoundsHalfUp() {
        Machine m;
        put<int32_t>(m, lane(0, 0), {5, -5, 1000, -1000, 6});
        put<int32_t>(m, lane(0, 0x4000), {3, -1, 10}); // (x · 3) / 2 + 10
        SRqDq c;
        c.tsk_eu_typ = RqDqOp::RequantInteger;
        setResult(c, {1, 1, 1, 5});
        c.opd0_prec = kI32;
        c.opd0_sign = c.opd2_sign = 1;
        c.opd2_n_str = code(Rounding::HalfUp);
        c.opd1_addr = 0x4000;
        c.res0_addr = 0x8000;
        QVERIFY(m.execute(c));
        QCOMPARE(get<int8_t>(m, lane(0, 0x8000), 5), (std::vector<int8_t>{18, 3, 127, -128, 19}));
    }

    void tableInEveryLane() {
        Machine m;
        put<int8_t>(m, lane(3, 0), {10, 20, 30, 40});
        put<int8_t>(m, lane(4, 0), {11, 21, 31, 41});
        put<uint8_t>(m, lane(3, 0x4000), {3, 0});
        put<uint8_t>(m, lane(4, 0x4000), {1, 2});
        SSg c;
        c.tsk_eu_typ = SgOp::PeGatherD1;
        c.opd0_str = code(LayoutCode::TablePerLane);
        setResult(c, {1, 2, 1, 2});
        c.opd0_h = 1;
        c.opd0_w = 4;
        c.opd1_c = c.opd1_w = 2;
        c.opd0_addr = 3 * kLaneBytes;
        c.opd1_addr = c.opd0_addr + 0x4000;
        c.res0_addr = c.opd0_addr + 0x8000;
        QVERIFY(m.execute(c));
        QCOMPARE(get<int8_t>(m, lane(3, 0x8000), 2), (std::vector<int8_t>{40, 10}));
        QCOMPARE(get<int8_t>(m, lane(4, 0x8000), 2), (std::vector<int8_t>{21, 31}));
        put<uint8_t>(m, lane(4, 0x4000), {4});
        const auto beyond = m.execute(c);
        QVERIFY(!beyond && beyond.error().code == Code::CommandFault);
    }

    void storeAsChannelsLast() {
        Machine m;
        QVERIFY(m.memory().map(kGlobalBase, 0x100));
        put<int8_t>(m, lane(0, 0), {1, 2, 3});
        put<int8_t>(m, lane(1, 0), {4, 5, 6});
        DmaTensor c = transfer(lane(0, 0), kGlobalBase, 3);
        c.src_csize = 2;
        c.src_cstride = 64;
        c.dst_cstride = 1;
        c.dst_wstride = 2;
        QVERIFY(m.execute(c));
        QCOMPARE(get<int8_t>(m, kGlobalBase, 6), (std::vector<int8_t>{1, 4, 2, 5, 3, 6}));
    }

    void memoryThatIsNotThere() {
        Machine m;
        const auto is = [&](const Command& c, Code wanted) {
            const auto status = m.execute(c);
            return !status && status.error().code == wanted;
        };
        SAr c = arithmetic(ArOp::Add, 4);
        c.res0_addr = kLocalBytes;
        QVERIFY(is(c, Code::CommandFault));
        c.res0_addr = kLaneBytes - 2; // the row would end in the next lane
        QVERIFY(is(c, Code::CommandFault));
        c = arithmetic(ArOp::Add, 4);
        c.res0_c = 0;
        QVERIFY(is(c, Code::CommandFault));
        c = arithmetic(31, 4);
        QVERIFY(is(c, Code::CommandUnknown));
        c = arithmetic(ArOp::Add, 4);
        c.opd0_prec = 7;
        QVERIFY(is(c, Code::CommandUnknown));
        QVERIFY(is(transfer(kGlobalBase, lane(0, 0), 4), Code::CommandFault)); // no DDR mapped
        QVERIFY(m.memory().map(kGlobalBase, 64));
        QVERIFY(is(transfer(kGlobalBase + 61, lane(0, 0), 4), Code::CommandFault));
        QVERIFY(!m.memory().map(kGlobalBase + 63, 8));
        QVERIFY(!m.memory().map(0x1000, 8));
    }

    void errorsNameTheCommand() {
        Machine m;
        SAr c = arithmetic(ArOp::Add, 4);
        c.cmd_id = 12;
        c.res0_addr = kLocalBytes;
        const auto status = m.execute(c);
        QVERIFY(!status);
        QVERIFY2(status.error().what.find("TIU command 12 (sAR Add): res0 at 0x1000000") == 0, status.error().what.c_str());
    }

    void everyOrderGivesTheSame() {
        const Pipeline pipeline;
        const std::vector<int8_t> expected{2, 4, 6, 8, 100, 120, -128, 127};
        const auto plain = pipeline.run({});
        QVERIFY(plain);
        QCOMPARE(*plain, expected);
        for (uint64_t seed = 0; seed < 50; ++seed) {
            const auto result = pipeline.run({seed});
            QVERIFY(result);
            QCOMPARE(*result, expected);
        }
    }

    void randomOrderFindsAMissingDependency_data() {
        QTest::addColumn<bool>("onTiu");
        QTest::addColumn<int>("index");
        QTest::newRow("first sum before its load") << true << 0;
        QTest::newRow("second sum before its load") << true << 1;
        QTest::newRow("store before its sum") << false << 1;
        QTest::newRow("load over what is still read") << false << 2;
    }
    void randomOrderFindsAMissingDependency() {
        QFETCH(bool, onTiu);
        QFETCH(int, index);
        Pipeline pipeline;
        const auto expected = pipeline.run({});
        QVERIFY(expected);
        QVERIFY(setField((onTiu ? pipeline.tiu : pipeline.gdma).at(static_cast<size_t>(index)), "cmd_id_dep", 0));
        if (!onTiu && index == 2) // the store before it must not stand in for the wait
            QVERIFY(setField(pipeline.gdma.at(1), "cmd_id_dep", 0));
        int found = 0;
        for (uint64_t seed = 0; seed < 20; ++seed) {
            const auto result = pipeline.run({seed});
            found += !result || *result != *expected;
        }
        QVERIFY(found > 0);
    }

    void deadlockIsAnError() {
        Pipeline pipeline;
        QVERIFY(setField(pipeline.gdma[0], "cmd_id_dep", 1));
        const auto result = pipeline.run({});
        QVERIFY(!result);
        QCOMPARE(static_cast<int>(result.error().code), static_cast<int>(Code::CommandFault));
        QCOMPARE(result.error().what, std::string("the queues wait for each other: TIU command 1 needs GDMA 1; GDMA command 1 needs TIU 1"));
    }

    void stopsWhenAsked() {
        std::stop_source source;
        source.request_stop();
        const Pipeline pipeline;
        Machine m;
        QVERIFY(m.memory().map(kGlobalBase, 0x1000));
        const auto status = run(m, pipeline.tiu, pipeline.gdma, {}, JobContext(source.get_token()));
        QVERIFY(!status && isCancelled(status.error()));
        // In the middle of a long command, too.
        SPorD c;
        setResult(c, {1, 64, 200, 200});
        c.opd0_h = c.opd0_w = 399;
        c.opd1_h = c.opd1_w = 200;
        c.res0_prec = kI32;
        c.opd1_const = c.opd2_const = c.opd3_const = 1;
        c.res_op_x_str = c.res_op_y_str = 1;
        c.res0_addr = 0x28000; // does not fit beside the input
        setResult(c, {1, 64, 60, 200});
        c.opd0_h = 259;
        std::stop_source later;
        std::jthread watch([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            later.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        const auto stopped = m.execute(c, JobContext(later.get_token()));
        QVERIFY2(!stopped && isCancelled(stopped.error()), stopped ? "done" : stopped.error().what.c_str());
        QVERIFY(timer.elapsed() < 1000);
    }

    /// Valid commands with one or two fields turned to anything: an error or a result, never a crash, and never for long.
    void mutatedCommands() {
        Dice dice(99);
        std::vector<Group> groups = integerGroups();
        for (auto&& more : {floatGroups(), moveGroups()}) groups.insert(groups.end(), more.begin(), more.end());
        Machine m;
        QVERIFY(m.memory().map(kGlobalBase, Differ::kGlobalBytes));
        int outcomes[3] = {};
        for (int i = 0; i < 800; ++i) {
            Command c = groups[static_cast<size_t>(dice.roll(0, static_cast<int64_t>(groups.size()) - 1))].make(dice);
            const auto fields = formatOf(c).fields;
            for (int64_t k = dice.roll(1, 2); k > 0; --k) {
                const FieldSpec& spec = fields[static_cast<size_t>(dice.roll(0, static_cast<int64_t>(fields.size()) - 1))];
                const uint64_t all = spec.width >= 64 ? ~uint64_t{0} : (uint64_t{1} << spec.width) - 1;
                setFieldValue(c, spec, dice.chance(40) ? all : dice.bits() & all);
            }
            std::stop_source source;
            std::jthread watch([&](std::stop_token quit) {
                for (int t = 0; t < 30 && !quit.stop_requested(); ++t) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                source.request_stop();
            });
            const auto status = m.execute(c, JobContext(source.get_token()));
            watch.request_stop();
            outcomes[status ? 0 : status.error().code == Code::CommandFault ? 1 : 2]++;
            if (!status) QVERIFY(status.error().code == Code::CommandFault || status.error().code == Code::CommandUnknown || isCancelled(status.error()));
        }
        qInfo("%d results, %d faults, %d unknown or stopped", outcomes[0], outcomes[1], outcomes[2]);
        QVERIFY(outcomes[0] > 100 && outcomes[1] > 100 && outcomes[2] > 20);
    }
};

QTEST_GUILESS_MAIN(TestSimulator)
#include "tst_bm1684x_simulator.moc"
