// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR; operand 1 is the size [h, w]. Corners: aligned, half
// pixels, or neither (asymmetric). REPEAT is what the reader makes of an axis put in, TILE and RESHAPE, as Keras' UpSampling
// writes them, an axis at a time. Nearest by anything but whole factors is picked index by index, as the format's own
// interpreter works them out in single precision.
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

std::vector<float> nearestIndices(int64_t in, int64_t out, bool aligned, bool half) {
    const float scale = aligned && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                           : static_cast<float>(in) / static_cast<float>(out);
    std::vector<float> indices;
    for (int64_t x = 0; x < out; ++x) {
        const float at = (static_cast<float>(x) + (half ? 0.5F : 0.0F)) * scale;
        const float index = aligned ? std::round(at) : std::floor(at);
        indices.push_back(std::clamp(index, 0.0F, static_cast<float>(in - 1)));
    }
    return indices;
}

Result<ir::ValueId> picked(TfliteNode& n, ir::ValueId in, int64_t axis, const std::vector<float>& indices, const char* suffix) {
    ir::AttributeMap a;
    a.set("axis", ir::Attribute::si32(axis));
    a.set("is_lora", false);
    a.set("is_scalar", false);
    a.set("keepdims", true);
    const ir::ValueId positions = n.builder().addConstant(
        n.source().outputs.front() + suffix + "_indices",
        ir::Tensor::of<float>(ir::ElementType::F32, {static_cast<int64_t>(indices.size())}, indices));
    return n.step("top.Gather", {in, positions}, std::move(a), suffix);
}

ir::AttributeMap repeatAttributes(int64_t h, int64_t w) {
    ir::AttributeMap a = withRelu();
    a.set("scale_h", h);
    a.set("scale_w", w);
    return a;
}

/// The picture with its rows or columns repeated; rows that were just repeated are with the columns in one step.
Status emitRepeat(TfliteNode& n, int64_t axis, int64_t times) {
    ir::Graph& graph = n.builder().graph();
    WB_ASSIGN(ir::ValueId picture, n.operand(0, Order::Picture));
    int64_t h = axis == 1 ? times : 1;
    const int64_t w = axis == 2 ? times : 1;
    const ir::Node* before = graph.producer(picture);
    if (before != nullptr && axis == 2 && before->op == "top.Upsample" && before->attributes.integer("scale_w", 1) == 1 && !before->attributes.boolean("do_relu", false)) {
        h = before->attributes.integer("scale_h", 1);
        picture = before->operands.front();
    }
    return n.emit("top.Upsample", {picture}, repeatAttributes(h, w), Order::Picture);
}

Status importRepeat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const int64_t axis = node.integer("axis", 0), times = node.integer("times", 1);
    if (axis < 0 || axis >= static_cast<int64_t>(x.size()) || times < 1 || times > 1 << 20)
        return attributeError(node, std::to_string(times) + " times along axis " + std::to_string(axis));
    const auto at = static_cast<size_t>(axis);
    ir::Shape repeated = x;
    repeated[at] *= times;
    const auto count = ir::checkedElementCount(repeated);
    auto wanted = n.has(1) ? constantInts(node, builder, 1) : std::nullopt;
    if (!wanted) wanted = node.integers("new_shape");
    if (!wanted) return attributeError(node, "the shape is known only at run time");
    int64_t known = 1;
    for (const int64_t d : *wanted)
        known = d < -1 || d > (int64_t{1} << 40) || (d > 0 && known > (int64_t{1} << 40) / d) ? 0 : d == -1 ? known : known * d;
    for (int64_t& d : *wanted)
        if (d == -1 && known > 0 && count) d = *count / known;
    if (!count || ir::checkedElementCount(*wanted) != count)
        return nodeError(node, Code::ShapeMismatch, "shape " + ir::toText(repeated) + " does not become " + ir::toText(*wanted));
    if (*wanted == repeated && x.size() == 4 && (axis == 1 || axis == 2)) return emitRepeat(n, axis, times);
    ir::Shape wide = x, tile(x.size() + 1, 1);
    wide.insert(wide.begin() + axis + 1, 1);
    tile[at + 1] = times;
    WB_ASSIGN(const ir::ValueId in, n.inFileOrder(0));
    const auto shaped = [](const ir::Shape& shape) {
        ir::AttributeMap a;
        a.set("flatten_start_dim", -1);
        a.set("shape", ir::Attribute::ints(shape));
        return a;
    };
    WB_ASSIGN(const ir::ValueId apart, n.step("top.Reshape", {in}, shaped(wide), "_apart"));
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(tile));
    WB_ASSIGN(const ir::ValueId all, n.step("top.Tile", {apart}, std::move(a), "_tile"));
    return n.emit("top.Reshape", {all}, shaped(*wanted), Order::File);
}

Status importTfliteResize(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    const auto size = constantInts(node, builder, 1);
    if (x.size() != 4) return attributeError(node, "input of shape " + ir::toText(x));
    if (!size || size->size() != 2) return attributeError(node, "the size is known only at run time");
    const int64_t in[2] = {x[1], x[2]}, out[2] = {(*size)[0], (*size)[1]};
    for (const int64_t d : {in[0], in[1], out[0], out[1]})
        if (d < 1 || d > 1 << 20) return attributeError(node, "from " + ir::toText(x) + " to " + ir::toText(*size));
    const bool aligned = node.integer("align_corners", 0) != 0, half = node.integer("half_pixel_centers", 0) != 0;
    WB_ASSIGN(const ir::ValueId picture, n.operand(0, Order::Picture));
    if (in[0] == out[0] && in[1] == out[1] && !n.isQuantised()) {
        n.bind(picture, Order::Picture);
        return {};
    }
    const bool nearest = node.kind == "RESIZE_NEAREST_NEIGHBOR";
    const bool whole = out[0] % in[0] == 0 && out[1] % in[1] == 0;
    if (nearest && (aligned || (half && !whole))) {
        WB_ASSIGN(const ir::ValueId rows, picked(n, picture, 2, nearestIndices(in[0], out[0], aligned, half), "_rows"));
        ir::AttributeMap a;
        a.set("axis", ir::Attribute::si32(3));
        a.set("is_lora", false);
        a.set("is_scalar", false);
        a.set("keepdims", true);
        const std::vector<float> indices = nearestIndices(in[1], out[1], aligned, half);
        const ir::ValueId positions =
            builder.addConstant(node.outputs.front() + "_indices", ir::Tensor::of<float>(ir::ElementType::F32, {out[1]}, indices));
        return n.emit("top.Gather", {rows, positions}, std::move(a), Order::Picture);
    }
    ir::AttributeMap a;
    a.set("coord_mode", nearest ? "asymmetric" : aligned ? "align_corners" : half ? "half_pixel" : "asymmetric");
    a.set("mode", nearest ? "nearest" : "linear");
    a.set("scale_h", -1.0);
    a.set("scale_w", -1.0);
    const std::vector<float> target{static_cast<float>(out[0]), static_cast<float>(out[1])};
    const ir::ValueId shape = builder.addConstant(node.outputs.front() + "_target_shape",
                                                  ir::Tensor::of<float>(ir::ElementType::F32, {2}, target));
    return n.emit("top.Interp", {picture, shape}, std::move(a), Order::Picture);
}

} // namespace

void tflite_resize(ImportTable& table);
void tflite_resize(ImportTable& table) {
    table.add(Framework::TFLite, "RESIZE_BILINEAR", importTfliteResize);
    table.add(Framework::TFLite, "RESIZE_NEAREST_NEIGHBOR", importTfliteResize);
    table.add(Framework::TFLite, "REPEAT", importRepeat);
}

} // namespace wb::ops
