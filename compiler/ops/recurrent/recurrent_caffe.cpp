// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's LSTM and RNN (blobs: input weights, bias, weights of the static input if there is one, state weights; an RNN
// also has weights and bias of its output) and the fork's Lstm (input weights, state weights, bias). Gates lie i f o g.
// Marks of continuation that are one sequence's, begun at the first step, need nothing; others are written out step by
// step, since they clear the state in between. States begin as zeros: a sequence is one run.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"

#include <algorithm>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

constexpr int64_t kMostMarkedSteps = 256; ///< each is nodes of its own

struct CaffeLayer {
    bool lstm = true;
    int64_t steps = 0, batch = 0, in = 0, hidden = 0;
    int64_t gates() const { return lstm ? 4 : 1; }
};

/// Blob `index`, of rows × columns numbers.
Result<ir::Tensor> weightsOf(const SourceNode& node, ImportBuilder& builder, size_t index, int64_t rows, int64_t columns) {
    const ir::Tensor* blob = builder.constant(blobName(node, index));
    if (blob == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no weights for this layer");
    if (ir::checkedElementCount({rows, columns}) != blob->elementCount())
        return nodeError(node, Code::ModelDamaged, "weights of " + ir::toText(blob->shape()) + ", needed are " + ir::toText(ir::Shape{rows, columns}));
    return blob->reshaped({rows, columns});
}

/// Rows i f o g as i o f g; an RNN has one block.
std::vector<float> inOurOrder(const ir::Tensor& from, int64_t gates) {
    static constexpr int64_t kOrder[] = {0, 2, 1, 3};
    const int64_t block = from.elementCount() / gates;
    std::vector<float> to;
    for (int64_t g = 0; g < gates; ++g) {
        const float* rows = from.data<float>() + (gates == 4 ? kOrder[g] : g) * block;
        to.insert(to.end(), rows, rows + block);
    }
    return to;
}

/// True when the marks are those of one sequence: whatever at the first step, 1 behind it.
bool isOneSequence(const ir::Tensor* marks, const CaffeLayer& l) {
    if (marks == nullptr || marks->type() != ir::ElementType::F32 || marks->elementCount() != l.steps * l.batch) return false;
    return std::all_of(marks->data<float>() + l.batch, marks->data<float>() + marks->elementCount(), [](float v) { return v == 1.0F; });
}

/// All steps [T,B,H] by the operator of ours.
Result<Id> emitLayer(const SourceNode& node, ImportBuilder& builder, const CaffeLayer& l, Id x, const ir::Tensor& w, const ir::Tensor& r, const ir::Tensor& bias) {
    const std::string name = node.outputs.front();
    std::vector<float> biases = inOurOrder(bias, l.gates());
    biases.resize(2 * biases.size(), 0.0F);
    const int64_t rows = l.gates() * l.hidden;
    const auto constant = [&](const char* suffix, const ir::Shape& shape, const std::vector<float>& values) {
        return builder.addConstant(name + suffix, ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
    };
    std::vector<Id> operands{x, constant("_w", {1, rows, l.in}, inOurOrder(w, l.gates())),
                             constant("_r", {1, rows, l.hidden}, inOurOrder(r, l.gates())), constant("_b", {1, 2 * rows}, biases)};
    operands.resize(l.lstm ? 7 : 5, ir::kNoValue);
    ir::AttributeMap a;
    a.set("hidden_size", l.hidden);
    a.set("bidirectional", false);
    a.set("batch_first", false);
    SourceNode layer = node;
    layer.outputs = {name + "_y", name + "_h"};
    if (l.lstm) layer.outputs.push_back(name + "_c");
    WB_ASSIGN(const auto results, builder.emitMany(layer, l.lstm ? "top.LSTM" : "top.RNN", std::move(operands), std::move(a)));
    return results.at(0);
}

/// The same with states multiplied by each step's marks [T,B].
Id writeSteps(Composer& c, const CaffeLayer& l, Id x, Id marks, const ir::Tensor& w, const ir::Tensor& r, const ir::Tensor& bias) {
    const auto turned = [&](const ir::Tensor& t, int64_t columns) {
        const int64_t rows = l.gates() * l.hidden;
        std::vector<float> values(static_cast<size_t>(rows * columns));
        for (int64_t i = 0; i < rows; ++i)
            for (int64_t k = 0; k < columns; ++k)
                values[static_cast<size_t>(k * rows + i)] = t.data<float>()[i * columns + k];
        return c.tensor({columns, rows}, values);
    };
    const int64_t rows = l.gates() * l.hidden, H = l.hidden;
    const std::vector<float> numbers(bias.data<float>(), bias.data<float>() + rows);
    const Id all = c.add(c.matmul(x, turned(w, l.in)), c.tensor({1, 1, rows}, numbers)), state = turned(r, H);
    const auto part = [&](Id sums, int64_t gate, const char* op) {
        ir::AttributeMap a;
        a.set("bias", 0.0);
        a.set("log", false);
        a.set("scale", 1.0);
        return c.op(op, {c.slice(sums, 1, gate * H, (gate + 1) * H)}, std::string_view(op) == "top.Sigmoid" ? a : ir::AttributeMap());
    };
    Id h = ir::kNoValue, cell = ir::kNoValue;
    std::vector<Id> steps;
    for (int64_t t = 0; t < l.steps && !c.failed(); ++t) {
        Id sums = c.reshape(c.slice(all, 0, t, t + 1), {l.batch, rows});
        if (h != ir::kNoValue) {
            const Id mark = c.reshape(c.slice(marks, 0, t, t + 1), {l.batch, 1});
            sums = c.add(sums, c.matmul(c.mul(h, mark), state));
            if (cell != ir::kNoValue) cell = c.mul(cell, mark);
        }
        if (l.lstm) {
            const Id fresh = c.mul(part(sums, 0, "top.Sigmoid"), part(sums, 3, "top.Tanh"));
            cell = cell == ir::kNoValue ? fresh : c.add(c.mul(part(sums, 1, "top.Sigmoid"), cell), fresh);
            h = c.mul(part(sums, 2, "top.Sigmoid"), c.op("top.Tanh", {cell}));
        } else {
            h = c.op("top.Tanh", {sums});
        }
        steps.push_back(c.reshape(h, {1, l.batch, H}));
    }
    return c.concat(std::move(steps), 0);
}

Status importCaffeRecurrent(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const size_t bottoms = bottomCount(node);
    const bool fork = node.kind == "Lstm";
    if (c.failed() || in.size() < 3) return attributeError(node, "input of shape " + ir::toText(in) + "; steps, sequences and numbers are needed");
    if (bottoms > 2) return attributeError(node, "a static input");
    if (node.integer("expose_hidden", 0) != 0 || node.outputs.size() > 1) return attributeError(node, "its states are inputs and outputs");
    CaffeLayer l;
    l.lstm = node.kind != "RNN";
    l.steps = in[0];
    l.batch = in[1];
    l.hidden = node.integer("num_output", 0);
    l.in = 1;
    for (size_t d = 2; d < in.size(); ++d)
        l.in *= in[d];
    if (l.hidden < 1 || l.hidden > 1 << 20) return attributeError(node, "num_output " + std::to_string(l.hidden));
    WB_ASSIGN(const ir::Tensor w, weightsOf(node, builder, 0, l.gates() * l.hidden, l.in));
    WB_ASSIGN(const ir::Tensor bias, weightsOf(node, builder, fork ? 2 : 1, l.gates() * l.hidden, 1));
    WB_ASSIGN(const ir::Tensor r, weightsOf(node, builder, fork ? 1 : 2, l.gates() * l.hidden, l.hidden));
    if (in.size() != 3) x = c.reshape(x, {l.steps, l.batch, l.in});
    Id y = ir::kNoValue;
    if (bottoms < 2 || isOneSequence(builder.constant(inputName(node, 1)), l)) {
        WB_ASSIGN(y, emitLayer(node, builder, l, x, w, r, bias));
        y = (l.lstm ? c.last() : c).reshape(y, {l.steps, l.batch, l.hidden});
    } else {
        WB_ASSIGN(const ir::Shape marks, shapeOf(node, builder, 1));
        if (ir::checkedElementCount(marks) != l.steps * l.batch || l.steps > kMostMarkedSteps)
            return attributeError(node, "marks of continuation " + ir::toText(marks) + " for " + ir::toText(in));
        y = writeSteps(c, l, x, c.reshape(c.input(1), {l.steps, l.batch}), w, r, bias);
    }
    if (l.lstm) return c.done(y);
    // An RNN's output is a function of its state.
    WB_ASSIGN(const ir::Tensor out, weightsOf(node, builder, 3, l.hidden, l.hidden));
    WB_ASSIGN(const ir::Tensor outBias, weightsOf(node, builder, 4, l.hidden, 1));
    std::vector<float> turned(static_cast<size_t>(l.hidden * l.hidden));
    for (int64_t i = 0; i < l.hidden; ++i)
        for (int64_t k = 0; k < l.hidden; ++k)
            turned[static_cast<size_t>(k * l.hidden + i)] = out.data<float>()[i * l.hidden + k];
    const Id product = c.matmul(c.reshape(y, {l.steps, l.batch, l.hidden}), c.tensor({l.hidden, l.hidden}, turned));
    const Id sum = c.add(product, builder.addConstant(blobName(node, 4), outBias.reshaped({1, 1, l.hidden})));
    return c.done(c.last().op("top.Tanh", {sum}));
}

} // namespace

void caffe_recurrent(ImportTable& table);
void caffe_recurrent(ImportTable& table) {
    for (const char* kind : {"LSTM", "RNN", "Lstm"})
        table.add(Framework::Caffe, kind, importCaffeRecurrent);
}

} // namespace wb::ops
