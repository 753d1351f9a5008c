// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's SLICE, STRIDED_SLICE, REVERSE_V2, SPLIT, SPLIT_V, UNPACK. Ranges are worked out here, to offsets and ends within
// the tensor.
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <numeric>

namespace wb::ops {
namespace {

struct Ranges {
    std::vector<int64_t> offset, ends, steps; ///< an axis each, in the file's order

    explicit Ranges(const ir::Shape& shape) : offset(shape.size(), 0), ends(shape), steps(shape.size(), 1) {}

    ir::AttributeMap attributes(Order order) const {
        Ranges r = *this;
        if (order == Order::Picture)
            for (size_t d = 0; d < offset.size(); ++d) {
                const auto to = static_cast<size_t>(pictureAxis(static_cast<int64_t>(d)));
                r.offset[to] = offset[d], r.ends[to] = ends[d], r.steps[to] = steps[d];
            }
        ir::AttributeMap a;
        a.set("axes", ir::AttributeList{});
        a.set("ends", ir::Attribute::ints(r.ends));
        a.set("hasparamConvert_axes", ir::AttributeList{});
        a.set("offset", ir::Attribute::ints(r.offset));
        a.set("steps", ir::Attribute::ints(r.steps));
        return a;
    }
};

std::vector<ir::ValueId> sliceOperands(ir::ValueId in) { return {in, ir::kNoValue, ir::kNoValue, ir::kNoValue}; }

ir::AttributeMap shapeOnly(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape.empty() ? ir::Shape{1} : shape));
    return a;
}

Status importTfliteSlice(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const auto begins = constantInts(node, builder, 1), sizes = constantInts(node, builder, 2);
    if (!begins || !sizes) return attributeError(node, "the range is known only at run time");
    if (begins->size() != x.size() || sizes->size() != x.size())
        return nodeError(node, Code::ModelDamaged, "a range of another number of axes than " + ir::toText(x));
    Ranges r(x);
    for (size_t d = 0; d < x.size(); ++d) {
        const int64_t begin = (*begins)[d], size = (*sizes)[d] == -1 ? x[d] - begin : (*sizes)[d];
        if (begin < 0 || begin > x[d] || size < 0 || size > x[d] - begin)
            return nodeError(node, Code::ShapeMismatch, "range " + std::to_string(begin) + " + " + std::to_string(size) +
                                                            " of " + ir::toText(x));
        r.offset[d] = begin;
        r.ends[d] = begin + size;
    }
    const Order order = n.order({0});
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    return n.emit("top.Slice", sliceOperands(in), r.attributes(order), order);
}

Status importTfliteReverse(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const std::vector<int64_t> axes, n.axes(1, x.size()));
    Ranges r(x);
    for (const int64_t axis : axes) {
        const auto d = static_cast<size_t>(axis);
        r.offset[d] = x[d] - 1;
        r.ends[d] = -x[d] - 1;
        r.steps[d] = -1;
    }
    const Order order = n.order({0});
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    return n.emit("top.Slice", sliceOperands(in), r.attributes(order), order);
}

struct Strided {
    Ranges ranges;
    ir::Shape shape; ///< of the result: without the shrunk axes, with the new ones
    bool sameAxes = true;
};

/// Masks have a bit an entry of begin, end and stride; an ellipsis stands for all axes that no entry names.
Result<Strided> stridedRanges(const SourceNode& node, const ir::Shape& x, const std::vector<int64_t>& begins,
                              const std::vector<int64_t>& ends, const std::vector<int64_t>& steps) {
    const size_t entries = begins.size();
    const auto bit = [&](const char* mask, size_t entry) { return (node.integer(mask, 0) >> entry & 1) != 0; };
    if (ends.size() != entries || steps.size() != entries || entries > 16)
        return nodeError(node, Code::ModelDamaged, "begins, ends and strides differ in length");
    size_t named = 0; // axes that entries take up
    bool ellipsis = false;
    for (size_t e = 0; e < entries; ++e) {
        if (bit("ellipsis_mask", e)) {
            if (ellipsis) return attributeError(node, "two ellipses");
            ellipsis = true;
        } else if (!bit("new_axis_mask", e)) {
            ++named;
        }
    }
    if (named > x.size()) return nodeError(node, Code::ModelDamaged, "a range of more axes than " + ir::toText(x));
    Strided result{Ranges(x), {}, true};
    size_t axis = 0;
    const auto rest = [&](size_t count) {
        for (size_t i = 0; i < count; ++i)
            result.shape.push_back(x[axis++]);
    };
    for (size_t e = 0; e < entries; ++e) {
        if (bit("ellipsis_mask", e)) {
            rest(x.size() - named);
            continue;
        }
        if (bit("new_axis_mask", e)) {
            result.shape.push_back(1);
            result.sameAxes = false;
            continue;
        }
        const int64_t size = x[axis], step = steps[e];
        if (step == 0 || step > INT32_MAX || step < -INT32_MAX) return attributeError(node, "a stride of " + std::to_string(step));
        const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
        const auto within = [&](int64_t v) { return std::clamp(v < 0 ? v + size : v, low, high); };
        int64_t begin = bit("begin_mask", e) ? (step > 0 ? low : high) : within(begins[e]);
        const int64_t given = node.integer("offset", 0) != 0 ? begins[e] + ends[e] : ends[e];
        int64_t end = bit("end_mask", e) ? (step > 0 ? high : low) : within(given);
        if (bit("shrink_axis_mask", e)) {
            begin = begins[e] < 0 ? begins[e] + size : begins[e];
            if (begin < 0 || begin >= size)
                return nodeError(node, Code::ShapeMismatch, "index " + std::to_string(begins[e]) + " of " + ir::toText(x));
            end = begin + 1;
            result.ranges.steps[axis] = 1;
            result.sameAxes = false;
        } else {
            const int64_t count = step > 0 ? std::max<int64_t>(0, (end - begin + step - 1) / step)
                                           : std::max<int64_t>(0, (begin - end - step - 1) / -step);
            result.ranges.steps[axis] = step;
            result.shape.push_back(count);
            // Before the first element: as "from the end" it would mean another place.
            if (step < 0 && end == -1) end = -size - 1;
        }
        result.ranges.offset[axis] = begin;
        result.ranges.ends[axis] = end;
        ++axis;
    }
    rest(x.size() - axis);
    return result;
}

Status importStridedSlice(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 4));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const auto begins = constantInts(node, builder, 1), ends = constantInts(node, builder, 2),
               steps = constantInts(node, builder, 3);
    if (!begins || !ends || !steps) return attributeError(node, "the range is known only at run time");
    WB_ASSIGN(const Strided s, stridedRanges(node, x, *begins, *ends, *steps));
    const Order order = s.sameAxes ? n.order({0}) : Order::File;
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    if (s.sameAxes) return n.emit("top.Slice", sliceOperands(in), s.ranges.attributes(order), order);
    WB_ASSIGN(const ir::ValueId part, n.step("top.Slice", sliceOperands(in), s.ranges.attributes(order), "_part"));
    return n.emit("top.Reshape", {part}, shapeOnly(s.shape), order);
}

/// Parts of the given sizes along an axis, one an output; `drop`: without the axis.
Status emitParts(TfliteNode& n, size_t operand, size_t axis, const std::vector<int64_t>& sizes, bool drop) {
    const SourceNode& node = n.source();
    WB_ASSIGN(const ir::Shape x, n.shape(operand));
    const int64_t sum = std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
    if (sizes.size() != node.outputs.size() || sum != x[axis] ||
        std::any_of(sizes.begin(), sizes.end(), [&](int64_t s) { return s < 0 || s > x[axis]; }))
        return nodeError(node, Code::ShapeMismatch, std::to_string(sizes.size()) + " parts of together " +
                                                        std::to_string(sum) + " for an axis of " + std::to_string(x[axis]));
    const Order order = drop ? Order::File : n.order({operand});
    WB_ASSIGN(const ir::ValueId in, n.operand(operand, order));
    ir::Shape without = x;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(axis));
    int64_t begin = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
        Ranges r(x);
        r.offset[axis] = begin;
        begin += sizes[i];
        r.ends[axis] = begin;
        if (!drop) {
            WB_TRY(n.emit("top.Slice", sliceOperands(in), r.attributes(order), order, false, i));
            continue;
        }
        WB_ASSIGN(const ir::ValueId part, n.step("top.Slice", sliceOperands(in), r.attributes(order), "_part" + std::to_string(i)));
        WB_TRY(n.emit("top.Reshape", {part}, shapeOnly(without), order, false, i));
    }
    return {};
}

/// Operand 0 is the axis, 1 the tensor.
Status importTfliteSplit(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(1));
    const auto where = constantInts(node, builder, 0);
    if (!where || where->size() != 1) return attributeError(node, "the axis is known only at run time");
    WB_ASSIGN(const size_t axis, n.axis(where->front(), x.size()));
    const auto parts = static_cast<int64_t>(node.outputs.size());
    return emitParts(n, 1, axis, std::vector<int64_t>(node.outputs.size(), x[axis] / parts), false);
}

/// Operand 0 is the tensor, 1 the sizes (one may be -1), 2 the axis.
Status importSplitV(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    auto sizes = constantInts(node, builder, 1);
    const auto where = constantInts(node, builder, 2);
    if (!sizes || !where || where->size() != 1) return attributeError(node, "the sizes or the axis are known only at run time");
    WB_ASSIGN(const size_t axis, n.axis(where->front(), x.size()));
    int64_t left = x[axis];
    for (const int64_t s : *sizes)
        if (s > 0 && s <= left) left -= s;
    for (int64_t& s : *sizes)
        if (s == -1) s = left;
    return emitParts(n, 0, axis, *sizes, false);
}

Status importUnpack(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const size_t axis, n.axis(node.integer("axis", 0), x.size()));
    return emitParts(n, 0, axis, std::vector<int64_t>(node.outputs.size(), 1), true);
}

} // namespace

void tflite_slice(ImportTable& table);
void tflite_slice(ImportTable& table) {
    table.add(Framework::TFLite, "REVERSE_V2", importTfliteReverse);
    table.add(Framework::TFLite, "SLICE", importTfliteSlice);
    table.add(Framework::TFLite, "STRIDED_SLICE", importStridedSlice);
    table.add(Framework::TFLite, "SPLIT", importTfliteSplit);
    table.add(Framework::TFLite, "SPLIT_V", importSplitV);
    table.add(Framework::TFLite, "UNPACK", importUnpack);
}

} // namespace wb::ops
