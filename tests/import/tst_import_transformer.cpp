// SPDX-License-Identifier: GPL-3.0-or-later
// Transformers as exporters write them: one attention block with LayerNormalization as an operator (opset 17) and
// one with everything spelt out in primitives, behind a patch embedding. They import, and run in F16 close to F32.
#include "tests/import/onnx_builder.h"

#include "compiler/execute/executor.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"

#include <QTest>

#include <cmath>

using namespace wb;
using wb::test::OnnxBuilder;
using Ints = OnnxBuilder::Ints;

namespace {

constexpr int64_t kTokens = 16, kWidth = 32, kHeads = 4;

/// Weights of the size that training leaves: activations stay near 1.
std::string small(OnnxBuilder& b, const Ints& shape, test::Random& random, float scale = 0.15F) {
    int64_t count = 1;
    for (int64_t d : shape)
        count *= d;
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i)
        values.push_back(random.real(-scale, scale));
    return b.weight(shape, values);
}

std::string linear(OnnxBuilder& b, const std::string& x, const std::string& name, int64_t in, int64_t out, test::Random& random) {
    b.node("MatMul", {x, small(b, {in, out}, random)}, name + "_mm");
    return b.node("Add", {name + "_mm", small(b, {out}, random)}, name);
}

std::string layerNorm(OnnxBuilder& b, const std::string& x, const std::string& name, bool primitives) {
    const std::string gamma = b.weight({kWidth}), beta = b.weight({kWidth});
    if (!primitives) return b.node("LayerNormalization", {x, gamma, beta}, name, {{"axis", int64_t{-1}}});
    b.node("ReduceMean", {x}, name + "_mean", {{"axes", Ints{-1}}});
    b.node("Sub", {x, name + "_mean"}, name + "_d");
    b.node("Pow", {name + "_d", b.scalar(2)}, name + "_sq");
    b.node("ReduceMean", {name + "_sq"}, name + "_var", {{"axes", Ints{-1}}});
    b.node("Add", {name + "_var", b.scalar(1e-5F)}, name + "_eps");
    b.node("Sqrt", {name + "_eps"}, name + "_dev");
    b.node("Div", {name + "_d", name + "_dev"}, name + "_n");
    b.node("Mul", {name + "_n", gamma}, name + "_g");
    return b.node("Add", {name + "_g", beta}, name);
}

std::string gelu(OnnxBuilder& b, const std::string& x, const std::string& name) {
    b.node("Div", {x, b.scalar(std::sqrt(2.0F))}, name + "_s");
    b.node("Erf", {name + "_s"}, name + "_erf");
    b.node("Add", {name + "_erf", b.scalar(1)}, name + "_one");
    b.node("Mul", {x, name + "_one"}, name + "_x");
    return b.node("Mul", {name + "_x", b.scalar(0.5F)}, name);
}

std::string attention(OnnxBuilder& b, const std::string& x, const std::string& name, test::Random& random) {
    linear(b, x, name + "_qkv", kWidth, 3 * kWidth, random);
    b.node("Reshape", {name + "_qkv", b.ints({1, kTokens, 3, kHeads, kWidth / kHeads})}, name + "_r");
    b.node("Transpose", {name + "_r"}, name + "_t", {{"perm", Ints{2, 0, 3, 1, 4}}});
    const char* parts[] = {"_q", "_k", "_v"};
    for (int64_t i = 0; i < 3; ++i) {
        const std::string index = "at" + name + parts[i];
        auto* t = b.graph().add_initializer();
        t->set_name(index);
        t->set_data_type(onnx::TensorProto::INT64);
        t->add_int64_data(i);
        b.node("Gather", {name + "_t", index}, name + parts[i], {{"axis", int64_t{0}}});
    }
    b.node("Transpose", {name + "_k"}, name + "_kt", {{"perm", Ints{0, 1, 3, 2}}});
    b.node("MatMul", {name + "_q", name + "_kt"}, name + "_scores");
    b.node("Mul", {name + "_scores", b.scalar(1 / std::sqrt(8.0F))}, name + "_scaled");
    b.node("Softmax", {name + "_scaled"}, name + "_p", {{"axis", int64_t{-1}}});
    b.node("MatMul", {name + "_p", name + "_v"}, name + "_o");
    b.node("Transpose", {name + "_o"}, name + "_ot", {{"perm", Ints{0, 2, 1, 3}}});
    b.node("Reshape", {name + "_ot", b.ints({1, kTokens, kWidth})}, name + "_flat");
    return linear(b, name + "_flat", name, kWidth, kWidth, random);
}

std::string block(OnnxBuilder& b, const std::string& x, const std::string& name, bool primitives, test::Random& random) {
    attention(b, layerNorm(b, x, name + "_ln1", primitives), name + "_att", random);
    b.node("Add", {x, name + "_att"}, name + "_mid");
    linear(b, layerNorm(b, name + "_mid", name + "_ln2", primitives), name + "_up", kWidth, 2 * kWidth, random);
    linear(b, gelu(b, name + "_up", name + "_gelu"), name + "_down", 2 * kWidth, kWidth, random);
    return b.node("Add", {name + "_mid", name + "_down"}, name);
}

Result<ir::Tensor> runOnce(std::shared_ptr<const ir::Graph> graph, const ir::Tensor& input) {
    WB_ASSIGN(const auto executor, execute::Executor::create(graph, {}, {}));
    WB_ASSIGN(const auto results, executor->run({{"x", input}}, {}));
    const ir::Value& value = graph->value(graph->outputs.front());
    return execute::toFloat(results.begin()->second, value.type);
}

} // namespace

class TstImportTransformer : public QObject {
    Q_OBJECT
private slots:
    void visionTransformer() {
        OnnxBuilder b(17, {1, 3, 32, 32});
        test::Random random(5);
        b.node("Conv", {"x", small(b, {kWidth, 3, 8, 8}, random), small(b, {kWidth}, random)}, "patch", {{"strides", Ints{8, 8}}});
        b.node("Reshape", {"patch", b.ints({1, kWidth, kTokens})}, "row");
        b.node("Transpose", {"row"}, "tokens", {{"perm", Ints{0, 2, 1}}});
        b.node("Add", {"tokens", small(b, {1, kTokens, kWidth}, random)}, "placed");
        block(b, block(b, "placed", "b0", false, random), "b1", true, random);
        b.node("ReduceMean", {layerNorm(b, "b1", "ln", false)}, "pooled", {{"axes", Ints{1}}, {"keepdims", int64_t{0}}});
        b.output(linear(b, "pooled", "logits", kWidth, 10, random));
        auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        ir::Tensor input(ir::ElementType::F32, {1, 3, 32, 32});
        for (int64_t i = 0; i < input.elementCount(); ++i)
            input.mutableData<float>()[i] = random.real(-1, 1);

        const auto origin = runOnce(std::make_shared<const ir::Graph>(model->origin), input);
        QVERIFY2(origin, toText(origin ? Error{} : origin.error()).c_str());
        QVERIFY(passes::optimiseTop(model->origin, {}));
        bool hasGelu = false;
        for (const ir::Node& node : model->origin.nodes())
            hasGelu = hasGelu || node.op == "top.GELU";
        QVERIFY(hasGelu);
        const auto optimised = runOnce(std::make_shared<const ir::Graph>(model->origin), input);
        QVERIFY2(optimised, toText(optimised ? Error{} : optimised.error()).c_str());
        quantise::LowerOptions options;
        options.target.module = ops::Precision::F16;
        const auto lowered = quantise::lower(model->origin, {}, {}, options, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto half = runOnce(lowered->graph, input);
        QVERIFY2(half, toText(half ? Error{} : half.error()).c_str());
        QCOMPARE(half->elementCount(), int64_t{10});
        for (int64_t i = 0; i < 10; ++i) {
            const float reference = origin->data<float>()[i];
            QVERIFY(std::isfinite(reference));
            QVERIFY(std::fabs(optimised->data<float>()[i] - reference) < 1e-4F);
            QVERIFY2(std::fabs(half->data<float>()[i] - reference) < 2e-2F,
                     qPrintable(QString("%1 instead of %2").arg(half->data<float>()[i]).arg(reference)));
        }
    }
};

QTEST_GUILESS_MAIN(TstImportTransformer)
#include "tst_import_transformer.moc"
