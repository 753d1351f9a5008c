// SPDX-License-Identifier: GPL-3.0-or-later
// Footprints against the vendor's C model. Each command runs twice: what changes lies within its writes; and with all
// memory outside of its reads made different, it writes the same.
#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bm1684x/isa/footprint.h"
#include "tests/bm1684x_isa/small_commands.h"
#include "tests/bm1684x_isa/vendor_streams.h"
#include "tests/interop/vendor_cmodel.h"

#include <QTest>

#include <cstring>
#include <map>

using namespace wb;
using namespace wb::bm1684x;
using wb::interop::VendorCModel;
using wb::test::Filling;
using wb::test::Random;

namespace {

using Memory = std::vector<std::byte>;
constexpr uint64_t kGlobalSize = 256 << 20;

Memory randomMemory(size_t size, Filling filling, Random& random) {
    Memory out(size);
    const bool moderate = filling == Filling::Moderate;
    const uint64_t mask = moderate ? 0x0F0F0F0F0F0F0F0F : 0x0101010101010101, base = moderate ? 0x3030303030303030 : 0;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        const uint64_t value = (random.next() & mask) | base;
        std::memcpy(out.data() + i, &value, 8);
    }
    return out;
}

/// True for each byte of local memory that the ranges name.
std::vector<bool> mark(const std::vector<LocalRange>& ranges) {
    std::vector<bool> out(kLocalBytes);
    for (const LocalRange& r : ranges)
        for (int64_t lane = 0; lane < kLanes; ++lane)
            if (r.lanes >> lane & 1)
                std::fill(out.begin() + lane * kLaneBytes + r.begin, out.begin() + lane * kLaneBytes + r.end, true);
    return out;
}

std::string placeOf(size_t byte) {
    return "lane " + std::to_string(byte / kLaneBytes) + " byte " + std::to_string(byte % kLaneBytes);
}

/// Multiply-accumulates of a convolution: the C model is slow.
double work(const Command& command) {
    const auto* c = std::get_if<SConv>(&command);
    return c ? 1.0 * c->res0_n * c->res0_c * c->res0_h * c->res0_w * c->opd0_c * c->opd1_h * c->opd1_w : 0;
}

} // namespace

class TestIsaCmodel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void smallCommandsTouchTheirFootprint_data();
    void smallCommandsTouchTheirFootprint();
    void vendorCommandsTouchTheirFootprint();

private:
    enum class Outcome { Good, Refused, Bad };
    Outcome check(const Command& command, Filling filling, Random& random);

    VendorCModel m_model{kGlobalSize};
    std::string m_reason; ///< of the last outcome that is not good
};

void TestIsaCmodel::initTestCase() {
    if (const std::string reason = m_model.start(); !reason.empty()) QSKIP(reason.c_str());
}

TestIsaCmodel::Outcome TestIsaCmodel::check(const Command& command, Filling filling, Random& random) {
    const Footprint touched = footprint(command);
    const auto bad = [&](const std::string& text) {
        m_reason = text + "\n  " + disassemble(command);
        return Outcome::Bad;
    };
    if (touched.outside) return bad(std::string(touched.outside) + " lies outside");
    std::vector<std::byte> words(encodedBytes(command));
    if (const Status status = encode(command, words); !status) return bad(toText(status.error()));
    for (const auto* ranges : {&touched.globalReads, &touched.globalWrites})
        for (const ByteRange& r : *ranges) {
            if (r.begin < kGlobalBase || r.end > kGlobalBase + kGlobalSize || r.end - r.begin > (8 << 20)) {
                m_reason = "too far out in DDR for this test";
                return Outcome::Refused;
            }
            if (ranges == &touched.globalReads && !m_model.write(VendorCModel::Global, r.begin - kGlobalBase, randomMemory(r.end - r.begin, filling, random)).empty())
                return bad("the model takes no data");
        }
    const std::vector<bool> reads = mark(touched.localReads), writes = mark(touched.localWrites);
    const auto run = [&](const Memory& before, Memory& after, Memory& stored) {
        m_reason = m_model.write(VendorCModel::Local, 0, before);
        if (m_reason.empty()) m_reason = m_model.execute(engineOf(command), words);
        if (m_reason.empty()) m_reason = m_model.read(VendorCModel::Local, 0, after);
        stored.clear();
        for (const ByteRange& r : touched.globalWrites) {
            Memory part(r.end - r.begin);
            if (m_reason.empty()) m_reason = m_model.read(VendorCModel::Global, r.begin - kGlobalBase, part);
            stored.insert(stored.end(), part.begin(), part.end());
        }
        return m_reason.empty();
    };
    const Memory first = randomMemory(kLocalBytes, filling, random);
    Memory second = randomMemory(kLocalBytes, filling, random);
    for (size_t i = 0; i < second.size(); ++i)
        if (reads[i]) second[i] = first[i];
    Memory afterFirst(kLocalBytes), afterSecond(kLocalBytes), storedFirst, storedSecond;
    if (!run(first, afterFirst, storedFirst) || !run(second, afterSecond, storedSecond)) return Outcome::Refused;
    for (size_t i = 0; i < first.size(); ++i) {
        const bool changed = afterFirst[i] != first[i];
        if ((changed || afterSecond[i] != second[i]) && !writes[i]) return bad("writes more than its footprint: " + placeOf(i));
        if (changed && afterSecond[i] != afterFirst[i]) return bad("reads more than its footprint: result at " + placeOf(i));
    }
    if (storedFirst != storedSecond) return bad("reads more than its footprint: what it stores differs");
    return Outcome::Good;
}

void TestIsaCmodel::smallCommandsTouchTheirFootprint_data() {
    QTest::addColumn<int>("index");
    const std::vector<test::SmallCommand> kinds = test::smallCommands();
    for (size_t i = 0; i < kinds.size(); ++i) QTest::addRow("%s, %zu", kinds[i].name.c_str(), i) << static_cast<int>(i);
}

void TestIsaCmodel::smallCommandsTouchTheirFootprint() {
    QFETCH(int, index);
    const test::SmallCommand kind = test::smallCommands()[static_cast<size_t>(index)];
    Random random(64 + static_cast<uint64_t>(index));
    int good = 0;
    std::string why;
    for (int round = 0; round < 3; ++round) {
        const Outcome outcome = check(kind.make(random), kind.filling, random);
        QVERIFY2(outcome != Outcome::Bad, m_reason.c_str());
        if (outcome == Outcome::Good) ++good;
        else why = m_reason;
    }
    if (!good) QSKIP(("the model refuses it: " + why.substr(0, 300)).c_str());
}

void TestIsaCmodel::vendorCommandsTouchTheirFootprint() {
    const std::vector<test::VendorGroup> groups = test::vendorGroups();
    if (groups.empty()) QSKIP("WB_VENDOR_BMODELS names no folder of vendor-made bmodels");
    Random random(65);
    std::map<std::string, int> seen;
    int good = 0, refused = 0;
    for (const test::VendorGroup& group : groups)
        for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
            const Result<std::vector<Command>> stream = decodeStream(engine, group.stream(engine));
            QVERIFY(stream);
            for (const Command& command : *stream) {
                if (isEnd(command) || work(command) > 3e7) continue;
                // One of each kind: operation, types, layouts, whether it has several rows or begins in another lane.
                std::string kind = std::string(formatOf(command).name) + " " + operationName(command);
                for (const char* name : {"res0_prec", "opd0_prec", "res0_str", "opd0_str", "opd1_str", "opd1_const", "opd2_const", "src_data_format"})
                    kind += " " + std::to_string(field(command, name).value_or(0));
                kind += field(command, "res0_c").value_or(0) > 64 ? " rows" : "";
                kind += field(command, "res0_addr").value_or(0) >= static_cast<uint64_t>(kLaneBytes) ? " lane" : "";
                if (const auto* move = std::get_if<DmaTensor>(&command)) kind += move->source() < kGlobalBase ? " store" : " load";
                if (++seen[kind] > 1) continue;
                const Outcome outcome = check(command, std::holds_alternative<SSg>(command) ? Filling::Flags : Filling::Moderate, random);
                QVERIFY2(outcome != Outcome::Bad, (group.name + ": " + m_reason).c_str());
                ++(outcome == Outcome::Good ? good : refused);
                if (outcome == Outcome::Refused) qInfo("%s: %.200s", kind.c_str(), m_reason.c_str());
            }
        }
    qInfo("%d kinds of commands, %d not run", good, refused);
    QVERIFY(good > 4 * refused);
}

QTEST_GUILESS_MAIN(TestIsaCmodel)
#include "tst_isa_cmodel.moc"
