// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/sum_products.h"

#include "compiler/codegen/rewrites/steps.h"

namespace wb::codegen {
namespace {

using ir::Attribute;
using ir::ValueId;

constexpr int64_t kFewRows = 16; ///< as pictures of their own; more are turned, to fill the lines of one

struct SumProduct {
    int64_t rows = 1, inner = 1, columns = 1;
    bool transposed = false;

    ir::Shape picture(int64_t channels) const { return rows <= kFewRows ? ir::Shape{rows, channels, 1, 1} : ir::Shape{1, channels, rows, 1}; }
};

std::optional<SumProduct> sumProduct(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.MatMul" || node.operands.size() < 2 || graph.weight(node.operands[0]) != nullptr) return {};
    const auto& a = node.attributes;
    const ir::Tensor* right = graph.weight(node.operands[1]);
    const ir::TensorType &left = graph.value(node.operands[0]).type, &sums = graph.value(node.results[0]).type;
    if (right == nullptr || right->shape().size() != 2 || ir::sizeInBytes(right->type()) != 1 || ir::isFloat(right->type()) ||
        sums.element != ir::ElementType::I32 || left.shape.empty() || a.integer("input_zp", 0) != 0 || a.boolean("left_transpose") ||
        a.boolean("output_transpose") || a.boolean("hdim_is_batch"))
        return {};
    SumProduct p;
    p.transposed = a.boolean("right_transpose");
    p.inner = right->shape()[p.transposed ? 1 : 0];
    p.columns = right->shape()[p.transposed ? 0 : 1];
    if (p.inner < 1 || left.shape.back() != p.inner || left.elementCount() < 1) return {};
    p.rows = left.elementCount() / p.inner;
    if (sums.elementCount() != p.rows * p.columns) return {};
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        const ir::Tensor* bias = graph.weight(node.operands[2]);
        if (bias == nullptr || bias->elementCount() != p.columns || ir::sizeInBytes(bias->type()) != 4) return {};
    }
    return p;
}

void becomeFilter(Steps& steps, const SumProduct& p) {
    const bool few = p.rows <= kFewRows;
    ValueId x = steps.node().operands[0];
    if (few) {
        x = steps.reshape(x, p.picture(p.inner));
    } else {
        x = steps.reshape(x, {1, p.rows, p.inner, 1});
        x = steps.permute(x, {0, 2, 1, 3});
    }
    const ir::Tensor right = *steps.graph().weight(steps.node().operands[1]);
    const ir::TensorType rightType = steps.graph().value(steps.node().operands[1]).type;
    std::vector<uint8_t> filter(static_cast<size_t>(p.inner * p.columns));
    for (int64_t j = 0; j < p.columns; ++j)
        for (int64_t k = 0; k < p.inner; ++k)
            filter[static_cast<size_t>(j * p.inner + k)] =
                static_cast<uint8_t>(right.bytes()[p.transposed ? j * p.inner + k : k * p.columns + j]);
    ir::TensorType like{rightType.element, {p.columns, p.inner, 1, 1}, true, {}};
    const ValueId weights = steps.constant(ir::Tensor::of<uint8_t>(right.type(), {p.columns, p.inner, 1, 1}, filter), like);
    ir::Node& node = steps.node();
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    ir::AttributeMap a;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("relu_limit", -1.0);
    a.set("kernel_zp", node.attributes.integer("right_zp", 0));
    a.set("quant_mode", *node.attributes.find("quant_mode"));
    for (const char* key : {"kernel_shape", "strides", "dilations"}) a.set(key, Attribute::ints({1, 1}));
    a.set("pads", Attribute::ints({0, 0, 0, 0}));
    a.set("group", 1);
    a.set("weight_is_coeff", 1);
    a.set("with_bias", withBias);
    node.op = "tpu.Conv2D";
    node.operands = {x, weights, withBias ? node.operands[2] : ir::kNoValue};
    node.attributes = std::move(a);
    steps.graph().value(node.results[0]).type.shape = p.picture(p.columns);
}

void requantPicture(Steps& steps, const SumProduct& p) {
    ir::Node& node = steps.node();
    const ir::Shape shape = steps.graph().value(node.results[0]).type.shape;
    if (node.op == "tpu.RequantIntAxis") node.attributes.set("rq_axis", Attribute::si32(1));
    ValueId y = steps.takeResult(p.picture(p.columns));
    steps.behind();
    if (p.rows > kFewRows) y = steps.permute(y, {0, 2, 1, 3});
    steps.giveResult(steps.reshape(y, shape));
}

} // namespace

ir::Graph filtersForSums(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const ir::Node& requant = graph.node(static_cast<ir::NodeId>(i));
        if (requant.op != "tpu.RequantInt" && requant.op != "tpu.RequantIntAxis") continue;
        const ValueId sums = requant.operands.at(0);
        const ir::NodeId at = graph.value(sums).producer;
        if (at == ir::kNoNode || graph.isOutput(sums)) continue;
        const auto product = sumProduct(graph, graph.node(at));
        if (!product || graph.users()[static_cast<size_t>(sums)].size() != 1) continue;
        const auto rank = static_cast<int64_t>(graph.value(sums).type.shape.size());
        if (requant.op == "tpu.RequantIntAxis" && requant.attributes.integer("rq_axis", 1) != rank - 1) continue;
        const std::string name = graph.value(sums).name;
        Steps behind(graph, static_cast<ir::NodeId>(i), name + "_codes");
        requantPicture(behind, *product);
        const auto last = static_cast<size_t>(behind.last());
        Steps front(graph, at, name + "_filter");
        becomeFilter(front, *product);
        i = last + static_cast<size_t>(front.position() - at);
    }
    graph.eraseDead();
    return graph;
}

} // namespace wb::codegen
