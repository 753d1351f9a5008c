// SPDX-License-Identifier: GPL-3.0-or-later
// Conversions of rows of 16-bit floats against compiler/numeric/half.h: every 16-bit pattern, every border
// between two neighbours, and lengths that do not suit a vector.
#include "compiler/kernels/half_rows.h"
#include "compiler/numeric/half.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <vector>

using namespace wb;

namespace {

struct Format {
    void (*widen)(const uint16_t*, float*, int64_t);
    void (*narrow)(const float*, uint16_t*, int64_t);
    void (*round)(const float*, float*, int64_t);
    float (*widenOne)(uint16_t);
    uint16_t (*narrowOne)(float);
};

const Format kHalf{kernels::halfToFloat, kernels::floatToHalf, kernels::roundToHalf, numeric::fromHalf,
                   numeric::toHalf};
const Format kBrain{kernels::bfloat16ToFloat, kernels::floatToBfloat16, kernels::roundToBfloat16,
                    numeric::fromBfloat16, numeric::toBfloat16};

/// All values of the format, and for each pair of neighbours the tie and the floats beside it.
std::vector<float> interesting(const Format& f) {
    std::vector<float> values;
    for (int i = 0; i < 0x10000; ++i) {
        const float low = f.widenOne(static_cast<uint16_t>(i));
        const float high = f.widenOne(static_cast<uint16_t>(i + 1));
        const float tie = low / 2 + high / 2;
        for (const float v : {low, tie, std::nextafter(tie, HUGE_VALF), std::nextafter(tie, -HUGE_VALF)})
            values.push_back(v);
    }
    for (const uint32_t bits : {0x7f800001U, 0xff812345U, 0x7fffffffU, 1U, 0x80000001U, 0x7f7fffffU, 0x477fefffU,
                                0x477ff000U, 0x33000000U, 0x33000001U})
        values.push_back(std::bit_cast<float>(bits));
    return values;
}

} // namespace

class TestHalfRows : public QObject {
    Q_OBJECT

private slots:
    void rowsEqualTheDefinition_data() {
        QTest::addColumn<bool>("brain");
        QTest::newRow("binary16") << false;
        QTest::newRow("bfloat16") << true;
    }
    void rowsEqualTheDefinition() {
        QFETCH(bool, brain);
        const Format& f = brain ? kBrain : kHalf;
        const std::vector<float> values = interesting(f);
        const auto count = static_cast<int64_t>(values.size());
        std::vector<uint16_t> bits(values.size());
        f.narrow(values.data(), bits.data(), count);
        for (size_t i = 0; i < values.size(); ++i)
            QCOMPARE(bits[i], f.narrowOne(values[i]));
        std::vector<float> wide(values.size()), rounded = values;
        f.widen(bits.data(), wide.data(), count);
        f.round(rounded.data(), rounded.data(), count); // in place
        for (size_t i = 0; i < values.size(); ++i) {
            QCOMPARE(std::bit_cast<uint32_t>(wide[i]), std::bit_cast<uint32_t>(f.widenOne(bits[i])));
            QCOMPARE(std::bit_cast<uint32_t>(rounded[i]), std::bit_cast<uint32_t>(wide[i]));
        }
    }

    void nothingBeyondTheEndIsTouched() {
        const std::vector<float> values(64, 1.5F);
        for (int64_t count = 0; count < 40; ++count) {
            std::vector<uint16_t> bits(64, 7);
            kernels::floatToHalf(values.data(), bits.data(), count);
            QCOMPARE(bits[static_cast<size_t>(count)], uint16_t{7});
            QVERIFY(count == 0 || bits[static_cast<size_t>(count) - 1] == numeric::toHalf(1.5F));
            std::vector<float> wide(64, -1);
            kernels::halfToFloat(bits.data(), wide.data(), count);
            QCOMPARE(wide[static_cast<size_t>(count)], -1.0F);
            kernels::roundToHalf(values.data(), wide.data(), count);
            QCOMPARE(wide[static_cast<size_t>(count)], -1.0F);
        }
    }
};

QTEST_GUILESS_MAIN(TestHalfRows)
#include "tst_half_rows.moc"
