// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic with constants: one number → …Const ops, one number a channel → Scale, scales in a row
// → one; the Add after a matrix product → its bias.
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <cmath>

namespace wb::passes {
namespace {

bool sameShape(const ir::Graph& graph, const ir::Node& node) {
    return shapeOf(graph, node.operands[0]) == shapeOf(graph, node.results[0]);
}

/// Mul, Add, Max, Min with a one-number weight that does not change the shape.
bool toConst(ir::Graph& graph, ir::Node& node) {
    if (node.operands.size() != 2) return false;
    if (floatWeight(graph, node.operands[0]) != nullptr &&
        floatWeight(graph, node.operands[1]) == nullptr)
        std::swap(node.operands[0], node.operands[1]);
    const auto number = scalarWeight(graph, node.operands[1]);
    if (!number || !sameShape(graph, node)) return false;
    const bool limits = node.op == "top.Max" || node.op == "top.Min";
    ir::AttributeMap a;
    if (!limits) {
        a.set("do_relu", node.attributes.boolean("do_relu"));
        a.set("relu_limit", node.attributes.real("relu_limit", -1.0));
    }
    a.set("const_val", static_cast<double>(*number));
    a.set("is_scalar", false);
    node.op += "Const";
    node.operands.resize(1);
    node.attributes = std::move(a);
    return true;
}

/// x·1 and x+0 vanish. Their names do too, so a returned one stays.
bool dropNeutral(ir::Graph& graph, const ir::Node& node) {
    const double value = node.attributes.real("const_val");
    const bool neutral =
        (node.op == "top.MulConst" && value == 1.0) || (node.op == "top.AddConst" && value == 0.0);
    if (!neutral || !plain(node) || graph.isOutput(node.results[0])) return false;
    graph.replaceUses(node.results[0], node.operands[0]);
    return true;
}

} // namespace

Result<bool> simplifyArithmetic(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    auto uses = useCounts(graph);
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        if (n % 256 == 0) WB_TRY(context.checkStop());
        ir::Node& node = graph.node(n);
        if (uses[static_cast<size_t>(node.results[0])] == 0) continue;
        const bool arithmetic = node.op == "top.Mul" || node.op == "top.Add" ||
                                node.op == "top.Max" || node.op == "top.Min";
        if (arithmetic && toConst(graph, node)) changed = true;
        if ((node.op == "top.MulConst" || node.op == "top.AddConst") && dropNeutral(graph, node)) {
            changed = true;
            uses = useCounts(graph);
        }
    }
    return changed;
}

namespace {

struct Line { ///< x·scale + bias, a pair a channel
    std::vector<float> scale, bias;
};

void toScale(ir::Graph& graph, ir::NodeId n, ir::ValueId scale, ir::ValueId bias) {
    ir::Node& node = graph.node(n);
    ir::AttributeMap a;
    a.set("do_relu", node.attributes.boolean("do_relu"));
    a.set("relu_limit", node.attributes.real("relu_limit", -1.0));
    node.op = "top.Scale";
    node.operands = {node.operands[0], scale, bias};
    node.attributes = std::move(a);
}

bool batchNormToScale(ir::Graph& graph, ir::NodeId& n) {
    const ir::Node& node = graph.node(n);
    const ir::Tensor* p[4];
    for (size_t i = 0; i < 4; ++i) {
        p[i] = floatWeight(graph, node.operands[i + 1]);
        if (p[i] == nullptr) return false;
    }
    const auto channels = p[0]->elementCount();
    const double epsilon = node.attributes.real("epsilon", 1e-5);
    Line line;
    for (int64_t c = 0; c < channels; ++c) {
        const auto at = [&](int i) { return static_cast<double>(p[i]->data<float>()[c]); };
        const double scale = at(2) / std::sqrt(at(1) + epsilon);
        line.scale.push_back(static_cast<float>(scale));
        line.bias.push_back(static_cast<float>(at(3) - at(0) * scale));
    }
    const std::string name = graph.value(node.results[0]).name;
    const ir::ValueId scale =
        insertWeight(graph, n++, name + "_scale", makeTensor({1, channels}, line.scale));
    const ir::ValueId bias =
        insertWeight(graph, n++, name + "_bias", makeTensor({1, channels}, line.bias));
    toScale(graph, n, scale, bias);
    return true;
}

/// Mul or Add with one number a channel.
bool arithmeticToScale(ir::Graph& graph, ir::NodeId& n) {
    const ir::Node& node = graph.node(n);
    if (node.operands.size() != 2 || !sameShape(graph, node)) return false;
    const ir::Shape shape = shapeOf(graph, node.results[0]);
    if (shape.size() != 4 || !channelWeight(graph, node.operands[1], shape)) return false;
    const bool product = node.op == "top.Mul";
    const ir::ValueId given = node.operands[1];
    const ir::Shape own{1, shape[1], 1, 1};
    const std::string name = graph.value(node.results[0]).name;
    ir::ValueId weight = given;
    if (shapeOf(graph, given) != own) {
        const ir::Tensor shaped = floatWeight(graph, given)->reshaped(own);
        weight = insertWeight(graph, n++, graph.value(given).name, shaped);
    }
    const std::vector<float> other(static_cast<size_t>(shape[1]), product ? 0.0F : 1.0F);
    const ir::ValueId made = insertWeight(graph, n++, name + (product ? "_bias" : "__scale_weight"),
                                          makeTensor(own, other));
    if (product)
        toScale(graph, n, weight, made);
    else
        toScale(graph, n, made, weight);
    return true;
}

bool mergeScales(ir::Graph& graph, ir::NodeId& n, const std::vector<int>& uses) {
    const ir::Node& second = graph.node(n);
    const ir::NodeId f = madeBy(graph, second, 0, "top.Scale");
    if (f == ir::kNoNode || !plain(graph.node(f)) ||
        uses[static_cast<size_t>(second.operands[0])] != 1)
        return false;
    const ir::Node& first = graph.node(f);
    const ir::Tensor *s1 = floatWeight(graph, first.operands[1]),
                     *b1 = floatWeight(graph, first.operands[2]);
    const ir::Tensor *s2 = floatWeight(graph, second.operands[1]),
                     *b2 = floatWeight(graph, second.operands[2]);
    if (s1 == nullptr || b1 == nullptr || s2 == nullptr || b2 == nullptr) return false;
    Line line;
    const int64_t channels = s1->elementCount();
    for (int64_t c = 0; c < channels; ++c) {
        line.scale.push_back(s1->data<float>()[c] * s2->data<float>()[c]);
        line.bias.push_back(b1->data<float>()[c] * s2->data<float>()[c] + b2->data<float>()[c]);
    }
    const ir::ValueId in = first.operands[0];
    const std::string name = graph.value(second.results[0]).name;
    const ir::ValueId scale =
        insertWeight(graph, n++, name + "_merged_scale", makeTensor({1, channels}, line.scale));
    const ir::ValueId bias =
        insertWeight(graph, n++, name + "_merged_bias", makeTensor({1, channels}, line.bias));
    graph.node(n).operands = {in, scale, bias};
    return true;
}

} // namespace

Result<bool> makeScales(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const std::string op = graph.node(n).op;
        if (op != "top.BatchNorm" && op != "top.Mul" && op != "top.Add" && op != "top.Scale")
            continue;
        WB_TRY(context.checkStop());
        if (op == "top.BatchNorm")
            changed = batchNormToScale(graph, n) || changed;
        else if (op == "top.Scale")
            changed = mergeScales(graph, n, useCounts(graph)) || changed;
        else
            changed = arithmeticToScale(graph, n) || changed;
    }
    return changed;
}

Result<bool> mergeMatMulAdd(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        ir::Node& add = graph.node(n);
        if (add.op != "top.Add" || add.operands.size() != 2) continue;
        WB_TRY(context.checkStop());
        const size_t side = floatWeight(graph, add.operands[0]) != nullptr ? 1 : 0;
        const ir::NodeId m = madeBy(graph, add, side, "top.MatMul");
        const ir::Tensor* bias = floatWeight(graph, add.operands[1 - side]);
        if (m == ir::kNoNode || bias == nullptr || graph.node(m).operands[2] != ir::kNoValue ||
            !plain(graph.node(m)) ||
            useCounts(graph)[static_cast<size_t>(add.operands[side])] != 1 ||
            floatWeight(graph, graph.node(m).operands[1]) == nullptr)
            continue;
        const ir::ValueId product = add.operands[side], sum = add.results[0];
        const ir::Shape shape = shapeOf(graph, product);
        // One number a column: the last axis alone, on a product that the addend does not widen.
        if (shape != shapeOf(graph, sum) || shape.size() < 2 || bias->shape().empty() ||
            bias->shape().back() != shape.back() || bias->elementCount() != shape.back())
            continue;
        const ir::Tensor data = bias->reshaped({shape.back()});
        const std::string biasName = graph.value(add.operands[1 - side]).name;
        const bool flat = bias->shape().size() == 1;
        const ir::ValueId reused = add.operands[1 - side];
        ir::NodeId position = m;
        // The weight may be defined after the product: a copy in front of it always works.
        const bool earlier = graph.value(reused).producer < m;
        const ir::ValueId weight =
            flat && earlier ? reused : insertWeight(graph, position++, biasName, data);
        graph.node(position).operands[2] = weight;
        takeOver(graph, product, sum);
        if (shape.size() == 2)
            setName(graph, product, renamed(graph.value(product).name, "_Add", "_Gemm"));
        changed = true;
    }
    return changed;
}

} // namespace wb::passes
