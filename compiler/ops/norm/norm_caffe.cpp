// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's BatchNorm (mean and variance still multiplied by a moving-average factor), Scale, Bias, LRN and SSD's Normalize.
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

Status importCaffeBatchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2) return attributeError(node, "input of shape " + ir::toText(x));
    if (node.integer("use_global_stats", 1) == 0) return attributeError(node, "use_global_stats: false");
    const auto factor = constantScalar(blobName(node, 2), builder);
    const float scale = factor && *factor != 0 ? 1.0F / static_cast<float>(*factor) : 0.0F;
    std::vector<ir::ValueId> operands;
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    operands.push_back(in);
    for (size_t i = 0; i < 2; ++i) {
        WB_ASSIGN(ir::Tensor t, channelBlob(node, builder, i, x[1]));
        auto* values = t.mutableData<float>();
        for (int64_t c = 0; c < x[1]; ++c)
            values[c] *= scale;
        operands.push_back(builder.addConstant(blobName(node, i), std::move(t)));
    }
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(ir::Tensor ones, filled(x[1], 1.0F));
    WB_ASSIGN(ir::Tensor zeros, filled(x[1], 0.0F));
    operands.push_back(builder.addConstant(name + "_gamma", std::move(ones)));
    operands.push_back(builder.addConstant(name + "_beta", std::move(zeros)));
    ir::AttributeMap a = withRelu();
    a.set("epsilon", asFloat32(node.real("eps", 1e-5)));
    return done(builder.emit(node, "top.BatchNorm", std::move(operands), std::move(a)));
}

Status importCaffeScale(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    if (bottomCount(node) == 2) {
        WB_ASSIGN(ir::Shape y, shapeOf(node, builder, 1));
        WB_ASSIGN(ir::ValueId factor, valueOf(node, builder, 1));
        const auto axis = node.integer("axis", 1);
        if (axis != 0 && y.size() + static_cast<size_t>(axis) <= x.size() && y.size() < x.size()) {
            ir::Shape wide(static_cast<size_t>(axis), 1);
            wide.insert(wide.end(), y.begin(), y.end());
            wide.resize(x.size(), 1);
            WB_ASSIGN(factor, builder.emitNamed("top.Reshape", {factor}, builder.resultName(node, 0) + "_reshape",
                                                reshapeAttributes(wide)));
        }
        return done(builder.emit(node, node.kind == "Scale" ? "top.Mul" : "top.Add", {in, factor}, arithmeticAttributes()));
    }
    if (x.size() < 2 || node.integer("axis", 1) != 1) return attributeError(node, "an axis other than the channels");
    const std::string name = builder.resultName(node, 0);
    const bool bias = node.kind == "Bias";
    auto scale = bias ? filled(x[1], 1.0F) : channelBlob(node, builder, 0, x[1]);
    if (!scale) return std::move(scale).error();
    const bool hasBias = bias || (node.integer("bias_term", 0) != 0 && !blobName(node, 1).empty());
    auto shift = hasBias ? channelBlob(node, builder, bias ? 0 : 1, x[1]) : filled(x[1], 0.0F);
    if (!shift) return std::move(shift).error();
    const ir::Shape perChannel{1, x[1], 1, 1};
    const bool picture = x.size() == 4;
    const ir::ValueId s = builder.addConstant(bias ? name + "_ones" : blobName(node, 0),
                                              picture ? scale->reshaped(perChannel) : std::move(*scale));
    const ir::ValueId b = builder.addConstant(hasBias ? blobName(node, bias ? 0 : 1) : name + "_zeros",
                                              picture ? shift->reshaped(perChannel) : std::move(*shift));
    return done(builder.emit(node, "top.Scale", {in, s, b}, withRelu()));
}

Status importCaffeLrn(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    if (node.string("norm_region", "ACROSS_CHANNELS") != "ACROSS_CHANNELS")
        return attributeError(node, "norm_region WITHIN_CHANNEL");
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", 1.0)));
    a.set("beta", asFloat32(node.real("beta", 0.75)));
    a.set("bias", asFloat32(node.real("k", 1.0)));
    a.set("size", node.integer("local_size", 5));
    return done(builder.emit(node, "top.LRN", {in}, std::move(a)));
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
    table.add(Framework::Caffe, "Scale", importCaffeScale);
    table.add(Framework::Caffe, "Bias", importCaffeScale);
    table.add(Framework::Caffe, "LRN", importCaffeLrn);
    table.add(Framework::Caffe, "Normalize", importCaffeNormalize);
}

} // namespace wb::ops
