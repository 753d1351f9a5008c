// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's LSTM, GRU and RNN: several layers in one node, each of them one of ours. Gates are reordered: i f g o to
// i o f c, r z n to z r h; the candidate of a GRU is multiplied after its own product.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/recurrent/recurrent.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

constexpr int64_t kMostLayers = 64;

/// Rows of each gate in the graph's order, behind what is there.
void appendGates(std::vector<float>& to, const ir::Tensor& from, int64_t gates) {
    static constexpr int64_t kOrders[][4] = {{0}, {}, {1, 0, 2}, {0, 3, 1, 2}};
    const int64_t block = from.elementCount() / gates;
    for (int64_t g = 0; g < gates; ++g) {
        const float* rows = from.data<float>() + kOrders[gates - 1][g] * block;
        to.insert(to.end(), rows, rows + block);
    }
}

struct TorchLayers {
    std::string op;
    int64_t gates = 1, layers = 1, ways = 1, hidden = 0, batch = 0;
    bool biases = false;
    size_t first = 2; ///< of the weights among the inputs
};

/// One layer's weights as constants of ours: W, R and the bias.
Result<std::vector<ir::ValueId>> layerWeights(const SourceNode& node, ImportBuilder& builder, const TorchLayers& t, int64_t layer, int64_t in) {
    std::vector<float> w, r, bias;
    const size_t each = t.biases ? 4 : 2;
    for (int64_t way = 0; way < t.ways; ++way) {
        const size_t at = t.first + static_cast<size_t>(layer * t.ways + way) * each;
        std::vector<ir::Tensor> parts;
        for (size_t i = 0; i < each; ++i) {
            const ir::Tensor* data = builder.constant(inputName(node, at + i));
            if (data == nullptr) return attributeError(node, "weights known only at run time");
            WB_ASSIGN(ir::Tensor real, toFloat32(*data));
            const int64_t wanted = t.gates * t.hidden * (i == 0 ? in : i == 1 ? t.hidden : 1);
            if (real.elementCount() != wanted) return attributeError(node, "weights of " + ir::toText(real.shape()) + " (projections are not supported)");
            parts.push_back(std::move(real));
        }
        appendGates(w, parts[0], t.gates);
        appendGates(r, parts[1], t.gates);
        for (size_t i = 2; i < each; ++i)
            appendGates(bias, parts[i], t.gates);
    }
    const std::string name = node.outputs.front() + "_layer" + std::to_string(layer);
    const int64_t rows = t.gates * t.hidden;
    std::vector<ir::ValueId> ids;
    ids.push_back(builder.addConstant(name + "_w", ir::Tensor::of<float>(ir::ElementType::F32, {t.ways, rows, in}, w)));
    ids.push_back(builder.addConstant(name + "_r", ir::Tensor::of<float>(ir::ElementType::F32, {t.ways, rows, t.hidden}, r)));
    ids.push_back(t.biases ? builder.addConstant(name + "_b", ir::Tensor::of<float>(ir::ElementType::F32, {t.ways, 2 * rows}, bias)) : ir::kNoValue);
    return ids;
}

Status importTorchRecurrent(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 4));
    TorchLayers t;
    t.op = node.kind == "aten::lstm" ? "top.LSTM" : node.kind == "aten::gru" ? "top.GRU" : "top.RNN";
    t.gates = recurrentGates(t.op);
    t.first = t.gates == 4 ? 3 : 2;
    t.layers = node.integer("num_layers", 1);
    t.ways = node.integer("bidirectional", 0) != 0 ? 2 : 1;
    t.biases = node.integer("has_biases", 1) != 0;
    const bool batchFirst = node.integer("batch_first", 0) != 0;
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    std::vector<ir::ValueId> starts{c.input(1)};
    if (t.gates == 4) starts.push_back(c.input(2));
    if (c.failed()) return c.done(ir::kNoValue);
    const ir::Shape state = c.shape(starts[0]);
    if (c.shape(x).size() != 3 || state.size() != 3 || t.layers < 1 || t.layers > kMostLayers || state[0] != t.layers * t.ways)
        return attributeError(node, "input " + ir::toText(c.shape(x)) + " with states " + ir::toText(state));
    t.batch = state[1];
    t.hidden = state[2];
    if (batchFirst) x = c.permute(x, {1, 0, 2});
    std::vector<std::vector<ir::ValueId>> last(starts.size());
    for (int64_t layer = 0; layer < t.layers; ++layer) {
        const ir::Shape in = c.shape(x);
        if (c.failed() || in.size() != 3) return c.done(ir::kNoValue);
        WB_ASSIGN(const auto weights, layerWeights(node, builder, t, layer, in[2]));
        std::vector<ir::ValueId> operands{x, weights[0], weights[1], weights[2]};
        for (const ir::ValueId start : starts)
            operands.push_back(t.layers == 1 ? start : c.slice(start, 0, layer * t.ways, (layer + 1) * t.ways));
        operands.resize(recurrentOperands(t.op).least, ir::kNoValue);
        ir::AttributeMap a;
        a.set("hidden_size", t.hidden);
        a.set("bidirectional", t.ways == 2);
        a.set("batch_first", false);
        if (t.gates == 3) a.set("linear_before_reset", true);
        if (node.kind == "aten::rnn_relu") a.set("activations", ir::AttributeList(static_cast<size_t>(t.ways), ir::Attribute(std::string("Relu"))));
        SourceNode step = node;
        step.outputs.clear();
        for (const char* part : {"_y", "_h", "_c"})
            step.outputs.push_back(node.outputs.front() + "_layer" + std::to_string(layer) + part);
        step.outputs.resize(starts.size() + 1);
        WB_ASSIGN(const auto results, builder.emitMany(step, t.op, std::move(operands), std::move(a)));
        for (size_t i = 0; i < last.size(); ++i)
            last[i].push_back(results[1 + i]);
        x = t.ways == 1 ? results[0] : c.permute(results[0], {0, 2, 1, 3});
        x = c.reshape(x, {in[0], t.batch, t.ways * t.hidden});
    }
    if (batchFirst) x = c.permute(x, {1, 0, 2});
    WB_TRY(c.done(x));
    for (size_t i = 0; i < last.size() && i + 1 < node.outputs.size(); ++i)
        if (!node.outputs[i + 1].empty()) WB_TRY(c.done(c.concat(last[i], 0), i + 1));
    return {};
}

} // namespace

void torch_recurrent(ImportTable& table);
void torch_recurrent(ImportTable& table) {
    for (const char* kind : {"aten::lstm", "aten::gru", "aten::rnn_tanh", "aten::rnn_relu"})
        table.add(Framework::Torch, kind, importTorchRecurrent);
}

} // namespace wb::ops
