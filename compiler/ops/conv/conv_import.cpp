// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of convolutions: ONNX Conv-1…11, ConvTranspose-1…11.
#include "compiler/ops/conv/deconv_filter.h"
#include "compiler/ops/onnx_window.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

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

/// A filter that is computed, brought to the graph's order (deconv_filter.h): one group is a change of axes, several are
/// groups of such.
Result<ir::ValueId> turnedFilter(const SourceNode& node, ImportBuilder& builder, const ir::Shape& s, int64_t group) {
    WB_ASSIGN(ir::ValueId filter, valueOf(node, builder, 1));
    const auto shaped = [](const ir::Shape& shape) {
        ir::AttributeMap a;
        a.set("shape", ir::Attribute::ints(shape));
        return a;
    };
    const std::string name = node.inputs[1] + "_turned_" + node.outputs.front();
    std::vector<int64_t> order{1, 0};
    if (group > 1) {
        ir::Shape grouped{group, s[0] / group};
        grouped.insert(grouped.end(), s.begin() + 1, s.end());
        WB_ASSIGN(filter, builder.emitNamed("top.Reshape", {filter}, name + "_groups", shaped(grouped)));
        order = {0, 2, 1};
    }
    for (size_t i = 2; i < s.size(); ++i)
        order.push_back(static_cast<int64_t>(order.size()));
    ir::AttributeMap turn;
    turn.set("order", ir::Attribute::ints(order));
    if (group == 1) return builder.emitNamed("top.Permute", {filter}, name, std::move(turn));
    WB_ASSIGN(filter, builder.emitNamed("top.Permute", {filter}, name + "_order", std::move(turn)));
    ir::Shape together = s;
    std::swap(together[0], together[1]);
    return builder.emitNamed("top.Reshape", {filter}, name, shaped(together));
}

Status importConvTranspose(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const ir::Tensor* filter = builder.constant(node.inputs[1]);
    WB_ASSIGN(const ir::Shape taps, shapeOf(node, builder, 1));
    if (taps.size() < 3 || taps.size() != x.size())
        return nodeError(node, Code::ShapeMismatch, "filter " + ir::toText(taps) + " for " + ir::toText(x));
    const int64_t group = node.integer("group", 1);
    if (group < 1 || taps[0] % group != 0)
        return nodeError(node, Code::ShapeMismatch, "filter " + ir::toText(taps) + " in " + std::to_string(group) + " groups");
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
    ir::AttributeMap a = attributesOf(w, group);
    a.set("output_padding", ir::Attribute::ints(extra));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::ValueId weights = ir::kNoValue;
    if (filter != nullptr) {
        WB_ASSIGN(const ir::Tensor real, toFloat32(*filter));
        WB_ASSIGN(ir::Tensor turned, deconvFilter(real, group));
        weights = builder.addConstant(node.inputs[1], std::move(turned));
    } else {
        WB_ASSIGN(weights, turnedFilter(node, builder, taps, group));
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
