// SPDX-License-Identifier: GPL-3.0-or-later
// Emitters of 8-bit operators: the commands of every slice give what the integer kernel gives, element by element, on
// the vendor's C model or on the simulator (built twice). WB_CASES sets how many random nodes are tried, WB_FIRST_CASE
// where they begin.
#include "tests/emitters_int8/cases.h"

#include <QTest>

using namespace wb;
using namespace wb::test;

class TestEmittersInt8 : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void convolutions_data() { rows(convCases()); }
    void convolutions() { run(); }
    void pooling_data() { rows(poolCases()); }
    void pooling() { run(); }
    void functions_data() { rows(activationCases()); }
    void functions() { run(); }
    void casts_data() { rows(castCases()); }
    void casts() { run(); }
    void severalOperands_data() { rows(binaryCases()); }
    void severalOperands() { run(); }
    void zeroPoints_data() { rows(zeroCases()); }
    void zeroPoints() { run(); }
    void randomNodes();

private:
    void rows(std::vector<Case> cases);
    void run();
    /// Empty when all cuttings are equal.
    std::string tryCase(const Case& one, uint64_t seed, bool& refused);

    Machine m_machine;
    std::vector<Case> m_cases;
    size_t m_compared = 0, m_commands = 0;
};

void TestEmittersInt8::initTestCase() {
    auto machine = WB_TEST_MACHINE();
    if (!machine) QSKIP(machine.error().what.c_str());
    m_machine = std::move(machine).value();
}

void TestEmittersInt8::rows(std::vector<Case> cases) {
    m_cases = std::move(cases);
    QTest::addColumn<qsizetype>("index");
    for (size_t i = 0; i < m_cases.size(); ++i) QTest::newRow(m_cases[i].name.c_str()) << static_cast<qsizetype>(i);
}

std::string TestEmittersInt8::tryCase(const Case& one, uint64_t seed, bool& refused) {
    Random random(seed);
    const OneOp op = one.make(random);
    for (const Cutting& cutting : one.cuttings) {
        const auto outcome = compare(op, cutting, m_machine);
        refused = refused || outcome.refused;
        if (outcome.refused && one.mayRefuse) return {};
        if (!outcome.error.empty()) return op.context().node->op + cutting.name() + ": " + outcome.error;
        ++m_compared;
        m_commands += outcome.commands;
    }
    return {};
}

void TestEmittersInt8::run() {
    QFETCH(qsizetype, index);
    bool refused = false;
    const auto why = tryCase(m_cases[static_cast<size_t>(index)], static_cast<uint64_t>(index) + 1, refused);
    QVERIFY2(why.empty(), why.c_str());
}

void TestEmittersInt8::randomNodes() {
    const auto number = [](const char* name, uint64_t otherwise) {
        bool ok = false;
        const auto value = qEnvironmentVariable(name).toULongLong(&ok);
        return ok ? uint64_t{value} : otherwise;
    };
    const uint64_t first = number("WB_FIRST_CASE", 1), count = number("WB_CASES", 60);
    uint64_t refusals = 0;
    for (uint64_t i = first; i < first + count; ++i) {
        bool refused = false;
        const auto why = tryCase(randomCase(i), i, refused);
        refusals += refused;
        QVERIFY2(why.empty(), ("random " + std::to_string(i) + ": " + why).c_str());
    }
    qInfo("%zu comparisons, %zu commands; %llu of %llu random nodes refused", m_compared, m_commands,
          static_cast<unsigned long long>(refusals), static_cast<unsigned long long>(count));
    QVERIFY2(refusals * 2 < count || count < 10, "most random nodes were refused");
}

QTEST_APPLESS_MAIN(TestEmittersInt8)
#include "tst_emitters_int8.moc"
