// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of 8-bit codes against their definitions in compiler/numeric/rounding.h.
#include "compiler/kernels/code_rows.h"
#include "compiler/numeric/rounding.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace wb;

class TestCodeRows : public QObject {
    Q_OBJECT

private slots:
    void floatsBecomeCodes_data() {
        QTest::addColumn<bool>("isSigned");
        QTest::addColumn<int>("zero");
        for (const bool isSigned : {true, false})
            for (const int zero : {0, 3, -7})
                QTest::addRow("%s, zero %d", isSigned ? "signed" : "unsigned", zero) << isSigned << zero;
    }
    void floatsBecomeCodes() {
        QFETCH(bool, isSigned);
        QFETCH(int, zero);
        std::vector<float> values{0, -0.0F, 1e30F, -1e30F, HUGE_VALF, -HUGE_VALF, NAN, 1e-40F};
        for (int i = -300; i <= 300; ++i) // halves, and their neighbours
            for (const float v : {static_cast<float>(i), static_cast<float>(i) + 0.5F})
                for (const float near : {v, std::nextafter(v, HUGE_VALF), std::nextafter(v, -HUGE_VALF)})
                    values.push_back(near);
        for (const float factor : {1.0F, 0.37F, 13.7F}) {
            std::vector<uint8_t> codes(values.size());
            kernels::floatToCodes(values.data(), factor, zero, isSigned, codes.data(),
                                  static_cast<int64_t>(values.size()));
            for (size_t i = 0; i < values.size(); ++i) {
                const float scaled = values[i] * factor;
                const double whole = (std::isnan(scaled) ? 0 : std::round(static_cast<double>(scaled))) + zero;
                const auto expected = isSigned ? static_cast<uint8_t>(numeric::toCode<int8_t>(whole))
                                               : numeric::toCode<uint8_t>(whole);
                QCOMPARE(codes[i], expected);
            }
        }
    }

    void codesAreAdded() {
        std::mt19937 random(5);
        for (int round = 0; round < 400; ++round) {
            const auto scale = [&] {
                kernels::CodeScale s;
                s.isSigned = random() % 2 == 0;
                s.shift = static_cast<int>(random() % 30);
                s.multiplier = static_cast<int32_t>(random() % (round % 2 == 0 ? 256 : 1 << 20));
                s.minus = random() % 4 == 0;
                if (random() % 2 == 0) s.zero = static_cast<int32_t>(random() % 256) - (s.isSigned ? 128 : 0);
                if (random() % 2 == 0) s.plus = static_cast<int32_t>(random() % 384) - 128;
                return s;
            };
            const kernels::CodeScale left = scale(), right = scale();
            QVERIFY(left.fits() && right.fits());
            const int64_t count = static_cast<int64_t>(random() % 70);
            std::vector<uint8_t> a(70), b(70), out(70, 99);
            for (size_t i = 0; i < a.size(); ++i) {
                a[i] = static_cast<uint8_t>(random());
                b[i] = static_cast<uint8_t>(random());
            }
            const int32_t low = random() % 2 == 0 ? -128 : 0;
            const int32_t high = low < 0 || random() % 2 == 0 ? 127 : 255;
            kernels::addCodes(a.data(), left, b.data(), right, low, high, out.data(), count);
            const auto part = [](uint8_t code, const kernels::CodeScale& s) {
                const int64_t x = s.isSigned ? int64_t{static_cast<int8_t>(code)} : int64_t{code};
                const int64_t sum = numeric::shiftRightHalfUp((x - s.zero) * s.multiplier, s.shift);
                return (s.minus ? -sum : sum) + s.plus;
            };
            for (size_t i = 0; i < static_cast<size_t>(count); ++i)
                QCOMPARE(out[i], static_cast<uint8_t>(std::clamp<int64_t>(part(a[i], left) + part(b[i], right), low,
                                                                          high)));
            QCOMPARE(out[static_cast<size_t>(count)], uint8_t{99});
        }
        QVERIFY(!(kernels::CodeScale{true, 1 << 20, 0, false}.fits()));
        QVERIFY(!(kernels::CodeScale{true, 1, 30, false}.fits()) && !(kernels::CodeScale{true, 1, -1, false}.fits()));
    }
};

QTEST_GUILESS_MAIN(TestCodeRows)
#include "tst_code_rows.moc"
