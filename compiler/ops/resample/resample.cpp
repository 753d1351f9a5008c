// SPDX-License-Identifier: GPL-3.0-or-later
// Resample(x): resizing along any axes by ONNX's formulas, for what Interp does not say. Attributes: sizes (one an
// axis, the result's shape), scales (one an axis; result size / size where sizes were given), mode "nearest",
// "linear", "cubic", coord_mode, nearest_mode, cubic_coeff_a, exclude_outside, and for coord_mode
// "tf_crop_and_resize" roi (starts, ends) and extrapolation_value.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferResample(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const auto sizes, boundedInts(graph, node, "sizes", x.shape.size(), 1, int64_t{1} << 30));
    const auto scales = node.attributes.reals("scales"), roi = node.attributes.reals("roi");
    if (scales.size() != x.shape.size() || (!roi.empty() && roi.size() != 2 * x.shape.size()))
        return shapeError(graph, node, "scales or roi for " + ir::toText(x.shape));
    for (double scale : scales)
        if (!(scale > 0 && scale < 1e9)) return shapeError(graph, node, "a scale of " + std::to_string(scale));
    if (x.elementCount() == 0) return shapeError(graph, node, "nothing to resize in " + ir::toText(x.shape));
    return floatResult(graph, node, sizes);
}

} // namespace

void define_resample(OpTable& table);
void define_resample(OpTable& table) {
    table.add({.name = "top.Resample",
               .summary = "resizes along any axes by nearest, linear or cubic interpolation",
               .infer = inferResample,
               .flops = flopsPerElement<8>});
}

} // namespace wb::ops
