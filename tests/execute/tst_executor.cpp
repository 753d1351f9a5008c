// SPDX-License-Identifier: GPL-3.0-or-later
// The executor: fused and observed runs equal the plain twins, results do not depend on threads, ranges of
// nodes can be run alone, wrong input is refused, a stop request is answered.
#include "compiler/execute/executor.h"
#include "compiler/execute/team.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

using namespace wb;
using execute::Executor;
using execute::Options;
using execute::TensorMap;

namespace {

std::unique_ptr<Executor> make(std::shared_ptr<const ir::Graph> graph, Options options) {
    auto executor = Executor::create(std::move(graph), options, JobContext());
    if (!executor) qFatal("%s", toText(executor.error()).c_str());
    return std::move(*executor);
}

TensorMap runOn(Executor& executor, const TensorMap& inputs, int threads = 2) {
    JobContext context;
    context.setThreads(threads);
    auto result = executor.run(inputs, context);
    if (!result) qFatal("%s", toText(result.error()).c_str());
    return std::move(*result);
}

} // namespace

class TestExecutor : public QObject {
    Q_OBJECT
private slots:
    /// Buffers of codes are a quarter of what a float kernel writes.
    void floatOperatorsRefuseCodes() {
        for (const ir::ElementType narrow : {ir::ElementType::Si8, ir::ElementType::Ui8, ir::ElementType::F16}) {
            test::GraphMaker maker(1);
            const auto x = maker.input("x", {1, 2, 4, 4});
            const auto y = maker.op("top.Relu", {x}, "y");
            maker.graph.outputs = {y};
            maker.graph.value(y).type.element = narrow;
            const auto refused = execute::Executor::create(std::make_shared<const ir::Graph>(maker.graph), {}, {});
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, Code::OperatorNotLowered);
            QCOMPARE(refused.error().node, std::string("y"));
        }
    }

    void fastEqualsScalar() {
        for (int64_t size : {8, 14, 24, 37}) {
            test::GraphMaker maker(static_cast<unsigned>(size));
            const auto graph = maker.detector(size % 4 == 0 ? size : size / 4 * 4);
            const TensorMap in{{"data", maker.random(graph->value(graph->inputs()[0]).type.shape)}};
            const auto scalar = make(graph, {.scalar = true});
            const auto fast = make(graph, {});
            const auto seen = make(graph, {.observable = true});
            const TensorMap expected = runOn(*scalar, in);
            QCOMPARE(expected.size(), size_t{3});
            for (int round = 0; round < 3; ++round) // again: nothing left over from the run before
                for (const auto& [name, tensor] : expected) {
                    QVERIFY(test::distance(runOn(*fast, in).at(name), tensor) < 1e-5);
                    QVERIFY(test::distance(runOn(*seen, in).at(name), tensor) < 1e-5);
                }
            QVERIFY(fast->peakBytes() <= seen->peakBytes());
            QVERIFY(seen->peakBytes() > 0);
        }
    }

    /// A residual of few channels that only exists row by row is brought to the result's layout, although the
    /// convolution itself would read so few channels as they are.
    void aPlainResidualIsReordered() {
        test::GraphMaker maker;
        const ir::ValueId x = maker.input("x", {1, 8, 9, 7}), r = maker.input("r", {1, 8, 9, 7});
        maker.graph.outputs = {maker.op("top.Add", {maker.conv(x, 8, 3, "c"), r}, "sum")};
        const auto graph = std::make_shared<const ir::Graph>(maker.graph);
        const TensorMap in{{"x", maker.random({1, 8, 9, 7})}, {"r", maker.random({1, 8, 9, 7})}};
        const TensorMap expected = runOn(*make(graph, {.scalar = true}), in);
        QVERIFY(test::distance(runOn(*make(graph, {}), in).at("sum"), expected.at("sum")) < 1e-5);
    }

    /// Side by side, each run has memory of its own, and the first error by index is the one returned.
    void aTeamRunsSideBySide() {
        test::GraphMaker maker;
        const auto graph = maker.detector();
        const auto executor = make(graph, {});
        std::vector<TensorMap> inputs, expected, found(9);
        for (size_t i = 0; i < found.size(); ++i) {
            inputs.push_back({{"data", maker.random(graph->value(graph->inputs()[0]).type.shape)}});
            expected.push_back(runOn(*executor, inputs.back()));
        }
        JobContext context;
        context.setThreads(4);
        execute::Team team(*executor);
        for (int round = 0; round < 2; ++round) {
            const auto status = team.forEach(found.size(), context, [&](size_t i, Executor& own, const JobContext& job) -> Status {
                WB_ASSIGN(found[i], own.run(inputs[i], job));
                return {};
            });
            QVERIFY(status.hasValue());
            for (size_t i = 0; i < found.size(); ++i)
                for (const auto& [name, tensor] : expected[i])
                    QVERIFY(std::memcmp(tensor.bytes(), found[i].at(name).bytes(), tensor.byteSize()) == 0);
        }
        const auto failed = team.forEach(6, context, [](size_t i, Executor&, const JobContext&) -> Status {
            if (i >= 2) return Error{Code::Internal, std::to_string(i)};
            return {};
        });
        QVERIFY(!failed.hasValue());
        QCOMPARE(failed.error().what, std::string("2"));
    }

    void threadsDoNotShow() {
        test::GraphMaker maker;
        const auto graph = maker.detector(32);
        const TensorMap in{{"data", maker.random({1, 3, 32, 32})}};
        const auto executor = make(graph, {});
        const TensorMap one = runOn(*executor, in, 1);
        for (int threads : {2, 3, 5})
            for (const auto& [name, tensor] : runOn(*executor, in, threads))
                QVERIFY(std::memcmp(tensor.bytes(), one.at(name).bytes(), tensor.byteSize()) == 0);
    }

    void observersSeeEveryLayer() {
        test::GraphMaker maker;
        const auto graph = maker.detector();
        const TensorMap in{{"data", maker.random({1, 3, 24, 24})}};
        auto collect = [&](Options options) {
            TensorMap seen;
            const auto executor = make(graph, options);
            auto result = executor->run(in, JobContext(), [&](ir::NodeId id, std::span<const ir::Tensor> results, double) {
                for (size_t i = 0; i < results.size(); ++i) {
                    ir::Tensor copy(results[i].type(), results[i].shape());
                    std::memcpy(copy.mutableBytes(), results[i].bytes(), copy.byteSize());
                    seen[graph->value(graph->node(id).results[i]).name] = copy;
                }
                return Status();
            });
            if (!result) qFatal("%s", toText(result.error()).c_str());
            return seen;
        };
        const TensorMap plain = collect({.scalar = true, .observable = true});
        const TensorMap fast = collect({.observable = true});
        size_t layers = 0;
        for (const ir::Node& node : graph->nodes())
            if (node.op != "top.Weight") ++layers;
        QCOMPARE(plain.size(), layers);
        QCOMPARE(fast.size(), layers);
        for (const auto& [name, tensor] : plain)
            QVERIFY2(test::distance(fast.at(name), tensor) < 1e-5, name.c_str());
    }

    void anObserverCanStopTheRun() {
        test::GraphMaker maker;
        const auto executor = make(maker.detector(), {.observable = true});
        int calls = 0;
        auto result = executor->run({{"data", maker.random({1, 3, 24, 24})}}, JobContext(),
                                    [&](ir::NodeId, std::span<const ir::Tensor>, double) -> Status {
                                        if (++calls == 4) return Error{Code::NoSpaceLeft, "full"};
                                        return {};
                                    });
        QVERIFY(!result);
        QCOMPARE(result.error().code, Code::NoSpaceLeft);
        QCOMPARE(calls, 4);
    }

    void rangesRunAlone() {
        test::GraphMaker maker;
        const auto graph = maker.detector();
        const TensorMap in{{"data", maker.random({1, 3, 24, 24})}};
        TensorMap all = in;
        const auto seen = make(graph, {.observable = true});
        auto whole = seen->run(in, JobContext(), [&](ir::NodeId id, std::span<const ir::Tensor> results, double) {
            ir::Tensor copy(results[0].type(), results[0].shape());
            std::memcpy(copy.mutableBytes(), results[0].bytes(), copy.byteSize());
            all[graph->value(graph->node(id).results[0]).name] = copy;
            return Status();
        });
        QVERIFY(whole.hasValue());
        const auto count = static_cast<ir::NodeId>(graph->nodes().size());
        for (Options options : {Options{.observable = true}, Options{}, Options{.scalar = true, .observable = true}}) {
            const auto executor = make(graph, options);
            for (ir::NodeId first = 1; first < count; first += 3)
                for (ir::NodeId last : {first + 1, first + 5, count}) {
                    auto part = executor->runRange(first, std::min(last, count), all, JobContext());
                    if (!part) qFatal("%s", toText(part.error()).c_str());
                    for (const auto& [name, tensor] : *part)
                        QVERIFY2(test::distance(tensor, all.at(name)) < 1e-5, name.c_str());
                }
        }
        // The range's own results must not come from `live`.
        TensorMap poisoned = all;
        const ir::NodeId node = graph->value(graph->find("sum")).producer;
        poisoned["sum"] = maker.random({1, 16, 12, 12}, 100, 200);
        auto part = seen->runRange(node, node + 1, poisoned, JobContext());
        QVERIFY(part.hasValue());
        QVERIFY(test::distance(part->at("sum"), all.at("sum")) < 1e-5);
        poisoned.erase("a1");
        part = seen->runRange(node, node + 1, poisoned, JobContext());
        QVERIFY(!part);
        QCOMPARE(part.error().code, Code::InputNameUnknown);
    }

    void wrongInputIsRefused() {
        test::GraphMaker maker;
        const auto executor = make(maker.detector(), {});
        auto one = executor->run({{"other name", maker.random({1, 3, 24, 24})}}, JobContext());
        QVERIFY(one.hasValue()); // a single input may have any name
        auto shape = executor->run({{"data", maker.random({1, 3, 24, 25})}}, JobContext());
        QVERIFY(!shape);
        QCOMPARE(shape.error().code, Code::InputShapeWrong);
        auto none = executor->run({}, JobContext());
        QVERIFY(!none);
        QCOMPARE(none.error().code, Code::InputNameUnknown);
        auto observed = executor->run({{"data", maker.random({1, 3, 24, 24})}}, JobContext(),
                                      [](ir::NodeId, std::span<const ir::Tensor>, double) { return Status(); });
        QVERIFY(!observed);
    }

    void everyMissingKernelIsNamed() {
        test::GraphMaker maker;
        const ir::ValueId x = maker.input("data", {1, 3, 4, 4});
        ir::TensorType type = maker.graph.value(x).type;
        const ir::ValueId a = maker.graph.add("top.Unheard", {x}, "first", type);
        const ir::ValueId b = maker.graph.add("top.Unseen", {a}, "second", type);
        maker.graph.outputs = {maker.graph.add("top.Unseen", {b}, "third", type)};
        auto made = Executor::create(std::make_shared<const ir::Graph>(maker.graph), {}, JobContext());
        QVERIFY(!made);
        QCOMPARE(made.error().code, Code::OperatorNotLowered);
        QCOMPARE(made.error().fields.at("top.Unheard"), std::string("1"));
        QCOMPARE(made.error().fields.at("top.Unseen"), std::string("2"));
        QCOMPARE(made.error().node, std::string("first"));
    }

    void falseShapesAreRefused() {
        test::GraphMaker maker;
        const ir::ValueId x = maker.input("data", {1, 3, 8, 8});
        const ir::ValueId y = maker.conv(x, 4, 3, "c");
        maker.graph.value(y).type.shape = {1, 4, 800, 800};
        maker.graph.outputs = {y};
        auto made = Executor::create(std::make_shared<const ir::Graph>(maker.graph), {}, JobContext());
        QVERIFY(!made);
        QCOMPARE(made.error().code, Code::GraphInvalid);
    }

    void inputsAndConstantsStayUntouched() {
        // Operators that may work in place must not do so on what the caller owns.
        test::GraphMaker maker;
        const ir::ValueId x = maker.input("data", {1, 2, 3, 3});
        const ir::ValueId w = maker.graph.addWeight("w", maker.random({1, 2, 3, 3}));
        const ir::ValueId a = maker.op("top.Relu", {x}, "a");
        const ir::ValueId b = maker.op("top.Relu", {w}, "b");
        maker.graph.outputs = {a, maker.op("top.Add", {b, x}, "c"), x};
        const auto graph = std::make_shared<const ir::Graph>(maker.graph);
        const ir::Tensor data = maker.random({1, 2, 3, 3});
        const std::vector<float> before(data.span<float>().begin(), data.span<float>().end());
        const std::vector<float> weight(graph->weight(w)->span<float>().begin(), graph->weight(w)->span<float>().end());
        const auto executor = make(graph, {});
        const TensorMap out = runOn(*executor, {{"data", data}});
        QVERIFY(std::equal(before.begin(), before.end(), data.data<float>()));
        QVERIFY(std::equal(weight.begin(), weight.end(), graph->weight(w)->data<float>()));
        QVERIFY(std::equal(before.begin(), before.end(), out.at("data").data<float>()));
        QCOMPARE(out.at("a").data<float>()[0], std::max(before[0], 0.0f));
    }

    void resultsOutliveTheNextRun() {
        test::GraphMaker maker;
        const auto executor = make(maker.detector(), {});
        const ir::Tensor first = maker.random({1, 3, 24, 24});
        const TensorMap kept = runOn(*executor, {{"data", first}});
        const float value = kept.at("scores").data<float>()[5];
        runOn(*executor, {{"data", maker.random({1, 3, 24, 24}, 3, 9)}});
        QCOMPARE(kept.at("scores").data<float>()[5], value);
    }

    void aStopIsAnswered() {
        // Plain twins on a large picture take far longer than the stop may.
        test::GraphMaker maker;
        const ir::ValueId x = maker.input("data", {1, 32, 256, 256});
        ir::ValueId y = x;
        for (int i = 0; i < 40; ++i)
            y = maker.conv(y, 32, 5, "c" + std::to_string(i));
        maker.graph.outputs = {y};
        const auto executor = make(std::make_shared<const ir::Graph>(maker.graph), {.scalar = true});
        const TensorMap in{{"data", maker.random({1, 32, 256, 256})}};
        std::stop_source stop;
        JobContext context(stop.get_token());
        std::atomic<bool> started = false;
        std::jthread stopper([&] {
            while (!started)
                std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            stop.request_stop();
        });
        started = true;
        auto result = executor->run(in, context);
        QVERIFY(!result);
        QVERIFY(isCancelled(result.error()));
        auto stopped = executor->run(in, context);
        QVERIFY(isCancelled(stopped.error()));
    }

    void codesBecomeNumbers() {
        ir::TensorType type;
        type.element = ir::ElementType::I8;
        type.shape = {2, 2};
        type.quant = ir::UniformQuant{{0.5}, {1}, {}, {}};
        const std::vector<int8_t> codes = {-128, 0, 1, 127};
        const auto tensor = ir::Tensor::of<int8_t>(ir::ElementType::I8, {2, 2}, codes);
        const ir::Tensor real = execute::toFloat(tensor, type);
        QCOMPARE(real.data<float>()[0], -64.5f);
        QCOMPARE(real.data<float>()[2], 0.0f);
        QCOMPARE(real.data<float>()[3], 63.0f);
        type.quant = ir::UniformQuant{{0.5, 2.0}, {0, 0}, 1, {}};
        const ir::Tensor axis = execute::toFloat(tensor, type);
        QCOMPARE(axis.data<float>()[2], 0.5f);
        QCOMPARE(axis.data<float>()[3], 254.0f);
        const std::vector<uint16_t> halves = {0x3c00, 0xc000};
        const auto half = ir::Tensor::of<uint16_t>(ir::ElementType::F16, {2}, halves);
        ir::TensorType halfType;
        halfType.element = ir::ElementType::F16;
        halfType.shape = {2};
        QCOMPARE(execute::toFloat(half, halfType).data<float>()[1], -2.0f);
    }
};

QTEST_APPLESS_MAIN(TestExecutor)
#include "tst_executor.moc"
