// SPDX-License-Identifier: GPL-3.0-or-later
// Histograms, KL and the other single-tensor thresholds. The expected numbers were computed by the vendor's
// own functions on the same sequence (an integer generator that both sides run).
#include "compiler/calibrate/histogram.h"
#include "compiler/calibrate/thresholds.h"

#include <QtTest>
#include <cmath>
#include <limits>

using namespace wb::calibrate;

namespace {

std::vector<float> sequence(int count, uint32_t seed, float scale, bool cut) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        int32_t sum = 0;
        for (int k = 0; k < 4; ++k) {
            seed = seed * 1664525u + 1013904223u;
            sum += static_cast<int32_t>(seed >> 16);
        }
        const float v = static_cast<float>(sum - 131070) * scale;
        values.push_back(cut ? std::max(v, 0.0f) : v);
    }
    return values;
}

const std::vector<std::pair<int, float>> kSamples{{5000, 1e-5f}, {5000, 1.5e-5f}, {3001, 0.7e-5f}, {5000, 2.7e-5f}};

} // namespace

class TestThresholds : public QObject {
    Q_OBJECT

private slots:
    void growingHistogram_data() {
        QTest::addColumn<bool>("cut");
        QTest::addColumn<int>("bins");
        QTest::addColumn<double>("width");
        QTest::addColumn<qlonglong>("count");
        QTest::addColumn<qlonglong>("moment");
        QTest::addColumn<double>("threshold");
        QTest::newRow("signed") << false << 5062 << 0.0006052855910078969 << 18001LL << 14322202LL << 3.0990622;
        QTest::newRow("relu") << true << 5254 << 0.0005630710026016681 << 9014LL << 7725596LL << 3.02706957;
    }
    void growingHistogram() {
        QFETCH(bool, cut);
        QFETCH(int, bins);
        QFETCH(double, width);
        QFETCH(qlonglong, count);
        QFETCH(qlonglong, moment);
        QFETCH(double, threshold);
        for (const int threads : {1, 2, 3}) {
            MagnitudeHistogram histogram;
            float absMax = 0;
            for (size_t i = 0; i < kSamples.size(); ++i) {
                const auto x = sequence(kSamples[i].first, 7 + uint32_t(i), kSamples[i].second, cut);
                const Extent extent = extentOf(x);
                absMax = std::max({absMax, std::abs(extent.min), std::abs(extent.max)});
                QVERIFY(histogram.add(x, absMax, threads));
            }
            QCOMPARE(int(histogram.counts().size()), bins);
            QCOMPARE(histogram.width(), width);
            qlonglong sum = 0, weighted = 0;
            for (size_t i = 0; i < histogram.counts().size(); ++i) {
                sum += histogram.counts()[i];
                weighted += histogram.counts()[i] * qlonglong(i);
            }
            QCOMPARE(sum, count);
            QCOMPARE(weighted, moment);
            QCOMPARE(klThreshold(histogram.counts(), histogram.width()), float(threshold));
        }
    }

    void samplesThatDifferTooMuchStartAnew() {
        MagnitudeHistogram histogram;
        QVERIFY(histogram.add(std::vector<float>{1e-6f, -1e-6f}, 1e-6f, 1));
        QVERIFY(!histogram.add(std::vector<float>{1.0f, 0.5f}, 1.0f, 1));
        QCOMPARE(histogram.counts().size(), size_t{2048});
        QCOMPARE(histogram.counts().back(), int64_t{1});
    }

    void oddValuesAreDropped() {
        const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        const Extent extent = extentOf(std::vector<float>{nan, 2, -3, nan});
        QCOMPARE(extent.min, -3.0f);
        QCOMPARE(extent.max, 2.0f);
        MagnitudeHistogram histogram(128);
        QVERIFY(histogram.add(std::vector<float>{nan, inf, 0.0f, -0.0f, 1.0f}, 1.0f, 1));
        int64_t sum = 0;
        for (const int64_t n : histogram.counts())
            sum += n;
        QCOMPARE(sum, int64_t{1});
        QVERIFY(std::isinf(extentOf({}).min));
    }

    void singleSampleMethods() {
        const std::vector<double> mse{1.208648625, 1.732764931, 0.761012894, 2.987223286};
        const std::vector<double> mseCut{1.145709273, 1.747044791, 0.748245673, 2.942425098};
        const std::vector<double> gauss{1.228716872, 1.798630296, 0.807158451, 3.092398699};
        const std::vector<double> laplace{3.023755963, 4.599278075, 2.132188218, 8.256080208};
        for (size_t i = 0; i < kSamples.size(); ++i) {
            const auto x = sequence(kSamples[i].first, 7 + uint32_t(i), kSamples[i].second, false);
            const auto cut = sequence(kSamples[i].first, 7 + uint32_t(i), kSamples[i].second, true);
            const auto same = [](double a, double b) { return std::abs(a - b) < 0.6e-9; };
            QVERIFY(same(mseThreshold(x), mse[i]));
            QVERIFY(same(mseThreshold(cut), mseCut[i]));
            QVERIFY(same(aciqGaussThreshold(x, extentOf(x)), gauss[i]));
            QVERIFY(same(aciqLaplaceThreshold(x), laplace[i]));
        }
        QCOMPARE(mseThreshold(std::vector<float>(10, 0.0f)), 1.0);
    }

    void pairwiseSumsAreNumPys() {
        // 2^24 + 1 + … is lost one by one, but not in pairs.
        std::vector<float> values(1024, 1.0f);
        values[0] = 16777216.0f;
        QVERIFY(pairwiseSum(values) > 16777216.0f);
        QCOMPARE(pairwiseSum(std::vector<float>{1, 2, 3}), 6.0f);
        QCOMPARE(pairwiseSum({}), 0.0f);
    }

    void percentiles() {
        // 0 … 9999 in two samples: rank 99.99 % of 9999 is 9998.0001.
        std::vector<float> first, second;
        for (int i = 0; i < 10000; ++i)
            (i % 2 ? first : second).push_back(float(i));
        const auto count = static_cast<size_t>(10000 * (1 - 99.99 / 100)) + 1;
        Tails tails;
        tails.add(first, count);
        tails.add(second, count);
        const auto range = tails.at(99.99, 10000, count);
        QVERIFY(std::abs(range.high - 9998.0001) < 1e-6);
        QVERIFY(std::abs(range.low - 0.9999) < 1e-6);
        QVERIFY(std::abs(tails.magnitudeAt(99.99, 10000, count) - 9998.0001) < 1e-6);
    }

    void spellings() {
        for (const Method m : {Method::Kl, Method::Mse, Method::Max, Method::Percentile9999, Method::AciqGauss,
                               Method::AciqLaplace})
            QVERIFY(methodFromSpelling(spelling(m)) == m);
        QVERIFY(methodFromSpelling("use_mse") == Method::Mse);
        QVERIFY(!methodFromSpelling("median"));
    }
};

QTEST_GUILESS_MAIN(TestThresholds)
#include "tst_thresholds.moc"
