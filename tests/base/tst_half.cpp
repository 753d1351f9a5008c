// SPDX-License-Identifier: GPL-3.0-or-later
// binary16 and bfloat16 against their definition: all 65536 patterns, and every border between two
// neighbours (the tie, and the floats on both sides of it), which fixes every other float too.
#include "compiler/numeric/half.h"

#include <QTest>

#include <bit>
#include <cmath>

using namespace wb::numeric;

namespace {

struct Format {
    int exponentBits, fractionBits;
    uint16_t (*to)(float);
    float (*from)(uint16_t);

    /// By the formula of IEEE 754, section 3.4, in double.
    double value(uint16_t bits) const {
        const int exponent = bits >> fractionBits & ((1 << exponentBits) - 1);
        const int fraction = bits & ((1 << fractionBits) - 1);
        const int bias = (1 << (exponentBits - 1)) - 1;
        double magnitude = exponent == 0 ? std::ldexp(fraction, 1 - bias - fractionBits)
                                         : std::ldexp(fraction + (1 << fractionBits), exponent - bias - fractionBits);
        if (exponent == (1 << exponentBits) - 1) magnitude = fraction == 0 ? HUGE_VAL : NAN;
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }
    uint16_t infinity() const { return static_cast<uint16_t>(((1 << exponentBits) - 1) << fractionBits); }
};

const Format kHalf{5, 10, toHalf, fromHalf};
const Format kBfloat{8, 7, toBfloat16, [](uint16_t b) { return fromBfloat16(b); }};

} // namespace

class TestHalf : public QObject {
    Q_OBJECT

private slots:
    void formats_data() {
        QTest::addColumn<bool>("brain");
        QTest::newRow("binary16") << false;
        QTest::newRow("bfloat16") << true;
    }
    void formats() {
        QFETCH(bool, brain);
        const Format& f = brain ? kBfloat : kHalf;
        for (int i = 0; i < 0x10000; ++i) {
            const auto bits = static_cast<uint16_t>(i);
            const double expected = f.value(bits);
            const float got = f.from(bits);
            if (std::isnan(expected)) {
                QVERIFY(std::isnan(got) && std::isnan(f.from(f.to(got))));
                continue;
            }
            QCOMPARE(static_cast<double>(got), expected);
            QCOMPARE(std::signbit(got), (bits & 0x8000) != 0);
            QCOMPARE(f.to(got), bits);
        }
        const uint16_t infinity = f.infinity();
        for (int i = 0; i < infinity; ++i) { // the border above i; above the largest lies infinity
            const auto low = static_cast<uint16_t>(i), high = static_cast<uint16_t>(i + 1);
            const double next = high == infinity ? std::ldexp(1.0, brain ? 128 : 16) : f.value(high);
            const auto tie = static_cast<float>((f.value(low) + next) / 2);
            const uint16_t even = (i & 1) == 0 ? low : high;
            if (!brain || std::isfinite(tie)) {
                QCOMPARE(f.to(tie), even);
                QCOMPARE(f.to(std::nextafter(tie, HUGE_VALF)), high);
                QCOMPARE(f.to(std::nextafter(tie, 0.0F)), low);
                QCOMPARE(f.to(-tie), static_cast<uint16_t>(even | 0x8000));
            }
        }
        QCOMPARE(f.to(HUGE_VALF), infinity);
        QCOMPARE(f.to(-HUGE_VALF), static_cast<uint16_t>(infinity | 0x8000));
        QCOMPARE(f.to(3.4e38F), brain ? f.to(0x1.FEp127F) + 1 : infinity); // above the last tie of both
        QCOMPARE(f.to(std::bit_cast<float>(1U)), uint16_t{0});
        QCOMPARE(f.to(std::bit_cast<float>(0x80000001U)), uint16_t{0x8000});
    }
};

QTEST_GUILESS_MAIN(TestHalf)
#include "tst_half.moc"
