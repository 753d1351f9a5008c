// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR; operand 1 is the size [h, w]. Corners: aligned, half
// pixels, or neither (asymmetric). Nearest by anything but whole factors is picked index by index, as the format's own
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
}

} // namespace wb::ops
