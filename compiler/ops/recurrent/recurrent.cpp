// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers, gates in ONNX's order, operands in the vendor's. x [T,B,I], W [D,G·H,I], R [D,G·H,H], bias [D,2·G·H],
// h0 [D,B,H], for LSTM c0 [D,B,H] and the vendor's marks of continuation (not supported); then ours, mostly left out:
// lengths [B], and for LSTM peepholes [D,3·H]. All from bias on may be absent. D is 1, or 2 in both directions;
// G is 1 (RNN), 3 (GRU: z r h), 4 (LSTM: i o f c).
// Results: Y [T,D,B,H], the last h [D,B,H], and for LSTM the last c [D,B,H].
// Attributes: hidden_size, bidirectional, batch_first (false), linear_before_reset (GRU, true if absent); ours, only where
// they say something: direction "reverse", clip, cell_clip (LSTM: of the state c, as TensorFlow Lite has it), activations, activation_alpha, activation_beta, input_forget (LSTM).
#include "compiler/ops/recurrent/recurrent.h"

#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status expect(const ir::Graph& graph, const ir::Node& node, size_t index, const ir::Shape& wanted) {
    if (!hasOperand(node, index)) return {};
    WB_ASSIGN(const ir::TensorType type, operandType(graph, node, index));
    if (type.shape == wanted) return {};
    return shapeError(graph, node, "operand " + std::to_string(index) + " is " + ir::toText(type.shape) + ", " +
                                       ir::toText(wanted) + " expected");
}

Types inferRecurrent(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 3));
    WB_ASSIGN(const ir::TensorType w, operandType(graph, node, 1, 3));
    const int64_t gates = recurrentGates(node.op), hidden = node.attributes.integer("hidden_size", 0);
    const RecurrentOperands at = recurrentOperands(node.op);
    const std::string direction = recurrentDirection(node);
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
        return shapeError(graph, node, "direction '" + direction + "'");
    const int64_t ways = direction == "bidirectional" ? 2 : 1, batch = x.shape[1];
    if (hidden < 1 || hidden > kMaxWindow)
        return shapeError(graph, node, "hidden_size " + std::to_string(hidden));
    WB_TRY(expect(graph, node, 1, {ways, gates * hidden, x.shape[2]}));
    WB_TRY(operandType(graph, node, 2));
    WB_TRY(expect(graph, node, 2, {ways, gates * hidden, hidden}));
    WB_TRY(expect(graph, node, 3, {ways, 2 * gates * hidden}));
    if (node.attributes.boolean("batch_first")) return shapeError(graph, node, "its batches come before the steps");
    if (at.continued > 0 && hasOperand(node, at.continued)) return shapeError(graph, node, "it has marks of continuation");
    WB_TRY(expect(graph, node, at.lengths, {batch}));
    WB_TRY(expect(graph, node, at.h0, {ways, batch, hidden}));
    if (at.c0 > 0) WB_TRY(expect(graph, node, at.c0, {ways, batch, hidden}));
    if (at.peepholes > 0) WB_TRY(expect(graph, node, at.peepholes, {ways, 3 * hidden}));
    WB_ASSIGN(auto types, floatResult(graph, node, {x.shape[0], ways, batch, hidden}));
    WB_ASSIGN(const auto state, floatResult(graph, node, {ways, batch, hidden}));
    types.push_back(state.front());
    if (gates == 4) types.push_back(state.front());
    return types;
}

int64_t macsRecurrent(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& x = graph.value(node.operands[0]).type.shape;
    const auto elements = [&](size_t i) { return graph.value(node.operands[i]).type.elementCount(); };
    return x[0] * x[1] * (elements(1) + elements(2));
}

int64_t flopsRecurrent(const ir::Graph& graph, const ir::Node& node) { return 2 * macsRecurrent(graph, node); }

} // namespace

RecurrentOperands recurrentOperands(std::string_view op) {
    if (op == "top.LSTM") return {.h0 = 4, .c0 = 5, .continued = 6, .lengths = 7, .peepholes = 8, .least = 7, .most = 9};
    return {};
}

std::string recurrentDirection(const ir::Node& node) {
    return node.attributes.boolean("bidirectional") ? "bidirectional" : node.attributes.string("direction", "forward");
}

int64_t recurrentGates(std::string_view op) { return op == "top.LSTM" ? 4 : op == "top.GRU" ? 3 : 1; }

void define_recurrent(OpTable& table);
void define_recurrent(OpTable& table) {
    for (const char* op : {"top.LSTM", "top.GRU", "top.RNN"})
        table.add({.name = op,
                   .summary = "recurrent layer over a sequence",
                   .infer = inferRecurrent,
                   .macs = macsRecurrent,
                   .flops = flopsRecurrent,
                   .minOperands = static_cast<int>(recurrentOperands(op).least),
                   .maxOperands = static_cast<int>(recurrentOperands(op).most),
                   .results = recurrentGates(op) == 4 ? 3 : 2});
}

} // namespace wb::ops
