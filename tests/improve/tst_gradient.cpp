// SPDX-License-Identifier: GPL-3.0-or-later
// Every gradient rule against a quotient of differences, on small graphs of one operator.
#include "compiler/improve/backward.h"
#include "compiler/improve/random.h"

#include <QTest>

#include "tests/execute/made_graph.h"

#include <cmath>

using namespace wb;
using improve::Values;

namespace {

using Build = std::function<ir::ValueId(test::GraphMaker&)>;

ir::AttributeMap attributes(std::initializer_list<std::pair<const char*, ir::Attribute>> list) {
    ir::AttributeMap a;
    for (const auto& [key, value] : list)
        a.set(key, value);
    return a;
}
ir::Attribute ints(std::vector<int64_t> values) { return ir::Attribute::ints(values); }

struct Case {
    const char* name;
    Build build;
};

const std::vector<Case>& cases() {
    using M = test::GraphMaker;
    static const std::vector<Case> list{
        {"conv 3x3, stride 2", [](M& m) { return m.conv(m.input("x", {2, 3, 7, 9}), 5, 3, "y", 2); }},
        {"conv 1x1, fused ReLU", [](M& m) { return m.conv(m.input("x", {1, 4, 5, 5}), 6, 1, "y", 1, 1, true); }},
        {"conv of groups", [](M& m) { return m.conv(m.input("x", {1, 4, 6, 6}), 6, 3, "y", 1, 2); }},
        {"depthwise, stride 2", [](M& m) { return m.conv(m.input("x", {1, 4, 7, 7}), 4, 3, "y", 2, 4); }},
        {"SiLU", [](M& m) { return m.op("top.SiLU", {m.input("x", {1, 3, 4, 4})}, "y"); }},
        {"Sigmoid", [](M& m) { return m.op("top.Sigmoid", {m.input("x", {1, 3, 4, 4})}, "y"); }},
        {"LeakyRelu", [](M& m) { return m.op("top.LeakyRelu", {m.input("x", {1, 3, 4, 4})}, "y", M::leaky()); }},
        {"Tanh", [](M& m) { return m.op("top.Tanh", {m.input("x", {2, 5})}, "y"); }},
        {"HardSwish", [](M& m) { return m.op("top.HardSwish", {m.input("x", {2, 5})}, "y"); }},
        {"Mish", [](M& m) { return m.op("top.Mish", {m.input("x", {2, 5})}, "y"); }},
        {"GELU", [](M& m) { return m.op("top.GELU", {m.input("x", {2, 5})}, "y"); }},
        {"Elu", [](M& m) { return m.op("top.Elu", {m.input("x", {2, 5})}, "y"); }},
        {"Softplus", [](M& m) { return m.op("top.Softplus", {m.input("x", {2, 5})}, "y"); }},
        {"Add, stretched", [](M& m) { return m.op("top.Add", {m.input("x", {1, 3, 4, 4}), m.input("z", {1, 3, 1, 1})}, "y"); }},
        {"Sub", [](M& m) { return m.op("top.Sub", {m.input("x", {2, 3}), m.input("z", {2, 3})}, "y"); }},
        {"Mul, stretched", [](M& m) { return m.op("top.Mul", {m.input("x", {1, 3, 4, 4}), m.input("z", {1, 3, 1, 4})}, "y"); }},
        {"Mul by itself", [](M& m) { const auto x = m.input("x", {1, 3, 4, 4}); return m.op("top.Mul", {x, x}, "y"); }},
        {"Max", [](M& m) { return m.op("top.Max", {m.input("x", {2, 9}), m.input("z", {2, 9})}, "y"); }},
        {"Concat", [](M& m) { return m.concat({m.input("x", {1, 3, 4, 4}), m.input("z", {1, 2, 4, 4})}, "y"); }},
        {"MaxPool", [](M& m) {
             return m.op("top.MaxPool", {m.input("x", {1, 2, 7, 7})}, "y",
                         attributes({{"kernel_shape", ints({3, 3})}, {"strides", ints({2, 2})}, {"pads", ints({1, 1, 1, 1})}}));
         }},
        {"AvgPool", [](M& m) {
             return m.op("top.AvgPool", {m.input("x", {1, 2, 7, 7})}, "y",
                         attributes({{"kernel_shape", ints({3, 3})}, {"strides", ints({2, 2})}, {"pads", ints({1, 1, 1, 1})},
                                     {"count_include_pad", false}}));
         }},
        {"Upsample", [](M& m) {
             return m.op("top.Upsample", {m.input("x", {1, 2, 3, 4})}, "y", attributes({{"scale_h", int64_t{2}}, {"scale_w", int64_t{3}}}));
         }},
        {"Permute", [](M& m) { return m.op("top.Permute", {m.input("x", {2, 3, 4})}, "y", attributes({{"order", ints({2, 0, 1})}})); }},
        {"Reshape", [](M& m) { return m.op("top.Reshape", {m.input("x", {2, 3, 4})}, "y", attributes({{"shape", ints({6, 4})}})); }},
        {"Softmax", [](M& m) { return m.op("top.Softmax", {m.input("x", {2, 5, 3})}, "y", attributes({{"axis", ir::Attribute::si32(1)}})); }},
        {"MatMul", [](M& m) { return m.op("top.MatMul", {m.input("x", {2, 3, 4}), m.input("z", {2, 4, 5}), ir::kNoValue}, "y"); }},
        {"MatMul, right transposed", [](M& m) {
             return m.op("top.MatMul", {m.input("x", {3, 4}), m.input("z", {5, 4}), ir::kNoValue}, "y", attributes({{"right_transpose", true}}));
         }},
        {"ReduceMean", [](M& m) {
             return m.op("top.Reduce", {m.input("x", {2, 3, 4, 5})}, "y",
                         attributes({{"mode", "ReduceMean"}, {"axes", ints({2, 3})}, {"keepdims", true}}));
         }},
    };
    return list;
}

double dot(const ir::Tensor& a, const ir::Tensor& b) {
    double sum = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i)
        sum += static_cast<double>(a.data<float>()[i]) * static_cast<double>(b.data<float>()[i]);
    return sum;
}

} // namespace

class TestGradient : public QObject {
    Q_OBJECT

private slots:
    void equalsDifferences_data() {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
    }
    void equalsDifferences() {
        QFETCH(int, index);
        test::GraphMaker maker;
        maker.graph.outputs = {cases()[static_cast<size_t>(index)].build(maker)};
        const auto graph = std::make_shared<const ir::Graph>(maker.graph);
        execute::Options options;
        options.observable = true;
        const auto executor = execute::Executor::create(graph, options, {});
        QVERIFY2(executor, executor ? "" : toText(executor.error()).c_str());
        execute::TensorMap inputs, direction;
        for (const ir::ValueId id : graph->inputs()) {
            const ir::Value& value = graph->value(id);
            inputs[value.name] = maker.random(value.type.shape, -2, 2);
            direction[value.name] = maker.random(value.type.shape);
        }
        const auto values = improve::forward(**executor, inputs, {});
        QVERIFY(values);
        const std::vector<ir::Tensor> seeds{maker.random(graph->value(graph->outputs[0]).type.shape)};
        double slope = 0;
        std::map<std::string, std::string> stopped;
        const auto status = improve::backward(*graph, *values, seeds, [&](const ops::GradientCall& call) {
            if (call.node.op == "top.Input" && !call.given[0].empty())
                slope += dot(call.given[0], direction.at(graph->value(call.node.results[0]).name));
        }, stopped, {});
        QVERIFY(status);
        QVERIFY2(stopped.empty(), stopped.empty() ? "" : stopped.begin()->second.c_str());
        const auto value = [&](double h) {
            execute::TensorMap moved;
            for (const auto& [name, tensor] : inputs) {
                ir::Tensor to(tensor.type(), tensor.shape());
                for (int64_t i = 0; i < tensor.elementCount(); ++i)
                    to.mutableData<float>()[i] = tensor.data<float>()[i] +
                                                 static_cast<float>(h) * direction.at(name).data<float>()[i];
                moved[name] = to;
            }
            const auto results = improve::forward(**executor, moved, {});
            return dot((*results)[static_cast<size_t>(graph->outputs[0])], seeds[0]);
        };
        // Kinks (ReLU, maxima) lie between the two points now and then: a small step and a tolerance for that.
        const double h = 1e-3, quotient = (value(h) - value(-h)) / (2 * h);
        QVERIFY2(std::fabs(quotient - slope) < 0.02 * (1 + std::fabs(quotient)),
                 qPrintable(QString("%1 by differences, %2 by the rule").arg(quotient).arg(slope)));
    }

    /// Scores beside boxes in pixels count by their own energy; parts of like size, and whole outputs, by the output's.
    void partsOfAnOutput() {
        for (const float small : {0.01F, 50.0F}) {
            test::GraphMaker maker;
            const auto boxes = maker.input("boxes", {2, 2, 4}), scores = maker.input("scores", {2, 3, 4});
            ir::AttributeMap shape;
            shape.set("shape", ir::Attribute::ints({2, 20}));
            maker.graph.outputs = {maker.op("top.Reshape", {maker.concat({boxes, scores}, "both")}, "y", shape)};
            const auto graph = std::make_shared<const ir::Graph>(maker.graph);
            execute::Options options;
            options.observable = true;
            const auto executor = execute::Executor::create(graph, options, {});
            ir::Tensor large(ir::ElementType::F32, {2, 2, 4}), little(ir::ElementType::F32, {2, 3, 4});
            std::fill_n(large.mutableData<float>(), 16, 100.0F);
            std::fill_n(little.mutableData<float>(), 24, small);
            const auto values = improve::forward(**executor, {{"boxes", large}, {"scores", little}}, {});
            QVERIFY(values);
            const auto seeds = improve::projection(*graph, *values, 7);
            const double all = 16 * 1e4 + 24 * static_cast<double>(small * small);
            const double own = small < 1 ? 24 * static_cast<double>(small * small) : all;
            for (int64_t i = 0; i < 40; ++i) { // rows of 8 and 12
                const double expected = 1 / std::sqrt(i % 20 < 8 ? all : own);
                QVERIFY(std::fabs(std::fabs(static_cast<double>(seeds[0].data<float>()[i])) / expected - 1) < 1e-5);
            }
        }
    }

    void operatorsWithoutRuleAreNamed() {
        test::GraphMaker maker;
        const auto x = maker.conv(maker.input("x", {1, 3, 4, 4}), 4, 1, "c");
        maker.graph.outputs = {maker.op("top.Floor", {x}, "y")};
        const auto graph = std::make_shared<const ir::Graph>(maker.graph);
        execute::Options options;
        options.observable = true;
        const auto executor = execute::Executor::create(graph, options, {});
        const auto values = improve::forward(**executor, {{"x", maker.random({1, 3, 4, 4})}}, {});
        QVERIFY(values);
        std::map<std::string, std::string> stopped;
        bool reached = true;
        QVERIFY(improve::backward(*graph, *values, improve::projection(*graph, *values, 1), [&](const ops::GradientCall& call) {
            if (call.node.op == "top.Conv") reached = !call.given[0].empty();
        }, stopped, {}));
        QVERIFY(!reached);
        QVERIFY(stopped.contains("top.Floor"));
    }
};

QTEST_GUILESS_MAIN(TestGradient)
#include "tst_gradient.moc"
