// SPDX-License-Identifier: GPL-3.0-or-later
// The graph's edits and questions, tensors, types, attributes.
#include "compiler/ir/graph.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/subgraph.h"
#include "compiler/ir/text/text.h"

#include <QTemporaryDir>
#include <QTest>

using namespace wb;
using namespace wb::ir;

namespace {

TensorType f32(Shape shape) { return {ElementType::F32, std::move(shape), true, {}}; }

/// x → a → b → out, a → dead, with a weight at b and one that nobody uses.
struct Small {
    Graph g;
    ValueId x, a, w, b, dead, out;
    Small() {
        x = g.add("top.Input", {}, "x", f32({1, 4}));
        a = g.add("top.Relu", {x}, "a", f32({1, 4}));
        w = g.addWeight("w", Tensor(ElementType::F32, {4, 4}));
        g.addWeight("unused", Tensor(ElementType::F32, {2}));
        b = g.add("top.MatMul", {a, w, kNoValue}, "b", f32({1, 4}));
        dead = g.add("top.Sigmoid", {a}, "dead", f32({1, 4}));
        out = g.add("top.Relu", {b}, "out", f32({1, 4}));
        g.outputs = {out};
    }
};

std::vector<std::string> ops(const Graph& g) {
    std::vector<std::string> names;
    for (const Node& n : g.nodes())
        names.push_back(n.op);
    return names;
}

/// What must hold after every edit.
void verifyLinks(const Graph& g) {
    for (size_t n = 0; n < g.nodes().size(); ++n)
        for (size_t r = 0; r < g.nodes()[n].results.size(); ++r) {
            const Value& v = g.value(g.nodes()[n].results[r]);
            QCOMPARE(v.producer, static_cast<NodeId>(n));
            QCOMPARE(v.resultIndex, static_cast<int32_t>(r));
        }
}

} // namespace

class TestGraph : public QObject {
    Q_OBJECT

private slots:
    void questions() {
        const Small s;
        QVERIFY(s.g.inputs() == std::vector<ValueId>{s.x});
        QCOMPARE(s.g.find("b"), s.b);
        QCOMPARE(s.g.find("nothing"), kNoValue);
        QCOMPARE(s.g.producer(s.b)->op, std::string("top.MatMul"));
        QVERIFY(s.g.producer(kNoValue) == nullptr);
        QVERIFY(s.g.weight(s.w) != nullptr && s.g.weight(s.a) == nullptr);
        QCOMPARE(s.g.users()[static_cast<size_t>(s.a)].size(), size_t{2});
        QVERIFY(s.g.isOutput(s.out) && !s.g.isOutput(s.b));
        verifyLinks(s.g);
    }

    void eraseDead() {
        Small s;
        QCOMPARE(s.g.eraseDead(), size_t{2});
        QVERIFY(ops(s.g) == std::vector<std::string>({"top.Input", "top.Relu", "top.Weight", "top.MatMul", "top.Relu"}));
        QCOMPARE(s.g.values().size(), size_t{5});
        QVERIFY(s.g.weights.contains("w") && !s.g.weights.contains("unused"));
        QCOMPARE(s.g.find("dead"), kNoValue);
        QCOMPARE(s.g.value(s.g.outputs[0]).name, std::string("out"));
        QCOMPARE(s.g.nodes()[3].operands[2], kNoValue);
        verifyLinks(s.g);
        QCOMPARE(s.g.eraseDead(), size_t{0});
        s.g.outputs = {s.g.find("a")};
        QCOMPARE(s.g.eraseDead(), size_t{3});
        QVERIFY(s.g.weights.empty());
        s.g.outputs.clear(); // an input stays even if nothing uses it
        s.g.eraseDead();
        QVERIFY(ops(s.g) == std::vector<std::string>{"top.Input"});
    }

    void replaceUsesAndInsert() {
        Small s;
        s.g.replaceUses(s.b, s.a);
        QVERIFY(s.g.nodes().back().operands == std::vector<ValueId>{s.a});
        s.g.replaceUses(s.out, s.b);
        QVERIFY(s.g.outputs == std::vector<ValueId>{s.b});
        const NodeId at = s.g.insertNode(1, "top.Split", {s.x}, {"l", "r"}, {f32({1, 2}), f32({1, 2})});
        QCOMPARE(at, NodeId{1});
        QCOMPARE(s.g.node(1).op, std::string("top.Split"));
        QCOMPARE(s.g.node(2).op, std::string("top.Relu"));
        QCOMPARE(s.g.value(s.g.find("r")).resultIndex, 1);
        verifyLinks(s.g);
    }

    void topologicalOrder() {
        Graph g;
        const ValueId late = g.add("top.Relu", {}, "late", f32({1}));
        const ValueId early = g.add("top.Input", {}, "early", f32({1}));
        const ValueId other = g.add("top.Input", {}, "other", f32({1}));
        const ValueId sum = g.add("top.Add", {late, other}, "sum", f32({1}));
        g.node(0).operands = {early};
        g.outputs = {sum};
        QVERIFY(g.sortTopologically());
        QVERIFY(ops(g) == std::vector<std::string>({"top.Input", "top.Relu", "top.Input", "top.Add"}));
        QCOMPARE(g.value(g.nodes()[0].results[0]).name, std::string("early"));
        verifyLinks(g);
        const Graph before = g;
        QVERIFY(g.sortTopologically()); // stable
        QVERIFY(ops(g) == ops(before));
        g.node(1).operands = {sum}; // late needs sum, sum needs late
        const Status status = g.sortTopologically();
        QCOMPARE(status.error().code, Code::GraphCycle);
        QVERIFY(status.error().what.find("2 nodes") != std::string::npos);
        QCOMPARE(g.nodes().size(), size_t{4}); // untouched
        Graph twice;
        const ValueId in = twice.add("top.Input", {}, "in", f32({1}));
        twice.outputs = {twice.add("top.Add", {in, in, kNoValue}, "double", f32({1}))};
        QVERIFY(twice.sortTopologically());
    }

    void copiesShareWeights() {
        Small s;
        Graph copy = s.g;
        QCOMPARE(copy.weight(s.w)->bytes(), s.g.weight(s.w)->bytes());
        copy.weights.find("w")->second.mutableData<float>()[0] = 5;
        QVERIFY(copy.weight(s.w)->bytes() != s.g.weight(s.w)->bytes());
        QCOMPARE(s.g.weight(s.w)->data<float>()[0], 0.0F);
    }

    /// The middle alone: what it reads from outside is an input, weights come along, others do not.
    void partOfAGraph() {
        const Small s;
        const std::vector<NodeId> middle{s.g.value(s.b).producer};
        const auto part = subgraph(s.g, middle, std::vector<ValueId>{s.b});
        verifyLinks(*part);
        QCOMPARE(part->inputs().size(), size_t{1});
        QCOMPARE(QString::fromStdString(part->value(part->inputs()[0]).name), QStringLiteral("a"));
        QCOMPARE(part->weight(part->find("w"))->bytes(), s.g.weight(s.w)->bytes());
        QCOMPARE(part->find("unused"), kNoValue);
        QCOMPARE(part->find("dead"), kNoValue);
        QVERIFY(part->outputs == std::vector<ValueId>{part->find("b")});
        const Node& product = *part->producer(part->find("b"));
        QVERIFY(product.op == "top.MatMul");
        QVERIFY((product.operands == std::vector<ValueId>{part->find("a"), part->find("w"), kNoValue}));
    }

    void tensors() {
        const float values[6] = {1, 2, 3, 4, 5, 6};
        const Tensor t = Tensor::of<float>(ElementType::F32, {2, 3}, values);
        QCOMPARE(t.byteSize(), size_t{24});
        QCOMPARE(reinterpret_cast<uintptr_t>(t.bytes()) % 64, uintptr_t{0});
        const Tensor flat = t.reshaped({6});
        QCOMPARE(flat.bytes(), t.bytes());
        QCOMPARE(flat.span<float>()[5], 6.0F);
        QCOMPARE(Tensor::allocate(ElementType::F32, {1 << 20, 1 << 20, 1 << 20}).error().code, Code::OutOfMemory);
        QVERIFY(!Tensor::allocate(ElementType::F32, {-1}));
        QVERIFY(Tensor::allocate(ElementType::F32, {0, 5})->elementCount() == 0);
        QVERIFY(!checkedElementCount({int64_t{1} << 62, 4}) && checkedElementCount({}) == 1);
        QCOMPARE(toText(Shape{1, -1, 3}), std::string("1x?x3"));
        for (int e = 0; e <= int(ElementType::Ui64); ++e)
            QCOMPARE(elementTypeFromSpelling(spelling(ElementType(e))), std::optional(ElementType(e)));
    }

    void attributes() {
        AttributeMap map;
        map.set("pads", Attribute::ints({1, 2}));
        map.set("alpha", 0.5);
        map.set("axis", Attribute::si32(3));
        map.set("flag", true);
        map.set("mode", "nearest");
        map.set("round", EnumAttr{"tpu", "round_mode", "HalfUp"});
        map.set("unit", UnitAttr{});
        QVERIFY(map.integers("pads") == std::vector<int64_t>({1, 2}) && map.integers("none").empty());
        QCOMPARE(map.real("alpha"), 0.5);
        QCOMPARE(map.real("axis"), 3.0);
        QCOMPARE(map.integer("axis"), int64_t{3});
        QCOMPARE(map.integer("alpha", 9), int64_t{9}); // another kind
        QVERIFY(map.boolean("flag") && map.boolean("unit") && !map.boolean("none"));
        QCOMPARE(map.string("mode"), std::string("nearest"));
        QCOMPARE(map.enumerator("round"), std::string("HalfUp"));
        map.erase("axis");
        QVERIFY(!map.has("axis"));
        QCOMPARE(print(Attribute::floats({0.25})), std::string("[2.500000e-01]"));
    }

    void tensorsInFiles() {
        QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("t.npz").toStdString();
        std::vector<NamedTensor> all;
        for (int e = int(ElementType::F32); e <= int(ElementType::Ui64); ++e)
            all.emplace_back(spelling(ElementType(e)), Tensor(ElementType(e), {2, 1}));
        QVERIFY(writeNpz(path, all));
        const auto back = readNpzInOrder(path);
        QVERIFY(back && back->size() == all.size());
        for (size_t i = 0; i < all.size(); ++i) {
            QCOMPARE((*back)[i].first, all[i].first);
            QVERIFY((*back)[i].second.shape() == all[i].second.shape());
            QCOMPARE((*back)[i].second.byteSize(), all[i].second.byteSize());
        }
        QCOMPARE(readNpz(path)->at("f16").type(), ElementType::F16);
        QCOMPARE(readNpz(path)->at("bf16").type(), ElementType::Ui16); // raw bits
        QVERIFY(writeNpz(path, all, HalfForm::RawBits));
        QCOMPARE(readNpz(path)->at("f16").type(), ElementType::Ui16);
        QVERIFY(!writeNpz(path, {{"none", Tensor()}}));
        QVERIFY(readNpz(path)); // the failed write left the old file
    }
};

QTEST_GUILESS_MAIN(TestGraph)
#include "tst_graph.moc"
