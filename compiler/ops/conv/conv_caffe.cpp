// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Convolution, its depthwise forms and Deconvolution, over one to three axes. Filters are O, I/g, …; of a
// deconvolution I, O/g, …, which is bilinear where the file has only the name of it.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/conv/deconv_filter.h"

#include <cmath>

namespace wb::ops {
namespace {

/// The filter that `weight_filler { type: "bilinear" }` gives: every plane the weights of a linear interpolation.
Result<ir::Tensor> bilinearFilter(const SourceNode& node, const ir::Shape& shape) {
    const auto count = ir::checkedElementCount(shape);
    if (shape.size() != 4 || shape[2] != shape[3] || !count || *count < 1 || *count > int64_t{1} << 28)
        return attributeError(node, "a bilinear filter of " + ir::toText(shape));
    WB_ASSIGN(ir::Tensor filter, ir::Tensor::allocate(ir::ElementType::F32, shape));
    const int64_t size = shape[3], half = (size + 1) / 2;
    const float centre = static_cast<float>(2 * half - 1 - half % 2) / (2.0F * static_cast<float>(half));
    for (int64_t i = 0; i < *count; ++i) {
        const auto x = static_cast<float>(i % size), y = static_cast<float>(i / size % size);
        filter.mutableData<float>()[i] = (1 - std::fabs(x / static_cast<float>(half) - centre)) *
                                         (1 - std::fabs(y / static_cast<float>(half) - centre));
    }
    return filter;
}

Status importCaffeConv(const SourceNode& node, ImportBuilder& builder) {
    const bool transposed = node.kind == "Deconvolution";
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const ir::Tensor* filter = builder.constant(blobName(node, 0));
    if (bottomCount(node) != 1) return attributeError(node, std::to_string(bottomCount(node)) + " bottoms for one filter");
    if (x.size() < 3 || x.size() > 5 || node.integer("axis", 1) != 1) return attributeError(node, "input of shape " + ir::toText(x));
    const size_t axes = x.size() - 2;
    WB_ASSIGN(const auto kernel, caffeWindow(node, "kernel", 0, axes));
    WB_ASSIGN(const auto stride, caffeWindow(node, "stride", 1, axes));
    WB_ASSIGN(auto pad, caffeWindow(node, "pad", 0, axes));
    WB_ASSIGN(const auto dilation, caffeWindow(node, "dilation", 1, axes));
    const bool depthwise = node.kind == "ConvolutionDepthwise" || node.kind == "DepthwiseConvolution";
    const int64_t group = depthwise ? x[1] : node.integer("group", 1);
    const int64_t outputs = node.integer("num_output", 0);
    if (group < 1 || outputs < 1 || x[1] % group != 0 || outputs % group != 0)
        return attributeError(node, "group " + std::to_string(group) + ", num_output " + std::to_string(outputs));
    ir::Shape shape = transposed ? ir::Shape{x[1], outputs / group} : ir::Shape{outputs, x[1] / group};
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    ir::Tensor made;
    if (filter == nullptr && node.string("type", "") == "bilinear") {
        WB_ASSIGN(made, bilinearFilter(node, shape));
        filter = &made;
    }
    if (filter == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no filter for this layer");
    if (ir::checkedElementCount(shape) != filter->elementCount())
        return nodeError(node, Code::ModelDamaged,
                         "a filter of " + ir::toText(filter->shape()) + ", needed is " + ir::toText(shape));
    ir::Tensor numbers = filter->reshaped(shape);
    if (transposed) {
        WB_ASSIGN(numbers, deconvFilter(numbers, group));
    }
    const std::vector<int64_t> before = pad;
    pad.insert(pad.end(), before.begin(), before.end());
    ir::AttributeMap a = convAttributes({.kernel = kernel, .strides = stride, .pads = pad, .dilations = dilation, .group = group});
    if (transposed) a.set("output_padding", ir::Attribute::ints(std::vector<int64_t>(axes, 0)));
    else a.set("weight_is_coeff", 1);
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const std::string name = blobName(node, 0).empty() ? builder.resultName(node, 0) + "_filter" : blobName(node, 0);
    const ir::ValueId weights = builder.addConstant(name, std::move(numbers));
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
