// SPDX-License-Identifier: GPL-3.0-or-later
// Networks of more commands than ids can number, with a limit that small networks reach: several command groups, the
// same results.
#include "compiler/codegen/compile.h"
#include "compiler/codegen/container.h"
#include "compiler/codegen/simulate.h"
#include "compiler/ops/support/vector_bm1684x.h"
#include "compiler/target/bm1684x/cycles/timing.h"
#include "compiler/target/bmodel/reader.h"
#include "compiler/target/bmodel/writer.h"
#include "tests/codegen/networks.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>

#undef emit // Qt's word is the emitters' too

using namespace wb;
using codegen::CompileOptions;
using test::NetBuilder;

namespace {

#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2(result.hasValue(), result.hasValue() ? "" : qPrintable(QString::fromStdString(toText(result.error()))))

Result<std::shared_ptr<const ir::Graph>> network() {
    NetBuilder b({1, 3, 61, 57});
    auto x = b.conv(b.input(), {.channels = 24, .stride = 2, .relu = true});
    const auto y = b.conv(x, {.channels = 24, .group = 24});
    x = b.add("top.Add", {x, y}, {1, 24, 31, 29}, {{"do_relu", false}, {"relu_limit", -1.0}});
    x = b.conv(x, {.channels = 80});
    return b.lower({x, y});
}

/// Far more commands than a network should need.
class Talkative final : public ops::LocalEmitter {
public:
    ops::Cuts cuts() const override { return {.n = false, .c = false, .h = false, .w = false}; }
    bm1684x::Part operandPart(size_t, const bm1684x::Part& result) const override { return result; }
    Status emit(const ops::LocalCall& call, bm1684x::Assembler& out) const override {
        for (int64_t i = 0; i < 1000; ++i)
            ops::VectorUnit(out).fill(call.output, 0);
        return {};
    }
};

} // namespace

class TestCommandGroups : public QObject {
    Q_OBJECT

private slots:
    void resultsStay_data();
    void resultsStay();
    void fileHasThemAll();
    void tooManyAreReported();
};

void TestCommandGroups::resultsStay_data() {
    QTest::addColumn<uint32_t>("most");
    for (const uint32_t most : {6U, 17U, 40U})
        QTest::addRow("%u commands a group", most) << most;
}

void TestCommandGroups::resultsStay() {
    QFETCH(uint32_t, most);
    auto graph = network();
    VERIFY_RESULT(graph);
    JobContext context;
    for (const bool observable : {false, true}) {
        auto whole = codegen::compile(**graph, {.observable = observable}, context);
        auto parts = codegen::compile(**graph, {.observable = observable, .mostCommands = most}, context);
        VERIFY_RESULT(whole);
        VERIFY_RESULT(parts);
        QCOMPARE(whole->groups.size(), size_t{1});
        QVERIFY(parts->groups.size() > 1);
        QVERIFY(parts->cycles >= whole->cycles); // both engines come to rest between groups
        for (const bm1684x::Program& group : parts->groups)
            QVERIFY(group.tiuCount <= most + 1 && group.gdmaCount <= most + 1); // with END
        const ir::Value& in = (*graph)->value((*graph)->inputs().front());
        const ir::Tensor input = test::randomTensor(in.type, 7);
        auto expected = test::runModel(*graph, {{in.name, input}});
        VERIFY_RESULT(expected);
        for (const uint64_t seed : {1U, 2U, 3U}) {
            auto values = codegen::simulate(*parts, {{in.name, input}}, {{seed}, observable}, context);
            VERIFY_RESULT(values);
            for (const auto& [name, value] : *values)
                QVERIFY2(std::memcmp(value.bytes(), expected->at(name).bytes(), value.byteSize()) == 0, name.c_str());
        }
    }
}

void TestCommandGroups::fileHasThemAll() {
    auto graph = network();
    VERIFY_RESULT(graph);
    JobContext context;
    auto compiled = codegen::compile(**graph, {.mostCommands = 10}, context);
    VERIFY_RESULT(compiled);
    auto file = codegen::toBmodel(*compiled);
    VERIFY_RESULT(file);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("groups.bmodel").toStdString();
    QVERIFY(bmodel::write(*file, path));
    auto read = bmodel::read(path);
    VERIFY_RESULT(read);
    const bmodel::Stage& stage = read->networks[0].stages[0];
    QCOMPARE(stage.groups.size(), compiled->groups.size());
    QCOMPARE(stage.subnets.at(0).groups.size(), stage.groups.size());
    int64_t cycles = 0;
    for (size_t g = 0; g < stage.groups.size(); ++g) {
        const auto tiu = bm1684x::decodeStream(bm1684x::Engine::Tiu, stage.groups[g].tiu.bytes());
        const auto gdma = bm1684x::decodeStream(bm1684x::Engine::Gdma, stage.groups[g].gdma.bytes());
        VERIFY_RESULT(tiu);
        VERIFY_RESULT(gdma);
        QCOMPARE(tiu->size(), size_t{stage.groups[g].tiuCount});
        QCOMPARE(*bm1684x::field(gdma->front(), "cmd_id"), uint64_t{1});
        const auto timing = bm1684x::timeOf(*tiu, *gdma);
        VERIFY_RESULT(timing);
        cycles += timing->total;
    }
    QCOMPARE(cycles, compiled->cycles);
}

void TestCommandGroups::tooManyAreReported() {
    NetBuilder b({1, 4, 4, 4});
    auto x = b.input();
    for (int i = 0; i < 3; ++i) x = b.add("top.LeakyRelu", {x}, {1, 4, 4, 4}, {{"alpha", 0.1}});
    auto graph = b.lower({x});
    VERIFY_RESULT(graph);
    ops::EmitterTable table;
    for (const auto& [op, def] : ops::emitterTable().rows()) table.add(def);
    table.add({.op = "tpu.LeakyRelu", .local = [](const ops::EmitContext&) -> Result<std::unique_ptr<ops::LocalEmitter>> {
                   return std::unique_ptr<ops::LocalEmitter>(std::make_unique<Talkative>());
               }});
    JobContext context;
    auto compiled = codegen::compile(**graph, {.mostCommands = 100, .emitters = &table}, context);
    QVERIFY(!compiled);
    QCOMPARE(compiled.error().code, Code::CodegenLimit);
    QVERIFY2(compiled.error().what.find("more than 1600 commands") != std::string::npos, compiled.error().what.c_str());
    QVERIFY(!compiled.error().node.empty() && !compiled.error().remedies.empty());
    auto enough = codegen::compile(**graph, {.mostCommands = 1000, .emitters = &table}, context);
    VERIFY_RESULT(enough);
    QVERIFY(enough->groups.size() >= 3);
}

QTEST_GUILESS_MAIN(TestCommandGroups)
#include "tst_codegen_command_groups.moc"
