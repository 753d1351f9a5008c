// SPDX-License-Identifier: GPL-3.0-or-later
// Equalised channels: where it may be done, that the float network stays the same, that it is done only where a
// tensor's measured damage falls.
#include "compiler/improve/equalise.h"
#include "compiler/improve/measure.h"
#include "compiler/improve/recipes.h"

#include <QTest>

#include "tests/improve/made_network.h"

#include <cmath>

using namespace wb;
using namespace wb::improve;
using test::GraphMaker;

namespace {

/// Divides channel c of a convolution by 4^(c/2) and gives it back in the next, so that small channels count as much.
void unbalance(ir::Graph& graph, const char* first, const char* second, bool depthwise) {
    const auto factor = [](int64_t c) { return std::pow(4.0F, static_cast<float>(c / 2)); };
    ir::Tensor& w = graph.weights.at(std::string(first) + "_w");
    const int64_t channels = w.shape()[0], inner = w.elementCount() / channels;
    for (int64_t i = 0; i < w.elementCount(); ++i)
        w.mutableData<float>()[i] /= factor(i / inner);
    ir::Tensor& b = graph.weights.at(std::string(first) + "_b");
    for (int64_t i = 0; i < channels; ++i)
        b.mutableData<float>()[i] /= factor(i);
    ir::Tensor& next = graph.weights.at(std::string(second) + "_w");
    const int64_t taps = next.shape()[2] * next.shape()[3];
    for (int64_t i = 0; i < next.elementCount(); ++i)
        next.mutableData<float>()[i] *= factor(depthwise ? i / taps : i / taps % channels);
}

/// conv, leaky, depthwise conv, head; the tensor before the depthwise one has channels of very different size.
test::MadeNetwork network(bool unbalanced) {
    GraphMaker maker(5);
    ir::ValueId x = maker.conv(maker.input("x", {1, 3, 16, 16}), 8, 3, "c0");
    x = maker.op("top.LeakyRelu", {x}, "a0", GraphMaker::leaky());
    x = maker.op("top.LeakyRelu", {maker.conv(x, 8, 3, "dw", 1, 8)}, "a1", GraphMaker::leaky());
    maker.graph.outputs = {maker.conv(x, 4, 1, "head")};
    if (unbalanced) unbalance(maker.graph, "c0", "dw", true);
    return test::made(maker, 4);
}

execute::TensorMap outputsOf(const std::shared_ptr<const ir::Graph>& graph, const execute::TensorMap& picture) {
    const auto executor = execute::Executor::create(graph, {}, {});
    return *(*executor)->run(picture, {});
}

Result<Equalised> equalised(const test::MadeNetwork& net, const JobContext& context, bool asymmetric = false) {
    WB_ASSIGN(const auto classes, rangeClasses(*net.graph, net.table, int8Options(asymmetric), context));
    WB_ASSIGN(const Spreads spreads, collectSpreads(net.graph, net.table, classes, net.pictures, context));
    EqualiseOptions options;
    options.asymmetric = asymmetric;
    return equalise(net.graph, net.table, net.table, classes, spreads, net.pictures, options, context);
}

} // namespace

class TestEqualise : public QObject {
    Q_OBJECT

private slots:
    void whichConvolutions() {
        GraphMaker maker;
        const auto x = maker.input("x", {1, 4, 8, 8});
        const auto leaky = maker.op("top.LeakyRelu", {maker.conv(x, 8, 1, "c1")}, "a1", GraphMaker::leaky());
        const auto fused = maker.conv(leaky, 8, 3, "c2", 1, 8, true); // a depthwise one reads a1, with its ReLU
        const auto silu = maker.op("top.SiLU", {maker.conv(fused, 8, 1, "c3")}, "a3");
        ir::AttributeMap six;
        six.set("relu_limit", 6.0);
        const auto limited = maker.op("top.Relu", {maker.conv(silu, 8, 1, "c4")}, "a4", six);
        const auto twice = maker.conv(limited, 8, 1, "c5"); // read by two
        const auto one = maker.conv(twice, 8, 1, "c6");
        const auto two = maker.conv(twice, 8, 1, "c7");
        const auto slopes = maker.graph.addWeight("slopes", maker.random({1, 8, 1, 1}, 0.1F, 0.3F));
        const auto sum = maker.op("top.Add", {one, two}, "sum");
        const auto prelu = maker.op("top.PRelu", {maker.conv(sum, 8, 1, "c8"), slopes}, "a8");
        const auto seen = maker.conv(prelu, 8, 1, "c9"); // an output, so not to be scaled
        maker.graph.outputs = {seen, maker.conv(seen, 2, 1, "y")};
        std::vector<std::string> found;
        for (const ConvPair& pair : convPairs(maker.graph))
            found.push_back(maker.graph.value(pair.between).name);
        QCOMPARE(found, (std::vector<std::string>{"a1", "c2", "a8"}));
        const auto pairs = convPairs(maker.graph);
        QCOMPARE(pairs[0].slopes.size(), size_t{1});
        QVERIFY(pairs[1].slopes.empty() && pairs[1].raw == pairs[1].between);
        QCOMPARE(pairs[2].slopes.size(), size_t{8});
    }

    void sharedWeightsStay() {
        GraphMaker maker;
        const auto x = maker.input("x", {1, 4, 8, 8});
        const auto a = maker.conv(x, 4, 1, "c1");
        const auto b = maker.conv(a, 4, 1, "c2");
        ir::Node& second = maker.graph.node(maker.graph.value(b).producer);
        second.operands[1] = maker.graph.node(maker.graph.value(a).producer).operands[1];
        maker.graph.outputs = {b};
        QVERIFY(convPairs(maker.graph).empty());
    }

    /// Powers of two change no bit of the float network's outputs: pointwise, depthwise, in groups, with slopes.
    void theFloatNetworkStaysTheSame() {
        GraphMaker maker;
        const auto x = maker.input("x", {1, 4, 8, 8});
        auto v = maker.op("top.LeakyRelu", {maker.conv(x, 8, 1, "c1")}, "a1", GraphMaker::leaky());
        v = maker.conv(v, 8, 3, "dw", 1, 8, true);
        v = maker.conv(v, 8, 3, "grouped", 2, 2);
        const auto slopes = maker.graph.addWeight("slopes", maker.random({1, 8, 1, 1}, 0.1F, 0.3F));
        v = maker.op("top.PRelu", {v, slopes}, "p");
        v = maker.conv(v, 6, 1, "c4");
        maker.graph.outputs = {maker.conv(v, 2, 3, "y")};
        const auto before = std::make_shared<const ir::Graph>(maker.graph);
        auto after = std::make_shared<ir::Graph>(maker.graph);
        const auto pairs = convPairs(*before);
        QCOMPARE(pairs.size(), size_t{4}); // before dw, before grouped, before c4, before y
        for (const ConvPair& pair : pairs) {
            std::vector<double> scales;
            for (int64_t c = 0; c < before->value(pair.raw).type.shape[1]; ++c)
                scales.push_back(std::ldexp(1.0, -static_cast<int>(c % 4)));
            scaleBetween(*after, pair, scales);
        }
        const execute::TensorMap picture{{"x", maker.random({1, 4, 8, 8})}};
        const auto a = outputsOf(before, picture), b = outputsOf(after, picture);
        const auto was = a.at("y").span<float>(), is = b.at("y").span<float>();
        for (size_t i = 0; i < was.size(); ++i)
            QCOMPARE(is[i], was[i]);
        QVERIFY(test::distance(before->weights.at("c1_w"), after->weights.at("c1_w")) > 0.01);
        QCOMPARE(before->weights.at("c1_w").span<float>()[0], maker.graph.weights.at("c1_w").span<float>()[0]);
    }

    void emptyChannelsKeepTheirScale() {
        const std::vector<double> r{8, 0, 2, 1e-9};
        const auto s = equalisers(r, 0.5);
        QCOMPARE(s[0], 1.0);
        QCOMPARE(s[1], 1.0);
        QCOMPARE(s[2], 0.5);
        QCOMPARE(s[3], kLeastEqualiser);
        for (const double v : equalisers(std::vector<double>{0, 0}, 0.5))
            QCOMPARE(v, 1.0);
    }

    void unequalChannels() {
        const test::MadeNetwork net = network(true);
        for (const bool asymmetric : {false, true}) {
            const auto found = equalised(net, {}, asymmetric);
            QVERIFY2(found, found ? "" : toText(found.error()).c_str());
            QVERIFY(found->applied() >= 1 && found->top != net.graph);
            const auto& a0 = *std::find_if(found->tensors.begin(), found->tensors.end(), [](const auto& t) { return t.name == "a0"; });
            QVERIFY2(a0.power > 0 && a0.after < 0.5 * a0.before,
                     qPrintable(QString("power %1: %2 -> %3").arg(a0.power).arg(a0.before).arg(a0.after)));
            for (const auto& picture : net.pictures)
                QVERIFY(test::distance(outputsOf(net.graph, picture).at("head"), outputsOf(found->top, picture).at("head")) < 1e-4);
            if (asymmetric) continue; // without marks its leaky activations are float
            const auto reference = Reference::create(net.graph, net.pictures, {});
            const auto plain = measureBanded(*reference, *net.graph, net.table, {}, int8Options(), 1, {});
            const auto now = measureBanded(*reference, *found->top, found->ranges, {}, int8Options(), 1, {});
            QVERIFY(plain && now);
            QVERIFY2(now->sqnr.mean > plain->sqnr.mean + 3,
                     qPrintable(QString("%1 dB, before %2").arg(now->sqnr.mean).arg(plain->sqnr.mean)));
        }
    }

    /// A share of the damage has to go: with more asked for than is to be had nothing is scaled.
    void onlyWhereItPays() {
        const test::MadeNetwork net = network(true);
        const auto classes = rangeClasses(*net.graph, net.table, int8Options(), {});
        const auto spreads = collectSpreads(net.graph, net.table, *classes, net.pictures, {});
        EqualiseOptions options;
        options.leastGain = 0.9999999;
        const auto found = equalise(net.graph, net.table, net.table, *classes, *spreads, net.pictures, options, {});
        QVERIFY(found);
        QCOMPARE(found->applied(), size_t{0});
        QVERIFY(found->top == net.graph && found->ranges == net.table);
        for (const EqualisedTensor& t : found->tensors)
            QVERIFY(t.power == 0 && t.after == t.before);
    }

    void sameAgain() {
        const test::MadeNetwork net = network(true);
        JobContext one, two;
        one.setThreads(1);
        two.setThreads(4);
        const auto a = equalised(net, one), b = equalised(net, two);
        QVERIFY(a && b);
        QVERIFY(a->ranges == b->ranges);
        for (const auto& [name, tensor] : a->top->weights) {
            const auto x = tensor.span<float>(), y = b->top->weights.at(name).span<float>();
            QVERIFY(std::equal(x.begin(), x.end(), y.begin()));
        }
    }

    void stops() {
        const test::MadeNetwork net = network(true);
        const auto classes = rangeClasses(*net.graph, net.table, int8Options(), {});
        const auto spreads = collectSpreads(net.graph, net.table, *classes, net.pictures, {});
        std::stop_source stop;
        stop.request_stop();
        const auto found = equalise(net.graph, net.table, net.table, *classes, *spreads, net.pictures, {}, JobContext(stop.get_token()));
        QVERIFY(!found && isCancelled(found.error()));
    }

    void inTheRecipes() {
        test::MadeNetwork net = network(true);
        PictureSets sets;
        sets.calibration.assign(net.pictures.begin(), net.pictures.begin() + 2);
        sets.validation.assign(net.pictures.begin() + 2, net.pictures.end());
        PortfolioOptions options;
        options.repeats = 2;
        const auto found = runPortfolio(net.graph, net.table, sets, options, {});
        QVERIFY(found);
        const auto equal = std::find_if(found->candidates.begin(), found->candidates.end(),
                                        [](const Candidate& c) { return !c.equalised.empty(); });
        QVERIFY(equal != found->candidates.end());
        QVERIFY(equal->name.ends_with("equalised") && equal->ownNetwork() && equal->planKey.empty());
        QVERIFY(std::string(equal->level()) != "table");
        options.recipe = Recipe::Ranges; // a table was asked for: weights stay
        const auto table = runPortfolio(net.graph, net.table, sets, options, {});
        QVERIFY(table);
        for (const Candidate& c : table->candidates)
            QVERIFY(c.equalised.empty());
    }
};

QTEST_GUILESS_MAIN(TestEqualise)
#include "tst_equalise.moc"
