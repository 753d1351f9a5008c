// SPDX-License-Identifier: GPL-3.0-or-later
// What a search computes only once: values that two networks share, the part of the second that is new, and
// the tensors whose codes spoil the outputs.
#include "compiler/search/damage.h"
#include "compiler/search/difference.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <algorithm>

using namespace wb;
using search::Known;

namespace {

/// x → c0 → … → c5; the sum of c1 and c4 is one more output.
ir::Graph chain(test::GraphMaker& maker) {
    ir::ValueId value = maker.input("x", {1, 8, 6, 6}), one = ir::kNoValue, four = ir::kNoValue;
    for (int i = 0; i < 6; ++i) {
        value = maker.conv(value, 8, 3, "c" + std::to_string(i));
        if (i == 1) one = value;
        if (i == 4) four = value;
    }
    maker.graph.outputs = {value, maker.op("top.Add", {one, four}, "sum")};
    return maker.graph;
}

std::vector<std::string> namesOf(const ir::Graph& graph, const std::vector<bool>& chosen) {
    std::vector<std::string> names;
    for (size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i] && graph.weight(static_cast<ir::ValueId>(i)) == nullptr) names.push_back(graph.values()[i].name);
    return names;
}

} // namespace

class TestDifference : public QObject {
    Q_OBJECT

private slots:
    void whatIsSameIsNotComputed() {
        test::GraphMaker maker;
        const auto first = std::make_shared<const ir::Graph>(chain(maker));
        Known known(first, 1);
        const std::vector<bool> all = search::sameValues(*first, known);
        QVERIFY(std::all_of(all.begin(), all.end(), [](bool same) { return same; }));

        ir::Graph second = *first; // one weight of c3 differs, in a store of its own
        ir::Tensor filter = second.weights.at("c3_w");
        filter.mutableData<float>()[5] += 1;
        second.weights.insert_or_assign("c3_w", filter);
        const std::vector<bool> same = search::sameValues(second, known);
        QCOMPARE(namesOf(second, same), (std::vector<std::string>{"x", "c0", "c1", "c2"}));

        const auto part = search::partOf(second, same);
        QCOMPARE(part->inputs().size(), size_t{2}); // c1 for the sum, c2
        QCOMPARE(part->outputs.size(), size_t{2});

        JobContext context;
        const execute::TensorMap in{{"x", maker.random({1, 8, 6, 6})}};
        const auto observed = execute::Executor::create(first, {.observable = true}, context);
        QVERIFY(observed.hasValue());
        execute::TensorMap feed;
        QVERIFY((*observed)->run(in, context, [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
            const std::string& name = first->value(first->node(id).results[0]).name;
            if (name == "c1" || name == "c2")
                feed[name] = ir::Tensor::of<float>(ir::ElementType::F32, results[0].shape(), results[0].span<float>());
            return {};
        }).hasValue());
        const auto whole = execute::Executor::create(std::make_shared<const ir::Graph>(second), {}, context);
        const auto rest = execute::Executor::create(part, {}, context);
        QVERIFY(whole.hasValue() && rest.hasValue());
        const auto expected = (*whole)->run(in, context), found = (*rest)->run(feed, context);
        QVERIFY(expected.hasValue() && found.hasValue());
        for (const auto& [name, tensor] : *expected)
            QVERIFY(test::distance(found->at(name), tensor) < 1e-6);
    }

    void otherTypesAttributesAndNamesDiffer() {
        test::GraphMaker maker;
        const auto first = std::make_shared<const ir::Graph>(chain(maker));
        const Known known(first, 1);
        for (int what = 0; what < 3; ++what) {
            ir::Graph second = *first;
            const ir::ValueId c4 = second.find("c4");
            if (what == 0) second.value(c4).type.quant = ir::CalibratedRange{-1, 1};
            if (what == 1) second.node(second.value(c4).producer).attributes.set("do_relu", true);
            if (what == 2) second.value(c4).name = "other";
            QCOMPARE(namesOf(second, search::sameValues(second, known)),
                     (std::vector<std::string>{"x", "c0", "c1", "c2", "c3"}));
        }
        QVERIFY(namesOf(*first, search::sameValues(*first, {})).empty());
    }

    /// Producer and readers of the bad tensor move together, and first.
    void theWorstTensorMovesFirst() {
        std::vector<search::TensorClass> classes(4);
        for (ir::NodeId i = 0; i < 4; ++i) {
            classes[static_cast<size_t>(i)].layers = {i, i + 1};
            classes[static_cast<size_t>(i)].damage = i == 2 ? 1.0 : 0.01;
        }
        classes[2].layers = {2, 3, 5}; // a fork: two readers
        std::vector<bool> free(6, true);
        const std::vector<bool> none(6, false);
        auto moves = search::orderMoves(classes, free, none, 6);
        QVERIFY(!moves.empty());
        QCOMPARE(moves[0].layers, (std::vector<ir::NodeId>{2, 3, 5}));
        QVERIFY(moves[0].left < 0.04);
        for (size_t i = 1; i < moves.size(); ++i)
            QVERIFY(moves[i].left < moves[i - 1].left);
        QVERIFY(search::orderMoves(classes, free, none, 2).size() <= 2); // too few for the worst
        free[5] = false; // a locked reader keeps the tensor in codes
        for (const auto& move : search::orderMoves(classes, free, none, 6))
            QVERIFY(std::find(move.layers.begin(), move.layers.end(), 5) == move.layers.end() && move.left > 0.9);
    }

    /// A knapsack: a set that takes less away goes first where its layers cost far less in float.
    void cheapLayersMoveFirst() {
        std::vector<search::TensorClass> classes(2);
        classes[0].layers = {0, 1};
        classes[0].damage = 1.0;
        classes[1].layers = {2, 3};
        classes[1].damage = 0.5;
        const std::vector<bool> free(4, true), none(4, false);
        QCOMPARE(search::orderMoves(classes, free, none, 4)[0].layers, (std::vector<ir::NodeId>{0, 1}));
        const auto moves = search::orderMoves(classes, free, none, 4, {1000, 1000, 100, 100});
        QCOMPARE(moves.size(), size_t{2});
        QCOMPARE(moves[0].layers, (std::vector<ir::NodeId>{2, 3}));
        QCOMPARE(moves[0].cost, 200.0);
        QCOMPARE(moves[1].left, 0.0);
    }
};

QTEST_GUILESS_MAIN(TestDifference)
#include "tst_difference.moc"
