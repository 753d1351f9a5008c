// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies written out at import: functions of the file, ONNX's own definitions, If and Loop whose course is known;
// and files that ask for too much of it.
#include "tests/import/onnx_builder.h"

#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"

#include <QTest>

#include <cmath>

using namespace wb;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

namespace {

void addNode(onnx::GraphProto& graph, const char* kind, const std::vector<std::string>& inputs, const std::string& output) {
    auto* node = graph.add_node();
    node->set_op_type(kind);
    for (const std::string& input : inputs)
        node->add_input(input);
    node->add_output(output);
}

onnx::AttributeProto& graphAttribute(onnx::NodeProto& node, const char* name) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::GRAPH);
    return *attribute;
}

/// A constant of one number without axes.
std::string scalarOf(OnnxBuilder& b, const std::string& name, int64_t value, bool truth) {
    auto* t = b.graph().add_initializer();
    t->set_name(name);
    t->set_data_type(truth ? onnx::TensorProto::BOOL : onnx::TensorProto::INT64);
    if (truth) t->add_int32_data(static_cast<int32_t>(value));
    else t->add_int64_data(value);
    return name;
}

/// x doubled in each of `trips` iterations; collects what it had before.
void addLoop(OnnxBuilder& b, int64_t trips) {
    scalarOf(b, "trips", trips, false);
    scalarOf(b, "go", 1, true);
    b.nodeMany("Loop", {"trips", "go", "x"}, {"last", "all"});
    auto& node = *b.graph().mutable_node(b.graph().node_size() - 1);
    auto& body = *graphAttribute(node, "body").mutable_g();
    for (const char* name : {"i", "c", "v"})
        body.add_input()->set_name(name);
    addNode(body, "Identity", {"c"}, "c_out");
    addNode(body, "Add", {"v", "v"}, "v_out");
    addNode(body, "Identity", {"v"}, "before");
    for (const char* name : {"c_out", "v_out", "before"})
        body.add_output()->set_name(name);
}

std::vector<float> run(const ir::Graph& graph, const std::vector<float>& x, size_t output = 0) {
    const auto shared = std::make_shared<const ir::Graph>(graph);
    auto executor = execute::Executor::create(shared, {}, {});
    if (!executor) return {};
    const ir::Shape shape{static_cast<int64_t>(x.size())};
    const auto results = (*executor)->run({{"x", ir::Tensor::of<float>(ir::ElementType::F32, shape, x)}}, {});
    if (!results) return {};
    const auto values = results->at(graph.value(graph.outputs[output]).name).span<float>();
    return {values.begin(), values.end()};
}

} // namespace

class TstImportBodies : public QObject {
    Q_OBJECT
private slots:
    void functionOfTheFile() {
        OnnxBuilder b(14, {2});
        b.model().set_ir_version(8);
        b.model().add_opset_import()->set_domain("mine");
        b.model().mutable_opset_import(1)->set_version(1);
        auto* function = b.model().add_functions();
        function->set_domain("mine");
        function->set_name("Twice");
        function->add_input("a");
        function->add_output("r");
        function->add_attribute("slope");
        function->add_opset_import()->set_version(14);
        auto* leaky = function->add_node();
        leaky->set_op_type("LeakyRelu");
        leaky->add_input("a");
        leaky->add_output("t");
        auto* alpha = leaky->add_attribute();
        alpha->set_name("alpha");
        alpha->set_ref_attr_name("slope");
        alpha->set_type(onnx::AttributeProto::FLOAT);
        auto* add = function->add_node();
        add->set_op_type("Add");
        add->add_input("t");
        add->add_input("t");
        add->add_output("r");
        b.node("Twice", {"x"}, "y", {{"slope", 0.25}});
        b.graph().mutable_node(0)->set_domain("mine");
        b.output("y");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(run(model->origin, {2, -4}), (std::vector<float>{4, -2}));
    }

    void functionThatCallsItself() {
        OnnxBuilder b(14, {2});
        b.model().set_ir_version(8);
        auto* function = b.model().add_functions();
        function->set_domain("mine");
        function->set_name("Again");
        function->add_input("a");
        function->add_output("r");
        for (const auto& [in, out] : {std::pair{"a", "t"}, std::pair{"t", "r"}}) {
            auto* node = function->add_node();
            node->set_domain("mine");
            node->set_op_type("Again");
            node->add_input(in);
            node->add_output(out);
        }
        b.node("Again", {"x"}, "y");
        b.graph().mutable_node(0)->set_domain("mine");
        b.output("y");
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::UnsupportedOperators);
    }

    void definitionOfOnnx() {
        OnnxBuilder b(17, {2});
        b.output(b.node("Celu", {"x"}, "y", {{"alpha", 2.0}}));
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto values = run(model->origin, {1, -2});
        QCOMPARE(values.size(), size_t{2});
        QCOMPARE(values[0], 1.0F);
        QVERIFY(std::fabs(values[1] - 2 * std::expm1(-1.0F)) < 1e-6F);
    }

    /// A branch in a branch reads what the outer one has made, directly, as its own result and as another body's name.
    void branchInBranch() {
        OnnxBuilder b(14, {2});
        scalarOf(b, "yes", 1, true);
        b.nodeMany("If", {"yes"}, {"y"});
        auto& outer = *graphAttribute(*b.graph().mutable_node(0), "then_branch").mutable_g();
        addNode(outer, "Neg", {"x"}, "turned");
        addNode(outer, "If", {"yes"}, "inside");
        addNode(outer, "If", {"yes"}, "passed");
        addNode(outer, "Add", {"inside", "passed"}, "sum");
        outer.add_output()->set_name("sum");
        auto& inner = *graphAttribute(*outer.mutable_node(1), "then_branch").mutable_g();
        addNode(inner, "Exp", {"turned"}, "power");
        inner.add_output()->set_name("power");
        graphAttribute(*outer.mutable_node(2), "then_branch").mutable_g()->add_output()->set_name("turned");
        graphAttribute(*outer.mutable_node(1), "else_branch").mutable_g()->add_output()->set_name("x");
        graphAttribute(*outer.mutable_node(2), "else_branch").mutable_g()->add_output()->set_name("x");
        graphAttribute(*b.graph().mutable_node(0), "else_branch").mutable_g()->add_output()->set_name("x");
        b.output("y");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(run(model->origin, {0, -1}), (std::vector<float>{1, 1 + std::exp(1.0F)}));
    }

    void branch() {
        for (const bool yes : {true, false}) {
            OnnxBuilder b(14, {2});
            scalarOf(b, "condition", yes ? 1 : 0, true);
            b.node("Neg", {"x"}, "outer"); // read from inside of the branch only
            b.nodeMany("If", {"condition"}, {"y"});
            auto& node = *b.graph().mutable_node(1);
            auto& then = *graphAttribute(node, "then_branch").mutable_g();
            addNode(then, "Add", {"outer", "outer"}, "t");
            then.add_output()->set_name("t");
            auto& other = *graphAttribute(node, "else_branch").mutable_g();
            addNode(other, "Relu", {"outer"}, "t");
            other.add_output()->set_name("t");
            b.output("y");
            const auto model = b.import();
            QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
            QCOMPARE(run(model->origin, {1, -3}), yes ? (std::vector<float>{-2, 6}) : (std::vector<float>{0, 3}));
        }
    }

    void branchByInput() {
        OnnxBuilder b(14, {1});
        b.nodeMany("If", {b.node("Greater", {"x", b.node("Neg", {"x"}, "less")}, "condition")}, {"y"});
        for (const char* name : {"then_branch", "else_branch"})
            graphAttribute(*b.graph().mutable_node(2), name).mutable_g()->add_output()->set_name("x");
        b.output("y");
        const Error error = b.import().error();
        QCOMPARE(error.code, Code::UnsupportedOperators);
        QVERIFY2(error.why.find("'x'") != std::string::npos && !error.remedies.empty(), toText(error).c_str());
    }

    void loop() {
        OnnxBuilder b(14, {2});
        addLoop(b, 3);
        b.output("last");
        b.output("all");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(run(model->origin, {1, -3}), (std::vector<float>{8, -24}));
        QCOMPARE(run(model->origin, {1, -3}, 1), (std::vector<float>{1, -3, 2, -6, 4, -12}));
    }

    void endlessLoop() {
        OnnxBuilder b(14, {2});
        addLoop(b, INT64_MAX);
        b.output("last");
        const auto model = b.import();
        QVERIFY(!model);
        QCOMPARE(model.error().code, Code::UnsupportedOperators);
    }

    void wholeNumbers() {
        OnnxBuilder b(14, {2});
        b.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::INT32);
        b.output(b.node("Div", {"x", scalarOf(b, "two", 2, false)}, "y"));
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        QCOMPARE(run(model->origin, {7, -7}), (std::vector<float>{3, -3}));

        OnnxBuilder large(14, {2});
        auto* t = large.graph().add_initializer();
        t->set_name("large");
        t->set_data_type(onnx::TensorProto::INT64);
        t->add_dims(2);
        t->add_int64_data(1);
        t->add_int64_data((int64_t{1} << 24) + 1);
        large.output(large.node("Add", {"x", "large"}, "y"));
        const auto refused = large.import();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::UnsupportedAttribute);
    }

    void notLoweredIsSaidAtOnce() {
        OnnxBuilder b(14, {1, 8});
        auto* places = b.graph().add_initializer();
        places->set_name("places");
        places->set_data_type(onnx::TensorProto::INT64);
        places->add_dims(1), places->add_dims(8);
        for (const int64_t place : {7, 0, 6, 1, 5, 2, 4, 3})
            places->add_int64_data(place);
        b.node("GatherElements", {"x", "places"}, "dealt", {{"axis", int64_t{1}}});
        b.nodeMany("TopK", {"dealt", b.ints({3})}, {"best", "where"});
        b.node("MatMul", {"best", b.weight({3, 2})}, "product"); // work for the chip behind them: the host cannot take the end
        b.output("product");
        b.output("where");
        const auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        quantise::LowerOptions options;
        options.target.module = ops::Precision::F16;
        const auto lowered = quantise::lower(model->origin, {}, {}, options, {});
        QVERIFY(!lowered);
        QCOMPARE(lowered.error().code, Code::OperatorNotLowered);
        const std::string text = toText(lowered.error());
        QVERIFY2(text.find("top.GatherElements") != std::string::npos && text.find("top.TopK") != std::string::npos, text.c_str());
    }
};

QTEST_GUILESS_MAIN(TstImportBodies)
#include "tst_import_bodies.moc"
