// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/window.h"

#include <algorithm>

namespace wb::codegen {

using ir::Attribute;
using ir::ValueId;

std::optional<Window> windowOf(const ir::Graph& graph, const ir::Node& node) {
    Window w;
    w.transposed = node.op == "tpu.Deconv";
    w.pool = node.op == "tpu.Pool2D";
    if ((node.op != "tpu.Conv2D" && !w.transposed && !w.pool) || node.operands.empty() ||
        node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr)
        return {};
    if (!w.pool && (node.operands.size() < 2 || graph.weight(node.operands[1]) == nullptr)) return {};
    const ir::TensorType& in = graph.value(node.operands[0]).type;
    const ir::Shape& out = graph.value(node.results[0]).type.shape;
    if (in.shape.size() != 4 || out.size() != 4) return {};
    const auto& a = node.attributes;
    w.zero = in.uniform() == nullptr ? 0 : in.uniform()->zeroPoint();
    w.kernelZero = a.integer("kernel_zp", 0);
    const auto list = [&](const char* name, size_t size, int64_t otherwise) {
        auto values = a.integers(name);
        if (values.empty()) values.assign(size, otherwise);
        return values;
    };
    const auto kernel = list("kernel_shape", 0, 0), stride = list("strides", 2, 1), dilation = list("dilations", 2, 1),
               pads = list("pads", 4, 0);
    if (kernel.size() != 2 || stride.size() != 2 || dilation.size() != 2 || pads.size() != 4 || !a.integers("inserts").empty())
        return {};
    w.images = in.shape[0];
    w.inChannels = in.shape[1];
    w.outChannels = out[1];
    w.groups = a.integer("group", 1);
    for (size_t i = 0; i < 2; ++i) {
        w.in[i] = in.shape[2 + i];
        w.out[i] = out[2 + i];
        w.kernel[i] = kernel[i];
        w.stride[i] = stride[i];
        w.dilation[i] = dilation[i];
        w.before[i] = pads[i];
        w.after[i] = pads[2 + i];
        if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1 || pads[i] < 0 || pads[2 + i] < 0) return {};
    }
    if (w.pool) return w;
    const int64_t own = w.groups < 1 ? 0 : w.inChannels / w.groups;
    if (own == 0 || w.outChannels % w.groups != 0 || w.inChannels % w.groups != 0 ||
        graph.weight(node.operands[1])->elementCount() != w.outChannels * own * kernel[0] * kernel[1])
        return {};
    return w;
}

void describe(ir::Node& node, const Window& w) {
    node.attributes.set("kernel_shape", Attribute::ints({w.kernel[0], w.kernel[1]}));
    node.attributes.set("strides", Attribute::ints({w.stride[0], w.stride[1]}));
    node.attributes.set("dilations", Attribute::ints({w.dilation[0], w.dilation[1]}));
    node.attributes.set("pads", Attribute::ints({w.before[0], w.before[1], w.after[0], w.after[1]}));
}

void setFilter(Steps& steps, ir::Tensor filter) {
    const ir::TensorType type = steps.graph().value(steps.node().operands[1]).type;
    const ValueId id = steps.constant(std::move(filter), type);
    steps.node().operands[1] = id;
}

bool plainBias(const ir::Graph& graph, const ir::Node& node) {
    return node.operands.size() < 3 || node.operands[2] == ir::kNoValue || graph.weight(node.operands[2]) != nullptr;
}

void takeBias(Steps& steps, const ChannelList& channels) {
    if (steps.node().operands.size() < 3 || steps.node().operands[2] == ir::kNoValue) return;
    const ValueId bias = steps.node().operands[2];
    const ValueId taken = steps.constant(numbersOf(*steps.graph().weight(bias), channels), steps.graph().value(bias).type);
    steps.node().operands[2] = taken;
}

void addUnseen(Steps& steps, const Window& w, int64_t places, const Sees& sees) {
    const ir::Graph& graph = steps.graph();
    const std::vector<ValueId>& operands = steps.node().operands;
    const bool none = operands.size() < 3 || operands[2] == ir::kNoValue;
    if (w.zero == 0 && (none || places == 1)) return;
    const ir::Tensor* bias = none ? nullptr : graph.weight(operands[2]);
    const ir::Tensor& filter = *graph.weight(operands[1]);
    const ir::TensorType type = none ? ir::TensorType{ir::ElementType::I32, {}, true, {}} : graph.value(operands[2]).type;
    ir::Tensor out(none ? ir::ElementType::I32 : bias->type(), {1, w.outChannels * places, 1, 1});
    const size_t size = ir::sizeInBytes(out.type());
    const bool isSigned = ir::isSignedInteger(filter.type());
    const int64_t taps = w.kernel[0] * w.kernel[1], terms = w.inChannels / w.groups * taps;
    for (int64_t o = 0; o < w.outChannels * places; ++o) {
        if (none) std::memset(out.mutableBytes() + static_cast<size_t>(o) * size, 0, size);
        else std::memcpy(out.mutableBytes() + static_cast<size_t>(o) * size, bias->bytes() + static_cast<size_t>(o / places) * size, size);
        if (w.zero == 0) continue;
        for (int64_t i = 0; i < terms; ++i) {
            if (sees(o, i % taps / w.kernel[1], i % w.kernel[1])) continue;
            const uint8_t byte = filter.data<uint8_t>()[o / places * terms + i];
            const int64_t weight = (isSigned ? int64_t{static_cast<int8_t>(byte)} : int64_t{byte}) - w.kernelZero;
            out.mutableData<int32_t>()[o] += static_cast<int32_t>(w.zero * weight);
        }
    }
    const ValueId id = steps.constant(std::move(out), type);
    steps.node().operands.resize(std::max<size_t>(steps.node().operands.size(), 3), ir::kNoValue);
    steps.node().operands[2] = id;
    steps.node().attributes.set("with_bias", true);
}

} // namespace wb::codegen
