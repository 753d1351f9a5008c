// SPDX-License-Identifier: GPL-3.0-or-later
// Forms that leave sizes implicit become explicit: global pooling, ceil mode, Flatten, Interp to a
// size, Expand, reductions over the whole picture, slopes without batch axis.
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <cmath>

namespace wb::passes {
namespace {

const ir::Shape& operandShape(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.operands[0]).type.shape;
}
const ir::Shape& resultShape(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.results[0]).type.shape;
}

/// Zeros around the picture as an operator of their own, so that a mean counts them.
void padBefore(ir::Graph& graph, ir::NodeId& n, const std::vector<int64_t>& pads) {
    const size_t spatial = pads.size() / 2, rank = spatial + 2;
    ir::TensorType type = graph.value(graph.node(n).operands[0]).type;
    std::vector<int64_t> paddings(2 * rank);
    for (size_t i = 0; i < spatial; ++i) {
        paddings[2 + i] = pads[i];
        paddings[rank + 2 + i] = pads[spatial + i];
        type.shape[2 + i] += pads[i] + pads[spatial + i];
    }
    ir::AttributeMap a;
    a.set("mode", "constant");
    a.set("paddings", ir::Attribute::ints(paddings));
    a.set("val", 0.0);
    const std::string name = graph.value(graph.node(n).results[0]).name + "_pad";
    const ir::NodeId pad = graph.insertNode(n++, "top.Pad", {graph.node(n).operands[0]}, {name}, {type}, std::move(a));
    graph.node(n).operands[0] = graph.node(pad).results[0];
}

bool explicitPool(ir::Graph& graph, ir::NodeId& n) {
    ir::Node& node = graph.node(n);
    const ir::Shape in = operandShape(graph, node);
    const size_t spatial = in.size() - 2;
    ir::AttributeMap& a = node.attributes;
    if (a.integers("kernel_shape").empty()) {
        a.set("kernel_shape", ir::Attribute::ints({in.begin() + 2, in.end()}));
        a.set("strides", ir::Attribute::ints(std::vector<int64_t>(spatial, 1)));
        a.set("pads", ir::Attribute::ints(std::vector<int64_t>(2 * spatial, 0)));
        return true;
    }
    if (!a.has("ceil_mode")) return false;
    if (a.boolean("ceil_mode")) {
        const auto kernel = a.integers("kernel_shape"), strides = a.integers("strides");
        const auto given = a.integers("pads");
        auto pads = given;
        for (size_t i = 0; i < spatial; ++i) {
            const int64_t out = resultShape(graph, node)[2 + i];
            const int64_t needed = (out - 1) * strides[i] + kernel[i] - in[2 + i] - pads[i];
            pads[spatial + i] = std::max(pads[spatial + i], needed);
        }
        a.erase("ceil_mode");
        a.set("pads", ir::Attribute::ints(pads));
        // The rows that ceil mode adds never count, pads may: then the two are apart.
        if (pads == given || !a.boolean("count_include_pad")) return true;
        a.set("count_include_pad", false);
        if (node.op != "top.AvgPool" || std::all_of(given.begin(), given.end(), [](int64_t p) { return p == 0; })) return true;
        std::transform(pads.begin(), pads.end(), given.begin(), pads.begin(), std::minus<>());
        padBefore(graph, n, given);
        graph.node(n).attributes.set("pads", ir::Attribute::ints(pads));
        return true;
    }
    a.erase("ceil_mode");
    return true;
}

bool explicitInterp(ir::Graph& graph, ir::Node& node) {
    if (node.operands.size() < 2) return false;
    const ir::Shape in = operandShape(graph, node), out = resultShape(graph, node);
    if (node.operands[1] != ir::kNoValue) {
        const auto ratio = [&](size_t d) {
            // The size is floor(in · scale): the quotient of 30 and 11 must not lead to 29.
            const auto size = static_cast<double>(in[d]);
            const double scale = static_cast<double>(out[d]) / size;
            return std::floor(size * scale) < static_cast<double>(out[d]) ? std::nextafter(scale, HUGE_VAL) : scale;
        };
        if (in.size() == 4) node.attributes.set("scale_h", ratio(2));
        node.attributes.set("scale_w", ratio(in.size() - 1));
        node.operands[1] = ir::kNoValue;
        return true;
    }
    return false;
}

/// Nearest by one whole factor in both directions repeats elements. (By different ones the vendor
/// leaves it alone, and what it makes of that later depends on it.)
bool interpToUpsample(const ir::Graph& graph, ir::Node& node) {
    const double h = node.attributes.real("scale_h"), w = node.attributes.real("scale_w");
    const auto whole = [](double s) {
        return s >= 1 && s <= 1024 && s == static_cast<double>(static_cast<int64_t>(s));
    };
    if (node.attributes.string("mode") != "nearest" || !whole(h) || h != w ||
        operandShape(graph, node).size() != 4)
        return false;
    node.op = "top.Upsample";
    node.operands.resize(1);
    ir::AttributeMap a;
    a.set("do_relu", false);
    a.set("relu_limit", -1.0);
    a.set("scale_h", static_cast<int64_t>(h));
    a.set("scale_w", static_cast<int64_t>(w));
    node.attributes = std::move(a);
    return true;
}

/// Mean and maximum over exactly the picture axes are pooling.
bool reduceToPool(const ir::Graph& graph, ir::Node& node) {
    const std::string mode = node.attributes.string("mode");
    const ir::Shape in = operandShape(graph, node);
    if ((mode != "ReduceMean" && mode != "ReduceMax") || in.size() != 4 ||
        node.attributes.integers("axes") != std::vector<int64_t>{2, 3})
        return false;
    ir::AttributeMap a;
    a.set("count_include_pad", true);
    a.set("do_relu", false);
    a.set("first_round_mode", "HalfAwayFromZero");
    a.set("is_adaptive", false);
    a.set("keepdims", node.attributes.boolean("keepdims", true));
    a.set("kernel_shape", ir::Attribute::ints({in[2], in[3]}));
    a.set("pad_value", 0);
    a.set("pads", ir::Attribute::ints({0, 0, 0, 0}));
    a.set("relu_limit", -1.0);
    a.set("round_mode", "HalfAwayFromZero");
    a.set("strides", ir::Attribute::ints({1, 1}));
    node.op = mode == "ReduceMean" ? "top.AvgPool" : "top.MaxPool";
    node.attributes = std::move(a);
    return true;
}

bool expandToTile(const ir::Graph& graph, ir::Node& node) {
    const ir::Shape in = operandShape(graph, node), out = resultShape(graph, node);
    if (in.size() != out.size()) return false;
    std::vector<int64_t> tile;
    for (size_t d = 0; d < in.size(); ++d)
        tile.push_back(in[d] == out[d] ? 1 : out[d]);
    node.op = "top.Tile";
    node.attributes = {};
    node.attributes.set("tile", ir::Attribute::ints(tile));
    return true;
}

bool flattenToReshape(const ir::Graph& graph, ir::Node& node) {
    const int64_t start = node.attributes.integer("start_dim", 1);
    node.op = "top.Reshape";
    node.attributes = {};
    node.attributes.set("flatten_start_dim", start);
    node.attributes.set("shape", ir::Attribute::ints(resultShape(graph, node)));
    return true;
}

/// Per-channel parameters as [1,C,1,…]: [C,1,1] gets the axis in front, [C] all of them.
bool parametersToRank(ir::Graph& graph, ir::NodeId& n, size_t firstParameter) {
    bool changed = false;
    for (size_t i = firstParameter; i < graph.node(n).operands.size(); ++i) {
        const ir::ValueId id = graph.node(n).operands[i];
        const ir::Tensor* data = floatWeight(graph, id);
        const ir::Shape in = operandShape(graph, graph.node(n));
        if (data == nullptr || data->elementCount() != in[1] || data->shape().size() == in.size())
            continue;
        ir::Shape shape(in.size(), 1);
        shape[1] = in[1];
        const std::string name = graph.value(id).name;
        const ir::ValueId shaped = insertWeight(graph, n++, name, data->reshaped(shape));
        graph.node(n).operands[i] = shaped;
        changed = true;
    }
    return changed;
}

} // namespace

Result<bool> makeShapesExplicit(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        if (n % 256 == 0) WB_TRY(context.checkStop());
        ir::Node& node = graph.node(n);
        bool here = false;
        if (node.op == "top.MaxPool" || node.op == "top.AvgPool")
            here = explicitPool(graph, n);
        else if (node.op == "top.Interp")
            here = explicitInterp(graph, node) || interpToUpsample(graph, node);
        else if (node.op == "top.Reduce")
            here = reduceToPool(graph, node);
        else if (node.op == "top.Expand")
            here = expandToTile(graph, node);
        else if (node.op == "top.Flatten")
            here = flattenToReshape(graph, node);
        else if (node.op == "top.PRelu" || node.op == "top.InstanceNorm")
            here = parametersToRank(graph, n, 1);
        changed = changed || here;
    }
    return changed;
}

} // namespace wb::passes
