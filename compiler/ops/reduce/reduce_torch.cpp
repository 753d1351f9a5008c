// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's reductions: over the axes named, or over all of them.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <cmath>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

/// The axes named, or all.
std::vector<int64_t> torchReduced(const SourceNode& node, size_t rank) {
    auto axes = torchInts(node, "dim", 1);
    if (axes) return *axes;
    std::vector<int64_t> all(rank);
    std::iota(all.begin(), all.end(), int64_t{0});
    return all;
}

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

/// The least and the greatest.
Status torchBoth(const SourceNode& node, ImportBuilder& builder) {
    for (size_t i = 0; i < 2 && i < node.outputs.size(); ++i) {
        SourceNode one = node;
        one.outputs = {node.outputs[i]};
        if (!one.outputs.front().empty()) WB_TRY(torchReduceBy(one, builder, i == 0 ? "ReduceMin" : "ReduceMax"));
    }
    return {};
}

Status torchArg(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const std::string kind = node.kind == "aten::argmax" ? "ArgMax" : "ArgMin";
    if (node.has("dim"))
        return torchAsOnnx(node, builder, kind, {node.inputs[0]},
                           {{"axis", node.integer("dim", 0)}, {"keepdims", node.integer("keepdim", 0)}});
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0)); // counted through all axes
    const int64_t count = builder.graph().value(in).type.elementCount();
    WB_ASSIGN(const ir::ValueId line, torchStep(node, builder, "top.Reshape", {in}, torchReshape({count}), "line"));
    builder.bind(node.outputs.front() + "_line", line);
    return torchAsOnnx(node, builder, kind, {node.outputs.front() + "_line"}, {{"axis", int64_t{0}}, {"keepdims", int64_t{1}}});
}

/// (Σ |x|^p)^(1/p); the greatest for ∞, the least for -∞, how many are not 0 for 0.
Status torchNorm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double p = torchNumber(node, node.kind == "aten::linalg_vector_norm" ? "ord" : "p").value_or(2.0);
    if (p == 1.0 || p == 2.0) return torchReduceBy(node, builder, p == 1.0 ? "ReduceL1" : "ReduceL2");
    Composer c(node, builder);
    const Id x = c.input(0);
    const std::vector<int64_t> axes = torchReduced(node, c.shape(x).size());
    const bool keep = node.integer("keepdim", 0) != 0;
    if (p == 0.0) {
        const Id some = c.compareNumber("NotEqual", x, 0);
        return c.done(c.last().reduce("ReduceSum", some, axes, keep));
    }
    const Id size = c.op("top.Abs", {x});
    if (std::isinf(p)) return c.done(c.last().reduce(p > 0 ? "ReduceMax" : "ReduceMin", size, axes, keep));
    const auto power = [](double exponent) {
        ir::AttributeMap a;
        a.set("exponent", exponent);
        return a;
    };
    const Id sum = c.reduce("ReduceSum", c.op("top.Pow", {size}, power(p)), axes, keep);
    return c.done(c.last().op("top.Pow", {sum}, power(1.0 / p)));
}

/// Of choices: whether any, whether all, how many; and sums without what is no number.
Status torchCounted(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const bool sum = node.kind == "aten::nansum";
    const std::vector<int64_t> axes = torchReduced(node, c.shape(x).size());
    const Id part = sum ? c.whereNumber(c.compareNumber("Equal", c.op("top.IsNaN", {x}), 0), x, 0) : c.compareNumber("NotEqual", x, 0);
    const char* mode = node.kind == "aten::any" ? "ReduceMax" : node.kind == "aten::all" ? "ReduceMin" : "ReduceSum";
    return c.done(c.last().reduce(mode, part, axes, node.integer("keepdim", 0) != 0));
}

} // namespace

void torch_reduce(ImportTable& table);
void torch_reduce(ImportTable& table) {
    const auto add = [&](ImportRule rule, std::initializer_list<const char*> kinds) {
        for (const char* kind : kinds)
            table.add(Framework::Torch, kind, rule);
    };
    add(torchReduce, {"aten::mean", "aten::sum", "aten::amax", "aten::amin", "aten::prod"});
    add(torchExtreme, {"aten::max", "aten::min"});
    add(torchBoth, {"aten::aminmax"});
    add(torchArg, {"aten::argmax", "aten::argmin"});
    add(torchNorm, {"aten::norm", "aten::frobenius_norm", "aten::linalg_vector_norm"});
    add(torchCounted, {"aten::any", "aten::all", "aten::count_nonzero", "aten::nansum"});
}

} // namespace wb::ops
