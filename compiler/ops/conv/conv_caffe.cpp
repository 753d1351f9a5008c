// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Convolution, its depthwise forms and Deconvolution. Filters are O, I/g, h, w; of a deconvolution I, O/g, h, w.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/conv/deconv_filter.h"

namespace wb::ops {
namespace {

using Pair = std::array<int64_t, 2>;

Status importCaffeConv(const SourceNode& node, ImportBuilder& builder) {
    const bool transposed = node.kind == "Deconvolution";
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const ir::Tensor* filter = builder.constant(blobName(node, 0));
    if (x.size() != 4 || bottomCount(node) != 1) return attributeError(node, "input of shape " + ir::toText(x));
    if (filter == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no filter for this layer");
    WB_ASSIGN(const Pair kernel, caffePair(node, "kernel", 0));
    WB_ASSIGN(const Pair stride, caffePair(node, "stride", 1));
    WB_ASSIGN(const Pair pad, caffePair(node, "pad", 0));
    WB_ASSIGN(const Pair dilation, caffePair(node, "dilation", 1));
    const bool depthwise = node.kind == "ConvolutionDepthwise" || node.kind == "DepthwiseConvolution";
    const int64_t group = depthwise ? x[1] : node.integer("group", 1);
    const int64_t outputs = node.integer("num_output", 0);
    if (group < 1 || outputs < 1 || x[1] % group != 0 || outputs % group != 0)
        return attributeError(node, "group " + std::to_string(group) + ", num_output " + std::to_string(outputs));
    const ir::Shape shape = transposed ? ir::Shape{x[1], outputs / group, kernel[0], kernel[1]}
                                       : ir::Shape{outputs, x[1] / group, kernel[0], kernel[1]};
    if (ir::checkedElementCount(shape) != filter->elementCount())
        return nodeError(node, Code::ModelDamaged,
                         "a filter of " + ir::toText(filter->shape()) + ", needed is " + ir::toText(shape));
    ir::Tensor numbers = filter->reshaped(shape);
    if (transposed) {
        WB_ASSIGN(numbers, deconvFilter(numbers, group));
    }
    ir::AttributeMap a = convAttributes({.kernel = {kernel[0], kernel[1]},
                                         .strides = {stride[0], stride[1]},
                                         .pads = {pad[0], pad[1], pad[0], pad[1]},
                                         .dilations = {dilation[0], dilation[1]},
                                         .group = group});
    if (transposed) a.set("output_padding", ir::Attribute::ints({0, 0}));
    else a.set("weight_is_coeff", 1);
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::ValueId weights = builder.addConstant(blobName(node, 0), std::move(numbers));
    ir::ValueId bias = ir::kNoValue;
    if (node.integer("bias_term", 1) != 0 && !blobName(node, 1).empty()) {
        const ir::Tensor* data = builder.constant(blobName(node, 1));
        if (data == nullptr || data->elementCount() != outputs)
            return nodeError(node, Code::ModelDamaged, "the bias does not have num_output numbers");
        bias = builder.addConstant(blobName(node, 1), data->reshaped({outputs}));
    }
    return done(builder.emit(node, transposed ? "top.Deconv" : "top.Conv", {in, weights, bias}, std::move(a)));
}

} // namespace

void caffe_conv(ImportTable& table);
void caffe_conv(ImportTable& table) {
    for (const char* kind : {"Convolution", "ConvolutionDepthwise", "DepthwiseConvolution", "Deconvolution"})
        table.add(Framework::Caffe, kind, importCaffeConv);
}

} // namespace wb::ops
