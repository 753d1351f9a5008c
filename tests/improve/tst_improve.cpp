// SPDX-License-Identifier: GPL-3.0-or-later
// The improved mode on small made networks: the algebra of rewritten weights, costs of ranges, stale weights, the
// rules by which something may be called better.
#include "compiler/improve/backward.h"
#include "compiler/improve/measure.h"
#include "compiler/improve/patches.h"
#include "compiler/improve/random.h"
#include "compiler/improve/recipes.h"
#include "compiler/improve/split.h"

#include <QTest>

#include "tests/improve/made_network.h"

#include <cmath>

using namespace wb;
using namespace wb::improve;

namespace {

/// Moments of random patches; `error` is how much F differs from A.
PatchMoments moments(int64_t inner, int64_t count, double error, Random& random) {
    PatchMoments m;
    m.inner = inner;
    m.aa.assign(static_cast<size_t>(inner * inner), 0);
    m.da = m.aa;
    std::vector<double> a(static_cast<size_t>(inner)), d(a.size());
    for (int64_t n = 0; n < count; ++n) {
        for (size_t i = 0; i < a.size(); ++i) {
            a[i] = random.unit() - 0.5 + (i > 0 ? 0.9 * a[i - 1] : 0);
            d[i] = error * (random.unit() - 0.5 + 0.3 * a[i]);
        }
        for (size_t i = 0; i < a.size(); ++i)
            for (size_t j = 0; j < a.size(); ++j) {
                m.aa[i * a.size() + j] += a[i] * a[j] / static_cast<double>(count);
                m.da[i * a.size() + j] += d[i] * a[j] / static_cast<double>(count);
            }
    }
    return m;
}

std::vector<float> someWeights(int64_t count, Random& random) {
    std::vector<float> w(static_cast<size_t>(count));
    for (float& v : w)
        v = static_cast<float>(random.unit() - 0.5);
    return w;
}

using Network = test::MadeNetwork;

/// A chain of convolutions; a few inputs.
Network smallNetwork(size_t count = 3, double part = 1, bool leaky = true) {
    test::GraphMaker maker(3);
    ir::ValueId x = maker.input("x", {1, 3, 16, 16});
    for (int i = 0; i < 3; ++i) {
        x = maker.conv(x, 8, i == 1 ? 1 : 3, "c" + std::to_string(i));
        if (leaky) x = maker.op("top.LeakyRelu", {x}, "a" + std::to_string(i), test::GraphMaker::leaky());
    }
    x = maker.conv(x, 8, 3, "dw", 1, 8);
    maker.graph.outputs = {maker.conv(x, 4, 1, "head")};
    return test::made(maker, count, part);
}

} // namespace

class TestImprove : public QObject {
    Q_OBJECT

private slots:
    void ridgeLimit() {
        Random random(1);
        const auto w = someWeights(5 * 12, random);
        const PatchMoments m = moments(12, 200, 0.3, random);
        SolveOptions options;
        options.ridge = 1e12;
        const auto held = compensated(w, 5, m, options);
        for (size_t i = 0; i < w.size(); ++i)
            QVERIFY(std::fabs(held[i] - static_cast<double>(w[i])) < 1e-9);
        options.ridge = 1e-6; // free: the least squares solution, W cov(F, A) = W* cov(A, A)
        const auto free = compensated(w, 5, m, options);
        double off = 0;
        for (int64_t j = 0; j < 12; ++j) {
            double left = 0, right = 0;
            for (int64_t i = 0; i < 12; ++i) {
                const auto at = static_cast<size_t>(i * 12 + j);
                left += static_cast<double>(w[static_cast<size_t>(i)]) * (m.aa[at] + m.da[at]);
                right += free[static_cast<size_t>(i)] * m.aa[at];
            }
            off = std::max(off, std::fabs(left - right));
        }
        QVERIFY2(off < 1e-5, qPrintable(QString::number(off)));
    }

    void withoutInputErrorNothingMoves() {
        Random random(2);
        const auto w = someWeights(4 * 9, random);
        const PatchMoments m = moments(9, 100, 0, random);
        const auto same = compensated(w, 4, m, {});
        for (size_t i = 0; i < w.size(); ++i)
            QCOMPARE(same[i], static_cast<double>(w[i]));
    }

    /// Errors carried by later columns: the result's error falls against rounding each weight alone.
    void roundingCarriesErrors() {
        Random random(3);
        const int64_t inner = 32, rows = 8;
        const auto w = someWeights(rows * inner, random);
        const PatchMoments m = moments(inner, 500, 0, random);
        PatchMoments flat = m; // without covariance nothing is carried
        for (int64_t i = 0; i < inner; ++i)
            for (int64_t j = 0; j < inner; ++j)
                if (i != j) flat.aa[static_cast<size_t>(i * inner + j)] = 0;
        const auto energy = [&](const SolvedRows& solved) {
            double sum = 0;
            for (int64_t r = 0; r < rows; ++r)
                for (int64_t i = 0; i < inner; ++i)
                    for (int64_t j = 0; j < inner; ++j) {
                        const auto error = [&](int64_t k) {
                            const auto at = static_cast<size_t>(r * inner + k);
                            return static_cast<double>(w[at]) - solved.scales[static_cast<size_t>(r)] * solved.codes[at];
                        };
                        sum += error(i) * error(j) * m.aa[static_cast<size_t>(i * inner + j)];
                    }
            return sum;
        };
        const auto carried = solveRows(w, {}, rows, m, {}), alone = solveRows(w, {}, rows, flat, {});
        QVERIFY(energy(carried) < 0.7 * energy(alone));
        for (int64_t r = 0; r < rows; ++r) { // the whole grid is used: who derives the scale finds this one
            int most = 0;
            for (int64_t i = 0; i < inner; ++i)
                most = std::max(most, std::abs(int{carried.codes[static_cast<size_t>(r * inner + i)]}));
            QCOMPARE(most, 127);
        }
    }

    void constantInputsAndEmptyChannels() {
        PatchMoments m;
        m.inner = 4;
        m.aa.assign(16, 0);
        m.da.assign(16, 0);
        m.meanA.assign(4, 2.0);
        m.meanF.assign(4, 2.0);
        const std::vector<float> w{0, 0, 0, 0, 1, -0.5F, 0.25F, 0.1F}, bias{3, 4};
        const SolvedRows solved = solveRows(w, bias, 2, m, {});
        QCOMPARE(solved.codes[4], int8_t{127});
        for (size_t i = 0; i < 4; ++i)
            QCOMPARE(solved.codes[i], int8_t{0});
        QVERIFY(solved.scales[0] > 0 && std::isfinite(solved.bias[0]));
        QCOMPARE(solved.bias[0], 3.0F);
        QVERIFY(std::fabs(solved.bias[1] - 4) < 0.05F); // takes what rounding moved the mean by
    }

    /// For a linear network, Σ g² e² is the error that rounding one tensor brings, up to chance.
    void costEqualsMeasuredError() {
        const Network net = smallNetwork(6, 1, false);
        const auto classes = rangeClasses(*net.graph, net.table, int8Options(), {});
        QVERIFY(classes);
        const auto spreads = collectSpreads(net.graph, net.table, *classes, net.pictures, {});
        QVERIFY(spreads);
        const auto own = std::find_if(classes->begin(), classes->end(), [](const RangeClass& c) { return c.owner == "c0"; });
        QVERIFY(own != classes->end());
        const double threshold = net.table.at("c0").threshold;
        const double predicted = distortionOf(*own, *spreads, threshold, {}) / 6;
        quantise::PrecisionTable floats; // everything float but the tensor
        quantise::RangeTable only{{"c0", net.table.at("c0")}};
        execute::Options options;
        options.observable = true;
        const auto executor = execute::Executor::create(net.graph, options, {});
        double measured = 0;
        for (const auto& picture : net.pictures) {
            const auto values = forward(**executor, picture, {});
            execute::TensorMap live;
            for (size_t i = 0; i < values->size(); ++i)
                live[net.graph->values()[i].name] = (*values)[i];
            ir::Tensor rounded = live.at("c0");
            auto* x = rounded.mutableData<float>();
            for (int64_t i = 0; i < rounded.elementCount(); ++i)
                x[i] = static_cast<float>(std::round(static_cast<double>(x[i]) / threshold * 127) * threshold / 127);
            live["c0"] = rounded;
            const auto first = net.graph->value(net.graph->find("c0")).producer + 1;
            const auto results = (*executor)->runRange(first, static_cast<ir::NodeId>(net.graph->nodes().size()), live, {});
            QVERIFY2(results, results ? "" : toText(results.error()).c_str());
            const auto now = results->at("head").span<float>();
            const auto before = live.at("head").span<float>();
            double error = 0, all = 0;
            for (size_t i = 0; i < now.size(); ++i) {
                error += std::pow(static_cast<double>(now[i]) - static_cast<double>(before[i]), 2);
                all += std::pow(static_cast<double>(before[i]), 2);
            }
            measured += error / all / 6;
        }
        QVERIFY2(std::fabs(predicted / measured - 1) < 0.1,
                 qPrintable(QString("%1 predicted, %2 measured").arg(predicted).arg(measured)));
    }

    void classesFollowTheVendorsHarmonisation() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 8, 8}), 4, 1, "c");
        const auto a = maker.op("top.LeakyRelu", {x}, "a", test::GraphMaker::leaky());
        ir::AttributeMap up;
        up.set("scale_h", int64_t{2});
        up.set("scale_w", int64_t{2});
        maker.graph.outputs = {maker.conv(maker.op("top.Upsample", {a}, "u", up), 2, 1, "y")};
        quantise::RangeTable table;
        for (const char* name : {"x", "c", "a", "u", "y"})
            table[name] = {1, -1, 1, {}};
        const auto classes = rangeClasses(maker.graph, table, int8Options(), {});
        QVERIFY(classes);
        const auto own = std::find_if(classes->begin(), classes->end(), [](const RangeClass& c) {
            return std::find(c.rows.begin(), c.rows.end(), "a") != c.rows.end();
        });
        QVERIFY(own != classes->end());
        QCOMPARE(own->rows, (std::vector<std::string>{"c", "a", "u"}));
        QCOMPARE(own->members.size(), size_t{2}); // the upsampling moves codes
        QCOMPARE(own->members[0].rounding, Rounding::Through);
        QCOMPARE(own->members[1].rounding, Rounding::Negative);
    }

    /// Clipping an outlier that costs nothing is cheaper than coarse steps; the extents stay.
    void rangesOfLeastCost() {
        Network net = smallNetwork(2);
        const auto classes = rangeClasses(*net.graph, net.table, int8Options(), {});
        auto spreads = collectSpreads(net.graph, net.table, *classes, net.pictures, {});
        QVERIFY(spreads);
        std::vector<PickedRange> picked;
        const auto table = pickRanges(net.table, *classes, *spreads, {}, &picked);
        QVERIFY(!picked.empty());
        for (const PickedRange& one : picked)
            QVERIFY(one.costAfter <= one.costBefore);
        for (const auto& [name, range] : table) {
            QCOMPARE(range.min, net.table.at(name).min);
            QCOMPARE(range.max, net.table.at(name).max);
        }
    }

    /// The rewritten weights lower to the codes that they were made as, and come nearer on their own pictures.
    void rewrittenWeights() {
        const Network net = smallNetwork(4, 1);
        ReweightOptions options;
        options.solve.ridge = 0.1; // free to fit these very pictures
        options.solve.meanShare = 1;
        const auto before = Reference::create(net.graph, net.pictures, {});
        QVERIFY(before);
        const auto weights = reweight(*net.graph, net.table, {}, net.pictures, options, {});
        QVERIFY2(weights, weights ? "" : toText(weights.error()).c_str());
        QCOMPARE(weights->layers.size(), size_t{5});
        for (const LayerMove& layer : weights->layers)
            QVERIFY2(layer.kept.empty() && layer.moved > 0, layer.kept.c_str());
        const auto table = withScales(net.table, {}, false, *weights);
        QVERIFY(table);
        const auto lowered = quantise::lower(*weights->top, *table, {}, {}, {});
        QVERIFY(lowered);
        for (const auto& [name, scales] : weights->scales) {
            const auto codes = lowered->graph->weights.at(name + "_filter_i8").span<int8_t>();
            const auto values = weights->top->weights.at(name + "_w").span<float>();
            for (size_t i = 0; i < codes.size(); ++i) {
                const double scale = scales[i / (codes.size() / scales.size())];
                QCOMPARE(static_cast<float>(scale * codes[i]), values[i]);
            }
        }
        const auto plain = measureBanded(*before, *net.graph, net.table, {}, {}, 1, {});
        const auto now = measureBanded(*before, *weights->top, *table, {}, {}, 1, {});
        QVERIFY(plain && now);
        QVERIFY2(now->sqnr.mean > plain->sqnr.mean + 0.3,
                 qPrintable(QString("%1 dB, before %2").arg(now->sqnr.mean).arg(plain->sqnr.mean)));
        for (const auto& [name, tensor] : net.graph->weights) // the network's own weights are still there
            QVERIFY(!tensor.empty());
    }

    void staleWeightsAreRefused() {
        const Network net = smallNetwork(2);
        const auto weights = reweight(*net.graph, net.table, {}, net.pictures, {}, {});
        QVERIFY(weights && withScales(net.table, {}, false, *weights));
        auto other = net.table;
        other.at("c1").threshold *= 1.01;
        const auto refused = withScales(other, {}, false, *weights);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::ProjectModelChanged);
        QVERIFY(!withScales(net.table, {{"c1", ops::Precision::F16}}, false, *weights));
    }

    /// Weights of a portfolio fit the plan that it was given, and no other.
    void weightsFitThePlan() {
        const Network net = smallNetwork(4);
        const quantise::PrecisionTable plan{{"c1", ops::Precision::F16}};
        PortfolioOptions options;
        options.recipe = Recipe::Weights;
        options.asymmetric = false;
        options.precisions = plan;
        const auto found = runPortfolio(net.graph, net.table, {net.pictures, {}, {}}, options, {});
        QVERIFY2(found, found ? "" : toText(found.error()).c_str());
        const Candidate& kept = found->chosen();
        QCOMPARE(kept.planKey, planKey(net.table, plan, false));
        QVERIFY(kept.planKey != planKey(net.table, {}, false));
        const auto layer = std::find_if(kept.layers.begin(), kept.layers.end(), [](const LayerMove& l) { return l.name == "c1"; });
        QVERIFY(layer != kept.layers.end() && layer->kept == "it is computed in float");
    }

    void nothingInsideTheBandIsBetter() {
        QCOMPARE(compare({20.0, 0.2}, {20.5, 0.2}), Verdict::Same); // band 0.57
        QCOMPARE(compare({20.0, 0.2}, {20.7, 0.2}), Verdict::Better);
        QCOMPARE(compare({20.7, 0.2}, {20.0, 0.2}), Verdict::Worse);
        QCOMPARE(compare({20.0, 0}, {20.0, 0}), Verdict::Same);
        QCOMPARE(QString(spelling(Verdict::Same)), QString("no measurable difference"));
    }

    /// Weights fit the scales as they are: their band is that of the table, their mean their own.
    void bandOfRewrittenWeights() {
        BandedAgreement table, one;
        table.sqnr = {20, 0.4};
        one.sqnr = {23, 0};
        const BandedAgreement both = withBandOf(one, table);
        QCOMPARE(both.sqnr.mean, 23.0);
        QCOMPARE(both.sqnr.deviation, 0.4);
    }

    void setsShareNoPicture() {
        std::vector<std::string> hashes;
        for (int i = 0; i < 12; ++i)
            hashes.push_back("h" + std::to_string(i));
        hashes.push_back("h11"); // a copy
        const Sets sets = divide(hashes);
        QCOMPARE(sets.calibration.size(), size_t{6});
        QCOMPARE(sets.validation.size(), size_t{3});
        QCOMPARE(sets.test.size(), size_t{3});
        for (const size_t i : sets.test)
            QVERIFY(i != 12); // counted once
        QVERIFY(divide({"a", "b"}).validation.empty() && !divide({"a", "b"}).notes.empty());
        QVERIFY(divide({"a", "b", "c"}).test.empty());
        const Status shared = checkDisjoint({{"calibration", {"p.jpg"}, {"1"}}, {"test", {"q.jpg"}, {"1"}}});
        QVERIFY(!shared);
        QVERIFY(shared.error().what.find("q.jpg") != std::string::npos);
        QVERIFY(checkDisjoint({{"calibration", {"p", "p2"}, {"1", "1"}}, {"test", {"q"}, {"2"}}}));
    }

    /// The vendor's own table is always a candidate; with nothing held out it is what an automatic run keeps.
    void portfolio() {
        const Network net = smallNetwork(6, 0.5);
        PictureSets sets;
        sets.calibration.assign(net.pictures.begin(), net.pictures.begin() + 4);
        PortfolioOptions options;
        options.repeats = 2;
        const auto blind = runPortfolio(net.graph, net.table, sets, options, {});
        QVERIFY(blind);
        QCOMPARE(blind->best, size_t{0});
        QVERIFY(!blind->notes.empty());
        sets.validation.assign(net.pictures.begin() + 4, net.pictures.begin() + 5);
        sets.test.assign(net.pictures.begin() + 5, net.pictures.end());
        const auto found = runPortfolio(net.graph, net.table, sets, options, {});
        QVERIFY(found);
        QCOMPARE(found->candidates[0].name, std::string("vendor"));
        QVERIFY(found->candidates.size() >= 4);
        for (const Candidate& c : found->candidates)
            QVERIFY(figureOf(*c.validation).mean <= figureOf(*found->chosen().validation).mean + 1.0);
        QVERIFY(figureOf(*found->chosen().validation).mean >= figureOf(*found->candidates[0].validation).mean);
        QVERIFY(found->testBest && found->testVendor);
        QCOMPARE(QString(found->candidates[0].mode()), QString("vendor-exact"));
        QVERIFY(found->notes.front().code == Code::DetectHeadUnknown);
        const auto spans = std::find_if(found->candidates.begin(), found->candidates.end(),
                                        [](const Candidate& c) { return c.asymmetric && c.recipe == Recipe::Ranges; });
        QVERIFY(spans != found->candidates.end());
        QVERIFY(spans->marked && spans->top != net.graph); // leaky activations have no vendor's form with zero points
        QCOMPARE(QString(spans->level()), QString("code"));
        for (const auto& [name, range] : spans->ranges)
            QVERIFY(range.min >= net.table.at(name).min && range.max <= net.table.at(name).max);
    }
};

QTEST_GUILESS_MAIN(TestImprove)
#include "tst_improve.moc"
