// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's ranges: slice, narrow, select (a range of one without its axis), the splits (one range an output),
// and roll.
#include "compiler/ops/shape_rules.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// Elements begin … end of one axis, each `step`th.
Result<ir::ValueId> torchRange(ImportBuilder& builder, std::string name, ir::ValueId in, int64_t axis, int64_t begin,
                               int64_t end, int64_t step = 1) {
    const ir::Shape shape = builder.graph().value(in).type.shape;
    std::vector<int64_t> offset(shape.size(), 0), ends = shape, steps(shape.size(), 1);
    const auto d = static_cast<size_t>(axis);
    offset[d] = begin;
    ends[d] = end;
    steps[d] = step;
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("hasparamConvert_axes", ir::Attribute::ints({axis}));
    a.set("offset", ir::Attribute::ints(offset));
    a.set("ends", ir::Attribute::ints(ends));
    a.set("steps", ir::Attribute::ints(steps));
    return builder.emitNamed("top.Slice", {in, ir::kNoValue, ir::kNoValue, ir::kNoValue}, std::move(name), std::move(a));
}

struct TorchAxis {
    ir::ValueId in = ir::kNoValue;
    ir::Shape shape;
    int64_t axis = 0, size = 0;
    /// Positions counted from the end, and beyond either, as Python has them.
    int64_t clamped(int64_t at) const { return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size); }
};

Result<TorchAxis> torchAxis(const SourceNode& node, ImportBuilder& builder, int64_t otherwise = 0) {
    WB_TRY(needInputs(node, 1));
    TorchAxis t;
    WB_ASSIGN(t.in, valueOf(node, builder, 0));
    t.shape = builder.graph().value(t.in).type.shape;
    const auto axis = normaliseAxis(node.integer("dim", otherwise), t.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(node.integer("dim", otherwise)) + " of " + ir::toText(t.shape));
    t.axis = *axis;
    t.size = t.shape[static_cast<size_t>(t.axis)];
    return t;
}

Status torchSlice(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const TorchAxis t, torchAxis(node, builder));
    const bool narrow = node.kind.starts_with("aten::narrow");
    if (narrow && !node.has("start")) return attributeError(node, "the start is known only at run time");
    const int64_t begin = t.clamped(node.integer("start", 0));
    const int64_t end = narrow ? t.clamped(begin + node.integer("length", 0)) : t.clamped(node.integer("end", INT64_MAX));
    const int64_t step = node.integer("step", 1);
    if (step < 1 || end <= begin) return attributeError(node, "an empty range");
    if (begin == 0 && end == t.size && step == 1) return torchBind(node, builder, t.in);
    WB_ASSIGN(const ir::ValueId id, torchRange(builder, node.outputs.front(), t.in, t.axis, begin, end, std::min(step, t.size)));
    return torchBind(node, builder, id);
}

Status torchPickOne(const SourceNode& node, ImportBuilder& builder, const TorchAxis& t, int64_t index, const std::string& output) {
    WB_ASSIGN(ir::ValueId id, torchRange(builder, output + "_slice", t.in, t.axis, index, index + 1));
    ir::Shape rest = t.shape;
    rest.erase(rest.begin() + t.axis);
    if (rest.empty()) { // a number is a list of one
        builder.bind(output, id);
        return {};
    }
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints({t.axis}));
    a.set("is_scalar", false);
    SourceNode named = node;
    named.outputs = {output};
    return torchEmit(named, builder, "top.Squeeze", {id}, std::move(a));
}

Status torchSelect(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const TorchAxis t, torchAxis(node, builder));
    if (!node.has("index")) return attributeError(node, "the position is known only at run time");
    const int64_t index = node.integer("index", 0);
    if (index < -t.size || index >= t.size) return attributeError(node, "position " + std::to_string(index) + " of " + std::to_string(t.size));
    return torchPickOne(node, builder, t, index < 0 ? index + t.size : index, node.outputs.front());
}

/// Sizes of the parts are those of the results.
Status torchSplit(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const TorchAxis t, torchAxis(node, builder));
    if (node.kind == "aten::unbind") {
        for (size_t i = 0; i < node.outputs.size() && static_cast<int64_t>(i) < t.size; ++i)
            if (!node.outputs[i].empty()) WB_TRY(torchPickOne(node, builder, t, static_cast<int64_t>(i), node.outputs[i]));
        return {};
    }
    int64_t begin = 0;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        const auto part = torchResultShape(node, i);
        if (!part || part->size() != t.shape.size()) return attributeError(node, "the parts are known only at run time");
        const int64_t end = begin + (*part)[static_cast<size_t>(t.axis)];
        if (!node.outputs[i].empty()) {
            WB_ASSIGN(const ir::ValueId id, torchRange(builder, node.outputs[i], t.in, t.axis, begin, end));
            builder.bind(node.outputs[i], id);
        }
        begin = end;
    }
    return {};
}

/// The last `shift` elements of an axis come first.
Status torchRoll(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(ir::ValueId id, valueOf(node, builder, 0));
    const auto shifts = torchInts(node, "shifts", 1), dims = torchInts(node, "dims", 1);
    if (!shifts || !dims || shifts->size() != dims->size()) return attributeError(node, "shifts and dims differ");
    const ir::Shape shape = builder.graph().value(id).type.shape;
    for (size_t i = 0; i < dims->size(); ++i) {
        const auto axis = normaliseAxis((*dims)[i], shape.size());
        if (!axis) return attributeError(node, "axis " + std::to_string((*dims)[i]));
        const int64_t size = shape[static_cast<size_t>(*axis)];
        const int64_t shift = size == 0 ? 0 : (((*shifts)[i] % size) + size) % size;
        if (shift == 0) continue;
        const std::string name = node.outputs.front() + "_roll" + std::to_string(i);
        WB_ASSIGN(const ir::ValueId last, torchRange(builder, name + "_last", id, *axis, size - shift, size));
        WB_ASSIGN(const ir::ValueId first, torchRange(builder, name + "_first", id, *axis, 0, size - shift));
        ir::AttributeMap a = withRelu();
        a.set("axis", ir::Attribute::si32(*axis));
        a.set("only_merge", false);
        a.set("round_mode", "HalfAwayFromZero");
        WB_ASSIGN(id, builder.emitNamed("top.Concat", {last, first}, i + 1 == dims->size() ? node.outputs.front() : name, std::move(a)));
    }
    return torchBind(node, builder, id);
}

} // namespace

void torch_slice(ImportTable& table);
void torch_slice(ImportTable& table) {
    table.add(Framework::Torch, "aten::slice", torchSlice);
    table.add(Framework::Torch, "aten::narrow", torchSlice);
    table.add(Framework::Torch, "aten::narrow_copy", torchSlice);
    table.add(Framework::Torch, "aten::select", torchSelect);
    for (const char* kind : {"aten::split", "aten::split_with_sizes", "aten::chunk", "aten::unsafe_chunk", "aten::unsafe_split",
                             "aten::unsafe_split_with_sizes", "aten::tensor_split", "aten::unbind"})
        table.add(Framework::Torch, kind, torchSplit);
    table.add(Framework::Torch, "aten::roll", torchRoll);
}

} // namespace wb::ops
