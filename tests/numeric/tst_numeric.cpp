// SPDX-License-Identifier: GPL-3.0-or-later
// Rounding modes against their definitions, shifts against exact division, multiplier search
// against the best pair found by trying all and against pairs of the vendor's files.
#include "compiler/numeric/multiplier.h"
#include "compiler/numeric/rounding.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <limits>

using namespace wb::numeric;

class TestNumeric : public QObject {
    Q_OBJECT

private slots:
    void roundsTies_data();
    void roundsTies();
    void shiftEqualsExactDivision();
    void halfUpEqualsTheGeneralShift();
    void saturates();
    void toCodeIsDefinedEverywhere();
    void searchFindsTheNearestPair();
    void searchGivesKnownPairs();
};

void TestNumeric::roundsTies_data() {
    QTest::addColumn<int>("mode");
    QTest::addColumn<double>("a"); // 1.5
    QTest::addColumn<double>("b"); // -1.5
    QTest::addColumn<double>("c"); // 2.5
    const auto row = [](const char* name, Round mode, double a, double b, double c) {
        QTest::newRow(name) << static_cast<int>(mode) << a << b << c;
    };
    row("half away from zero", Round::HalfAwayFromZero, 2, -2, 3);
    row("half up", Round::HalfUp, 2, -1, 3);
    row("half down", Round::HalfDown, 1, -2, 2);
    row("half to even", Round::HalfToEven, 2, -2, 2);
    row("half to odd", Round::HalfToOdd, 1, -1, 3);
    row("half towards zero", Round::HalfTowardsZero, 1, -1, 2);
    row("towards zero", Round::TowardsZero, 1, -1, 2);
    row("away from zero", Round::AwayFromZero, 2, -2, 3);
    row("up", Round::Up, 2, -1, 3);
    row("down", Round::Down, 1, -2, 2);
}

void TestNumeric::roundsTies() {
    QFETCH(int, mode);
    const auto m = static_cast<Round>(mode);
    QFETCH(double, a);
    QFETCH(double, b);
    QFETCH(double, c);
    QCOMPARE(wb::numeric::round(1.5, m), a);
    QCOMPARE(wb::numeric::round(-1.5, m), b);
    QCOMPARE(wb::numeric::round(2.5, m), c);
    QCOMPARE(wb::numeric::round(7.0, m), 7.0);
    QCOMPARE(wb::numeric::round(-7.0, m), -7.0);
}

/// v / 2^s is exact in a double for small v, so rounding it must give what the shift gives.
void TestNumeric::shiftEqualsExactDivision() {
    for (int mode = 0; mode <= static_cast<int>(Round::Down); ++mode)
        for (int shift = 0; shift <= 6; ++shift)
            for (int64_t v = -600; v <= 600; ++v) {
                const auto m = static_cast<Round>(mode);
                const double exact =
                    wb::numeric::round(std::ldexp(static_cast<double>(v), -shift), m);
                QCOMPARE(shiftRight(v, shift, m), static_cast<int64_t>(exact));
            }
    QCOMPARE(shiftRight(3, -4, Round::HalfUp), int64_t{48});
    QCOMPARE(shiftRight(-5, 200, Round::HalfUp), int64_t{0});
    QCOMPARE(shiftRight(-5, 200, Round::Down), int64_t{-1});
}

void TestNumeric::halfUpEqualsTheGeneralShift() {
    wb::test::Random random(20260817);
    for (int i = 0; i < 20000; ++i) {
        const auto v = static_cast<int64_t>(random.next()) >> (1 + random.below(40));
        const int shift = static_cast<int>(random.below(70)) - 5;
        if (shift < 0 && (v > (1LL << 50) || v < -(1LL << 50))) continue;
        QCOMPARE(shiftRightHalfUp(v, shift), shiftRight(v, shift, Round::HalfUp));
    }
}

void TestNumeric::saturates() {
    QCOMPARE(saturate<int8_t>(128), int8_t{127});
    QCOMPARE(saturate<int8_t>(-129), int8_t{-128});
    QCOMPARE(saturate<uint8_t>(-1), uint8_t{0});
    QCOMPARE(saturate<uint8_t>(256), uint8_t{255});
    QCOMPARE(saturate<int32_t>(int64_t{1} << 40), std::numeric_limits<int32_t>::max());
}

void TestNumeric::toCodeIsDefinedEverywhere() {
    QCOMPARE(toCode<int8_t>(0.5), int8_t{1});
    QCOMPARE(toCode<int8_t>(-0.5), int8_t{-1});
    QCOMPARE(toCode<int8_t>(1e300), int8_t{127});
    QCOMPARE(toCode<uint8_t>(-std::numeric_limits<double>::infinity()), uint8_t{0});
    QCOMPARE(toCode<int8_t>(std::numeric_limits<double>::quiet_NaN()), int8_t{0});
    QCOMPARE(toCode<int32_t>(-3e9), std::numeric_limits<int32_t>::min());
}

void TestNumeric::searchFindsTheNearestPair() {
    wb::test::Random random(7);
    for (int i = 0; i < 3000; ++i) {
        const double factor = std::ldexp(static_cast<double>(random.real(1, 2)),
                                         static_cast<int>(random.below(20)) - 14);
        const auto value = static_cast<double>(static_cast<float>(factor));
        for (const int bits : {8, 32}) {
            const auto found = scaleShift(factor, bits);
            const double limit = bits == 8 ? 127 : 2147483647.0;
            QVERIFY(found.multiplier < limit);
            const auto error =
                static_cast<float>(std::fabs(std::ldexp(found.multiplier, -found.shift) - value));
            for (int shift = -32; shift <= 30; ++shift) {
                const double m = std::round(std::ldexp(value, shift));
                if (m >= limit) continue;
                QVERIFY(static_cast<float>(std::fabs(std::ldexp(m, -shift) - value)) >= error);
            }
        }
        const auto positive = scaleShiftPositive(factor, 8);
        QVERIFY(positive.shift >= 0);
    }
}

void TestNumeric::searchGivesKnownPairs() {
    QCOMPARE(scaleShift(0.1F, 8), (MultiplierShift{51, 9})); // LeakyRelu's usual slope
    QCOMPARE(scaleShift(0.2F, 8), (MultiplierShift{51, 8}));
    QCOMPARE(scaleShiftPositive(1.0, 8), (MultiplierShift{1, 0}));
    // Requants in the reference files: scales of the operand and the result.
    QCOMPARE(scaleShiftPositive(0.051479069291338581 / 0.034530583464566923, 8),
             (MultiplierShift{95, 6}));
    QCOMPARE(scaleShiftPositive(0.034532888976377955 / 0.034530583464566923, 8),
             (MultiplierShift{1, 0}));
    QCOMPARE(scaleShiftPositive(0.17166215826771652 / 0.098244944881889756, 8),
             (MultiplierShift{7, 2}));
    QCOMPARE(scaleShift(0.0, 32).multiplier, 0);
}

QTEST_APPLESS_MAIN(TestNumeric)
#include "tst_numeric.moc"
