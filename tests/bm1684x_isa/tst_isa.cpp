// SPDX-License-Identifier: GPL-3.0-or-later
// Commands to bits and back: the table against the register tables' facts, random values of every
// field, bytes worked out by hand, damaged streams.
#include "compiler/target/bm1684x/isa/disassemble.h"
#include "compiler/target/bm1684x/isa/footprint.h"
#include "tests/support/shared_data.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using namespace wb;
using namespace wb::bm1684x;
using wb::test::Random;

namespace {

std::vector<std::byte> encoded(const Command& command) {
    std::vector<std::byte> bytes(encodedBytes(command));
    if (const Status status = encode(command, bytes); !status)
        qFatal("%s", toText(status.error()).c_str());
    return bytes;
}

/// A command of format `index` with every field random but those that say what it is.
Command randomCommand(size_t index, Random& random) {
    Command command = defaultCommand(index);
    const FormatSpec& format = formats()[index];
    for (const FieldSpec& f : format.fields) {
        const std::string_view name = f.name;
        if (name == "cmd_short" || name == "tsk_typ" || name == "cmd_type") continue;
        uint64_t value = random.next() >> (64 - f.width);
        if (name == "tsk_eu_typ" || name == "cmd_special_function")
            while (!(format.operationCodes >> value & 1))
                value = random.next() >> (64 - f.width);
        setFieldValue(command, f, value);
    }
    if (auto* any = std::get_if<LongTiu>(
            &command)) { // one map for all operations, but not every code is one
        any->tsk_typ = 0;
        any->tsk_eu_typ = ConvOp::Normal;
    }
    return command;
}

/// A short stream of both kinds of commands, as a compiler writes it.
std::vector<std::byte> stream(Engine engine, Random& random, int commands) {
    std::vector<std::byte> out;
    const auto append = [&](const Command& c) {
        const std::vector<std::byte> bytes = encoded(c);
        out.insert(out.end(), bytes.begin(), bytes.end());
    };
    while (commands > 0) {
        const Command c = randomCommand(random.below(formats().size()), random);
        if (engineOf(c) != engine || std::holds_alternative<DmaSys>(c) || isEnd(c)) continue;
        append(c);
        --commands;
    }
    append(engine == Engine::Tiu ? Command(tiuEnd(1)) : Command(gdmaEnd(1)));
    out.resize(static_cast<size_t>(roundUp(static_cast<int64_t>(out.size()), 128)));
    return out;
}

} // namespace

class TestIsa : public QObject {
    Q_OBJECT

private slots:
    void equalsTheRegisterTables();
    void randomFieldsComeBack_data();
    void randomFieldsComeBack();
    void fieldsDoNotShareBits();
    void endsAreAsTheVendorWritesThem();
    void aCommandWorkedOutByHand();
    void valueTooWideIsNamed();
    void longFormIsToldFromTheShortOne();
    void operationsHaveNames();
    void damageIsRefused();
    void mutationsNeverCrash();
    void disassemblySaysWhatIsThere();
};

void TestIsa::equalsTheRegisterTables() {
    WB_SHARED_OR_SKIP(path, "reference/bm1684x-isa.json");
    const QJsonObject facts =
        QJsonDocument::fromJson(QByteArray::fromStdString(test::readAll(path)))
            .object()["instructions"]
            .toObject();
    int compared = 0;
    for (const FormatSpec& format : formats()) {
        const QString name =
            std::string_view(format.name) == "long" ? QString("AR") : QString(format.name);
        const QJsonObject fact = facts[name].toObject();
        QVERIFY2(!fact.isEmpty(), format.name);
        QCOMPARE(fact["bytes"].toInt(), format.bytes);
        if (fact.contains("opcode") && format.opcode >= 0)
            QCOMPARE(fact["opcode"].toInt(), format.opcode);
        std::map<std::pair<int, int>, QString> fields;
        for (const QJsonValue& f : fact["fields"].toArray()) {
            const QString field = f["name"].toString();
            if (!field.startsWith("rsvd") && !field.startsWith("reserve", Qt::CaseInsensitive))
                fields[{f["bit"].toInt(), f["width"].toInt()}] = field;
        }
        QCOMPARE(format.fields.size(), fields.size());
        for (const FieldSpec& f : format.fields) {
            const auto found = fields.find({f.bit, f.width});
            QVERIFY2(found != fields.end(), qPrintable(name + "." + f.name));
            // Three names are ours: the tables explain or mix them up.
            if (!found->second.contains('(') && !found->second.contains(QChar(0xFF08)) &&
                name != "DMA_matrix")
                QCOMPARE(QString(f.name), found->second);
            ++compared;
        }
    }
    QVERIFY(compared > 700);
}

void TestIsa::randomFieldsComeBack_data() {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < formats().size(); ++i)
        QTest::newRow(formats()[i].type) << static_cast<int>(i);
}

void TestIsa::randomFieldsComeBack() {
    QFETCH(int, index);
    Random random(1684 + static_cast<uint64_t>(index));
    for (int round = 0; round < 200; ++round) {
        const Command command = randomCommand(static_cast<size_t>(index), random);
        const std::vector<std::byte> bytes = encoded(command);
        const Result<Decoded> back = decode(engineOf(command), bytes);
        QVERIFY2(back, back ? "" : toText(back.error()).c_str());
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY(back->command == command);
    }
}

void TestIsa::fieldsDoNotShareBits() {
    for (size_t i = 0; i < formats().size(); ++i) {
        std::vector<bool> taken(formats()[i].bytes * 8u);
        for (const FieldSpec& f : formats()[i].fields) {
            Command command = defaultCommand(i);
            for (const FieldSpec& other : formats()[i].fields)
                setFieldValue(command, other, 0);
            setFieldValue(command, f, f.width == 64 ? ~uint64_t{0} : (uint64_t{1} << f.width) - 1);
            const std::vector<std::byte> bytes = encoded(command);
            for (size_t bit = 0; bit < taken.size(); ++bit) {
                const bool set = std::to_integer<int>(bytes[bit / 8] >> bit % 8 & std::byte{1});
                QCOMPARE(set, bit >= f.bit && bit < size_t{f.bit} + f.width);
                QVERIFY2(!(set && taken[bit]), f.name);
                if (set) taken[bit] = true;
            }
        }
    }
}

void TestIsa::endsAreAsTheVendorWritesThem() {
    // Type 15 (bits 41-44) and sub-type 31 (45-49) are nine ones from bit 41 on; id 5 begins at
    // bit 1.
    const std::vector<std::byte> tiu = encoded(tiuEnd(5));
    QCOMPARE(tiu.size(), size_t{16});
    std::vector<std::byte> expected(16);
    expected[0] = std::byte{5 << 1};
    expected[5] = std::byte{0xFE};
    expected[6] = std::byte{0x03};
    QVERIFY(tiu == expected);
    // cmd_short (3), cmd_id_en = 1 (5-8), id from bit 9 on, type 6 (32-35).
    const std::vector<std::byte> gdma = encoded(gdmaEnd(5));
    std::fill(expected.begin(), expected.end(), std::byte{0});
    expected[0] = std::byte{0x28};
    expected[1] = std::byte{5 << 1};
    expected[4] = std::byte{6};
    QVERIFY(gdma == expected);
    QVERIFY(isEnd(tiuEnd(5)) && isEnd(gdmaEnd(5)) && !isEnd(SysId{}) && !isEnd(SAr{}));
}

void TestIsa::aCommandWorkedOutByHand() {
    SAr c;
    c.cmd_id = 1;
    c.cmd_id_dep = 2;
    c.tsk_eu_typ = ArOp::Cast; // 14 = 0b01110
    c.tsk_opd_num = 1;
    c.res0_prec = code(Precision::Int8);
    c.opd0_prec = code(Precision::F32);
    c.res0_addr = 0x00040040; // lane 1
    c.opd0_w_str = 0xABCDE;
    const std::vector<std::byte> bytes = encoded(c);
    QCOMPARE(bytes.size(), size_t{64});
    const auto word = [&](size_t at) { // 32 bits
        uint32_t value = 0;
        for (size_t k = 0; k < 4; ++k)
            value |= std::to_integer<uint32_t>(bytes[at * 4 + k]) << 8 * k;
        return value;
    };
    QCOMPARE(word(0), 1u | 1u << 1 | 2u << 21); // short, id, dependency
    QCOMPARE(word(1), 3u << (41 - 32) | 14u << (45 - 32) | 1u << (53 - 32) | 1u << (55 - 32));
    QCOMPARE(word(2), 2u << 3);     // opd0_prec 67-69
    QCOMPARE(word(5), 0x00040040u); // res0_addr 160-191
    QCOMPARE(word(14), 0xABCDEu);   // opd0_w_str 448-467

    DmaTensor move;
    move.setSource(0x1'2345'6000);
    move.setDestination(kLocalBase + 64);
    QCOMPARE(move.src_start_addr_l32, 0x23456000u);
    QCOMPARE(move.src_start_addr_h8, 1u);
    QCOMPARE(move.source(), uint64_t{0x1'2345'6000});
    QCOMPARE(move.destination(), kLocalBase + 64);
}

void TestIsa::valueTooWideIsNamed() {
    SConv conv;
    conv.opd0_up_pad = 16;
    std::vector<std::byte> bytes(encodedBytes(conv));
    const Status status = encode(conv, bytes);
    QVERIFY(!status);
    QVERIFY(status.error().code == Code::CodegenLimit);
    QVERIFY(status.error().what.find("sCONV") != std::string::npos &&
            status.error().what.find("opd0_up_pad") != std::string::npos);
    QCOMPARE(status.error().fields.at("value"), std::string("16"));
    conv.opd0_up_pad = 15;
    QVERIFY(encode(conv, bytes));
}

void TestIsa::longFormIsToldFromTheShortOne() {
    LongTiu command;
    command.tsk_typ = 3;
    command.tsk_eu_typ = ArOp::Add;
    command.tsk_lane_num = 0xFEDC'BA98'7654'3210;
    const Result<Decoded> back = decode(Engine::Tiu, encoded(command));
    QVERIFY(back);
    QCOMPARE(back->bytes, size_t{128});
    QVERIFY(std::get<LongTiu>(back->command) == command);
    // LAR has no bit that says "short"; its first bit is an operand's.
    Lar lar;
    QCOMPARE(decode(Engine::Tiu, encoded(lar))->bytes, size_t{16});
}

void TestIsa::operationsHaveNames() {
    SAr add;
    add.tsk_eu_typ = ArOp::AddSaturating;
    QCOMPARE(operationName(add), std::string("AddSaturating"));
    SSeg seg;
    seg.tsk_eu_typ =
        SegOp::LaneIndex; // shares its opcode with arithmetic, and is a quarter as long
    QCOMPARE(encodedBytes(seg), size_t{16});
    QVERIFY(std::holds_alternative<SSeg>(decode(Engine::Tiu, encoded(seg))->command));
    DmaGeneral general;
    general.cmd_special_function = DmaGeneralOp::Broadcast;
    QCOMPARE(operationName(general), std::string("Broadcast"));
    Command any = add;
    QVERIFY(!setField(any, "no_such_field", 1) && !field(any, "no_such_field"));
}

void TestIsa::damageIsRefused() {
    Random random(7);
    for (const Engine engine : {Engine::Tiu, Engine::Gdma}) {
        const std::vector<std::byte> good = stream(engine, random, 20);
        const Result<std::vector<Command>> commands = decodeStream(engine, good);
        QVERIFY2(commands, commands ? "" : toText(commands.error()).c_str());
        QCOMPARE(commands->size(), size_t{21});
        const auto refused = [&](std::vector<std::byte> bytes) {
            const auto result = decodeStream(engine, bytes);
            return !result && result.error().code == Code::CommandDamaged;
        };
        QVERIFY(refused({}));
        std::vector<std::byte> cut(good.begin(), good.begin() + 100);
        QVERIFY(refused(cut));
        std::vector<std::byte> tail = good;
        tail.insert(tail.end(), 128, std::byte{1}); // something behind the end
        QVERIFY(refused(tail));
        std::vector<std::byte> unknown(256, std::byte{0xFF});
        QVERIFY(refused(unknown));
    }
    SSfu taylor;
    taylor.tsk_eu_typ = SfuOp::Taylor;
    std::vector<std::byte> bytes = encoded(taylor);
    QVERIFY(decode(Engine::Tiu, bytes));
    bytes[50 / 8] |= std::byte{1 << 50 % 8}; // belongs to no field
    QVERIFY(!decode(Engine::Tiu, bytes));
}

void TestIsa::mutationsNeverCrash() {
    Random random(50000);
    const std::vector<std::byte> tiu = stream(Engine::Tiu, random, 12),
                                 gdma = stream(Engine::Gdma, random, 12);
    int accepted = 0, single = 0;
    for (int round = 0; round < 50000; ++round) {
        const Engine engine = round % 2 ? Engine::Tiu : Engine::Gdma;
        std::vector<std::byte> bytes = engine == Engine::Tiu ? tiu : gdma;
        for (uint64_t n = 1 + random.below(4); n > 0; --n)
            bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1 << random.below(8));
        if (random.below(8) == 0) bytes.resize(random.below(bytes.size()));
        if (const auto commands = decodeStream(engine, bytes)) {
            ++accepted;
            std::vector<std::byte> again;
            for (const Command& c : *commands) {
                const std::vector<std::byte> part = encoded(c);
                again.insert(again.end(), part.begin(), part.end());
            }
            QVERIFY(std::equal(again.begin(), again.end(), bytes.begin()));
        }
        // What decodes has a footprint and a text, however wild its values are.
        const std::span<const std::byte> tail =
            std::span(bytes).subspan(random.below(bytes.size()));
        const Result<Decoded> one = decode(engine, tail);
        if (!one) continue;
        ++single;
        for (const LocalRange& r : footprint(one->command).localWrites)
            QVERIFY(r.end <= kLaneBytes);
        if (round % 16 == 0)
            QVERIFY(!disassemble(one->command).empty() && !disassembleJson(one->command).empty());
    }
    QVERIFY(accepted > 1000);
    QVERIFY(single > 50);
}

void TestIsa::disassemblySaysWhatIsThere() {
    SAr c;
    c.cmd_id = 12;
    c.cmd_id_dep = 3;
    c.tsk_eu_typ = ArOp::Add;
    c.tsk_opd_num = 2;
    c.res0_prec = c.opd0_prec = c.opd1_prec = code(Precision::F32);
    c.res0_n = 1, c.res0_c = 64, c.res0_h = 20, c.res0_w = 21;
    c.res0_addr = 2 * kBankBytes + 0x40;
    c.opd0_addr = 5 * kLaneBytes;
    c.opd1_const = 1;
    c.opd1_addr = 0x3FC00000; // 1.5
    QCOMPARE(
        QString::fromStdString(disassemble(c)),
        QString("    12 after gdma 3  sAR Add  res0 f32[1,64,20,21] @ bank 2 + 0x40 aligned <- "
                "opd0 f32[1,64,20,21] @ lane 5 bank 0 aligned, opd1 1.5"));
    const QJsonObject json =
        QJsonDocument::fromJson(QByteArray::fromStdString(disassembleJson(c))).object();
    QCOMPARE(json["command"].toString(), QString("sAR"));
    QCOMPARE(json["fields"].toObject()["res0_w"].toInt(), 21);
    QCOMPARE(json["operands"].toArray().size(), 3);
    QCOMPARE(json["operands"].toArray().at(2).toObject()["value"].toString(), QString("1.5"));
    DmaTensor move;
    move.cmd_id_dep = 7;
    const std::vector<Command> two{move, gdmaEnd(2)};
    const std::string text = disassemble(two);
    QCOMPARE(std::count(text.begin(), text.end(), '\n'), 2);
    QVERIFY(text.find("after tiu 7") != std::string::npos && text.find("End") != std::string::npos);
    QCOMPARE(
        QJsonDocument::fromJson(QByteArray::fromStdString(disassembleJson(two))).array().size(), 2);
}

QTEST_GUILESS_MAIN(TestIsa)
#include "tst_isa.moc"
