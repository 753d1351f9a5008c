// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in blocks: random small networks with random layouts equal the networks as they are, bit for bit, in the
// integer model and as commands; layouts are chosen where they pay and reported under the layers' own names.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/layouts/choose.h"
#include "compiler/codegen/layouts/conv_phases.h"
#include "compiler/codegen/layouts/costs.h"
#include "compiler/codegen/layouts/minimise.h"
#include "compiler/codegen/rewrites/pack_phases.h"
#include "compiler/codegen/rewrites/steps.h"
#include "compiler/codegen/simulate.h"
#include "tests/codegen/networks.h"
#include "tests/support/shared_data.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <set>

using namespace wb;
using codegen::Phases;
using test::NetBuilder, test::Random;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

using GraphResult = Result<std::shared_ptr<const ir::Graph>>;

/// Convolutions of all kinds, activations, sums, concatenations, moves; sides that blocks do not always divide.
class RandomNet {
public:
    explicit RandomNet(uint64_t seed) : m_random(seed), m_builder(start()) { remember(m_builder.input(), m_input); }

    GraphResult build(ops::Precision precision) {
        for (int i = 0; i < 9; ++i) grow();
        std::vector<ir::ValueId> outputs{m_values.back().id};
        if (m_random.next() % 2 == 0) outputs.push_back(m_values[m_values.size() / 2].id);
        if (outputs.back() == m_builder.input() || (outputs.size() > 1 && outputs[0] == outputs[1])) outputs.pop_back();
        return m_builder.lower(outputs, precision, m_random.next() % 2 == 0);
    }

private:
    struct Made {
        ir::ValueId id;
        ir::Shape shape;
    };
    template <class T> T pick(std::initializer_list<T> list) { return list.begin()[m_random.next() % list.size()]; }

    NetBuilder start() {
        m_input = {pick<int64_t>({1, 1, 2}), pick<int64_t>({1, 3, 3, 4, 16}), pick<int64_t>({8, 12, 16, 24, 13}),
                   pick<int64_t>({8, 16, 20, 24, 15, 1})};
        return NetBuilder(m_input);
    }
    void remember(ir::ValueId id, const ir::Shape& shape) { m_values.push_back({id, shape}); }
    const Made& any() { return m_values[m_values.size() - 1 - m_random.next() % std::min<size_t>(3, m_values.size())]; }
    const Made* alike(const Made& made, bool channels) {
        for (const Made& other : m_values)
            if (other.id != made.id && other.id != m_builder.input() && other.shape[2] == made.shape[2] &&
                other.shape[3] == made.shape[3] && (!channels || other.shape[1] == made.shape[1]))
                return &other;
        return nullptr;
    }

    void convolution(const Made& from) {
        NetBuilder::Conv conv;
        conv.channels = pick<int64_t>({3, 8, 12, 16, 16, 24, 32, 64, 80});
        conv.kernel = pick<int64_t>({1, 1, 2, 3, 3, 3, 5, 6});
        conv.stride = pick<int64_t>({1, 1, 2});
        conv.pad = static_cast<int64_t>(m_random.next() % static_cast<uint64_t>((conv.kernel + 1) / 2 + 1));
        conv.relu = m_random.next() % 2 == 0;
        if (m_random.next() % 3 == 0) conv.group = conv.channels = from.shape[1]; // depthwise
        else if (m_random.next() % 4 == 0 && from.shape[1] % 4 == 0 && conv.channels % 4 == 0) conv.group = 4;
        const int64_t h = (from.shape[2] + 2 * conv.pad - conv.kernel) / conv.stride + 1;
        const int64_t w = (from.shape[3] + 2 * conv.pad - conv.kernel) / conv.stride + 1;
        if (from.shape[2] + 2 * conv.pad < conv.kernel || from.shape[3] + 2 * conv.pad < conv.kernel || h < 2 || w < 1) return;
        remember(m_builder.conv(from.id, conv), {from.shape[0], conv.channels, h, w});
    }

    void grow() {
        const Made from = any();
        const auto simple = [&](const char* op, std::initializer_list<std::pair<const char*, ir::Attribute>> a) {
            remember(m_builder.add(op, {from.id}, from.shape, a), from.shape);
        };
        switch (m_random.next() % 10) {
        case 0: return simple("top.SiLU", {});
        case 1: return simple("top.LeakyRelu", {{"alpha", 0.1}, {"own_codes", true}});
        case 2:
        case 3:
            if (const Made* other = alike(from, true))
                remember(m_builder.add("top.Add", {from.id, other->id}, from.shape, {{"do_relu", false}, {"relu_limit", -1.0}}),
                         from.shape);
            return;
        case 4:
            if (const Made* other = alike(from, false)) {
                ir::Shape shape = from.shape;
                shape[1] += other->shape[1];
                const ir::ValueId second = other->id;
                remember(m_builder.add("top.Concat", {from.id, second}, shape, {{"axis", 1}, {"do_relu", false}, {"relu_limit", -1.0}}),
                         shape);
            }
            return;
        default: return convolution(from);
        }
    }

    Random m_random;
    ir::Shape m_input;
    NetBuilder m_builder;
    std::vector<Made> m_values;
};

/// Random layouts that some layout search could choose.
std::vector<Phases> randomPhases(const ir::Graph& graph, const codegen::Ties& ties, uint64_t seed) {
    Random random(seed);
    std::vector<Phases> out;
    for (const auto& tie : ties.ties) {
        const auto list = codegen::candidates(graph, ties, tie);
        out.push_back(list[random.next() % list.size()]);
    }
    return out;
}

int packedCount(const std::vector<Phases>& phases) {
    return static_cast<int>(std::count_if(phases.begin(), phases.end(), [](const Phases& p) { return !p.plain(); }));
}

bool sameBytes(const ir::Tensor& a, const ir::Tensor& b) {
    return a.byteSize() == b.byteSize() && std::memcmp(a.bytes(), b.bytes(), a.byteSize()) == 0;
}

} // namespace

class TestCodegenPacking : public QObject {
    Q_OBJECT

private slots:
    void anyLayoutIsExact_data();
    void anyLayoutIsExact();
    void commandsAreExact_data();
    void commandsAreExact();
    void referenceNetworksStayExact_data();
    void referenceNetworksStayExact();
    void taps();
    void outsideIsCleared();
    void depthwiseStaysInGroups();
    void choiceIsTheCheapest();
    void packingPays();
    void rawPicturesComeInBlocks();
};

void TestCodegenPacking::anyLayoutIsExact_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 60; ++seed) QTest::addRow("network %d", seed) << seed;
}

void TestCodegenPacking::anyLayoutIsExact() {
    QFETCH(int, seed);
    auto graph = RandomNet(static_cast<uint64_t>(seed)).build(ops::Precision::Int8);
    VERIFY_RESULT(graph);
    const std::string name = (*graph)->value((*graph)->inputs().front()).name;
    const ir::Tensor input = test::randomTensor((*graph)->value((*graph)->inputs().front()).type, 3);
    auto expected = test::runModel(*graph, {{name, input}});
    VERIFY_RESULT(expected);
    const auto ties = codegen::tiesOf(**graph);
    for (uint64_t turn = 1; turn <= 6; ++turn) {
        const auto phases = randomPhases(**graph, ties, static_cast<uint64_t>(seed) * 100 + turn);
        const auto packed = std::make_shared<const ir::Graph>(codegen::packPhases(**graph, ties, phases));
        auto values = test::runModel(packed, {{name, input}});
        VERIFY_RESULT(values);
        for (const ir::ValueId id : (*graph)->outputs) {
            const std::string& output = (*graph)->value(id).name;
            QVERIFY2(sameBytes(values->at(output), expected->at(output)), output.c_str());
        }
    }
}

void TestCodegenPacking::commandsAreExact_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 101; seed <= 112; ++seed) QTest::addRow("network %d", seed) << seed;
}

void TestCodegenPacking::commandsAreExact() {
    QFETCH(int, seed);
    auto graph = RandomNet(static_cast<uint64_t>(seed)).build(ops::Precision::Int8);
    VERIFY_RESULT(graph);
    const std::string name = (*graph)->value((*graph)->inputs().front()).name;
    const ir::Tensor input = test::randomTensor((*graph)->value((*graph)->inputs().front()).type, 5);
    auto expected = test::runModel(*graph, {{name, input}});
    VERIFY_RESULT(expected);
    const auto ties = codegen::tiesOf(**graph);
    const auto packed = codegen::packPhases(**graph, ties, randomPhases(**graph, ties, static_cast<uint64_t>(seed)));
    JobContext context;
    for (const bool observable : {false, true}) // slices of groups, and each layer by itself
        for (const int64_t laneBytes : {bm1684x::kLaneBytes, int64_t{24} * 1024}) {
            auto compiled = codegen::compile(packed, {.observable = observable, .laneBytes = laneBytes}, context);
            VERIFY_RESULT(compiled);
            auto values = codegen::simulate(*compiled, {{name, input}}, {{2}, false}, context);
            VERIFY_RESULT(values);
            for (const auto& [key, value] : *values)
                QVERIFY2(sameBytes(value, expected->at(key)), key.c_str());
        }
}

void TestCodegenPacking::referenceNetworksStayExact_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"ultraface", "yolo_fastest_xl", "yolov5n"})
        QTest::newRow(name) << QString(name);
}

void TestCodegenPacking::referenceNetworksStayExact() {
    QFETCH(QString, name);
    WB_SHARED_OR_SKIP(folder, "golden/" + name.toStdString());
    auto graph = test::lowerReference(name.toStdString(), ops::Precision::Int8);
    VERIFY_RESULT(graph);
    const auto ties = codegen::tiesOf(**graph);
    const auto phases = codegen::choosePhases(**graph, ties);
    QVERIFY(packedCount(phases) > 3);
    if (qEnvironmentVariableIsSet("WB_PHASES"))
        for (size_t i = 0; i < phases.size(); ++i) {
            const auto& value = (*graph)->value(ties.ties[i].values[0]);
            qInfo("%s %s: %lld x %lld from %lld, %lld", value.name.c_str(), ir::toText(value.type.shape).c_str(),
                  static_cast<long long>(phases[i].y), static_cast<long long>(phases[i].x),
                  static_cast<long long>(phases[i].originY), static_cast<long long>(phases[i].originX));
        }
    const auto packed = std::make_shared<const ir::Graph>(codegen::packPhases(**graph, ties, phases));
    const std::string inputName = (*graph)->value((*graph)->inputs().front()).name;
    const ir::Tensor input = test::randomTensor((*graph)->value((*graph)->inputs().front()).type, 9);
    auto expected = test::runModel(*graph, {{inputName, input}});
    VERIFY_RESULT(expected);
    auto values = test::runModel(packed, {{inputName, input}});
    VERIFY_RESULT(values);
    for (const ir::ValueId id : (*graph)->outputs) {
        const std::string& output = (*graph)->value(id).name;
        QVERIFY2(sameBytes(values->at(output), expected->at(output)), output.c_str());
    }
}

void TestCodegenPacking::taps() {
    // 3 to 16 channels by 6 x 6, step 2, pad 2: blocks of 4 that begin two pixels before the picture see two blocks.
    const codegen::ConvAxis first{640, 320, 6, 2, 1, 2};
    const auto shifted = codegen::blockAxis(first, 4, 2, 2, 0);
    QVERIFY(shifted.has_value());
    QCOMPARE(shifted->kernel, 2);
    QCOMPARE(shifted->stride, 1);
    QCOMPARE(shifted->before, 0);
    const auto aligned = codegen::blockAxis(first, 4, 0, 2, 0);
    QCOMPARE(aligned->kernel, 3);
    // A step of half a block does not exist: the result comes in two parts.
    const codegen::ConvAxis plain{80, 80, 3, 1, 1, 1};
    const auto split = codegen::blockAxis(plain, 2, 0, 1, 0);
    QCOMPARE(split->split, 2);
    QCOMPARE(split->stride, 1);
    QCOMPARE(split->blocks, 40);
    // Steps are four bits wide.
    QVERIFY(!codegen::blockAxis({640, 160, 3, 4, 1, 1}, 1, 0, 4, 0).has_value());
}

void TestCodegenPacking::outsideIsCleared() {
    codegen::ConvShape conv;
    const codegen::ConvAxis padded{32, 32, 3, 1, 1, 1}, odd{33, 33, 3, 1, 1, 1}, unpadded{33, 31, 3, 1, 1, 0};
    conv.axes = {padded, padded};
    QVERIFY(!codegen::needsClear(conv, {2, 2, 0, 0}));
    QVERIFY(codegen::needsClear(conv, {2, 2, 1, 0})); // blocks begin before the picture
    conv.axes = {padded, odd};
    QVERIFY(codegen::needsClear(conv, {1, 2, 0, 0})); // the last block ends behind it
    QVERIFY(!codegen::needsClear(conv, {2, 1, 0, 0}));
    conv.axes = {unpadded, unpadded};
    QVERIFY(!codegen::needsClear(conv, {2, 2, 1, 1}));
}

void TestCodegenPacking::depthwiseStaysInGroups() {
    codegen::ConvShape conv;
    conv.axes = {codegen::ConvAxis{32, 32, 3, 1, 1, 1}, codegen::ConvAxis{32, 32, 3, 1, 1, 1}};
    conv.in = conv.out = conv.groups = 48;
    const Phases phases{2, 2, 0, 0};
    const auto blocks = codegen::blockConv(conv, phases, codegen::packedOrder({48}, phases), phases, {48});
    QVERIFY(blocks.has_value());
    QCOMPARE(blocks->groups, 3); // 16 channels with their four phases fill a row of lanes
    QCOMPARE(blocks->depth(1, 64), 1);
}

void TestCodegenPacking::choiceIsTheCheapest() {
    Random random(4);
    for (int turn = 0; turn < 40; ++turn) {
        codegen::PairwiseProblem problem;
        const size_t count = 5;
        std::vector<std::vector<double>> own;
        struct Pair {
            size_t a, b;
            std::vector<double> costs;
        };
        std::vector<Pair> pairs;
        const auto numbers = [&](size_t size) {
            std::vector<double> list(size);
            for (double& n : list)
                n = static_cast<double>(random.next() % 100);
            return list;
        };
        for (size_t i = 0; i < count; ++i) {
            own.push_back(numbers(1 + random.next() % 3));
            problem.add(own.back());
        }
        for (int i = 0; i < 7; ++i) {
            const size_t a = random.next() % count, b = random.next() % count;
            pairs.push_back({a, b, numbers(own[a].size() * own[b].size())});
            problem.add(a, b, pairs.back().costs);
        }
        const auto cost = [&](const std::vector<size_t>& values) {
            double sum = 0;
            for (size_t i = 0; i < count; ++i)
                sum += own[i][values[i]];
            for (const Pair& p : pairs)
                sum += p.costs[values[p.a] * own[p.b].size() + values[p.b]];
            return sum;
        };
        std::vector<size_t> values(count, 0);
        double least = cost(values);
        for (size_t i = 0; i < count;) { // all choices
            i = 0;
            while (i < count && ++values[i] == own[i].size())
                values[i++] = 0;
            least = std::min(least, cost(values));
        }
        QCOMPARE(cost(problem.solve()), least);
        const auto cramped = problem.solve(2); // a choice all the same
        for (size_t i = 0; i < count; ++i)
            QVERIFY(cramped[i] < own[i].size());
    }
}

void TestCodegenPacking::packingPays() {
    NetBuilder b({1, 3, 128, 128});
    auto x = b.conv(b.input(), {.channels = 16, .stride = 2});
    x = b.add("top.SiLU", {x}, {1, 16, 64, 64});
    x = b.conv(x, {.channels = 16});
    x = b.add("top.SiLU", {x}, {1, 16, 64, 64});
    x = b.conv(x, {.channels = 32, .stride = 2});
    auto graph = b.lower({x});
    VERIFY_RESULT(graph);
    JobContext context;
    auto packed = codegen::compile(**graph, {}, context);
    auto plain = codegen::compile(**graph, {.observable = true}, context);
    VERIFY_RESULT(packed);
    VERIFY_RESULT(plain);
    QVERIFY2(packed->cycles * 2 < plain->cycles, qPrintable(QString("%1 of %2").arg(packed->cycles).arg(plain->cycles)));
    const std::set<std::string> names(plain->layers.begin(), plain->layers.end());
    for (const auto& command : packed->groups[0].placed)
        if (command.layer >= 0) QVERIFY(names.contains(packed->layers.at(static_cast<size_t>(command.layer))));
}

/// One table of codes a channel in front of a convolution. Where it keeps code 0, blocks may begin before the picture.
void TestCodegenPacking::rawPicturesComeInBlocks() {
    for (const bool keepsZero : {true, false}) {
        NetBuilder b({2, 3, 40, 48});
        auto lowered = b.lower({b.conv(b.conv(b.input(), {.channels = 16, .stride = 2}), {.channels = 24})});
        VERIFY_RESULT(lowered);
        ir::Graph graph = **lowered;
        const ir::ValueId raw = graph.inputs().front();
        const std::string name = graph.value(raw).name, output = graph.value(graph.outputs[0]).name;
        Random random(9);
        std::vector<int8_t> tables(3 * 256);
        for (size_t i = 0; i < tables.size(); ++i)
            tables[i] = i % 256 == 0 ? static_cast<int8_t>(keepsZero ? 0 : 40 + i / 256) : static_cast<int8_t>(random.next());
        const ir::TensorType codes{ir::ElementType::Si8, {1, 3, 16, 16}, true, {}};
        codegen::Steps steps(graph, graph.users()[static_cast<size_t>(raw)].front(), "tables"); // in front of the cast
        graph.value(raw).type = {ir::ElementType::Ui8, {2, 3, 40, 48}, true, {}};
        steps.node().operands = {raw, steps.constant(ir::Tensor::of<int8_t>(codes.element, codes.shape, tables), codes)};
        steps.node().op = "tpu.ScaleLut";
        const ir::Tensor input = test::randomTensor(graph.value(raw).type, 5);
        const auto source = std::make_shared<const ir::Graph>(std::move(graph));
        auto expected = test::runModel(source, {{name, input}});
        VERIFY_RESULT(expected);
        const auto ties = codegen::tiesOf(*source);
        std::vector<Phases> phases(ties.ties.size());
        size_t loaded = 0;
        while (!ties.ties.at(loaded).loaded) ++loaded;
        bool shifted = false;
        for (const Phases& p : codegen::candidates(*source, ties, ties.ties[loaded])) {
            shifted = shifted || p.originY + p.originX > 0;
            phases[loaded] = p;
            auto values = test::runModel(std::make_shared<const ir::Graph>(codegen::packPhases(*source, ties, phases)), {{name, input}});
            VERIFY_RESULT(values);
            QVERIFY2(sameBytes(values->at(output), expected->at(output)), qPrintable(QString("%1 x %2").arg(p.y).arg(p.x)));
        }
        QCOMPARE(shifted, keepsZero);
        auto compiled = codegen::compile(*source, {}, JobContext());
        VERIFY_RESULT(compiled);
        QVERIFY2(compiled->text.find("tpu.FoldRows") != std::string::npos, compiled->text.c_str()); // rows as channels
        auto values = codegen::simulate(*compiled, {{name, input}}, {{2}, false}, JobContext());
        VERIFY_RESULT(values);
        QVERIFY(sameBytes(values->at(output), expected->at(output)));
    }
}

QTEST_GUILESS_MAIN(TestCodegenPacking)
#include "tst_codegen_packing.moc"
