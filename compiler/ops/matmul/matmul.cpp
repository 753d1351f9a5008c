// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix product with numpy batching: x [B…,M,K], y [B…,K,N], bias broadcast to [N] or absent → [B…,M,N].
// left_transpose / right_transpose read the last two axes swapped. Vectors as in ONNX MatMul-13.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

struct Product {
    ir::Shape result;
    int64_t inner = 1;
};

Result<Product> product(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType y, operandType(graph, node, 1));
    ir::Shape a = x.shape, b = y.shape;
    if (a.empty() || b.empty())
        return shapeError(graph, node, "a scalar operand: " + ir::toText(a) + ", " + ir::toText(b));
    const bool vectorLeft = a.size() == 1, vectorRight = b.size() == 1;
    if (vectorLeft) a.insert(a.begin(), 1);
    if (vectorRight) b.push_back(1);
    if (node.attributes.boolean("left_transpose")) std::swap(a[a.size() - 1], a[a.size() - 2]);
    if (node.attributes.boolean("right_transpose")) std::swap(b[b.size() - 1], b[b.size() - 2]);
    const int64_t rows = a[a.size() - 2], inner = a.back(), columns = b.back();
    const auto batch = broadcastShapes({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
    if (inner != b[b.size() - 2] || !batch)
        return shapeError(graph, node, "shapes " + ir::toText(x.shape) + " and " +
                                           ir::toText(y.shape) + " do not multiply");
    Product p{*batch, inner};
    if (!vectorLeft) p.result.push_back(rows);
    if (!vectorRight) p.result.push_back(columns);
    if (hasOperand(node, 2)) {
        WB_ASSIGN(const ir::TensorType bias, operandType(graph, node, 2));
        if (broadcastShapes(p.result, bias.shape) != p.result)
            return shapeError(graph, node, "bias " + ir::toText(bias.shape) + " for a result of " +
                                               ir::toText(p.result));
    }
    return p;
}

Types inferMatMul(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(Product p, product(graph, node));
    return floatResult(graph, node, std::move(p.result));
}

int64_t macs(const ir::Graph& graph, const ir::Node& node) {
    const auto p = product(graph, node);
    return p ? resultElements(graph, node) * p->inner : 0;
}

int64_t flopsMatMul(const ir::Graph& graph, const ir::Node& node) {
    const int64_t extra = (hasOperand(node, 2) ? 1 : 0) + reluFlops(node);
    return 2 * macs(graph, node) + resultElements(graph, node) * extra;
}

} // namespace

void define_matmul(OpTable& table);
void define_matmul(OpTable& table) {
    table.add({.name = "top.MatMul",
               .summary = "matrix product with optional bias and ReLU",
               .traits = {.fusesRelu = true},
               .infer = inferMatMul,
               .macs = macs,
               .flops = flopsMatMul,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
