// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/fold_rows.h"

#include "compiler/target/bm1684x/machine.h"

#include <cstring>

namespace wb::codegen {
namespace {

using ir::ElementType;

/// Input channels that the array takes at once; 0 where folding gains nothing.
int64_t arrayChannels(ElementType element) {
    switch (element) {
    case ElementType::I8: case ElementType::Ui8: return 64;
    case ElementType::F16: case ElementType::BF16: return 32;
    default: return 0; // float32 takes one channel at a time
    }
}

/// Whether a value lies in DDR anyway: a network input, or the cast of one.
bool fromOutside(const ir::Graph& graph, ir::ValueId id) {
    const ir::Node& node = *graph.producer(id);
    return node.op == "top.Input" || (node.op == "tpu.Cast" && graph.producer(node.operands[0])->op == "top.Input");
}

struct Found {
    RowFold fold;
    int64_t kernelW = 1, strideW = 1, dilationW = 1, left = 0, right = 0;
};

std::optional<Found> foldable(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Conv2D" || node.operands.size() < 2 || node.attributes.integer("group", 1) != 1) return {};
    const ir::Tensor* filter = graph.weight(node.operands[1]);
    if (filter == nullptr || filter->shape().size() != 4 || graph.weight(node.operands[0]) != nullptr ||
        !fromOutside(graph, node.operands[0]))
        return {};
    const ir::TensorType& in = graph.value(node.operands[0]).type;
    if (in.shape.size() != 4 || graph.value(node.results[0]).type.shape.size() != 4 || in.shape[3] == 1) return {};
    const auto pair = [&](const char* name, int64_t otherwise) {
        auto list = node.attributes.integers(name);
        if (list.size() != 2) list.assign(2, otherwise);
        return list;
    };
    const auto kernel = pair("kernel_shape", 0), strides = pair("strides", 1), dilations = pair("dilations", 1);
    const auto pads = node.attributes.integers("pads");
    if (pads.size() != 4 || kernel[0] < 2 || kernel[0] != filter->shape()[2] || kernel[1] != filter->shape()[3] ||
        in.shape[1] != filter->shape()[1] || in.shape[1] * kernel[0] > arrayChannels(in.element) ||
        !node.attributes.integers("inserts").empty())
        return {};
    Found found;
    found.fold = {in.shape[1], in.shape[2], kernel[0], strides[0], pads[0], dilations[0], 0};
    found.kernelW = kernel[1];
    found.strideW = strides[1];
    found.dilationW = dilations[1];
    found.left = pads[1];
    found.right = pads[3];
    return found;
}

/// [oc, c, kh, kw] → [oc, c·kh, 1, kw]: the same bytes.
ir::Tensor foldedFilter(const ir::Tensor& filter) {
    const ir::Shape& s = filter.shape();
    ir::Tensor out(filter.type(), {s[0], s[1] * s[2], 1, s[3]});
    std::memcpy(out.mutableBytes(), filter.bytes(), filter.byteSize());
    return out;
}

} // namespace

RowFold rowFoldOf(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& in = graph.value(node.operands[0]).type.shape;
    const auto& a = node.attributes;
    const auto* quant = graph.value(node.results[0]).type.uniform();
    return {in[1], in[2], a.integer("kernel", 1), a.integer("stride", 1), a.integer("pad"), a.integer("dilation", 1),
            static_cast<uint8_t>(quant == nullptr ? 0 : quant->zeroPoint())};
}

ir::Graph foldRows(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto found = foldable(graph, graph.node(static_cast<ir::NodeId>(i)));
        if (!found) continue;
        const auto position = static_cast<ir::NodeId>(i);
        const ir::Node conv = graph.node(position);
        const std::string name = graph.value(conv.results[0]).name;
        ir::TensorType type = graph.value(conv.operands[0]).type;
        type.shape = {type.shape[0], type.shape[1] * found->fold.kernel,
                      graph.value(conv.results[0]).type.shape[2], type.shape[3]};
        ir::AttributeMap a;
        a.set("kernel", found->fold.kernel);
        a.set("stride", found->fold.stride);
        a.set("pad", found->fold.pad);
        a.set("dilation", found->fold.dilation);
        auto weightType = graph.value(conv.operands[1]).type;
        const ir::Tensor filter = foldedFilter(*graph.weight(conv.operands[1]));
        weightType.shape = filter.shape();
        graph.insertNode(position, kFoldRows, {conv.operands[0]}, {name + "_rows"}, {type}, std::move(a));
        const ir::ValueId weight = graph.addWeight(name + "_rows_weight", filter, weightType);
        ir::Node& changed = graph.node(position + 1);
        changed.operands[0] = graph.node(position).results[0];
        changed.operands[1] = weight;
        changed.attributes.set("kernel_shape", ir::Attribute::ints({1, found->kernelW}));
        changed.attributes.set("strides", ir::Attribute::ints({1, found->strideW}));
        changed.attributes.set("dilations", ir::Attribute::ints({1, found->dilationW}));
        changed.attributes.set("pads", ir::Attribute::ints({0, found->left, 0, found->right}));
        ++i; // the convolution, now one further
    }
    return graph;
}

} // namespace wb::codegen
