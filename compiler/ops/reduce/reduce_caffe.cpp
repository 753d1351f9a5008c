// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Reduction (all axes from one on) and ArgMax.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/shape_rules.h"

#include <numeric>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

/// Sum, sum of magnitudes, of squares, or mean, times `coeff`. Over all axes the result is one number of one axis.
Status importReduction(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const auto axis = normaliseAxis(node.integer("axis", 0), in.size());
    if (c.failed() || !axis) return attributeError(node, "axis of " + ir::toText(in));
    const std::string kind = node.string("operation", "SUM");
    std::vector<int64_t> axes(in.size() - static_cast<size_t>(*axis));
    std::iota(axes.begin(), axes.end(), *axis);
    if (kind == "SUMSQ") x = c.mul(x, x);
    const double coeff = asFloat32(node.real("coeff", 1.0));
    const bool scalar = *axis == 0;
    const bool plain = coeff == 1.0 && !scalar;
    x = (plain ? c.last() : c).reduce(kind == "MEAN" ? "ReduceMean" : kind == "ASUM" ? "ReduceL1" : "ReduceSum", x, axes, scalar);
    if (plain) return c.done(x);
    if (scalar) x = (coeff == 1.0 ? c.last() : c).reshape(x, {1});
    if (coeff == 1.0) return c.done(x);
    return c.done(c.last().number("top.MulConst", x, coeff));
}

/// The greatest along an axis, or (without one) of a whole picture: positions, values, or rows of both.
Status importArgMax(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    if (c.failed() || in.size() < 2) return attributeError(node, "input of shape " + ir::toText(in));
    const bool along = node.has("axis"), values = node.integer("out_max_val", 0) != 0;
    const auto axis = along ? normaliseAxis(node.integer("axis", 0), in.size()) : std::optional<int64_t>(1);
    if (!axis) return attributeError(node, "axis of " + ir::toText(in));
    int64_t rest = 1;
    for (size_t d = 1; d < in.size(); ++d)
        rest *= in[d];
    if (!along) x = c.reshape(x, {in[0], rest});
    const int64_t count = node.integer("top_k", 1), most = c.shape(x).empty() ? 0 : c.shape(x)[static_cast<size_t>(*axis)];
    if (count < 1 || count > most) return attributeError(node, "top_k " + std::to_string(count) + " of " + std::to_string(most));
    Id best = ir::kNoValue, where = ir::kNoValue;
    if (count == 1) {
        ir::AttributeMap a;
        a.set("axis", *axis);
        a.set("keepdims", true);
        a.set("mode", "ArgMax");
        a.set("select_last_index", false);
        const bool only = along && !values;
        if (!along || !values) where = (only ? c.last() : c).op("top.Arg", {x}, std::move(a));
        if (only) return c.done(where);
        if (values) best = (along ? c.last() : c).reduce("ReduceMax", x, {*axis}, true);
        if (along) return c.done(best);
    } else {
        ir::AttributeMap a;
        a.set("K", count);
        a.set("axis", *axis);
        a.set("largest", true);
        a.set("sorted", true);
        SourceNode both = node;
        both.outputs = {node.outputs.front() + "_values", node.outputs.front() + "_indices"};
        WB_ASSIGN(const auto ids, builder.emitMany(both, "top.TopK", {x}, std::move(a)));
        best = ids.at(0);
        where = ids.at(1);
        if (along) return c.done(values ? best : where);
    }
    if (!values) return c.done(c.last().reshape(where, {in[0], 1, count}));
    where = c.reshape(where, {in[0], 1, count});
    best = c.reshape(best, {in[0], 1, count});
    return c.done(c.last().concat({where, best}, 1));
}

} // namespace

void caffe_reduce(ImportTable& table);
void caffe_reduce(ImportTable& table) {
    table.add(Framework::Caffe, "Reduction", importReduction);
    table.add(Framework::Caffe, "ArgMax", importArgMax);
}

} // namespace wb::ops
