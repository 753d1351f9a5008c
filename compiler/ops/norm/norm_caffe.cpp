// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's BatchNorm (mean and variance still multiplied by a moving-average factor), the BN of forks, LRN, MVN and SSD's
// Normalize.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

Result<ir::Tensor> filled(int64_t count, float value) {
    WB_ASSIGN(ir::Tensor t, ir::Tensor::allocate(ir::ElementType::F32, {count}));
    std::fill_n(t.mutableData<float>(), count, value);
    return t;
}

/// Blob `index` as one number a channel.
Result<ir::Tensor> channelBlob(const SourceNode& node, ImportBuilder& builder, size_t index, int64_t channels) {
    const ir::Tensor* blob = builder.constant(blobName(node, index));
    if (blob == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no numbers for this layer");
    if (blob->elementCount() != channels)
        return nodeError(node, Code::ModelDamaged, std::to_string(blob->elementCount()) + " numbers for " +
                                                       std::to_string(channels) + " channels");
    return blob->reshaped({channels});
}

/// x·scale + bias with blobs `first` and `first + 1`, one number a channel each.
Status perChannel(const SourceNode& node, ImportBuilder& builder, ir::ValueId in, size_t first) {
    const ir::Shape x = builder.graph().value(in).type.shape;
    std::vector<ir::ValueId> operands{in};
    for (size_t i = first; i < first + 2; ++i) {
        WB_ASSIGN(ir::Tensor t, channelBlob(node, builder, i, x[1]));
        operands.push_back(builder.addConstant(blobName(node, i), x.size() == 4 ? t.reshaped({1, x[1], 1, 1}) : std::move(t)));
    }
    return done(builder.emit(node, "top.Scale", std::move(operands), withRelu()));
}

/// Mean and variance in the blobs `at`, multiplied by `scale`; weight and bias in the blobs `weights`, if any.
struct Statistics {
    size_t at = 0;
    float scale = 1;
    std::optional<size_t> weights;
};

Status emitBatchNorm(const SourceNode& node, ImportBuilder& builder, const Statistics& s) {
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2) return attributeError(node, "input of shape " + ir::toText(x));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    std::vector<ir::ValueId> operands{in};
    for (size_t i = s.at; i < s.at + 2; ++i) {
        WB_ASSIGN(ir::Tensor t, channelBlob(node, builder, i, x[1]));
        auto* values = t.mutableData<float>();
        for (int64_t c = 0; c < x[1]; ++c)
            values[c] *= s.scale;
        operands.push_back(builder.addConstant(blobName(node, i), std::move(t)));
    }
    const std::string name = builder.resultName(node, 0);
    for (size_t i = 0; i < 2; ++i) {
        WB_ASSIGN(ir::Tensor t, s.weights ? channelBlob(node, builder, *s.weights + i, x[1]) : filled(x[1], i == 0 ? 1.0F : 0.0F));
        operands.push_back(builder.addConstant(s.weights ? blobName(node, *s.weights + i) : name + (i == 0 ? "_gamma" : "_beta"), std::move(t)));
    }
    ir::AttributeMap a = withRelu();
    a.set("epsilon", asFloat32(node.real("eps", 1e-5)));
    return done(builder.emit(node, "top.BatchNorm", std::move(operands), std::move(a)));
}

/// Mean, variance and their factor; NVIDIA's fork keeps the Scale layer's numbers here too (scale_bias).
Status importCaffeBatchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    if (node.integer("use_global_stats", 1) == 0) return attributeError(node, "use_global_stats: false");
    const auto factor = constantScalar(blobName(node, 2), builder);
    Statistics s;
    s.scale = factor && *factor != 0 ? 1.0F / static_cast<float>(*factor) : 0.0F;
    if (node.integer("scale_bias", 0) != 0 && node.integer("blobs", 0) >= 5) s.weights = 3;
    return emitBatchNorm(node, builder, s);
}

/// The layer BN of two forks: weight, bias, mean and variance (PSPNet, ICNet), or the weight and bias that are left when
/// the statistics have been multiplied in (SegNet).
Status importCaffeBn(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2) return attributeError(node, "input of shape " + ir::toText(x));
    if (node.integer("blobs", 0) >= 4) return emitBatchNorm(node, builder, {.at = 2, .scale = 1, .weights = 0});
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    return perChannel(node, builder, in, 0);
}

/// Across channels, or (within) x / (1 + alpha · mean of x² over a square)^beta, pixels outside being zeros that count.
Status importCaffeLrn(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    const int64_t size = node.integer("local_size", 5);
    const double alpha = asFloat32(node.real("alpha", 1.0)), beta = asFloat32(node.real("beta", 0.75));
    if (c.failed() || in.size() < 2 || size < 1 || size % 2 == 0 || size > 1 << 20) return attributeError(node, "local_size " + std::to_string(size));
    ir::AttributeMap a;
    if (node.string("norm_region", "ACROSS_CHANNELS") == "ACROSS_CHANNELS") {
        a.set("alpha", alpha);
        a.set("beta", beta);
        a.set("bias", asFloat32(node.real("k", 1.0)));
        a.set("size", size);
        return c.done(c.last().op("top.LRN", {x}, std::move(a)));
    }
    if (in.size() != 4) return attributeError(node, "input of shape " + ir::toText(in));
    a = poolAttributes(true);
    a.set("kernel_shape", ir::Attribute::ints({size, size}));
    a.set("strides", ir::Attribute::ints({1, 1}));
    a.set("pads", ir::Attribute::ints(std::vector<int64_t>(4, size / 2)));
    ir::ValueId root = c.op("top.AvgPool", {c.mul(x, x)}, std::move(a));
    root = c.number("top.AddConst", c.number("top.MulConst", root, alpha), 1.0);
    ir::AttributeMap power;
    power.set("exponent", beta);
    root = c.op("top.Pow", {root}, std::move(power));
    return c.done(c.last().div(x, root));
}

/// Pictures, or their channels one by one, less their mean, over their deviation. Caffe adds its eps to the deviation;
/// added to the variance as its square it differs only for pictures that are constant but for as little.
Status importMvn(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    if (c.failed() || in.size() < 3) return attributeError(node, "input of shape " + ir::toText(in));
    const bool together = node.integer("across_channels", 0) != 0;
    if (node.integer("normalize_variance", 1) == 0) {
        std::vector<int64_t> axes;
        for (size_t d = together ? 1 : 2; d < in.size(); ++d)
            axes.push_back(static_cast<int64_t>(d));
        const ir::ValueId mean = c.reduce("ReduceMean", x, axes, true);
        return c.done(c.last().sub(x, mean));
    }
    const double eps = asFloat32(node.real("eps", 1e-9));
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(ir::Tensor ones, filled(in[1], 1.0F));
    WB_ASSIGN(ir::Tensor zeros, filled(in[1], 0.0F));
    const ir::ValueId gamma = builder.addConstant(name + "_gamma", std::move(ones)), beta = builder.addConstant(name + "_beta", std::move(zeros));
    ir::AttributeMap a;
    a.set("eps", std::max(asFloat32(eps * eps), 1e-10));
    if (together) a.set("num_groups", 1);
    return c.done(c.last().op(together ? "top.GroupNorm" : "top.InstanceNorm", {x, gamma, beta}, std::move(a)));
}

/// x / √(Σ x² + eps) · scale, the sum over the channels of a pixel, or over the picture with `across_spatial`. Written as
/// x / max(‖x‖, √eps), which differs only where the numbers are as small as eps, and needs no operator of its own.
Status importCaffeNormalize(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    if (c.failed()) return c.done(x);
    const ir::Tensor* blob = builder.constant(blobName(node, 0));
    if (in.size() != 4) return attributeError(node, "input of shape " + ir::toText(in));
    if (blob == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no scale for this layer");
    auto scale = blob->elementCount() == 1 ? filled(in[1], blob->data<float>()[0]) : channelBlob(node, builder, 0, in[1]);
    if (!scale) return std::move(scale).error();
    const double least = std::sqrt(std::max(asFloat32(node.real("eps", 1e-10)), 1e-30));
    const bool picture = node.integer("across_spatial", 1) != 0;
    ir::ValueId length = c.reduce("ReduceL2", x, picture ? std::vector<int64_t>{1, 2, 3} : std::vector<int64_t>{1}, true);
    length = c.number("top.MaxConst", length, least);
    const std::string name = builder.resultName(node, 0);
    const ir::ValueId factor = builder.addConstant(blobName(node, 0), scale->reshaped({1, in[1], 1, 1}));
    WB_ASSIGN(ir::Tensor zeros, filled(in[1], 0.0F));
    const ir::ValueId shift = builder.addConstant(name + "_zeros", zeros.reshaped({1, in[1], 1, 1}));
    const ir::ValueId unit = c.div(x, length);
    return c.done(c.last().op("top.Scale", {unit, factor, shift}, withRelu()));
}

} // namespace

void caffe_norm(ImportTable& table);
void caffe_norm(ImportTable& table) {
    table.add(Framework::Caffe, "BatchNorm", importCaffeBatchNorm);
    table.add(Framework::Caffe, "BN", importCaffeBn);
    table.add(Framework::Caffe, "MVN", importMvn);
    table.add(Framework::Caffe, "LRN", importCaffeLrn);
    table.add(Framework::Caffe, "Normalize", importCaffeNormalize);
}

} // namespace wb::ops
