// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's normalisations. Absent parameters are ones and zeros.
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

/// Parameter `index`, or `count` times the number that changes nothing.
Result<ir::ValueId> torchParameter(const SourceNode& node, ImportBuilder& builder, size_t index, int64_t count,
                                   float otherwise, const char* suffix) {
    if (!inputName(node, index).empty()) return valueOf(node, builder, index);
    const std::vector<float> values(static_cast<size_t>(count), otherwise);
    return builder.addConstant(node.outputs.front() + "_" + suffix,
                               ir::Tensor::of<float>(ir::ElementType::F32, {count}, values));
}

Result<int64_t> torchChannels(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2 || x[1] > kMaxWindow) return attributeError(node, "input of shape " + ir::toText(x));
    return x[1];
}

/// input, weight, bias, running_mean, running_var
Status torchBatchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const int64_t channels, torchChannels(node, builder));
    if (node.integer("training", 0) != 0 || inputName(node, 3).empty() || inputName(node, 4).empty())
        return attributeError(node, "it normalises by the batch it sees").remedy("call model.eval() before the export");
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId mean, valueOf(node, builder, 3));
    WB_ASSIGN(const ir::ValueId variance, valueOf(node, builder, 4));
    WB_ASSIGN(const ir::ValueId gamma, torchParameter(node, builder, 1, channels, 1.0F, "gamma"));
    WB_ASSIGN(const ir::ValueId beta, torchParameter(node, builder, 2, channels, 0.0F, "beta"));
    ir::AttributeMap a = withRelu();
    a.set("epsilon", torchNumber(node, "eps").value_or(1e-5));
    return torchEmit(node, builder, "top.BatchNorm", {x, mean, variance, gamma, beta}, std::move(a));
}

/// input, weight, bias (group_norm) and running_mean, running_var (instance_norm)
Status torchPictureNorm(const SourceNode& node, ImportBuilder& builder) {
    if (node.kind == "aten::instance_norm" && node.integer("use_input_stats", 1) == 0) return torchBatchNorm(node, builder);
    WB_ASSIGN(const int64_t channels, torchChannels(node, builder));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId gamma, torchParameter(node, builder, 1, channels, 1.0F, "gamma"));
    WB_ASSIGN(const ir::ValueId beta, torchParameter(node, builder, 2, channels, 0.0F, "beta"));
    ir::AttributeMap a;
    a.set("eps", torchNumber(node, "eps").value_or(1e-5));
    if (node.kind == "aten::group_norm") a.set("num_groups", node.integer("num_groups", 1));
    return torchEmit(node, builder, node.kind == "aten::group_norm" ? "top.GroupNorm" : "top.InstanceNorm",
                     {x, gamma, beta}, std::move(a));
}

Status torchLayerNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    std::vector<ir::ValueId> operands(3, ir::kNoValue);
    for (size_t i = 0; i < 3; ++i)
        if (!inputName(node, i).empty()) {
            WB_ASSIGN(operands[i], valueOf(node, builder, i));
        }
    const auto axes = static_cast<int64_t>(node.integers("normalized_shape").value_or(std::vector<int64_t>{}).size());
    const ir::Shape shape = builder.graph().value(operands[0]).type.shape;
    const int64_t axis = static_cast<int64_t>(shape.size()) - axes;
    if (axes < 1 || axis < 0) return attributeError(node, std::to_string(axes) + " axes of " + ir::toText(shape));
    ir::AttributeMap a;
    a.set("eps", torchNumber(node, "eps").value_or(1e-5));
    a.set("axis", ir::Attribute::si32(axis));
    a.set("normalized_shape", ir::Attribute::ints({shape.begin() + axis, shape.end()}));
    return torchEmit(node, builder, "top.LayerNorm", std::move(operands), std::move(a));
}

} // namespace

void torch_norm(ImportTable& table);
void torch_norm(ImportTable& table) {
    table.add(Framework::Torch, "aten::batch_norm", torchBatchNorm);
    table.add(Framework::Torch, "aten::instance_norm", torchPictureNorm);
    table.add(Framework::Torch, "aten::group_norm", torchPictureNorm);
    table.add(Framework::Torch, "aten::layer_norm", torchLayerNorm);
}

} // namespace wb::ops
