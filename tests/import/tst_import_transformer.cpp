// SPDX-License-Identifier: GPL-3.0-or-later
// Transformers as exporters write them: LayerNormalization as an operator (opset 17) or spelt out in primitives, behind a
// patch embedding with a class token, or behind tables of words with a mask. They import, run in F16 close to F32, and as
// bmodel on the simulated chip close to that.
#include "tests/import/onnx_builder.h"

#include "compiler/codegen/compile.h"
#include "compiler/codegen/simulate.h"
#include "compiler/execute/executor.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"

#include <QTest>

#include <cmath>
#include <set>

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

/// A whole number without axes.
std::string index(OnnxBuilder& b, const std::string& name, int64_t value) {
    auto* t = b.graph().add_initializer();
    t->set_name(name);
    t->set_data_type(onnx::TensorProto::INT64);
    t->add_int64_data(value);
    return name;
}

/// As the exporters of vision transformers write it: one product for all three, taken apart by Gather.
std::string attention(OnnxBuilder& b, const std::string& x, const std::string& name, test::Random& random) {
    linear(b, x, name + "_qkv", kWidth, 3 * kWidth, random);
    b.node("Reshape", {name + "_qkv", b.ints({1, kTokens, 3, kHeads, kWidth / kHeads})}, name + "_r");
    b.node("Transpose", {name + "_r"}, name + "_t", {{"perm", Ints{2, 0, 3, 1, 4}}});
    const char* parts[] = {"_q", "_k", "_v"};
    for (int64_t i = 0; i < 3; ++i) {
        b.node("Gather", {name + "_t", index(b, "at" + name + parts[i], i)}, name + parts[i], {{"axis", int64_t{0}}});
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

/// As the exporters of BERT write it: a product each, and a mask that is added to the scores.
std::string maskedAttention(OnnxBuilder& b, const std::string& x, const std::string& name, const std::string& mask,
                            test::Random& random) {
    const auto heads = [&](const char* part, const Ints& perm) {
        linear(b, x, name + part, kWidth, kWidth, random);
        b.node("Reshape", {name + part, b.ints({0, -1, kHeads, kWidth / kHeads})}, name + part + "_r");
        return b.node("Transpose", {name + part + "_r"}, name + part + "_t", {{"perm", perm}});
    };
    const std::string q = heads("_q", {0, 2, 1, 3}), k = heads("_k", {0, 2, 3, 1}), v = heads("_v", {0, 2, 1, 3});
    b.node("Div", {b.node("MatMul", {q, k}, name + "_scores"), b.scalar(std::sqrt(8.0F))}, name + "_scaled");
    b.node("Add", {name + "_scaled", mask}, name + "_masked");
    b.node("Softmax", {name + "_masked"}, name + "_p", {{"axis", int64_t{-1}}});
    b.node("Transpose", {b.node("MatMul", {name + "_p", v}, name + "_o")}, name + "_ot", {{"perm", Ints{0, 2, 1, 3}}});
    b.node("Reshape", {name + "_ot", b.ints({0, -1, kWidth})}, name + "_flat");
    return linear(b, name + "_flat", name, kWidth, kWidth, random);
}

/// Normalisation behind each half, as BERT has it.
std::string bertLayer(OnnxBuilder& b, const std::string& x, const std::string& name, const std::string& mask, bool primitives,
                      test::Random& random) {
    b.node("Add", {maskedAttention(b, x, name + "_att", mask, random), x}, name + "_mid");
    const std::string middle = layerNorm(b, name + "_mid", name + "_ln1", primitives);
    linear(b, middle, name + "_up", kWidth, 2 * kWidth, random);
    linear(b, gelu(b, name + "_up", name + "_gelu"), name + "_down", 2 * kWidth, kWidth, random);
    b.node("Add", {name + "_down", middle}, name + "_out");
    return layerNorm(b, name + "_out", name, primitives);
}

std::string block(OnnxBuilder& b, const std::string& x, const std::string& name, bool primitives, test::Random& random) {
    attention(b, layerNorm(b, x, name + "_ln1", primitives), name + "_att", random);
    b.node("Add", {x, name + "_att"}, name + "_mid");
    linear(b, layerNorm(b, name + "_mid", name + "_ln2", primitives), name + "_up", kWidth, 2 * kWidth, random);
    linear(b, gelu(b, name + "_up", name + "_gelu"), name + "_down", 2 * kWidth, kWidth, random);
    return b.node("Add", {name + "_mid", name + "_down"}, name);
}

Result<ir::Tensor> runOnce(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs) {
    WB_ASSIGN(const auto executor, execute::Executor::create(graph, {}, {}));
    WB_ASSIGN(const auto results, executor->run(inputs, {}));
    const ir::Value& value = graph->value(graph->outputs.front());
    return execute::toFloat(results.at(value.name), value.type);
}

float farthest(const ir::Tensor& a, const ir::Tensor& b) {
    float far = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i)
        far = std::max(far, std::fabs(a.data<float>()[i] - b.data<float>()[i]));
    return std::isfinite(far) ? far : 1e30F;
}

} // namespace

class TstImportTransformer : public QObject {
    Q_OBJECT

    /// The network in float, optimised, in F16 and as bmodel. Normalised activations stay near 1, where half precision has
    /// steps of 2^-10; some 60 operators in a row round once each, here or there by another step than in the model (sums in
    /// another order, exp by a polynomial). Such differences add up like their square root: 8 steps, 2^-7.
    void check(const OnnxBuilder& b, const execute::TensorMap& inputs, const std::set<std::string>& operators) {
        auto model = b.import();
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto origin = runOnce(std::make_shared<const ir::Graph>(model->origin), inputs);
        QVERIFY2(origin, toText(origin ? Error{} : origin.error()).c_str());
        QVERIFY(passes::optimiseTop(model->origin, {}));
        std::set<std::string> seen;
        for (const ir::Node& node : model->origin.nodes())
            seen.insert(node.op);
        for (const std::string& op : operators)
            QVERIFY2(seen.contains(op), op.c_str());
        const auto optimised = runOnce(std::make_shared<const ir::Graph>(model->origin), inputs);
        QVERIFY2(optimised, toText(optimised ? Error{} : optimised.error()).c_str());
        QVERIFY(farthest(*optimised, *origin) < 1e-4F);
        quantise::LowerOptions options;
        options.target.module = ops::Precision::F16;
        const auto lowered = quantise::lower(model->origin, {}, {}, options, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto half = runOnce(lowered->graph, inputs);
        QVERIFY2(half, toText(half ? Error{} : half.error()).c_str());
        QVERIFY2(farthest(*half, *origin) < 2e-2F, qPrintable(QString::number(farthest(*half, *origin))));
        const auto compiled = codegen::compile(*lowered->graph, {}, {});
        QVERIFY2(compiled, toText(compiled ? Error{} : compiled.error()).c_str());
        const auto chip = codegen::simulate(*compiled, {inputs.begin(), inputs.end()}, {{3}, false}, {});
        QVERIFY2(chip, toText(chip ? Error{} : chip.error()).c_str());
        const ir::Value& value = lowered->graph->value(lowered->graph->outputs.front());
        const float far = farthest(execute::toFloat(chip->at(value.name), value.type), *half);
        qInfo("F16 is %g from float, the chip %g from F16", static_cast<double>(farthest(*half, *origin)), static_cast<double>(far));
        QVERIFY2(far < 0x1p-7F, qPrintable(QString::number(far)));
    }

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
        ir::Tensor input(ir::ElementType::F32, {1, 3, 32, 32});
        for (int64_t i = 0; i < input.elementCount(); ++i)
            input.mutableData<float>()[i] = random.real(-1, 1);
        check(b, {{"x", input}}, {"top.GELU", "top.LayerNorm", "top.Softmax"});
    }

    /// A token of its own before the patches, which alone is classified.
    void classToken() {
        OnnxBuilder b(17, {1, 3, 24, 40});
        test::Random random(6);
        b.node("Conv", {"x", small(b, {kWidth, 3, 8, 8}, random), small(b, {kWidth}, random)}, "patch", {{"strides", Ints{8, 8}}});
        b.node("Reshape", {"patch", b.ints({1, kWidth, kTokens - 1})}, "row");
        b.node("Transpose", {"row"}, "tokens", {{"perm", Ints{0, 2, 1}}});
        b.node("Concat", {small(b, {1, 1, kWidth}, random, 1), "tokens"}, "joined", {{"axis", int64_t{1}}});
        b.node("Add", {"joined", small(b, {1, kTokens, kWidth}, random)}, "placed");
        block(b, "placed", "b0", false, random);
        b.node("Gather", {layerNorm(b, "b0", "ln", false), index(b, "first", 0)}, "class", {{"axis", int64_t{1}}});
        b.output(linear(b, "class", "logits", kWidth, 10, random));
        ir::Tensor input(ir::ElementType::F32, {1, 3, 24, 40});
        for (int64_t i = 0; i < input.elementCount(); ++i)
            input.mutableData<float>()[i] = random.real(-1, 1);
        check(b, {{"x", input}}, {"top.Concat", "top.LayerNorm"});
    }

    void bert_data() {
        QTest::addColumn<bool>("primitives");
        QTest::newRow("normalisation as an operator") << false;
        QTest::newRow("in primitives") << true;
    }
    /// Words, kinds of sentences and places from three tables; padding masked out.
    void bert() {
        QFETCH(bool, primitives);
        constexpr int64_t kWords = 120;
        OnnxBuilder b(primitives ? 13 : 17, {1, kTokens});
        b.addInput("kinds", {1, kTokens});
        b.addInput("mask", {1, kTokens});
        for (auto& input : *b.graph().mutable_input())
            input.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::INT64);
        test::Random random(7);
        b.node("Unsqueeze", {"mask", b.ints({1, 2})}, "wide");
        b.node("Cast", {"wide"}, "truth", {{"to", int64_t{onnx::TensorProto::FLOAT}}});
        b.node("Mul", {b.node("Sub", {b.scalar(1), "truth"}, "padding"), b.scalar(-10000)}, "minus");
        b.node("Gather", {small(b, {kWords, kWidth}, random, 1), "x"}, "words");
        b.node("Gather", {small(b, {2, kWidth}, random, 1), "kinds"}, "sentences");
        b.node("Add", {b.node("Add", {"words", "sentences"}, "both"), small(b, {1, kTokens, kWidth}, random, 1)}, "sum");
        const std::string start = layerNorm(b, "sum", "embedded", primitives);
        const std::string last = bertLayer(b, bertLayer(b, start, "l0", "minus", primitives, random), "l1", "minus", primitives, random);
        b.node("Gather", {last, index(b, "first", 0)}, "class", {{"axis", int64_t{1}}});
        b.node("Tanh", {linear(b, "class", "dense", kWidth, kWidth, random)}, "pooled");
        b.output(linear(b, "pooled", "logits", kWidth, 3, random));
        std::vector<float> words, kinds, mask;
        for (int64_t i = 0; i < kTokens; ++i) {
            words.push_back(static_cast<float>(random.below(kWords)));
            kinds.push_back(i < 6 ? 0.0F : 1.0F);
            mask.push_back(i < 11 ? 1.0F : 0.0F);
        }
        const auto tensor = [](const std::vector<float>& v) { return ir::Tensor::of<float>(ir::ElementType::F32, {1, kTokens}, v); };
        check(b, {{"x", tensor(words)}, {"kinds", tensor(kinds)}, {"mask", tensor(mask)}},
              {"top.Gather", "top.LayerNorm", "top.Softmax", "top.GELU"});
    }

    /// Calibration has no threshold for what a mask of infinities is added to: in codes all scores would be alike.
    void masksOfInfinitiesStayInFloats() {
        OnnxBuilder b(17, {1, 1, 2, 2});
        b.node("Softmax", {b.node("Add", {"x", b.weight({2, 2}, {0, -INFINITY, 0, 0})}, "s")}, "y", {{"axis", int64_t{-1}}});
        b.output("y");
        const auto model = b.import();
        QVERIFY(model);
        const quantise::RangeTable ranges{{"x", {1, -1, 1}}, {"s_Add", {1e-5, 0, 1e-5}}, {"y_Softmax", {1, 0, 1}}};
        quantise::LowerOptions options;
        options.target.module = ops::Precision::Int8;
        const auto lowered = quantise::lower(model->origin, ranges, {}, options, {});
        QVERIFY2(lowered, toText(lowered ? Error{} : lowered.error()).c_str());
        const auto sum = lowered->graph->find("s_Add");
        QVERIFY(sum != ir::kNoValue);
        QCOMPARE(int(lowered->graph->value(sum).type.element), int(ir::ElementType::F16));
    }
};

QTEST_GUILESS_MAIN(TstImportTransformer)
#include "tst_import_transformer.moc"
