// SPDX-License-Identifier: GPL-3.0-or-later
// Footprints against the vendor's C model. Each command runs twice: what changes lies within its
// writes; and with all memory outside of its reads made different, it writes the same.
#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bm1684x/isa/footprint.h"
#include "tests/bm1684x_isa/small_commands.h"
#include "tests/bm1684x_isa/vendor_streams.h"
#include "tests/interop/vendor_cmodel.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <set>

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
    const uint64_t mask = moderate ? 0x0F0F0F0F0F0F0F0F : 0x0101010101010101,
                   base = moderate ? 0x3030303030303030 : 0;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        const uint64_t value = (random.next() & mask) | base;
        std::memcpy(out.data() + i, &value, 8);
    }
    return out;
}

template <class F> void forEachPiece(const std::vector<LocalRange>& ranges, F&& f) {
    for (const LocalRange& r : ranges)
        for (int64_t lane = 0; lane < kLanes; ++lane)
            if (r.lanes >> lane & 1)
                f(static_cast<size_t>(lane * kLaneBytes + r.begin),
                  static_cast<size_t>(lane * kLaneBytes + r.end));
}

bool names(const std::vector<LocalRange>& ranges, size_t byte) {
    const size_t lane = byte / kLaneBytes, offset = byte % kLaneBytes;
    return std::any_of(ranges.begin(), ranges.end(), [&](const LocalRange& r) {
        return (r.lanes >> lane & 1) && offset >= r.begin && offset < r.end;
    });
}

std::string placeOf(size_t byte) {
    return "lane " + std::to_string(byte / kLaneBytes) + " byte " +
           std::to_string(byte % kLaneBytes);
}

/// Multiply-accumulates of a convolution: the C model is slow.
double work(const Command& command) {
    const auto* c = std::get_if<SConv>(&command);
    return c ? 1.0 * c->res0_n * c->res0_c * c->res0_h * c->res0_w * c->opd0_c * c->opd1_h *
                   c->opd1_w
             : 0;
}

} // namespace

class TestIsaCmodel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void smallCommandsTouchTheirFootprint_data();
    void smallCommandsTouchTheirFootprint();
    void vendorCommandsTouchTheirFootprint_data();
    void vendorCommandsTouchTheirFootprint();

private:
    enum class Outcome { Good, Refused, Bad };
    Outcome check(const Command& command, Filling filling, Random& random);

    std::vector<Command> m_kinds; ///< of the vendor's
    VendorCModel m_model{kGlobalSize};
    std::string m_reason; ///< of the last outcome that is not good
};

void TestIsaCmodel::initTestCase() {
    if (const std::string reason = m_model.start(); !reason.empty()) QSKIP(reason.c_str());
}

TestIsaCmodel::Outcome TestIsaCmodel::check(const Command& command, Filling filling,
                                            Random& random) {
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
            if (r.begin < kGlobalBase || r.end > kGlobalBase + kGlobalSize ||
                r.end - r.begin > (8 << 20)) {
                m_reason = "too far out in DDR for this test";
                return Outcome::Refused;
            }
            if (ranges == &touched.globalReads &&
                !m_model
                     .write(VendorCModel::Global, r.begin - kGlobalBase,
                            randomMemory(r.end - r.begin, filling, random))
                     .empty())
                return bad("the model takes no data");
        }
    const auto run = [&](const Memory& before, Memory& after, Memory& stored) {
        m_reason = m_model.write(VendorCModel::Local, 0, before);
        if (m_reason.empty()) m_reason = m_model.execute(engineOf(command), words);
        if (m_reason.empty()) m_reason = m_model.read(VendorCModel::Local, 0, after);
        stored.clear();
        for (const ByteRange& r : touched.globalWrites) {
            Memory part(r.end - r.begin);
            if (m_reason.empty())
                m_reason = m_model.read(VendorCModel::Global, r.begin - kGlobalBase, part);
            stored.insert(stored.end(), part.begin(), part.end());
        }
        return m_reason.empty();
    };
    const Memory first = randomMemory(kLocalBytes, filling, random);
    Memory second = randomMemory(kLocalBytes, filling, random);
    forEachPiece(touched.localReads, [&](size_t begin, size_t end) {
        std::memcpy(&second[begin], &first[begin], end - begin);
    });
    Memory afterFirst(kLocalBytes), afterSecond(kLocalBytes), storedFirst, storedSecond;
    if (!run(first, afterFirst, storedFirst) || !run(second, afterSecond, storedSecond))
        return Outcome::Refused;
    constexpr size_t kBlock = 64;
    for (size_t block = 0; block < first.size(); block += kBlock) {
        if (!std::memcmp(&first[block], &afterFirst[block], kBlock) &&
            !std::memcmp(&second[block], &afterSecond[block], kBlock))
            continue;
        for (size_t i = block; i < block + kBlock; ++i) {
            const bool changed = afterFirst[i] != first[i];
            if ((changed || afterSecond[i] != second[i]) && !names(touched.localWrites, i))
                return bad("writes more than its footprint: " + placeOf(i));
            if (changed && afterSecond[i] != afterFirst[i])
                return bad("reads more than its footprint: result at " + placeOf(i));
        }
    }
    if (storedFirst != storedSecond)
        return bad("reads more than its footprint: what it stores differs");
    return Outcome::Good;
}

void TestIsaCmodel::smallCommandsTouchTheirFootprint_data() {
    QTest::addColumn<int>("index");
    const std::vector<test::SmallCommand> kinds = test::smallCommands();
    for (size_t i = 0; i < kinds.size(); ++i)
        QTest::addRow("%s, %zu", kinds[i].name.c_str(), i) << static_cast<int>(i);
}

void TestIsaCmodel::smallCommandsTouchTheirFootprint() {
    QFETCH(int, index);
    const test::SmallCommand kind = test::smallCommands()[static_cast<size_t>(index)];
    Random random(64 + static_cast<uint64_t>(index));
    int good = 0;
    std::string why;
    for (int round = 0; round < 2; ++round) {
        const Outcome outcome = check(kind.make(random), kind.filling, random);
        QVERIFY2(outcome != Outcome::Bad, m_reason.c_str());
        if (outcome == Outcome::Good)
            ++good;
        else
            why = m_reason;
    }
    if (!good) QSKIP(("the model refuses it: " + why.substr(0, 300)).c_str());
}

/// One of each kind: operation, types, layouts, whether it has several rows or begins in another
/// lane.
void TestIsaCmodel::vendorCommandsTouchTheirFootprint_data() {
    QTest::addColumn<int>("index");
    std::set<std::string> seen;
    m_kinds.clear();
    for (const test::VendorGroup& group : test::vendorGroups())
        for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
            const Result<std::vector<Command>> stream = decodeStream(engine, group.stream(engine));
            if (!stream) continue;
            for (const Command& command : *stream) {
                if (isEnd(command) || work(command) > 3e7) continue;
                std::string kind =
                    std::string(formatOf(command).name) + " " + operationName(command);
                for (const char* name : {"res0_prec", "opd0_prec", "res0_str", "opd0_str",
                                         "opd1_str", "opd1_const", "opd2_const", "src_data_format"})
                    kind += " " + std::to_string(field(command, name).value_or(0));
                kind += field(command, "res0_c").value_or(0) > 64 ? " rows" : "";
                kind += field(command, "res0_addr").value_or(0) >= static_cast<uint64_t>(kLaneBytes)
                            ? " lane"
                            : "";
                if (const auto* move = std::get_if<DmaTensor>(&command))
                    kind += move->source() < kGlobalBase ? " store" : " load";
                if (!seen.insert(kind).second) continue;
                QTest::newRow(kind.c_str()) << static_cast<int>(m_kinds.size());
                m_kinds.push_back(command);
            }
        }
    if (m_kinds.empty()) QTest::newRow("none") << -1;
}

void TestIsaCmodel::vendorCommandsTouchTheirFootprint() {
    QFETCH(int, index);
    if (index < 0) QSKIP("WB_VENDOR_BMODELS names no folder of vendor-made bmodels");
    const Command& command = m_kinds[static_cast<size_t>(index)];
    Random random(65 + static_cast<uint64_t>(index));
    const Outcome outcome = check(
        command, std::holds_alternative<SSg>(command) ? Filling::Flags : Filling::Moderate, random);
    QVERIFY2(outcome != Outcome::Bad, m_reason.c_str());
    if (outcome == Outcome::Refused) QSKIP(("not run: " + m_reason.substr(0, 300)).c_str());
}

QTEST_GUILESS_MAIN(TestIsaCmodel)
#include "tst_isa_cmodel.moc"
