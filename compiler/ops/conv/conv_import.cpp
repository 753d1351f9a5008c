// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of convolutions: ONNX Conv-1…11, ConvTranspose-1…11.
#include "compiler/ops/onnx_window.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {
namespace {

ir::AttributeMap attributesOf(const OnnxWindow& w, int64_t group) {
    return convAttributes({w.kernel, w.strides, w.pads, w.dilations, group});
}

std::vector<int64_t> kernelOf(const ir::Shape& filter) {
    return filter.size() < 3 ? std::vector<int64_t>{} : ir::Shape(filter.begin() + 2, filter.end());
}

Status importConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::Shape filter, shapeOf(node, builder, 1));
    WB_ASSIGN(const OnnxWindow w, readOnnxWindow(node, x, kernelOf(filter)));
    ir::AttributeMap a = attributesOf(w, node.integer("group", 1));
    a.set("weight_is_coeff", builder.constant(node.inputs[1]) != nullptr ? 1 : 0);
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId weights, valueOf(node, builder, 1));
    ir::ValueId bias = ir::kNoValue;
    if (!inputName(node, 2).empty()) {
        WB_ASSIGN(bias, valueOf(node, builder, 2));
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Conv", {in, weights, bias}, std::move(a)));
    return {};
}

/// [C, O/g, …] → [O/g, C, …], the order in which the vendor keeps it.
Result<ir::Tensor> swapChannels(const ir::Tensor& filter) {
    const ir::Shape& s = filter.shape();
    ir::Shape swapped = s;
    std::swap(swapped[0], swapped[1]);
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(filter.type(), swapped));
    if (filter.elementCount() == 0) return result;
    const size_t block = filter.byteSize() / static_cast<size_t>(s[0] * s[1]);
    std::byte* out = result.mutableBytes();
    for (int64_t i = 0; i < s[0]; ++i)
        for (int64_t o = 0; o < s[1]; ++o)
            std::memcpy(out + static_cast<size_t>(o * s[0] + i) * block,
                        filter.bytes() + static_cast<size_t>(i * s[1] + o) * block, block);
    return result;
}

Status importConvTranspose(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const ir::Tensor* filter = builder.constant(node.inputs[1]);
    WB_ASSIGN(const ir::Shape taps, shapeOf(node, builder, 1));
    if (taps.size() < 3 || taps.size() != x.size())
        return nodeError(node, Code::ShapeMismatch, "filter " + ir::toText(taps) + " for " + ir::toText(x));
    SourceNode plain = node; // auto_pad means something else here: handled below
    plain.attributes.erase("auto_pad");
    plain.attributes.erase("pads");
    WB_ASSIGN(OnnxWindow w, readOnnxWindow(plain, x, kernelOf(taps)));
    const size_t spatial = x.size() - 2;
    std::vector<int64_t> extra =
        node.integers("output_padding").value_or(std::vector<int64_t>(spatial, 0));
    const auto wanted = node.integers("output_shape");
    if (extra.size() != spatial || (wanted && wanted->size() != spatial))
        return attributeError(node, "output_padding or output_shape of a wrong length");
    if (std::any_of(extra.begin(), extra.end(), [](int64_t v) { return v < 0 || v > kMaxWindow; }))
        return attributeError(node, "output_padding " + ir::toText(extra));
    const std::string automatic = node.string("auto_pad", "NOTSET");
    if (wanted || automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
        for (size_t i = 0; i < spatial; ++i) {
            const int64_t full =
                w.strides[i] * (x[2 + i] - 1) + extra[i] + w.dilations[i] * (w.kernel[i] - 1) + 1;
            const int64_t out = wanted ? (*wanted)[i] : x[2 + i] * w.strides[i];
            if (out < 0 || out - full > kMaxWindow)
                return attributeError(node, "output_shape of " + std::to_string(out));
            extra[i] += std::max<int64_t>(out - full, 0); // beyond what the filter reaches: zeros
            const int64_t total = std::max<int64_t>(full - out, 0);
            w.pads[i] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
            w.pads[i + spatial] = total - w.pads[i];
        }
    } else if (automatic != "VALID") {
        w.pads = node.integers("pads").value_or(std::vector<int64_t>(2 * spatial, 0));
    }
    ir::AttributeMap a = attributesOf(w, node.integer("group", 1));
    a.set("output_padding", ir::Attribute::ints(extra));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::ValueId weights = ir::kNoValue;
    if (filter != nullptr) {
        WB_ASSIGN(const ir::Tensor real, toFloat32(*filter));
        WB_ASSIGN(ir::Tensor swapped, swapChannels(real));
        weights = builder.addConstant(node.inputs[1], std::move(swapped));
    } else {
        WB_ASSIGN(weights, valueOf(node, builder, 1));
        ir::AttributeMap turn;
        std::vector<int64_t> order{1, 0, 2, 3, 4};
        order.resize(taps.size());
        turn.set("order", ir::Attribute::ints(order));
        WB_ASSIGN(weights, builder.emitNamed("top.Permute", {weights}, node.inputs[1] + "_turned_" + node.outputs.front(),
                                             std::move(turn)));
    }
    ir::ValueId bias = ir::kNoValue;
    if (!inputName(node, 2).empty()) {
        WB_ASSIGN(bias, valueOf(node, builder, 2));
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Deconv", {in, weights, bias}, std::move(a)));
    return {};
}

} // namespace

void import_conv(ImportTable& table);
void import_conv(ImportTable& table) {
    table.add(Framework::Onnx, "Conv", importConv);
    table.add(Framework::Onnx, "ConvTranspose", importConvTranspose);
}

} // namespace wb::ops
