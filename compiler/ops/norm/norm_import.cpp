// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of normalisations: ONNX BatchNormalization-7…15, LRN-1…13,
// InstanceNormalization-1…6, LayerNormalization-17, GroupNormalization-18…21.
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

/// The operators' own default is a decimal number, one in the file is single precision.
double epsilonOf(const SourceNode& node) {
    return node.has("epsilon") ? asFloat32(node.real("epsilon", 0)) : 1e-5;
}

Status importBatchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 5));
    if (node.integer("training_mode", 0) != 0) return attributeError(node, "training_mode");
    if (node.version < 9 && node.integer("spatial", 1) == 0)
        return attributeError(node, "spatial = 0");
    std::vector<ir::ValueId> operands;
    for (size_t i : {0, 3, 4, 1, 2}) { // x, mean, variance, gamma, beta
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        operands.push_back(id);
    }
    ir::AttributeMap a = withRelu();
    a.set("epsilon", epsilonOf(node));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.BatchNorm", std::move(operands), std::move(a)));
    return {};
}

Status importLrn(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", 1e-4)));
    a.set("beta", asFloat32(node.real("beta", 0.75)));
    a.set("bias", asFloat32(node.real("bias", 1.0)));
    a.set("size", node.integer("size", 0));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.LRN", {in}, std::move(a)));
    return {};
}

Status importThree(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, node.kind == "LayerNormalization" ? 2 : 3));
    std::vector<ir::ValueId> operands;
    for (size_t i = 0; i < 3; ++i) {
        if (inputName(node, i).empty()) {
            operands.push_back(ir::kNoValue);
            continue;
        }
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        operands.push_back(id);
    }
    ir::AttributeMap a;
    a.set("eps", epsilonOf(node));
    const ir::Shape shape = builder.graph().value(operands[0]).type.shape;
    const char* op = "top.InstanceNorm";
    if (node.kind == "GroupNormalization") {
        op = "top.GroupNorm";
        a.set("num_groups", node.integer("num_groups", 1));
    }
    if (node.kind == "LayerNormalization") {
        op = "top.LayerNorm";
        const auto axis = normaliseAxis(node.integer("axis", -1), shape.size());
        if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", -1)));
        if (node.outputs.size() > 1 && !node.outputs[1].empty())
            return attributeError(node, "mean or deviation asked for");
        a.set("axis", ir::Attribute::si32(*axis));
        a.set("normalized_shape", ir::Attribute::ints({shape.begin() + *axis, shape.end()}));
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, op, std::move(operands), std::move(a)));
    return {};
}

} // namespace

void import_norm(ImportTable& table);
void import_norm(ImportTable& table) {
    table.add(Framework::Onnx, "BatchNormalization", importBatchNorm);
    table.add(Framework::Onnx, "LRN", importLrn);
    table.add(Framework::Onnx, "InstanceNormalization", importThree);
    table.add(Framework::Onnx, "LayerNormalization", importThree);
    table.add(Framework::Onnx, "GroupNormalization", importThree);
}

} // namespace wb::ops
