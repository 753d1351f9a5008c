// SPDX-License-Identifier: GPL-3.0-or-later
// Rewrites of the lowered graph, looked at by themselves; that results stay as they were is shown by tst_codegen_zoo.
#include "compiler/codegen/rewrites/channel_slices.h"
#include "compiler/codegen/rewrites/heads.h"
#include "compiler/codegen/rewrites/idle_movers.h"
#include "compiler/codegen/rewrites/interleaves.h"
#include "compiler/codegen/rewrites/spread_results.h"
#include "compiler/codegen/rewrites/strided_view.h"
#include "compiler/codegen/rewrites/token_rows.h"
#include "compiler/codegen/rewrites/picture_norms.h"
#include "compiler/codegen/rewrites/repeats.h"
#include "tests/codegen/lowered_graphs.h"

#include <QTest>

#include <algorithm>

using namespace wb;
using ir::Attribute;
using ir::ElementType;
using ir::Shape;
using ir::ValueId;
using test::countOf;
using test::Net;
using test::f16;

class TestCodegenRewrites : public QObject {
    Q_OBJECT

private slots:
    void operatorsRepeatByThemselves();
    void copiesThatAreNeededStay();
    void functionsComeBeforeRepeats();
    void productsRepeatTheirBatches();
    void slicesOfOneKindShareAPermutation();
    void viewsByStrides();
    void attentionNeedsNoTransposes();
    void otherProductsStay();
    void masksHaveFourAxes();
    void idleMoversGo();
    void picturesOfTokensAreRows();
    void normsOfWholePictures();
    void phasesOfTransposedConvolutions();
    void slicesBecomePartsOfFilters();
    void normsOfChannelsInLanes();
};

namespace {

/// [1, 70, 96] → heads of 32: [1, 3, 70, 32], or its transpose.
ValueId headsOf(Net& net, ValueId x, bool transposed = false) {
    const ValueId split = net.op("tpu.Reshape", {x}, {1, 70, 3, 32});
    const ValueId out = net.op("tpu.Permute", {split}, transposed ? Shape{1, 3, 32, 70} : Shape{1, 3, 70, 32});
    net.graph.node(net.graph.value(out).producer).attributes.set("order", Attribute::ints(transposed ? std::vector<int64_t>{0, 2, 3, 1} : std::vector<int64_t>{0, 2, 1, 3}));
    return out;
}

} // namespace

void TestCodegenRewrites::operatorsRepeatByThemselves() {
    for (const char* name : {"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Div", "tpu.Max", "tpu.Min", "tpu.Compare"}) {
        Net net;
        const ValueId x = net.input({1, 4, 32, 196}), norm = net.input({1, 4, 32, 1});
        const ValueId y = net.op(name, {x, net.op("tpu.Tile", {norm}, {1, 4, 32, 196})}, {1, 4, 32, 196});
        net.graph.outputs = {y};
        const ir::Graph done = codegen::dropRepeats(net.graph);
        QCOMPARE(countOf(done, "tpu.Tile"), 0);
        const ir::Node* node = done.producer(done.outputs[0]);
        QCOMPARE(done.value(node->operands[1]).type.shape, (Shape{1, 4, 32, 1}));
        QCOMPARE(done.value(node->results[0]).type.shape, (Shape{1, 4, 32, 196}));
    }
}

void TestCodegenRewrites::copiesThatAreNeededStay() {
    { // neither operand has all rows and columns: one is repeated
        Net net;
        const ValueId a = net.op("tpu.Tile", {net.input({1, 4, 1, 8})}, {1, 4, 6, 8});
        const ValueId b = net.op("tpu.Tile", {net.input({1, 4, 1, 8})}, {1, 4, 6, 8});
        net.graph.outputs = {net.op("tpu.Add", {a, b}, {1, 4, 6, 8})};
        QCOMPARE(countOf(codegen::dropRepeats(net.graph), "tpu.Tile"), 1);
    }
    { // not one element but a period; a reader that does not repeat; an output
        Net net;
        const ValueId x = net.input({1, 4, 6, 8});
        const ValueId period = net.op("tpu.Tile", {net.input({1, 2, 6, 8})}, {1, 4, 6, 8});
        const ValueId joined = net.op("tpu.Tile", {net.input({1, 4, 6, 1})}, {1, 4, 6, 8});
        const ValueId given = net.op("tpu.Tile", {net.input({1, 1, 6, 8})}, {1, 4, 6, 8});
        net.graph.outputs = {net.op("tpu.Mul", {x, period}, {1, 4, 6, 8}), net.op("tpu.Concat", {x, joined}, {1, 8, 6, 8}),
                             net.op("tpu.Mul", {x, joined}, {1, 4, 6, 8}), net.op("tpu.Mul", {x, given}, {1, 4, 6, 8}), given};
        const ir::Graph done = codegen::dropRepeats(net.graph);
        QCOMPARE(countOf(done, "tpu.Tile"), 3);
        QCOMPARE(done.value(done.producer(done.outputs[2])->operands[1]).type.shape, (Shape{1, 4, 6, 1}));
        QCOMPARE(done.value(done.producer(done.outputs[3])->operands[1]).type.shape, (Shape{1, 1, 6, 8}));
    }
    { // more axes than the chip has, however they are joined
        Net net;
        const ValueId x = net.input({2, 3, 4, 5, 6}), once = net.input({1, 3, 1, 5, 1});
        net.graph.outputs = {net.op("tpu.Mul", {x, net.op("tpu.Tile", {once}, {2, 3, 4, 5, 6})}, {2, 3, 4, 5, 6})};
        QCOMPARE(countOf(codegen::dropRepeats(net.graph), "tpu.Tile"), 1);
    }
}

void TestCodegenRewrites::functionsComeBeforeRepeats() {
    Net net;
    const ValueId x = net.input({1, 4, 6, 8});
    const ValueId repeated = net.op("tpu.Tile", {net.input({1, 4, 6, 1})}, {1, 4, 6, 8});
    net.graph.outputs = {net.op("tpu.Mul", {x, net.op("tpu.Active", {repeated}, {1, 4, 6, 8})}, {1, 4, 6, 8})};
    const std::string name = net.graph.value(net.graph.outputs[0]).name;
    const ir::Graph done = codegen::dropRepeats(net.graph);
    QCOMPARE(countOf(done, "tpu.Tile"), 0);
    QCOMPARE(done.value(done.outputs[0]).name, name);
    const ir::Node* product = done.producer(done.outputs[0]);
    QCOMPARE(done.producer(product->operands[1])->op, std::string("tpu.Active"));
    QCOMPARE(done.value(product->operands[1]).type.shape, (Shape{1, 4, 6, 1}));
}

void TestCodegenRewrites::productsRepeatTheirBatches() {
    Net net;
    const ValueId queries = net.input({8, 4, 49, 32});
    const ValueId keys = net.op("tpu.Tile", {net.input({1, 4, 32, 49})}, {8, 4, 32, 49});
    const ValueId rows = net.op("tpu.Tile", {net.input({8, 4, 1, 49})}, {8, 4, 49, 49}); // a matrix is no batch
    net.graph.outputs = {net.op("tpu.MatMul", {queries, keys, ir::kNoValue}, {8, 4, 49, 49}),
                         net.op("tpu.MatMul", {rows, net.input({8, 4, 49, 7}), ir::kNoValue}, {8, 4, 49, 7})};
    const ir::Graph done = codegen::dropRepeats(net.graph);
    QCOMPARE(countOf(done, "tpu.Tile"), 1);
    QCOMPARE(done.value(done.producer(done.outputs[0])->operands[1]).type.shape, (Shape{1, 4, 32, 49}));
}

void TestCodegenRewrites::slicesOfOneKindShareAPermutation() {
    Net net;
    const ValueId x = net.input({1, 3, 197, 64});
    const auto slice = [&](int64_t first, int64_t step, int64_t length) {
        const ValueId y = net.op("tpu.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue}, {1, 3, 197, length});
        ir::AttributeMap& a = net.graph.node(net.graph.value(y).producer).attributes;
        a.set("offset", Attribute::ints({0, 0, 0, first}));
        a.set("steps", Attribute::ints({1, 1, 1, step}));
        a.set("ends", Attribute::ints({1, 3, 197, 64}));
        return y;
    };
    const auto column = [&](ValueId in) { return net.op("tpu.Reshape", {in}, {1, 3, 197, 32, 1}); };
    const ValueId even = slice(0, 2, 32), odd = slice(1, 2, 32), low = slice(0, 1, 32), block = slice(16, 1, 8);
    const ValueId wide = net.input({1, 3, 197, 640}), half = net.op("tpu.Slice", {wide, ir::kNoValue, ir::kNoValue, ir::kNoValue}, {1, 3, 197, 320});
    ir::AttributeMap& halves = net.graph.node(net.graph.value(half).producer).attributes;
    halves.set("offset", Attribute::ints({0, 0, 0, 320}));
    halves.set("steps", Attribute::ints({1, 1, 1, 1}));
    const ValueId joined = net.op("tpu.Concat", {column(odd), column(even)}, {1, 3, 197, 32, 2});
    net.graph.node(net.graph.value(joined).producer).attributes.set("axis", Attribute::si32(4));
    net.graph.outputs = {joined, low, block, half};
    const ir::Graph done = codegen::dealInterleaves(net.graph);
    // Even and odd columns share one, what joins them is another; blocks of 64 and 16 bytes. Long runs stay as they are.
    QCOMPARE(countOf(done, "tpu.Permute"), 4);
    QCOMPARE(done.producer(done.outputs[0])->op, std::string("tpu.Reshape"));
    QCOMPARE(done.value(done.outputs[0]).name, net.graph.value(joined).name);
    QCOMPARE(done.producer(done.outputs[3])->op, std::string("tpu.Slice"));
}

void TestCodegenRewrites::viewsByStrides() {
    Net net;
    const ValueId x = net.input({2, 6, 20});
    const ValueId split = net.op("tpu.Reshape", {x}, {2, 6, 4, 5});
    const ValueId turned = net.op("tpu.Permute", {split}, {2, 4, 5, 6});
    net.graph.node(net.graph.value(turned).producer).attributes.set("order", Attribute::ints({0, 2, 3, 1}));
    const ValueId part = net.op("tpu.Slice", {turned}, {2, 2, 5, 6});
    auto& slice = net.graph.node(net.graph.value(part).producer).attributes;
    slice.set("axes", Attribute::ints({}));
    slice.set("offset", Attribute::ints({0, -2, 0, 0}));
    slice.set("steps", Attribute::ints({1, 1, 1, 1}));
    auto view = codegen::stridedViewOf(net.graph, part);
    QCOMPARE(view.base, x);
    QCOMPARE(view.offset, 10);
    QCOMPARE(view.strides, (std::vector<int64_t>{120, 5, 1, 20}));
    // Axes that no stride joins: the view begins anew there.
    const ValueId flat = net.op("tpu.Reshape", {part}, {2, 2, 30});
    QCOMPARE(codegen::stridedViewOf(net.graph, flat).base, flat);
    QCOMPARE(codegen::stridedViewOf(net.graph, net.op("tpu.Reshape", {part}, {2, 1, 10, 6})).strides, (std::vector<int64_t>{120, 0, 1, 20}));
}

void TestCodegenRewrites::attentionNeedsNoTransposes() {
    Net net;
    const ValueId q = net.input({1, 70, 96}), k = net.input({1, 70, 96}), v = net.input({1, 70, 96});
    const ValueId scores = net.op("tpu.MatMul", {headsOf(net, q), headsOf(net, k, true)}, {1, 3, 70, 70});
    const ValueId scaled = net.op("tpu.MulConst", {scores}, {1, 3, 70, 70});
    const ValueId shares = net.op("tpu.Softmax", {scaled}, {1, 3, 70, 70});
    net.graph.node(net.graph.value(shares).producer).attributes.set("axis", int64_t{3});
    const ValueId mixed = net.op("tpu.MatMul", {shares, headsOf(net, v)}, {1, 3, 70, 32});
    const ValueId back = net.op("tpu.Permute", {mixed}, {1, 70, 3, 32});
    net.graph.node(net.graph.value(back).producer).attributes.set("order", Attribute::ints({0, 2, 1, 3}));
    net.graph.outputs = {net.op("tpu.Abs", {back}, {1, 70, 3, 32})};
    const ir::Graph done = codegen::headsAlongLanes(net.graph);
    QCOMPARE(countOf(done, "tpu.Permute"), 0);
    QCOMPARE(countOf(done, codegen::kLaneView), 3);
    QCOMPARE(done.value(done.outputs[0]).type.shape, (Shape{1, 70, 3, 32}));
    for (const ir::Node& node : done.nodes()) {
        if (node.op == "tpu.MatMul") QVERIFY(node.attributes.boolean("hdim_is_batch"));
        if (node.op == "tpu.Softmax" || node.op == "tpu.MulConst") QCOMPARE(done.value(node.results[0]).type.shape, (Shape{1, 70, 3, 70}));
    }
}

/// Rows that do not lie in lanes, and few of them, gain nothing.
void TestCodegenRewrites::otherProductsStay() {
    for (const bool few : {false, true}) {
        Net net;
        const int64_t rows = few ? 4 : 70;
        const ValueId left = few ? headsOf(net, net.input({1, 70, 96})) : net.input({1, 3, rows, 32});
        const ValueId taken = few ? net.op("tpu.Abs", {left}, {1, 3, rows, 32}) : left;
        net.graph.outputs = {net.op("tpu.MatMul", {taken, net.input({1, 3, 32, 70})}, {1, 3, rows, 70})};
        const ir::Graph done = codegen::headsAlongLanes(net.graph);
        QVERIFY(!done.producer(done.outputs[0])->attributes.boolean("hdim_is_batch"));
    }
}

/// A mask for each window, added with an axis of one element in front.
void TestCodegenRewrites::masksHaveFourAxes() {
    Net net;
    const ValueId x = net.input({4, 3, 16, 16});
    const ValueId split = net.op("tpu.Reshape", {x}, {1, 4, 3, 16, 16});
    const ValueId mask = net.graph.addWeight("mask", ir::Tensor(ElementType::F16, {1, 4, 1, 16, 16}));
    const ValueId sum = net.op("tpu.Add", {split, mask}, {1, 4, 3, 16, 16});
    const ValueId joined = net.op("tpu.Reshape", {sum}, {4, 3, 16, 16});
    net.graph.outputs = {net.op("tpu.Abs", {joined}, {4, 3, 16, 16})};
    const ir::Graph done = codegen::headsAlongLanes(net.graph);
    QCOMPARE(countOf(done, "tpu.Reshape"), 0);
    const ir::Node* node = done.producer(done.producer(done.outputs[0])->operands[0]);
    QCOMPARE(QString::fromStdString(node->op), QString("tpu.Add"));
    QCOMPARE(done.value(node->operands[1]).type.shape, (Shape{4, 1, 16, 16}));
    QCOMPARE(done.value(node->results[0]).type.shape, (Shape{4, 3, 16, 16}));
}

void TestCodegenRewrites::idleMoversGo() {
    Net net;
    const auto with = [&](ValueId id, const char* name, std::vector<int64_t> numbers) {
        net.graph.node(net.graph.value(id).producer).attributes.set(name, Attribute::ints(std::move(numbers)));
        return id;
    };
    const ValueId x = net.input({1, 8, 6, 1});
    const ValueId sliced = with(net.op("tpu.Slice", {x}, {1, 8, 6, 1}), "steps", {1, 1, 1, 1});
    const ValueId padded = with(net.op("tpu.Pad", {sliced}, {1, 8, 6, 1}), "paddings", {0, 0, 0, 0, 0, 0, 0, 0});
    const ValueId turned = with(net.op("tpu.Permute", {padded}, {1, 8, 1, 6}), "order", {0, 1, 3, 2});
    const ValueId reversed = with(net.op("tpu.Slice", {turned}, {1, 8, 1, 6}), "steps", {1, 1, 1, -1});
    const ValueId swapped = with(net.op("tpu.Permute", {reversed}, {1, 6, 1, 8}), "order", {0, 3, 2, 1});
    net.graph.outputs = {with(net.op("tpu.Slice", {swapped}, {1, 6, 1, 8}), "steps", {1, 1, 1, 1})};
    const ir::Graph done = codegen::dropIdleMovers(net.graph);
    QCOMPARE(countOf(done, "tpu.Slice"), 2); // one turns the order round, one is an output
    QCOMPARE(countOf(done, "tpu.Pad"), 0);
    QCOMPARE(countOf(done, "tpu.Permute"), 1);
    QCOMPARE(countOf(done, "tpu.Reshape"), 1);
}

/// norm → product → function → sum with what was rows before: one chain of three axes.
void TestCodegenRewrites::picturesOfTokensAreRows() {
    for (const int64_t width : {int64_t{96}, int64_t{40}}) { // short rows stay as they are
        Net net;
        const ValueId rows = net.input({1, 42, width});
        const ValueId picture = net.op("tpu.Reshape", {rows}, {1, 6, 7, width});
        const ValueId norm = net.op("tpu.LayerNorm", {picture, ir::kNoValue, ir::kNoValue}, {1, 6, 7, width});
        net.graph.node(net.graph.value(norm).producer).attributes.set("axis", int64_t{3});
        const ValueId matrix = net.graph.addWeight("matrix", ir::Tensor(ElementType::F16, {width, width}));
        const ValueId product = net.op("tpu.MatMul", {norm, matrix, ir::kNoValue}, {1, 6, 7, width});
        const ValueId factor = net.graph.addWeight("factor", ir::Tensor(ElementType::F16, {width}));
        const ValueId scaled = net.op("tpu.Mul", {net.op("tpu.Active", {product}, {1, 6, 7, width}), factor}, {1, 6, 7, width});
        const ValueId sum = net.op("tpu.Add", {scaled, picture}, {1, 6, 7, width});
        net.graph.outputs = {net.op("tpu.Reshape", {sum}, {1, 42, width})};
        const ir::Graph done = codegen::rowsOfTokens(net.graph);
        QCOMPARE(done.value(done.outputs[0]).type.shape, (Shape{1, 42, width}));
        for (const ir::Node& node : done.nodes())
            if (node.op != "top.Weight" && node.op != "top.Input" && node.op != "tpu.Reshape")
                QCOMPARE(done.value(node.results[0]).type.shape.size(), size_t{width == 96 ? 3U : 4U});
        QCOMPARE(countOf(done, "tpu.Reshape"), width == 96 ? 1 : 2); // the output's own
        for (const ir::Node& node : done.nodes())
            if (node.op == "tpu.LayerNorm") QCOMPARE(node.attributes.integer("axis"), width == 96 ? 2 : 3);
    }
}

void TestCodegenRewrites::normsOfWholePictures() {
    for (const float factor : {1.0F, 2.0F}) { // a factor of the row would have to be spread over channels
        Net net;
        const ValueId x = net.input({2, 64, 5, 7});
        const ValueId row = net.op("tpu.Reshape", {x}, {2, 1, 2240});
        const ValueId wide = net.op("tpu.Cast", {row}, {2, 1, 2240});
        const ValueId gamma = net.graph.addWeight("gamma", ir::Tensor::of<float>(ElementType::F32, {1}, std::vector<float>{factor}));
        const ValueId norm = net.op("tpu.InstanceNorm", {wide, gamma, ir::kNoValue, ir::kNoValue, ir::kNoValue}, {2, 1, 2240});
        net.graph.node(net.graph.value(norm).producer).attributes.set("eps", 1e-5);
        const ValueId back = net.op("tpu.Reshape", {norm}, {2, 64, 5, 7});
        net.graph.outputs = {net.op("tpu.Abs", {back}, {2, 64, 5, 7})};
        const ir::Graph done = codegen::normsOfPictures(net.graph);
        const bool taken = factor == 1.0F;
        QCOMPARE(countOf(done, "tpu.GroupNorm"), taken ? 1 : 0);
        QCOMPARE(countOf(done, "tpu.Reshape"), taken ? 0 : 2);
        QCOMPARE(done.value(done.producer(done.outputs[0])->operands[0]).type.shape, (Shape{2, 64, 5, 7}));
    }
}

/// Kernel 4, stride 2, border 1: blocks begin one result in front of the first one, and each phase has 2 × 2 taps.
void TestCodegenRewrites::phasesOfTransposedConvolutions() {
    for (const int64_t channels : {8, 64}) {
        Net net;
        const ValueId x = net.input({1, 16, 20, 30});
        const ValueId filter = net.graph.addWeight("filter", ir::Tensor(ElementType::F16, {channels, 16, 4, 4}), f16({channels, 16, 4, 4}));
        const ValueId y = net.op("tpu.Deconv", {x, filter, ir::kNoValue}, {1, channels, 40, 60});
        ir::AttributeMap& a = net.graph.node(net.graph.value(y).producer).attributes;
        a.set("kernel_shape", Attribute::ints({4, 4}));
        a.set("strides", Attribute::ints({2, 2}));
        a.set("pads", Attribute::ints({1, 1, 1, 1}));
        net.graph.outputs = {y};
        const std::string name = net.graph.value(y).name;
        const ir::Graph done = codegen::spreadResults(net.graph);
        const ir::Node* join = done.producer(done.outputs[0]);
        QCOMPARE(join->op, std::string("tpu.JoinPhases"));
        QCOMPARE(done.value(done.outputs[0]).name, name);
        QCOMPARE(done.value(done.outputs[0]).type.shape, (Shape{1, channels, 40, 60}));
        QCOMPARE(join->attributes.integer("origin_y"), int64_t{1});
        QCOMPARE(done.value(join->operands[0]).type.shape, (Shape{1, 4 * channels, 21, 31}));
        const ir::Node* conv = done.producer(join->operands[0]);
        QCOMPARE(conv->op, std::string("tpu.Conv2D"));
        QCOMPARE(conv->attributes.integers("kernel_shape"), (std::vector<int64_t>{2, 2}));
        QCOMPARE(conv->attributes.integers("pads"), (std::vector<int64_t>{1, 1, 1, 1}));
    }
}

/// Channels 16 to 48 of as many as the array takes in as many steps; of more they stay a slice.
void TestCodegenRewrites::slicesBecomePartsOfFilters() {
    for (const int64_t all : {48, 64, 80}) {
        Net net;
        const ValueId x = net.input({1, all, 10, 12});
        const ValueId part = net.op("tpu.Slice", {x}, {1, 40, 10, 12});
        ir::AttributeMap& cut = net.graph.node(net.graph.value(part).producer).attributes;
        cut.set("offset", Attribute::ints({0, 8, 0, 0}));
        cut.set("steps", Attribute::ints({1, 1, 1, 1}));
        std::vector<uint16_t> ones(5 * 40, 0x3c00);
        const ValueId filter = net.graph.addWeight("filter", ir::Tensor::of<uint16_t>(ElementType::F16, {5, 40, 1, 1}, ones), f16({5, 40, 1, 1}));
        const ValueId y = net.op("tpu.Conv2D", {part, filter, ir::kNoValue}, {1, 5, 10, 12});
        ir::AttributeMap& a = net.graph.node(net.graph.value(y).producer).attributes;
        a.set("kernel_shape", Attribute::ints({1, 1}));
        a.set("strides", Attribute::ints({1, 1}));
        a.set("pads", Attribute::ints({0, 0, 0, 0}));
        net.graph.outputs = {y};
        const ir::Graph done = codegen::slicesIntoFilters(net.graph);
        const bool whole = all <= 64;
        QCOMPARE(countOf(done, "tpu.Slice"), whole ? 0 : 1);
        const ir::Tensor& made = *done.weight(done.producer(done.outputs[0])->operands[1]);
        QCOMPARE(made.shape(), (Shape{5, whole ? all : 40, 1, 1}));
        for (int64_t c = 0; whole && c < all; ++c)
            QCOMPARE(made.data<uint16_t>()[2 * all + c], c >= 8 && c < 48 ? 0x3c00 : 0);
    }
}

/// The row that a product leaves in lanes, not one that comes from DDR.
void TestCodegenRewrites::normsOfChannelsInLanes() {
    for (const bool made : {true, false}) {
        Net net;
        ValueId x = net.input({1, 96});
        const ValueId matrix = net.graph.addWeight("matrix", ir::Tensor(ElementType::F16, {96, 96}), f16({96, 96}));
        if (made) x = net.op("tpu.Active", {net.op("tpu.MatMul", {x, matrix, ir::kNoValue}, {1, 96})}, {1, 96});
        const ValueId norm = net.op("tpu.LayerNorm", {x, ir::kNoValue, ir::kNoValue}, {1, 96});
        net.graph.node(net.graph.value(norm).producer).attributes.set("axis", 1);
        net.graph.outputs = {norm};
        const ir::Graph done = codegen::normsOfPictures(net.graph);
        QCOMPARE(countOf(done, "tpu.GroupNorm"), made ? 1 : 0);
        QCOMPARE(done.value(done.outputs[0]).type.shape, (Shape{1, 96}));
    }
}

QTEST_GUILESS_MAIN(TestCodegenRewrites)
#include "tst_codegen_rewrites.moc"
