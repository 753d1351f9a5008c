// SPDX-License-Identifier: GPL-3.0-or-later
// Data movement: reshapes and permutations in a row become one, those that do nothing go, Gather of
// constant positions becomes a Slice, borders of zeros go into what follows.
#include "compiler/ops/shape_rules.h"
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <cmath>

namespace wb::passes {
namespace {

bool isReshape(const ir::Node& node) {
    return node.op == "top.Reshape" || node.op == "top.Squeeze" || node.op == "top.Unsqueeze";
}

bool mergeReshapes(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    ir::Node& second = graph.node(n);
    const ir::NodeId f = madeBy(graph, second, 0, "");
    if (f == ir::kNoNode || !isReshape(graph.node(f)) ||
        uses[static_cast<size_t>(second.operands[0])] != 1)
        return false;
    const ir::Shape out = shapeOf(graph, second.results[0]);
    // A shape that copies axes of the input reads them from the value that goes.
    auto shape = second.op == "top.Reshape" ? second.attributes.integers("shape") : out;
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) shape = out;
    second.operands[0] = graph.node(f).operands[0];
    second.op = "top.Reshape";
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    second.attributes = std::move(a);
    return true;
}

bool dropReshape(ir::Graph& graph, const ir::Node& node) {
    if (graph.isOutput(node.results[0]) ||
        shapeOf(graph, node.operands[0]) != shapeOf(graph, node.results[0]))
        return false;
    graph.replaceUses(node.results[0], node.operands[0]);
    return true;
}

bool mergePermutes(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    ir::Node& second = graph.node(n);
    const ir::NodeId f = madeBy(graph, second, 0, "top.Permute");
    if (f == ir::kNoNode || uses[static_cast<size_t>(second.operands[0])] != 1) return false;
    const auto inner = graph.node(f).attributes.integers("order"),
               outer = second.attributes.integers("order");
    std::vector<int64_t> order;
    for (int64_t axis : outer)
        order.push_back(inner[static_cast<size_t>(axis)]);
    second.attributes.set("order", ir::Attribute::ints(order));
    second.operands[0] = graph.node(f).operands[0];
    return true;
}

/// Two plain ranges in a row are one; offsets add up.
bool mergeSlices(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    ir::Node& second = graph.node(n);
    const ir::NodeId f = madeBy(graph, second, 0, "top.Slice");
    if (f == ir::kNoNode || uses[static_cast<size_t>(second.operands[0])] != 1) return false;
    const ir::Node& first = graph.node(f);
    const auto ones = [](const ir::Node& node) {
        const auto steps = node.attributes.integers("steps");
        return std::all_of(steps.begin(), steps.end(), [](int64_t s) { return s == 1; });
    };
    if (!ones(first) || !ones(second)) return false;
    const ir::Shape outer = shapeOf(graph, first.operands[0]),
                    inner = shapeOf(graph, first.results[0]);
    const auto o1 = first.attributes.integers("offset"), e1 = first.attributes.integers("ends");
    const auto o2 = second.attributes.integers("offset"), e2 = second.attributes.integers("ends");
    std::vector<int64_t> offset, ends, axes;
    for (size_t d = 0; d < outer.size(); ++d) {
        const auto a = ops::sliceRange(outer[d], o1[d], e1[d], 1),
                   b = ops::sliceRange(inner[d], o2[d], e2[d], 1);
        offset.push_back(a.begin + b.begin);
        ends.push_back(a.begin + b.begin + b.count);
        if (b.count != outer[d]) axes.push_back(static_cast<int64_t>(d));
    }
    second.operands[0] = first.operands[0];
    second.attributes.set("offset", ir::Attribute::ints(offset));
    second.attributes.set("ends", ir::Attribute::ints(ends));
    second.attributes.set("hasparamConvert_axes", ir::Attribute::ints(axes));
    return true;
}

/// Positions first, first+step, … (one: a step of 1) of a constant list; nothing for others.
bool progression(const ir::Tensor& indices, int64_t size, int64_t& first, int64_t& step) {
    const int64_t count = indices.elementCount();
    if (count < 1 || indices.shape().size() > 1) return false;
    const auto at = [&](int64_t i) {
        const auto v = static_cast<int64_t>(indices.data<float>()[i]);
        return v < 0 ? v + size : v;
    };
    first = at(0);
    step = count > 1 ? at(1) - at(0) : 1;
    for (int64_t i = 0; i < count; ++i)
        if (at(i) != first + i * step || at(i) >= size) return false;
    return step > 0;
}

bool gatherToSlice(ir::Graph& graph, ir::NodeId& n) {
    const ir::Node& node = graph.node(n);
    const ir::Tensor* indices = floatWeight(graph, node.operands[1]);
    const ir::Shape in = shapeOf(graph, node.operands[0]);
    if (indices == nullptr) return false;
    const auto axis = static_cast<size_t>(node.attributes.integer("axis"));
    int64_t first = 0, step = 1;
    if (axis >= in.size() || !progression(*indices, in[axis], first, step)) return false;
    const bool keep = node.attributes.boolean("keepdims", true);
    if (!keep && graph.value(node.operands[0]).type.uniform() != nullptr) return false;
    const int64_t count = indices->elementCount();
    std::vector<int64_t> offset(in.size(), 0), ends(in.size(), INT64_MAX), steps(in.size(), 1);
    offset[axis] = first;
    ends[axis] = std::min(first + count * step, in[axis]);
    steps[axis] = step;
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("hasparamConvert_axes",
          keep ? ir::Attribute::ints({}) : ir::Attribute::ints({static_cast<int64_t>(axis)}));
    a.set("offset", ir::Attribute::ints(offset));
    a.set("ends", ir::Attribute::ints(ends));
    a.set("steps", ir::Attribute::ints(steps));
    const std::vector<ir::ValueId> operands{node.operands[0], ir::kNoValue, ir::kNoValue,
                                            ir::kNoValue};
    if (keep) {
        ir::Node& slice = graph.node(n);
        slice.op = "top.Slice";
        slice.operands = operands;
        slice.attributes = std::move(a);
        return true;
    }
    // One position: the Slice keeps the axis, a Squeeze drops it under the old name.
    ir::TensorType type{ir::ElementType::F32, in, true, {}};
    type.shape[axis] = 1;
    const std::string name = graph.value(node.results[0]).name + "_slice";
    const ir::NodeId slice =
        graph.insertNode(n++, "top.Slice", operands, {name}, {type}, std::move(a));
    ir::Node& squeeze = graph.node(n);
    squeeze.op = "top.Squeeze";
    squeeze.operands = {graph.node(slice).results[0]};
    squeeze.attributes = {};
    squeeze.attributes.set("axes", ir::Attribute::ints({static_cast<int64_t>(axis)}));
    squeeze.attributes.set("is_scalar", false);
    return true;
}

/// The values of this operand are known not to be negative (so that a border of zeros changes no
/// maximum).
bool notNegative(const ir::Graph& graph, ir::ValueId id) {
    const ir::Node* node = graph.producer(id);
    return node != nullptr &&
           (node->op == "top.Relu" || node->attributes.boolean("do_relu") ||
            node->op == "top.Sigmoid" || node->op == "top.Softmax" || node->op == "top.Abs");
}

bool mergePad(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    ir::Node& node = graph.node(n);
    const ir::NodeId p = madeBy(graph, node, 0, "top.Pad");
    if (p == ir::kNoNode || uses[static_cast<size_t>(node.operands[0])] != 1) return false;
    const ir::Node& pad = graph.node(p);
    if (pad.attributes.string("mode", "constant") != "constant" ||
        pad.attributes.real("val") != 0.0)
        return false;
    const auto border = pad.attributes.integers("paddings");
    auto pads = node.attributes.integers("pads");
    const size_t spatial = pads.size() / 2, rank = spatial + 2;
    if (border.size() != 2 * rank ||
        std::any_of(border.begin(), border.end(), [](int64_t b) { return b < 0; }) ||
        border[0] != 0 || border[1] != 0 || border[rank] != 0 || border[rank + 1] != 0)
        return false;
    if (node.op == "top.MaxPool" && !notNegative(graph, pad.operands[0])) return false;
    if (node.op == "top.AvgPool" && graph.value(pad.operands[0]).type.uniform() != nullptr) return false;
    const bool own = std::any_of(pads.begin(), pads.end(), [](int64_t v) { return v != 0; });
    if (node.op == "top.AvgPool") {
        if (own && !node.attributes.boolean("count_include_pad")) return false;
        node.attributes.set("count_include_pad", true);
    }
    for (size_t d = 0; d < spatial; ++d) {
        pads[d] += border[2 + d];
        pads[d + spatial] += border[rank + 2 + d];
    }
    node.attributes.set("pads", ir::Attribute::ints(pads));
    node.operands[0] = pad.operands[0];
    return true;
}

} // namespace

Result<bool> simplifyMovement(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    auto uses = useCounts(graph);
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        if (n % 256 == 0) WB_TRY(context.checkStop());
        const ir::Node& node = graph.node(n);
        if (uses[static_cast<size_t>(node.results[0])] == 0) continue;
        bool here = false;
        if (isReshape(node))
            here = mergeReshapes(graph, n, uses) || dropReshape(graph, graph.node(n));
        else if (node.op == "top.Permute")
            here = mergePermutes(graph, n, uses);
        else if (node.op == "top.Slice")
            here = mergeSlices(graph, n, uses);
        else if (node.op == "top.Gather")
            here = gatherToSlice(graph, n);
        if (here) uses = useCounts(graph);
        changed = changed || here;
    }
    return changed;
}

Result<bool> mergePads(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    WB_TRY(context.checkStop());
    auto uses = useCounts(graph);
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const std::string& op = graph.node(n).op;
        if (op != "top.Conv" && op != "top.AvgPool" && op != "top.MaxPool") continue;
        if (!mergePad(graph, n, uses)) continue;
        uses = useCounts(graph);
        changed = true;
    }
    return changed;
}

} // namespace wb::passes
