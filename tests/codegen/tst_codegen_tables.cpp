// SPDX-License-Identifier: GPL-3.0-or-later
// Rewrites that keep in lanes what would go through DDR for its shape alone: tables of tokens, stacked branches, pictures
// resized by any factor.
#include "compiler/codegen/rewrites/heads.h"
#include "compiler/codegen/rewrites/resize_products.h"
#include "compiler/codegen/rewrites/stacks.h"
#include "compiler/codegen/rewrites/token_rows.h"
#include "tests/codegen/lowered_graphs.h"

#include <QTest>

using namespace wb;
using ir::Attribute;
using ir::ElementType;
using ir::Shape;
using ir::ValueId;
using test::countOf;
using test::Net;

class TestCodegenTables : public QObject {
    Q_OBJECT

private slots:
    void tablesOfTokensAreRows();
    void tokensFirstAreRows();
    void picturesAreOneRow();
    void transposesOfOneAxisGo();
    void partsOfRowsStayRows();
    void neighboursAreCopied();
    void branchesAreNotStacked();
    void sharedKeysStayInLanes();
};

void TestCodegenTables::tablesOfTokensAreRows() {
    for (const int64_t width : {int64_t{96}, int64_t{40}}) { // short rows stay as they are
        Net net;
        const ValueId table = net.op("tpu.Reshape", {net.input({2, 42, width})}, {84, width});
        const ValueId factor = net.graph.addWeight("factor", ir::Tensor(ElementType::F16, {1, width}));
        const ValueId scaled = net.op("tpu.Scale", {net.op("tpu.Active", {table}, {84, width}), factor, factor}, {84, width});
        net.graph.node(net.graph.value(scaled).producer).attributes.set("do_relu", true);
        net.graph.outputs = {net.op("tpu.Abs", {net.op("tpu.Reshape", {scaled}, {2, 42, width})}, {2, 42, width})};
        const ir::Graph done = codegen::rowsOfTokens(net.graph);
        const bool taken = width == 96;
        QCOMPARE(countOf(done, "tpu.Scale"), taken ? 0 : 1);
        QCOMPARE(countOf(done, "tpu.Reshape"), taken ? 0 : 2);
        for (const ir::Node& node : done.nodes()) {
            if (node.op == "tpu.Mul" || node.op == "tpu.Add") QCOMPARE(done.value(node.results[0]).type.element, ElementType::F32);
            if (node.op == "tpu.Add") QVERIFY(node.attributes.boolean("do_relu"));
        }
    }
}

/// A batch of one behind tokens, and tables of them; few rows stay what they are.
void TestCodegenTables::tokensFirstAreRows() {
    for (const Shape& tokens : {Shape{70, 1}, Shape{70}, Shape{9}, Shape{70, 20}}) {
        Net net;
        const auto of = [&](int64_t width) {
            Shape shape = tokens;
            shape.push_back(width);
            return shape;
        };
        const ValueId matrix = net.graph.addWeight("matrix", ir::Tensor(ElementType::F16, {96, 64}));
        net.graph.outputs = {net.op("tpu.Active", {net.op("tpu.MatMul", {net.input(of(96)), matrix, ir::kNoValue}, of(64))}, of(64))};
        const ir::Graph done = codegen::rowsOfTokens(net.graph);
        const bool taken = tokens != Shape{9} && tokens != Shape{70, 20};
        for (const ir::Node& node : done.nodes())
            if (node.op == "tpu.MatMul" || node.op == "tpu.Active")
                QCOMPARE(done.value(node.results[0]).type.shape, (taken ? Shape{1, 70, 64} : of(64)));
    }
}

/// A classifier of whole pictures, not of their means.
void TestCodegenTables::picturesAreOneRow() {
    for (const int64_t side : {7, 1}) {
        Net net;
        const int64_t channels = side > 1 ? 256 : 4096, length = channels * side * side;
        const ValueId matrix = net.graph.addWeight("matrix", ir::Tensor(ElementType::F16, {length, 10}));
        const ValueId row = net.op("tpu.Reshape", {net.input({1, channels, side, side})}, {1, length});
        net.graph.outputs = {net.op("tpu.MatMul", {row, matrix, ir::kNoValue}, {1, 10})};
        const ir::Graph done = codegen::rowsOfTokens(net.graph);
        for (const ir::Node& node : done.nodes())
            if (node.op == "tpu.MatMul") QCOMPARE(done.value(node.operands[0]).type.shape, (side > 1 ? Shape{1, 1, length} : Shape{1, length}));
    }
}

/// A transpose of heads that lie along lanes is none where only axes of one element change places.
void TestCodegenTables::transposesOfOneAxisGo() {
    Net net;
    const auto heads = [&](bool transposed) {
        const ValueId split = net.op("tpu.Reshape", {net.input({1, 70, 96})}, {1, 70, 3, 32});
        const ValueId x = net.op("tpu.Permute", {split}, transposed ? Shape{1, 3, 32, 70} : Shape{1, 3, 70, 32});
        net.graph.node(net.graph.value(x).producer).attributes.set("order", Attribute::ints(transposed ? std::vector<int64_t>{0, 2, 3, 1} : std::vector<int64_t>{0, 2, 1, 3}));
        return x;
    };
    const ValueId scores = net.op("tpu.MatMul", {heads(false), heads(true)}, {1, 3, 70, 70});
    const ValueId back = net.op("tpu.Permute", {scores}, {70, 1, 3, 70});
    net.graph.node(net.graph.value(back).producer).attributes.set("order", Attribute::ints({2, 0, 1, 3}));
    net.graph.outputs = {net.op("tpu.Abs", {net.op("tpu.Reshape", {back}, {70, 210})}, {70, 210})};
    const ir::Graph done = codegen::headsAlongLanes(net.graph);
    QCOMPARE(countOf(done, "tpu.Permute"), 0);
    const ir::Node* reshape = done.producer(done.producer(done.outputs[0])->operands[0]);
    QCOMPARE(reshape->op, std::string("tpu.Reshape"));
    QCOMPARE(done.value(reshape->operands[0]).type.shape, (Shape{1, 70, 3, 70}));
}

/// Slices of a product's columns, and their join with a transposed picture on which a function acts.
void TestCodegenTables::partsOfRowsStayRows() {
    for (const bool last : {true, false}) { // slices of another axis are none of rows
        Net net;
        const ValueId rows = net.op("tpu.Reshape", {net.input({1, 42, 96})}, {1, 6, 7, 96});
        const Shape part = last ? Shape{1, 6, 7, 60} : Shape{1, 4, 7, 96};
        const ValueId cut = net.op("tpu.Slice", {rows}, part);
        auto& slice = net.graph.node(net.graph.value(cut).producer).attributes;
        slice.set("offset", Attribute::ints(last ? std::vector<int64_t>{0, 0, 0, 36} : std::vector<int64_t>{0, 2, 0, 0}));
        slice.set("steps", Attribute::ints({1, 1, 1, 1}));
        const Shape beside{1, part[1], 7, 20};
        const ValueId picture = net.op("tpu.Permute", {net.input({1, 20, part[1], 7})}, beside);
        net.graph.node(net.graph.value(picture).producer).attributes.set("order", Attribute::ints({0, 2, 3, 1}));
        const ValueId join = net.op("tpu.Concat", {cut, net.op("tpu.Active", {picture}, beside)}, {1, part[1], 7, part[3] + 20});
        net.graph.node(net.graph.value(join).producer).attributes.set("axis", int64_t{3});
        net.graph.outputs = {net.op("tpu.Reshape", {join}, {1, part[1] * 7, part[3] + 20})};
        const ir::Graph done = codegen::rowsOfTokens(net.graph);
        for (const ir::Node& node : done.nodes())
            for (const char* op : {"tpu.Slice", "tpu.Concat", "tpu.Active"})
                if (node.op == op) QCOMPARE(done.value(node.results[0]).type.shape.size(), size_t{last ? 3U : 4U});
        QCOMPARE(countOf(done, "tpu.Reshape"), 2); // one is the output's own
    }
}

void TestCodegenTables::neighboursAreCopied() {
    const auto products = [](int64_t channels, const char* mode) {
        Net net;
        const ValueId y = net.op("tpu.Interp", {net.input({1, channels, 5, 6}), ir::kNoValue, ir::kNoValue}, {1, channels, 7, 4});
        auto& attributes = net.graph.node(net.graph.value(y).producer).attributes;
        attributes.set("mode", ir::EnumAttr{"tpu", "mode", mode});
        attributes.set("coord_mode", ir::EnumAttr{"tpu", "coord_mode", "half_pixel"});
        net.graph.outputs = {y};
        return countOf(codegen::resizeByProducts(net.graph), "tpu.MatMul");
    };
    QCOMPARE(products(32, "nearest"), 0);
    QCOMPARE(products(4, "nearest"), 2); // most lanes would have nothing to do
    QCOMPARE(products(32, "linear"), 0);
    QCOMPARE(products(4, "linear"), 2);
}

void TestCodegenTables::branchesAreNotStacked() {
    for (const int64_t count : {int64_t{2}, int64_t{3}}) { // a sum of three is not rounded once
        Net net;
        std::vector<ValueId> branches;
        for (int64_t i = 0; i < count; ++i) {
            const ValueId five = net.op("tpu.Reshape", {net.input({1, 70, 6, 5})}, {1, 1, 70, 6, 5});
            branches.push_back(net.op("tpu.Active", {five}, {1, 1, 70, 6, 5}));
        }
        const ValueId stack = net.op("tpu.Concat", branches, {1, count, 70, 6, 5});
        net.graph.node(net.graph.value(stack).producer).attributes.set("axis", int64_t{1});
        const ValueId scaled = net.op("tpu.Mul", {stack, net.input({1, count, 70, 1, 1})}, {1, count, 70, 6, 5});
        const auto sum = [&](ValueId of, const char* mode) {
            const ValueId y = net.op("tpu.Reduce", {of, ir::kNoValue, ir::kNoValue}, {1, 70, 6, 5});
            auto& attributes = net.graph.node(net.graph.value(y).producer).attributes;
            attributes.set("axes", Attribute::ints({1}));
            attributes.set("mode", std::string(mode));
            return y;
        };
        net.graph.outputs = {sum(scaled, "ReduceSum"), sum(stack, "ReduceMax")};
        const ir::Graph done = codegen::unstackBranches(net.graph);
        const bool taken = count == 2;
        QCOMPARE(countOf(done, "tpu.Concat"), taken ? 0 : 1);
        QCOMPARE(countOf(done, "tpu.Reduce"), taken ? 0 : 2);
        QCOMPARE(countOf(done, "tpu.Active"), count);
        QCOMPARE(countOf(done, "tpu.Mul"), taken ? 2 : 1);
        QCOMPARE(countOf(done, "tpu.Add"), taken ? 1 : 0);
        QCOMPARE(countOf(done, "tpu.Max"), taken ? 1 : 0);
        QCOMPARE(done.value(done.outputs[0]).name, net.graph.value(net.graph.outputs[0]).name);
    }
}

/// Rotary embedding of queries and keys, and keys that two heads share: no transposes, no copies in DDR.
void TestCodegenTables::sharedKeysStayInLanes() {
    Net net;
    const auto heads = [&](int64_t count) {
        const ValueId x = net.op("tpu.Permute", {net.op("tpu.Reshape", {net.input({1, 70, 32 * count})}, {1, 70, count, 32})}, {1, count, 70, 32});
        net.graph.node(net.graph.value(x).producer).attributes.set("order", Attribute::ints({0, 2, 1, 3}));
        return x;
    };
    const auto part = [&](ValueId x, int64_t count, int64_t begin) {
        const ValueId y = net.op("tpu.Slice", {x}, {1, count, 70, 16});
        auto& attributes = net.graph.node(net.graph.value(y).producer).attributes;
        attributes.set("offset", Attribute::ints({0, 0, 0, begin}));
        attributes.set("steps", Attribute::ints({1, 1, 1, 1}));
        return y;
    };
    const auto turned = [&](ValueId x, int64_t count) {
        const ValueId table = net.graph.addWeight("table" + std::to_string(count), ir::Tensor(ElementType::F16, {70, 32}));
        const ValueId other = net.op("tpu.Concat", {net.op("tpu.MulConst", {part(x, count, 16)}, {1, count, 70, 16}), part(x, count, 0)}, {1, count, 70, 32});
        net.graph.node(net.graph.value(other).producer).attributes.set("axis", int64_t{3});
        return net.op("tpu.Add", {net.op("tpu.Mul", {x, table}, {1, count, 70, 32}), net.op("tpu.Mul", {other, table}, {1, count, 70, 32})}, {1, count, 70, 32});
    };
    const ValueId tiled = net.op("tpu.Tile", {net.op("tpu.Reshape", {turned(heads(2), 2)}, {1, 2, 1, 70, 32})}, {1, 2, 2, 70, 32});
    const ValueId keys = net.op("tpu.Permute", {net.op("tpu.Reshape", {tiled}, {1, 4, 70, 32})}, {1, 4, 32, 70});
    net.graph.node(net.graph.value(keys).producer).attributes.set("order", Attribute::ints({0, 1, 3, 2}));
    const ValueId scores = net.op("tpu.MatMul", {turned(heads(4), 4), keys}, {1, 4, 70, 70});
    const ValueId back = net.op("tpu.Permute", {scores}, {1, 70, 4, 70});
    net.graph.node(net.graph.value(back).producer).attributes.set("order", Attribute::ints({0, 2, 1, 3}));
    net.graph.outputs = {net.op("tpu.Abs", {back}, {1, 70, 4, 70})};
    const ir::Graph done = codegen::headsAlongLanes(net.graph);
    for (const char* op : {"tpu.Permute", "tpu.Tile", "tpu.Concat", "tpu.Slice"}) QCOMPARE(countOf(done, op), 0);
    QCOMPARE(countOf(done, codegen::kLaneJoin), 2);
    for (const ir::Node& node : done.nodes())
        if (node.op == "tpu.MatMul") {
            QCOMPARE(done.value(node.operands[0]).type.shape, (Shape{1, 70, 4, 32}));
            QCOMPARE(done.value(node.operands[1]).type.shape, (Shape{1, 70, 2, 32}));
        }
}

QTEST_GUILESS_MAIN(TestCodegenTables)
#include "tst_codegen_tables.moc"
