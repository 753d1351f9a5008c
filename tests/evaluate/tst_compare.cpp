// SPDX-License-Identifier: GPL-3.0-or-later
// The comparison against numbers recorded from npz_tool 1.30.2 on the same arrays, and what we do
// differently: nothing in common fails, overflowing sums do not end in NaN.
#include "compiler/base/npz.h"
#include "compiler/evaluate/compare.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>

using namespace wb;
using namespace wb::evaluate;
using ir::ElementType;
using ir::Tensor;

namespace {

constexpr size_t kCount = 240;

template <class T = float>
Tensor make(const std::function<double(int)>& f, ir::Shape shape = {1, 3, 8, 10}, ElementType type = ElementType::F32) {
    std::vector<T> values(static_cast<size_t>(*ir::checkedElementCount(shape)));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<T>(f(static_cast<int>(i)));
    return Tensor::of<T>(type, std::move(shape), values);
}
double x(int i) { return ((i * 37 + 11) % 101 - 50) / 32.0; }
double noise(int i) { return ((i * 53 + 7) % 17 - 8) / 1024.0; }
int q(int i) { return (i * 37 + 11) % 255 - 127; }
Tensor bytes(const std::function<double(int)>& f) { return make<int8_t>(f, {kCount}, ElementType::I8); }

CompareNpzOptions tolerant() {
    CompareNpzOptions options;
    options.tolerance = {0.99, 0.5};
    return options;
}

} // namespace

class TestCompare : public QObject {
    Q_OBJECT

private slots:
    void vendorsNumbers_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<int>("level");
        QTest::addColumn<QStringList>("lines");
        const auto row = [](const char* name, int which, Level level, const QStringList& lines) {
            QTest::newRow(name) << which << int(level) << lines;
        };
        const auto measures = [](const char* c, const char* e, const char* s) {
            return QStringList{QString("    cosine_similarity      = ") + c, QString("    euclidean_similarity   = ") + e,
                               QString("    sqnr_similarity        = ") + s};
        };
        row("equal", 0, Level::Equal, {});
        row("close", 1, Level::Close, {"    close order            = 4"});
        row("similar", 2, Level::Similar, measures("0.999122", "0.958086", "27.557979"));
        row("poor", 3, Level::NotSimilar, measures("0.946974", "0.667369", "9.496180"));
        row("offset", 4, Level::NotSimilar, measures("0.876202", "0.469923", "inf"));
        const QStringList stats{"    pos(x=127)    = 0.0042  [1/240]", "    neg(x=-128)   = 0.0000  [0/240]",
                                "    zeros(x=0)    = 0.0042  [1/240]", "    low(abs(x)<8) = 0.0708  [17/240]"};
        row("int8 equal", 5, Level::Equal, stats);
        row("int8 one off", 6, Level::NotEqual, stats);
        row("int8 against float", 7, Level::NotEqual, stats);
        row("int32", 8, Level::Similar, measures("0.999988", "0.995111", "51.276199"));
        row("all zero", 9, Level::NotSimilar, measures("0.000000", "-1.000000", "inf"));
        row("cropped", 10, Level::Equal, {});
        row("mismatch", 11, Level::NotMatch, {});
        row("NaN in the same places", 12, Level::Close, {"    close order            = 5"});
        row("NaN and a difference", 13, Level::Similar, measures("1.000000", "0.999900", "80.000"));
    }
    void vendorsNumbers() {
        QFETCH(int, which);
        QFETCH(int, level);
        QFETCH(QStringList, lines);
        const auto broken = [](int i) { return i == 0 ? NAN : i == 1 ? HUGE_VAL : x(i); };
        const std::vector<std::pair<Tensor, Tensor>> pairs{
            {make(x), make(x)},
            {make(x), make([](int i) { return static_cast<float>(x(i)) * 1.00005F; })},
            {make(x), make([](int i) { return x(i) + 8 * noise(i); })},
            {make(x), make([](int i) { return x(i) + 64 * noise(i); })},
            {make([](int i) { return x(i) + 0.5; }), make(x)},
            {bytes(q), bytes(q)},
            {bytes(q), bytes([](int i) { return q(i) + (i == 5); })},
            {bytes(q), make([](int i) { return q(i) + 0.75; }, {kCount})},
            {make<int32_t>([](int i) { return q(i) * 1000; }, {kCount}, ElementType::I32),
             make<int32_t>([](int i) { return q(i) * 1000 + i % 7 * 100; }, {kCount}, ElementType::I32)},
            {make([](int) { return 0; }, {4}), make([](int) { return 1; }, {4})},
            {make(x), make([](int i) { return x(i / 20 * 10 + i % 10); }, {1, 3, 8, 20})},
            {make(x), make(x, {100})},
            {make(broken), make(broken)},
            {make(broken), make([&](int i) { return broken(i) + (i == 7); })},
        };
        const auto& [target, reference] = pairs[static_cast<size_t>(which)];
        CompareOptions options = tolerant();
        const LayerComparison layer = compareTensors(target, reference, options);
        QCOMPARE(int(layer.level), level);
        QCOMPARE(layer.passed, layer.level == Level::Equal || layer.level == Level::Close || layer.level == Level::Similar);
        const std::vector<std::string> printed = layerLines(layer, 1);
        QCOMPARE(printed.size(), size_t(lines.size()) + 2);
        for (int i = 0; i < lines.size(); ++i) {
            const QString line = QString::fromStdString(printed[size_t(i) + 2]);
            QVERIFY2(line.startsWith(lines[i]), qPrintable(line + " / " + lines[i]));
        }
        if (layer.level == Level::NotMatch) {
            QCOMPARE(layer.notes.front(), std::string("WARRING: not the same shape  (1, 3, 8, 10) v.s. (100,)"));
            QVERIFY(std::isinf(layer.sqnrDb) && layer.cosine == 0);
        }
    }

    void measuresOfEqualAndCloseLayersAreThere() {
        const LayerComparison equal = compareTensors(make(x), make(x));
        QVERIFY(equal.cosine == 1 && equal.euclid == 1 && std::isinf(equal.sqnrDb) && equal.sqnrDb > 0);
        const LayerComparison close = compareTensors(make(x), make([](int i) { return x(i) * (i == 3 ? 1.0001 : 1); }));
        QCOMPARE(close.level, Level::Close);
        QVERIFY(close.cosine > 0.999 && close.euclid > 0.999 && close.sqnrDb > 60 && close.sqnrDb < 200);
        QCOMPARE(close.maxAbsIndex, int64_t{3});
        const LayerComparison opposite = compareTensors(make(x), make([](int i) { return -x(i); }));
        QCOMPARE(opposite.cosine, -1.0);
    }

    void elementKinds() {
        // bfloat16 bits in uint16, as weight and output files hold them
        const Tensor bits = make<uint16_t>([](int) { return 0x3fc0; }, {4}, ElementType::Ui16); // 1.5
        QCOMPARE(compareTensors(bits, make([](int) { return 1.5; }, {4})).level, Level::Equal);
        const Tensor half = make<uint16_t>([](int) { return 0x3e00; }, {2, 2}, ElementType::F16); // 1.5
        QCOMPARE(compareTensors(half, make([](int) { return 1.5; }, {4})).level, Level::Equal);
        QCOMPARE(compareTensors(make<uint8_t>([](int i) { return i; }, {9}, ElementType::Ui8),
                                make<int64_t>([](int i) { return i; }, {9}, ElementType::I64)).level,
                 Level::Equal);
        // int8 against float: the float is cut toward zero first
        QCOMPARE(compareTensors(bytes(q), make([](int i) { return q(i) + (q(i) > 0 ? 0.5 : 0); }, {kCount})).level, Level::Equal);
        CompareOptions lenient = tolerant();
        lenient.int8MustEqual = false;
        QCOMPARE(compareTensors(bytes(q), bytes([](int i) { return q(i) + (i == 5); }), lenient).level, Level::Similar);
        QCOMPARE(compareTensors(make(x, {0, 3}), make(x, {0, 3})).level, Level::Equal);
    }

    void extremesStayNumbers() {
        for (double scale : {1e25, 1e-25, 1e-40, 3e38}) {
            const LayerComparison c = compareTensors(make([&](int i) { return x(i) / 2 * scale; }),
                                                     make([&](int i) { return x(i) / 2 * scale * 0.9; }));
            QVERIFY2(std::isfinite(c.cosine) && c.cosine > 0.999, std::to_string(c.cosine).c_str());
            QVERIFY(!std::isnan(c.euclid) && !std::isnan(c.sqnrDb));
        }
    }

    void sliceBySlice() {
        CompareOptions options = tolerant();
        options.perAxis = 1;
        const Tensor a = make(x), b = make([](int i) { return x(i) + (i / 80 == 1 ? 64 * noise(i) : 0.001 * x(i)); });
        const LayerComparison c = compareTensors(a, b, options);
        QVERIFY(!c.passed && c.axis == 1 && c.slice == 1);
        QVERIFY(layerLines(c, 1)[2] == "    channel 1 on axis 1 :");
        QVERIFY(compareTensors(a, a, options).level == Level::Equal);
    }

    void largestValues() {
        CompareOptions options;
        options.top = 3;
        const LayerComparison c = compareTensors(make([](int i) { return i == 2 ? 9 : i == 5 ? 7.5 : 0; }, {8}),
                                                 make([](int i) { return -i; }, {8}), options);
        QCOMPARE(c.top.size(), size_t{3});
        const auto lines = layerLines(c, 2);
        QVERIFY(lines.end()[-3] == "  2 9.0 0 -0.0" || lines.end()[-3] == "  2 9.0 0 0.0");
        QVERIFY(lines.end()[-2] == "  5 7.5 1 -1.0");
        options.top = 0;
        QVERIFY(compareTensors(make(x), make([](int) { return 1; }), options).top.empty());
    }

    void wholeFiles() {
        QTemporaryDir dir;
        const std::filesystem::path a = dir.filePath("a.npz").toStdString(), b = dir.filePath("b.npz").toStdString();
        const Tensor values = make(x), other = make([](int i) { return x(i) + 64 * noise(i); });
        QVERIFY(ir::writeNpz(a, {{"only_a", values}, {"one", values}, {"two", values}, {"three", values}}));
        QVERIFY(ir::writeNpz(b, {{"three", values}, {"two", other}, {"one", other}, {"only_b", values}}));
        JobContext context;
        auto result = compareNpz(a, b, tolerant(), context);
        QVERIFY2(result, result ? "" : toText(result.error()).c_str());
        QCOMPARE(result->layers.size(), size_t{3});
        QCOMPARE(result->layers[0].name, std::string("three")); // the reference's order
        QCOMPARE(result->firstBad()->name, std::string("two"));
        QVERIFY(result->onlyInTarget == std::vector<std::string>{"only_a"} && result->onlyInReference == std::vector<std::string>{"only_b"});
        const auto lines = reportLines(*result, 0);
        const std::vector<std::string> expected{
            "[three                           ]        EQUAL [PASSED]",
            "[two                             ]  NOT_SIMLIAR [FAILED]",
            "[one                             ]  NOT_SIMLIAR [FAILED]",
            "3 compared", "1 passed", "  1 equal, 0 close, 0 similar", "2 failed", "  0 not equal, 2 not similar"};
        QVERIFY(std::equal(expected.begin(), expected.end(), lines.begin()));
        QVERIFY(lines[8].starts_with("min_similarity = (0.94697"));
        QCOMPARE(lines.back(), std::string("npz compare FAILED."));
        QCOMPARE(verdict(*result).error().code, Code::BelowTolerance);
        QCOMPARE(verdict(*result).error().node, std::string("two"));
        QVERIFY(reportCsv(*result).starts_with("name, op, quant, pass, sim_cos, sim_euc, sqnr\nthree, -, -, True, 1.0, 1.0, inf\n"));

        CompareNpzOptions some = tolerant();
        some.excepts = {"one", "two"};
        result = compareNpz(a, b, some, context);
        QVERIFY(result && verdict(*result) && reportLines(*result, 2).back() == "npz compare PASSED.");
        some.excepts.insert("three");
        QCOMPARE(compareNpz(a, b, some, context).error().code, Code::NothingCompared);
        QVERIFY(ir::writeNpz(b, {{"other", values}}));
        const auto nothing = compareNpz(a, b, tolerant(), context);
        QCOMPARE(nothing.error().code, Code::NothingCompared);
        QVERIFY(nothing.error().why.find("'other'") != std::string::npos);
        QCOMPARE(compareNpz(a, dir.filePath("no.npz").toStdString(), {}, context).error().code, Code::FileNotFound);

        const auto fuzzy = fuzzyMatch(a, b, context);
        QVERIFY(fuzzy && fuzzy->front().equal && fuzzy->front().reference == "other");
    }

    void sameForAnyThreadsAndStopped() {
        std::vector<ir::NamedTensor> a, b;
        for (int n = 0; n < 250; ++n) {
            a.emplace_back("t" + std::to_string(n), make([&](int i) { return x(i + n); }));
            b.emplace_back("t" + std::to_string(n), make([&](int i) { return x(i + n) + noise(i * n); }));
        }
        std::string first;
        for (int threads : {1, 2, 5}) {
            JobContext context;
            context.setThreads(threads);
            const auto result = compareSets(a, b, tolerant(), context);
            const std::string csv = reportCsv(*result);
            if (first.empty()) first = csv;
            QCOMPARE(csv, first);
        }
        CompareNpzOptions thin = tolerant();
        thin.forAll = false;
        QCOMPARE(compareSets(a, b, thin, JobContext())->layers.size(), size_t{250}); // step 1 keeps all
        for (int n = 250; n < 450; ++n)
            a.emplace_back("t" + std::to_string(n), a[0].second), b.emplace_back("t" + std::to_string(n), b[0].second);
        const auto thinned = compareSets(a, b, thin, JobContext());
        QCOMPARE(thinned->layers.size(), size_t{225 + 5}); // every second, and the odd ones of the last nine
        QCOMPARE(thinned->layers.back().name, std::string("t449"));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = compareSets(a, b, {}, JobContext(stop.get_token()));
        QVERIFY(!stopped && isCancelled(stopped.error()));
    }

    void searchMeasure() {
        QCOMPARE(similarity(make(x), make(x)), 1.0);
        QVERIFY(similarity(make(x), make([](int i) { return -x(i); })) < 1e-12);
        QCOMPARE(similarity(make(x), make([](int) { return 0; })), 0.5);
        QCOMPARE(similarity(make(x), make([](int) { return NAN; })), 0.5);
        QCOMPARE(similarity(make(x), make(x, {3})), 0.5);
        const double c = compareTensors(make(x), make([](int i) { return x(i) + 64 * noise(i); })).cosine;
        QVERIFY(std::abs(similarity(make(x), make([](int i) { return x(i) + 64 * noise(i); })) - (0.5 + c / 2)) < 1e-6);
    }

    void tolerances() {
        QVERIFY(parseTolerance("0.90,0.80")->euclid == 0.80 && parseTolerance("0.9")->euclid == 0.9);
        for (const char* bad : {"", "a", "0.9,", "0.9,b", "0.9;0.8", "nan", "1,2,3,4"})
            QCOMPARE(parseTolerance(bad).error().code, Code::UsageError);
    }

    void goldenAgainstItself() {
        WB_SHARED_OR_SKIP(path, "golden/ultraface/bm1684x_int8_sym.layers.npz");
        WB_SHARED_OR_SKIP(asym, "golden/ultraface/bm1684x_int8_asym.layers.npz");
        const auto same = compareNpz(path, path, {}, JobContext());
        QVERIFY(same && same->count(Level::Equal) == same->layers.size() && same->layers.size() == 85);
        const auto different = compareNpz(asym, path, {}, JobContext());
        QVERIFY(different && different->layers.size() >= 80 && different->minCosine() > 0.9);
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
