// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's PAD, PADV2, MIRROR_PAD: operand 1 has a row [before, after] an axis.
#include "compiler/ops/tflite_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

struct Border {
    std::vector<int64_t> before, after; ///< in the order of the value
};

Result<Border> readBorder(TfliteNode& n, Order order, size_t rank) {
    const auto rows = constantInts(n.source(), n.builder(), 1);
    if (!rows) return attributeError(n.source(), "the border is known only at run time");
    if (rows->size() != 2 * rank)
        return nodeError(n.source(), Code::ModelDamaged, "a border of " + std::to_string(rows->size()) + " numbers");
    Border border{std::vector<int64_t>(rank), std::vector<int64_t>(rank)};
    for (size_t d = 0; d < rank; ++d) {
        const size_t to = order == Order::Picture ? static_cast<size_t>(pictureAxis(static_cast<int64_t>(d))) : d;
        border.before[to] = (*rows)[2 * d];
        border.after[to] = (*rows)[2 * d + 1];
        if (border.before[to] < 0 || border.after[to] < 0)
            return nodeError(n.source(), Code::ModelDamaged, "a border of negative width");
    }
    return border;
}

ir::AttributeMap padAttributesOf(const Border& border, const char* mode, double value) {
    std::vector<int64_t> both = border.before;
    both.insert(both.end(), border.after.begin(), border.after.end());
    ir::AttributeMap a;
    a.set("mode", mode);
    a.set("paddings", ir::Attribute::ints(both));
    a.set("val", value);
    return a;
}

Status importTflitePad(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const Order order = n.order({0});
    WB_ASSIGN(const Border border, readBorder(n, order, x.size()));
    // The number, not the code: 0 is the zero point.
    double value = 0;
    if (node.kind == "PADV2") {
        const auto number = n.has(2) ? constantScalar(node.inputs[2], builder) : std::nullopt;
        if (!number) return attributeError(node, "the border's value is known only at run time");
        value = *number;
        const ir::TensorType* type = builder.declared(node.inputs[2]);
        if (const auto* quant = type == nullptr ? nullptr : type->uniform())
            value = (value - static_cast<double>(quant->zeroPoint())) * quant->scale();
    }
    WB_ASSIGN(const ir::ValueId in, n.operand(0, order));
    return n.emit("top.Pad", {in}, padAttributesOf(border, "constant", value), order);
}

/// Elements first, first - 1, … of an axis.
Result<ir::ValueId> backwards(TfliteNode& n, ir::ValueId in, size_t axis, int64_t first, int64_t count, const std::string& suffix) {
    const ir::Shape shape = n.builder().graph().value(in).type.shape;
    ir::Shape offset(shape.size(), 0), ends = shape, steps(shape.size(), 1);
    offset[axis] = first;
    ends[axis] = first - count >= 0 ? first - count : -shape[axis] - 1; // before the first element
    steps[axis] = -1;
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("ends", ir::Attribute::ints(ends));
    a.set("hasparamConvert_axes", ir::AttributeList{});
    a.set("offset", ir::Attribute::ints(offset));
    a.set("steps", ir::Attribute::ints(steps));
    return n.step("top.Slice", {in, ir::kNoValue, ir::kNoValue, ir::kNoValue}, std::move(a), suffix);
}

/// Axis after axis: what lies at each end, turned round, is put before and behind.
Status mirrored(TfliteNode& n, ir::ValueId in, Order order, const Border& border) {
    size_t last = 0;
    for (size_t d = 0; d < border.before.size(); ++d)
        if (border.before[d] + border.after[d] > 0) last = d;
    for (size_t d = 0; d <= last; ++d) {
        const int64_t before = border.before[d], after = border.after[d];
        const int64_t size = n.builder().graph().value(in).type.shape[d];
        if (before + after == 0) continue;
        if (before > size || after > size)
            return nodeError(n.source(), Code::ShapeMismatch, "a mirrored border wider than " + std::to_string(size));
        const std::string name = "_axis" + std::to_string(d);
        std::vector<ir::ValueId> parts;
        if (before > 0) {
            WB_ASSIGN(const ir::ValueId part, backwards(n, in, d, before - 1, before, name + "_before"));
            parts.push_back(part);
        }
        parts.push_back(in);
        if (after > 0) {
            WB_ASSIGN(const ir::ValueId part, backwards(n, in, d, size - 1, after, name + "_after"));
            parts.push_back(part);
        }
        ir::AttributeMap a = withRelu();
        a.set("axis", ir::Attribute::si32(static_cast<int64_t>(d)));
        a.set("only_merge", false);
        a.set("round_mode", "HalfAwayFromZero");
        if (d == last) return n.emit("top.Concat", std::move(parts), std::move(a), order);
        WB_ASSIGN(in, n.step("top.Concat", std::move(parts), std::move(a), name));
    }
    n.bind(in, order);
    return {};
}

/// SYMMETRIC repeats the border's pixel, REFLECT does not. One pixel of a symmetric border is that of the edge.
Status importMirrorPad(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const Order order = n.order({0});
    WB_ASSIGN(const Border border, readBorder(n, order, x.size()));
    const bool symmetric = node.string("mode", "REFLECT") == "SYMMETRIC";
    WB_ASSIGN(ir::ValueId in, n.operand(0, order));
    const auto widest = [](const std::vector<int64_t>& list) { return *std::max_element(list.begin(), list.end()); };
    if (x.empty()) return attributeError(node, "a number");
    if (!symmetric || (widest(border.before) <= 1 && widest(border.after) <= 1))
        return n.emit("top.Pad", {in}, padAttributesOf(border, symmetric ? "edge" : "reflect", 0), order);
    return mirrored(n, in, order, border);
}

} // namespace

void tflite_pad(ImportTable& table);
void tflite_pad(ImportTable& table) {
    table.add(Framework::TFLite, "PAD", importTflitePad);
    table.add(Framework::TFLite, "PADV2", importTflitePad);
    table.add(Framework::TFLite, "MIRROR_PAD", importMirrorPad);
}

} // namespace wb::ops
