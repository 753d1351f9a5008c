// SPDX-License-Identifier: GPL-3.0-or-later
// The statistics kernels against plain loops, bit for bit, over lengths that do not suit a vector.
#include "compiler/kernels/f32_stats.h"

#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace wb::kernels;

namespace {

std::vector<float> numbers(size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> spread(0, 3);
    std::vector<float> values(count);
    for (float& v : values)
        v = random() % 5 == 0 ? 0.0F : spread(random);
    return values;
}

bool sameBits(float a, float b) { return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b); }

} // namespace

class TestF32Stats : public QObject {
    Q_OBJECT

private slots:
    void rowsEqualPlainLoops() {
        for (const size_t count : {0U, 1U, 7U, 8U, 15U, 16U, 17U, 31U, 64U, 1000U}) {
            std::vector<float> values = numbers(count, static_cast<unsigned>(count));
            if (count > 20) {
                values[3] = NAN;
                values[count - 1] = 40000;
                values[5] = -0.0F;
                values[6] = HUGE_VALF;
            }
            const auto n = static_cast<int64_t>(count);
            float low = HUGE_VALF, high = -HUGE_VALF;
            int64_t zeros = 0;
            for (const float v : values) {
                low = v < low ? v : low;
                high = v > high ? v : high;
                zeros += v == 0;
            }
            const Extremes found = f32Extremes(values.data(), n);
            QCOMPARE(found.min, low);
            QCOMPARE(found.max, high);
            QCOMPARE(f32CountZeros(values.data(), n), zeros);
            for (const float width : {0.01F, 0.37F, 1e-4F}) {
                std::vector<int32_t> places(count, 77);
                f32Places(values.data(), width, places.data(), n);
                for (size_t i = 0; i < count; ++i) {
                    const float place = std::abs(values[i]) / width + 0.5F;
                    QCOMPARE(places[i], place < 16777216.0F ? static_cast<int32_t>(place) : -1);
                }
            }
            for (const float scale : {0.7F, 31.75F, 127.0F / 0.013F}) {
                std::vector<float> out(count);
                f32ThroughCodes(values.data(), scale, out.data(), n);
                for (size_t i = 0; i < count; ++i) {
                    const float code = std::max(std::min(values[i] * scale, 127.0F), -128.0F);
                    QVERIFY(sameBits(out[i], (code + 12582912.0F - 12582912.0F) / scale) || std::isnan(values[i]));
                }
            }
            const std::vector<float> other = numbers(count, 99);
            std::array<double, 8> lanes{}, expected{};
            if (count > 20) { // finite again
                values[3] = 1;
                values[6] = 2;
            }
            f32AddSquares(values.data(), other.data(), n, lanes);
            for (size_t i = 0; i < count; ++i) {
                const auto d = static_cast<double>(values[i] - other[i]);
                expected[i < count / 8 * 8 ? i % 8 : 0] += d * d;
            }
            QVERIFY(lanes == expected);
            Products products, plain;
            f32AddProducts(values.data(), other.data(), n, products);
            for (size_t i = 0; i < count; ++i) {
                const size_t lane = i < count / 8 * 8 ? i % 8 : 0;
                plain.ab[lane] += values[i] * other[i];
                plain.aa[lane] += values[i] * values[i];
                plain.bb[lane] += other[i] * other[i];
            }
            for (size_t lane = 0; lane < 8; ++lane)
                QVERIFY(sameBits(products.ab[lane], plain.ab[lane]) && sameBits(products.aa[lane], plain.aa[lane]) &&
                        sameBits(products.bb[lane], plain.bb[lane]));
        }
    }
};

QTEST_GUILESS_MAIN(TestF32Stats)
#include "tst_f32_stats.moc"
