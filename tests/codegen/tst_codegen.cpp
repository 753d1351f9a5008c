// SPDX-License-Identifier: GPL-3.0-or-later
// Small networks compiled, run on the simulator in random orders, and compared with the integer model bit for bit; and
// the compiler's promises: memory that never overlaps, slices that cover their results, one list of what is missing.
#include "compiler/codegen/addresses/ddr.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/container.h"
#include "compiler/codegen/memory/local_allocator.h"
#include "compiler/codegen/simulate.h"
#include "compiler/ops/support/vector_bm1684x.h"
#include "tests/codegen/networks.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <algorithm>
#include <cstring>

#undef emit // Qt's word is the emitters' too

using namespace wb;
using codegen::CompileOptions;
using test::NetBuilder;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

using GraphResult = Result<std::shared_ptr<const ir::Graph>>;
using ir::Attribute;

GraphResult convolutions() {
    NetBuilder b({1, 3, 41, 37});
    auto x = b.conv(b.input(), {.channels = 24, .stride = 2, .relu = true});
    x = b.conv(x, {.channels = 24, .group = 24, .relu = true});
    x = b.conv(x, {.channels = 80, .kernel = 1, .pad = 0});
    const auto y = b.conv(x, {.channels = 80});
    x = b.add("top.Add", {x, y}, {1, 80, 21, 19}, {{"do_relu", false}, {"relu_limit", -1.0}});
    x = b.conv(x, {.channels = 130, .stride = 2});
    return b.lower({x});
}

/// Results of sums in float32, with leaky and smooth activations and without, and an output that is never codes.
GraphResult ownSums() {
    NetBuilder b({1, 3, 41, 37});
    auto x = b.add("top.LeakyRelu", {b.conv(b.input(), {.channels = 24, .stride = 2})}, {1, 24, 21, 19}, {{"alpha", 0.1}, {"own_codes", true}});
    x = b.conv(x, {.channels = 24, .group = 24});
    x = b.add("top.LeakyRelu", {x}, {1, 24, 21, 19}, {{"alpha", 0.1}, {"own_codes", true}});
    x = b.add("top.Softplus", {b.conv(x, {.channels = 80, .kernel = 1, .pad = 0})}, {1, 80, 21, 19});
    x = b.conv(b.conv(x, {.channels = 24, .relu = true}), {.channels = 130, .stride = 2});
    return b.lower({x, b.conv(x, {.channels = 70})}, ops::Precision::Int8, true);
}

GraphResult activations() {
    NetBuilder b({2, 40, 20, 18});
    auto x = b.add("top.SiLU", {b.input()}, {2, 40, 20, 18});
    const auto y = b.add("top.LeakyRelu", {x}, {2, 40, 20, 18}, {{"alpha", 0.1}});
    x = b.add("top.Add", {x, y}, {2, 40, 20, 18}, {{"do_relu", false}, {"relu_limit", -1.0}});
    x = b.add("top.Upsample", {x}, {2, 40, 40, 36}, {{"scale_h", 2}, {"scale_w", 2}});
    x = b.conv(x, {.channels = 16});
    return b.lower({x, y});
}

GraphResult joined() {
    NetBuilder b({1, 16, 24, 24});
    const auto a = b.conv(b.input(), {.channels = 16}), c = b.conv(a, {.channels = 64}), d = b.conv(a, {.channels = 20});
    auto x = b.add("top.Concat", {a, c}, {1, 80, 24, 24}, {{"axis", 1}, {"do_relu", false}, {"relu_limit", -1.0}});
    x = b.add("top.Concat", {x, d, d}, {1, 120, 24, 24}, {{"axis", 1}, {"do_relu", false}, {"relu_limit", -1.0}});
    const auto y = b.conv(x, {.channels = 8, .kernel = 1, .pad = 0});
    auto z = b.add("top.Permute", {y}, {1, 24, 24, 8}, {{"order", Attribute::ints({0, 2, 3, 1})}});
    z = b.add("top.Reshape", {z}, {1, 1152, 4}, {{"shape", Attribute::ints({1, -1, 4})}});
    return b.lower({z, d});
}

/// One operator that moves codes.
GraphResult mover(const std::string& op, ir::Shape in, ir::Shape out,
                  std::initializer_list<std::pair<const char*, Attribute>> attributes) {
    NetBuilder b(std::move(in));
    return b.lower({b.add(op, {b.input()}, std::move(out), attributes)});
}

ir::Tensor inputOf(const ir::Graph& graph, uint64_t seed) {
    return test::randomTensor(graph.value(graph.inputs().front()).type, seed);
}

} // namespace

class TestCodegen : public QObject {
    Q_OBJECT

private slots:
    void smallNetworks_data();
    void smallNetworks();
    void movers_data();
    void movers();
    void sameInputSameBytes();
    void missingEmittersAreListed();
    void tooSmallMemoryIsReported();
    void localBuffersNeverOverlap();
    void slicesCoverTheirResults();
    void lifetimesInDdrNeverOverlap();
    void bmodelSaysWhereThingsAre();

private:
    void compareWithModel(const std::shared_ptr<const ir::Graph>& graph, const CompileOptions& options);
};

void TestCodegen::compareWithModel(const std::shared_ptr<const ir::Graph>& graph, const CompileOptions& options) {
    JobContext context;
    context.setThreads(2);
    auto compiled = codegen::compile(*graph, options, context);
    VERIFY_RESULT(compiled);
    const std::string name = graph->value(graph->inputs().front()).name;
    const ir::Tensor input = inputOf(*graph, 7);
    auto expected = test::runModel(graph, {{name, input}});
    VERIFY_RESULT(expected);
    for (const std::optional<uint64_t> seed : {std::optional<uint64_t>(), {1}, {2}, {3}}) {
        auto values = codegen::simulate(*compiled, {{name, input}}, {{seed}, options.observable}, context);
        VERIFY_RESULT(values);
        QVERIFY(values->size() >= graph->outputs.size());
        for (const auto& [key, value] : *values) {
            const ir::Tensor& wanted = expected->at(key);
            QCOMPARE(value.byteSize(), wanted.byteSize());
            QVERIFY2(std::memcmp(value.bytes(), wanted.bytes(), value.byteSize()) == 0, key.c_str());
        }
    }
}

void TestCodegen::smallNetworks_data() {
    QTest::addColumn<QString>("net");
    QTest::addColumn<bool>("fuse");
    QTest::addColumn<bool>("observable");
    QTest::addColumn<int>("laneBytes");
    for (const char* net : {"convolutions", "own sums", "activations", "joined"})
        for (const bool fuse : {false, true})
            for (const int laneBytes : {256 * 1024, 48 * 1024, 20 * 1024}) {
                QTest::addRow("%s fuse %d, %d", net, fuse, laneBytes) << QString(net) << fuse << false << laneBytes;
                if (laneBytes == 48 * 1024)
                    QTest::addRow("%s fuse %d, every layer", net, fuse) << QString(net) << fuse << true << laneBytes;
            }
}

void TestCodegen::smallNetworks() {
    QFETCH(QString, net);
    QFETCH(bool, fuse);
    QFETCH(bool, observable);
    QFETCH(int, laneBytes);
    auto graph = net == "own sums" ? ownSums() : net == "convolutions" ? convolutions() : net == "activations" ? activations() : joined();
    VERIFY_RESULT(graph);
    compareWithModel(*graph, {.fuse = fuse, .observable = observable, .laneBytes = laneBytes});
}

void TestCodegen::movers_data() {
    QTest::addColumn<std::string>("op");
    QTest::newRow("permute 4") << std::string("permute4");
    QTest::newRow("permute 5") << std::string("permute5");
    QTest::newRow("slice") << std::string("slice");
    QTest::newRow("pad") << std::string("pad");
    QTest::newRow("tile") << std::string("tile");
    QTest::newRow("depth to space") << std::string("depth2space");
    QTest::newRow("upsample") << std::string("upsample");
}

void TestCodegen::movers() {
    QFETCH(std::string, op);
    const auto ints = [](std::vector<int64_t> v) { return Attribute::ints(v); };
    GraphResult graph =
        op == "permute4" ? mover("top.Permute", {2, 5, 7, 9}, {2, 9, 5, 7}, {{"order", ints({0, 3, 1, 2})}})
        : op == "permute5"
            ? mover("top.Permute", {2, 3, 4, 5, 6}, {6, 4, 2, 5, 3}, {{"order", ints({4, 2, 0, 3, 1})}})
        : op == "slice" ? mover("top.Slice", {1, 9, 10, 12}, {1, 4, 10, 5},
                                {{"offset", ints({0, 1, 0, 2})},
                                 {"steps", ints({1, 2, 1, 2})},
                                 {"ends", ints({1, 9, 10, 12})},
                                 {"axes", ints({})}})
        : op == "pad"
            ? mover("top.Pad", {1, 5, 6, 7}, {1, 5, 9, 10},
                    {{"paddings", ints({0, 0, 1, 2, 0, 0, 2, 1})}, {"mode", "constant"}, {"val", 0.5}})
        : op == "tile" ? mover("top.Tile", {1, 3, 4, 5}, {1, 6, 4, 15}, {{"tile", ints({1, 2, 1, 3})}})
        : op == "depth2space" ? mover("top.Depth2Space", {1, 24, 5, 6}, {1, 6, 10, 12},
                                      {{"block_h", 2},
                                       {"block_w", 2},
                                       {"in_is_NCHW", true},
                                       {"out_is_NCHW", true},
                                       {"is_CRD", true},
                                       {"is_inversed", false},
                                       {"swap_cr", false}})
                              : mover("top.Upsample", {1, 70, 5, 6}, {1, 70, 15, 12}, {{"scale_h", 3}, {"scale_w", 2}});
    VERIFY_RESULT(graph);
    compareWithModel(*graph, {});
    compareWithModel(*graph, {.observable = true});
}

void TestCodegen::sameInputSameBytes() {
    auto graph = joined();
    VERIFY_RESULT(graph);
    JobContext context;
    auto first = codegen::compile(**graph, {}, context), second = codegen::compile(**graph, {}, context);
    VERIFY_RESULT(first);
    VERIFY_RESULT(second);
    QCOMPARE(first->groups.size(), size_t{1});
    QVERIFY(first->groups[0].tiu == second->groups[0].tiu);
    QVERIFY(first->groups[0].gdma == second->groups[0].gdma);
    QVERIFY(first->coefficients == second->coefficients);
    QCOMPARE(first->text, second->text);
    auto apart = codegen::compile(**graph, {.fuse = false}, context);
    VERIFY_RESULT(apart);
    QVERIFY(apart->cycles > first->cycles);
}

void TestCodegen::missingEmittersAreListed() {
    auto graph = convolutions();
    VERIFY_RESULT(graph);
    ops::EmitterTable table;
    for (const auto& [op, def] : ops::emitterTable().rows())
        if (op != "tpu.Add" && op != "tpu.Cast") table.add(def);
    JobContext context;
    auto compiled = codegen::compile(**graph, {.emitters = &table}, context);
    QVERIFY(!compiled);
    QCOMPARE(compiled.error().code, Code::CodegenUnsupported);
    int missing = 0;
    for (const ir::Node& node : (*graph)->nodes())
        if (node.op == "tpu.Add" || node.op == "tpu.Cast") {
            ++missing;
            QVERIFY(compiled.error().why.find((*graph)->value(node.results[0]).name) != std::string::npos);
        }
    QCOMPARE(missing, 3);
    QVERIFY(compiled.error().what.starts_with("3 layers"));
    QVERIFY(compiled.error().why.find("tpu.Conv2D") == std::string::npos);
}

void TestCodegen::tooSmallMemoryIsReported() {
    auto graph = convolutions();
    VERIFY_RESULT(graph);
    JobContext context;
    auto compiled = codegen::compile(**graph, {.laneBytes = 256}, context);
    QVERIFY(!compiled);
    QCOMPARE(compiled.error().code, Code::LocalMemoryFull);
    QVERIFY(!compiled.error().node.empty());
}

void TestCodegen::localBuffersNeverOverlap() {
    test::Random random(11);
    int placed = 0;
    for (int round = 0; round < 200; ++round) {
        std::vector<codegen::LocalBuffer> buffers(1 + random.below(30));
        const size_t steps = 1 + random.below(12);
        for (auto& buffer : buffers) {
            buffer.bytes = static_cast<int64_t>(random.below(60000));
            const size_t from = random.below(steps), to = from + random.below(steps - from);
            for (size_t i = 0; i < steps; ++i)
                buffer.alive.push_back(i >= from && i <= to);
            buffer.partners.push_back(random.below(buffers.size()));
        }
        if (!codegen::placeBuffers(buffers, bm1684x::kLaneBytes, round % 2 == 1)) {
            continue;
        }
        ++placed;
        for (size_t a = 0; a < buffers.size(); ++a) {
            QVERIFY(buffers[a].address % 64 == 0);
            QVERIFY(buffers[a].address + buffers[a].bytes <= bm1684x::kLaneBytes);
            for (size_t b = 0; b < a; ++b) {
                bool together = false;
                for (size_t i = 0; i < steps; ++i)
                    together = together || (buffers[a].alive[i] && buffers[b].alive[i]);
                const bool apart = buffers[a].address + buffers[a].bytes <= buffers[b].address ||
                                   buffers[b].address + buffers[b].bytes <= buffers[a].address;
                QVERIFY(!together || apart || buffers[a].bytes == 0 || buffers[b].bytes == 0);
            }
        }
    }
    QVERIFY(placed > 50);
}

void TestCodegen::slicesCoverTheirResults() {
    auto graph = convolutions();
    VERIFY_RESULT(graph);
    const ir::Graph& g = **graph;
    codegen::PreparedNodes prepared;
    auto selection = codegen::select(g, ops::emitterTable(), prepared);
    VERIFY_RESULT(selection);
    std::vector<ir::NodeId> nodes;
    for (const ir::NodeId id : codegen::runOrder(g, *selection))
        if (selection->nodes[static_cast<size_t>(id)].how == codegen::Runs::Local) nodes.push_back(id);
    const auto group = codegen::groupOf(g, *selection, g.users(), nodes, false);
    QCOMPARE(group.inputs.size(), size_t(1));
    for (const codegen::Cut& cut : codegen::cutsToTry(codegen::largestCut(g, *selection, group))) {
        const auto tiling = codegen::tile(g, *selection, group, cut);
        QCOMPARE(static_cast<int64_t>(tiling.slices.size()), cut.slices());
        for (size_t o = 0; o < group.outputs.size(); ++o) {
            int64_t stored = 0;
            for (const auto& slice : tiling.slices) {
                const auto& p = slice.stored[o];
                stored += p.n.size() * p.c.size() * p.h.size() * p.w.size();
            }
            QCOMPARE(stored, g.value(group.outputs[o]).type.elementCount());
        }
        // Every operand that is made inside holds what its readers ask for.
        for (const auto& slice : tiling.slices)
            for (size_t i = 0; i < nodes.size(); ++i)
                for (size_t k = 0; k < g.node(nodes[i]).operands.size(); ++k)
                    for (size_t m = 0; m < i; ++m) {
                        if (g.node(nodes[m]).results[0] != g.node(nodes[i]).operands[k]) continue;
                        const auto need = selection->nodes[static_cast<size_t>(nodes[i])].local->operandPart(
                            k, slice.results[i]);
                        QVERIFY(codegen::hull(need, slice.results[m]) == slice.results[m]);
                    }
    }
}

void TestCodegen::lifetimesInDdrNeverOverlap() {
    auto graph = joined();
    VERIFY_RESULT(graph);
    const ir::Graph& g = **graph;
    codegen::PreparedNodes prepared;
    auto selection = codegen::select(g, ops::emitterTable(), prepared);
    VERIFY_RESULT(selection);
    codegen::chooseJoins(g, *selection, false);
    const auto views = codegen::findViews(g, *selection, true);
    codegen::Constants constants(*selection);
    JobContext context;
    auto steps = codegen::planSteps(g, *selection, {.fuse = false}, constants, context);
    VERIFY_RESULT(steps);
    auto ddr = codegen::placeInDdr(g, *selection, views, *steps, 12345, true);
    VERIFY_RESULT(ddr);
    QCOMPARE(ddr->contextAddress, bm1684x::kGlobalBase + 4 * 4096);
    int pairs = 0, shared = 0;
    for (size_t a = 0; a < g.values().size(); ++a)
        for (size_t b = 0; b < a; ++b) {
            if (ddr->values[a] == 0 || ddr->values[b] == 0 || views.values[a].buffer == views.values[b].buffer) continue;
            ++pairs;
            const auto &x = ddr->lives[static_cast<size_t>(views.values[a].buffer)],
                       &y = ddr->lives[static_cast<size_t>(views.values[b].buffer)];
            const bool together = x.first <= y.last && y.first <= x.last;
            const bool apart = ddr->values[a] + static_cast<uint64_t>(selection->values[a].bytes) <= ddr->values[b] ||
                               ddr->values[b] + static_cast<uint64_t>(selection->values[b].bytes) <= ddr->values[a];
            QVERIFY(!together || apart);
            shared += !apart;
        }
    QVERIFY(pairs > 10);
    QVERIFY(shared > 0);
    // The first concatenation lies in the second, and its operands in it.
    size_t inside = 0;
    for (size_t i = 0; i < g.values().size(); ++i)
        if (views.values[i].buffer >= 0 && views.values[i].offset > 0) ++inside;
    QVERIFY(inside >= 1);
}

void TestCodegen::bmodelSaysWhereThingsAre() {
    auto graph = convolutions();
    VERIFY_RESULT(graph);
    JobContext context;
    auto compiled = codegen::compile(**graph, {}, context);
    VERIFY_RESULT(compiled);
    auto file = codegen::toBmodel(*compiled);
    VERIFY_RESULT(file);
    QCOMPARE(file->networks.size(), size_t(1));
    const auto& stage = file->networks[0].stages.at(0);
    QCOMPARE(stage.inputs.at(0).address, compiled->inputs[0].address);
    QCOMPARE(stage.outputs.at(0).name, compiled->outputs[0].name);
    QCOMPARE(stage.ctxAddress, compiled->contextAddress);
    QCOMPARE(stage.coefficients->bytes.size(), static_cast<uint64_t>(compiled->coefficients.size()));
    QCOMPARE(stage.groups.at(0).tiuCount, compiled->groups.at(0).tiuCount);
    QCOMPARE(file->neuronSize, compiled->contextBytes);
}

QTEST_GUILESS_MAIN(TestCodegen)
#include "tst_codegen.moc"
