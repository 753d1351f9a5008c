// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution and transposed convolution of any spatial rank from 1 to 3.
// Conv:   x [N,C,…], filter [O,C/g,…], bias [O] or absent → [N,O,…]
// Deconv: x [N,C,…], filter of the shape [O/g,C,…] whose numbers lie [O,C/g,…], bias [O] → [N,O,…]. That is how the
// vendor's files have it: several groups of several channels make shape and order two things.
// Sources: ONNX Conv-11, ConvTranspose-11; the vendor's top dialect.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

struct Window {
    std::vector<int64_t> kernel, strides, pads, dilations;
    int64_t group = 1;
};

Result<Window> readWindow(const ir::Graph& graph, const ir::Node& node, size_t spatial) {
    Window w;
    WB_ASSIGN(w.kernel, boundedInts(graph, node, "kernel_shape", spatial, 1, kMaxWindow));
    WB_ASSIGN(w.strides, boundedInts(graph, node, "strides", spatial, 1, kMaxWindow));
    WB_ASSIGN(w.pads, boundedInts(graph, node, "pads", 2 * spatial, 0, kMaxWindow));
    w.dilations.assign(spatial, 1);
    if (node.attributes.has("dilations")) {
        WB_ASSIGN(w.dilations, boundedInts(graph, node, "dilations", spatial, 1, kMaxWindow));
    }
    w.group = node.attributes.integer("group", 1);
    if (w.group < 1) return shapeError(graph, node, "group is " + std::to_string(w.group));
    return w;
}

Status checkFilter(const ir::Graph& graph, const ir::Node& node, const ir::Shape& filter,
                   const Window& w) {
    for (size_t i = 0; i < w.kernel.size(); ++i)
        if (filter[2 + i] != w.kernel[i])
            return shapeError(graph, node, "filter " + ir::toText(filter) + " against kernel_shape " +
                                               ir::toText(w.kernel));
    return {};
}

Status checkBias(const ir::Graph& graph, const ir::Node& node, int64_t channels) {
    if (!hasOperand(node, 2)) return {};
    WB_ASSIGN(const ir::TensorType bias, operandType(graph, node, 2));
    if (bias.elementCount() != channels)
        return shapeError(graph, node, "bias " + ir::toText(bias.shape) + " for " +
                                           std::to_string(channels) + " channels");
    return {};
}

Types inferConv(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    if (rank < 3 || rank > 5)
        return shapeError(graph, node, "input " + ir::toText(x.shape) + " has no 1 to 3 spatial axes");
    WB_ASSIGN(const ir::TensorType filter, operandType(graph, node, 1, rank));
    WB_ASSIGN(const Window w, readWindow(graph, node, rank - 2));
    WB_TRY(checkFilter(graph, node, filter.shape, w));
    if (filter.shape[1] < 1 || filter.shape[1] > INT64_MAX / w.group ||
        filter.shape[1] * w.group != x.shape[1] || filter.shape[0] % w.group != 0)
        return shapeError(graph, node, "input " + ir::toText(x.shape) + ", filter " +
                                           ir::toText(filter.shape) + ", group " +
                                           std::to_string(w.group));
    WB_TRY(checkBias(graph, node, filter.shape[0]));
    ir::Shape out{x.shape[0], filter.shape[0]};
    for (size_t i = 0; i + 2 < rank; ++i) {
        const auto count = windowCount(x.shape[2 + i], w.pads[i], w.pads[i + rank - 2], w.kernel[i],
                                       w.strides[i], w.dilations[i], false);
        if (!count)
            return shapeError(graph, node, "kernel " + ir::toText(w.kernel) + " does not fit into " +
                                               ir::toText(x.shape));
        out.push_back(*count);
    }
    return floatResult(graph, node, std::move(out));
}

Types inferDeconv(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    if (rank < 3 || rank > 5)
        return shapeError(graph, node, "input " + ir::toText(x.shape) + " has no 1 to 3 spatial axes");
    WB_ASSIGN(const ir::TensorType filter, operandType(graph, node, 1, rank));
    WB_ASSIGN(const Window w, readWindow(graph, node, rank - 2));
    WB_TRY(checkFilter(graph, node, filter.shape, w));
    if (filter.shape[1] != x.shape[1] || filter.shape[1] % w.group != 0 ||
        filter.shape[0] > (int64_t{1} << 40) / w.group)
        return shapeError(graph, node, "input " + ir::toText(x.shape) + ", filter " +
                                           ir::toText(filter.shape) + ", group " +
                                           std::to_string(w.group));
    std::vector<int64_t> extra(rank - 2, 0);
    if (!node.attributes.integers("output_padding").empty()) {
        WB_ASSIGN(extra, boundedInts(graph, node, "output_padding", rank - 2, 0, kMaxWindow));
    }
    const int64_t channels = filter.shape[0] * w.group;
    WB_TRY(checkBias(graph, node, channels));
    ir::Shape out{x.shape[0], channels};
    for (size_t i = 0; i + 2 < rank; ++i) {
        if (x.shape[2 + i] > (int64_t{1} << 40))
            return shapeError(graph, node, "input " + ir::toText(x.shape) + " is too large");
        const int64_t size = (x.shape[2 + i] - 1) * w.strides[i] + w.dilations[i] * (w.kernel[i] - 1) +
                             1 + extra[i] - w.pads[i] - w.pads[i + rank - 2];
        if (size < 1)
            return shapeError(graph, node, "the result would have size " + std::to_string(size));
        out.push_back(size);
    }
    return floatResult(graph, node, std::move(out));
}

int64_t filterWork(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& filter = graph.value(node.operands[1]).type.shape;
    int64_t work = filter[1];
    for (size_t i = 2; i < filter.size(); ++i)
        work *= filter[i];
    return work;
}

int64_t macsConv(const ir::Graph& graph, const ir::Node& node) {
    return resultElements(graph, node) * filterWork(graph, node);
}

int64_t flopsConv(const ir::Graph& graph, const ir::Node& node) {
    const int64_t extra = (hasOperand(node, 2) ? 1 : 0) + reluFlops(node);
    return resultElements(graph, node) * (2 * filterWork(graph, node) + extra);
}

/// Each input element meets every filter tap of the output channels of its group.
int64_t deconvWork(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& filter = graph.value(node.operands[1]).type.shape;
    int64_t work = filter[0];
    for (size_t i = 2; i < filter.size(); ++i)
        work *= filter[i];
    return work;
}

int64_t macsDeconv(const ir::Graph& graph, const ir::Node& node) {
    return graph.value(node.operands[0]).type.elementCount() * deconvWork(graph, node);
}

int64_t flopsDeconv(const ir::Graph& graph, const ir::Node& node) {
    const int64_t extra = (hasOperand(node, 2) ? 1 : 0) + reluFlops(node);
    return graph.value(node.operands[0]).type.elementCount() * (2 * deconvWork(graph, node) + extra);
}

} // namespace

void define_conv(OpTable& table);
void define_conv(OpTable& table) {
    table.add({.name = "top.Conv",
               .summary = "convolution with optional bias and ReLU",
               .traits = {.fusesRelu = true},
               .infer = inferConv,
               .macs = macsConv,
               .flops = flopsConv,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.Deconv",
               .summary = "transposed convolution with optional bias and ReLU",
               .traits = {.fusesRelu = true},
               .infer = inferDeconv,
               .macs = macsDeconv,
               .flops = flopsDeconv,
               .minOperands = 3,
               .maxOperands = 3});
}

} // namespace wb::ops
