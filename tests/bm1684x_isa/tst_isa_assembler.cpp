// SPDX-License-Identifier: GPL-3.0-or-later
// Ids, dependencies, ends: hazards one by one, then random programs against all pairs of commands
// compared.
#include "compiler/target/bm1684x/assembler/assembler.h"
#include "compiler/target/bm1684x/isa/footprint.h"
#include "tests/support/shared_data.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <array>

using namespace wb;
using namespace wb::bm1684x;
using wb::test::Random;

namespace {

constexpr uint32_t kRow = 64; ///< bytes a lane that the commands below move

uint32_t local(int64_t lane, int64_t offset) {
    return static_cast<uint32_t>(lane * kLaneBytes + offset);
}

/// DDR → local, or back: `channels` rows of 64 bytes.
DmaTensor move(uint32_t address, bool store = false, uint32_t channels = 64) {
    DmaTensor c;
    c.stride_enable = c.nchw_copy = 1;
    c.src_nsize = c.src_hsize = 1;
    c.src_csize = channels;
    c.src_wsize = kRow;
    c.src_cstride = c.dst_cstride = kRow;
    c.src_wstride = c.dst_wstride = 1;
    c.setSource(store ? kLocalBase + address : kGlobalBase);
    c.setDestination(store ? kGlobalBase : kLocalBase + address);
    return c;
}

/// Local → local on the TIU.
SAr compute(uint32_t to, uint32_t from, uint32_t channels = 64) {
    SAr c;
    c.tsk_eu_typ = ArOp::Copy;
    c.tsk_opd_num = 1;
    c.res0_n = c.res0_h = 1;
    c.res0_c = channels;
    c.res0_w = kRow;
    c.res0_addr = to;
    c.opd0_addr = from;
    return c;
}

/// Dependencies of the commands in program order.
std::vector<uint32_t> dependencies(std::vector<Command> commands) {
    Assembler out;
    for (Command& c : commands)
        out.add(std::move(c));
    Result<Program> program = out.finish();
    if (!program) qFatal("%s", toText(program.error()).c_str());
    std::vector<uint32_t> result;
    for (const Placed& p : program->placed)
        result.push_back(static_cast<uint32_t>(*field(p.command, "cmd_id_dep")));
    return result;
}

using Ids = std::vector<uint32_t>;

bool overlap(const LocalRange& a, const LocalRange& b) {
    return (a.lanes & b.lanes) && a.begin < b.end && b.begin < a.end;
}

bool anyOverlap(const std::vector<LocalRange>& a, const std::vector<LocalRange>& b) {
    return std::any_of(a.begin(), a.end(), [&](const LocalRange& x) {
        return std::any_of(b.begin(), b.end(), [&](const LocalRange& y) { return overlap(x, y); });
    });
}

bool conflict(const Footprint& a, const Footprint& b) {
    return anyOverlap(a.localWrites, b.localReads) || anyOverlap(a.localWrites, b.localWrites) ||
           anyOverlap(a.localReads, b.localWrites);
}

} // namespace

class TestAssembler : public QObject {
    Q_OBJECT

private slots:
    void readAfterWrite();
    void writeAfterRead();
    void writeAfterWrite();
    void readsDoNotConflict();
    void lanesApartDoNotConflict();
    void halvesOfARowDo();
    void staticTablesAreMemoryToo();
    void pingPongWaitsForTheOlderTile();
    void streamsEndAndArePadded();
    void ordersDecode();
    void randomProgramsEqualAllPairs_data();
    void randomProgramsEqualAllPairs();
    void limitsAreErrors();
    void hundredThousandCommandsAreQuick();
};

void TestAssembler::readAfterWrite() {
    // load; compute on what was loaded; store what was computed
    QCOMPARE(dependencies({move(0), compute(128, 0), move(128, true)}), (Ids{0, 1, 1}));
    // two loads, the second is not needed
    QCOMPARE(dependencies({move(0), move(4096), compute(128, 0)}), (Ids{0, 0, 1}));
}

void TestAssembler::writeAfterRead() {
    // the buffer is filled again only when the computation has read it
    QCOMPARE(dependencies({move(0), compute(128, 0), compute(256, 4096), move(0)}),
             (Ids{0, 1, 1, 1}));
    // the computation overwrites what is still being stored
    QCOMPARE(dependencies({compute(128, 0), move(128, true), compute(128, 0)}), (Ids{0, 1, 1}));
}

void TestAssembler::writeAfterWrite() {
    QCOMPARE(dependencies({compute(128, 0), move(128)}), (Ids{0, 1}));
    QCOMPARE(dependencies({move(128), compute(128, 0)}), (Ids{0, 1}));
}

void TestAssembler::readsDoNotConflict() {
    QCOMPARE(dependencies({compute(128, 0), move(0, true)}), (Ids{0, 0}));
    QCOMPARE(dependencies({move(0, true), compute(128, 0)}), (Ids{0, 0}));
}

void TestAssembler::lanesApartDoNotConflict() {
    QCOMPARE(
        dependencies({move(local(0, 0), false, 16), compute(local(16, 0), local(16, 128), 48)}),
        (Ids{0, 0}));
    QCOMPARE(
        dependencies({move(local(0, 0), false, 17), compute(local(16, 0), local(16, 128), 48)}),
        (Ids{0, 1}));
    // A row that goes round: 60 channels from lane 32 on end in lane 27 of the next row.
    QCOMPARE(dependencies({move(local(32, 0), false, 60), compute(local(27, 64), 4096, 1)}),
             (Ids{0, 1}));
    QCOMPARE(dependencies({move(local(32, 0), false, 60), compute(local(28, 64), 4096, 1)}),
             (Ids{0, 0}));
}

void TestAssembler::halvesOfARowDo() {
    // Only part of what the other engine wrote is read: the record has to survive the cut.
    DmaTensor wide = move(0);
    wide.src_wsize = 640;
    wide.src_cstride = wide.dst_cstride = 640;
    QCOMPARE(dependencies({wide, compute(4096, 320), compute(4160, 576), compute(4224, 640)}),
             (Ids{0, 1, 1, 1}));
    QCOMPARE(dependencies({wide, compute(4224, 640)}), (Ids{0, 0}));
    // A TIU write in the middle leaves the ends with the load.
    QCOMPARE(dependencies({wide, compute(128, 8192), move(0, true), move(128, true)}),
             (Ids{0, 1, 0, 1}));
}

void TestAssembler::staticTablesAreMemoryToo() {
    DmaTensor table = move(0);
    table.src_csize = 1;
    table.setDestination(kStaticBase + 0x100);
    STransBc spread;
    spread.tsk_eu_typ = TransBcOp::StaticBroadcast;
    spread.res0_n = spread.res0_h = 1;
    spread.res0_c = 64;
    spread.res0_w = 8;
    spread.opd0_addr = static_cast<uint32_t>(kStaticBase) + 0x100;
    QCOMPARE(dependencies({table, spread}), (Ids{0, 1}));
    spread.opd0_addr += 0x1000;
    QCOMPARE(dependencies({table, spread}), (Ids{0, 0}));
}

void TestAssembler::pingPongWaitsForTheOlderTile() {
    // load A, load B, compute A, compute B, then fill A again: it waits for the first computation,
    // not for the second.
    const Ids two = dependencies(
        {move(0), move(1024), compute(4096, 0), compute(5120, 1024), move(0), move(1024)});
    QCOMPARE(two, (Ids{0, 0, 1, 2, 1, 2}));
    // With one buffer every load waits for all computing before it.
    QCOMPARE(dependencies({move(0), compute(4096, 0), move(0), compute(5120, 0), move(0)}),
             (Ids{0, 1, 1, 2, 2}));
}

void TestAssembler::streamsEndAndArePadded() {
    Assembler out;
    out.setLayer(7);
    out.add(move(0));
    out.add(compute(128, 0));
    QCOMPARE(out.count(Engine::Tiu), 1u);
    QCOMPARE(out.count(Engine::Gdma), 1u);
    Result<Program> program = out.finish();
    QVERIFY(program);
    QCOMPARE(program->tiuCount, 2u);
    QCOMPARE(program->gdmaCount, 2u);
    QCOMPARE(program->tiu.size(), size_t{128});  // 64 + 16, padded
    QCOMPARE(program->gdma.size(), size_t{128}); // 96 + 16, padded
    QCOMPARE(program->placed.size(), size_t{2});
    QCOMPARE(program->placed[1].layer, 7);
    QVERIFY(program->placed[1].engine == Engine::Tiu);
    std::vector<std::byte> end(16);
    QVERIFY(encode(gdmaEnd(2), end));
    QVERIFY(std::equal(end.begin(), end.end(), program->gdma.begin() + 96));
    QVERIFY(std::all_of(program->gdma.begin() + 112, program->gdma.end(),
                        [](std::byte b) { return b == std::byte{0}; }));
    // Empty streams are END alone; the assembler starts anew after finish().
    const Result<Program> empty = out.finish();
    QVERIFY(empty);
    QCOMPARE(empty->tiuCount, 1u);
    QCOMPARE(empty->tiu.size(), size_t{128});
    QVERIFY(decodeStream(Engine::Tiu, empty->tiu) && decodeStream(Engine::Gdma, empty->gdma));
}

void TestAssembler::ordersDecode() {
    Assembler out;
    for (uint32_t k = 0; k < 10; ++k) {
        out.add(move(k * 64));
        out.add(compute(4096 + k * 64, k * 64));
    }
    const Result<Program> program = out.finish();
    QVERIFY(program);
    for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
        const auto commands =
            decodeStream(engine, engine == Engine::Tiu ? program->tiu : program->gdma);
        QVERIFY(commands);
        QCOMPARE(commands->size(), size_t{11});
        for (size_t i = 0; i < commands->size(); ++i) {
            QCOMPARE(*field((*commands)[i], "cmd_id"), i + 1);
            if (engine == Engine::Tiu && i < 10)
                QCOMPARE(*field((*commands)[i], "cmd_id_en"), uint64_t{1});
        }
    }
}

void TestAssembler::randomProgramsEqualAllPairs_data() {
    QTest::addColumn<int>("places");
    for (const int places : {3, 8, 40})
        QTest::addRow("%d places", places) << places;
}

void TestAssembler::randomProgramsEqualAllPairs() {
    QFETCH(int, places);
    Random random(static_cast<uint64_t>(places));
    for (int round = 0; round < 60; ++round) {
        std::vector<Command> commands;
        for (int i = 0; i < 120; ++i) {
            const auto place = [&] {
                return local(static_cast<int64_t>(random.below(3) ? 0 : random.below(64)),
                             static_cast<int64_t>(random.below(static_cast<uint64_t>(places))) *
                                 64);
            };
            const auto channels =
                static_cast<uint32_t>(random.below(2) ? 64 : 1 + random.below(150));
            if (random.below(2))
                commands.push_back(move(place(), random.below(2), channels));
            else
                commands.push_back(compute(place(), place(), channels));
        }
        std::vector<Footprint> touched;
        for (const Command& c : commands)
            touched.push_back(footprint(c));
        const Ids found = dependencies(commands);
        std::array<uint32_t, 2> count{}, largest{};
        std::vector<uint32_t> ids;
        for (size_t i = 0; i < commands.size(); ++i) {
            const size_t engine = engineOf(commands[i]) == Engine::Tiu ? 0 : 1;
            uint32_t latest = 0;
            for (size_t k = 0; k < i; ++k)
                if (engineOf(commands[k]) != engineOf(commands[i]) &&
                    conflict(touched[k], touched[i]))
                    latest = ids[k];
            largest[engine] = std::max(largest[engine], latest);
            ids.push_back(++count[engine]);
            QCOMPARE(found[i], largest[engine]);
        }
    }
}

void TestAssembler::limitsAreErrors() {
    const auto errorOf = [](const Command& command) {
        Assembler out;
        out.setLayer(3);
        out.add(command);
        const Result<Program> program = out.finish();
        return program ? Error{} : program.error();
    };
    SAr wide = compute(0, 64);
    wide.opd0_h_str =
        1 << 20; // 20 bits; aligned operands ignore it, so only the encoder can see it
    QVERIFY(errorOf(wide).code == Code::CodegenLimit);
    QVERIFY(errorOf(wide).what.find("sAR") != std::string::npos &&
            errorOf(wide).what.find("opd0_h_str") != std::string::npos);
    QCOMPARE(errorOf(wide).fields.at("layer"), std::string("3"));
    QVERIFY(errorOf(compute(static_cast<uint32_t>(kLaneBytes) - 32, 0)).code == Code::CommandFault);
    QVERIFY(errorOf(Lar{}).code == Code::CodegenUnsupported);
    QVERIFY(errorOf(DmaSys{}).code == Code::Internal);
    DmaSys nop;
    nop.cmd_special_function = DmaSysOp::Nop;
    QVERIFY(errorOf(nop).code == Code::CodegenUnsupported);
    // Ids are 20 bits wide and END needs one; the same with a limit that is quickly reached.
    Assembler out(3);
    for (int i = 0; i < 3; ++i)
        out.add(move(0));
    out.add(compute(0, 64));
    QVERIFY(out.finish());
    for (int i = 0; i < 4; ++i)
        out.add(move(0));
    const Result<Program> program = out.finish();
    QVERIFY(!program && program.error().code == Code::CodegenLimit);
}

void TestAssembler::hundredThousandCommandsAreQuick() {
    Random random(9);
    Assembler out;
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 50000; ++i) {
        out.add(move(local(0, static_cast<int64_t>(random.below(4000)) * 64)));
        out.add(compute(local(0, static_cast<int64_t>(random.below(4000)) * 64),
                        local(0, static_cast<int64_t>(random.below(4000)) * 64)));
    }
    const Result<Program> program = out.finish();
    QVERIFY(program);
    QCOMPARE(program->placed.size(), size_t{100000});
    QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed()) + " ms"));
}

QTEST_GUILESS_MAIN(TestAssembler)
#include "tst_isa_assembler.moc"
