// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of reductions: ONNX Reduce… (axes as attribute, as input since opset 13 or 18),
// ArgMax, ArgMin. Logarithms and sums of squares are written as several ops.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

Status composedReduce(const SourceNode& node, ImportBuilder& builder, ir::ValueId x,
                      const std::vector<int64_t>& axes, bool keep) {
    Composer c(node, builder);
    if (node.kind == "ReduceSumSquare") return c.done(c.last().reduce("ReduceSum", c.mul(x, x), axes, keep));
    if (node.kind == "ReduceLogSum") return c.done(c.last().op("top.Log", {c.reduce("ReduceSum", x, axes, keep)}));
    // log Σ exp(x) = m + log Σ exp(x - m), which stays finite.
    const ir::ValueId most = c.reduce("ReduceMax", x, axes, true);
    const ir::ValueId sum = c.reduce("ReduceSum", c.op("top.Exp", {c.sub(x, most)}), axes, keep);
    const ir::ValueId back = keep ? most : c.reduce("ReduceMax", x, axes, false);
    return c.done(c.last().add(c.op("top.Log", {sum}), back));
}

Status importReduce(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const size_t rank = builder.graph().value(in).type.shape.size();
    auto axes = node.integers("axes");
    if (!axes && !inputName(node, 1).empty()) {
        axes = constantInts(node, builder, 1);
        if (!axes) return attributeError(node, "the axes are known only at run time");
    }
    if ((!axes || axes->empty()) && node.integer("noop_with_empty_axes", 0) != 0) {
        // Over no axes: what each number gives by itself.
        Composer c(node, builder);
        if (node.kind == "ReduceSumSquare") return c.done(c.last().mul(in, in));
        if (node.kind == "ReduceLogSum") return c.done(c.last().op("top.Log", {in}));
        if (node.kind == "ReduceL1" || node.kind == "ReduceL2") return c.done(c.last().op("top.Abs", {in}));
        builder.bind(node.outputs.front(), in);
        return {};
    }
    if (!axes || axes->empty()) {
        axes.emplace();
        for (size_t d = 0; d < rank; ++d)
            axes->push_back(static_cast<int64_t>(d));
    }
    for (int64_t& axis : *axes) {
        const auto known = normaliseAxis(axis, rank);
        if (!known) return attributeError(node, "axis " + std::to_string(axis));
        axis = *known;
    }
    std::sort(axes->begin(), axes->end());
    if (node.kind == "ReduceLogSum" || node.kind == "ReduceSumSquare" || node.kind == "ReduceLogSumExp")
        return composedReduce(node, builder, in, *axes, node.integer("keepdims", 1) != 0);
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints(*axes));
    a.set("is_scalar", false);
    a.set("keepdims", node.integer("keepdims", 1) != 0);
    a.set("mode", node.kind);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Reduce", {in}, std::move(a)));
    return {};
}

Status importArg(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto axis =
        normaliseAxis(node.integer("axis", 0), builder.graph().value(in).type.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("axis", 0)));
    ir::AttributeMap a;
    a.set("axis", *axis);
    a.set("keepdims", node.integer("keepdims", 1) != 0);
    a.set("mode", node.kind);
    a.set("select_last_index", node.integer("select_last_index", 0) != 0);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Arg", {in}, std::move(a)));
    return {};
}

} // namespace

void import_reduce(ImportTable& table);
void import_reduce(ImportTable& table) {
    for (const char* kind : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd",
                             "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"})
        table.add(Framework::Onnx, kind, importReduce);
    table.add(Framework::Onnx, "ArgMax", importArg);
    table.add(Framework::Onnx, "ArgMin", importArg);
}

} // namespace wb::ops
