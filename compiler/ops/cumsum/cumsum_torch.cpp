// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's results of every element with all before it: sums by an operator of their own; products, logarithms of
// sums and extremes by steps of 1, 2, 4 … elements, each with what lies that far before it.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <array>
#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

Status torchCumSum(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    ir::AttributeMap a;
    a.set("axis", node.integer("dim", 0));
    a.set("exclusive", false);
    a.set("reverse", false);
    return c.done(c.last().op("top.CumSum", {x, ir::kNoValue}, std::move(a)));
}

/// log(e^a + e^b) from the greater and what the other lacks to it.
Id logOfSum(Composer& c, Id a, Id b) {
    const Id most = c.op("top.Max", {a, b}), gap = c.number("top.MulConst", c.op("top.Abs", {c.sub(a, b)}), -1.0);
    return c.add(most, c.op("top.Log", {c.number("top.AddConst", c.op("top.Exp", {gap}), 1.0)}));
}

Status torchScan(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("dim", 0), in.size());
    if (c.failed() || !axis) return attributeError(node, "axis of " + ir::toText(in));
    const auto d = static_cast<size_t>(*axis);
    for (int64_t step = 1; step < in[d] && !c.failed(); step *= 2) {
        const Id head = c.slice(x, d, 0, step), before = c.slice(x, d, 0, in[d] - step), own = c.slice(x, d, step, in[d]);
        x = c.concat({head, node.kind == "aten::cumprod" ? c.mul(before, own) : logOfSum(c, before, own)}, *axis);
    }
    return c.done(x);
}

/// The greatest (least) so far, and where it last was.
Status torchExtremes(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("dim", 0), in.size());
    if (c.failed() || !axis || in[static_cast<size_t>(*axis)] > 1 << 20) return attributeError(node, "axis of " + ir::toText(in));
    const auto d = static_cast<size_t>(*axis);
    const bool most = node.kind == "aten::cummax", asked = node.outputs.size() > 1 && !node.outputs[1].empty();
    Id place = ir::kNoValue;
    if (asked) {
        std::vector<float> numbers(static_cast<size_t>(in[d]));
        std::iota(numbers.begin(), numbers.end(), 0.0F);
        ir::Shape line(in.size(), 1);
        line[d] = in[d];
        ir::AttributeMap a;
        a.set("shape", ir::Attribute::ints(in));
        place = c.op("top.Expand", {c.tensor(line, numbers)}, std::move(a));
    }
    for (int64_t step = 1; step < in[d] && !c.failed(); step *= 2) {
        const auto parts = [&](Id of) { return std::array{c.slice(of, d, 0, step), c.slice(of, d, 0, in[d] - step), c.slice(of, d, step, in[d])}; };
        const auto [head, before, own] = parts(x);
        if (asked) {
            const auto [placeHead, placeBefore, placeOwn] = parts(place);
            const Id stays = c.compare(most ? "GreaterOrEqual" : "LessOrEqual", own, before);
            place = c.concat({placeHead, c.where(stays, placeOwn, placeBefore)}, *axis);
        }
        x = c.concat({head, c.op(most ? "top.Max" : "top.Min", {before, own})}, *axis);
    }
    WB_TRY(c.done(x));
    return asked ? c.done(place, 1) : Status();
}

} // namespace

void torch_cumsum(ImportTable& table);
void torch_cumsum(ImportTable& table) {
    table.add(Framework::Torch, "aten::cumsum", torchCumSum);
    for (const char* kind : {"aten::cumprod", "aten::logcumsumexp"})
        table.add(Framework::Torch, kind, torchScan);
    for (const char* kind : {"aten::cummax", "aten::cummin"})
        table.add(Framework::Torch, kind, torchExtremes);
}

} // namespace wb::ops
