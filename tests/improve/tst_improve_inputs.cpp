// SPDX-License-Identifier: GPL-3.0-or-later
// The recipes on what they were not made for: too few pictures, operators without a gradient, tensors that never
// change, empty channels. Each is said in words, and the best that is still possible is done.
#include "compiler/improve/recipes.h"

#include <QTest>

#include "tests/improve/made_network.h"

#include <cmath>

using namespace wb;
using namespace wb::improve;
using test::GraphMaker;

namespace {

bool says(const Portfolio& found, Code code) {
    return std::any_of(found.notes.begin(), found.notes.end(),
                       [&](const Error& note) { return note.code == code && note.severity == Severity::Note; });
}

void verifyFinite(const Portfolio& found) {
    for (const Candidate& candidate : found.candidates) {
        if (candidate.validation) QVERIFY2(std::isfinite(candidate.validation->sqnr.mean), candidate.name.c_str());
        for (const auto& [name, range] : candidate.ranges) {
            QVERIFY2(std::isfinite(range.threshold) && std::isfinite(range.min) && std::isfinite(range.max), name.c_str());
            for (const double scale : range.weightScales)
                QVERIFY2(scale > 0 && std::isfinite(scale), name.c_str());
        }
        for (const auto& [name, tensor] : candidate.top->weights)
            if (tensor.type() == ir::ElementType::F32)
                for (const float v : tensor.span<float>())
                    QVERIFY2(std::isfinite(v), name.c_str());
    }
}

GraphMaker chain() {
    GraphMaker maker(9);
    ir::ValueId x = maker.conv(maker.input("x", {1, 3, 12, 12}), 8, 3, "c0");
    x = maker.op("top.LeakyRelu", {x}, "a0", GraphMaker::leaky());
    x = maker.op("top.LeakyRelu", {maker.conv(x, 8, 3, "dw", 1, 8)}, "a1", GraphMaker::leaky());
    maker.graph.outputs = {maker.conv(x, 4, 1, "head")};
    return maker;
}

PictureSets setsOf(const test::MadeNetwork& net, size_t calibration, size_t validation) {
    PictureSets sets;
    const auto at = [&](size_t i) { return net.pictures.begin() + static_cast<std::ptrdiff_t>(i); };
    sets.calibration.assign(at(0), at(calibration));
    sets.validation.assign(at(calibration), at(calibration + validation));
    return sets;
}

} // namespace

class TestImproveInputs : public QObject {
    Q_OBJECT

private slots:
    void noPicture() {
        GraphMaker maker = chain();
        const test::MadeNetwork net = test::made(maker, 1);
        const auto none = runPortfolio(net.graph, net.table, {}, {}, {});
        QVERIFY(!none);
        QCOMPARE(none.error().code, Code::DatasetEmpty);
        const auto weights = reweight(*net.graph, net.table, {}, {}, {}, {});
        QVERIFY(!weights);
        QCOMPARE(weights.error().code, Code::DatasetEmpty);
    }

    /// One picture: a recipe asked for by name is done, said to be unmeasured; an automatic run keeps the vendor's.
    void onePicture() {
        GraphMaker maker = chain();
        const test::MadeNetwork net = test::made(maker, 1);
        PortfolioOptions options;
        JobContext context;
        const auto automatic = runPortfolio(net.graph, net.table, setsOf(net, 1, 0), options, context);
        QVERIFY(automatic);
        QCOMPARE(automatic->best, size_t{0});
        QVERIFY(says(*automatic, Code::PicturesTooFew));
        QCOMPARE(context.diagnostics().all().size(), automatic->notes.size());
        options.recipe = Recipe::Both;
        const auto asked = runPortfolio(net.graph, net.table, setsOf(net, 1, 0), options, {});
        QVERIFY(asked);
        QVERIFY(asked->best > 0);
        QVERIFY(asked->chosen().reason.find("not measured") != std::string::npos);
        verifyFinite(*asked);
    }

    /// Through a step no gradient flows; what lies before it keeps ranges of even weight, and the run goes on.
    void withoutGradient() {
        GraphMaker maker(4);
        ir::ValueId x = maker.op("top.LeakyRelu", {maker.conv(maker.input("x", {1, 3, 12, 12}), 8, 3, "c0")}, "a0", GraphMaker::leaky());
        x = maker.op("top.Floor", {x}, "steps");
        maker.graph.outputs = {maker.conv(x, 4, 1, "head")};
        const test::MadeNetwork net = test::made(maker, 4);
        PortfolioOptions options;
        options.repeats = 2;
        const auto found = runPortfolio(net.graph, net.table, setsOf(net, 2, 2), options, {});
        QVERIFY2(found, found ? "" : toText(found.error()).c_str());
        QVERIFY(found->candidates.size() > 1);
        QVERIFY(says(*found, Code::GradientStopped));
        verifyFinite(*found);
        QVERIFY(figureOf(*found->chosen().validation).mean >= figureOf(*found->candidates[0].validation).mean);
    }

    /// A convolution of zeros, an empty channel, a picture of one grey: finite scales and weights everywhere.
    void tensorsThatNeverChange() {
        for (const bool wholeLayer : {false, true}) {
            GraphMaker maker = chain();
            ir::Tensor& w = maker.graph.weights.at("c0_w");
            const int64_t inner = w.elementCount() / 8;
            std::fill_n(w.mutableData<float>(), wholeLayer ? w.elementCount() : inner, 0.0F);
            ir::Tensor& b = maker.graph.weights.at("c0_b");
            std::fill_n(b.mutableData<float>(), wholeLayer ? 8 : 1, 0.0F);
            test::MadeNetwork net = test::made(maker, 3);
            ir::Tensor grey(ir::ElementType::F32, {1, 3, 12, 12});
            std::fill_n(grey.mutableData<float>(), grey.elementCount(), 0.5F);
            net.pictures.insert(net.pictures.begin(), {{"x", grey}});
            net.table = test::tableOf(net.graph, net.pictures, 1);
            for (auto& [name, range] : net.table) // as calibration bounds what never changes
                range.threshold = std::max(range.threshold, 1e-5);
            PortfolioOptions options;
            options.repeats = 2;
            const auto found = runPortfolio(net.graph, net.table, setsOf(net, 2, 2), options, {});
            QVERIFY2(found, found ? "" : toText(found.error()).c_str());
            QVERIFY(found->candidates.size() > 1);
            verifyFinite(*found);
        }
    }

    void noKnownHead() {
        GraphMaker maker = chain();
        const test::MadeNetwork net = test::made(maker, 4);
        PortfolioOptions options;
        options.repeats = 2;
        options.recipe = Recipe::Ranges;
        const auto found = runPortfolio(net.graph, net.table, setsOf(net, 2, 2), options, {});
        QVERIFY(found);
        QVERIFY(says(*found, Code::DetectHeadUnknown));
        QVERIFY(!found->candidates[0].validation->first().detects);
    }
};

QTEST_GUILESS_MAIN(TestImproveInputs)
#include "tst_improve_inputs.moc"
