// SPDX-License-Identifier: GPL-3.0-or-later
// What other programs make of a network before it is opened: onnxruntime's optimiser and quantiser, operators of
// ONNX's sets from 18 on. Expected values are computed here from the definitions.
#include "tests/import/exporter_nets.h"

#include <QTest>

#include <functional>

using namespace wb;
using namespace wb::test;
using Ints = OnnxBuilder::Ints;

namespace {

bool near(const Floats& got, const Floats& want, float tolerance = 2e-6F) {
    if (got.size() != want.size()) {
        qWarning("%zu numbers, %zu wanted", got.size(), want.size());
        return false;
    }
    for (size_t i = 0; i < got.size(); ++i)
        if (!(std::abs(got[i] - want[i]) <= tolerance * (1 + std::abs(want[i])))) {
            qWarning("number %zu is %g, %g wanted", i, static_cast<double>(got[i]), static_cast<double>(want[i]));
            return false;
        }
    return true;
}

Floats mapped(const Floats& x, const std::function<double(double)>& f) {
    Floats y;
    for (float v : x)
        y.push_back(static_cast<float>(f(static_cast<double>(v))));
    return y;
}

/// Rows of `size` numbers: (x - mean) / √(variance + e), or x / √(mean of squares + e).
Floats normalised(const Floats& x, size_t size, double epsilon, bool centred) {
    Floats y;
    for (size_t r = 0; r < x.size(); r += size) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < size && centred; ++i)
            mean += static_cast<double>(x[r + i]) / static_cast<double>(size);
        for (size_t i = 0; i < size; ++i)
            square += std::pow(static_cast<double>(x[r + i]) - mean, 2) / static_cast<double>(size);
        for (size_t i = 0; i < size; ++i)
            y.push_back(static_cast<float>((static_cast<double>(x[r + i]) - mean) / std::sqrt(square + epsilon)));
    }
    return y;
}

struct Heads {
    size_t heads, keyHeads, rows, keys, size;
    std::function<bool(size_t row, size_t key)> sees;
};

/// softmax(q · kᵀ / √size) · v by heads, of one batch element, all as [head, row, number].
Floats attention(const Floats& q, const Floats& k, const Floats& v, const Heads& a) {
    Floats y;
    for (size_t h = 0; h < a.heads; ++h)
        for (size_t r = 0; r < a.rows; ++r) {
            const size_t from = h / (a.heads / a.keyHeads) * a.keys;
            std::vector<double> weights;
            double sum = 0;
            for (size_t c = 0; c < a.keys; ++c) {
                double score = 0;
                for (size_t i = 0; i < a.size; ++i)
                    score += static_cast<double>(q[(h * a.rows + r) * a.size + i]) * static_cast<double>(k[(from + c) * a.size + i]);
                weights.push_back(a.sees(r, c) ? std::exp(score / std::sqrt(static_cast<double>(a.size))) : 0);
                sum += weights.back();
            }
            for (size_t i = 0; i < a.size; ++i) {
                double value = 0;
                for (size_t c = 0; c < a.keys; ++c)
                    value += weights[c] / sum * static_cast<double>(v[(from + c) * a.size + i]);
                y.push_back(static_cast<float>(value));
            }
        }
    return y;
}

} // namespace

class TstImportExporters : public QObject {
    Q_OBJECT
private slots:
    void activationsOfOnnxruntime() {
        const Floats x = numbers(6);
        const auto gelu = [](double v) { return 0.5 * v * (1 + std::erf(v / std::sqrt(2.0))); };
        OnnxBuilder exact(17, {2, 3});
        QVERIFY(near(run(exact, own(exact, "BiasGelu", {"x", exact.weight({3}, {0.5F, 0.5F, 0.5F})}, "y"), {2, 3}, x),
                     mapped(x, [&](double v) { return gelu(v + 0.5); })));
        OnnxBuilder quick(17, {2, 3});
        QVERIFY(near(run(quick, own(quick, "QuickGelu", {"x"}, "y", {{"alpha", 1.5}}), {2, 3}, x),
                     mapped(x, [](double v) { return v / (1 + std::exp(-1.5 * v)); })));
        OnnxBuilder swish(24, {2, 3});
        QVERIFY(near(run(swish, swish.node("Swish", {"x"}, "y"), {2, 3}, x), mapped(x, [](double v) { return v / (1 + std::exp(-v)); })));
    }

    void fusedSumsAndProducts() {
        const Floats x = numbers(6);
        OnnxBuilder conv(17, {1, 1, 2, 3});
        own(conv, "FusedConv", {"x", conv.weight({1, 1, 1, 1}, {2}), conv.weight({1}, {0.5F}), "x"}, "y", {{"activation", std::string("LeakyRelu")}});
        auto* slope = lastNode(conv).add_attribute();
        slope->set_name("activation_params");
        slope->set_type(onnx::AttributeProto::FLOATS);
        slope->add_floats(0.25F);
        QVERIFY(near(run(conv, "y", {1, 1, 2, 3}, x), mapped(x, [](double v) { return 3 * v + 0.5 < 0 ? (3 * v + 0.5) / 4 : 3 * v + 0.5; })));

        // y[r][c] = ½ Σ x[i][r] w[c][i]
        const Floats w = numbers(8, 0.9F);
        Floats product;
        for (size_t r = 0; r < 3; ++r)
            for (size_t c = 0; c < 4; ++c)
                product.push_back(0.5F * (x[r] * w[c * 2] + x[3 + r] * w[c * 2 + 1]));
        OnnxBuilder both(17, {2, 3});
        own(both, "FusedMatMul", {"x", both.weight({4, 2}, w)}, "y", {{"alpha", 0.5}, {"transA", int64_t{1}}, {"transB", int64_t{1}}});
        QVERIFY(near(run(both, "y", {2, 3}, x), product));
    }

    void norms() {
        const Floats x = numbers(6);
        OnnxBuilder root(23, {2, 3});
        QVERIFY(near(run(root, root.node("RMSNormalization", {"x", root.weight({3}, {1, 1, 1})}, "y", {{"epsilon", 1e-3}}), {2, 3}, x), normalised(x, 3, 1e-3, false)));
        OnnxBuilder skip(17, {2, 3});
        own(skip, "SkipLayerNormalization", {"x", "x", skip.weight({3}, {1, 1, 1})}, "y", {{"epsilon", 1e-3}});
        QVERIFY(near(run(skip, "y", {2, 3}, x), normalised(mapped(x, [](double v) { return 2 * v; }), 3, 1e-3, true)));
        // Operator set 18 has a scale a group: here two groups of two channels of two numbers.
        const Floats wide = numbers(8);
        Floats groups = normalised(wide, 4, 1e-3, true);
        for (size_t i = 4; i < 8; ++i)
            groups[i] *= 3;
        OnnxBuilder group(18, {1, 4, 2});
        group.node("GroupNormalization", {"x", group.weight({2}, {1, 3}), group.weight({2}, {0, 0})}, "y", {{"epsilon", 1e-3}, {"num_groups", int64_t{2}}});
        QVERIFY(near(run(group, "y", {1, 4, 2}, wide), groups));
    }

    /// Weights that are normalised before each use: known now, so the convolution gets constants.
    void normalisedWeights() {
        const Floats filters = numbers(8);
        OnnxBuilder b(17, {1, 4, 1, 1});
        b.nodeMany("BatchNormalization", {b.weight({1, 2, 4}, filters), b.weight({2}, {2, 3}), b.weight({2}, {0.5F, 0}), b.weight({2}), b.weight({2})},
                   {"n", "mean", "variance"}, {{"training_mode", int64_t{1}}, {"epsilon", 1e-3}});
        b.node("Reshape", {"n", b.ints({2, 4, 1, 1})}, "w");
        Floats weights = normalised(filters, 4, 1e-3, true);
        for (size_t i = 0; i < 8; ++i)
            weights[i] = i < 4 ? 2 * weights[i] + 0.5F : 3 * weights[i];
        QVERIFY(near(run(b, b.node("Conv", {"x", "w"}, "y"), {1, 4, 1, 1}, {1, 0, 0, 0}), {weights[0], weights[4]}));
        const auto model = b.import();
        QVERIFY(model);
        QCOMPARE(test::joined(test::summary(model->origin)), QString("Conv y_Conv 1x2x1x1\n"));
    }

    /// Grouped heads, a causal mask after past keys, and the mask of onnxruntime's operator.
    void attentionInOneOperator() {
        const Floats q = numbers(2 * 2 * 3), k = numbers(3 * 3, 0.7F), v = numbers(3 * 3, 0.5F, 2);
        OnnxBuilder b(23, {1, 2, 2, 3});
        b.nodeMany("Attention", {"x", b.weight({1, 1, 2, 3}, {k.begin() + 3, k.end()}), b.weight({1, 1, 2, 3}, {v.begin() + 3, v.end()}), "",
                                 b.weight({1, 1, 1, 3}, {k.begin(), k.begin() + 3}), b.weight({1, 1, 1, 3}, {v.begin(), v.begin() + 3})},
                   {"y", "keys"}, {{"is_causal", int64_t{1}}});
        b.output("keys");
        const Floats causal = attention(q, k, v, {2, 1, 2, 3, 3, [](size_t r, size_t c) { return c <= r + 1; }});
        QVERIFY(near(run(b, "y", {1, 2, 2, 3}, q), causal));

        // One head: input · [1 | 1 | 1] gives queries, keys and values alike; the last key is not seen.
        const Floats x = numbers(6);
        Floats ones;
        for (size_t r = 0; r < 2; ++r)
            for (size_t c = 0; c < 6; ++c)
                ones.push_back(c % 2 == r ? 1.0F : 0.0F);
        OnnxBuilder masked(17, {1, 3, 2});
        bytesOf(masked, "mask", onnx::TensorProto::INT32, {1, 3}, std::string("\1\0\0\0\1\0\0\0\0\0\0\0", 12));
        own(masked, "Attention", {"x", masked.weight({2, 6}, ones), "", "mask"}, "y", {{"num_heads", int64_t{1}}});
        QVERIFY(near(run(masked, "y", {1, 3, 2}, x), attention(x, x, x, {1, 1, 3, 3, 2, [](size_t, size_t c) { return c < 2; }})));
    }

    void rotaryEmbedding() {
        const Floats x = numbers(2 * 4), angles{0.1F, 0.2F, 0.7F, -0.4F};
        Floats expected = x;
        for (size_t r = 0; r < 2; ++r)
            for (size_t i = 0; i < 2; ++i) {
                const float c = std::cos(angles[r * 2 + i]), s = std::sin(angles[r * 2 + i]);
                expected[r * 4 + i] = x[r * 4 + i] * c - x[r * 4 + 2 + i] * s;
                expected[r * 4 + 2 + i] = x[r * 4 + i] * s + x[r * 4 + 2 + i] * c;
            }
        OnnxBuilder b(23, {1, 1, 2, 4});
        const auto table = [&](float (*f)(float)) {
            Floats t;
            for (float a : angles)
                t.push_back(f(a));
            return b.weight({2, 2}, t);
        };
        const std::string c = table(std::cos), s = table(std::sin);
        bytesOf(b, "places", onnx::TensorProto::INT64, {1, 2}, std::string("\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16));
        QVERIFY(near(run(b, b.node("RotaryEmbedding", {"x", c, s, "places"}, "y"), {1, 1, 2, 4}, x), expected));
    }

    void placesAndBorders() {
        const Floats x = numbers(6);
        OnnxBuilder wrap(19, {2, 3});
        QVERIFY(near(run(wrap, wrap.node("Pad", {"x", wrap.ints({0, 1, 0, 2})}, "y", {{"mode", std::string("wrap")}}), {2, 3}, x),
                     {x[2], x[0], x[1], x[2], x[0], x[1], x[5], x[3], x[4], x[5], x[3], x[4]}));
        OnnxBuilder centre(18, {2, 3});
        QVERIFY(near(run(centre, centre.node("CenterCropPad", {"x", centre.ints({3, 1})}, "y"), {2, 3}, x), {x[1], x[4], 0}));
        OnnxBuilder some(18, {2, 3});
        bytesOf(some, "which", onnx::TensorProto::BOOL, {3}, std::string("\1\0\1", 3));
        QVERIFY(near(run(some, some.node("Compress", {"x", "which"}, "y", {{"axis", int64_t{1}}}), {2, 3}, x), {x[0], x[2], x[3], x[5]}));
        OnnxBuilder cache(24, {1, 4, 1});
        cache.node("TensorScatter", {"x", cache.weight({1, 2, 1}, {8, 9}), cache.ints({3})}, "y", {{"axis", int64_t{1}}, {"mode", std::string("circular")}});
        QVERIFY(near(run(cache, "y", {1, 4, 1}, {1, 2, 3, 4}), {9, 2, 3, 8}));
        OnnxBuilder grid(20, {1, 2, 3}); // centres of two pixels side by side, moved and stretched
        grid.node("AffineGrid", {"x", grid.ints({1, 1, 1, 2})}, "y");
        QVERIFY(near(run(grid, "y", {1, 2, 3}, {2, 0, 0.5F, 0, 1, -0.25F}), {-0.5F, -0.25F, 1.5F, -0.25F}));
        OnnxBuilder pool(18, {1, 1, 2, 3});
        pool.node("LpPool", {"x"}, "y", {{"kernel_shape", Ints{2, 2}}, {"p", int64_t{2}}});
        const auto root = [&](size_t i) { return std::sqrt(x[i] * x[i] + x[i + 1] * x[i + 1] + x[i + 3] * x[i + 3] + x[i + 4] * x[i + 4]); };
        QVERIFY(near(run(pool, "y", {1, 1, 2, 3}, x), {root(0), root(1)}));
        // Windows of 1 × 2 that overlap by one: the middle is summed.
        OnnxBuilder columns(18, {1, 2, 2});
        columns.node("Col2Im", {"x", columns.ints({1, 3}), columns.ints({1, 2})}, "y");
        QVERIFY(near(run(columns, "y", {1, 2, 2}, {1, 2, 4, 8}), {1, 6, 8}));
        // A tap that is moved by one and a half pixels to the right and shaded by half.
        OnnxBuilder deform(22, {1, 1, 1, 4});
        deform.node("DeformConv", {"x", deform.weight({1, 1, 1, 1}, {2}), deform.weight({1, 2, 1, 4}, {0, 0, 0, 0, 1.5F, 1.5F, 1.5F, 1.5F}),
                                   deform.weight({1}, {1}), deform.weight({1, 1, 1, 4}, {0.5F, 0.5F, 0.5F, 0.5F})}, "y");
        QVERIFY(near(run(deform, "y", {1, 1, 1, 4}, {1, 3, 7, 20}), {6, 14.5F, 11, 1}));
    }

    /// Sums of codes are never made: half precision could not hold them.
    void dynamicQuantisation() {
        const Floats x{-1, 0.25F, 2, 0.6F};
        OnnxBuilder b(17, {2, 2});
        b.nodeMany("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"});
        bytesOf(b, "w", onnx::TensorProto::INT8, {2, 2}, std::string("\x7f\xff\x02\x80", 4)); // 127 -1 2 -128
        b.node("MatMulInteger", {"q", "w", "z"}, "sum");
        b.node("Cast", {"sum"}, "real", {{"to", int64_t{1}}});
        b.node("Mul", {"s", b.weight({2}, {0.5F, 0.01F})}, "scale");
        b.node("Mul", {"real", "scale"}, "y");
        const double step = 3.0 / 255, zero = 85;
        const auto code = [&](float v) { return (std::nearbyint(static_cast<double>(v) / step + zero) - zero) * step; };
        const auto row = [&](size_t r, double a, double c, double scale) { return static_cast<float>((code(x[r * 2]) * a + code(x[r * 2 + 1]) * c) * scale); };
        const Floats expected{row(0, 127, 2, 0.5), row(0, -1, -128, 0.01), row(1, 127, 2, 0.5), row(1, -1, -128, 0.01)};
        QVERIFY(near(run(b, "y", {2, 2}, x), expected));
        const auto model = b.import();
        QVERIFY(model);
        const QString lines = test::joined(test::summary(model->origin));
        QVERIFY2(lines.contains("MatMul y_MatMul 2x2"), qPrintable(lines));
    }

    void sixteenBits() {
        const auto pair = [](OnnxBuilder& b, float scale) {
            bytesOf(b, "z", onnx::TensorProto::UINT16, {}, std::string("\0\x80", 2));
            own(b, "QuantizeLinear", {"x", b.weight({}, {scale}, "s"), "z"}, "q");
            own(b, "DequantizeLinear", {"q", "s", "z"}, "y");
        };
        OnnxBuilder fine(17, {3});
        pair(fine, 1.0F / 32768);
        QVERIFY(near(run(fine, "y", {3}, {-2, 0.1F, 2}), {-1, 0.1F, 32767.0F / 32768}, 4e-5F));
        const auto model = fine.import();
        QVERIFY(model);
        QCOMPARE(test::joined(test::summary(model->origin)), QString("Clip y_Clip 3\n"));
        OnnxBuilder coarse(17, {3}); // steps of a quarter are rounded to
        pair(coarse, 0.25F);
        QVERIFY(near(run(coarse, "y", {3}, {-2, 0.1F, 2.2F}), {-2, 0, 2.25F}));
    }

    void narrowWeights() {
        const Floats x{1, 10, 100, 1000};
        OnnxBuilder four(21, {1, 4}); // int4, two a byte, a scale for each two rows
        bytesOf(four, "w", 22, {4, 1}, "\x21\xf7"); // 1, 2, 7, -1
        four.node("DequantizeLinear", {"w", four.weight({2, 1}, {1, 0.5F})}, "real", {{"axis", int64_t{0}}, {"block_size", int64_t{2}}});
        QVERIFY(near(run(four, four.node("MatMul", {"x", "real"}, "y"), {1, 4}, x), {1 + 20 + 350 - 500}));
        OnnxBuilder eight(21, {1, 4}); // float8e4m3fn: 1, -1.5, the smallest, the largest
        bytesOf(eight, "w", 17, {4, 1}, std::string("\x38\xbc\x01\x7e", 4));
        QVERIFY(near(run(eight, eight.node("MatMul", {"x", eight.node("DequantizeLinear", {"w", eight.weight({}, {2})}, "real")}, "y"), {1, 4}, x),
                     {2 * (1 - 15 + 100.0F / 512 + 448000)}));
        OnnxBuilder blocks(17, {1, 16}); // two blocks of eight numbers, zero point 8
        std::string codes;
        for (char c : {'\x98', '\x88', '\x88', '\x88', '\x88', '\x88', '\x88', '\x78'})
            codes += c;
        bytesOf(blocks, "w", onnx::TensorProto::UINT8, {1, 2, 4}, codes);
        own(blocks, "MatMulNBits", {"x", "w", blocks.weight({2}, {1, 0.5F})}, "y", {{"K", int64_t{16}}, {"N", int64_t{1}}, {"bits", int64_t{4}}, {"block_size", int64_t{8}}});
        Floats row(16, 0.0F);
        row[1] = 3;
        row[15] = 8;
        QVERIFY(near(run(blocks, "y", {1, 16}, row), {3 - 4}));
    }

    void sequences() {
        OnnxBuilder b(18, {2, 3});
        b.node("SplitToSequence", {"x"}, "rows", {{"axis", int64_t{1}}, {"keepdims", int64_t{0}}});
        b.node("SequenceAt", {"rows", b.ints({-1})}, "last");
        b.node("SequenceErase", {"rows", b.ints({0})}, "two");
        b.node("SequenceInsert", {"two", "last", b.ints({0})}, "three");
        b.node("ConcatFromSequence", {"three"}, "y", {{"axis", int64_t{0}}, {"new_axis", int64_t{1}}});
        QVERIFY(near(run(b, "y", {2, 3}, {1, 2, 3, 4, 5, 6}), {3, 6, 2, 5, 3, 6}));
        OnnxBuilder given(18, {2, 3});
        given.output(given.node("SplitToSequence", {"x"}, "rows"));
        const auto refused = given.import();
        QVERIFY(!refused && refused.error().code == Code::UnsupportedOperators && !refused.error().remedies.empty());
    }

    /// What stands in a function's own list of attributes serves where the caller leaves it out.
    void attributesOfFunctions() {
        OnnxBuilder b(18, {2});
        b.model().add_opset_import()->set_domain("mine");
        b.model().mutable_opset_import(1)->set_version(1);
        auto* function = b.model().add_functions();
        function->set_domain("mine");
        function->set_name("Leaky");
        function->add_input("a");
        function->add_output("b");
        function->add_opset_import()->set_version(18);
        auto* node = function->add_node();
        node->set_op_type("LeakyRelu");
        node->add_input("a");
        node->add_output("b");
        auto* reference = node->add_attribute();
        reference->set_name("alpha");
        reference->set_ref_attr_name("slope");
        reference->set_type(onnx::AttributeProto::FLOAT);
        onnx::AttributeProto usual;
        usual.set_name("slope");
        usual.set_type(onnx::AttributeProto::FLOAT);
        usual.set_f(0.5F);
        function->GetReflection()->MutableUnknownFields(function)->AddLengthDelimited(11, usual.SerializeAsString());
        b.node("Leaky", {"x"}, "y");
        lastNode(b).set_domain("mine");
        QVERIFY(near(run(b, "y", {2}, {-4, 4}), {-2, 4}));
    }

    void sparseWeights() {
        OnnxBuilder b(18, {2, 3});
        const auto fill = [](onnx::SparseTensorProto& sparse, int64_t place) {
            sparse.mutable_values()->set_name("w");
            sparse.mutable_values()->set_data_type(onnx::TensorProto::FLOAT);
            sparse.mutable_values()->add_dims(2);
            sparse.mutable_values()->add_float_data(1.5F);
            sparse.mutable_values()->add_float_data(-2);
            sparse.mutable_indices()->set_data_type(onnx::TensorProto::INT64);
            sparse.mutable_indices()->add_dims(2);
            sparse.mutable_indices()->add_int64_data(1);
            sparse.mutable_indices()->add_int64_data(place);
            sparse.add_dims(2);
            sparse.add_dims(3);
        };
        fill(*b.graph().add_sparse_initializer(), 4);
        QVERIFY(near(run(b, b.node("Add", {"x", "w"}, "y"), {2, 3}, {0, 0, 0, 0, 0, 0}), {0, 1.5F, 0, 0, -2, 0}));
        OnnxBuilder outside(18, {2, 3});
        fill(*outside.graph().add_sparse_initializer(), 6);
        outside.output(outside.node("Add", {"x", "w"}, "y"));
        const auto refused = outside.import();
        QVERIFY(!refused && refused.error().code == Code::ModelDamaged);
    }

    void refusalsSayWhatToDo() {
        const auto refuse = [](OnnxBuilder& b, Code code, const char* remedy) {
            b.output("y");
            const auto model = b.import();
            return !model && model.error().code == code && QString::fromStdString(toText(model.error())).contains(QString::fromUtf8(remedy));
        };
        OnnxBuilder packed(17);
        packed.node("Conv", {"x", packed.weight({4, 4, 1, 1})}, "y");
        lastNode(packed).set_domain("com.microsoft.nchwc");
        QVERIFY(refuse(packed, Code::UnsupportedOperators, "ORT_ENABLE_EXTENDED"));
        OnnxBuilder cast(21);
        cast.node("Cast", {"x"}, "y", {{"to", int64_t{17}}});
        QVERIFY(refuse(cast, Code::UnsupportedAttribute, "float32"));
        OnnxBuilder words(18);
        bytesOf(words, "w", onnx::TensorProto::STRING, {1}, "");
        words.node("Gather", {"w", "x"}, "y");
        QVERIFY(refuse(words, Code::UnsupportedOperators, "--output_names"));
        OnnxBuilder scores(23, {1, 1, 2, 3});
        scores.nodeMany("Attention", {"x", "x", "x"}, {"a", "", "", "y"});
        QVERIFY(refuse(scores, Code::UnsupportedAttribute, "'y', is read"));
    }
};

QTEST_GUILESS_MAIN(TstImportExporters)
#include "tst_import_exporters.moc"
