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

/// The angle of (x, y), given y first: twice that of the half angle, which has no case of its own for x < 0.
Status importAngle(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "an operator on codes");
    Composer c(node, builder);
    WB_ASSIGN(const ir::ValueId y, n.operand(0, Order::File));
    WB_ASSIGN(const ir::ValueId x, n.operand(1, Order::File));
    const ir::ValueId radius = c.op("top.Sqrt", {c.add(c.mul(x, x), c.mul(y, y))});
    const ir::ValueId left = c.compareNumber("Less", x, 0.0);
    const ir::ValueId high = c.where(left, c.sub(radius, x), y);
    const ir::ValueId low = c.where(left, y, c.add(radius, x));
    // Nothing over nothing is no angle: 0.
    const ir::ValueId none = c.compareNumber("Equal", radius, 0.0);
    const ir::ValueId half = c.op("top.Arctan", {c.div(high, c.add(low, none))});
    const ir::ValueId angle = c.last().number("top.MulConst", half, 2.0);
    WB_TRY(c.done(angle));
    n.bind(angle, Order::File);
    return {};
}

/// A row becomes the diagonal of a square of zeros.
Status importDiagonal(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "an operator on codes");
    WB_ASSIGN(ir::Shape shape, n.shape(0));
    constexpr int64_t kMostSide = 2048;
    if (shape.empty() || shape.back() < 1 || shape.back() > kMostSide) return attributeError(node, "a diagonal of " + ir::toText(shape));
    const int64_t side = shape.back();
    std::vector<float> eye(static_cast<size_t>(side * side), 0.0F);
    for (int64_t i = 0; i < side; ++i)
        eye[static_cast<size_t>(i * side + i)] = 1.0F;
    Composer c(node, builder);
    WB_ASSIGN(const ir::ValueId x, n.operand(0, Order::File));
    shape.insert(shape.end() - 1, 1);
    const ir::ValueId rows = c.reshape(x, shape), ones = c.tensor({side, side}, eye);
    const ir::ValueId y = c.last().mul(rows, ones);
    WB_TRY(c.done(y));
    n.bind(y, Order::File);
    return {};
}

/// Rows of the same segment added up: a product with a matrix that has a one where a row belongs to a segment.
Status importSegments(const SourceNode& node, ImportBuilder& builder) {
    const bool sorted = node.kind == "SEGMENT_SUM";
    WB_TRY(needInputs(node, sorted ? 2 : 3));
    TfliteNode n(node, builder);
    if (n.isQuantised()) return attributeError(node, "an operator on codes");
    const auto ids = constantInts(node, builder, 1);
    if (!ids || ids->empty())
        return attributeError(node, "which segment a row belongs to is known only at run time").remedy("convert the network with constant segment ids, or end it before with --output_names");
    WB_ASSIGN(ir::Shape shape, n.shape(0));
    WB_ASSIGN(const ir::Shape list, n.shape(1));
    const auto given = sorted ? std::optional<std::vector<int64_t>>() : constantInts(node, builder, 2);
    const int64_t segments = sorted ? ids->back() + 1 : given && given->size() == 1 ? given->front() : 0;
    constexpr int64_t kMost = int64_t{1} << 22;
    if (list.size() != 1 || shape.empty() || shape[0] != list[0] || segments < 1 || segments > kMost / shape[0])
        return attributeError(node, std::to_string(segments) + " segments of " + ir::toText(shape));
    std::vector<float> belongs(static_cast<size_t>(segments * shape[0]), 0.0F);
    for (size_t i = 0; i < ids->size(); ++i) {
        const int64_t id = (*ids)[i];
        if (id >= segments) return nodeError(node, Code::ModelDamaged, "segment " + std::to_string(id) + " of " + std::to_string(segments));
        if (id >= 0) belongs[static_cast<size_t>(id * shape[0]) + i] = 1.0F; // negative ones are left out
    }
    int64_t numbers = 1;
    for (size_t d = 1; d < shape.size(); ++d)
        numbers *= shape[d];
    Composer c(node, builder);
    WB_ASSIGN(const ir::ValueId x, n.operand(0, Order::File));
    const ir::ValueId rows = c.reshape(x, {shape[0], numbers});
    const ir::ValueId sums = c.matmul(c.tensor({segments, shape[0]}, belongs), rows);
    shape[0] = segments;
    const ir::ValueId y = c.last().reshape(sums, shape);
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
    table.add(Framework::TFLite, "ATAN2", importAngle);
    table.add(Framework::TFLite, "MATRIX_DIAG", importDiagonal);
    table.add(Framework::TFLite, "SEGMENT_SUM", importSegments);
    table.add(Framework::TFLite, "UNSORTED_SEGMENT_SUM", importSegments);
    table.add(Framework::TFLite, "REDUCE_ANY", importAnyAll);
    table.add(Framework::TFLite, "REDUCE_ALL", importAnyAll);
}

} // namespace wb::ops
