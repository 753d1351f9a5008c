// SPDX-License-Identifier: GPL-3.0-or-later
// Enlarging and shrinking of the last two axes of [N,C,H,W] (the last of [N,C,W]).
// Upsample: repeats each element scale_h × scale_w times. Interp: mode "nearest" or "linear", coord_mode
// "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"; result size = floor(size · scale); an
// optional second operand (constant) gives the size itself, the scales are then -1 until passes set them.
#include "compiler/ops/resize/resized.h"
#include "compiler/ops/shape_rules.h"

#include <cmath>

namespace wb::ops {
namespace {

Types inferUpsample(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0, 4));
    const int64_t h = node.attributes.integer("scale_h", 1), w = node.attributes.integer("scale_w", 1);
    if (h < 1 || w < 1 || h > kMaxWindow || w > kMaxWindow || x.shape[2] > (int64_t{1} << 40) ||
        x.shape[3] > (int64_t{1} << 40))
        return shapeError(graph, node, "scale " + std::to_string(h) + "×" + std::to_string(w) + " of " +
                                           ir::toText(x.shape));
    return floatResult(graph, node, {x.shape[0], x.shape[1], x.shape[2] * h, x.shape[3] * w});
}

Types inferInterp(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    if (rank < 3 || rank > 4) return shapeError(graph, node, "input " + ir::toText(x.shape));
    ir::Shape out = x.shape;
    if (hasOperand(node, 1)) {
        const ir::Tensor* target = graph.weight(node.operands[1]);
        if (target == nullptr || target->type() != ir::ElementType::F32 ||
            target->elementCount() != static_cast<int64_t>(rank) - 2)
            return shapeError(graph, node, "the target size is no constant list of numbers");
        for (size_t i = 0; i + 2 < rank; ++i) {
            const float size = target->data<float>()[i];
            if (!(size >= 1.0F && size <= 1e9F))
                return shapeError(graph, node, "a target size of " + std::to_string(size));
            out[2 + i] = static_cast<int64_t>(size);
        }
        return floatResult(graph, node, std::move(out));
    }
    const double scales[2] = {node.attributes.real("scale_h", 1), node.attributes.real("scale_w", 1)};
    for (size_t i = 0; i + 2 < rank; ++i) {
        const double size = resizedBy(out[2 + i], scales[rank == 3 ? 1 : i]);
        if (!(size >= 1.0 && size <= 1e9))
            return shapeError(graph, node, "scale " + std::to_string(scales[0]) + "×" +
                                               std::to_string(scales[1]) + " of " + ir::toText(x.shape));
        out[2 + i] = static_cast<int64_t>(size);
    }
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_resize(OpTable& table);
void define_resize(OpTable& table) {
    table.add({.name = "top.Upsample",
               .summary = "repeats each element in both directions",
               .traits = {.movesData = true, .fusesRelu = true},
               .infer = inferUpsample,
               .flops = flopsPerElement<1>});
    table.add({.name = "top.Interp",
               .summary = "resizes by nearest or linear interpolation",
               .infer = inferInterp,
               .flops = flopsPerElement<2>,
               .minOperands = 1,
               .maxOperands = 2});
}

} // namespace wb::ops
