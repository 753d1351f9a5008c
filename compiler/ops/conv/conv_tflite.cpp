// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's convolutions. Filters lie O, h, w, I; of the depthwise form 1, h, w, O; of the transposed one
// O, h, w, I as well. Biases of integer networks are 32-bit codes of scale(input) · scale(filter).
#include "compiler/ops/tflite_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status importTfliteConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    const bool depthwise = node.kind == "DEPTHWISE_CONV_2D";
    if (x.size() != 4 || filter.size() != 4) return attributeError(node, "input " + ir::toText(x) + ", filter " + ir::toText(filter));
    if (x[3] < 1 || filter[3] < 1 || (depthwise && filter[0] != 1))
        return nodeError(node, Code::ModelDamaged, "a filter of " + ir::toText(filter));
    WB_ASSIGN(TfliteWindow w, tfliteWindow(node, x, {filter[1], filter[2]}));
    WB_ASSIGN(const ir::ValueId in, n.operand(0, Order::Picture));
    const int64_t group = depthwise ? x[3] : x[3] / filter[3];
    ir::AttributeMap a = convAttributes({w.kernel, w.strides, w.pads, w.dilations, group});
    a.set("weight_is_coeff", 1);
    WB_ASSIGN(const ir::ValueId weights, n.weight(1, depthwise ? std::vector<int64_t>{3, 0, 1, 2} : std::vector<int64_t>{0, 3, 1, 2}));
    ir::ValueId bias = ir::kNoValue;
    if (n.has(2)) {
        WB_ASSIGN(bias, n.weight(2, {}));
    }
    return n.emit("top.Conv", {in, weights, bias}, std::move(a), Order::Picture, true);
}

/// CONV_3D: [N,D,H,W,C] with filters d, h, w, I, O. The graph has channels first, so axes go there and back.
Status importVolumeConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    const auto strides = node.integers("strides"), dilations = node.integers("dilations");
    if (x.size() != 5 || filter.size() != 5 || filter[3] < 1 || x[4] % filter[3] != 0 || !strides || !dilations || n.isQuantised())
        return attributeError(node, "input " + ir::toText(x) + ", filter " + ir::toText(filter));
    const bool same = node.string("border", "VALID") == "SAME";
    std::vector<int64_t> before(3, 0), after(3, 0);
    for (size_t i = 0; i < 3; ++i) {
        const int64_t stride = (*strides)[i], dilation = (*dilations)[i], size = x[i + 1], kernel = filter[i];
        constexpr int64_t kMost = 1 << 20;
        if (stride < 1 || dilation < 1 || kernel < 1 || size < 1 || stride > kMost || dilation > kMost || kernel > kMost || size > kMost)
            return attributeError(node, "stride " + std::to_string(stride) + ", dilation " + std::to_string(dilation));
        if (!same) continue;
        const int64_t total = std::max<int64_t>(0, ((size + stride - 1) / stride - 1) * stride + dilation * (kernel - 1) + 1 - size);
        before[i] = total / 2;
        after[i] = total - before[i];
    }
    before.insert(before.end(), after.begin(), after.end());
    WB_ASSIGN(ir::ValueId in, n.operand(0, Order::File));
    WB_ASSIGN(in, n.permuted(in, {0, 4, 1, 2, 3}, node.outputs.front() + "_channels_first"));
    ir::AttributeMap a = convAttributes({{filter[0], filter[1], filter[2]}, *strides, before, *dilations, x[4] / filter[3]});
    a.set("weight_is_coeff", 1);
    WB_ASSIGN(const ir::ValueId weights, n.weight(1, {4, 3, 0, 1, 2}));
    ir::ValueId bias = ir::kNoValue;
    if (n.has(2)) {
        WB_ASSIGN(bias, n.weight(2, {}));
    }
    WB_ASSIGN(const ir::ValueId y, n.step("top.Conv", {in, weights, bias}, std::move(a), "conv"));
    ir::AttributeMap back;
    back.set("order", ir::Attribute::ints({0, 2, 3, 4, 1}));
    return n.emit("top.Permute", {y}, std::move(back), Order::File);
}

/// CONV_3D_TRANSPOSE: the result's shape, filter d, h, w, O, I, [N,D,H,W,I], bias.
Status importVolumeTransposeConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    const auto wanted = constantInts(node, builder, 0);
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    WB_ASSIGN(const ir::Shape x, n.shape(2));
    const auto strides = node.integers("strides"), dilations = node.integers("dilations");
    if (!wanted) return attributeError(node, "the result's shape is known only at run time");
    if (x.size() != 5 || filter.size() != 5 || wanted->size() != 5 || filter[4] != x[4] || filter[3] != (*wanted)[4] || !strides || !dilations || n.isQuantised())
        return attributeError(node, "input " + ir::toText(x) + ", filter " + ir::toText(filter) + ", result " + ir::toText(*wanted));
    const bool same = node.string("border", "VALID") == "SAME";
    std::vector<int64_t> before(3, 0), after(3, 0), extra(3, 0);
    for (size_t i = 0; i < 3; ++i) {
        const int64_t stride = (*strides)[i], dilation = (*dilations)[i], size = x[i + 1], out = (*wanted)[i + 1];
        constexpr int64_t kMost = 1 << 20;
        for (const int64_t v : {stride, dilation, size, out, filter[i]})
            if (v < 1 || v > kMost) return attributeError(node, "a stride, dilation or size of " + std::to_string(v));
        const int64_t reach = dilation * (filter[i] - 1) + 1;
        // Borders as of the convolution that goes the other way.
        const int64_t total = same ? std::max<int64_t>(0, ((out + stride - 1) / stride - 1) * stride + reach - out) : 0;
        before[i] = total / 2;
        after[i] = total - before[i];
        extra[i] = out - ((size - 1) * stride + reach - total);
        if (extra[i] < 0) { // less is wanted: more is cut behind
            after[i] -= extra[i];
            extra[i] = 0;
        }
    }
    before.insert(before.end(), after.begin(), after.end());
    WB_ASSIGN(ir::ValueId in, n.operand(2, Order::File));
    WB_ASSIGN(in, n.permuted(in, {0, 4, 1, 2, 3}, node.outputs.front() + "_channels_first"));
    ir::AttributeMap a = convAttributes({{filter[0], filter[1], filter[2]}, *strides, before, *dilations, 1});
    a.set("output_padding", ir::Attribute::ints(extra));
    WB_ASSIGN(const ir::ValueId weights, n.weight(1, {3, 4, 0, 1, 2}));
    ir::ValueId bias = ir::kNoValue;
    if (n.has(3)) {
        WB_ASSIGN(bias, n.weight(3, {}));
    }
    WB_ASSIGN(const ir::ValueId y, n.step("top.Deconv", {in, weights, bias}, std::move(a), "deconv"));
    ir::AttributeMap back;
    back.set("order", ir::Attribute::ints({0, 2, 3, 4, 1}));
    return n.emit("top.Permute", {y}, std::move(back), Order::File);
}

struct TransposedOperands {
    size_t filter, picture, bias;
};

/// Both forms of the transposed convolution, with a result of the shape `wanted` (NHWC).
Status emitTransposeConv(const SourceNode& node, ImportBuilder& builder, const ir::Shape& wanted, TransposedOperands at) {
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape filter, n.shape(at.filter));
    WB_ASSIGN(const ir::Shape x, n.shape(at.picture));
    for (const int64_t d : wanted)
        if (d < 1 || d > INT32_MAX) return attributeError(node, "a result of shape " + ir::toText(wanted));
    // Borders as of the convolution that goes the other way, from the result to the picture.
    WB_ASSIGN(TfliteWindow w, tfliteWindow(node, wanted, {filter[1], filter[2]}));
    std::vector<int64_t> extra(2, 0);
    for (size_t i = 0; i < 2; ++i) {
        const int64_t full = (x[i + 1] - 1) * w.strides[i] + w.kernel[i] - w.pads[i] - w.pads[i + 2];
        extra[i] = wanted[i + 1] - full;
        if (extra[i] < 0) { // less is wanted: more is cut behind
            w.pads[i + 2] -= extra[i];
            extra[i] = 0;
        }
    }
    ir::AttributeMap a = convAttributes({w.kernel, w.strides, w.pads, w.dilations, 1});
    a.set("output_padding", ir::Attribute::ints(extra));
    WB_ASSIGN(const ir::ValueId in, n.operand(at.picture, Order::Picture));
    WB_ASSIGN(const ir::ValueId weights, n.weight(at.filter, {0, 3, 1, 2}));
    ir::ValueId bias = ir::kNoValue;
    if (n.has(at.bias)) {
        WB_ASSIGN(bias, n.weight(at.bias, {}));
    }
    return n.emit("top.Deconv", {in, weights, bias}, std::move(a), Order::Picture, true);
}

Status picturesOnly(const SourceNode& node, const ir::Shape& x, const ir::Shape& filter) {
    if (x.size() == 4 && filter.size() == 4) return {};
    return attributeError(node, "input " + ir::toText(x) + ", filter " + ir::toText(filter));
}

/// Operand 0 is the result's shape, 1 the filter, 2 the picture, 3 the bias.
Status importTransposeConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    const auto wanted = constantInts(node, builder, 0);
    if (!wanted || wanted->size() != 4) return attributeError(node, "the result's shape is known only at run time");
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    WB_ASSIGN(const ir::Shape x, n.shape(2));
    WB_TRY(picturesOnly(node, x, filter));
    return emitTransposeConv(node, builder, *wanted, {1, 2, 3});
}

/// MediaPipe's operator: picture, filter, bias; the result is as large as its border makes it.
Status importTransposeConvBias(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    WB_TRY(picturesOnly(node, x, filter));
    const int64_t strides[] = {node.integer("stride_h", 0), node.integer("stride_w", 0)};
    ir::Shape wanted{x[0], 0, 0, filter[0]};
    for (size_t i = 0; i < 2; ++i) {
        if (strides[i] < 1 || strides[i] > filter[i + 1] || x[i + 1] > INT32_MAX / strides[i])
            return attributeError(node, "a stride of " + std::to_string(strides[i]));
        wanted[i + 1] = x[i + 1] * strides[i] + (node.string("border", "VALID") == "SAME" ? 0 : filter[i + 1] - strides[i]);
    }
    return emitTransposeConv(node, builder, wanted, {1, 0, 2});
}

} // namespace

void tflite_conv(ImportTable& table);
void tflite_conv(ImportTable& table) {
    table.add(Framework::TFLite, "CONV_2D", importTfliteConv);
    table.add(Framework::TFLite, "DEPTHWISE_CONV_2D", importTfliteConv);
    table.add(Framework::TFLite, "CONV_3D", importVolumeConv);
    table.add(Framework::TFLite, "CONV_3D_TRANSPOSE", importVolumeTransposeConv);
    table.add(Framework::TFLite, "TRANSPOSE_CONV", importTransposeConv);
    table.add(Framework::TFLite, "Convolution2DTransposeBias", importTransposeConvBias);
}

} // namespace wb::ops
