// SPDX-License-Identifier: GPL-3.0-or-later
// Streams as the vendor's compiler writes them: they decode, encode to the same bits, stay within
// memory, and no command of theirs lacks a dependency that its footprint asks for.
#include "compiler/target/bm1684x/assembler/assembler.h"
#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bm1684x/isa/footprint.h"
#include "tests/bm1684x_isa/vendor_streams.h"

#include <QTest>

using namespace wb;
using namespace wb::bm1684x;

class TestIsaVendor : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void streamsComeBackBitForBit();
    void everyOperandLiesInMemory();
    void dependenciesCoverOurs();

private:
    std::vector<test::VendorGroup> m_groups;
};

void TestIsaVendor::initTestCase() {
    std::vector<std::string> unread;
    m_groups = test::vendorGroups(&unread);
    QVERIFY2(unread.empty(), unread.empty() ? "" : unread.front().c_str());
    if (m_groups.empty()) QSKIP("WB_VENDOR_BMODELS names no folder of vendor-made bmodels");
}

void TestIsaVendor::streamsComeBackBitForBit() {
    size_t commands = 0;
    for (const test::VendorGroup& group : m_groups)
        for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
            const std::span<const std::byte> bytes = group.stream(engine);
            const Result<std::vector<Command>> stream = decodeStream(engine, bytes);
            QVERIFY2(stream, stream ? "" : (group.name + ": " + toText(stream.error())).c_str());
            std::vector<std::byte> again(bytes.size());
            size_t at = 0;
            for (const Command& c : *stream) {
                QVERIFY(encode(c, std::span(again).subspan(at, encodedBytes(c))));
                QVERIFY(!disassemble(c).empty());
                at += encodedBytes(c);
            }
            QVERIFY2(std::equal(again.begin(), again.end(), bytes.begin()), group.name.c_str());
            commands += stream->size();
        }
    qInfo("%zu commands of %zu groups", commands, m_groups.size());
}

void TestIsaVendor::everyOperandLiesInMemory() {
    for (const test::VendorGroup& group : m_groups)
        for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
            const Result<std::vector<Command>> stream = decodeStream(engine, group.stream(engine));
            QVERIFY(stream);
            for (const Command& c : *stream)
                QVERIFY2(!footprint(c).outside, (group.name + ": " + disassemble(c)).c_str());
        }
}

/// The two queues are merged into a program order that their dependencies allow, transfers first;
/// assembled again, no command may need more of the other engine than the vendor's stream lets it
/// wait for.
void TestIsaVendor::dependenciesCoverOurs() {
    for (const test::VendorGroup& group : m_groups) {
        Result<std::vector<Command>> tiu = decodeStream(Engine::Tiu, group.tiu.bytes());
        Result<std::vector<Command>> gdma = decodeStream(Engine::Gdma, group.gdma.bytes());
        QVERIFY(tiu && gdma);
        tiu->pop_back();
        gdma->pop_back();
        Assembler out;
        std::vector<uint64_t> theirs;
        uint64_t largest[2] = {0, 0};
        for (size_t t = 0, g = 0; t < tiu->size() || g < gdma->size();) {
            const auto ready = [&](const std::vector<Command>& queue, size_t at, size_t otherDone) {
                return at < queue.size() && *field(queue[at], "cmd_id_dep") <= otherDone;
            };
            const bool transfer = ready(*gdma, g, t);
            QVERIFY2(transfer || ready(*tiu, t, g),
                     (group.name + ": the streams wait for each other").c_str());
            const Command& next = transfer ? (*gdma)[g++] : (*tiu)[t++];
            largest[transfer] = std::max(largest[transfer], *field(next, "cmd_id_dep"));
            theirs.push_back(largest[transfer]);
            out.add(next);
        }
        const Result<Program> program = out.finish();
        QVERIFY2(program, program ? "" : toText(program.error()).c_str());
        size_t smaller = 0;
        for (size_t i = 0; i < theirs.size(); ++i) {
            const uint64_t ours = *field(program->placed[i].command, "cmd_id_dep");
            QVERIFY2(ours <= theirs[i],
                     (group.name + ": " + disassemble(program->placed[i].command)).c_str());
            smaller += ours < theirs[i];
        }
        qInfo("%s: %zu commands, %zu wait for less than the vendor's", group.name.c_str(),
              theirs.size(), smaller);
    }
}

QTEST_GUILESS_MAIN(TestIsaVendor)
#include "tst_isa_vendor.moc"
