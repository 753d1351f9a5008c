// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's operators that are one of ONNX's, their axes in the file's order, or several of ours.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/tflite_help.h"

#include <map>
#include <set>

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

/// Quotients rounded down.
Status importFloorDiv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "an operator on codes");
    WB_ASSIGN(const ir::ValueId a, n.operand(0, Order::File));
    WB_ASSIGN(const ir::ValueId b, n.operand(1, Order::File));
    Composer c(node, builder);
    const ir::ValueId y = c.op("top.Floor", {c.div(a, b)});
    WB_TRY(c.done(y));
    n.bind(y, Order::File);
    return {};
}

/// Indices, updates, the result's shape: what is not written is zero. Places that are written twice would add up.
Status importScatterNd(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    const auto shape = constantInts(node, builder, 2);
    const auto count = shape ? ir::checkedElementCount(*shape) : std::nullopt;
    constexpr int64_t kMost = 1 << 26;
    if (!count || *count < 1 || *count > kMost) return attributeError(node, "the result's shape is known only at run time");
    const auto places = constantInts(node, builder, 0);
    const ir::Tensor* indices = builder.constant(inputName(node, 0));
    if (!places || indices->shape().empty() || indices->shape().back() < 1) return attributeError(node, "places that are known only at run time");
    const auto width = static_cast<size_t>(indices->shape().back());
    std::set<std::vector<int64_t>> seen;
    for (size_t i = 0; i + width <= places->size(); i += width)
        if (!seen.emplace(places->begin() + static_cast<std::ptrdiff_t>(i), places->begin() + static_cast<std::ptrdiff_t>(i + width)).second)
            return attributeError(node, "a place that is written twice");
    SourceNode onto = node;
    const std::string nothing = node.outputs.front() + "_nothing";
    if (builder.operand(nothing) == ir::kNoValue)
        builder.bind(nothing, builder.addConstant(nothing, ir::Tensor::of<float>(ir::ElementType::F32, *shape, std::vector<float>(static_cast<size_t>(*count), 0.0F))));
    onto.inputs = {nothing, node.inputs[0], node.inputs[1]};
    return asOnnx(onto, builder, "ScatterND", {}, 3);
}

Status importReverseSequence(const SourceNode& node, ImportBuilder& builder) {
    return asOnnx(node, builder, "ReverseSequence", {{"time_axis", node.integer("time_axis", 0)}, {"batch_axis", node.integer("batch_axis", 0)}}, 2);
}

/// A filter over time in two factors: [B,I], features [F,I], times [F,M], bias [F/rank], state. The state begins as zeros,
/// so of a run, which is the first, the last place in time is all there is.
Status importSvdf(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 5));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape features, n.shape(1));
    WB_ASSIGN(const ir::Shape times, n.shape(2));
    const int64_t rank = node.integer("rank", 1);
    const std::string activation = node.string("activation", "NONE");
    if (n.isQuantised() || x.size() != 2 || features.size() != 2 || times.size() != 2 || features[1] != x[1] || times[0] != features[0] || times[1] < 1 ||
        rank < 1 || features[0] % rank != 0 || !n.isConstant(1) || !n.isConstant(2) || (activation != "NONE" && activation != "RELU"))
        return attributeError(node, "input " + ir::toText(x) + ", features " + ir::toText(features) + ", times " + ir::toText(times));
    WB_ASSIGN(const ir::ValueId in, n.operand(0, Order::File));
    WB_ASSIGN(const ir::ValueId filter, n.weight(1, {1, 0}));
    WB_ASSIGN(const ir::Tensor all, toFloat32(*builder.constant(node.inputs[2])));
    Composer c(node, builder);
    std::vector<float> last;
    for (int64_t f = 0; f < times[0]; ++f) last.push_back(all.data<float>()[(f + 1) * times[1] - 1]);
    ir::ValueId y = c.mul(c.matmul(in, filter), c.tensor({1, times[0]}, last));
    if (rank > 1) y = c.reduce("ReduceSum", c.reshape(y, {x[0], times[0] / rank, rank}), {2}, false);
    if (n.has(3)) {
        WB_ASSIGN(const ir::ValueId bias, n.weight(3, {}));
        y = c.add(y, bias);
    }
    if (activation == "RELU") {
        ir::AttributeMap a;
        a.set("relu_limit", -1.0);
        y = c.op("top.Relu", {y}, std::move(a));
    }
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
    table.add(Framework::TFLite, "FLOOR_DIV", importFloorDiv);
    table.add(Framework::TFLite, "SCATTER_ND", importScatterNd);
    table.add(Framework::TFLite, "REVERSE_SEQUENCE", importReverseSequence);
    table.add(Framework::TFLite, "SVDF", importSvdf);
    table.add(Framework::TFLite, "REDUCE_ANY", importAnyAll);
    table.add(Framework::TFLite, "REDUCE_ALL", importAnyAll);
}

} // namespace wb::ops
