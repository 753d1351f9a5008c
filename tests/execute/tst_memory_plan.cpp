// SPDX-License-Identifier: GPL-3.0-or-later
// No two values that live at the same time share bytes, unless one is deliberately inside the other.
#define QT_NO_KEYWORDS // "slots" is a word of ours here
#include "compiler/execute/plan.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <algorithm>
#include <cmath>
#include <random>

using namespace wb;
using namespace wb::execute;

namespace {

/// First pair of roots that live at once and overlap, as text.
std::string overlap(const std::vector<Slot>& slots) {
    struct Life {
        size_t id, begin, end;
        int first, last;
    };
    std::vector<Life> lives;
    for (size_t i = 0; i < slots.size(); ++i) {
        size_t root = i;
        while (slots[root].parent != kNoSlot)
            root = static_cast<size_t>(slots[root].parent);
        if (slots[root].place != Place::Arena) continue;
        lives.push_back({root, slots[root].arenaOffset, slots[root].arenaOffset + slots[root].bytes,
                         slots[i].firstStep, std::max(slots[i].lastStep, slots[i].firstStep)});
    }
    for (const Life& a : lives)
        for (const Life& b : lives)
            if (a.id < b.id && a.first <= b.last && b.first <= a.last && a.begin < b.end && b.begin < a.end)
                return std::to_string(a.id) + " and " + std::to_string(b.id);
    return {};
}

} // namespace

class TestMemoryPlan : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void liveValuesNeverOverlap() {
        for (Options options : {Options{}, Options{.observable = true}, Options{.scalar = true, .observable = true}}) {
            test::GraphMaker maker;
            const auto graph = maker.detector(32);
            auto plan = buildPlan(*graph, options, JobContext());
            QVERIFY(plan.hasValue());
            QCOMPARE(overlap(plan->slots), std::string());
            size_t sum = 0;
            for (const Slot& slot : plan->slots)
                if (slot.place == Place::Arena) sum += slot.bytes;
            QVERIFY2(plan->arenaBytes < sum * 3 / 4, "memory is shared");
        }
    }

    void theCheckCanFail() {
        std::vector<Slot> slots(2);
        for (Slot& slot : slots) {
            slot.bytes = 64;
            slot.firstStep = 0;
            slot.lastStep = 1;
        }
        QVERIFY(!overlap(slots).empty());
        QCOMPARE(placeRoots(slots), size_t{128});
        QCOMPARE(overlap(slots), std::string());
    }

    void randomLivesArePlaced() {
        std::mt19937 random(99);
        for (int round = 0; round < 50; ++round) {
            std::vector<Slot> slots(60);
            size_t sum = 0;
            for (Slot& slot : slots) {
                slot.bytes = 1 + random() % 5000;
                slot.firstStep = static_cast<int>(random() % 40);
                slot.lastStep = slot.firstStep + static_cast<int>(random() % 8);
                sum += slot.bytes + 64;
            }
            const size_t total = placeRoots(slots);
            QCOMPARE(overlap(slots), std::string());
            QVERIFY(total < sum);
            for (const Slot& slot : slots)
                QVERIFY(slot.arenaOffset % 64 == 0 && slot.arenaOffset + slot.bytes <= total);
        }
    }

    void activationsFuseAndConcatenationsCopyNothing() {
        test::GraphMaker maker;
        const auto graph = maker.detector(32);
        auto plan = buildPlan(*graph, {}, JobContext());
        QVERIFY(plan.hasValue());
        size_t kernels = 0;
        for (const Step& step : plan->steps) {
            if (step.kind == StepKind::Kernel) ++kernels;
            if (graph->node(step.node).op != "top.Concat" || step.kind != StepKind::Kernel) continue;
            if (graph->value(graph->node(step.node).results[0]).name == "raggedy") continue; // 21 channels first
            for (size_t i = 0; i < step.inputs.size(); ++i) {
                const auto in = plan->locate(step.inputs[i]);
                QCOMPARE(in.root, plan->locate(step.outputs[0]).root);
            }
        }
        size_t nodes = 0;
        for (const ir::Node& node : graph->nodes())
            if (node.op != "top.Weight" && node.op != "top.Input") ++nodes;
        QVERIFY2(kernels + 6 <= nodes, "SiLU, Relu, LeakyRelu, Add and Reshape take no step of their own");
    }
};

QTEST_APPLESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"
