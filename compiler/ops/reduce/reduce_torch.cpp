// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's reductions: over the axes named, or over all of them.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchReduceBy(const SourceNode& node, ImportBuilder& builder, const std::string& kind) {
    TorchAttributes a{{"keepdims", node.integer("keepdim", 0)}};
    if (const auto axes = torchInts(node, "dim", 1)) a["axes"] = *axes;
    return torchAsOnnx(node, builder, kind, {inputName(node, 0)}, std::move(a));
}

Status torchReduce(const SourceNode& node, ImportBuilder& builder) {
    static const std::map<std::string, std::string> kKinds{{"aten::mean", "ReduceMean"}, {"aten::sum", "ReduceSum"},
                                                           {"aten::amax", "ReduceMax"}, {"aten::amin", "ReduceMin"},
                                                           {"aten::prod", "ReduceProd"}};
    WB_TRY(needInputs(node, 1));
    return torchReduceBy(node, builder, kKinds.at(node.kind));
}

/// max and min: of all, along an axis with the positions, or of two tensors.
Status torchExtreme(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const bool max = node.kind == "aten::max";
    if (node.inputs.size() > 1) return torchAsOnnx(node, builder, max ? "Max" : "Min", {node.inputs[0], node.inputs[1]});
    if (!node.outputs[0].empty()) WB_TRY(torchReduceBy(node, builder, max ? "ReduceMax" : "ReduceMin"));
    if (node.outputs.size() < 2 || node.outputs[1].empty()) return {};
    SourceNode positions = node;
    positions.outputs = {node.outputs[1]};
    return torchAsOnnx(positions, builder, max ? "ArgMax" : "ArgMin", {node.inputs[0]},
                       {{"axis", node.integer("dim", 0)}, {"keepdims", node.integer("keepdim", 0)}});
}

Status torchArg(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    if (!node.has("dim")) return attributeError(node, "the position in all axes at once");
    return torchAsOnnx(node, builder, node.kind == "aten::argmax" ? "ArgMax" : "ArgMin", {node.inputs[0]},
                       {{"axis", node.integer("dim", 0)}, {"keepdims", node.integer("keepdim", 0)}});
}

Status torchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double p = torchNumber(node, node.kind == "aten::linalg_vector_norm" ? "ord" : "p").value_or(2.0);
    if (p != 1.0 && p != 2.0) return attributeError(node, "a norm other than 1 and 2");
    return torchReduceBy(node, builder, p == 1.0 ? "ReduceL1" : "ReduceL2");
}

} // namespace

void torch_reduce(ImportTable& table);
void torch_reduce(ImportTable& table) {
    for (const char* kind : {"aten::mean", "aten::sum", "aten::amax", "aten::amin", "aten::prod"})
        table.add(Framework::Torch, kind, torchReduce);
    for (const char* kind : {"aten::max", "aten::min"})
        table.add(Framework::Torch, kind, torchExtreme);
    for (const char* kind : {"aten::argmax", "aten::argmin"})
        table.add(Framework::Torch, kind, torchArg);
    for (const char* kind : {"aten::norm", "aten::frobenius_norm", "aten::linalg_vector_norm"})
        table.add(Framework::Torch, kind, torchNorm);
}

} // namespace wb::ops
