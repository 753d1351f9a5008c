// SPDX-License-Identifier: GPL-3.0-or-later
// Timeline of a bmodel: the simulator's times, who waits for whom, what lies where in local memory, limits, JSON form.
#include "compiler/jobs/bmodel_profile.h"
#include "compiler/target/bm1684x/transfer.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace wb;
using namespace wb::bm1684x;
using jobs::CommandClass;
using jobs::Timeline;
using jobs::TimelineCommand;

namespace {

constexpr uint32_t kBank = kBankBytes;
constexpr std::array<int64_t, 4> kShape{1, 64, 16, 32}; ///< 512 bytes a lane in INT8

Place inDdr(uint64_t offset) { return {kGlobalBase + offset, {64 * 512, 512, 32, 1}}; }
Place inLane(uint32_t offset) { return {kLocalBase + offset, {512, 512, 32, 1}}; }

SAr addition(uint32_t to, uint32_t a, uint32_t b) {
    SAr add;
    add.tsk_eu_typ = ArOp::Add;
    add.res0_n = 1;
    add.res0_c = 64;
    add.res0_h = 16;
    add.res0_w = 32;
    add.opd0_addr = a;
    add.opd1_addr = b;
    add.res0_addr = to;
    add.tsk_opd_num = 2;
    return add;
}

/// Two loads, their sum, and its store, `times` times over, as layers a, b, sum.
Program madeProgram(int times) {
    Assembler out;
    for (int i = 0; i < times; ++i) {
        out.setLayer(0);
        copyBox(out, Precision::Int8, kShape, inDdr(0), inLane(0));
        out.setLayer(1);
        copyBox(out, Precision::Int8, kShape, inDdr(1 << 20), inLane(kBank));
        out.setLayer(2);
        out.add(addition(2 * kBank, 0, kBank));
        copyBox(out, Precision::Int8, kShape, inLane(2 * kBank), inDdr(2 << 20));
    }
    auto program = out.finish();
    return program ? std::move(*program) : Program{};
}

bmodel::File fileOf(std::span<const Program> programs, bool named = true) {
    bmodel::File file;
    file.chip = "BM1684X";
    bmodel::Stage stage;
    for (const Program& program : programs)
        stage.groups.push_back({program.tiuCount, program.gdmaCount, bmodel::Blob(program.tiu), bmodel::Blob(program.gdma), {}});
    if (named) {
        const std::string rows = jobs::profileRows(*timeOf(programs), {"/a", "/b", "/sum"});
        const auto* bytes = reinterpret_cast<const std::byte*>(rows.data());
        stage.netStat = bmodel::Blob(std::vector<std::byte>(bytes, bytes + rows.size()));
    }
    bmodel::Network network;
    network.name = "made";
    network.stages.push_back(stage);
    file.networks.push_back(network);
    return file;
}
bmodel::File fileOf(const Program& program, bool named = true) { return fileOf(std::span(&program, 1), named); }

const TimelineCommand* find(const Timeline& timeline, CommandClass type) {
    for (const TimelineCommand& c : timeline.commands)
        if (c.type == type) return &c;
    return nullptr;
}

} // namespace

class TestBmodelTimeline : public QObject {
    Q_OBJECT

private slots:
    void timesAreThoseOfTheSimulator() {
        const Program program = madeProgram(3);
        const Timing timing = *timeOf(program);
        const auto timeline = jobs::timelineOf(fileOf(program));
        QVERIFY(timeline.hasValue());
        QCOMPARE(timeline->cycles, timing.total);
        QCOMPARE(timeline->tiu, timing.tiu);
        QCOMPARE(timeline->gdma, timing.gdma);
        QCOMPARE(timeline->commands.size(), timing.commands.size());
        QCOMPARE(timeline->tiuCommands, 3U);
        QCOMPARE(timeline->gdmaCommands, 9U);
        for (const TimedCommand& timed : timing.commands) {
            const auto same = std::find_if(timeline->commands.begin(), timeline->commands.end(), [&](const TimelineCommand& c) {
                return c.transfer == (timed.engine == Engine::Gdma) && c.id == timed.id;
            });
            QVERIFY(same != timeline->commands.end());
            QCOMPARE(same->start, timed.start);
            QCOMPARE(same->end, timed.end() + 1);
            QCOMPARE(timeline->layers[static_cast<size_t>(same->layer)], (std::array<std::string, 3>{"/a", "/b", "/sum"})[static_cast<size_t>(timed.layer)]);
        }
        for (size_t i = 1; i < timeline->commands.size(); ++i) QVERIFY(timeline->commands[i - 1].start <= timeline->commands[i].start);
    }

    /// Ids begin anew in each group; times go on, and every command keeps its layer.
    void groupsFollowEachOther() {
        const std::vector<Program> groups{madeProgram(2), madeProgram(1), madeProgram(2)};
        const Timing timing = *timeOf(groups);
        QCOMPARE(timing.total, timeOf(groups[0])->total + timeOf(groups[1])->total + timeOf(groups[2])->total);
        const auto timeline = jobs::timelineOf(fileOf(groups));
        QVERIFY(timeline.hasValue());
        QCOMPARE(timeline->cycles, timing.total);
        QCOMPARE(timeline->commands.size(), size_t{20});
        int64_t before[2] = {0, 0};
        for (const TimelineCommand& c : timeline->commands) {
            QVERIFY(c.layer >= 0);
            const std::string& layer = timeline->layers[static_cast<size_t>(c.layer)];
            QVERIFY(c.type == CommandClass::Load ? layer != "/sum" : layer == "/sum");
            QVERIFY(c.start >= before[c.transfer]);
            before[c.transfer] = c.end;
        }
        QVERIFY(timeline->cycles >= jobs::timelineOf(fileOf(madeProgram(5)))->cycles); // each group ends before the next
        const auto profile = jobs::profileOf(fileOf(groups));
        QVERIFY(profile.hasValue());
        const jobs::Profile made = jobs::profileOf(timing, {"/a", "/b", "/sum"});
        QCOMPARE(profile->cycles, made.cycles);
        QCOMPARE(profile->layers.size(), made.layers.size());
        for (const jobs::LayerCycles& layer : made.layers) {
            const auto same = std::find_if(profile->layers.begin(), profile->layers.end(), [&](const auto& l) { return l.layer == layer.layer; });
            QVERIFY(same != profile->layers.end());
            QVERIFY(same->begin == layer.begin && same->end == layer.end && same->tiu == layer.tiu && same->gdma == layer.gdma);
        }
    }

    void kindsBytesAndWaits() {
        const auto timeline = jobs::timelineOf(fileOf(madeProgram(1)));
        QVERIFY(timeline.hasValue());
        const TimelineCommand *load = find(*timeline, CommandClass::Load), *sum = find(*timeline, CommandClass::Arithmetic),
                              *store = find(*timeline, CommandClass::Store);
        QVERIFY(load && sum && store);
        QCOMPARE(load->bytes, 64 * 512);
        QCOMPARE(sum->bytes, 3 * 64 * 512); // two read, one written
        QCOMPARE(timeline->kinds[static_cast<size_t>(sum->kind)], std::string("sAR Add"));
        // The sum waits for the second load, the store for the sum.
        QVERIFY(sum->waitsFor >= 0);
        const TimelineCommand& awaited = timeline->commands[static_cast<size_t>(sum->waitsFor)];
        QVERIFY(awaited.transfer && awaited.type == CommandClass::Load);
        QCOMPARE(awaited.end, sum->start);
        QCOMPARE(store->waitsFor, static_cast<int32_t>(sum - timeline->commands.data()));
        QCOMPARE(load->waitsFor, -1);
    }

    void memoryIsHeldFromWriterToLastReader() {
        const auto timeline = jobs::timelineOf(fileOf(madeProgram(2)));
        QVERIFY(timeline.hasValue());
        QCOMPARE(timeline->laneBytes, kLaneBytes);
        QCOMPARE(timeline->memory.size(), size_t{6}); // a, b and the sum, twice
        for (const jobs::TimelineMemory& m : timeline->memory) {
            const TimelineCommand& writer = timeline->commands[static_cast<size_t>(m.writer)];
            QCOMPARE(m.from, writer.start);
            QCOMPARE(m.layer, writer.layer);
            QCOMPARE(m.end - m.begin, 512U);
            QCOMPARE(static_cast<int64_t>(m.begin), static_cast<int64_t>(m.layer) * kBank);
            // Read by the other engine: alive until that is done.
            QVERIFY(m.to > writer.end);
        }
        // The same place twice, one after the other.
        for (size_t i = 0; i < timeline->memory.size(); ++i)
            for (size_t k = i + 1; k < timeline->memory.size(); ++k) {
                const auto &a = timeline->memory[i], &b = timeline->memory[k];
                const bool apart = a.end <= b.begin || b.end <= a.begin || a.to <= b.from || b.to <= a.from;
                QVERIFY(apart);
            }
    }

    void bigNetworksAreMerged() {
        const bmodel::File file = fileOf(madeProgram(200));
        const auto whole = jobs::timelineOf(file);
        QVERIFY(whole.hasValue());
        QCOMPARE(whole->commands.size(), size_t{800});
        for (const size_t most : {size_t{400}, size_t{50}, size_t{2}}) {
            const auto merged = jobs::timelineOf(file, most);
            QVERIFY(merged.hasValue());
            QVERIFY(merged->commands.size() <= most);
            uint32_t count = 0;
            int64_t cycles = 0, bytes = 0;
            for (const TimelineCommand& c : merged->commands) {
                count += c.merged;
                cycles += c.cycles;
                bytes += c.bytes;
                QVERIFY(c.end - c.start >= c.cycles);
                QVERIFY(c.waitsFor < static_cast<int32_t>(merged->commands.size()));
            }
            QCOMPARE(count, 800U);
            QCOMPARE(cycles, whole->tiu + whole->gdma); // nothing is lost
            int64_t all = 0;
            for (const TimelineCommand& c : whole->commands) all += c.bytes;
            QCOMPARE(bytes, all);
            QVERIFY(merged->memory.size() <= 2 * most);
            QCOMPARE(merged->memory.size() + merged->staysLeftOut, whole->memory.size());
        }
    }

    void jsonForm() {
        const auto timeline = jobs::timelineOf(fileOf(madeProgram(4)));
        QVERIFY(timeline.hasValue());
        const nlohmann::json j = *timeline;
        QVERIFY(nlohmann::json::parse(j.dump()).get<Timeline>() == *timeline);
        // What is damaged costs itself.
        nlohmann::json bad = j;
        bad["commands"][1] = "no row";
        bad["commands"][2][3] = 1000000;
        bad["memory"][0][1] = -5;
        const auto read = bad.get<Timeline>();
        QCOMPARE(read.commands.size(), timeline->commands.size() - 1);
        QCOMPARE(read.commands[1].layer, -1);
        QCOMPARE(read.memory.size(), timeline->memory.size() - 1);
        QVERIFY(nlohmann::json::array().get<Timeline>() == Timeline());
        QVERIFY(nlohmann::json({{"commands", 7}, {"cycles", "many"}}).get<Timeline>() == Timeline());
    }

    void withoutNamesAndOtherChips() {
        const auto nameless = jobs::timelineOf(fileOf(madeProgram(1), false));
        QVERIFY(nameless.hasValue());
        QVERIFY(nameless->layers.empty());
        for (const TimelineCommand& c : nameless->commands) QCOMPARE(c.layer, -1);
        bmodel::File other = fileOf(madeProgram(1));
        other.chip = "BM1688";
        QVERIFY(jobs::timelineOf(other).error().code == Code::BmodelWrongChip);
        other.networks.clear();
        other.chip = "BM1684X";
        QVERIFY(jobs::timelineOf(other).error().code == Code::BmodelDamaged);
    }
};

QTEST_GUILESS_MAIN(TestBmodelTimeline)
#include "tst_bmodel_timeline.moc"
