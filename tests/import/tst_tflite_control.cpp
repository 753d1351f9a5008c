// SPDX-License-Identifier: GPL-3.0-or-later
// Loops and branches of TensorFlow Lite with numbers worked out here, what is merged, and what cannot be written out.
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_net.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace wb;
namespace wire = test::wire;

class TestTfliteControl : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    Result<ir::Graph> graphOf(const std::string& bytes) {
        auto model = test::importTflite(bytes, m_dir.path().toStdString());
        if (!model) return std::move(model).error();
        return std::move(model->origin);
    }
    ir::Graph caseOf(const char* name) {
        for (const auto& c : test::floatTfliteCases())
            if (c.name == name)
                if (auto graph = graphOf(c.bytes)) return std::move(*graph);
        return {};
    }
    static size_t count(const ir::Graph& graph, std::string_view op) {
        return static_cast<size_t>(std::count_if(graph.nodes().begin(), graph.nodes().end(), [&](const ir::Node& n) { return n.op == op; }));
    }
    static std::vector<float> run(const ir::Graph& graph, const std::vector<float>& x, size_t output = 0) {
        const ir::Value& in = graph.value(graph.inputs().front());
        const auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {});
        if (!executor) return {};
        const auto results = (*executor)->run({{in.name, ir::Tensor::of<float>(ir::ElementType::F32, in.type.shape, x)}}, {});
        if (!results) return {};
        const ir::Tensor& y = results->at(graph.value(graph.outputs.at(output)).name);
        return {y.data<float>(), y.data<float>() + y.elementCount()};
    }
    /// A loop whose condition and body are written by `ask` and `work`, over a number and [1,2].
    template <class Ask, class Work> static std::string loop(int first, const Ask& ask, const Work& work) {
        test::TfliteBuilder b;
        const auto whole = wire::Element_Int32;
        const int x = b.tensor({1, 2}), n = b.tensor({}, whole), y = b.tensor({1, 2});
        b.op(wire::Kind_WHILE, {b.scalar(first), x}, {n, y}, wire::Options_WhileOptions, wire::CreateWhileOptions(b.fb(), 1, 2));
        b.ends({x}, {y});
        b.nextGraph();
        int count = b.tensor({}, whole), value = b.tensor({1, 2});
        b.ends({count, value}, {ask(b, count, value)});
        b.nextGraph();
        count = b.tensor({}, whole), value = b.tensor({1, 2});
        const int next = b.tensor({}, whole);
        b.op(wire::Kind_ADD, {count, b.scalar(1)}, {next}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
        b.ends({count, value}, {next, work(b, value)});
        return b.bytes();
    }
    static int doubled(test::TfliteBuilder& b, int value) {
        const int y = b.tensor({1, 2});
        b.op(wire::Kind_ADD, {value, value}, {y}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
        return y;
    }
    static auto lessThan(int limit) {
        return [limit](test::TfliteBuilder& b, int count, int) {
            const int go = b.tensor({}, wire::Element_Bool);
            b.op(wire::Kind_LESS, {count, b.scalar(limit)}, {go});
            return go;
        };
    }

private slots:
    /// Each row is the hyperbolic tangent of what came and what was.
    void rowsOfALoop() {
        const std::vector<float> x{0.1F, 0.2F, -0.3F, 0.4F, -0.5F, 0.6F, 0.7F, -0.8F, 0.9F, -1, 1.1F, 1.2F};
        std::vector<float> h{1, 2, 3, 4}, all;
        for (size_t i = 0; i < x.size(); ++i) {
            h[i % 4] = std::tanh(x[i] + h[i % 4]);
            all.push_back(h[i % 4]);
        }
        const ir::Graph list = caseOf("loop over rows"), last = caseOf("loop to the last row");
        for (const auto& [graph, output, expected] : {std::tuple(&list, 0, all), {&list, 1, h}, {&last, 0, h}, {&last, 1, h}}) {
            const auto got = run(*graph, x, static_cast<size_t>(output));
            QCOMPARE(got.size(), expected.size());
            for (size_t i = 0; i < got.size(); ++i) QVERIFY(std::abs(got[i] - expected[i]) < 1e-6F);
        }
        // The list is put together once, not cut and joined in every iteration.
        QCOMPARE(count(list, "top.Concat"), size_t{1});
        QCOMPARE(count(list, "top.Slice"), size_t{0});
    }

    void asOftenAsAsked() {
        for (const int times : {0, 1, 5}) {
            const auto graph = graphOf(loop(7 - times, lessThan(7), doubled));
            QVERIFY2(graph, toText(graph ? Error{} : graph.error()).c_str());
            const float factor = std::ldexp(1.0F, times);
            if (times > 0) QCOMPARE(run(*graph, {1, -3}), (std::vector<float>{factor, -3 * factor}));
        }
    }

    void refused() {
        const auto byValue = [](test::TfliteBuilder& b, int, int value) {
            const int sum = b.tensor({}), go = b.tensor({}, wire::Element_Bool);
            b.op(wire::Kind_SUM, {value, b.ints({0, 1})}, {sum}, wire::Options_ReducerOptions, wire::CreateReducerOptions(b.fb()));
            b.op(wire::Kind_LESS, {sum, b.floats({}, {100})}, {go});
            return go;
        };
        const auto runTime = graphOf(loop(0, byValue, doubled));
        QVERIFY(!runTime);
        QCOMPARE(runTime.error().code, Code::UnsupportedOperators);
        QVERIFY(runTime.error().what.find("run time") != std::string::npos);
        QVERIFY(!runTime.error().remedies.empty());
        const auto endless = graphOf(loop(0, lessThan(1 << 30), doubled));
        QVERIFY(!endless);
        QCOMPARE(endless.error().code, Code::UnsupportedOperators);
        // What no branch or body may be: the network itself, one that is not there.
        for (const int body : {0, 3, -1, 1 << 20}) {
            test::TfliteBuilder b;
            const int x = b.tensor({1, 2}), y = b.tensor({1, 2});
            b.op(wire::Kind_WHILE, {x}, {y}, wire::Options_WhileOptions, wire::CreateWhileOptions(b.fb(), 1, body));
            b.ends({x}, {y});
            b.nextGraph();
            b.ends({b.tensor({1, 2})}, {b.constant<uint8_t>({}, wire::Element_Bool, {0})});
            const auto damaged = graphOf(b.bytes());
            QVERIFY(!damaged);
            QCOMPARE(damaged.error().code, Code::ModelDamaged);
        }
        // A body that is its own body.
        test::TfliteBuilder b;
        int x = b.tensor({1, 2}), y = b.tensor({1, 2});
        b.op(wire::Kind_IF, {b.constant<uint8_t>({}, wire::Element_Bool, {1}), x}, {y}, wire::Options_IfOptions, wire::CreateIfOptions(b.fb(), 1, 1));
        b.ends({x}, {y});
        b.nextGraph();
        x = b.tensor({1, 2}), y = b.tensor({1, 2});
        b.op(wire::Kind_IF, {b.constant<uint8_t>({}, wire::Element_Bool, {1}), x}, {y}, wire::Options_IfOptions, wire::CreateIfOptions(b.fb(), 1, 1));
        b.ends({x}, {y});
        const auto deep = graphOf(b.bytes());
        QVERIFY(!deep);
        QCOMPARE(deep.error().code, Code::UnsupportedOperators);
    }

    void oneStepForWhatConvertersWriteInMany() {
        const ir::Graph large = caseOf("enlarged by tiles"), sequence = caseOf("dilated sequence");
        QCOMPARE(count(large, "top.Upsample"), size_t{1});
        QCOMPARE(count(large, "top.Tile") + count(large, "top.Permute"), size_t{0});
        for (const ir::Node& node : large.nodes())
            if (node.op == "top.Upsample") {
                QCOMPARE(node.attributes.integer("scale_h", 0), int64_t{3});
                QCOMPARE(node.attributes.integer("scale_w", 0), int64_t{2});
            }
        QCOMPARE(count(sequence, "top.Conv"), size_t{1});
        for (const ir::Node& node : sequence.nodes())
            if (node.op == "top.Conv") {
                QCOMPARE(node.attributes.integers("dilations"), (std::vector<int64_t>{1, 2}));
                QCOMPARE(node.attributes.integers("pads"), (std::vector<int64_t>{0, 2, 0, 2}));
            }
    }

    /// What fills variables gives nothing and is passed over; what reads them is called by its name.
    void variables() {
        test::TfliteBuilder b;
        const int x = b.tensor({2}), y = b.tensor({2});
        b.op(wire::Kind_CALL_ONCE, {}, {});
        b.op(wire::Kind_ADD, {x, x}, {y}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
        b.ends({x}, {y});
        const auto graph = graphOf(b.bytes());
        QVERIFY2(graph, toText(graph ? Error{} : graph.error()).c_str());
        QCOMPARE(run(*graph, {1, 2}), (std::vector<float>{2, 4}));
    }
};

QTEST_GUILESS_MAIN(TestTfliteControl)
#include "tst_tflite_control.moc"
