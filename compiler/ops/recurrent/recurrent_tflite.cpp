// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's layers over sequences, as Keras' LSTM becomes one: weights a gate, in the order i f c o, in one
// direction or two. Without an input gate, that is one less the forget gate. States begin as zeros: a run is a sequence.
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

/// Where a direction's operands begin; those of the state weights and so on follow in the format's order.
struct Way {
    size_t input, recurrent, peephole, bias, projection;
    bool backwards = false;
};

/// Numbers of a constant operand, whatever they are stored as.
Result<std::vector<float>> numbersOf(const SourceNode& node, ImportBuilder& builder, size_t index, int64_t rows, int64_t columns) {
    const std::string name = inputName(node, index);
    const ir::Tensor* data = name.empty() ? nullptr : builder.constant(name);
    if (data == nullptr) return attributeError(node, "operand " + std::to_string(index) + " is known only at run time");
    if (data->elementCount() != rows * columns)
        return nodeError(node, Code::ModelDamaged, "operand " + std::to_string(index) + " is " + ir::toText(data->shape()) + ", needed are " +
                                                       std::to_string(rows) + " rows of " + std::to_string(columns));
    const ir::TensorType* type = builder.declared(name);
    auto real = type != nullptr && type->uniform() != nullptr ? dequantised(*data, *type->uniform()) : toFloat32(*data);
    if (!real) return std::move(real).error();
    return std::vector<float>(real->data<float>(), real->data<float>() + real->elementCount());
}

/// Four gates one behind the other, i o f c, from operands i f c o at `first`; an absent input gate is the forget gate
/// with its sign changed: sigmoid(-x) = 1 - sigmoid(x).
Result<std::vector<float>> gatesOf(const SourceNode& node, ImportBuilder& builder, size_t first, int64_t rows, int64_t columns, bool coupled) {
    std::vector<float> all;
    for (const size_t gate : {size_t{0}, size_t{3}, size_t{1}, size_t{2}}) {
        const bool fromForget = gate == 0 && coupled;
        WB_ASSIGN(auto part, numbersOf(node, builder, first + (fromForget ? 1 : gate), rows, columns));
        if (fromForget)
            for (float& v : part) v = -v;
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

struct Sequence {
    int64_t steps = 0, batch = 0, in = 0, hidden = 0;
    ir::ValueId x = ir::kNoValue; ///< [T,B,I]
};

Result<Sequence> sequenceOf(const SourceNode& node, ImportBuilder& builder, TfliteNode& n, size_t weights) {
    if (n.isQuantised()) return attributeError(node, "a sequence of codes");
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const ir::Tensor* w = builder.constant(inputName(node, weights));
    if (x.size() != 3 || w == nullptr || w->shape().size() != 2 || w->shape()[0] < 1) return attributeError(node, "input of shape " + ir::toText(x));
    const bool stepsFirst = node.integer("time_major", 0) != 0;
    Sequence s;
    s.steps = x[stepsFirst ? 0 : 1];
    s.batch = x[stepsFirst ? 1 : 0];
    s.in = x[2];
    s.hidden = w->shape()[0];
    WB_ASSIGN(s.x, n.operand(0, Order::File));
    if (!stepsFirst) {
        WB_ASSIGN(s.x, n.permuted(s.x, {1, 0, 2}, node.outputs.front() + "_steps"));
    }
    return s;
}

Status checkLstm(const SourceNode& node, const TfliteNode& n, const Way& way, size_t norms) {
    for (size_t i = 0; i < 3; ++i)
        if (n.has(way.peephole + i)) return attributeError(node, "peepholes");
    if (n.has(way.projection)) return attributeError(node, "a projection of the state");
    for (size_t i = norms; norms > 0 && i < norms + 4; ++i)
        if (n.has(i)) return attributeError(node, "normalised gates");
    if (node.string("function", "TANH") != "TANH") return attributeError(node, "the function " + node.string("function", ""));
    return {};
}

/// One direction: all steps [T,B,H].
Result<ir::ValueId> emitLstm(const SourceNode& node, ImportBuilder& builder, TfliteNode& n, const Sequence& s, const Way& way, const std::string& name) {
    const bool coupled = !n.has(way.input);
    WB_ASSIGN(const auto w, gatesOf(node, builder, way.input, s.hidden, s.in, coupled));
    WB_ASSIGN(const auto r, gatesOf(node, builder, way.recurrent, s.hidden, s.hidden, coupled));
    WB_ASSIGN(auto bias, gatesOf(node, builder, way.bias, 1, s.hidden, coupled));
    bias.resize(2 * bias.size(), 0.0F);
    const int64_t rows = 4 * s.hidden;
    const auto constant = [&](const char* suffix, const ir::Shape& shape, const std::vector<float>& values) {
        return builder.addConstant(name + suffix, ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
    };
    std::vector<ir::ValueId> operands{s.x, constant("_w", {1, rows, s.in}, w), constant("_r", {1, rows, s.hidden}, r), constant("_b", {1, 2 * rows}, bias)};
    operands.resize(7, ir::kNoValue);
    ir::AttributeMap a;
    a.set("hidden_size", s.hidden);
    a.set("bidirectional", false);
    a.set("batch_first", false);
    if (way.backwards) a.set("direction", "reverse");
    if (const double clip = node.real("cell_clip", 0); clip > 0) a.set("cell_clip", clip);
    SourceNode layer = node;
    layer.outputs = {name + "_y", name + "_h", name + "_c"};
    WB_ASSIGN(const auto results, builder.emitMany(layer, "top.LSTM", std::move(operands), std::move(a)));
    return n.step("top.Reshape", {results.at(0)}, [&] {
        ir::AttributeMap to;
        to.set("flatten_start_dim", -1);
        to.set("shape", ir::Attribute::ints({s.steps, s.batch, s.hidden}));
        return to;
    }(), name == node.outputs.front() ? "all" : "all_" + name);
}

/// Steps and batches back in the file's order.
Status give(const SourceNode& node, TfliteNode& n, ir::ValueId y, size_t output) {
    if (node.integer("time_major", 0) == 0) {
        WB_ASSIGN(y, n.permuted(y, {1, 0, 2}, node.outputs.at(output)));
    }
    n.bind(y, Order::File, output);
    return {};
}

Status importSequenceLstm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 20));
    TfliteNode n(node, builder);
    const Way way{1, 5, 9, 12, 16, false};
    WB_TRY(checkLstm(node, n, way, 20));
    WB_ASSIGN(const Sequence s, sequenceOf(node, builder, n, 2));
    WB_ASSIGN(const ir::ValueId y, emitLstm(node, builder, n, s, way, node.outputs.front()));
    return give(node, n, y, 0);
}

Status importBothWaysLstm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 39));
    TfliteNode n(node, builder);
    if (n.has(39)) return attributeError(node, "a second input");
    const Way forth{1, 5, 9, 12, 16, false}, back{18, 22, 26, 29, 33, true};
    const std::string name = node.outputs.front();
    std::array<ir::ValueId, 2> ways{};
    for (const Way& way : {forth, back}) {
        WB_TRY(checkLstm(node, n, way, 0));
        WB_ASSIGN(const Sequence s, sequenceOf(node, builder, n, way.input + 1));
        WB_ASSIGN(ways[way.backwards ? 1 : 0], emitLstm(node, builder, n, s, way, name + (way.backwards ? "_back" : "_forth")));
    }
    if (node.integer("merge_outputs", 0) == 0) {
        WB_TRY(needInputs(node, 39, 2));
        WB_TRY(give(node, n, ways[0], 0));
        return give(node, n, ways[1], 1);
    }
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(2));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    WB_ASSIGN(const ir::ValueId both, n.step("top.Concat", {ways[0], ways[1]}, std::move(a), "both"));
    return give(node, n, both, 0);
}

/// Input, its weights, the state's, bias.
Status importSequenceRnn(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 5));
    TfliteNode n(node, builder);
    const std::string function = node.string("function", "NONE"), name = node.outputs.front();
    if (function != "TANH" && function != "RELU") return attributeError(node, "the function " + function);
    WB_ASSIGN(const Sequence s, sequenceOf(node, builder, n, 1));
    WB_ASSIGN(const auto w, numbersOf(node, builder, 1, s.hidden, s.in));
    WB_ASSIGN(const auto r, numbersOf(node, builder, 2, s.hidden, s.hidden));
    WB_ASSIGN(auto bias, numbersOf(node, builder, 3, 1, s.hidden));
    bias.resize(2 * bias.size(), 0.0F);
    const auto constant = [&](const char* suffix, const ir::Shape& shape, const std::vector<float>& values) {
        return builder.addConstant(name + suffix, ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
    };
    std::vector<ir::ValueId> operands{s.x, constant("_w", {1, s.hidden, s.in}, w), constant("_r", {1, s.hidden, s.hidden}, r),
                                      constant("_b", {1, 2 * s.hidden}, bias), ir::kNoValue};
    ir::AttributeMap a;
    a.set("hidden_size", s.hidden);
    a.set("bidirectional", false);
    a.set("batch_first", false);
    if (function == "RELU") a.set("activations", ir::AttributeList{ir::Attribute(std::string("Relu"))});
    SourceNode layer = node;
    layer.outputs = {name + "_y", name + "_h"};
    WB_ASSIGN(const auto results, builder.emitMany(layer, "top.RNN", std::move(operands), std::move(a)));
    ir::AttributeMap to;
    to.set("flatten_start_dim", -1);
    to.set("shape", ir::Attribute::ints({s.steps, s.batch, s.hidden}));
    WB_ASSIGN(const ir::ValueId y, n.step("top.Reshape", {results.at(0)}, std::move(to), "all"));
    return give(node, n, y, 0);
}

} // namespace

void tflite_recurrent(ImportTable& table);
void tflite_recurrent(ImportTable& table) {
    table.add(Framework::TFLite, "UNIDIRECTIONAL_SEQUENCE_LSTM", importSequenceLstm);
    table.add(Framework::TFLite, "BIDIRECTIONAL_SEQUENCE_LSTM", importBothWaysLstm);
    table.add(Framework::TFLite, "UNIDIRECTIONAL_SEQUENCE_RNN", importSequenceRnn);
}

} // namespace wb::ops
