// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite networks: every operator imports, runs and has the shape that the file declares; sums worked out here for
// the main ones; where pictures are turned; names and types; what is not supported.
#include "compiler/import/tflite/tflite_fold.h"
#include "compiler/ir/verify.h"
#include "compiler/passes/pipeline.h"
#include "tests/import/conformance.h"
#include "tests/import/tflite_builder.h"
#include "tests/import/tflite_cases.h"
#include "tests/import/tflite_run.h"

#include <QTemporaryDir>

#include <cmath>

using namespace wb;
using test::TfliteBuilder;
namespace wire = test::wire;
using Ints = TfliteBuilder::Ints;

namespace {

size_t countOf(const ir::Graph& graph, std::string_view op) {
    size_t count = 0;
    for (const ir::Node& node : graph.nodes())
        count += node.op == op ? 1 : 0;
    return count;
}

const ir::Node* nodeOf(const ir::Graph& graph, std::string_view op) {
    for (const ir::Node& node : graph.nodes())
        if (node.op == op) return &node;
    return nullptr;
}

} // namespace

class TestImportTflite : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    test::Conformance m_conformance;

    std::filesystem::path folder() const { return m_dir.path().toStdString(); }
    Result<importer::ImportedModel> import(const std::string& bytes, const importer::ImportOptions& options = {}) const {
        return test::importTflite(bytes, folder(), options);
    }
    Result<execute::TensorMap> run(const ir::Graph& graph, float fill) const {
        execute::TensorMap inputs;
        for (const ir::ValueId id : graph.inputs()) {
            const ir::Value& value = graph.value(id);
            ir::Tensor tensor(ir::ElementType::F32, value.type.shape);
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                tensor.mutableData<float>()[i] = std::sin(static_cast<float>(i) * 0.7F + fill);
            inputs.insert_or_assign(value.name, std::move(tensor));
        }
        WB_ASSIGN(auto executor, execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {}));
        return executor->run(inputs, {});
    }

private slots:
    void cleanup() { m_conformance.count({"operators"}); }
    void cleanupTestCase() {
        std::vector<std::string> kinds;
        for (const wire::Kind kind : wire::EnumValuesKind())
            if (kind != wire::Kind_CUSTOM && kind != wire::Kind_DELEGATE) kinds.emplace_back(wire::EnumNameKind(kind));
        m_conformance.tell("TensorFlow Lite", kinds, [](const std::string& kind) {
            return kind == "WHILE" || kind == "IF" || importer::tfliteFolds(kind) || ops::importTable().find(ops::Framework::TFLite, kind) != nullptr;
        });
    }

    /// A constant's elements that are stored, in their places; all others zero.
    void sparseConstants() {
        using Level = TfliteBuilder::Level;
        const auto read = [&](const std::vector<float>& stored, const Ints& order, const Ints& blocks, const std::vector<Level>& levels) {
            TfliteBuilder b;
            const int x = b.tensor({2, 4}), dense = b.tensor({2, 4}), y = b.tensor({2, 4});
            b.op(wire::Kind_DENSIFY, {b.sparse({2, 4}, stored, order, blocks, levels)}, {dense});
            b.op(wire::Kind_ADD, {x, dense}, {y}, wire::Options_AddOptions, wire::CreateAddOptions(b.fb()));
            b.ends({x}, {y});
            const auto model = import(b.bytes());
            if (!model) return std::vector<float>{-1.0F * static_cast<float>(model.error().code)};
            for (const auto& [name, tensor] : model->origin.weights)
                if (tensor.elementCount() == 8) return std::vector<float>(tensor.data<float>(), tensor.data<float>() + 8);
            return std::vector<float>();
        };
        using Floats = std::vector<float>;
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}, {0, {0, 1, 3}, {2, 0, 3}}}), (Floats{0, 0, 5, 0, 6, 0, 0, 7}));
        QCOMPARE(read({5, 6, 7}, {1, 0}, {}, {{4}, {0, {0, 1, 1, 1, 3}, {1, 0, 1}}}), (Floats{0, 0, 0, 6, 5, 0, 0, 7})); // columns first
        QCOMPARE(read({1, 2, 3, 4}, {0, 1, 2}, {1}, {{2}, {0, {0, 1, 2}, {1, 0}}, {2}}), (Floats{0, 0, 1, 2, 3, 4, 0, 0}));
        QCOMPARE(read({1, 2, 3, 4}, {0, 1, 2, 3}, {0, 1}, {{1}, {0, {0, 1}, {1}}, {2}, {2}}), (Floats{0, 0, 1, 2, 0, 0, 3, 4}));

        const Floats damaged{-1.0F * static_cast<float>(Code::ModelDamaged)};
        QCOMPARE(read({5, 6}, {0, 1}, {}, {{2}, {0, {0, 1, 3}, {2, 0, 3}}}), damaged);       // stores less than it lists
        QCOMPARE(read({5, 6, 7, 8}, {0, 1}, {}, {{2}, {0, {0, 1, 3}, {2, 0, 3}}}), damaged); // and more
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}, {0, {0, 1, 3}, {2, 3, 3}}}), damaged);    // a place twice
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}, {0, {0, 1, 3}, {2, 0, 4}}}), damaged);    // beyond the axis
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}, {0, {0, 3}, {2, 0, 3}}}), damaged);       // too few segments
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}, {0, {0, 1, 9}, {2, 0, 3}}}), damaged);    // a segment leaves the list
        QCOMPARE(read({5, 6, 7}, {0, 0}, {}, {{2}, {0, {0, 1, 3}, {2, 0, 3}}}), damaged);    // an axis twice
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{3}, {0, {0, 1, 3}, {2, 0, 3}}}), damaged);    // another size
        QCOMPARE(read({5, 6, 7}, {0, 1}, {}, {{2}}), damaged);                               // a level missing
    }

    /// MediaPipe's operator gives what the format's own gives for the same border and stride.
    void transposeConvWithBias() {
        for (const bool same : {true, false}) {
            const Ints size = same ? Ints{1, 6, 8, 3} : Ints{1, 7, 9, 3};
            const auto made = [&](bool own) {
                TfliteBuilder b;
                std::vector<float> weights(108);
                for (size_t i = 0; i < weights.size(); ++i)
                    weights[i] = std::cos(static_cast<float>(i));
                const int x = b.tensor({1, 3, 4, 4}, wire::Element_Float32, {}, "x"), y = b.tensor(size, wire::Element_Float32, {}, "y");
                const int filter = b.floats({3, 3, 3, 4}, weights), bias = b.floats({3}, {1, 2, 3});
                if (own)
                    b.op(wire::Kind_TRANSPOSE_CONV, {b.ints(size), filter, x, bias}, {y}, wire::Options_TransposeConvOptions,
                         wire::CreateTransposeConvOptions(b.fb(), same ? wire::Border_SAME : wire::Border_VALID, 2, 2));
                else
                    b.custom("Convolution2DTransposeBias", {x, filter, bias}, {y},
                             {static_cast<uint8_t>(same ? 1 : 2), 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0});
                b.ends({x}, {y});
                return b.bytes();
            };
            const auto own = import(made(true)), custom = import(made(false));
            QVERIFY2(own && custom, custom ? "" : toText(custom.error()).c_str());
            const auto expected = run(own->origin, 1), found = run(custom->origin, 1);
            QVERIFY(expected && found);
            const ir::Tensor &a = expected->begin()->second, &b = found->begin()->second;
            QCOMPARE(b.shape(), a.shape());
            QVERIFY(std::equal(a.data<float>(), a.data<float>() + a.elementCount(), b.data<float>()));
        }
        TfliteBuilder b; // no options: no stride to go by
        const int x = b.tensor({1, 3, 4, 4}), y = b.tensor({1, 6, 8, 3});
        b.custom("Convolution2DTransposeBias", {x, b.floats({3, 3, 3, 4}, std::vector<float>(108, 1))}, {y}, {});
        b.ends({x}, {y});
        const auto refused = import(b.bytes());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::UnsupportedAttribute);
    }

    void operators_data() {
        QTest::addColumn<int>("index");
        const auto cases = test::floatTfliteCases();
        for (size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].name.c_str()) << int(i);
    }
    /// Imports, is sound, and gives the shapes that the file says, before and after optimisation with the same numbers.
    void operators() {
        QFETCH(int, index);
        static const auto cases = test::floatTfliteCases();
        const auto& c = cases[static_cast<size_t>(index)];
        auto model = import(c.bytes);
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const auto sound = ir::verify(model->origin);
        QVERIFY2(sound, toText(sound ? Error{} : sound.error()).c_str());
        QCOMPARE(model->format, std::string("TFLITE"));
        const wire::SubGraph& graph = *wire::GetModel(c.bytes.data())->graphs()->Get(0);
        for (size_t i = 0; i < model->origin.outputs.size(); ++i) {
            const auto* dims = graph.tensors()->Get(static_cast<uint32_t>(graph.outputs()->Get(static_cast<uint32_t>(i))))->shape();
            ir::Shape declared(dims->begin(), dims->end());
            if (declared.empty()) declared = {1};
            QCOMPARE(test::channelsLast(model->origin.value(model->origin.outputs[i]).type.shape), declared);
        }
        const auto before = run(model->origin, 0.3F);
        QVERIFY2(before, toText(before ? Error{} : before.error()).c_str());
        const auto status = passes::optimiseTop(model->origin, {}, {.verify = true});
        QVERIFY2(status, toText(status ? Error{} : status.error()).c_str());
        const auto after = run(model->origin, 0.3F);
        QVERIFY2(after, toText(after ? Error{} : after.error()).c_str());
        for (const auto& [name, tensor] : *before) {
            QVERIFY2(after->contains(name), name.c_str());
            for (int64_t i = 0; i < tensor.elementCount(); ++i)
                QVERIFY(std::abs(tensor.data<float>()[i] - after->at(name).data<float>()[i]) < 1e-5F);
        }
    }

    /// out[y, x, o] = Σ in[2y + ky - 0, …] · filter, SAME with the odd pixel of border behind.
    void convolutionByHand() {
        TfliteBuilder b;
        const int x = b.tensor({1, 4, 4, 2}), y = b.tensor({1, 2, 2, 3});
        std::vector<float> filter(3 * 3 * 3 * 2), bias{0.5F, -0.25F, 1};
        for (size_t i = 0; i < filter.size(); ++i)
            filter[i] = static_cast<float>(i % 7) - 3;
        b.op(wire::Kind_CONV_2D, {x, b.floats({3, 3, 3, 2}, filter), b.floats({3}, bias)}, {y}, wire::Options_ConvOptions,
             wire::CreateConvOptions(b.fb(), wire::Border_SAME, 2, 2));
        b.ends({x}, {y});
        const auto model = import(b.bytes());
        QVERIFY(model);
        const ir::Graph& graph = model->origin;
        QCOMPARE(graph.value(graph.inputs()[0]).type.shape, (ir::Shape{1, 2, 4, 4}));
        std::vector<float> in(32);
        for (size_t i = 0; i < in.size(); ++i)
            in[i] = static_cast<float>(i) * 0.125F - 1;
        const auto picture = test::moved(in, {1, 4, 4, 2}, true);
        auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(graph), {}, {});
        QVERIFY(executor);
        const auto result = (*executor)->run({{"t0", ir::Tensor::of<float>(ir::ElementType::F32, {1, 2, 4, 4}, picture)}}, {});
        QVERIFY(result);
        const ir::Tensor& out = result->at("t1");
        QCOMPARE(out.shape(), (ir::Shape{1, 3, 2, 2}));
        for (int o = 0; o < 3; ++o)
            for (int oy = 0; oy < 2; ++oy)
                for (int ox = 0; ox < 2; ++ox) {
                    float sum = bias[static_cast<size_t>(o)];
                    for (int ky = 0; ky < 3; ++ky)
                        for (int kx = 0; kx < 3; ++kx)
                            for (int c = 0; c < 2; ++c) {
                                const int iy = 2 * oy + ky, ix = 2 * ox + kx;
                                if (iy < 4 && ix < 4)
                                    sum += in[static_cast<size_t>((iy * 4 + ix) * 2 + c)] *
                                           filter[static_cast<size_t>(((o * 3 + ky) * 3 + kx) * 2 + c)];
                            }
                    QCOMPARE(out.data<float>()[(o * 2 + oy) * 2 + ox], sum);
                }
    }

    /// A picture is turned for a reshape across its pixels, not after a global pool, not between convolutions.
    /// The interpreter's reference leaves out the last channel of each sum, its other kernels do not: no case for them.
    void localResponsesByHand() {
        test::TfliteBuilder b;
        const int x = b.tensor({1, 1, 2, 7}), y = b.tensor({1, 1, 2, 7});
        b.op(wire::Kind_LOCAL_RESPONSE_NORMALIZATION, {x}, {y}, wire::Options_ResponseOptions, wire::CreateResponseOptions(b.fb(), 2, 1.5F, 0.1F, 0.75F));
        b.ends({x}, {y});
        const auto model = import(b.bytes());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        ir::Tensor in(ir::ElementType::F32, {1, 7, 1, 2}); // channels first
        for (int i = 0; i < 14; ++i) in.mutableData<float>()[i] = 0.3F * static_cast<float>(i - 6);
        const auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(model->origin), {}, {});
        QVERIFY(executor);
        const auto results = (*executor)->run({{model->origin.value(model->origin.inputs()[0]).name, in}}, {});
        QVERIFY(results);
        const ir::Tensor& out = results->at(model->origin.value(model->origin.outputs[0]).name);
        for (int c = 0; c < 7; ++c)
            for (int w = 0; w < 2; ++w) {
                double sum = 0;
                for (int k = std::max(0, c - 2); k <= std::min(6, c + 2); ++k) sum += std::pow(in.data<float>()[k * 2 + w], 2);
                const double expected = in.data<float>()[c * 2 + w] / std::pow(1.5 + 0.1 * sum, 0.75);
                QVERIFY(std::abs(out.data<float>()[c * 2 + w] - expected) < 1e-6);
            }
    }

    void turnedOnlyWhereNeeded() {
        const auto whole = import(test::everyTable());
        QVERIFY(whole);
        QCOMPARE(countOf(whole->origin, "top.Permute"), size_t{1});
        TfliteBuilder b;
        const int x = b.tensor({1, 4, 4, 8}), p = b.tensor({1, 1, 1, 8}), f = b.tensor({1, 8}), s = b.tensor({1, 8});
        b.op(wire::Kind_AVERAGE_POOL_2D, {x}, {p}, wire::Options_PoolOptions,
             wire::CreatePoolOptions(b.fb(), wire::Border_VALID, 1, 1, 4, 4));
        b.op(wire::Kind_RESHAPE, {p, b.ints({1, 8})}, {f});
        b.op(wire::Kind_SOFTMAX, {f}, {s}, wire::Options_SoftmaxOptions, wire::CreateSoftmaxOptions(b.fb(), 1));
        b.ends({x}, {s});
        const auto pooled = import(b.bytes());
        QVERIFY(pooled);
        QCOMPARE(countOf(pooled->origin, "top.Permute"), size_t{0});
        QCOMPARE(countOf(pooled->origin, "top.Reshape"), size_t{1});
        // Four axes that are no picture stay as they are.
        TfliteBuilder m;
        const int a = m.tensor({2, 3, 4}), r = m.tensor({2, 3, 2, 2}), t = m.tensor({2, 2, 3, 2}), u = m.tensor({2, 12});
        m.op(wire::Kind_RESHAPE, {a, m.ints({2, 3, 2, 2})}, {r});
        m.op(wire::Kind_TRANSPOSE, {r, m.ints({0, 2, 1, 3})}, {t});
        m.op(wire::Kind_RESHAPE, {t, m.ints({2, 12})}, {u});
        m.ends({a}, {u});
        const auto heads = import(m.bytes());
        QVERIFY(heads);
        QCOMPARE(countOf(heads->origin, "top.Permute"), size_t{1});
        importer::ImportOptions asFile;
        asFile.preprocess.channelFormat = "none";
        const auto kept = import(test::everyTable(), asFile);
        QVERIFY(kept);
        QCOMPARE(kept->origin.value(kept->origin.inputs()[0]).type.shape, (ir::Shape{1, 6, 6, 2}));
    }

    void dilationsAreMerged() {
        for (const auto& c : test::floatTfliteCases()) {
            if (c.name != "space to batch around conv") continue;
            const auto model = import(c.bytes);
            QVERIFY(model);
            QCOMPARE(countOf(model->origin, "top.Permute"), size_t{0});
            const ir::Node* conv = nodeOf(model->origin, "top.Conv");
            QVERIFY(conv != nullptr);
            QCOMPARE(conv->attributes.integers("dilations"), (std::vector<int64_t>{2, 2}));
            QCOMPARE(conv->attributes.integers("pads"), (std::vector<int64_t>{2, 2, 2, 2}));
        }
    }

    /// Networks with 8-bit weights and activations of 16 bits are float networks here.
    void activationsOf16Bits() {
        TfliteBuilder b;
        const test::Quant fine{{1e-3F}, {0}, 0};
        const int x = b.tensor({1, 3}, test::wire::Element_Int16, fine), y = b.tensor({1, 2}, test::wire::Element_Int16, fine);
        const int w = b.constant<int8_t>({2, 3}, test::wire::Element_Int8, {127, -127, 64, 1, 2, 3}, {{0.01F}, {0}, 0});
        const int bias = b.constant<int64_t>({2}, test::wire::Element_Int64, {1000, -2000}, {{1e-5F}, {0}, 0});
        b.op(test::wire::Kind_FULLY_CONNECTED, {x, w, bias}, {y});
        b.ends({x}, {y});
        const auto model = import(b.bytes());
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const ir::Graph& g = model->origin;
        QCOMPARE(g.attributes.string("module.state"), std::string("TOP_F32"));
        auto executor = execute::Executor::create(std::make_shared<const ir::Graph>(g), {}, {});
        QVERIFY(executor);
        const auto result = (*executor)->run({{"t0", ir::Tensor::of<float>(ir::ElementType::F32, {1, 3}, std::vector<float>{1, 2, 4})}}, {});
        QVERIFY(result);
        const float* out = result->at("t1").data<float>();
        QVERIFY(std::abs(out[0] - (1.27F - 2.54F + 2.56F + 0.01F)) < 1e-5F);
        QVERIFY(std::abs(out[1] - (0.01F + 0.04F + 0.12F - 0.02F)) < 1e-5F);
    }

    /// Codes stay codes, with the file's scales, per channel where it has them.
    void typesOfCodes() {
        const auto model = import(test::everyTable(true));
        QVERIFY2(model, toText(model ? Error{} : model.error()).c_str());
        const ir::Graph& g = model->origin;
        QCOMPARE(g.attributes.string("module.state"), std::string("TOP_QUANTIZED"));
        QCOMPARE(g.attributes.string("module.platform"), std::string("TFLITE"));
        const ir::TensorType& x = g.value(g.inputs()[0]).type;
        QCOMPARE(x.element, ir::ElementType::I8);
        QVERIFY(x.uniform() != nullptr);
        QCOMPARE(float(x.uniform()->scale()), 0.05F);
        QCOMPARE(x.uniform()->zeroPoint(), int64_t{3});
        const ir::Node* conv = nodeOf(g, "top.Conv");
        QVERIFY(conv != nullptr);
        const ir::Value& filter = g.value(conv->operands[1]);
        QCOMPARE(filter.type.shape, (ir::Shape{4, 2, 3, 3}));
        QVERIFY(filter.type.uniform() != nullptr && filter.type.uniform()->axis == 0);
        QCOMPARE(filter.type.uniform()->scales.size(), size_t{4});
        QCOMPARE(g.weight(conv->operands[1])->type(), ir::ElementType::I8);
        QCOMPARE(g.weight(conv->operands[2])->type(), ir::ElementType::I32);
        QVERIFY(conv->attributes.boolean("do_relu"));
        QCOMPARE(conv->attributes.real("relu_limit"), 6.0);
        for (const ir::Node& node : g.nodes())
            for (const ir::ValueId id : node.results)
                QVERIFY2(g.value(id).type.uniform() != nullptr, g.value(id).name.c_str());
    }

    void recognisedByContent() {
        test::writeAll(folder() / "net.onnx", test::everyTable());
        const auto kind = importer::fileKind(folder() / "net.onnx");
        QVERIFY(kind);
        QCOMPARE(int(*kind), int(importer::FileKind::TFLite));
        QVERIFY(importer::importModel(folder() / "net.onnx", {}, {}));
    }

    void allUnsupportedAtOnce() {
        TfliteBuilder b;
        const int x = b.tensor({1, 4}), p = b.tensor({1, 4}), q = b.tensor({1, 4}), r = b.tensor({1, 4}), y = b.tensor({1, 4});
        b.op(wire::Kind_LSTM, {x}, {p});
        b.op(wire::Kind_CUSTOM, {p}, {q}, wire::Options_NONE, 0, "CONV_2D"); // not the format's own of that name
        b.op(199, {q}, {r});
        b.op(wire::Kind_CUSTOM, {r}, {y}, wire::Options_NONE, 0, "Other");
        b.ends({x}, {y});
        const auto model = import(b.bytes());
        QVERIFY(!model);
        QCOMPARE(int(model.error().code), int(Code::UnsupportedOperators));
        const std::string text = toText(model.error());
        for (const char* name : {"LSTM", "CUSTOM.CONV_2D", "builtin 199", "CUSTOM.Other"})
            QVERIFY2(text.find(name) != std::string::npos, (text + " lacks " + name).c_str());
    }

    void weightsLeftOutside() {
        TfliteBuilder b;
        const int x = b.tensor({1, 4}), handle = b.tensor({}), w = b.tensor({1, 4}), y = b.tensor({1, 4});
        b.op(wire::Kind_VAR_HANDLE, {}, {handle});
        b.op(wire::Kind_READ_VARIABLE, {handle}, {w});
        b.op(wire::Kind_ADD, {x, w}, {y});
        b.ends({x}, {y});
        const auto model = import(b.bytes());
        QVERIFY2(!model && toText(model.error()).find("from_keras_model") != std::string::npos, toText(model.error()).c_str());
    }

    /// One network in two formats. The TensorFlow file leaves out the decoding of boxes that the other has.
    void ultrafaceEqualsItsTwin() {
        WB_SHARED_OR_SKIP(models, "models");
        auto lite = importer::importModel(models / "ultraface_rfb320.tflite", {}, {});
        QVERIFY2(lite, toText(lite ? Error{} : lite.error()).c_str());
        auto twin = importer::importModel(models / "ultraface_rfb320.onnx", {}, {});
        QVERIFY2(twin, toText(twin ? Error{} : twin.error()).c_str());
        const ir::Graph& graph = lite->origin;
        QCOMPARE(graph.attributes.string("module.state"), std::string("TOP_F32"));
        QCOMPARE(graph.value(graph.inputs()[0]).type.shape, (ir::Shape{1, 3, 240, 320}));
        const auto a = run(graph, 0.1F), b = run(twin->origin, 0.1F);
        QVERIFY(a && b);
        int compared = 0;
        for (const auto& [name, tensor] : *a)
            for (const auto& [other, expected] : *b) {
                if (expected.shape() != tensor.shape() || tensor.shape().back() != 2) continue;
                ++compared;
                float worst = 0;
                for (int64_t i = 0; i < tensor.elementCount(); ++i)
                    worst = std::max(worst, std::abs(tensor.data<float>()[i] - expected.data<float>()[i]));
                qInfo("%s: largest difference %g", name.c_str(), static_cast<double>(worst));
                QVERIFY(worst < 1e-4F);
            }
        QCOMPARE(compared, 1);
    }
};

QTEST_GUILESS_MAIN(TestImportTflite)
#include "tst_import_tflite.moc"
