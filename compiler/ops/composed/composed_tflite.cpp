// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's operators that are one of ONNX's, their axes in the file's order, or several of ours.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/tflite_help.h"

#include <map>

namespace wb::ops {
namespace {

using Attributes = std::map<std::string, SourceNode::Value, std::less<>>;

/// By the rule for an operator of ONNX (operator set 13): computed operands in the file's order, constants as they are.
Status asOnnx(const SourceNode& node, ImportBuilder& builder, const std::string& kind, Attributes attributes, size_t inputs) {
    const ImportRule rule = importTable().find(Framework::Onnx, kind);
    if (rule == nullptr) return nodeError(node, Code::Internal, "no rule for " + kind);
    WB_TRY(needInputs(node, inputs));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "an operator on codes");
    SourceNode other = node;
    other.kind = kind;
    other.version = 13;
    other.attributes = std::move(attributes);
    other.inputs.resize(inputs);
    for (size_t i = 0; i < inputs; ++i) {
        if (other.inputs[i].empty() || n.isConstant(i)) continue;
        WB_ASSIGN(const ir::ValueId value, n.operand(i, Order::File));
        other.inputs[i] = node.inputs[i] + "_as_it_lies";
        builder.bind(other.inputs[i], value);
    }
    for (size_t i = 0; i < other.outputs.size(); ++i)
        if (!other.outputs[i].empty()) other.outputs[i] += "_of_" + kind;
    WB_TRY(rule(other, builder));
    for (size_t i = 0; i < other.outputs.size(); ++i)
        if (!other.outputs[i].empty() && builder.operand(other.outputs[i]) != ir::kNoValue) n.bind(builder.operand(other.outputs[i]), Order::File, i);
    return {};
}

Status importTopK(const SourceNode& node, ImportBuilder& builder) {
    const auto count = constantInts(node, builder, 1);
    if (!count || count->size() != 1) return attributeError(node, "how many is known only at run time");
    return asOnnx(node, builder, "TopK", {{"k", count->front()}, {"axis", int64_t{-1}}, {"largest", int64_t{1}}}, 1);
}

Status importSum(const SourceNode& node, ImportBuilder& builder) {
    return asOnnx(node, builder, "CumSum", {{"exclusive", node.integer("exclusive", 0)}, {"reverse", node.integer("reverse", 0)}}, 2);
}

Status importGatherNd(const SourceNode& node, ImportBuilder& builder) { return asOnnx(node, builder, "GatherND", {}, 2); }

/// Positions, how many there are, and what stands at the place and elsewhere.
Status importOneHot(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 4));
    const auto depth = constantInts(node, builder, 1);
    const auto on = constantScalar(inputName(node, 2), builder), off = constantScalar(inputName(node, 3), builder);
    constexpr int64_t kMost = 1 << 20;
    if (!depth || depth->size() != 1 || depth->front() < 1 || depth->front() > kMost || !on || !off) return attributeError(node, "numbers that are known only at run time");
    TfliteNode n(node, builder);
    Composer c(node, builder);
    WB_ASSIGN(const ir::ValueId x, n.operand(0, Order::File));
    ir::Shape shape = c.shape(x);
    const auto rank = static_cast<int64_t>(shape.size());
    const int64_t given = node.integer("axis", -1), axis = given < 0 ? rank : given;
    if (axis > rank) return attributeError(node, "axis " + std::to_string(given));
    shape.insert(shape.begin() + axis, 1);
    ir::Shape line(shape.size(), 1);
    line[static_cast<size_t>(axis)] = depth->front();
    std::vector<float> numbers(static_cast<size_t>(depth->front()));
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
    ir::ValueId y = c.compare("Equal", c.reshape(x, shape), c.tensor(line, numbers));
    if (*on != 1.0 || *off != 0.0) y = c.number("top.AddConst", c.number("top.MulConst", y, *on - *off), *off);
    WB_TRY(c.done(y));
    n.bind(y, Order::File);
    return {};
}

/// Whether any, or all, of the truth values along axes hold.
Status importAnyAll(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    Composer c(node, builder);
    WB_ASSIGN(const ir::ValueId x, n.operand(0, Order::File));
    WB_ASSIGN(const auto axes, n.axes(1, c.shape(x).size()));
    const bool keep = node.integer("keep_dims", 0) != 0;
    ir::ValueId y = c.reduce(node.kind == "REDUCE_ANY" ? "ReduceMax" : "ReduceMin", x, axes, keep || axes.size() == c.shape(x).size());
    if (!keep && axes.size() == c.shape(x).size()) y = c.reshape(y, {1});
    WB_TRY(c.done(y));
    n.bind(y, Order::File);
    return {};
}

} // namespace

void tflite_composed(ImportTable& table);
void tflite_composed(ImportTable& table) {
    table.add(Framework::TFLite, "TOPK_V2", importTopK);
    table.add(Framework::TFLite, "CUMSUM", importSum);
    table.add(Framework::TFLite, "GATHER_ND", importGatherNd);
    table.add(Framework::TFLite, "ONE_HOT", importOneHot);
    table.add(Framework::TFLite, "REDUCE_ANY", importAnyAll);
    table.add(Framework::TFLite, "REDUCE_ALL", importAnyAll);
}

} // namespace wb::ops
